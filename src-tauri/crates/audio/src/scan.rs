//! The one pass over a recording in which everything about it is found out.
//!
//! Invariants: no input panics, hangs or holds more memory than twice its own size; frames are counted as they come out of
//! the codec.

use std::panic::{AssertUnwindSafe, catch_unwind};

use symphonia::core::audio::SignalSpec;
use symphonia::core::codecs::{CODEC_TYPE_NULL, CODEC_TYPE_VORBIS, CodecParameters};
use symphonia::core::errors::Error;

use crate::codec::Codec;
use crate::container::{File, declared_frames};
use crate::gauge::Gauge;
use crate::packets::Packets;
use crate::recording::{DecodeError, Flaw, Recording};

/// Longest recording that is played: 4 hours.
const MAX_SECONDS: u64 = 4 * 60 * 60;
/// Most samples a recording may hold, 4 hours of stereo at 48 kHz: a small file can hold days of silence.
const MAX_SAMPLES: u64 = MAX_SECONDS * 48_000 * 2;

/// Finds out everything about a file.
pub(crate) fn scan(bytes: Vec<u8>) -> Result<Recording, DecodeError> {
    if bytes.is_empty() {
        return Err(DecodeError::Empty);
    }
    if u32::try_from(bytes.len()).is_err() {
        return Err(DecodeError::TooLong);
    }
    // Symphonia has arithmetic that overflows on hostile headers, which panics where overflow checks are on.
    // Nothing outlives the closure, so a half-done reader cannot be seen afterwards.
    catch_unwind(AssertUnwindSafe(|| scan_trusting(bytes))).unwrap_or(Err(DecodeError::Damaged))
}

fn scan_trusting(bytes: Vec<u8>) -> Result<Recording, DecodeError> {
    let size = bytes.len();
    let file = File::new(bytes);
    let mut format = file.open()?;
    let track = format
        .tracks()
        .iter()
        .find(|track| track.codec_params.codec != CODEC_TYPE_NULL)
        .ok_or(DecodeError::Unsupported)?;
    let (id, params) = (track.id, track.codec_params.clone());
    let mut codec = Codec::new(&params)?;
    let delay = if params.codec == CODEC_TYPE_VORBIS { 0 } else { params.delay.unwrap_or(0) };
    let mut tally = Tally { delay, spec: None, frames: 0, gauge: None };
    let mut packets = Packets::new(params.clone(), size);
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
        if !packets.has_room_for(&packet) {
            damaged = true;
            break;
        }
        let frames = match codec.decode(&packet) {
            Some((spec, samples)) => tally.add(spec, samples)?,
            None => None,
        };
        damaged |= frames.is_none();
        packets.push(&packet, frames.unwrap_or(0));
    }
    packets.close();

    let span = without_padding(&params, delay, tally.frames);
    let (Some(spec), Some(gauge), false) = (tally.spec, tally.gauge, span.is_empty()) else {
        let nothing_wrong = !damaged && declared_frames(&params).is_none_or(|frames| frames == 0);
        return Err(if nothing_wrong { DecodeError::Empty } else { DecodeError::Damaged });
    };
    let flaw = if file.is_cut_short(&params, spec.rate, u64::from(tally.frames)) {
        Some(Flaw::Truncated)
    } else {
        damaged.then_some(Flaw::Damaged)
    };
    let measured = gauge.finish(span.len() as u64);
    Ok(Recording::new(packets, span, spec, flaw, measured))
}

/// What was counted so far.
struct Tally {
    /// Frames an encoder put in front.
    delay: u32,
    spec: Option<SignalSpec>,
    frames: u32,
    gauge: Option<Gauge>,
}

impl Tally {
    /// Counts one packet's samples. Answers their frames, or `None` when the packet has another rate or channel count than
    /// the first.
    fn add(&mut self, spec: SignalSpec, samples: &[f32]) -> Result<Option<u32>, DecodeError> {
        let channels = spec.channels.count();
        if !(1..=8).contains(&channels) || !(1_000..=192_000).contains(&spec.rate) {
            return Err(DecodeError::Unsupported);
        }
        let first = *self.spec.get_or_insert(spec);
        if first.rate != spec.rate || first.channels.count() != channels {
            return Ok(None);
        }
        let frames = samples.len() / channels;
        let total = u64::from(self.frames) + frames as u64;
        if total * channels as u64 > MAX_SAMPLES || total > MAX_SECONDS * u64::from(spec.rate) {
            return Err(DecodeError::TooLong);
        }
        self.frames = total as u32;
        self.gauge.get_or_insert_with(|| Gauge::new(spec.rate, channels, self.delay)).pass(samples);
        Ok(Some(frames as u32))
    }
}

/// The frames that are left without what an MP3 encoder added, when it said so and the count bears it out.
fn without_padding(params: &CodecParameters, delay: u32, counted: u32) -> std::ops::Range<u32> {
    let whole = params.n_frames == Some(u64::from(counted));
    // Ogg's pages have said it already.
    let padding = params.padding.filter(|_| whole && params.codec != CODEC_TYPE_VORBIS).unwrap_or(0);
    let end = counted.saturating_sub(padding);
    delay.min(end)..end
}
