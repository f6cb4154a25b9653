//! A voice conversation plays as one piece: one key press, every recording in order, at any speed.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use earmark_tests::stage::{Server, Sound, Stage, Window, locate_words};
use serde_json::{Value, json};

use crate::steps::{has_sound, message, open, server, signed_in, text, voice_conversation_of};

/// Seconds of a recording that are looked up in what was heard.
const WORDS: f64 = 2.0;
/// Likeness that counts as found.
const ALIKE: f32 = 0.6;
/// Seconds after the one before within which the next recording must begin: the longest lasts seven.
const NEXT: f64 = 16.0;

const PLAYS: &str = "return document.querySelector('[data-part=play]').ariaLabel === 'Pause'";
const STANDS: &str = "return document.querySelector('[data-part=play]').ariaLabel === 'Play'";
/// Whether a message is all in view.
const IN_VIEW: &str = "const line = document.querySelector(arguments[0]).getBoundingClientRect();
    const view = document.querySelector('[data-part=transcript]').getBoundingClientRect();
    return line.top >= view.top - 1 && line.top < view.bottom";

fn sounding(id: &str) -> String {
    format!("{}[data-sounding=true]", message(id))
}

/// The conversation's recordings in order.
async fn recordings(server: &Server, conversation: &str, messages: &[Value]) -> Result<Vec<(String, Sound)>> {
    let mut recordings = Vec::new();
    for spoken in messages.iter().filter(|message| has_sound(message)) {
        let id = text(spoken, "id")?;
        recordings.push((id.to_owned(), Sound::from(&server.recording(conversation, id).await?)));
    }
    Ok(recordings)
}

/// Sees each message sound in its turn, in view, until the conversation ends.
async fn follows(window: &Window<'_>, recordings: &[(String, Sound)]) -> Result<()> {
    for (number, (id, _)) in recordings.iter().enumerate() {
        window.find(&sounding(id)).await.with_context(|| format!("recording {number}"))?;
        window.until("the line that sounds to be in view", IN_VIEW, &[message(id).into()]).await?;
    }
    window.until("the conversation to end", STANDS, &[]).await
}

/// Finds each recording after the one before, by its loudest words at a speed: when it began to be heard.
///
/// By how their loudness rises and falls: a busy machine is late with a buffer now and then, which tears samples apart but
/// leaves words recognizable. That the samples are the right ones is for the tests of the sound itself.
fn in_order(heard: &Sound, recordings: &[(String, Sound)], speed: f64) -> Result<Vec<f64>> {
    let mut places = Vec::new();
    let mut from = heard.onset().context("silence")?;
    for (number, (_, recording)) in recordings.iter().enumerate() {
        let (offset, words) = recording.loudest(WORDS);
        let found = locate_words(&words, &heard.part(from, NEXT), speed);
        ensure!(found.likeness >= ALIKE, "recording {number} is not heard from {from:.1} s on: {found:?}");
        places.push(from + found.at - offset / speed);
        from += found.at + words.seconds() / speed;
    }
    Ok(places)
}

#[tokio::test(flavor = "multi_thread")]
async fn one_key_press_plays_the_whole_conversation() -> Result<()> {
    let stage = Stage::set("timeline")?;
    let server = server().await?;
    let (conversation, messages) = voice_conversation_of(&server, 24).await?;
    let recordings = recordings(&server, &conversation, &messages).await?;
    ensure!(recordings.len() == 24, "{} recordings", recordings.len());
    let window = signed_in(stage.launch(), &server).open().await?;
    open(&window, &conversation).await?;
    window.part("waveform").await?;

    let recording = stage.record("whole")?;
    window.press(" ").await?;
    window.until("the sound", PLAYS, &[]).await?;
    follows(&window, &recordings).await?;
    window.picture("ended").await?;
    window.close().await?;
    let heard = recording.hear(Duration::from_millis(500)).await?;

    let places = in_order(&heard, &recordings, 1.0)?;
    let lasted = places[23] - places[0];
    let should: f64 = recordings[..23].iter().map(|(_, recording)| recording.seconds()).sum();
    ensure!((lasted - should).abs() < 3.0, "from the first to the last {lasted:.1} s, recordings of {should:.1} s");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn twice_as_fast_and_without_pauses_it_is_whole_as_well() -> Result<()> {
    let stage = Stage::set("timeline-fast")?;
    let server = server().await?;
    let (conversation, messages) = voice_conversation_of(&server, 24).await?;
    let recordings = recordings(&server, &conversation, &messages).await?;
    let window = signed_in(stage.launch(), &server).open().await?;
    open(&window, &conversation).await?;
    window.part("waveform").await?;
    for _ in 0..4 {
        window.press("]").await?;
    }
    window.says("speed", "2").await?;
    window.click("[data-part=skip-silence]").await?;
    window.find("[data-part=skip-silence][aria-pressed=true]").await?;

    let recording = stage.record("fast")?;
    // The space bar would press the switch, which has the focus.
    window.click("[data-part=play]").await?;
    window.until("the sound", PLAYS, &[]).await?;
    let began = Instant::now();
    follows(&window, &recordings).await?;
    let lasted = began.elapsed().as_secs_f64();
    let whole: f64 = recordings.iter().map(|(_, recording)| recording.seconds()).sum();
    ensure!(lasted < whole / 2.0 + 8.0, "{whole:.1} s of recordings lasted {lasted:.1} s");
    window.picture("fast").await?;
    window.close().await?;
    let heard = recording.hear(Duration::from_millis(500)).await?;

    in_order(&heard, &recordings, 2.0)?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_corrupt_recording_is_named_and_passed_over() -> Result<()> {
    let stage = Stage::set("timeline-corrupt")?;
    let server = server().await?;
    let (conversation, messages) = voice_conversation_of(&server, 7).await?;
    let recordings = recordings(&server, &conversation, &messages).await?;
    let broken = recordings.get(2).context("a third recording")?.0.clone();
    server.fault(json!([{ "path": format!("*/{broken}/source"), "kind": "status", "code": 404 }])).await?;
    let window = signed_in(stage.launch(), &server).open().await?;
    open(&window, &conversation).await?;
    window.part("waveform").await?;
    let recording = stage.record("corrupt")?;
    window.press(" ").await?;
    let mut whole = recordings;
    whole.remove(2);
    follows(&window, &whole).await?;
    window.text_of(&message(&broken), |said| said.contains("Cannot be played")).await?;
    window.picture("passed-over").await?;
    window.close().await?;
    let heard = recording.hear(Duration::from_millis(500)).await?;
    in_order(&heard, &whole, 1.0)?;
    Ok(())
}
