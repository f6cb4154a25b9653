//! From untrusted bytes to a stream of packets: which format it is, and whether its end is there.
//!
//! Symphonia is used directly, not through rodio's decoder, because that one swallows errors: a file cut in half would play
//! half and look whole.
//!
//! Invariant: a header's word on how much there is, is used only to notice that something is missing.

use std::io::Cursor;
use std::sync::Arc;

use symphonia::core::codecs::CodecParameters;
use symphonia::core::errors::Error;
use symphonia::core::formats::{FormatOptions, FormatReader};
use symphonia::core::io::{MediaSource, MediaSourceStream, ReadOnlySource};
use symphonia::core::meta::MetadataOptions;
use symphonia::core::probe::Hint;

use crate::mp4;
use crate::recording::DecodeError;

/// A file is incomplete when this much of what its header promised is missing. One MP3 frame at 22,050 Hz lasts 52 ms and
/// encoders disagree whether the header's own frame counts.
const TOLERATED_LOSS_MS: u64 = 100;
/// A recorder that streams writes the largest number there is: no count of frames from here on is believed.
const INCREDIBLE_FRAMES: u64 = 1 << 28;

/// The bytes of a file, shared by whatever reads them.
#[derive(Clone)]
pub(crate) struct File(Arc<Vec<u8>>);

impl AsRef<[u8]> for File {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl File {
    pub(crate) fn new(bytes: Vec<u8>) -> Self {
        Self(Arc::new(bytes))
    }

    /// Opens it, whatever format it is.
    pub(crate) fn open(&self) -> Result<Box<dyn FormatReader>, DecodeError> {
        let bytes = self.as_ref();
        if is_mp4(bytes) && !mp4::has_sound_index(bytes) {
            return Err(DecodeError::Damaged);
        }
        // MP4 keeps its index at either end and Ogg its length in the last page. For the others a source that cannot seek
        // keeps Symphonia from guessing a length out of the bit rate.
        let indexed = is_ogg(bytes) || is_mp4(bytes);
        let opened = match self.probe(indexed) {
            // An MP4 whose end is missing is walked through in vain; its index may still stand in front.
            Err(_) if indexed => self.probe(false),
            opened => opened,
        };
        opened.map_err(|_| if has_known_magic(bytes) { DecodeError::Damaged } else { DecodeError::Unsupported })
    }

    fn probe(&self, seekable: bool) -> Result<Box<dyn FormatReader>, Error> {
        let data = Cursor::new(self.clone());
        let source: Box<dyn MediaSource> = if seekable { Box::new(data) } else { Box::new(ReadOnlySource::new(data)) };
        let options = FormatOptions {
            // Right for Ogg, whose pages say where sound starts and ends. An MP3 header's count would silence everything
            // that was appended to the first of several joined recordings, so there the padding is trimmed after counting.
            enable_gapless: is_ogg(self.as_ref()),
            ..FormatOptions::default()
        };
        let stream = MediaSourceStream::new(source, Default::default());
        let probed =
            symphonia::default::get_probe().format(&Hint::new(), stream, &options, &MetadataOptions::default())?;
        Ok(probed.format)
    }

    /// Whether less than was promised is there: `counted` frames at `rate`.
    pub(crate) fn is_cut_short(&self, params: &CodecParameters, rate: u32, counted: u64) -> bool {
        if is_ogg(self.as_ref()) {
            return !ends_with_last_ogg_page(self.as_ref());
        }
        let tolerated = u64::from(rate) * TOLERATED_LOSS_MS / 1_000;
        declared_frames(params).is_some_and(|declared| counted + tolerated < declared)
    }
}

/// The frames a header promises, if it makes a promise that can be believed.
pub(crate) fn declared_frames(params: &CodecParameters) -> Option<u64> {
    let (units, rate) = (params.n_frames?, u64::from(params.sample_rate?));
    let frames = match params.time_base {
        // MP4 counts in a time scale of its own.
        Some(base) => (u128::from(units) * u128::from(base.numer) * u128::from(rate) / u128::from(base.denom.max(1)))
            .try_into()
            .ok()?,
        None => units,
    };
    (frames < INCREDIBLE_FRAMES).then_some(frames)
}

fn is_mp4(bytes: &[u8]) -> bool {
    bytes.get(4..8) == Some(b"ftyp")
}

fn is_ogg(bytes: &[u8]) -> bool {
    bytes.starts_with(b"OggS")
}

/// Whether the last page is marked as the stream's last and is all there (<https://www.rfc-editor.org/rfc/rfc3533#section-6>).
fn ends_with_last_ogg_page(bytes: &[u8]) -> bool {
    const END_OF_STREAM: u8 = 0x04;
    let Some(start) = bytes.windows(4).rposition(|window| window == b"OggS") else { return false };
    let page = &bytes[start..];
    let (Some(flags), Some(segments)) = (page.get(5), page.get(26)) else { return false };
    let Some(lacing) = page.get(27..27 + usize::from(*segments)) else { return false };
    let body: usize = lacing.iter().map(|length| usize::from(*length)).sum();
    flags & END_OF_STREAM != 0 && page.len() >= 27 + lacing.len() + body
}

/// Whether the bytes begin like a format that is played here, so that a failure means damage.
fn has_known_magic(bytes: &[u8]) -> bool {
    is_ogg(bytes)
        || bytes.starts_with(b"fLaC")
        || bytes.starts_with(b"ID3")
        || (bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WAVE"))
        || is_mp4(bytes)
}
