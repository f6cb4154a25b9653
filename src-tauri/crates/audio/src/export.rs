//! Saving sound as a WAV file.
//!
//! Invariants: the file appears whole or not at all: what is written has another name until it is complete; memory does not
//! grow with the length of the sound; what is saved is neither cut nor changed in speed or loudness.
//!
//! One recording keeps its rate and channels; a conversation is brought to stereo at [`OUTPUT_RATE`], as its recordings may
//! differ. Both have 16 bits per sample.
//!
//! ```no_run
//! use std::path::Path;
//! use std::sync::Arc;
//! use earmark_audio::{Recording, export_recording};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let recording = Arc::new(Recording::scan(std::fs::read("message.mp3")?)?);
//! export_recording(&recording, Path::new("message.wav"))?;
//! # Ok(())
//! # }
//! ```

use std::io::{self, BufWriter, ErrorKind};
use std::path::Path;
use std::sync::Arc;

use hound::{SampleFormat, WavSpec, WavWriter};
use tempfile::NamedTempFile;

use crate::line::Line;
use crate::order::{OUTPUT_RATE, Order};
use crate::recording::Recording;
use crate::timeline::{Sound, Timeline};

/// A WAV file tells its length in bytes in 32 bits; its longest header takes 68 of them.
const MOST_SAMPLES: u64 = (u32::MAX as u64 - 68) / 2;
/// Samples of silence written at once.
const SILENCE: [f32; 4_096] = [0.0; 4_096];

/// Why no file was saved. Each text is a sentence a reviewer may read; none names the place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ExportError {
    /// None of the recordings can be played.
    #[error("There is no sound to save.")]
    Nothing,
    /// A WAV file cannot hold that much: 6 hours of a conversation.
    #[error("This is too long for one WAV file.")]
    TooLong,
    /// The system does not let this program write there.
    #[error("The file cannot be saved there: writing is not allowed. Choose another folder.")]
    Denied,
    /// The folder is not there.
    #[error("The file cannot be saved there: the folder does not exist. Choose another folder.")]
    NoFolder,
    /// The disk is full.
    #[error("The file cannot be saved: the disk is full.")]
    Full,
    /// Anything else.
    #[error("The file could not be saved. Try again or choose another folder.")]
    Failed,
}

/// Saves one recording. Blocks while it decodes and writes.
///
/// # Errors
/// See [`ExportError`]. What was at `path` before is still there then.
pub fn export_recording(recording: &Arc<Recording>, path: &Path) -> Result<(), ExportError> {
    let channels = recording.channels();
    save(path, channels, recording.rate(), recording.frames() * u64::from(channels), |file| {
        let mut reader = recording.read(0);
        while let Some(block) = reader.next_block() {
            write(file, block)?;
        }
        Ok(())
    })
}

/// Saves a conversation as it is laid out. Blocks while it asks for recordings, decodes and writes.
///
/// `find` is asked for each recording when it is its turn, so that not all need be in memory; a message for which it has none
/// is left out. Answers how many were, those that have failed before among them.
///
/// # Errors
/// See [`ExportError`]. What was at `path` before is still there then.
pub fn export_timeline(
    timeline: &Timeline,
    mut find: impl FnMut(&str) -> Option<Arc<Recording>>,
    path: &Path,
) -> Result<usize, ExportError> {
    let samples = 2 * u64::from(timeline.total_ms()) * u64::from(OUTPUT_RATE) / 1_000;
    let (mut saved, mut left_out) = (0, 0);
    save(path, 2, OUTPUT_RATE, samples, |file| {
        for (index, part) in timeline.parts().iter().enumerate() {
            let recording = match part.sound {
                Sound::Known { .. } | Sound::Estimated { .. } => find(&part.id),
                Sound::Failed => None,
                Sound::Mark => None,
            };
            if let Some(recording) = recording {
                saved += 1;
                let all = Order::new(0..recording.frames(), &[], recording.rate(), 100);
                let mut line = Line::new(&recording, &all, 100, 1.0);
                while let Some(frames) = line.next_block() {
                    write(file, frames.as_flattened())?;
                }
            } else if part.sound != Sound::Mark {
                left_out += 1;
            }
            let (frames, gap, rate) = timeline.lengths(index);
            let mut silence = 2 * Order::new(frames..frames + gap, &[], rate, 100).frames() as usize;
            while silence > 0 {
                let written = silence.min(SILENCE.len());
                write(file, &SILENCE[..written])?;
                silence -= written;
            }
        }
        if saved == 0 { Err(Stop::Nothing) } else { Ok(()) }
    })?;
    Ok(left_out)
}

type File<'a> = WavWriter<BufWriter<&'a mut NamedTempFile>>;

/// Why writing stopped.
enum Stop {
    Nothing,
    TooLong,
    Wav(hound::Error),
}

impl From<hound::Error> for Stop {
    fn from(error: hound::Error) -> Self {
        Self::Wav(error)
    }
}

fn save(
    path: &Path,
    channels: u16,
    rate: u32,
    samples: u64,
    fill: impl FnOnce(&mut File<'_>) -> Result<(), Stop>,
) -> Result<(), ExportError> {
    // Said before anything is written; what was only estimated may still turn out too long.
    if samples > MOST_SAMPLES {
        return Err(ExportError::TooLong);
    }
    // A path without a folder is in the current one.
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut neighbour = NamedTempFile::with_suffix_in(".part", folder).map_err(|error| explain(&error))?;
    let spec = WavSpec { channels, sample_rate: rate, bits_per_sample: 16, sample_format: SampleFormat::Int };
    let written = WavWriter::new(BufWriter::new(&mut neighbour), spec).map_err(Stop::Wav).and_then(|mut file| {
        fill(&mut file)?;
        Ok(file.finalize()?)
    });
    written.map_err(|stop| match stop {
        Stop::Nothing => ExportError::Nothing,
        Stop::TooLong => ExportError::TooLong,
        Stop::Wav(hound::Error::IoError(error)) => explain(&error),
        Stop::Wav(_) => ExportError::Failed,
    })?;
    neighbour.persist(path).map_err(|failed| explain(&failed.error))?;
    Ok(())
}

fn write(file: &mut File<'_>, samples: &[f32]) -> Result<(), Stop> {
    if u64::from(file.len()) + samples.len() as u64 > MOST_SAMPLES {
        return Err(Stop::TooLong);
    }
    for sample in samples {
        // Scaling by 32,768 is exact, so 16-bit sources come through bit for bit; the cast keeps to the range.
        file.write_sample((sample * 32_768.0).round() as i16)?;
    }
    Ok(())
}

fn explain(error: &io::Error) -> ExportError {
    tracing::warn!(kind = ?error.kind(), "sound not saved");
    match error.kind() {
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => ExportError::Denied,
        ErrorKind::NotFound | ErrorKind::NotADirectory => ExportError::NoFolder,
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => ExportError::Full,
        _ => ExportError::Failed,
    }
}
