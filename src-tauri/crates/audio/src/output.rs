//! Where sound goes. Two real ends: [`DeviceOutput`](crate::DeviceOutput) and [`NullOutput`](crate::NullOutput).

use crate::voice::Voice;

/// Takes voices and pulls their samples. Lives on the player's thread; opens whatever it needs at the first
/// [`play`](Output::play) and again after a failure.
pub trait Output {
    /// Starts pulling samples from `voice`. The voice before it has been halted and ends by itself.
    ///
    /// # Errors
    /// When there is nowhere to play; the next call tries again from nothing.
    fn play(&mut self, voice: Voice) -> Result<(), OutputError>;

    /// Gives back what was opened, so that an idle program holds no device.
    fn release(&mut self);
}

/// Why there is no sound. Each text is a sentence a reviewer may read; after each of them, resuming tries again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OutputError {
    /// There is no device to play on.
    #[error("No sound device was found. Connect one and press play.")]
    NoDevice,
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

/// How an output tells the player, from any thread, that it stopped working.
pub struct Alarm(Box<dyn Fn(OutputError) + Send + Sync>);

impl Alarm {
    pub(crate) fn new(report: impl Fn(OutputError) + Send + Sync + 'static) -> Self {
        Self(Box::new(report))
    }

    /// Reports the failure. Does not block.
    pub fn raise(&self, error: OutputError) {
        (self.0)(error);
    }
}
