use std::sync::{Arc, Mutex};
use std::time::Duration;

use earmark_audio::{OUTPUT_RATE, Recording, Resample, to_stereo};
use earmark_console::{ConversationId, MessageId, PlayerStatus, PlayerView, ProblemCode};
use earmark_sandbox::Options as Sandbox;
use serde_json::json;

use crate::desk::{Desk, form, unlimited};

const PATIENCE: Duration = Duration::from_secs(10);

async fn voice_message(desk: &Desk) -> (ConversationId, MessageId) {
    let conversation = desk.conversation_of("Daniel Reyes").await.id;
    let messages = desk.messages(&conversation).await;
    let message = messages.into_iter().find(|message| message.voice).unwrap();
    (conversation, message.id)
}

/// What the server itself gives for a message.
async fn as_recorded(desk: &Desk, conversation: &ConversationId, message: &MessageId) -> Arc<Recording> {
    desk.server.recording(conversation.as_str(), message.as_str()).await.unwrap()
}

/// What a device is given that plays a recording of one or two channels from beginning to end.
fn as_played(recording: &Arc<Recording>) -> Vec<f32> {
    let mut resample = Resample::new(recording.rate(), OUTPUT_RATE, recording.channels());
    let mut reader = recording.read(0);
    while let Some(block) = reader.next_block() {
        resample.push(block);
    }
    resample.finish();
    let (mut samples, mut stereo) = (Vec::new(), Vec::new());
    resample.pull(&mut samples);
    to_stereo(&samples, recording.channels(), &mut stereo);
    stereo
}

/// Waits until the player says what is asked of it; the last word is given when it never does.
async fn until(seen: &Arc<Mutex<Vec<PlayerView>>>, wanted: impl Fn(&PlayerView) -> bool) -> PlayerView {
    let waited = tokio::time::timeout(PATIENCE, async {
        loop {
            if let Some(view) = seen.lock().unwrap().iter().rev().find(|view| wanted(view)) {
                return view.clone();
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    });
    waited.await.unwrap_or_else(|_| panic!("never said; last: {:?}", seen.lock().unwrap().last()))
}

fn watched(desk: &Desk) -> Arc<Mutex<Vec<PlayerView>>> {
    let seen: Arc<Mutex<Vec<PlayerView>>> = Arc::default();
    let told = seen.clone();
    desk.console.watch_player(Box::new(move |view| told.lock().unwrap().push(view)));
    seen
}

#[tokio::test]
async fn what_is_heard_is_what_was_recorded() {
    let desk = Desk::set(unlimited()).await;
    let (conversation, message) = voice_message(&desk).await;
    let recorded = as_recorded(&desk, &conversation, &message).await;
    let seen = watched(&desk);
    let clip = desk.console.play_message(conversation, message.clone(), 0).await.unwrap();
    assert_eq!((clip.duration_ms, &clip.message_id), (recorded.duration_ms(), &message));
    assert!(clip.peaks.iter().any(|peak| *peak > 0));
    until(&seen, |view| view.status == PlayerStatus::Ended).await;
    assert!(desk.device.heard() == as_played(&recorded), "the device was given other samples than were recorded");
}

#[tokio::test]
async fn playing_from_the_middle_begins_there() {
    let desk = Desk::set(unlimited()).await;
    let (conversation, message) = voice_message(&desk).await;
    let recorded = as_recorded(&desk, &conversation, &message).await;
    let middle = recorded.duration_ms() / 2;
    let seen = watched(&desk);
    desk.console.play_message(conversation, message, middle).await.unwrap();
    until(&seen, |view| view.status == PlayerStatus::Ended).await;
    let whole = as_played(&recorded);
    let heard = desk.device.heard();
    // A start in mid-wave fades in over 5 ms, so that it does not click; the resampler knows nothing of what came before it.
    let samples_per_second = 2 * OUTPUT_RATE as usize;
    let settled = samples_per_second / 50;
    let pairs = heard[settled..].iter().rev().zip(whole.iter().rev());
    let furthest = pairs.map(|(heard, played)| (heard - played).abs()).fold(0.0, f32::max);
    assert!(furthest < 0.01, "what is heard is {furthest} off the end of the recording");
    let start_ms = (whole.len() - heard.len()) as u64 * 1_000 / samples_per_second as u64;
    assert!(start_ms.abs_diff(middle.into()) <= 20, "began at {start_ms} ms instead of {middle} ms");
}

#[tokio::test]
async fn a_recording_is_fetched_once_and_without_the_token() {
    let desk = Desk::set(unlimited()).await;
    let (conversation, message) = voice_message(&desk).await;
    for _ in 0..2 {
        desk.console.play_message(conversation.clone(), message.clone(), 0).await.unwrap();
    }
    let calls = desk.server.calls().await.unwrap();
    let audio: Vec<_> = calls.iter().filter(|call| call["port"] == "audio").collect();
    assert_eq!(audio.len(), 1);
    assert_eq!(audio[0]["has_authorization"], false);
}

#[tokio::test]
async fn an_address_that_expired_is_asked_for_again() {
    let desk = Desk::set(unlimited()).await;
    let (conversation, message) = voice_message(&desk).await;
    // The storage refuses the first address as it would an expired one.
    let once = json!([{ "method": "GET", "path": "/clips/*", "kind": "status", "times": 1, "code": 403 }]);
    desk.server.fault(once).await.unwrap();
    desk.console.play_message(conversation, message, 0).await.unwrap();
    assert_eq!(desk.calls_to("/source").await, 2);
}

#[tokio::test]
async fn an_address_that_is_refused_twice_is_said() {
    let desk = Desk::set(Sandbox { url_ttl: Duration::ZERO, ..unlimited() }).await;
    let (conversation, message) = voice_message(&desk).await;
    let problem = desk.console.play_message(conversation, message, 0).await.unwrap_err();
    assert_eq!((problem.code, problem.retryable), (ProblemCode::AudioExpired, true));
}

#[tokio::test]
async fn what_has_no_sound_is_said() {
    let desk = Desk::set(unlimited()).await;
    let (conversation, message) = voice_message(&desk).await;
    let text = desk.messages(&conversation).await.into_iter().find(|message| !message.voice).unwrap();
    let problem = desk.console.play_message(conversation.clone(), text.id, 0).await.unwrap_err();
    assert_eq!(problem.code, ProblemCode::NoAudio);

    let vanished = MessageId::new("0123456789abcdef01234567").unwrap();
    let problem = desk.console.play_message(conversation.clone(), vanished, 0).await.unwrap_err();
    assert_eq!(problem.code, ProblemCode::NotFound);

    let empty = json!([{ "method": "GET", "path": "/clips/*", "kind": "status", "times": 1, "code": 200, "body": "" }]);
    desk.server.fault(empty).await.unwrap();
    let problem = desk.console.play_message(conversation.clone(), message.clone(), 0).await.unwrap_err();
    assert_eq!(problem.code, ProblemCode::AudioEmpty);

    let nonsense =
        json!([{ "method": "GET", "path": "/clips/*", "kind": "status", "times": 1, "code": 200, "body": "<html>" }]);
    desk.server.fault(nonsense).await.unwrap();
    let problem = desk.console.play_message(conversation, message, 0).await.unwrap_err();
    assert_eq!(problem.code, ProblemCode::AudioUnreadable);
}

#[tokio::test]
async fn a_device_that_goes_away_pauses_and_comes_back_where_it_was() {
    let desk = Desk::set(unlimited()).await;
    let (conversation, message) = voice_message(&desk).await;
    let recorded = as_recorded(&desk, &conversation, &message).await;
    let seen = watched(&desk);
    desk.device.unplug_after(as_played(&recorded).len() / 4);
    desk.console.play_message(conversation, message, 0).await.unwrap();
    let lost = until(&seen, |view| view.problem.is_some()).await;
    assert_eq!((lost.status, lost.problem.unwrap().code), (PlayerStatus::Paused, ProblemCode::NoDevice));
    desk.device.plug();
    desk.console.resume();
    until(&seen, |view| view.status == PlayerStatus::Ended).await;
}

#[tokio::test]
async fn a_slow_recording_does_not_sound_over_a_later_one() {
    let desk = Desk::set(unlimited()).await;
    let conversation = desk.conversation_of("Daniel Reyes").await.id;
    let voices: Vec<_> = desk
        .messages(&conversation)
        .await
        .into_iter()
        .filter(|message| message.voice)
        .map(|message| message.id)
        .collect();
    let slow =
        json!([{ "method": "GET", "path": format!("*/messages/{}/source", voices[0]), "kind": "delay", "ms": 300 }]);
    desk.server.fault(slow).await.unwrap();
    let seen = watched(&desk);
    let first = desk.console.play_message(conversation.clone(), voices[0].clone(), 0);
    let second = async {
        while desk.calls_to("/source").await == 0 {
            tokio::task::yield_now().await;
        }
        desk.console.play_message(conversation.clone(), voices[1].clone(), 0).await
    };
    let (first, second) = tokio::join!(first, second);
    first.unwrap();
    second.unwrap();
    until(&seen, |view| view.status == PlayerStatus::Ended).await;
    let played = seen.lock().unwrap();
    assert!(played.iter().all(|view| view.message_id.as_ref() != Some(&voices[0])), "the first never sounds");
}

#[tokio::test]
async fn an_account_that_was_left_is_not_heard_any_more() {
    let desk = Desk::set(unlimited()).await;
    let (conversation, message) = voice_message(&desk).await;
    let slow = json!([{ "method": "GET", "path": "*/source", "kind": "delay", "ms": 300 }]);
    desk.server.fault(slow).await.unwrap();
    let seen = watched(&desk);
    let play = desk.console.play_message(conversation, message, 0);
    let leave = async {
        while desk.calls_to("/source").await == 0 {
            tokio::task::yield_now().await;
        }
        desk.console.sign_in(form(desk.server.credentials())).await
    };
    let (played, left) = tokio::join!(play, leave);
    played.unwrap();
    left.unwrap();
    assert!(desk.device.heard().is_empty());
    assert!(seen.lock().unwrap().iter().all(|view| view.status == PlayerStatus::Idle));
}

#[tokio::test]
async fn pausing_and_seeking_hold_where_they_are() {
    let desk = Desk::set_paced(unlimited()).await;
    let (conversation, message) = voice_message(&desk).await;
    let seen = watched(&desk);
    let clip = desk.console.play_message(conversation, message, 0).await.unwrap();
    until(&seen, |view| view.status == PlayerStatus::Playing).await;
    desk.console.pause();
    until(&seen, |view| view.status == PlayerStatus::Paused).await;
    desk.console.seek(clip.duration_ms / 2);
    let sought = until(&seen, |view| view.position_ms.abs_diff(clip.duration_ms / 2) <= 20).await;
    assert_eq!(sought.status, PlayerStatus::Paused, "seeking does not start what is paused");
}
