//! One message's sound, decoded and held in memory.
//!
//! Invariants: at least one frame; `samples.len()` is a multiple of `channels`; the length is what was counted, never what a
//! header claimed.
//!
//! ```
//! use earmark_audio::{Clip, DecodeError};
//!
//! assert_eq!(Clip::decode(b"").unwrap_err(), DecodeError::Empty);
//! assert_eq!(Clip::decode(b"<html>not sound</html>").unwrap_err(), DecodeError::Unsupported);
//! ```

use std::fmt;
use std::sync::Arc;

use crate::recording::{DecodeError, Flaw, Recording};

/// Decoded sound: interleaved 16-bit samples.
#[derive(Clone, PartialEq, Eq)]
pub struct Clip {
    samples: Vec<i16>,
    channels: u16,
    rate: u32,
    flaw: Option<Flaw>,
}

impl Clip {
    /// Decodes a whole MP3, WAV (PCM, float, µ-law, A-law), Ogg Vorbis, FLAC or M4A (AAC-LC) file.
    ///
    /// Takes time in proportion to its length (about a millisecond per second of MP3): call it off the UI thread.
    ///
    /// # Errors
    /// See [`DecodeError`]. A file of which only a part can be played is no error; see [`Clip::flaw`].
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let recording = Arc::new(Recording::scan(bytes.to_vec())?);
        let mut reader = recording.read(0);
        let mut samples = Vec::new();
        while let Some(block) = reader.next_block() {
            // Scaling by 32,768 is exact in f32, so 16-bit and µ-law sources come through bit for bit.
            samples.extend(block.iter().map(|sample| (sample * 32_768.0).round() as i16));
        }
        Ok(Self::new(samples, recording.channels(), recording.rate(), recording.flaw()))
    }

    /// `samples` must not be empty and must hold whole frames.
    pub(crate) fn new(samples: Vec<i16>, channels: u16, rate: u32, flaw: Option<Flaw>) -> Self {
        debug_assert!(!samples.is_empty() && samples.len().is_multiple_of(usize::from(channels)));
        Self { samples, channels, rate, flaw }
    }

    /// Interleaved samples, in the order a device takes them.
    pub fn samples(&self) -> &[i16] {
        &self.samples
    }

    /// Channels per frame, 1 to 8.
    pub fn channels(&self) -> u16 {
        self.channels
    }

    /// Frames per second.
    pub fn rate(&self) -> u32 {
        self.rate
    }

    /// Length in frames, counted.
    pub fn frames(&self) -> usize {
        self.samples.len() / usize::from(self.channels)
    }

    /// Length in milliseconds, rounded down.
    pub fn duration_ms(&self) -> u32 {
        self.ms_at(self.frames())
    }

    /// What is missing from the recording, if anything is.
    pub fn flaw(&self) -> Option<Flaw> {
        self.flaw
    }

    /// The loudest sample of each of `buckets` equal stretches, 0 (silence) to 255 (full scale), for drawing a waveform.
    pub fn peaks(&self, buckets: usize) -> Vec<u8> {
        let (frames, channels) = (self.frames(), usize::from(self.channels));
        (0..buckets)
            .map(|bucket| {
                let start = bucket * frames / buckets;
                // With more buckets than frames a frame is drawn more than once.
                let end = ((bucket + 1) * frames / buckets).max(start + 1);
                let loudest = self.samples[start * channels..end * channels]
                    .iter()
                    .map(|sample| sample.unsigned_abs())
                    .max()
                    .unwrap_or(0);
                (u32::from(loudest) * 255).div_ceil(32_768) as u8
            })
            .collect()
    }

    /// Milliseconds before `frame`. Fits: a clip lasts 4 hours at most.
    pub(crate) fn ms_at(&self, frame: usize) -> u32 {
        (frame as u64 * 1_000 / u64::from(self.rate)) as u32
    }
}

/// Tells the shape, not the sound: what customers say does not belong in a log.
impl fmt::Debug for Clip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Clip")
            .field("frames", &self.frames())
            .field("channels", &self.channels)
            .field("rate", &self.rate)
            .field("flaw", &self.flaw)
            .finish()
    }
}
