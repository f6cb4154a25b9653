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

use crate::order::OUTPUT_RATE;
use crate::output::{Alarm, Output, OutputDevice, OutputError};
use crate::voice::{Heard, Voice};

/// The recording stops here (5 minutes of stereo, 115 MB), the playing does not.
const TAPE_SAMPLES: usize = 5 * 60 * OUTPUT_RATE as usize * 2;
/// How much a device takes at a time.
const PERIOD: Duration = Duration::from_millis(10);
const PERIOD_FRAMES: usize = OUTPUT_RATE as usize / 100;
/// How long an unpaced device waits for frames that are not decoded yet.
const MOMENT: Duration = Duration::from_micros(200);

/// How fast frames are consumed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// As a device does: a clip of ten seconds lasts ten seconds, and what is not decoded in time is silence.
    RealTime,
    /// As fast as frames come.
    Unpaced,
}

/// The imagined device. Clones are the same device.
#[derive(Clone)]
pub struct NullDevice {
    name: String,
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
        Self::named("No sound", pace)
    }

    /// A device of another name.
    pub fn named(name: impl Into<String>, pace: Pace) -> Self {
        let shared = Shared { tape: Vec::new(), plugged: true, frames_left: None };
        Self { name: name.into(), pace, shared: Arc::new((Mutex::new(shared), Condvar::new())) }
    }

    /// Every sample consumed so far, left and right in turn, up to five minutes.
    pub fn heard(&self) -> Vec<f32> {
        self.lock().tape.clone()
    }

    /// How many samples [`heard`](Self::heard) would answer.
    pub fn heard_samples(&self) -> usize {
        self.lock().tape.len()
    }

    /// Those of the samples that followed the first `samples`.
    pub fn heard_since(&self, samples: usize) -> Vec<f32> {
        self.lock().tape.get(samples..).unwrap_or_default().to_vec()
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

    fn is_plugged(&self) -> bool {
        self.lock().plugged
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.shared.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Consumes up to a period's frames of `voice`; answers how it went.
    fn consume(&self, voice: &mut Voice) -> Consumed {
        let mut shared = self.lock();
        if !shared.plugged {
            return Consumed::Unplugged;
        }
        let allowed = shared.frames_left.map_or(PERIOD_FRAMES, |left| left.min(PERIOD_FRAMES));
        let mut consumed = Consumed::Some;
        let mut taken = 0;
        while taken < allowed {
            let frame = match voice.next_frame() {
                Heard::Frame(frame) => frame,
                Heard::Nothing if self.pace == Pace::RealTime => [0.0; 2],
                Heard::Nothing => {
                    consumed = Consumed::Starved;
                    break;
                }
                Heard::Over => {
                    consumed = Consumed::ToTheEnd;
                    break;
                }
            };
            taken += 1;
            if shared.tape.len() < TAPE_SAMPLES {
                shared.tape.extend(frame);
            }
        }
        shared.frames_left = shared.frames_left.map(|left| left - taken);
        shared.plugged = shared.frames_left != Some(0);
        self.shared.1.notify_all();
        consumed
    }
}

enum Consumed {
    Some,
    /// Less than there was room for.
    Starved,
    ToTheEnd,
    Unplugged,
}

/// Plays into [`NullDevice`]s.
pub struct NullOutput {
    devices: Vec<NullDevice>,
    chosen: Option<String>,
    alarm: Arc<Alarm>,
    open: Option<(String, Sender<Voice>)>,
}

impl NullOutput {
    /// An output on `device`; nothing runs until the first voice.
    pub fn new(device: NullDevice, alarm: Alarm) -> Self {
        Self::among(vec![device], alarm)
    }

    /// An output on several devices; the default is always the first that is plugged in.
    pub fn among(devices: Vec<NullDevice>, alarm: Alarm) -> Self {
        Self { devices, chosen: None, alarm: Arc::new(alarm), open: None }
    }

    fn device(&self) -> Result<&NullDevice, OutputError> {
        match &self.chosen {
            Some(chosen) => {
                let found = self.devices.iter().find(|device| device.name == *chosen && device.is_plugged());
                found.ok_or(OutputError::NotConnected)
            }
            None => default_of(&self.devices).ok_or(OutputError::NoDevice),
        }
    }
}

fn default_of(devices: &[NullDevice]) -> Option<&NullDevice> {
    devices.iter().find(|device| device.is_plugged())
}

impl Output for NullOutput {
    fn play(&mut self, voice: Voice) -> Result<(), OutputError> {
        let device = self.device()?.clone();
        let voices = match self.open.take().filter(|(name, _)| *name == device.name) {
            Some((_, voices)) => voices,
            None => {
                let (voices, receiver) = channel();
                let followed = if self.chosen.is_none() { self.devices.clone() } else { vec![] };
                let (device, alarm) = (device.clone(), Arc::clone(&self.alarm));
                thread::spawn(move || run(&device, &followed, &receiver, &alarm));
                voices
            }
        };
        let sent = voices.send(voice).map_err(|_| OutputError::Lost);
        self.open = Some((device.name, voices));
        sent
    }

    fn release(&mut self) {
        self.open = None;
    }

    fn choose(&mut self, name: Option<String>) {
        self.chosen = name;
        self.open = None;
    }

    fn devices(&mut self) -> Vec<OutputDevice> {
        let default = default_of(&self.devices).map(|device| device.name.clone());
        let plugged = self.devices.iter().filter(|device| device.is_plugged());
        plugged
            .map(|device| OutputDevice {
                name: device.name.clone(),
                is_default: default.as_ref() == Some(&device.name),
            })
            .collect()
    }
}

/// Plays voice after voice until the output is released or the device unplugged.
fn run(device: &NullDevice, followed: &[NullDevice], voices: &Receiver<Voice>, alarm: &Alarm) {
    let mut next = voices.recv();
    while let Ok(mut voice) = next {
        let mut due = Instant::now();
        next = loop {
            let consumed = device.consume(&mut voice);
            match consumed {
                Consumed::Some | Consumed::Starved => {}
                Consumed::ToTheEnd => break voices.recv(),
                Consumed::Unplugged => return alarm.raise(OutputError::Lost),
            }
            if default_of(followed).is_some_and(|default| default.name != device.name) {
                return alarm.default_changed();
            }
            let pause = match (device.pace, consumed) {
                (Pace::RealTime, _) => {
                    due += PERIOD;
                    due.saturating_duration_since(Instant::now())
                }
                (Pace::Unpaced, Consumed::Starved) => MOMENT,
                (Pace::Unpaced, _) => Duration::ZERO,
            };
            match voices.recv_timeout(pause) {
                Ok(newer) => {
                    // The older voice was halted: what is left of it is its fade-out.
                    while let Consumed::Some = device.consume(&mut voice) {}
                    break Ok(newer);
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
        };
    }
}
