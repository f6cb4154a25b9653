//! An output without a device: it consumes frames as a device would and remembers what it was given.
//!
//! It serves where there is no sound to be had, and it is the proof of everything above it: what it heard must equal what
//! was decoded. It can be unplugged, because devices can.
//!
//! ```
//! use earmark_audio::{NullDevice, NullOutput, Pace, Player};
//!
//! let device = NullDevice::new(Pace::RealTime);
//! let output = device.clone();
//! let player = Player::start(move |alarm| Box::new(NullOutput::new(output, alarm)), |_state| ());
//! player.stop();
//! assert!(device.heard().is_empty());
//! ```

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::output::{Alarm, Output, OutputError};
use crate::voice::Voice;

/// The recording stops here (5 minutes of stereo at 48 kHz, 115 MB), the playing does not.
const TAPE_SAMPLES: usize = 5 * 60 * 48_000 * 2;
/// How much a paced device takes at a time.
const PERIOD: Duration = Duration::from_millis(10);

/// How fast frames are consumed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// As a device does: a clip of ten seconds lasts ten seconds.
    RealTime,
    /// As fast as frames come.
    Unpaced,
}

/// The imagined device. Clones are the same device.
#[derive(Clone)]
pub struct NullDevice {
    pace: Pace,
    shared: Arc<(Mutex<Shared>, Condvar)>,
}

struct Shared {
    tape: Vec<f32>,
    plugged: bool,
    /// Frames that may still be consumed before the device is unplugged.
    frames_left: Option<usize>,
}

impl NullDevice {
    /// A device that is plugged in.
    pub fn new(pace: Pace) -> Self {
        let shared = Shared { tape: Vec::new(), plugged: true, frames_left: None };
        Self { pace, shared: Arc::new((Mutex::new(shared), Condvar::new())) }
    }

    /// Every sample consumed so far, interleaved as it came, up to five minutes of stereo at 48 kHz.
    pub fn heard(&self) -> Vec<f32> {
        self.lock().tape.clone()
    }

    /// Waits until at least `samples` were consumed, or until `limit` has passed; answers whether they were.
    pub fn wait_for(&self, samples: usize, limit: Duration) -> bool {
        let (_, consumed) = &*self.shared;
        let waited = consumed.wait_timeout_while(self.lock(), limit, |shared| shared.tape.len() < samples);
        waited.unwrap_or_else(PoisonError::into_inner).0.tape.len() >= samples
    }

    /// Takes the device away: what plays is lost, and nothing can be played until [`plug`](Self::plug).
    pub fn unplug(&self) {
        self.unplug_after(0);
    }

    /// Takes the device away once it has consumed `frames` more.
    pub fn unplug_after(&self, frames: usize) {
        let mut shared = self.lock();
        shared.frames_left = Some(frames);
        shared.plugged = frames > 0;
    }

    /// Brings the device back.
    pub fn plug(&self) {
        let mut shared = self.lock();
        shared.frames_left = None;
        shared.plugged = true;
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.shared.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Consumes up to `frames` frames of `voice`; answers how it went.
    fn consume(&self, voice: &mut Voice, frames: usize) -> Consumed {
        let channels = usize::from(voice.channels());
        let mut shared = self.lock();
        if !shared.plugged {
            return Consumed::Unplugged;
        }
        let allowed = shared.frames_left.map_or(frames, |left| left.min(frames));
        let mut taken = 0;
        for sample in voice.take(allowed * channels) {
            taken += 1;
            if shared.tape.len() < TAPE_SAMPLES {
                shared.tape.push(sample);
            }
        }
        shared.frames_left = shared.frames_left.map(|left| left - taken / channels);
        shared.plugged = shared.frames_left != Some(0);
        self.shared.1.notify_all();
        if taken < allowed * channels { Consumed::ToTheEnd } else { Consumed::Some }
    }
}

enum Consumed {
    Some,
    ToTheEnd,
    Unplugged,
}

/// Plays into a [`NullDevice`].
pub struct NullOutput {
    device: NullDevice,
    alarm: Arc<Alarm>,
    voices: Option<Sender<Voice>>,
}

impl NullOutput {
    /// An output on `device`; nothing runs until the first voice.
    pub fn new(device: NullDevice, alarm: Alarm) -> Self {
        Self { device, alarm: Arc::new(alarm), voices: None }
    }
}

impl Output for NullOutput {
    fn play(&mut self, voice: Voice) -> Result<(), OutputError> {
        if !self.device.lock().plugged {
            return Err(OutputError::NoDevice);
        }
        let voices = self.voices.get_or_insert_with(|| {
            let (sender, receiver) = channel();
            let (device, alarm) = (self.device.clone(), Arc::clone(&self.alarm));
            thread::spawn(move || run(&device, &receiver, &alarm));
            sender
        });
        voices.send(voice).map_err(|_| OutputError::Lost)
    }

    fn release(&mut self) {
        self.voices = None;
    }
}

/// Plays voice after voice until the output is released or the device unplugged.
fn run(device: &NullDevice, voices: &Receiver<Voice>, alarm: &Alarm) {
    let mut next = voices.recv();
    while let Ok(mut voice) = next {
        let period = match device.pace {
            Pace::RealTime => PERIOD,
            Pace::Unpaced => Duration::ZERO,
        };
        let batch = (voice.rate() as usize * PERIOD.as_millis() as usize / 1_000).max(1);
        let mut due = Instant::now();
        next = loop {
            match device.consume(&mut voice, batch) {
                Consumed::Some => {}
                Consumed::ToTheEnd => break voices.recv(),
                Consumed::Unplugged => return alarm.raise(OutputError::Lost),
            }
            due += period;
            match voices.recv_timeout(due.saturating_duration_since(Instant::now())) {
                Ok(newer) => {
                    // The older voice was halted: what is left of it is its fade-out.
                    while let Consumed::Some = device.consume(&mut voice, batch) {}
                    break Ok(newer);
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
        };
    }
}
