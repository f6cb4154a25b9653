//! What reaches the output is what was recorded, and trouble is a state. No sound device is needed.
#![allow(clippy::unwrap_used)]

mod sounds;

use std::sync::Arc;
use std::sync::mpsc::RecvTimeoutError;
use std::time::{Duration, Instant};

use earmark_audio::{NullDevice, OUTPUT_RATE, OutputError, Pace, PlayerState, Recording, Spot, Status};
use sounds::fixture;
use sounds::room::{FADE, PATIENCE, PER_MS, Room, as_heard, clip, plain_clip};

#[test]
fn every_decoded_sample_reaches_the_output_once() {
    for name in ["constant-rate.mp3", "vorbis.ogg", "stereo.flac", "aac.m4a", "mulaw.wav"] {
        let clip = Arc::new(Recording::scan(fixture(name)).unwrap());
        let room = Room::new(Pace::Unpaced);
        room.play(&[Arc::clone(&clip)]);
        room.hears_only(&as_heard(&[Arc::clone(&clip)]), name);
        let ended = room.player.state();
        assert_eq!((ended.position_ms, ended.total_ms), (clip.duration_ms(), clip.duration_ms()), "{name}");
    }
}

#[test]
fn a_paced_device_takes_as_long_as_the_recording_and_is_never_kept_waiting() {
    let clip = plain_clip(600);
    let room = Room::new(Pace::RealTime);
    let begun = Instant::now();
    room.play(&[Arc::clone(&clip)]);
    room.hears_only(&as_heard(&[clip]), "in real time");
    assert!(begun.elapsed() >= Duration::from_millis(580), "ended after {:?}", begun.elapsed());
}

#[test]
fn a_start_in_the_middle_is_exact_to_the_frame() {
    let clip = plain_clip(1_000);
    let room = Room::new(Pace::Unpaced);
    room.load(&[Arc::clone(&clip)]);
    room.player.play_from(Spot::Message("0".to_owned(), 637));
    room.until(Status::Ended);
    let expected = &as_heard(&[clip])[637 * PER_MS..];
    let heard = room.device.heard();
    assert_eq!(heard.len(), expected.len());
    assert!(heard[FADE..] == expected[FADE..], "the wrong part was played");
}

#[test]
fn a_seek_in_mid_play_goes_on_exactly_there() {
    let clip = plain_clip(20_000);
    let room = Room::new(Pace::RealTime);
    room.play(&[Arc::clone(&clip)]);
    room.hears(100 * PER_MS);
    room.player.seek(19_500);
    room.until(Status::Ended);
    let expected = &as_heard(&[clip])[19_500 * PER_MS..];
    let heard = room.device.heard();
    let before = heard.len() - expected.len();
    assert!(heard[before + FADE..] == expected[FADE..], "not the last half second");
    assert!(before < 19_000 * PER_MS, "{before} samples before the seek");
}

#[test]
fn pausing_and_resuming_loses_nothing() {
    let clip = plain_clip(3_000);
    let room = Room::new(Pace::RealTime);
    room.play(&[Arc::clone(&clip)]);
    room.hears(200 * PER_MS);
    room.player.pause();
    let paused = room.until(Status::Paused);
    assert_eq!(room.player.state(), paused, "the position stands still");
    room.player.resume();
    room.until(Status::Ended);
    let (heard, all) = (room.device.heard(), as_heard(&[clip]));
    let at = paused.position_ms as usize * PER_MS;
    assert!(at >= 200 * PER_MS, "the position was told");
    assert!(heard[..at] == all[..at], "what came before the pause was changed");
    // The pause lies within the millisecond that was told.
    let rest = all.len() - at - FADE - PER_MS;
    assert!(heard[heard.len() - rest..] == all[all.len() - rest..], "what came after the pause was changed");
    let extra = heard.len() - all.len();
    assert!(extra <= FADE + 2, "{extra} samples too many: only the fade-out is added");
}

#[test]
fn a_seek_while_paused_does_not_play() {
    let room = Room::new(Pace::RealTime);
    room.play(&[plain_clip(5_000)]);
    room.until(Status::Playing);
    room.player.pause();
    room.until(Status::Paused);
    room.player.seek(400);
    let moved = room.until(Status::Paused);
    assert_eq!((moved.position_ms, moved.message_ms), (400, 400));
}

#[test]
fn volume_scales_what_is_heard_and_mute_silences_it() {
    let flat = clip(&[16_384; 8_000], 2, OUTPUT_RATE);
    for (muted, expected) in [(false, 0.5 * 0.25), (true, 0.0)] {
        let room = Room::new(Pace::Unpaced);
        room.player.set_volume(50);
        room.player.set_mute(muted);
        room.play(&[Arc::clone(&flat)]);
        room.hears_only(&[expected; 8_000], "at half the slider");
    }
}

#[test]
fn a_running_position_is_told_at_most_four_times_a_second() {
    let room = Room::new(Pace::RealTime);
    room.load(&[plain_clip(1_100)]);
    let loaded = room.player.state();
    assert_eq!((loaded.status, loaded.total_ms), (Status::Paused, 1_100));
    let begun = Instant::now();
    room.player.play_from(Spot::Time(0));
    let mut positions = Vec::new();
    loop {
        let state = room.states.recv_timeout(PATIENCE).unwrap();
        if state.status == Status::Ended {
            break;
        }
        positions.push(state.position_ms);
    }
    // One more for the beginning.
    let most = begun.elapsed().as_millis() as usize / 250 + 1;
    assert!((2..=most).contains(&positions.len()), "told at {positions:?}");
    assert!(positions.is_sorted());
}

#[test]
fn without_a_device_playing_fails_with_a_sentence_and_works_once_there_is_one() {
    let clip = plain_clip(300);
    let room = Room::new(Pace::Unpaced);
    room.device.unplug();
    room.play(&[Arc::clone(&clip)]);
    let failed = room.until_state(|state| state.status != Status::Paused, "anything else");
    assert_eq!(failed.status, Status::Failed(OutputError::NoDevice), "nobody is told of playing that never began");
    assert_eq!((failed.message.as_deref(), failed.total_ms), (Some("0"), 300));
    assert!(OutputError::NoDevice.to_string().contains("No sound device"));
    room.device.plug();
    room.player.resume();
    room.hears_only(&as_heard(&[clip]), "with a device");
}

#[test]
fn a_device_that_vanishes_keeps_the_position_and_resume_goes_on_from_it() {
    let clip = plain_clip(1_000);
    let room = Room::new(Pace::Unpaced);
    let lost_after = 300 * PER_MS;
    room.device.unplug_after(lost_after / 2);
    room.play(&[Arc::clone(&clip)]);
    let failed = room.until(Status::Failed(OutputError::Lost));
    assert_eq!(failed.position_ms, 300);
    let all = as_heard(&[clip]);
    assert!(room.device.heard() == all[..lost_after]);

    room.device.plug();
    room.player.resume();
    room.until(Status::Ended);
    let heard = room.device.heard();
    assert_eq!(heard.len(), all.len(), "nothing is lost and nothing comes twice");
    assert!(heard[lost_after + FADE..] == all[lost_after + FADE..]);
}

#[test]
fn the_chosen_device_is_played_on_from_the_same_place() {
    let clip = plain_clip(2_000);
    let (speakers, headset) = (NullDevice::new(Pace::RealTime), NullDevice::named("Headset", Pace::RealTime));
    let room = Room::with(vec![speakers, headset.clone()]);
    let names: Vec<_> = room.player.outputs().into_iter().map(|found| (found.name, found.is_default)).collect();
    assert_eq!(names, [("No sound".to_owned(), true), ("Headset".to_owned(), false)]);
    room.play(&[Arc::clone(&clip)]);
    room.hears(200 * PER_MS);
    room.player.choose_output(Some("Headset".to_owned()));
    room.until(Status::Ended);
    let all = as_heard(&[clip]);
    let (before, after) = (room.device.heard(), headset.heard());
    assert!(after.len() < all.len() - 190 * PER_MS, "{} samples on the headset", after.len());
    assert!(all[FADE..].ends_with(&after[FADE..]), "the headset goes on in the same recording");
    assert!(before.len() + after.len() >= all.len(), "nothing is lost in between");
    // A device that was let go in mid-sound does not fade out any more, but may have taken one period that was not heard.
    assert!(before.len() + after.len() <= all.len() + FADE + 2, "nothing is heard twice");

    headset.unplug();
    room.player.resume();
    room.until(Status::Failed(OutputError::NotConnected));
}

#[test]
fn sound_follows_the_system_s_default_device() {
    let clip = plain_clip(2_000);
    let (headset, speakers) = (NullDevice::named("Headset", Pace::RealTime), NullDevice::new(Pace::RealTime));
    headset.unplug();
    let room = Room::with(vec![headset, speakers.clone()]);
    room.play(&[Arc::clone(&clip)]);
    assert!(speakers.wait_for(200 * PER_MS, PATIENCE));
    room.device.plug();
    room.until(Status::Ended);
    let all = as_heard(&[clip]);
    let after = room.device.heard();
    assert!(after.len() > 1_000 * PER_MS && all[FADE..].ends_with(&after[FADE..]), "{} samples there", after.len());
    assert!(speakers.heard().len() + after.len() >= all.len());
}

#[test]
fn stop_leaves_nothing_behind() {
    let room = Room::new(Pace::RealTime);
    room.play(&[plain_clip(5_000)]);
    room.until(Status::Playing);
    room.player.stop();
    let idle = PlayerState {
        conversation: None,
        status: Status::Idle,
        message: None,
        position_ms: 0,
        message_ms: 0,
        total_ms: 0,
        speed_percent: 100,
        awaits: None,
    };
    assert_eq!(room.until(Status::Idle), idle);
    assert_eq!(room.player.state(), idle);
}

#[test]
fn dropping_the_handle_ends_the_thread() {
    let Room { player, states, .. } = {
        let room = Room::new(Pace::RealTime);
        room.play(&[plain_clip(5_000)]);
        room
    };
    drop(player);
    let last = loop {
        if let Err(error) = states.recv_timeout(PATIENCE) {
            break error;
        }
    };
    assert_eq!(last, RecvTimeoutError::Disconnected, "the thread still holds its listener");
}
