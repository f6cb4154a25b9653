//! The loudest sample of every stretch, for drawing a waveform at any zoom.
//!
//! Invariants: a value is 0 only where everything is silent, and 255 only at full scale; what is drawn is never quieter than
//! the loudest sample in its stretch. What is kept is 116 bytes a second.
//!
//! ```no_run
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use earmark_audio::Recording;
//!
//! let recording = Recording::scan(std::fs::read("message.mp3")?)?;
//! let columns = recording.peaks().draw(0, recording.duration_ms(), 600);
//! assert_eq!(columns.len(), 600);
//! # Ok(())
//! # }
//! ```

/// Milliseconds each value stands for, finest level first.
const STEPS_MS: [u32; 3] = [10, 80, 640];
/// Values of one level that make one of the next.
const FOLD: usize = 8;

/// A recording's peaks at three levels.
pub struct Peaks {
    levels: [Vec<u8>; 3],
}

impl Peaks {
    /// From the peak of every 10 ms.
    pub(crate) fn new(finest: Vec<u8>) -> Self {
        let fold = |finer: &[u8]| finer.chunks(FOLD).filter_map(|values| values.iter().max().copied()).collect();
        let middle: Vec<u8> = fold(&finest);
        let coarsest = fold(&middle);
        Self { levels: [finest, middle, coarsest] }
    }

    /// The loudest sample of each of `buckets` equal stretches between two times, 0 (silence) to 255 (full scale). Times
    /// outside the recording are silent.
    pub fn draw(&self, from_ms: u32, to_ms: u32, buckets: usize) -> Vec<u8> {
        let length = u64::from(to_ms.saturating_sub(from_ms));
        let fine_enough = |step: &u32| u64::from(*step) * buckets as u64 <= length;
        let level = STEPS_MS.iter().rposition(fine_enough).unwrap_or(0);
        let (values, step) = (&self.levels[level], u64::from(STEPS_MS[level]));
        let edge = |bucket: usize| u64::from(from_ms) + length * bucket as u64 / buckets as u64;
        (0..buckets)
            .map(|bucket| {
                let (start, end) = (edge(bucket), edge(bucket + 1));
                if length == 0 {
                    return 0;
                }
                let first = (start / step) as usize;
                // With more buckets than milliseconds a value is drawn more than once.
                let behind = (end.div_ceil(step) as usize).max(first + 1).min(values.len());
                values.get(first..behind).and_then(|values| values.iter().max().copied()).unwrap_or(0)
            })
            .collect()
    }

    /// Memory held, in bytes.
    pub(crate) fn size(&self) -> usize {
        self.levels.iter().map(Vec::capacity).sum()
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_value_is_drawn_for_each_10_ms() {
        let values: Vec<u8> = (0..100).collect();
        let peaks = Peaks::new(values.clone());
        assert_eq!(peaks.draw(0, 1_000, 100), values);
        assert_eq!(peaks.draw(200, 400, 20), values[20..40]);
        assert_eq!(peaks.draw(200, 210, 5), [20; 5], "more stretches than values repeat them");
    }

    #[test]
    fn nothing_is_drawn_of_nothing() {
        let peaks = Peaks::new(vec![200; 100]);
        assert_eq!(peaks.draw(0, 1_000, 0), [0_u8; 0]);
        assert_eq!(peaks.draw(500, 500, 3), [0; 3]);
        assert_eq!(peaks.draw(700, 500, 3), [0; 3], "backwards");
        assert_eq!(peaks.draw(900, 1_100, 4), [200, 200, 0, 0], "behind the end");
        assert_eq!(peaks.draw(u32::MAX - 1, u32::MAX, 1), [0]);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// Every bucket is as loud as what lies in it and no louder than what lies in it or within a bucket's length of it.
        #[test]
        fn a_bucket_is_as_loud_as_its_loudest_value(values in vec(any::<u8>(), 1..3_000), from in 0_u32..20_000, length in 1_u32..40_000, buckets in 1_usize..800) {
            let drawn = Peaks::new(values.clone()).draw(from, from + length, buckets);
            prop_assert_eq!(drawn.len(), buckets);
            let loudest = |start: u64, end: u64| {
                let end = (end.div_ceil(10) as usize).min(values.len());
                values.get((start / 10) as usize..end).and_then(|values| values.iter().max().copied()).unwrap_or(0)
            };
            let width = u64::from(length).div_ceil(buckets as u64).max(10);
            for (bucket, drawn) in drawn.into_iter().enumerate() {
                let edge = |bucket: usize| u64::from(from) + u64::from(length) * bucket as u64 / buckets as u64;
                let (start, end) = (edge(bucket), edge(bucket + 1));
                prop_assert!(drawn >= loudest(start, end), "bucket {} is too quiet", bucket);
                prop_assert!(drawn <= loudest(start.saturating_sub(width), end + width), "bucket {} is too loud", bucket);
            }
        }
    }
}
