//! A conversation of three hours, as one piece.

use std::time::Duration;

use earmark_console::{PartKind, PartState, PlayerStatus};
use serde_json::json;

use crate::desk::{Desk, unlimited};
use crate::ear::{Call, Ear};

const THREE_HOURS_MS: u32 = 3 * 60 * 60 * 1_000;
/// How often each of the call's recordings of some seconds is repeated.
const TIMES: usize = 110;
/// Places that are jumped to.
const JUMPS: u32 = 40;
/// A jump may land beside its target by so much.
const OFF_MS: u32 = 20;

#[tokio::test]
async fn three_hours_are_held_whole_and_every_place_of_them_is_at_hand() {
    let desk = Desk::set_paced(unlimited()).await;
    let call = Call::of(&desk, "Frank O'Sullivan").await;
    let repeat = json!([{ "path": "*.mp3", "times": 0, "kind": "repeat", "bodies": TIMES }]);
    desk.server.fault(repeat).await.unwrap();
    desk.console.open_sound(call.id.clone()).await.unwrap();
    let ready = |view: &earmark_console::SoundView| view.parts.iter().all(|part| part.state == PartState::Ready);
    let view = call.until(&desk, ready).await;
    assert!(view.total_ms >= THREE_HOURS_MS, "{} ms", view.total_ms);

    let ear = Ear::at(&desk);
    // The golden ratio spreads places evenly and never twice.
    for jump in 1..=JUMPS {
        let target = (f64::from(view.total_ms) * (f64::from(jump) * 0.618_034).fract()) as u32;
        ear.forget();
        desk.console.seek_sound(target);
        let landed = ear.until(|now| now.position_ms.abs_diff(target) <= OFF_MS).await;
        let voices = view.parts.iter().filter(|part| part.kind == PartKind::Voice);
        let there = voices.rev().find(|part| part.start_ms <= landed.position_ms).unwrap();
        assert_eq!(landed.message_id.as_ref(), Some(&there.message_id), "jump {jump} to {target} ms");
    }
    desk.console.seek_sound(view.total_ms - 1_000);
    desk.console.resume();
    let ended = tokio::time::timeout(Duration::from_secs(20), ear.until_status(PlayerStatus::Ended)).await;
    assert_eq!(ended.expect("the last second ends").position_ms, view.total_ms);
    assert_eq!(desk.calls_to("/source").await, call.voices.len(), "nothing was let go and fetched again");
}
