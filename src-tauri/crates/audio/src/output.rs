//! Where sound goes. Two real ends: [`DeviceOutput`](crate::DeviceOutput) and [`NullOutput`](crate::NullOutput).

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering, fence};
use std::thread;
use std::time::{Duration, Instant};

use crate::voice::Voice;

/// Takes voices and pulls their frames. Lives on the player's thread; opens whatever it needs at the first
/// [`play`](Output::play) and again after a failure.
pub trait Output {
    /// Starts pulling frames from `voice`. The voice before it has been halted and ends by itself.
    ///
    /// # Errors
    /// When there is nowhere to play; the next call tries again from nothing.
    fn play(&mut self, voice: Voice) -> Result<(), OutputError>;

    /// Gives back what was opened, so that an idle program holds no device.
    fn release(&mut self);

    /// Plays the next voice on the device of this name, or on whichever is the system's default. What was opened on another
    /// device is given back.
    fn choose(&mut self, name: Option<String>);

    /// The devices there are. May take as long as the system does to find them.
    fn devices(&mut self) -> Vec<OutputDevice>;
}

/// A device that sound can go to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputDevice {
    /// Its name, as the system shows it.
    pub name: String,
    /// Whether the system prefers it.
    pub is_default: bool,
}

/// Why there is no sound. Each text is a sentence a reviewer may read; after each of them, resuming tries again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OutputError {
    /// There is no device to play on.
    #[error("No sound device was found. Connect one and press play.")]
    NoDevice,
    /// The device that was chosen is not there.
    #[error("The chosen sound device is not connected. Connect it and press play, or choose another in the settings.")]
    NotConnected,
    /// The device went away in mid-play.
    #[error("The sound device went away. Press play to go on from here.")]
    Lost,
    /// Another program holds the device.
    #[error("The sound device is in use by another program. Press play to try again.")]
    Busy,
    /// The system does not let this program play sound.
    #[error("The system does not allow this program to play sound.")]
    Denied,
    /// The device was found but would not play.
    #[error("The sound device cannot play this. Press play to try again.")]
    Refused,
}

/// How an output tells the player, from any thread, what became of its device and of what it took.
pub struct Alarm {
    report: Box<dyn Fn(Result<(), OutputError>) + Send + Sync>,
    lag: Arc<Lag>,
}

impl Alarm {
    pub(crate) fn new(lag: Arc<Lag>, report: impl Fn(Result<(), OutputError>) + Send + Sync + 'static) -> Self {
        Self { report: Box::new(report), lag }
    }

    /// Reports that the output stopped working. Does not block.
    pub fn raise(&self, error: OutputError) {
        (self.report)(Err(error));
    }

    /// Reports that the system prefers another device now, and that no device was chosen. Does not block.
    pub fn default_changed(&self) {
        (self.report)(Ok(()));
    }

    /// Takes frames through `take`, which answers when all frames taken so far will have been heard. An output that takes
    /// them otherwise is one that is heard at once. Does not block.
    pub fn taking(&self, take: impl FnOnce() -> Instant) {
        self.lag.taking(take);
    }
}

/// When the frames taken so far will have been heard.
pub(crate) struct Lag {
    since: Instant,
    heard_by: AtomicU64,
    /// Odd while frames are being taken.
    takes: AtomicU64,
}

impl Lag {
    /// More than any device holds; a driver that tells more is not believed.
    const MOST: Duration = Duration::from_secs(2);
    /// Taking frames lasts less than a millisecond, unless the system has too much to do.
    const LOOKS: usize = 1_000;

    pub(crate) fn new() -> Self {
        Self { since: Instant::now(), heard_by: AtomicU64::new(0), takes: AtomicU64::new(0) }
    }

    fn taking(&self, take: impl FnOnce() -> Instant) {
        self.takes.fetch_add(1, Ordering::AcqRel);
        let when = take();
        let nanoseconds = when.saturating_duration_since(self.since).as_nanos() as u64;
        self.heard_by.store(nanoseconds, Ordering::Relaxed);
        self.takes.fetch_add(1, Ordering::Release);
    }

    /// What `look` sees between two takes, when the number of frames and the lag belong together.
    pub(crate) fn between_takes<T>(&self, look: impl Fn() -> T) -> T {
        for _ in 0..Self::LOOKS {
            let before = self.takes.load(Ordering::Acquire);
            if before.is_multiple_of(2) {
                let seen = look();
                fence(Ordering::Acquire);
                if self.takes.load(Ordering::Relaxed) == before {
                    return seen;
                }
            }
            thread::yield_now();
        }
        look()
    }

    /// How much of the frames taken so far is still to be heard at `now`.
    pub(crate) fn left(&self, now: Instant) -> Duration {
        let heard_by = self.since + Duration::from_nanos(self.heard_by.load(Ordering::Relaxed));
        heard_by.saturating_duration_since(now).min(Self::MOST)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn what_was_taken_is_heard_in_the_course_of_time() {
        let lag = Lag::new();
        let (start, ms) = (lag.since, Duration::from_millis);
        assert_eq!(lag.left(start), ms(0), "an output that says nothing is heard at once");
        lag.taking(|| start + ms(100));
        assert_eq!((lag.left(start + ms(30)), lag.left(start + ms(200))), (ms(70), ms(0)));
        lag.taking(|| start + Duration::from_secs(3_600));
        assert_eq!(lag.left(start), Lag::MOST);
    }

    #[test]
    fn a_look_during_which_something_is_taken_is_taken_again() {
        let lag = Lag::new();
        let (taken, second) = (Cell::new(0), Duration::from_secs(1));
        let seen = lag.between_takes(|| {
            let before = taken.get();
            if before == 0 {
                lag.taking(|| {
                    taken.set(1);
                    lag.since + second
                });
            }
            (before, lag.left(lag.since))
        });
        assert_eq!(seen, (1, second), "a count from before the take goes with a lag from after it");
    }
}
