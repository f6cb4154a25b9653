//! Drawing a conversation's waveform from the recordings on its line.

use std::sync::Arc;

use earmark_audio::Recording;

/// A recording and where it begins, in milliseconds of conversation time.
pub(crate) type Placed = (u32, Arc<Recording>);

/// The loudest sample, 0 to 255, of each of `buckets` equal stretches between two times.
pub(crate) fn draw(placed: &[Placed], from_ms: u32, to_ms: u32, buckets: usize) -> Vec<u8> {
    let mut drawn = vec![0; buckets];
    let length = u64::from(to_ms.saturating_sub(from_ms));
    if length == 0 {
        return drawn;
    }
    let edge = |bucket: usize| from_ms + (length * bucket as u64 / buckets as u64) as u32;
    for (start, recording) in placed {
        let end = start.saturating_add(recording.duration_ms());
        let bucket_at = |ms: u32| (u64::from(ms.saturating_sub(from_ms)) * buckets as u64 / length) as usize;
        let (first, last) = (bucket_at(*start), bucket_at(end).min(buckets.saturating_sub(1)));
        for (bucket, value) in drawn.iter_mut().enumerate().take(last + 1).skip(first) {
            // A stretch finer than a millisecond is drawn as the one it lies in.
            let (left, right) = (edge(bucket), edge(bucket + 1).max(edge(bucket) + 1));
            let within = (left.max(*start), right.min(end));
            if within.0 < within.1 {
                let loudest = recording.peaks().draw(within.0 - start, within.1 - start, 1);
                *value = loudest.into_iter().fold(*value, u8::max);
            }
        }
    }
    drawn
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wav;

    /// A second whose last 400 ms are loud.
    fn recording() -> Arc<Recording> {
        wav::recording(&[[128; 4_800].as_slice(), &[255; 3_200]].concat())
    }

    #[test]
    fn each_recording_is_drawn_where_it_lies() {
        let placed = [(1_000, recording()), (3_000, recording())];
        let loud: Vec<bool> = draw(&placed, 0, 5_000, 10).into_iter().map(|value| value > 200).collect();
        assert_eq!(loud, [false, false, false, true, false, false, false, true, false, false]);
        // From within one recording to within the other.
        let loud: Vec<bool> = draw(&placed, 1_500, 3_500, 4).into_iter().map(|value| value > 200).collect();
        assert_eq!(loud, [true, false, false, false]);
    }

    #[test]
    fn any_stretch_can_be_drawn() {
        let placed = [(1_000, recording())];
        assert_eq!(draw(&placed, 1_500, 1_500, 3), [0; 3]);
        assert_eq!(draw(&placed, 2_000, 1_000, 3), [0; 3], "backwards");
        assert_eq!(draw(&placed, 0, 5_000, 0), [0_u8; 0]);
        assert!(draw(&placed, 1_600, 1_610, 1_000).iter().all(|value| *value > 200), "finer than a millisecond");
        assert_eq!(draw(&placed, u32::MAX - 1, u32::MAX, 2), [0; 2]);
        assert_eq!(draw(&[(u32::MAX - 10, recording())], 0, u32::MAX, 3)[0], 0);
    }
}
