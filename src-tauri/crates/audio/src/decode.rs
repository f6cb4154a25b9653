//! From untrusted bytes to samples.
//!
//! Invariants: no input panics, hangs or grows past [`MAX_SAMPLES`]; frames are counted as they come out of the codec, a
//! header's word is used only to notice that something is missing.
//!
//! Symphonia is used directly, not through rodio's decoder, because that one swallows errors: a file cut in half would play
//! half and look whole.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use symphonia::core::audio::{SampleBuffer, SignalSpec};
use symphonia::core::codecs::{CODEC_TYPE_NULL, CODEC_TYPE_VORBIS, CodecParameters, DecoderOptions};
use symphonia::core::errors::Error;
use symphonia::core::formats::{FormatOptions, FormatReader};
use symphonia::core::io::{MediaSource, MediaSourceStream, ReadOnlySource};
use symphonia::core::meta::MetadataOptions;
use symphonia::core::probe::Hint;

use crate::clip::{Clip, Flaw};
use crate::mp4;

/// Longest recording that is decoded: 4 hours.
const MAX_SECONDS: u64 = 4 * 60 * 60;
/// Most samples a clip may hold: 4 hours of 16 kHz speech, 461 MB.
const MAX_SAMPLES: u64 = MAX_SECONDS * 16_000;
/// A file is incomplete when this much of what its header promised is missing. One MP3 frame at 22,050 Hz lasts 52 ms and
/// encoders disagree whether the header's own frame counts.
const TOLERATED_LOSS_MS: u64 = 100;

/// Why bytes did not become a [`Clip`]. Each text is a sentence a reviewer may read; none repeats any of the input.
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
    /// Over 4 hours, or over 461 MB decoded.
    #[error("This recording is too long to be played here (the limit is 4 hours).")]
    TooLong,
}

/// Decodes a whole file.
pub(crate) fn decode(bytes: &[u8]) -> Result<Clip, DecodeError> {
    if bytes.is_empty() {
        return Err(DecodeError::Empty);
    }
    if is_mp4(bytes) && !mp4::has_sound_index(bytes) {
        return Err(DecodeError::Damaged);
    }
    // Symphonia has arithmetic that overflows on hostile headers, which panics where overflow checks are on.
    // Nothing outlives the closure, so a half-done decoder cannot be seen afterwards.
    catch_unwind(AssertUnwindSafe(|| decode_trusting(bytes))).unwrap_or(Err(DecodeError::Damaged))
}

fn decode_trusting(bytes: &[u8]) -> Result<Clip, DecodeError> {
    let mut format = open(bytes)?;
    let track = format
        .tracks()
        .iter()
        .find(|track| track.codec_params.codec != CODEC_TYPE_NULL)
        .ok_or(DecodeError::Unsupported)?;
    let (id, params) = (track.id, track.codec_params.clone());
    let mut codec = symphonia::default::get_codecs()
        .make(&params, &DecoderOptions::default())
        .map_err(|_| DecodeError::Unsupported)?;

    let mut pcm = Pcm::default();
    let mut damaged = false;
    loop {
        let packet = match format.next_packet() {
            Ok(packet) if packet.track_id() == id => packet,
            Ok(_) => continue,
            // Symphonia's only sign of a file's end, cut short or not.
            Err(Error::IoError(_)) => break,
            Err(_) => {
                damaged = true;
                break;
            }
        };
        match codec.decode(&packet) {
            Ok(decoded) => {
                let spec = *decoded.spec();
                let mut buffer = SampleBuffer::<f32>::new(decoded.capacity() as u64, spec);
                buffer.copy_interleaved_ref(decoded);
                damaged |= !pcm.append(spec, buffer.samples())?;
            }
            Err(_) => damaged = true,
        }
    }

    let counted = pcm.frames();
    pcm.trim_encoder_padding(&params);
    let Some(spec) = pcm.spec.filter(|_| !pcm.samples.is_empty()) else {
        let nothing_wrong = !damaged && declared_frames(&params).is_none_or(|frames| frames == 0);
        return Err(if nothing_wrong { DecodeError::Empty } else { DecodeError::Damaged });
    };
    let flaw = if is_cut_short(bytes, &params, spec, counted) {
        Some(Flaw::Truncated)
    } else {
        damaged.then_some(Flaw::Damaged)
    };
    Ok(Clip::new(pcm.samples, spec.channels.count() as u16, spec.rate, flaw))
}

fn open(bytes: &[u8]) -> Result<Box<dyn FormatReader>, DecodeError> {
    // MP4 keeps its index at either end and Ogg its length in the last page. For the others a source that cannot seek keeps
    // Symphonia from guessing a length out of the bit rate.
    let indexed = is_ogg(bytes) || is_mp4(bytes);
    let opened = match probe(bytes, indexed) {
        // An MP4 whose end is missing is walked through in vain; its index may still stand in front.
        Err(_) if indexed => probe(bytes, false),
        opened => opened,
    };
    opened.map_err(|_| if has_known_magic(bytes) { DecodeError::Damaged } else { DecodeError::Unsupported })
}

fn probe(bytes: &[u8], seekable: bool) -> Result<Box<dyn FormatReader>, Error> {
    let data = Cursor::new(bytes.to_vec());
    let source: Box<dyn MediaSource> = if seekable { Box::new(data) } else { Box::new(ReadOnlySource::new(data)) };
    let options = FormatOptions {
        // Right for Ogg, whose pages say where sound starts and ends. An MP3 header's count would silence everything that
        // was appended to the first of several joined recordings, so there the padding is trimmed after counting.
        enable_gapless: is_ogg(bytes),
        ..FormatOptions::default()
    };
    let stream = MediaSourceStream::new(source, Default::default());
    let probed = symphonia::default::get_probe().format(&Hint::new(), stream, &options, &MetadataOptions::default())?;
    Ok(probed.format)
}

/// Samples gathered so far.
#[derive(Default)]
struct Pcm {
    spec: Option<SignalSpec>,
    samples: Vec<i16>,
}

impl Pcm {
    fn frames(&self) -> u64 {
        self.spec.map_or(0, |spec| (self.samples.len() / spec.channels.count()) as u64)
    }

    /// Adds one packet's samples. Answers `false` when the packet has another rate or channel count than the first: it
    /// could only be played at the wrong pitch.
    fn append(&mut self, spec: SignalSpec, samples: &[f32]) -> Result<bool, DecodeError> {
        let channels = spec.channels.count();
        if !(1..=8).contains(&channels) || !(1_000..=192_000).contains(&spec.rate) {
            return Err(DecodeError::Unsupported);
        }
        let first = *self.spec.get_or_insert(spec);
        if first.rate != spec.rate || first.channels.count() != channels {
            return Ok(false);
        }
        let total = (self.samples.len() + samples.len()) as u64;
        if total > MAX_SAMPLES || total / channels as u64 > MAX_SECONDS * u64::from(spec.rate) {
            return Err(DecodeError::TooLong);
        }
        // Scaling by 32,768 is exact in f32, so 16-bit and µ-law sources come through bit for bit.
        self.samples.extend(samples.iter().map(|sample| (sample * 32_768.0).round() as i16));
        Ok(true)
    }

    /// Removes what an MP3 encoder added, when it said so and the count bears it out.
    fn trim_encoder_padding(&mut self, params: &CodecParameters) {
        if params.codec == CODEC_TYPE_VORBIS {
            return;
        }
        let channels = self.spec.map_or(1, |spec| spec.channels.count());
        let whole = params.n_frames == Some(self.frames());
        if let Some(padding) = params.padding.filter(|_| whole) {
            let kept = self.samples.len().saturating_sub(padding as usize * channels);
            self.samples.truncate(kept);
        }
        let delay = params.delay.unwrap_or(0) as usize * channels;
        self.samples.drain(..delay.min(self.samples.len()));
        self.samples.shrink_to_fit();
    }
}

/// The frames a header promises, if it makes a promise that can be believed: a recorder that streams writes the largest
/// number there is.
fn declared_frames(params: &CodecParameters) -> Option<u64> {
    let (units, rate) = (params.n_frames?, u64::from(params.sample_rate?));
    let frames = match params.time_base {
        // MP4 counts in a time scale of its own.
        Some(base) => (u128::from(units) * u128::from(base.numer) * u128::from(rate) / u128::from(base.denom.max(1)))
            .try_into()
            .ok()?,
        None => units,
    };
    (frames <= MAX_SAMPLES).then_some(frames)
}

fn is_cut_short(bytes: &[u8], params: &CodecParameters, spec: SignalSpec, counted: u64) -> bool {
    if is_ogg(bytes) {
        return !ends_with_last_ogg_page(bytes);
    }
    let tolerated = u64::from(spec.rate) * TOLERATED_LOSS_MS / 1_000;
    declared_frames(params).is_some_and(|declared| counted + tolerated < declared)
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
