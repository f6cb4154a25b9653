//! Decoding and playing one message's audio.
//!
//! [`Clip::decode`] turns untrusted bytes into counted samples; a [`Player`] is one thread that plays clips through an
//! [`Output`]: the default sound device ([`DeviceOutput`]) or none at all ([`NullOutput`]). Positions are in the
//! recording's own time. Trouble is a state with a sentence, never a crash.
//!
//! ```no_run
//! use std::sync::Arc;
//! use earmark_audio::{Clip, DeviceOutput, Player};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let clip = Arc::new(Clip::decode(&std::fs::read("message.mp3")?)?);
//! let player = Player::start(|alarm| Box::new(DeviceOutput::new(alarm)), |state| println!("{state:?}"));
//! player.play(clip, "message 1".to_owned(), 0);
//! player.seek(1_500);
//! player.pause();
//! # Ok(())
//! # }
//! ```
#![deny(missing_docs)]

mod clip;
mod deck;
mod decode;
mod device;
mod mp4;
mod null;
mod order;
mod output;
mod player;
mod timeline;
mod voice;

pub use clip::{Clip, Flaw};
pub use deck::Status;
pub use decode::DecodeError;
pub use device::DeviceOutput;
pub use null::{NullDevice, NullOutput, Pace};
pub use order::{OUTPUT_RATE, Order};
pub use output::{Alarm, Output, OutputError};
pub use player::{Player, PlayerState};
pub use timeline::{Layout, Part, Place, Sound, Timeline};
pub use voice::Voice;
