//! A conversation's sound: recordings read, laid on one timeline, and played or saved as one piece.
//!
//! [`Recording::scan`] goes once through untrusted bytes and keeps them compressed, to be read from any frame. A [`Timeline`]
//! lays messages end to end; a [`Player`] is one thread that plays it through an [`Output`]: a sound device
//! ([`DeviceOutput`]) or none at all ([`NullOutput`]). Positions are in the recordings' own time, whatever is cut and however
//! fast it is heard. Trouble is a state with a sentence, never a crash.
//!
//! ```no_run
//! use std::sync::Arc;
//! use earmark_audio::{DeviceOutput, Layout, Part, Player, Recording, Sound, Spot, Timeline};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let player = Player::start(|alarm| Box::new(DeviceOutput::new(alarm)), |state| println!("{state:?}"));
//! let parts = vec![Part::new("message 1", Sound::Estimated { ms: 3_000 }), Part::new("message 2", Sound::Mark)];
//! player.load("conversation 1", Timeline::new(parts, Layout::EndToEnd));
//! player.play_from(Spot::Time(0));
//! player.put("message 1", Arc::new(Recording::scan(std::fs::read("message.mp3")?)?));
//! player.set_speed(150);
//! player.seek(1_500);
//! # Ok(())
//! # }
//! ```
#![deny(missing_docs)]

mod booth;
mod codec;
mod container;
mod deck;
mod device;
mod export;
mod feed;
mod gauge;
mod ledger;
mod line;
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
mod reel;
mod resample;
mod scan;
mod silence;
mod tempo;
mod timeline;
mod voice;

pub use deck::{Silence, Spot, Status};
pub use device::DeviceOutput;
pub use export::{ExportError, export_recording, export_timeline};
pub use loudness::EVEN_LUFS;
pub use null::{NullDevice, NullOutput, Pace};
pub use order::{OUTPUT_RATE, Order};
pub use output::{Alarm, Output, OutputDevice, OutputError};
pub use peaks::Peaks;
pub use player::{Player, PlayerState};
pub use reader::Reader;
pub use recording::{DecodeError, Flaw, Recording};
pub use resample::{Resample, to_stereo};
pub use tempo::Tempo;
pub use timeline::{Layout, Part, Place, Sound, Timeline};
pub use voice::{Heard, Voice};
