//! Sound and transcript go together: a line is heard, what is heard is followed, marks are visited, a comment begins with
//! its time, and what was heard is saved where the reviewer says.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use earmark_audio::Recording;
use earmark_tests::stage::{Server, Stage, Window, eventually};
use serde_json::Value;
use thirtyfour::Key;

use crate::spoken::{IN_VIEW, PLAYS, STANDS, Spoken, in_order, recordings, sounding};
use crate::steps::{has_sound, message, open, server, signed_in, text, voice_conversation_of, voice_conversations};

/// Whether so many seconds of the conversation are over.
const SECONDS: &str = "return Number(document.querySelector('[data-part=waveform]').ariaValueNow) >= arguments[0]";
/// How far a position that is shown may be off: it is cut to a tenth of a second.
const SHOWN: f64 = 0.1;

/// When each recording begins, in seconds of the conversation.
fn begins(recordings: &[Spoken]) -> Vec<f64> {
    let lengths = recordings.iter().map(|spoken| spoken.sound.seconds());
    lengths.scan(0.0, |at, length| Some(std::mem::replace(at, *at + length))).collect()
}

/// The position the player shows, in seconds.
async fn position(window: &Window<'_>) -> Result<f64> {
    let shown = window.text_of("[data-part=position] strong", |said| said.contains(':')).await?;
    let (minutes, seconds) = shown.trim().split_once(':').context("minutes and seconds")?;
    Ok(minutes.parse::<f64>()? * 60.0 + seconds.parse::<f64>()?)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_click_on_a_line_is_heard_from_there_on() -> Result<()> {
    let stage = Stage::set_to_listen("line")?;
    let server = server().await?;
    let (conversation, messages) = voice_conversation_of(&server, 24).await?;
    let recordings = recordings(&server, &conversation, &messages).await?;
    let window = signed_in(stage.launch(), &server).open().await?;
    open(&window, &conversation).await?;
    let recording = stage.record("line")?;
    // By keyboard to a line further down, by the pointer to its sound.
    let chosen = &recordings[6].id;
    window.ask::<Value>("document.querySelector(arguments[0]).scrollIntoView()", &[message(chosen).into()]).await?;
    window.click(&format!("{} [class*=text]", message(chosen))).await?;
    window.find(&sounding(chosen)).await?;
    window.find(&sounding(&recordings[7].id)).await?;
    window.find(&sounding(&recordings[8].id)).await?;
    window.click(&format!("{} [class*=text]", message(&recordings[8].id))).await?;
    window.until("the sound to halt", STANDS, &[]).await?;
    window.picture("line").await?;
    window.close().await?;
    let heard = recording.hear(Duration::from_millis(500)).await?;
    // What comes first is the line that was chosen; the window has said that the next ones followed.
    let places = in_order(&heard, &recordings[6..7], 1.0)?;
    let silent = heard.onset().context("silence")?;
    ensure!((places[0] - silent).abs() < 1.0, "heard from {silent:.1} s on, the chosen line from {:.1} s", places[0]);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn scrolling_by_hand_stops_following_until_the_key() -> Result<()> {
    let stage = Stage::set_to_listen("follow")?;
    let server = server().await?;
    let (conversation, messages) = voice_conversation_of(&server, 24).await?;
    let recordings = recordings(&server, &conversation, &messages).await?;
    let begins = begins(&recordings);
    let window = signed_in(stage.launch(), &server).open().await?;
    open(&window, &conversation).await?;
    window.part("waveform").await?;
    window.press(" ").await?;
    window.find(&sounding(&recordings[1].id)).await?;

    let (x, y): (i16, i16) = window
        .ask(
            "const box = document.querySelector('[data-part=transcript]').getBoundingClientRect();
            return [Math.round(box.left + box.width / 2), Math.round(box.top + box.height / 2)]",
            &[],
        )
        .await?;
    let desktop = stage.desktop()?;
    desktop.wheel(x, y, 30)?;
    window.part("follow").await?;
    const SCROLLED: &str = "return document.querySelector('[data-part=transcript]').scrollTop";
    window.until("the transcript to scroll", &format!("{SCROLLED} > 200"), &[]).await?;
    // Two lines later it still is where the reviewer put it.
    window.until("the third recording", SECONDS, &[(begins[2].ceil() as u32).into()]).await?;
    let before: f64 = window.ask(SCROLLED, &[]).await?;
    window.until("the fourth recording", SECONDS, &[(begins[3].ceil() as u32).into()]).await?;
    ensure!(window.ask::<f64>(SCROLLED, &[]).await? == before, "the transcript moved by itself");
    window.picture("scrolled").await?;

    window.press("f").await?;
    window.gone("[data-part=follow]").await?;
    window.until("the line that sounds to be in view", IN_VIEW, &["[data-sounding=true]".into()]).await?;
    window.find(&sounding(&recordings[5].id)).await?;
    window.until("the next one too", IN_VIEW, &[message(&recordings[5].id).into()]).await?;
    window.close().await
}

/// The first message the agent said in an interaction.
fn answer<'a>(messages: &'a [Value], interaction: &str) -> Option<&'a Value> {
    messages.iter().find(|said| said["interaction_id"] == interaction && said["message_type"] == "agent-message")
}

/// A voice conversation with an interaction in which a tool failed, its messages and that interaction.
pub async fn with_failure(server: &Server) -> Result<(String, Vec<Value>, String)> {
    for (id, messages) in voice_conversations(server).await? {
        let failed = server.read(&format!("/tool/invocation?conversation_id={id}&succeeded=false")).await?;
        let source = &failed["tool_invocations"][0]["invocation_source"];
        let Some(interaction) = source["interaction_id"].as_str() else { continue };
        // Something must be heard before it, to begin two seconds early.
        if answer(&messages, interaction).is_some_and(has_sound) && messages[0]["interaction_id"] != interaction {
            let interaction = interaction.to_owned();
            return Ok((id, messages, interaction));
        }
    }
    anyhow::bail!("the sandbox has no voice conversation in which a tool failed")
}

#[tokio::test(flavor = "multi_thread")]
async fn marks_are_visited_with_the_sound_cued_before_them() -> Result<()> {
    let stage = Stage::set_to_listen("marks")?;
    let server = server().await?;
    let (conversation, messages, interaction) = with_failure(&server).await?;
    let recordings = recordings(&server, &conversation, &messages).await?;
    let begins = begins(&recordings);
    let window = signed_in(stage.launch(), &server).open().await?;
    open(&window, &conversation).await?;
    // All recordings and insights are there: nothing moves any more.
    let total = recordings.iter().map(|spoken| spoken.sound.seconds()).sum::<f64>();
    let whole = "return Number(document.querySelector('[data-part=waveform]')?.ariaValueMax) === arguments[0]";
    window.until("the whole sound", whole, &[(total.round() as u32).into()]).await?;
    let read = format!("{conversation}/interaction/");
    let interactions = {
        let mut ids: Vec<&str> = messages.iter().filter_map(|message| message["interaction_id"].as_str()).collect();
        ids.dedup();
        ids.len()
    };
    eventually("all insights", async || {
        let calls = server.calls().await?;
        let of = calls.iter().filter(|call| call["path"].as_str().is_some_and(|path| path.contains(&read)));
        Ok((of.count() >= interactions).then_some(()))
    })
    .await?;

    window.press("x").await?;
    let turn = text(answer(&messages, &interaction).context("an answer")?, "id")?;
    let at = "return document.activeElement.dataset.id === arguments[0]";
    window.until("the turn of the tool error", at, &[turn.into()]).await?;
    window.find(&format!("[data-part=insights][data-interaction=\"{interaction}\"]")).await?;
    let place = recordings.iter().position(|spoken| spoken.id == turn).context("its recording")?;
    let cued = (begins[place] - 2.0).max(0.0);
    let shown = position(&window).await?;
    ensure!((shown - cued).abs() <= SHOWN, "cued at {shown} s instead of {cued:.2} s");
    window.picture("cued").await?;
    window.press(" ").await?;
    window.until("the sound", PLAYS, &[]).await?;
    window.find(&sounding(turn)).await?;
    window.press(" ").await?;
    window.until("silence", STANDS, &[]).await?;

    // The next change of state is another turn, and the sound goes along.
    window.press("s").await?;
    let elsewhere = "const { id } = document.activeElement.dataset; return id !== undefined && id !== arguments[0]";
    window.until("a turn with another state", elsewhere, &[turn.into()]).await?;
    let state: String = window.ask("return document.activeElement.dataset.id", &[]).await?;
    let place = recordings.iter().position(|spoken| spoken.id == state).context("a turn with sound")?;
    let shown = position(&window).await?;
    ensure!((shown - (begins[place] - 2.0).max(0.0)).abs() <= SHOWN, "cued at {shown} s for recording {place}");
    window.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_comment_holds_the_sound_and_begins_with_its_time() -> Result<()> {
    let stage = Stage::set_to_listen("stamp")?;
    let server = server().await?;
    let (conversation, _) = voice_conversation_of(&server, 24).await?;
    let window = signed_in(stage.launch(), &server).open().await?;
    window.click("[data-part=rail] [aria-label=Settings]").await?;
    for switch in ["Pause, and go on", "Begin a comment"] {
        let press = "const labels = [...document.querySelectorAll('[data-part=settings] label')];
            const label = labels.find((label) => label.innerText.trim().startsWith(arguments[0]));
            label?.querySelector('input').click();
            return label !== undefined";
        window.until(switch, press, &[switch.into()]).await?;
    }
    window.picture("settings").await?;
    window.click("[data-part=rail] [aria-label=Conversations]").await?;
    open(&window, &conversation).await?;
    window.part("waveform").await?;
    window.press(" ").await?;
    window.until("five seconds of sound", SECONDS, &[5.into()]).await?;

    window.press("c").await?;
    let focused = "return document.activeElement.dataset.part === 'comment-input'";
    window.until("the place to write", focused, &[]).await?;
    window.press("Too").await?;
    window.until("the sound to halt", STANDS, &[]).await?;
    let held = position(&window).await?;
    window.press(" fast.").await?;
    window.picture("stamped").await?;
    window.chord(Key::Control, Key::Enter).await?;
    window.until("the sound to go on", PLAYS, &[]).await?;
    let on = position(&window).await?;
    ensure!(on < held - 0.5 && on > held - 2.5, "held at {held} s, goes on at {on} s");
    let comment = eventually("the comment at the server", async || {
        let comments = server.comments(&conversation).await?;
        let said = comments.iter().filter_map(|comment| comment["feedback_content"]["comment"].as_str());
        Ok(said.map(str::to_owned).find(|said| said.ends_with("] Too fast.")))
    })
    .await?;
    let seconds: f64 = comment.strip_prefix("[0:").and_then(|rest| rest.get(..2)).context("a time")?.parse()?;
    ensure!((5.0..=held).contains(&seconds), "{comment:?} was begun between 5 s and {held} s");

    window.press(" ").await?;
    window.click("[data-part=comments] [data-part=stamp]").await?;
    let shown = position(&window).await?;
    ensure!((shown - seconds).abs() <= SHOWN + 0.5, "went to {shown} s for {comment:?}");
    window.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_sound_is_saved_where_the_reviewer_says() -> Result<()> {
    let stage = Stage::set_to_listen("save")?;
    let server = server().await?;
    let (conversation, messages) = voice_conversation_of(&server, 7).await?;
    let recordings = recordings(&server, &conversation, &messages).await?;
    let window = signed_in(stage.launch(), &server).open().await?;
    open(&window, &conversation).await?;
    window.part("waveform").await?;
    let desktop = stage.desktop()?;
    let file = stage.home().join("whole call.wav");
    for keep in [false, true] {
        window.click("[data-part=player] [aria-label=\"More about the sound\"]").await?;
        let item = "const items = [...document.querySelectorAll('[role=menuitem]')];
            const item = items.find((item) => item.innerText.includes('whole conversation'));
            item?.click();
            return item !== undefined";
        window.until("the menu", item, &[]).await?;
        let dialog = desktop.window("Save sound as").await?;
        stage.photograph("dialog")?;
        if keep {
            dialog.take_keyboard()?;
            // The dialog has marked the name and leaves its ending alone.
            desktop.type_line(&file.with_extension("").display().to_string())?;
        } else {
            dialog.close()?;
        }
        dialog.gone().await?;
        ensure!(keep || !file.exists(), "a dialog that was closed saves nothing");
    }
    window.says("toast", "Saved as whole call.wav").await?;
    let saved = Recording::scan(std::fs::read(&file)?)?;
    let seconds = f64::from(saved.duration_ms()) / 1_000.0;
    let whole: f64 = recordings.iter().map(|spoken| spoken.sound.seconds()).sum();
    ensure!((seconds - whole).abs() < 0.05, "{seconds} s were saved of {whole:.2} s");
    window.close().await
}
