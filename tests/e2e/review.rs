//! One review from end to end: sign in, filter, open, hear, understand, tag, comment, resolve, reopen, restart.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use earmark_tests::stage::{Server, Stage, Window, eventually, locate_words};
use serde_json::Value;
use thirtyfour::Key;

use crate::spoken::{ALIKE, PLAYS, recordings};
use crate::steps::{card_of, comment_at, message, open, row, server, sign_in, tab, text, voice_conversation};

#[tokio::test(flavor = "multi_thread")]
async fn a_reviewer_reviews_a_conversation_and_stays_signed_in() -> Result<()> {
    let stage = Stage::set_to_listen("review")?;
    let server = server().await?;
    let window = stage.launch().open().await?;

    window.part("welcome").await?;
    sign_in(&window, server.credentials(), &server.credentials().api_key).await?;
    window.part("conversation-row").await?;

    filters(&window, &server).await?;
    let (conversation, messages) = voice_conversation(&server).await?;
    open(&window, &conversation).await?;
    hears(&stage, &window, &server, &conversation, &messages).await?;
    reads_insights(&window, &server, &conversation, &messages).await?;
    tags(&window, &server, &conversation).await?;
    comments(&window, &server, &conversation).await?;
    window.picture("reviewed").await?;
    window.close().await?;

    let again = stage.launch().open().await?;
    again.part("conversation-row").await?;
    again.gone("[data-part=welcome]").await?;
    again.close().await?;
    let spoken = text(&messages[0], "message")?;
    // What was said stays in memory, and so do keys and signed addresses.
    ensure_nowhere(&[&server.credentials().api_key, spoken, "signature="], stage.home())
}

async fn filters(window: &Window<'_>, server: &Server) -> Result<()> {
    for (chip, query) in [("Unfinished", "?is_finished=false"), ("Finished", "?is_finished=true"), ("All", "")] {
        let page = server.read(&format!("/conversation/{query}")).await?;
        let wanted = page["conversations"].as_array().context("a list")?;
        ensure!(!wanted.is_empty(), "nothing to tell the filter {chip} by");
        let script = "[...document.querySelectorAll('[data-part=filters] button')].find((chip) => chip.innerText === arguments[0]).click()";
        window.ask::<Value>(script, &[chip.into()]).await?;
        let count = format!("{} conversation", wanted.len());
        window.text_of("section[aria-label=Conversations] header", |said| said.contains(&count)).await?;
        for conversation in wanted.iter().take(3) {
            window.find(&row(text(conversation, "id")?)).await?;
        }
    }
    Ok(())
}

/// Plays the longest clip of the conversation, then seeks in the whole; the recorded device says what sounded.
async fn hears(
    stage: &Stage,
    window: &Window<'_>,
    server: &Server,
    conversation: &str,
    messages: &[Value],
) -> Result<()> {
    let mut clips = recordings(server, conversation, messages).await?;
    let first = clips.first().context("a voice message")?.sound.part(2.0, HEARD);
    clips.sort_by(|one, other| one.sound.seconds().total_cmp(&other.sound.seconds()));
    let clip = clips.pop().context("a voice message")?;

    let recording = stage.record("heard")?;
    window.click(&format!("{} button:not([data-part=flag])", message(&clip.id))).await?;
    window.until("the clip to play", PLAYS, &[]).await?;
    let played = recording.hear(Duration::from_secs(4)).await?;

    let waveform = window.part("waveform").await?;
    let seconds_in = "return Number(document.querySelector('[data-part=waveform]').ariaValueNow) === arguments[0]";
    waveform.send_keys(Key::Home).await?;
    window.until("the beginning", seconds_in, &[0.into()]).await?;
    let pressed_at = recording.heard()?.seconds();
    waveform.send_keys(Key::Right).await?;
    window.until("two seconds in", seconds_in, &[2.into()]).await?;
    let sought_at = recording.heard()?.seconds();
    let sought = recording.hear(Duration::from_secs(3)).await?;

    window.click("[data-part=play][aria-label=Pause]").await?;
    window.find("[data-part=play][aria-label=Play]").await?;
    // What was handed to the device before the pause is still heard.
    let paused_at = recording.hear(Duration::from_millis(500)).await?.seconds();
    let paused = recording.hear(Duration::from_millis(500)).await?;

    // Listened to only now: it takes longer than the clip lasts.
    let right = locate_words(&clip.sound.part(0.0, HEARD), &played, 1.0);
    ensure!(right.likeness >= ALIKE, "the clip was not heard: {right:?}");
    for other in &clips {
        let wrong = locate_words(&other.sound.part(0.0, HEARD), &played, 1.0);
        ensure!(wrong.likeness < right.likeness, "message {} was heard, not {}: {wrong:?}", other.id, clip.id);
    }
    let after = locate_words(&first, &sought.part(pressed_at, sought.seconds()), 1.0);
    ensure!(after.likeness >= ALIKE, "what the first clip says from 2 s on was not heard after seeking: {after:?}");
    // Had it gone on from the beginning, two seconds more would come before.
    let late = pressed_at + after.at - sought_at;
    ensure!(late < 0.9, "what lies at 2 s was heard {late:.2} s after it was shown");
    ensure!(paused.part(paused_at, 0.5).onset().is_none(), "it still sounds after the pause");
    Ok(())
}

/// Seconds of a clip that are looked up in what was heard: a busy machine tears samples apart, and leaves words recognizable.
const HEARD: f64 = 2.0;

async fn reads_insights(window: &Window<'_>, server: &Server, conversation: &str, messages: &[Value]) -> Result<()> {
    let said = messages.iter().rev().find(|message| message["message_type"] == "agent-message").context("an answer")?;
    let interaction = text(said, "interaction_id")?;
    let insight = server.read(&format!("/conversation/{conversation}/interaction/{interaction}/insights")).await?;
    let state = text(&insight, "current_state_name")?;
    tab(window, "Insights").await?;
    window.click(&format!("{} [class*=text]", message(text(said, "id")?))).await?;
    window.find(&format!("[data-part=insights][data-interaction=\"{interaction}\"]")).await?;
    window.says("state-path", state).await?;
    for piece in ["working-memory", "reflections"] {
        window.part(piece).await?;
    }
    Ok(())
}

async fn tags(window: &Window<'_>, server: &Server, conversation: &str) -> Result<()> {
    let tag = async || anyhow::Ok(server.conversation(conversation).await?["tags"].get("handover").cloned());
    window.press("t").await?;
    window.part("tag-input").await?.send_keys("handover: late" + Key::Enter).await?;
    eventually("the tag at the server", async || Ok((tag().await? == Some("late".into())).then_some(()))).await?;
    window.says("tags", "late").await?;
    window.click("[aria-label=\"Remove tag handover\"]").await?;
    eventually("the tag to go at the server", async || Ok(tag().await?.is_none().then_some(()))).await?;
    window.gone("[aria-label=\"Remove tag handover\"]").await
}

async fn comments(window: &Window<'_>, server: &Server, conversation: &str) -> Result<()> {
    const TEXT: &str = "Asked twice for the same date.";
    // The field for tags has gone, and with it nothing may be left that swallows keys.
    window.press("c").await?;
    window.part("comment-input").await?.send_keys(TEXT).await?;
    window.send().await?;
    let written = async || comment_at(server, conversation, TEXT).await;
    eventually("the comment at the server", written).await?;
    let card = card_of(window, TEXT).await?;
    for resolved in [true, false] {
        window.click(&format!("{card} [data-part=resolve]")).await?;
        eventually(&format!("resolved: {resolved} at the server"), async || {
            let comment = written().await?.context("the comment is still there")?;
            let now = comment["feedback_content"]["resolved"].as_bool().unwrap_or(false);
            Ok((now == resolved).then_some(()))
        })
        .await?;
        window.find(&format!("{card}[data-resolved={resolved}]")).await?;
    }
    Ok(())
}

/// The key must lie in the keyring alone.
fn ensure_nowhere(secrets: &[&str], home: &Path) -> Result<()> {
    let mut folders = vec![home.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            let kind = entry.file_type()?;
            if kind.is_dir() && entry.file_name() != "keyring" {
                folders.push(entry.path());
            } else if kind.is_file() {
                let bytes = std::fs::read(entry.path())?;
                for (number, secret) in secrets.iter().enumerate() {
                    let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
                    ensure!(!found, "secret {number} lies in {}", entry.path().display());
                }
            }
        }
    }
    Ok(())
}
