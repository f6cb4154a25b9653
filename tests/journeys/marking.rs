//! What happened in a conversation, for its timeline.

use std::time::Duration;

use earmark_console::{MarkerKind, MarkerView, PartState};
use earmark_sandbox::{Limits, Options as Sandbox};

use crate::desk::{Desk, unlimited};
use crate::ear::{Call, Ear, PATIENCE};

async fn until(desk: &Desk, call: &Call, wanted: impl AsyncFn(&[MarkerView]) -> bool) -> Vec<MarkerView> {
    let waited = tokio::time::timeout(PATIENCE, async {
        loop {
            let markers = desk.console.read_markers(call.id.clone()).await.unwrap();
            if wanted(&markers).await {
                return markers;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    });
    waited.await.expect("the markers never were as wanted")
}

#[tokio::test]
async fn a_call_is_marked_in_the_background_while_it_is_open() {
    let desk = Desk::set(unlimited()).await;
    let row = desk.conversation_of("Daniel Reyes").await;
    assert!(desk.console.read_markers(row.id).await.unwrap().is_empty());
    assert_eq!(desk.calls_to("/insights").await, 0, "it is not open");

    let ear = Ear::at(&desk);
    let call = Call::of(&desk, "Daniel Reyes").await;
    let messages = desk.messages(&call.id).await;
    let interactions = messages.last().unwrap().interaction as usize;
    desk.console.open_sound(call.id.clone()).await.unwrap();
    let all_read = async |_: &[MarkerView]| desk.calls_to("/insights").await == interactions;
    until(&desk, &call, all_read).await;
    // The last is told as the others are.
    let failed = async |markers: &[MarkerView]| markers.iter().any(|marker| marker.kind == MarkerKind::ToolFailed);
    let markers = until(&desk, &call, failed).await;
    assert!(ear.all().last().unwrap().revision > 0);
    for kind in [MarkerKind::State, MarkerKind::ToolFailed] {
        let marker = markers.iter().find(|marker| marker.kind == kind).unwrap();
        let turn = messages.iter().find(|message| message.id == marker.message_id).unwrap();
        assert_eq!((turn.kind.as_str(), &turn.interaction_id), ("agent-message", &marker.interaction_id));
    }
    // What the insight pane says of the call that failed is what the marker says.
    let marker = markers.iter().find(|marker| marker.kind == MarkerKind::ToolFailed).unwrap();
    let insight = desk.console.read_insight(call.id.clone(), marker.interaction_id.clone(), false).await.unwrap();
    let calls: Vec<_> = insight.tools.iter().flat_map(|group| &group.calls).collect();
    assert!(calls.iter().any(|call| call.name == marker.label && call.failure.is_some()));
}

#[tokio::test]
async fn the_background_leaves_calls_for_a_click() {
    let minute = Duration::from_secs(60);
    let desk = Desk::set_limited(Sandbox { limits: Limits::Sliding, minute, ..Sandbox::default() }, minute).await;
    let (call, other) = (Call::of(&desk, "Frank O'Sullivan").await, Call::of(&desk, "Daniel Reyes").await);
    for open in [&call, &other] {
        desk.console.open_conversation(open.id.clone(), false).await.unwrap();
        let spent = async |_: &[MarkerView]| {
            let read = desk.calls_to(&format!("{}/interaction/", open.id)).await;
            read == 12 || desk.calls_to("/insights").await == 18
        };
        until(&desk, open, spent).await;
    }
    assert_eq!(desk.calls_to("/insights").await, 18, "two of twenty are left");
    let messages = desk.messages(&other.id).await;
    let last = messages.last().unwrap().interaction_id.clone();
    let clicked = desk.console.read_insight(other.id.clone(), last, false);
    tokio::time::timeout(Duration::from_secs(10), clicked).await.expect("a click does not wait").unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn recordings_are_fetched_whoever_comes_first() {
    for _ in 0..40 {
        let desk = Desk::set(unlimited()).await;
        let call = Call::of(&desk, "Tomás Ferreira").await;
        // The window asks for both at once.
        let (console, id) = (desk.console.clone(), call.id.clone());
        let marking = tokio::spawn(async move {
            for _ in 0..200 {
                console.read_markers(id.clone()).await.unwrap();
            }
        });
        desk.console.open_sound(call.id.clone()).await.unwrap();
        let fetched = |view: &earmark_console::SoundView| view.parts.iter().all(|part| part.state == PartState::Ready);
        call.until(&desk, fetched).await;
        marking.await.unwrap();
    }
}
