//! What reaches the output is what was decoded, and trouble is a state. No sound device is needed.
#![allow(clippy::unwrap_used)]

mod sounds;

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use earmark_audio::{Clip, NullDevice, NullOutput, OutputError, Pace, Player, PlayerState, Status};
use sounds::{counting, fixture, wav};

const RATE: u32 = 8_000;
/// A fade lasts 5 ms.
const FADE: usize = RATE as usize / 200;
/// Far more than anything here takes; only a failure waits for it.
const PATIENCE: Duration = Duration::from_secs(20);

/// A player on an imagined device, and everything it tells.
struct Room {
    player: Player,
    device: NullDevice,
    states: Receiver<PlayerState>,
}

impl Room {
    fn new(pace: Pace) -> Self {
        let device = NullDevice::new(pace);
        let (told, states) = channel();
        let output = device.clone();
        let player = Player::start(
            move |alarm| Box::new(NullOutput::new(output, alarm)),
            move |state| {
                let _ = told.send(state);
            },
        );
        Self { player, device, states }
    }

    /// Waits for a state with `status`, past others.
    fn until(&self, status: Status) -> PlayerState {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let state = self
                .states
                .recv_timeout(left)
                .unwrap_or_else(|_| panic!("never {status:?}: {:?}", self.player.state()));
            if state.status == status {
                return state;
            }
        }
    }

    fn hears(&self, samples: usize) {
        assert!(self.device.wait_for(samples, PATIENCE), "the device heard only {}", self.device.heard().len());
    }
}

fn counting_clip(ms: usize) -> Arc<Clip> {
    Arc::new(Clip::decode(&wav(&counting(ms * RATE as usize / 1_000), 1, RATE)).unwrap())
}

fn as_heard(samples: &[i16]) -> Vec<f32> {
    samples.iter().map(|sample| f32::from(*sample) / 32_768.0).collect()
}

#[test]
fn every_decoded_sample_reaches_the_output_once() {
    for name in ["constant-rate.mp3", "vorbis.ogg", "stereo.flac", "aac.m4a", "mulaw.wav"] {
        let clip = Arc::new(Clip::decode(&fixture(name)).unwrap());
        let room = Room::new(Pace::Unpaced);
        room.player.play(Arc::clone(&clip), name.to_owned(), 0);
        let ended = room.until(Status::Ended);
        assert_eq!(ended.tag.as_deref(), Some(name));
        assert_eq!((ended.position_ms, ended.duration_ms), (clip.duration_ms(), clip.duration_ms()));
        room.hears(clip.samples().len());
        assert!(room.device.heard() == as_heard(clip.samples()), "{name} was changed on its way");
    }
}

#[test]
fn a_paced_device_takes_as_long_as_the_recording() {
    let room = Room::new(Pace::RealTime);
    let begun = Instant::now();
    room.player.play(counting_clip(600), "a".to_owned(), 0);
    room.until(Status::Ended);
    assert!(begun.elapsed() >= Duration::from_millis(580), "ended after {:?}", begun.elapsed());
}

#[test]
fn a_start_in_the_middle_is_exact_to_the_frame() {
    let clip = counting_clip(1_000);
    let room = Room::new(Pace::Unpaced);
    room.player.play(Arc::clone(&clip), "a".to_owned(), 637);
    room.until(Status::Ended);
    let expected = as_heard(&clip.samples()[637 * RATE as usize / 1_000..]);
    room.hears(expected.len());
    let heard = room.device.heard();
    assert_eq!(heard.len(), expected.len());
    assert!(heard[FADE..] == expected[FADE..], "the wrong part was played");
}

#[test]
fn a_seek_in_mid_play_goes_on_exactly_there() {
    let clip = counting_clip(20_000);
    let room = Room::new(Pace::RealTime);
    room.player.play(Arc::clone(&clip), "a".to_owned(), 0);
    room.hears(RATE as usize / 10);
    room.player.seek(19_500);
    room.until(Status::Ended);
    let expected = as_heard(&clip.samples()[19_500 * RATE as usize / 1_000..]);
    let heard = room.device.heard();
    assert!(heard[heard.len() - expected.len() + FADE..] == expected[FADE..], "not the last half second");
    let before = heard.len() - expected.len();
    assert!(before < RATE as usize * 19, "{before} samples before the seek");
}

#[test]
fn pausing_and_resuming_loses_nothing() {
    let clip = counting_clip(3_000);
    let room = Room::new(Pace::RealTime);
    room.player.play(Arc::clone(&clip), "a".to_owned(), 0);
    room.hears(RATE as usize / 5);
    room.player.pause();
    let paused = room.until(Status::Paused);
    assert_eq!(room.player.state(), paused, "the position stands still");
    room.player.resume();
    room.until(Status::Ended);
    let heard = room.device.heard();
    let all = as_heard(clip.samples());
    let at = paused.position_ms as usize * RATE as usize / 1_000;
    assert!(heard[..at] == all[..at], "what came before the pause was changed");
    let rest = all.len() - at - FADE - 8;
    assert!(heard[heard.len() - rest..] == all[all.len() - rest..], "what came after the pause was changed");
    let extra = heard.len() - all.len();
    assert!(extra <= FADE + 1, "{extra} samples too many: only the fade-out is added");
}

#[test]
fn a_seek_while_paused_does_not_play() {
    let room = Room::new(Pace::RealTime);
    room.player.play(counting_clip(60_000), "a".to_owned(), 0);
    room.player.pause();
    room.until(Status::Paused);
    room.player.seek(400);
    let moved = room.until(Status::Paused);
    assert_eq!(moved.position_ms, 400);
}

#[test]
fn volume_scales_what_is_heard() {
    let clip = Arc::new(Clip::decode(&wav(&[16_384; 4_000], 1, RATE)).unwrap());
    let room = Room::new(Pace::Unpaced);
    room.player.set_volume(50);
    room.player.play(clip, "a".to_owned(), 0);
    room.until(Status::Ended);
    room.hears(4_000);
    assert!(room.device.heard().iter().all(|sample| *sample == 0.5 * 0.25));
}

#[test]
fn a_running_position_is_told_at_most_four_times_a_second() {
    let room = Room::new(Pace::RealTime);
    let begun = Instant::now();
    room.player.play(counting_clip(1_100), "a".to_owned(), 0);
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
    let clip = counting_clip(300);
    let room = Room::new(Pace::Unpaced);
    room.device.unplug();
    room.player.play(Arc::clone(&clip), "a".to_owned(), 0);
    let failed = room.states.recv_timeout(PATIENCE).unwrap();
    assert_eq!(failed.status, Status::Failed(OutputError::NoDevice), "nobody is told of playing that never began");
    assert_eq!((failed.tag.as_deref(), failed.duration_ms), (Some("a"), 300));
    assert!(OutputError::NoDevice.to_string().contains("No sound device"));
    room.device.plug();
    room.player.resume();
    room.until(Status::Ended);
    room.hears(clip.samples().len());
    assert!(room.device.heard() == as_heard(clip.samples()));
}

#[test]
fn a_device_that_vanishes_keeps_the_position_and_resume_goes_on_from_it() {
    let clip = counting_clip(1_000);
    let room = Room::new(Pace::Unpaced);
    let lost_after = 2_400;
    room.device.unplug_after(lost_after);
    room.player.play(Arc::clone(&clip), "a".to_owned(), 0);
    let failed = room.until(Status::Failed(OutputError::Lost));
    assert_eq!(failed.position_ms as usize, lost_after * 1_000 / RATE as usize);
    assert!(room.device.heard() == as_heard(&clip.samples()[..lost_after]));

    room.device.plug();
    room.player.resume();
    room.until(Status::Ended);
    room.hears(clip.samples().len());
    let heard = room.device.heard();
    assert_eq!(heard.len(), clip.samples().len(), "nothing is lost and nothing comes twice");
    assert!(heard[lost_after + FADE..] == as_heard(clip.samples())[lost_after + FADE..]);
}

#[test]
fn another_clip_takes_the_place_of_the_first() {
    let room = Room::new(Pace::RealTime);
    room.player.play(counting_clip(60_000), "long".to_owned(), 0);
    room.until(Status::Playing);
    room.player.play(counting_clip(50), "short".to_owned(), 0);
    assert_eq!(room.until(Status::Ended).tag.as_deref(), Some("short"));
}

#[test]
fn stop_leaves_nothing_behind() {
    let room = Room::new(Pace::RealTime);
    room.player.play(counting_clip(60_000), "a".to_owned(), 0);
    room.until(Status::Playing);
    room.player.stop();
    let idle = PlayerState { tag: None, status: Status::Idle, position_ms: 0, duration_ms: 0 };
    assert_eq!(room.until(Status::Idle), idle);
    assert_eq!(room.player.state(), idle);
}

#[test]
fn dropping_the_handle_ends_the_thread() {
    let Room { player, states, .. } = Room::new(Pace::RealTime);
    player.play(counting_clip(60_000), "a".to_owned(), 0);
    drop(player);
    let last = loop {
        if let Err(error) = states.recv_timeout(PATIENCE) {
            break error;
        }
    };
    assert_eq!(last, RecvTimeoutError::Disconnected, "the thread still holds its listener");
}
