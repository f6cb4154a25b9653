//! A player on an imagined device, and everything it tells.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use earmark_audio::{
    Layout, NullDevice, NullOutput, OUTPUT_RATE, Pace, Part, Player, PlayerState, Recording, Resample, Sound, Spot,
    Status, Timeline, to_stereo,
};

use super::{noise, wav};

/// A fade lasts 5 ms; in samples of both ears.
pub const FADE: usize = 2 * OUTPUT_RATE as usize / 200;
/// Samples of both ears in a millisecond.
pub const PER_MS: usize = 2 * OUTPUT_RATE as usize / 1_000;
/// Far more than anything here takes; only a failure waits for it.
pub const PATIENCE: Duration = Duration::from_secs(20);

pub struct Room {
    pub player: Player,
    pub device: NullDevice,
    pub states: Receiver<PlayerState>,
}

impl Room {
    pub fn new(pace: Pace) -> Self {
        Self::with(vec![NullDevice::new(pace)])
    }

    /// A room with several devices, of which the first is heard.
    pub fn with(devices: Vec<NullDevice>) -> Self {
        let (told, states) = channel();
        let device = devices[0].clone();
        let player = Player::start(
            move |alarm| Box::new(NullOutput::among(devices, alarm)),
            move |state| {
                let _ = told.send(state);
            },
        );
        Self { player, device, states }
    }

    /// Loads a conversation of these clips, all there, called "0", "1" and so on.
    pub fn load(&self, clips: &[Arc<Recording>]) {
        self.player.load("conversation", timeline_of(clips));
        for (id, clip) in clips.iter().enumerate() {
            self.player.put(id.to_string(), Arc::clone(clip));
        }
        self.until_state(|state| state.conversation.is_some() && state.awaits.is_none(), "loaded");
    }

    pub fn play(&self, clips: &[Arc<Recording>]) {
        self.load(clips);
        self.player.play_from(Spot::Time(0));
    }

    /// Waits for a state with `status`, past others.
    pub fn until(&self, status: Status) -> PlayerState {
        self.until_state(|state| state.status == status, &format!("{status:?}"))
    }

    /// Waits for a state, past others.
    pub fn until_state(&self, wanted: impl Fn(&PlayerState) -> bool, called: &str) -> PlayerState {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let state = self.states.recv_timeout(left);
            let state = state.unwrap_or_else(|_| panic!("never {called}: {:?}", self.player.state()));
            if wanted(&state) {
                return state;
            }
        }
    }

    pub fn hears(&self, samples: usize) {
        assert!(self.device.wait_for(samples, PATIENCE), "the device heard only {}", self.device.heard().len());
    }

    /// Waits until the conversation is over and asserts that nothing but `expected` was heard.
    pub fn hears_only(&self, expected: &[f32], called: &str) {
        self.until(Status::Ended);
        let heard = self.device.heard();
        let differs = heard.iter().zip(expected).position(|(heard, expected)| heard != expected);
        assert_eq!((heard.len(), differs), (expected.len(), None), "{called}: length, and first sample that differs");
    }
}

pub fn timeline_of(clips: &[Arc<Recording>]) -> Timeline {
    let parts = clips.iter().enumerate().map(|(id, clip)| Part::new(id.to_string(), known(clip)));
    Timeline::new(parts.collect(), Layout::EndToEnd)
}

pub fn known(clip: &Recording) -> Sound {
    Sound::Known { frames: clip.frames(), rate: clip.rate() }
}

pub fn clip(samples: &[i16], channels: u16, rate: u32) -> Arc<Recording> {
    Arc::new(Recording::scan(wav(samples, channels, rate)).unwrap())
}

/// A recording of the output's own shape, so that nothing has to be made of it.
pub fn plain_clip(ms: usize) -> Arc<Recording> {
    clip(&noise(ms * PER_MS), 2, OUTPUT_RATE)
}

/// What a recording's own samples are for an output that plays it as it is.
pub fn as_heard(clips: &[Arc<Recording>]) -> Vec<f32> {
    clips.iter().flat_map(as_heard_alone).collect()
}

fn as_heard_alone(clip: &Arc<Recording>) -> Vec<f32> {
    // Many channels are mixed first.
    let channels = clip.channels().min(2);
    let mut resample = Resample::new(clip.rate(), OUTPUT_RATE, channels);
    let (mut mixed, mut resampled, mut stereo) = (Vec::new(), Vec::new(), Vec::new());
    let mut reader = clip.read(0);
    while let Some(block) = reader.next_block() {
        if clip.channels() > 2 { to_stereo(block, clip.channels(), &mut mixed) } else { mixed.extend_from_slice(block) }
    }
    resample.push(&mixed);
    resample.finish();
    resample.pull(&mut resampled);
    to_stereo(&resampled, channels, &mut stereo);
    stereo
}
