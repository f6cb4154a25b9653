//! What goes wrong with a call's recordings, one by one, and that the rest plays.

use earmark_console::{ConversationFilter, PartState, PlayerStatus, ProblemCode};
use earmark_sandbox::Options as Sandbox;
use serde_json::{Value, json};
use std::time::Duration;

use crate::desk::{Desk, form, unlimited};
use crate::ear::{Call, Ear, PATIENCE, as_played, assert_heard};

/// A fault of the storage or the server: `more` is written over an answer that fires once.
fn once(path: &str, more: Value) -> Value {
    let mut fault = json!({ "method": "GET", "path": path, "kind": "status", "times": 1, "code": 200 });
    fault.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    fault
}

#[tokio::test]
async fn each_recording_that_cannot_be_played_is_named_in_its_place_and_passed_over() {
    let desk = Desk::set(unlimited()).await;
    let call = Call::of(&desk, "Daniel Reyes").await;
    let source = |voice: usize| format!("*/messages/{}/source", call.voices[voice]);
    let faults = json!([
        once("/clips/*", json!({ "after": 1, "body": "" })),
        once("/clips/*", json!({ "after": 2, "body": "<html>not sound</html>" })),
        once(&source(4), json!({ "code": 403 })),
        once(&source(5), json!({ "code": 400 })),
        once(&source(6), json!({ "code": 404 })),
    ]);
    desk.server.fault(faults).await.unwrap();
    let ear = Ear::at(&desk);
    desk.console.play_sound(call.id.clone(), None, 0).await.unwrap();
    ear.until_status(PlayerStatus::Ended).await;
    let view = desk.console.read_sound(call.id.clone()).await.unwrap();
    let named: Vec<_> = call
        .voices
        .iter()
        .map(|voice| view.parts.iter().find(|part| part.message_id == *voice).unwrap())
        .map(|part| (part.state, part.problem.as_ref().map(|problem| problem.code)))
        .collect();
    let failed = [
        (1, ProblemCode::AudioEmpty),
        (2, ProblemCode::AudioUnreadable),
        (4, ProblemCode::NotAllowed),
        (5, ProblemCode::NoAudio),
        (6, ProblemCode::NotFound),
    ];
    let mut expected = vec![(PartState::Ready, None); call.voices.len()];
    for (voice, code) in failed {
        expected[voice] = (PartState::Failed, Some(code));
    }
    assert_eq!(named, expected);

    desk.server.fault(json!([])).await.unwrap();
    let mut rest = Vec::new();
    for (voice, id) in call.voices.iter().enumerate() {
        if failed.iter().all(|(failed, _)| *failed != voice) {
            rest.extend(as_played(&call.recording(&desk, id).await));
        }
    }
    assert_heard(&desk, &rest);

    // A click gives it another chance.
    let before = rest.len();
    ear.forget();
    desk.console.play_sound(call.id.clone(), Some(call.voices[1].clone()), 0).await.unwrap();
    ear.until_played().await;
    let again = as_played(&call.recording(&desk, &call.voices[1]).await);
    assert!(desk.device.heard()[before..].starts_with(&again));
}

#[tokio::test]
async fn a_limit_met_on_the_way_is_said_and_waited_out() {
    let desk = Desk::set(unlimited()).await;
    let call = Call::of(&desk, "Daniel Reyes").await;
    let limited = once("*/source", json!({ "after": 3, "code": 429, "retry_after": 1 }));
    desk.server.fault(json!([limited])).await.unwrap();
    let ear = Ear::at(&desk);
    desk.console.play_sound(call.id.clone(), None, 0).await.unwrap();
    let waiting = ear.until(|view| view.status == PlayerStatus::Waiting && view.wait_ms.is_some()).await;
    assert!(waiting.wait_ms.is_some_and(|ms| ms <= 1_000), "{waiting:?}");
    assert_eq!(waiting.message_id.as_ref(), Some(&call.voices[3]));
    ear.until_status(PlayerStatus::Ended).await;
    assert_heard(&desk, &call.as_played(&desk, 0).await);
}

#[tokio::test]
async fn a_limit_longer_than_any_window_is_said_with_its_reason() {
    let desk = Desk::set(unlimited()).await;
    let call = Call::of(&desk, "Daniel Reyes").await;
    let limited = once("*/source", json!({ "code": 429, "retry_after": 90 }));
    desk.server.fault(json!([limited])).await.unwrap();
    let ear = Ear::at(&desk);
    desk.console.play_sound(call.id.clone(), None, 0).await.unwrap();
    let waiting = ear.until(|view| view.problem.is_some()).await;
    assert_eq!((waiting.status, waiting.problem.unwrap().code), (PlayerStatus::Waiting, ProblemCode::RateLimited));
    assert!(waiting.wait_ms.is_some_and(|ms| ms > 60_000 && ms <= 90_000));
}

#[tokio::test]
async fn a_server_that_rests_for_a_moment_is_tried_again() {
    let desk = Desk::set(unlimited()).await;
    let call = Call::of(&desk, "Daniel Reyes").await;
    // As often as one call is repeated by itself.
    let rests = json!({ "after": 2, "times": 3, "code": 503 });
    desk.server.fault(json!([once("*/source", rests)])).await.unwrap();
    let ear = Ear::at(&desk);
    desk.console.play_sound(call.id.clone(), None, 0).await.unwrap();
    let waiting = ear.until(|view| view.problem.is_some()).await;
    assert_eq!((waiting.status, waiting.problem.unwrap().code), (PlayerStatus::Waiting, ProblemCode::Maintenance));
    ear.until_status(PlayerStatus::Ended).await;
    assert_heard(&desk, &call.as_played(&desk, 0).await);
}

#[tokio::test]
async fn an_address_that_expired_is_asked_for_again_silently() {
    let desk = Desk::set(unlimited()).await;
    let call = Call::of(&desk, "Daniel Reyes").await;
    // The storage refuses an address as it would an expired one.
    let expired = once("/clips/*", json!({ "after": 2, "code": 403 }));
    desk.server.fault(json!([expired])).await.unwrap();
    let ear = Ear::at(&desk);
    desk.console.play_sound(call.id.clone(), None, 0).await.unwrap();
    ear.until_status(PlayerStatus::Ended).await;
    assert!(ear.all().iter().all(|view| view.problem.is_none()));
    let calls = desk.server.calls().await.unwrap();
    let sources = calls.iter().filter(|call| call["path"].as_str().is_some_and(|path| path.ends_with("/source")));
    assert_eq!(sources.clone().count(), call.voices.len() + 1);
    assert!(sources.clone().all(|call| !call["query"].as_str().unwrap().contains("long_lived")));
    assert!(calls.iter().filter(|call| call["port"] == "audio").all(|call| call["has_authorization"] == false));
    assert_heard(&desk, &call.as_played(&desk, 0).await);
}

#[tokio::test]
async fn addresses_that_are_refused_twice_are_said() {
    let desk = Desk::set(Sandbox { url_ttl: Duration::ZERO, ..unlimited() }).await;
    let call = Call::of(&desk, "Tomás Ferreira").await;
    let ear = Ear::at(&desk);
    desk.console.play_sound(call.id.clone(), None, 0).await.unwrap();
    ear.until_status(PlayerStatus::Ended).await;
    let view = desk.console.read_sound(call.id.clone()).await.unwrap();
    let problems: Vec<_> = view.parts.iter().filter_map(|part| part.problem.as_ref()).collect();
    assert_eq!(problems.len(), call.voices.len());
    assert!(problems.iter().all(|problem| problem.code == ProblemCode::AudioExpired && problem.retryable));
    assert!(desk.device.heard().is_empty());
}

#[tokio::test]
async fn a_device_that_goes_away_pauses_and_comes_back_where_it_was() {
    let desk = Desk::set(unlimited()).await;
    let call = Call::of(&desk, "Daniel Reyes").await;
    let ear = Ear::at(&desk);
    desk.device.unplug_after(48_000);
    desk.console.play_sound(call.id.clone(), None, 0).await.unwrap();
    let lost = ear.until(|view| view.problem.is_some()).await;
    assert_eq!((lost.status, lost.problem.unwrap().code), (PlayerStatus::Paused, ProblemCode::NoDevice));
    assert!(lost.position_ms.abs_diff(1_000) <= 20);
    desk.device.plug();
    desk.console.resume();
    ear.until_status(PlayerStatus::Ended).await;
    assert_eq!(desk.device.heard().len(), call.as_played(&desk, 0).await.len(), "nothing is lost and nothing twice");
}

#[tokio::test]
async fn opening_another_conversation_ends_what_was_fetched_for_the_first() {
    let desk = Desk::set(unlimited()).await;
    let (left, other) = (Call::of(&desk, "Frank O'Sullivan").await, Call::of(&desk, "Tomás Ferreira").await);
    let slow = json!([{ "method": "GET", "path": "*/source", "kind": "delay", "ms": 50 }]);
    desk.server.fault(slow).await.unwrap();
    let ear = Ear::at(&desk);
    desk.console.play_sound(left.id.clone(), None, 0).await.unwrap();
    let calls_for = async |call: &Call| desk.calls_to(&format!("{}/messages/", call.id)).await;
    let opened = calls_for(&left).await;
    while calls_for(&left).await < opened + 3 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    desk.console.open_conversation(other.id.clone(), false).await.unwrap();
    let fetched = calls_for(&left).await;
    ear.until_status(PlayerStatus::Idle).await;
    desk.console.play_sound(other.id.clone(), None, 0).await.unwrap();
    ear.until(|view| view.status == PlayerStatus::Ended && view.conversation_id.as_ref() == Some(&other.id)).await;
    assert!(calls_for(&left).await <= fetched + 1, "one may have been on its way");
}

#[tokio::test]
async fn a_click_is_not_held_up_by_what_is_fetched_ahead_nor_sounds_over_a_later_one() {
    let desk = Desk::set(unlimited()).await;
    let call = Call::of(&desk, "Daniel Reyes").await;
    let slow = |voice: usize| json!({ "method": "GET", "path": format!("*/messages/{}/source", call.voices[voice]), "kind": "delay", "ms": 20_000 });
    desk.server.fault(json!([slow(0), slow(3)])).await.unwrap();
    let ear = Ear::at(&desk);
    desk.console.open_sound(call.id.clone()).await.unwrap();
    while desk.calls_to("/source").await == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    // One that is slow as well, and before it is there, another.
    desk.console.play_sound(call.id.clone(), Some(call.voices[3].clone()), 0).await.unwrap();
    while desk.calls_to(call.voices[3].as_str()).await == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    desk.console.play_sound(call.id.clone(), Some(call.voices[4].clone()), 0).await.unwrap();
    ear.until_status(PlayerStatus::Ended).await;
    assert_heard(&desk, &call.as_played(&desk, 4).await);
}

#[tokio::test]
async fn an_account_that_was_left_is_not_heard_any_more() {
    let desk = Desk::set(unlimited()).await;
    let call = Call::of(&desk, "Daniel Reyes").await;
    let slow = json!([{ "method": "GET", "path": "*/source", "kind": "delay", "ms": 300 }]);
    desk.server.fault(slow).await.unwrap();
    let ear = Ear::at(&desk);
    desk.console.play_sound(call.id, None, 0).await.unwrap();
    while desk.calls_to("/source").await == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    desk.console.sign_in(form(desk.server.credentials())).await.unwrap();
    ear.until(|view| view.status == PlayerStatus::Idle && view.revision > 0).await;
    let fetched = desk.calls_to("/source").await;
    desk.page(Default::default(), None).await.unwrap();
    assert!(desk.calls_to("/source").await <= fetched + 1 && desk.device.heard().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_while_it_is_opened_keeps_it_silent_and_not_closed() {
    let desk = Desk::set(unlimited()).await;
    let spoken = ConversationFilter { tags: vec!["channel:voice".into()], ..ConversationFilter::default() };
    let id = desk.all(spoken).await.remove(0).id;
    desk.server.fault(json!([{ "path": "*/messages/", "kind": "delay", "ms": 300 }])).await.unwrap();
    let (console, opened) = (desk.console.clone(), id.clone());
    let opening = tokio::spawn(async move { console.open_sound(opened).await });
    while desk.calls_to("/messages/").await == 0 {
        tokio::task::yield_now().await;
    }
    desk.console.pause();
    let view = opening.await.unwrap().unwrap();
    // Its recordings are fetched only while it is open to be heard.
    let fetched = tokio::time::timeout(PATIENCE, async {
        while desk.calls_to("/source").await == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    });
    fetched.await.expect("it is open to be heard");
    assert!(view.total_ms > 0);
}
