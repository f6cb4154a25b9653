//! A voice conversation as one piece.

use std::time::Duration;

use earmark_audio::OUTPUT_RATE;
use earmark_console::{PartKind, PartState, PlayerStatus, ProblemCode, Settings};
use earmark_sandbox::{Limits, Options as Sandbox};
use serde_json::Value;

use crate::desk::{Desk, unlimited};
use crate::ear::{Call, Ear, as_played, assert_heard};

/// Samples of both ears in a millisecond.
const PER_MS: usize = 2 * OUTPUT_RATE as usize / 1_000;
/// A start in mid-wave fades in over 5 ms, so that it does not click.
const FADE: usize = 5 * PER_MS;

/// The messages whose recordings the server was asked for, in order.
async fn asked_for(desk: &Desk) -> Vec<String> {
    let calls = desk.server.calls().await.unwrap();
    let path = |call: &Value| call["path"].as_str().unwrap_or_default().to_owned();
    let sources = calls.iter().map(path).filter(|path| path.ends_with("/source"));
    sources.map(|path| path.rsplit('/').nth(1).unwrap_or_default().to_owned()).collect()
}

#[tokio::test]
async fn a_call_of_24_clips_plays_whole_and_in_order_with_one_request() {
    let desk = Desk::set(unlimited()).await;
    let call = Call::of(&desk, "Frank O'Sullivan").await;
    assert_eq!(call.voices.len(), 24);
    let ear = Ear::at(&desk);
    desk.console.play_sound(call.id.clone(), None, 0).await.unwrap();
    let ended = ear.until_status(PlayerStatus::Ended).await;
    let in_order: Vec<String> = call.voices.iter().map(|voice| voice.as_str().to_owned()).collect();
    assert_eq!(asked_for(&desk).await, in_order, "each is asked for once, in playing order");
    assert_heard(&desk, &call.as_played(&desk, 0).await);

    let view = desk.console.read_sound(call.id.clone()).await.unwrap();
    let voices: Vec<_> = view.parts.iter().filter(|part| part.kind == PartKind::Voice).collect();
    assert!(voices.iter().all(|part| part.state == PartState::Ready && !part.estimated));
    assert!(voices.windows(2).all(|pair| pair[1].start_ms.abs_diff(pair[0].start_ms + pair[0].duration_ms) <= 1));
    assert_eq!((ended.position_ms, ended.total_ms), (view.total_ms, view.total_ms));
}

#[tokio::test]
async fn a_click_on_a_line_sounds_first_and_the_rest_follows() {
    let desk = Desk::set(unlimited()).await;
    let call = Call::of(&desk, "Daniel Reyes").await;
    let ear = Ear::at(&desk);
    desk.console.play_sound(call.id.clone(), Some(call.voices[6].clone()), 0).await.unwrap();
    ear.until_status(PlayerStatus::Ended).await;
    assert_eq!(asked_for(&desk).await[0], call.voices[6].as_str(), "the clicked one is fetched first");
    let expected = call.as_played(&desk, 6).await;
    assert_heard(&desk, &expected);
    // Those before it are fetched when nothing is more urgent.
    call.until(&desk, |view| view.parts.iter().all(|part| part.state == PartState::Ready)).await;
}

#[tokio::test]
async fn playing_from_the_middle_of_a_message_begins_there() {
    let desk = Desk::set(unlimited()).await;
    let call = Call::of(&desk, "Daniel Reyes").await;
    let last = call.voices.len() - 1;
    let recording = call.recording(&desk, &call.voices[last]).await;
    let middle = recording.duration_ms() / 2;
    let ear = Ear::at(&desk);
    desk.console.play_sound(call.id.clone(), Some(call.voices[last].clone()), middle).await.unwrap();
    ear.until_status(PlayerStatus::Ended).await;
    let (whole, heard) = (as_played(&recording), desk.device.heard());
    let missing_ms = (whole.len() - heard.len()) / PER_MS;
    assert!(missing_ms.abs_diff(middle as usize) <= 20, "began at {missing_ms} ms instead of {middle} ms");
}

#[tokio::test]
async fn seeking_by_conversation_time_lands_in_the_right_message() {
    let desk = Desk::set_paced(unlimited()).await;
    let call = Call::of(&desk, "Daniel Reyes").await;
    desk.console.open_sound(call.id.clone()).await.unwrap();
    let view = call.until(&desk, |view| view.parts.iter().all(|part| part.state == PartState::Ready)).await;
    let ear = Ear::at(&desk);
    let target = view.total_ms * 7 / 10;
    desk.console.seek_sound(target);
    let sought = ear.until(|view| view.position_ms.abs_diff(target) <= 20).await;
    assert_eq!(sought.status, PlayerStatus::Paused, "seeking does not start what is paused");
    let part = view.parts.iter().rfind(|part| part.kind == PartKind::Voice && part.start_ms <= target).unwrap();
    assert_eq!(sought.message_id.as_ref(), Some(&part.message_id));
    assert!(sought.message_ms.abs_diff(target - part.start_ms) <= 20);
    desk.console.resume();
    ear.until(|view| view.status == PlayerStatus::Playing && view.position_ms > target).await;
    desk.console.pause();
    ear.until(|view| view.status == PlayerStatus::Paused && view.position_ms > target).await;
}

#[tokio::test]
async fn a_text_message_in_a_call_sounds_from_the_next_voice_on() {
    let desk = Desk::set(unlimited()).await;
    let call = Call::of(&desk, "Daniel Reyes").await;
    let messages = desk.messages(&call.id).await;
    let text = messages.iter().rposition(|message| !message.voice).unwrap();
    let next = messages[text..].iter().filter(|message| message.voice).count();
    assert!(next > 0, "a voice follows the last text");
    let ear = Ear::at(&desk);
    desk.console.play_sound(call.id.clone(), Some(messages[text].id.clone()), 0).await.unwrap();
    ear.until_status(PlayerStatus::Ended).await;
    assert_heard(&desk, &call.as_played(&desk, call.voices.len() - next).await);

    let elsewhere = earmark_console::MessageId::new("0123456789abcdef01234567").unwrap();
    let problem = desk.console.play_sound(call.id, Some(elsewhere), 0).await.unwrap_err();
    assert_eq!(problem.code, ProblemCode::NotFound);
}

#[tokio::test]
async fn the_speed_stays_for_the_next_conversation() {
    let desk = Desk::set(unlimited()).await;
    desk.console.follow(&Settings { speed_percent: 200, ..Settings::default() });
    let mut before = 0;
    for customer in ["Daniel Reyes", "Marcus Bell"] {
        let call = Call::of(&desk, customer).await;
        let last = call.voices.len() - 1;
        let length = as_played(&call.recording(&desk, &call.voices[last]).await).len();
        let ear = Ear::at(&desk);
        ear.forget();
        desk.console.play_sound(call.id.clone(), Some(call.voices[last].clone()), 0).await.unwrap();
        let ended =
            ear.until(|view| view.status == PlayerStatus::Ended && view.conversation_id.as_ref() == Some(&call.id));
        assert_eq!(ended.await.speed_percent, 200);
        let heard = desk.device.heard().len() - before;
        before += heard;
        assert!(heard.abs_diff(length / 2) * 100 <= length / 2, "{customer}: {heard} of {length} samples at 200 %");
    }
}

#[tokio::test]
async fn skipping_silence_says_what_it_saves_and_is_heard() {
    let desk = Desk::set(unlimited()).await;
    let call = Call::of(&desk, "Daniel Reyes").await;
    desk.console.open_sound(call.id.clone()).await.unwrap();
    // So loud a threshold makes silence of much that is said.
    let skipping = Settings { skip_silence: true, silence_db: -20, ..Settings::default() };
    desk.console.follow(&skipping);
    let view = call.until(&desk, |view| view.parts.iter().all(|part| part.state == PartState::Ready)).await;
    assert!(view.saved_ms > 0);
    let ear = Ear::at(&desk);
    desk.console.play_sound(call.id.clone(), None, 0).await.unwrap();
    let ended = ear.until_status(PlayerStatus::Ended).await;
    assert_eq!(ended.total_ms, view.total_ms, "the timeline is no shorter");
    let heard_ms = (desk.device.heard().len() / PER_MS) as u32;
    assert!(heard_ms.abs_diff(view.total_ms - view.saved_ms) <= 20, "{heard_ms} ms, {} saved", view.saved_ms);
}

#[tokio::test]
async fn by_real_time_messages_keep_short_pauses() {
    let desk = Desk::set(unlimited()).await;
    let call = Call::of(&desk, "Daniel Reyes").await;
    desk.console.open_sound(call.id.clone()).await.unwrap();
    let ready = |view: &earmark_console::SoundView| view.parts.iter().all(|part| part.state == PartState::Ready);
    let tight = call.until(&desk, ready).await;
    desk.console.follow(&Settings { by_real_time: true, ..Settings::default() });
    let apart = desk.console.read_sound(call.id.clone()).await.unwrap();
    let gaps: Vec<u32> = apart
        .parts
        .windows(2)
        .map(|pair| pair[1].start_ms.saturating_sub(pair[0].start_ms + pair[0].duration_ms))
        .collect();
    assert!(apart.total_ms > tight.total_ms && gaps.iter().all(|gap| *gap <= 2_001), "{gaps:?}");
    assert_eq!(desk.calls_to("/source").await, call.voices.len(), "nothing is fetched again");
}

#[tokio::test]
async fn the_waveform_is_drawn_of_what_was_read() {
    let desk = Desk::set(unlimited()).await;
    let call = Call::of(&desk, "Daniel Reyes").await;
    assert_eq!(desk.console.draw_peaks(&call.id, 0, 1_000, 10).unwrap(), [0; 10], "nothing was read");
    desk.console.open_sound(call.id.clone()).await.unwrap();
    let view = call.until(&desk, |view| view.parts.iter().all(|part| part.state == PartState::Ready)).await;
    for part in view.parts.iter().filter(|part| part.kind == PartKind::Voice) {
        let loudest = call.recording(&desk, &part.message_id).await;
        let loudest = loudest.peaks().draw(0, part.duration_ms, 1)[0];
        let end = part.start_ms + part.duration_ms;
        let drawn = desk.console.draw_peaks(&call.id, part.start_ms, end, 50).unwrap();
        assert_eq!(drawn.iter().max(), Some(&loudest));
    }
    let whole = desk.console.draw_peaks(&call.id, 0, view.total_ms, 4_000).unwrap();
    assert!(whole.iter().filter(|value| **value > 0).count() > 3_000, "speech is seldom silent");
    let problem = desk.console.draw_peaks(&call.id, 0, 1_000, 4_001).unwrap_err();
    assert_eq!(problem.code, ProblemCode::BadInput);
}

#[tokio::test]
async fn what_is_saved_is_what_is_heard() {
    let desk = Desk::set(unlimited()).await;
    let call = Call::of(&desk, "Tomás Ferreira").await;
    let ear = Ear::at(&desk);
    desk.console.play_sound(call.id.clone(), None, 0).await.unwrap();
    ear.until_status(PlayerStatus::Ended).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("call.wav");
    desk.console.export_sound(call.id.clone(), None, path.clone()).await.unwrap();
    let saved = std::fs::read(&path).unwrap();
    let data = saved.windows(4).position(|four| four == b"data").unwrap() + 8;
    let saved: Vec<i16> = saved[data..].chunks_exact(2).map(|two| i16::from_le_bytes([two[0], two[1]])).collect();
    let heard: Vec<i16> = desk.device.heard().iter().map(|sample| (sample * 32_768.0).round() as i16).collect();
    assert!(saved == heard, "{} samples saved, {} heard", saved.len(), heard.len());

    let one = folder.path().join("one.wav");
    desk.console.export_sound(call.id.clone(), Some(call.voices[1].clone()), one.clone()).await.unwrap();
    let recording = earmark_audio::Recording::scan(std::fs::read(one).unwrap()).unwrap();
    let original = call.recording(&desk, &call.voices[1]).await;
    assert_eq!((recording.frames(), recording.rate()), (original.frames(), original.rate()));

    let nowhere = folder.path().join("no folder").join("call.wav");
    let problem = desk.console.export_sound(call.id, None, nowhere).await.unwrap_err();
    assert_eq!(problem.code, ProblemCode::BadInput);
    assert!(!problem.message.contains("no folder"), "a path tells who uses this computer");
}

#[tokio::test]
async fn fetching_ahead_leaves_calls_for_the_next_click() {
    let minute = Duration::from_secs(60);
    let desk = Desk::set_limited(Sandbox { limits: Limits::Sliding, minute, ..Sandbox::default() }, minute).await;
    let long = Call::of(&desk, "Frank O'Sullivan").await;
    let other = Call::of(&desk, "Daniel Reyes").await;
    desk.console.open_sound(long.id.clone()).await.unwrap();
    long.until(&desk, |view| view.parts.iter().all(|part| part.state == PartState::Ready)).await;
    let ear = Ear::at(&desk);
    ear.forget();
    desk.console.play_sound(other.id.clone(), None, 0).await.unwrap();
    // Six calls are left; the rest must wait for the minute to pass, and it is said how long.
    let waiting = ear.until(|view| view.status == PlayerStatus::Waiting && view.wait_ms.is_some()).await;
    assert_eq!(waiting.message_id.as_ref(), Some(&other.voices[6]));
    assert!(waiting.wait_ms.is_some_and(|ms| ms > 0 && ms <= 60_000), "{waiting:?}");
    let calls = desk.server.calls().await.unwrap();
    assert!(calls.iter().all(|call| call["status"] != 429), "the server had to refuse nothing");
}

#[tokio::test]
async fn devices_are_listed_by_name() {
    let desk = Desk::set(unlimited()).await;
    let outputs = desk.console.list_outputs().await;
    assert_eq!((outputs.len(), outputs[0].is_default), (1, true));
    desk.console.follow(&Settings { output: Some("one that is not there".into()), ..Settings::default() });
    let call = Call::of(&desk, "Daniel Reyes").await;
    let ear = Ear::at(&desk);
    desk.console.play_sound(call.id, None, 0).await.unwrap();
    let lost = ear.until(|view| view.problem.is_some()).await;
    assert_eq!((lost.status, lost.problem.unwrap().code), (PlayerStatus::Paused, ProblemCode::NoDevice));
    desk.console.follow(&Settings { output: Some(outputs[0].name.clone()), ..Settings::default() });
    desk.console.resume();
    ear.until_status(PlayerStatus::Ended).await;
}

#[tokio::test]
async fn what_plays_pauses_where_it_is() {
    let desk = Desk::set_paced(unlimited()).await;
    let call = Call::of(&desk, "Daniel Reyes").await;
    let ear = Ear::at(&desk);
    desk.console.play_sound(call.id, None, 0).await.unwrap();
    ear.until(|view| view.status == PlayerStatus::Playing && view.position_ms > 200).await;
    desk.console.pause();
    let paused = ear.until(|view| view.status == PlayerStatus::Paused && view.position_ms > 0).await;
    let heard_ms = (desk.device.heard().len() - FADE) / PER_MS;
    assert!(heard_ms.abs_diff(paused.position_ms as usize) <= 20, "{heard_ms} ms heard, {paused:?}");
}
