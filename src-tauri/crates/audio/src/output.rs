//! Where sound goes. Two real ends: [`DeviceOutput`](crate::DeviceOutput) and [`NullOutput`](crate::NullOutput).

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

/// How an output tells the player, from any thread, what became of its device.
pub struct Alarm(Box<dyn Fn(Result<(), OutputError>) + Send + Sync>);

impl Alarm {
    pub(crate) fn new(report: impl Fn(Result<(), OutputError>) + Send + Sync + 'static) -> Self {
        Self(Box::new(report))
    }

    /// Reports that the output stopped working. Does not block.
    pub fn raise(&self, error: OutputError) {
        (self.0)(Err(error));
    }

    /// Reports that the system prefers another device now, and that no device was chosen. Does not block.
    pub fn default_changed(&self) {
        (self.0)(Ok(()));
    }
}
