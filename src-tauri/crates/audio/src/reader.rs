//! A recording's samples from any frame on.
//!
//! Invariants: blocks are whole frames and never empty; together they are exactly the frames from the start asked for to the
//! recording's end, however a packet decodes the second time.
//!
//! ```no_run
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use std::sync::Arc;
//! use earmark_audio::Recording;
//!
//! let recording = Arc::new(Recording::scan(std::fs::read("message.mp3")?)?);
//! let mut reader = recording.read(recording.frames() / 2);
//! while let Some(samples) = reader.next_block() {
//!     println!("{} samples more", samples.len());
//! }
//! # Ok(())
//! # }
//! ```

use std::ops::Range;
use std::sync::Arc;

use crate::codec::Codec;
use crate::recording::Recording;

/// Packets that are decoded ahead of the first that is heard, because a packet's sound depends on those before it: by the
/// overlap of windows on one or two, and in MP3 also by the bit reservoir. The smallest stereo frames there are, 24 bytes of
/// which 3 are sound, gather its 255 bytes in 85.
pub(crate) const WARM_UP: usize = 96;

/// Decodes a recording from one frame to its end.
pub struct Reader {
    recording: Arc<Recording>,
    /// Absent only if the codec that scanned the recording could not be made again.
    codec: Option<Codec>,
    /// The packet that is decoded next.
    packet: usize,
    /// The frames still to be handed out, counted as the packets yield them.
    left: Range<u32>,
    block: Vec<f32>,
}

impl Reader {
    pub(crate) fn new(recording: Arc<Recording>, from: u64) -> Self {
        let Range { start, end } = recording.span();
        let start = u32::try_from(from).map_or(end, |from| start.saturating_add(from).min(end));
        let packets = recording.packets();
        let packet = packets.holding(start).saturating_sub(WARM_UP);
        let codec = Codec::new(packets.params()).ok();
        Self { recording, codec, packet, left: start..end, block: Vec::new() }
    }

    /// The next samples, interleaved, in −1.0 to 1.0; `None` at the end of the recording.
    pub fn next_block(&mut self) -> Option<&[f32]> {
        let channels = usize::from(self.recording.channels());
        while !self.left.is_empty() {
            let span = self.recording.packets().span(self.packet);
            self.decode(span.len() * channels);
            self.packet += 1;
            if span.end > self.left.start && !span.is_empty() {
                let heard = self.left.start - span.start..self.left.end.min(span.end) - span.start;
                self.left.start += heard.len() as u32;
                return Some(&self.block[heard.start as usize * channels..heard.end as usize * channels]);
            }
        }
        None
    }

    /// Decodes the next packet into a block of `samples`, which is what it yielded when the recording was scanned. Where a
    /// damaged one now yields less, there is silence.
    fn decode(&mut self, samples: usize) {
        let packet = self.recording.packets().get(self.packet);
        let decoded = self.codec.as_mut().and_then(|codec| codec.decode(&packet));
        self.block.clear();
        if let Some((_, decoded)) = decoded {
            self.block.extend_from_slice(&decoded[..decoded.len().min(samples)]);
        }
        self.block.resize(samples, 0.0);
    }
}
