//! A voice conversation plays as one piece: one key press, every recording in order, at any speed.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use earmark_tests::stage::{Stage, Window};
use serde_json::json;

use crate::spoken::{IN_VIEW, PLAYS, STANDS, Spoken, in_order, recordings, sounding};
use crate::steps::{message, open, server, signed_in, voice_conversation_of};

/// Sees each message sound in its turn, in view, until the conversation ends.
async fn follows(window: &Window<'_>, recordings: &[Spoken]) -> Result<()> {
    for (number, Spoken { id, .. }) in recordings.iter().enumerate() {
        window.find(&sounding(id)).await.with_context(|| format!("recording {number}"))?;
        window.until("the line that sounds to be in view", IN_VIEW, &[message(id).into()]).await?;
    }
    window.until("the conversation to end", STANDS, &[]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn one_key_press_plays_the_whole_conversation() -> Result<()> {
    let stage = Stage::set_to_listen("timeline")?;
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
    let should: f64 = recordings[..23].iter().map(|spoken| spoken.sound.seconds()).sum();
    ensure!((lasted - should).abs() < 3.0, "from the first to the last {lasted:.1} s, recordings of {should:.1} s");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn twice_as_fast_and_without_pauses_it_is_whole_as_well() -> Result<()> {
    let stage = Stage::set_to_listen("timeline-fast")?;
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
    let whole: f64 = recordings.iter().map(|spoken| spoken.sound.seconds()).sum();
    ensure!(lasted < whole / 2.0 + 8.0, "{whole:.1} s of recordings lasted {lasted:.1} s");
    window.picture("fast").await?;
    window.close().await?;
    let heard = recording.hear(Duration::from_millis(500)).await?;

    in_order(&heard, &recordings, 2.0)?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_corrupt_recording_is_named_and_passed_over() -> Result<()> {
    let stage = Stage::set_to_listen("timeline-corrupt")?;
    let server = server().await?;
    let (conversation, messages) = voice_conversation_of(&server, 7).await?;
    let recordings = recordings(&server, &conversation, &messages).await?;
    let broken = recordings.get(2).context("a third recording")?.id.clone();
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
