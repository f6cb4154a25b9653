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
