//! What of a stretch of sound is handed to the output, in which order and how fast.
//!
//! Invariants: an output frame's source frame is exact where the output has at least as many frames as are kept, and
//! otherwise off by less than one output frame; both directions are monotone; a frame that was cut has the place of the
//! first kept one after it.
//!
//! ```
//! use earmark_audio::Order;
//!
//! // The second of three seconds is silent; what is left is heard at double speed.
//! let order = Order::new(0..24_000, &[8_000..16_000], 8_000, 200);
//! assert_eq!(order.frames(), 48_000);
//! assert_eq!(order.source_at(24_000), 16_000);
//! assert_eq!(order.output_at(12_000), 24_000);
//! ```

use std::ops::Range;

use crate::timeline::{scale, scale_up};

/// Frames per second handed to every output.
pub const OUTPUT_RATE: u32 = 48_000;

/// The kept spans of one stretch of source frames.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    spans: Vec<Span>,
    end: u64,
    kept: u64,
    rate: u32,
    percent: u16,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Span {
    source: Range<u64>,
    kept_before: u64,
}

impl Order {
    /// Plays `source` at `percent` of its speed without `cuts`, which are in order and do not overlap.
    pub fn new(source: Range<u64>, cuts: &[Range<u64>], rate: u32, percent: u16) -> Self {
        let mut order = Self {
            spans: Vec::with_capacity(cuts.len() + 1),
            end: source.end,
            kept: 0,
            rate: rate.max(1),
            percent: percent.max(1),
        };
        let mut from = source.start;
        for cut in cuts {
            order.keep(from..cut.start.min(source.end));
            from = from.max(cut.end);
        }
        order.keep(from..source.end);
        order
    }

    fn keep(&mut self, source: Range<u64>) {
        if !source.is_empty() {
            let kept_before = self.kept;
            self.kept += source.end - source.start;
            self.spans.push(Span { source, kept_before });
        }
    }

    /// The source frames that are kept, in order.
    pub fn spans(&self) -> impl Iterator<Item = Range<u64>> + '_ {
        self.spans.iter().map(|span| span.source.clone())
    }

    /// Source frames that are kept.
    pub fn kept(&self) -> u64 {
        self.kept
    }

    /// Output frames: the kept ones first changed in speed and rounded to the nearest, then brought to [`OUTPUT_RATE`] and
    /// rounded up.
    pub fn frames(&self) -> u64 {
        let percent = u64::from(self.percent);
        let stretched = scale(2 * self.kept * 100 + percent, 1, 2 * percent);
        scale_up(stretched, OUTPUT_RATE.into(), self.rate.into())
    }

    /// The source frame that sounds in an output frame; the end of the stretch for what comes after.
    pub fn source_at(&self, output: u64) -> u64 {
        let kept = scale(output, self.per_output().0, self.per_output().1);
        if kept >= self.kept {
            return self.end;
        }
        // Never before the first: that has none kept before it.
        let index = self.spans.partition_point(|span| span.kept_before <= kept) - 1;
        let span = &self.spans[index];
        span.source.start + (kept - span.kept_before)
    }

    /// The first output frame in which a source frame, or what comes after it, sounds.
    pub fn output_at(&self, source: u64) -> u64 {
        let index = self.spans.partition_point(|span| span.source.end <= source);
        let kept =
            self.spans.get(index).map_or(self.kept, |span| span.kept_before + source.saturating_sub(span.source.start));
        scale_up(kept, self.per_output().1, self.per_output().0)
    }

    /// Source frames in one output frame, as a fraction.
    fn per_output(&self) -> (u64, u64) {
        (u64::from(self.rate) * u64::from(self.percent), u64::from(OUTPUT_RATE) * 100)
    }
}
