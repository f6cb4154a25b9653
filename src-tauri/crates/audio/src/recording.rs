//! One message's sound, kept compressed and read from any frame.
//!
//! Invariants: at least one frame; the length is what was counted, never what a header claimed; no more is held than the
//! file was large, but for what [`Recording::size_in_bytes`] tells.
//!
//! ```
//! use earmark_audio::{DecodeError, Recording};
//!
//! assert_eq!(Recording::scan(Vec::new()).unwrap_err(), DecodeError::Empty);
//! assert_eq!(Recording::scan(b"<html>not sound</html>".to_vec()).unwrap_err(), DecodeError::Unsupported);
//! ```

use std::fmt;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use symphonia::core::audio::SignalSpec;

use crate::gauge::Measured;
use crate::loudness;
use crate::packets::Packets;
use crate::peaks::Peaks;
use crate::reader::Reader;
use crate::scan;

/// Why bytes did not become a [`Recording`]. Each text is a sentence a reviewer may read; none repeats any of the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// There are no bytes, or the file is sound but holds no sound.
    #[error("This recording is empty.")]
    Empty,
    /// Not audio, or a kind of audio that cannot be played here.
    #[error("This recording is in a format that cannot be played here.")]
    Unsupported,
    /// A known format, but nothing in it could be decoded.
    #[error("This recording is damaged; none of it can be played.")]
    Damaged,
    /// Over 4 hours, or more samples than 4 hours of stereo at 48 kHz have.
    #[error("This recording is too long to be played here (the limit is 4 hours).")]
    TooLong,
}

/// What is wrong with a recording that can be played all the same. Each text is a sentence a reviewer may read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// The file ends before its own header says it should.
    #[error("This recording is cut short: the end of the file is missing.")]
    Truncated,
    /// Some of the file could not be decoded and is left out.
    #[error("Parts of this recording are damaged and left out.")]
    Damaged,
}

/// A recording that was decoded once from end to end, and can be decoded again from anywhere.
pub struct Recording {
    packets: Packets,
    /// The frames that are sound, of those the packets yield: encoders add some at both ends.
    span: Range<u32>,
    spec: SignalSpec,
    flaw: Option<Flaw>,
    measured: Measured,
    /// Integrated loudness, once it was asked for.
    lufs: OnceLock<Option<f64>>,
}

impl Recording {
    /// Decodes a whole MP3, WAV (PCM, float, µ-law, A-law), Ogg Vorbis, FLAC or M4A (AAC-LC) file once, packet by packet.
    ///
    /// Takes time in proportion to its length (under a millisecond per second of MP3): call it off the UI thread.
    ///
    /// # Errors
    /// See [`DecodeError`]. A file of which only a part can be played is no error; see [`Recording::flaw`].
    pub fn scan(bytes: Vec<u8>) -> Result<Self, DecodeError> {
        scan::scan(bytes)
    }

    /// `span` must not be empty and lie within what the packets yield.
    pub(crate) fn new(
        packets: Packets,
        span: Range<u32>,
        spec: SignalSpec,
        flaw: Option<Flaw>,
        measured: Measured,
    ) -> Self {
        debug_assert!(!span.is_empty() && span.end <= packets.frames());
        Self { packets, span, spec, flaw, measured, lufs: OnceLock::new() }
    }

    /// Reads the sound from frame `from` on: sample for sample what a read of the whole has from there on. Nothing when
    /// `from` is the end or later.
    ///
    /// Opening it costs the decoding of up to 96 packets more than what is read: 2 ms at most.
    pub fn read(self: &Arc<Self>, from: u64) -> Reader {
        Reader::new(Arc::clone(self), from)
    }

    /// Frames per second, 1,000 to 192,000.
    pub fn rate(&self) -> u32 {
        self.spec.rate
    }

    /// Channels per frame, 1 to 8.
    pub fn channels(&self) -> u16 {
        self.spec.channels.count() as u16
    }

    /// Length in frames, counted.
    pub fn frames(&self) -> u64 {
        self.span.len() as u64
    }

    /// Length in milliseconds, rounded down.
    pub fn duration_ms(&self) -> u32 {
        // Fits: a recording lasts 4 hours at most.
        (self.frames() * 1_000 / u64::from(self.rate())) as u32
    }

    /// What is missing from the recording, if anything is.
    pub fn flaw(&self) -> Option<Flaw> {
        self.flaw
    }

    /// The waveform at three zoom levels.
    pub fn peaks(&self) -> &Peaks {
        &self.measured.peaks
    }

    /// The loudest sample, 0.0 to 1.0.
    pub fn loudest(&self) -> f32 {
        self.measured.loudest
    }

    /// The pauses that may be left out, as frames in order, each a part of a pause longer than 0.7 s. Sound is voice above
    /// `threshold_db` (dBFS over 10 ms, all channels together) and down to 6 dB below where it is connected to such. At
    /// either end of each pause `margin_ms` are left, and 150 at least.
    pub fn silences(&self, threshold_db: i8, margin_ms: u32) -> Vec<Range<u64>> {
        self.measured.envelope.silences(threshold_db, margin_ms)
    }

    /// Integrated loudness in LUFS (EBU R128; mono as it sounds on two loudspeakers); `None` for silence and for under
    /// 0.4 s.
    ///
    /// The first call decodes the whole recording, which takes half as long again as [`scan`](Self::scan) took: call it off
    /// the UI thread.
    pub fn loudness(self: &Arc<Self>) -> Option<f64> {
        *self.lufs.get_or_init(|| loudness::integrated(self))
    }

    /// What samples are multiplied with to be as loud as those of every other recording, [`EVEN_LUFS`](crate::EVEN_LUFS),
    /// without clipping and at most ten times. Takes as long as [`loudness`](Self::loudness).
    pub fn even_gain(self: &Arc<Self>) -> f32 {
        loudness::gain(self.loudness(), self.loudest())
    }

    /// Memory held, in bytes: the compressed sound and what was found out about it.
    pub fn size_in_bytes(&self) -> usize {
        size_of::<Self>() + self.packets.size() + self.measured.peaks.size() + self.measured.envelope.size()
    }

    pub(crate) fn packets(&self) -> &Packets {
        &self.packets
    }

    pub(crate) fn span(&self) -> Range<u32> {
        self.span.clone()
    }
}

/// Tells the shape, not the sound: what customers say does not belong in a log.
impl fmt::Debug for Recording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recording")
            .field("frames", &self.frames())
            .field("channels", &self.channels())
            .field("rate", &self.rate())
            .field("flaw", &self.flaw)
            .finish()
    }
}
