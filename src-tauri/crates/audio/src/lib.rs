//! Decoding and playing one message's audio.
//!
//! [`Recording::scan`] goes once through untrusted bytes and keeps them compressed, to be read from any frame by a
//! [`Reader`]; [`Clip::decode`] turns them into counted samples. A [`Player`] is one thread that plays clips through an
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
mod codec;
mod container;
mod deck;
mod device;
mod gauge;
mod loudness;
mod mp4;
mod null;
mod order;
mod output;
mod packets;
mod peaks;
mod player;
mod reader;
mod recording;
mod resample;
mod scan;
mod silence;
mod tempo;
mod timeline;
mod voice;

pub use clip::Clip;
pub use deck::Status;
pub use device::DeviceOutput;
pub use loudness::EVEN_LUFS;
pub use null::{NullDevice, NullOutput, Pace};
pub use order::{OUTPUT_RATE, Order};
pub use output::{Alarm, Output, OutputError};
pub use peaks::Peaks;
pub use player::{Player, PlayerState};
pub use reader::Reader;
pub use recording::{DecodeError, Flaw, Recording};
pub use resample::{Resample, to_stereo};
pub use tempo::Tempo;
pub use timeline::{Layout, Part, Place, Sound, Timeline};
pub use voice::Voice;
