//! One run of a clip through an output: samples out, frames counted.
//!
//! Invariants: a voice plays from one frame on to the clip's end or until it is halted, and never again; its cursor counts
//! *source* frames handed out, so position does not depend on the device's rate. Jumping or going on after a pause takes a
//! new voice, so there is no position that two threads write.
//!
//! Where sound does not start at a clip's own beginning or is halted, it fades over 5 ms: a cut in mid-wave clicks. The
//! fade-out repeats no position: its frames are not counted, so nothing is lost when playback goes on.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};

use crate::clip::Clip;

const FADES_PER_SECOND: f32 = 200.0;

/// What the player and a running voice share.
#[derive(Debug)]
pub(crate) struct Cursor {
    frame: AtomicUsize,
    halted: AtomicBool,
    gain: AtomicU32,
}

impl Cursor {
    /// Frames of the clip before the one that is handed out next.
    pub(crate) fn frame(&self) -> usize {
        self.frame.load(Ordering::Acquire)
    }

    /// Lets the voice fade out and end without [`Voice`] reporting an end.
    pub(crate) fn halt(&self) {
        self.halted.store(true, Ordering::Release);
    }

    pub(crate) fn set_gain(&self, gain: f32) {
        self.gain.store(gain.to_bits(), Ordering::Relaxed);
    }

    fn gain(&self) -> f32 {
        f32::from_bits(self.gain.load(Ordering::Relaxed))
    }
}

/// Samples on their way to an output: an iterator over interleaved samples in −1.0 to 1.0 that stays at its end.
pub struct Voice {
    clip: Arc<Clip>,
    cursor: Arc<Cursor>,
    frame: usize,
    channel: usize,
    level: f32,
    step: f32,
    on_end: Option<Box<dyn FnOnce() + Send>>,
}

impl Voice {
    /// A voice that starts at `frame`; `on_end` is called once, on the output's thread, when the clip's last sample has been
    /// handed out.
    pub(crate) fn new(clip: Arc<Clip>, frame: usize, gain: f32, on_end: impl FnOnce() + Send + 'static) -> Self {
        let cursor = Cursor {
            frame: AtomicUsize::new(frame),
            halted: AtomicBool::new(false),
            gain: AtomicU32::new(gain.to_bits()),
        };
        Self {
            step: FADES_PER_SECOND / clip.rate() as f32,
            clip,
            cursor: Arc::new(cursor),
            frame,
            channel: 0,
            level: if frame == 0 { gain } else { 0.0 },
            on_end: Some(Box::new(on_end)),
        }
    }

    pub(crate) fn cursor(&self) -> Arc<Cursor> {
        Arc::clone(&self.cursor)
    }

    /// Channels per frame, 1 to 8.
    pub fn channels(&self) -> u16 {
        self.clip.channels()
    }

    /// Frames per second.
    pub fn rate(&self) -> u32 {
        self.clip.rate()
    }

    /// Settles the level for the frame that begins; `false` when the voice is over.
    fn begin_frame(&mut self) -> bool {
        if self.on_end.is_none() {
            return false;
        }
        let halted = self.cursor.halted.load(Ordering::Acquire);
        let target = if halted { 0.0 } else { self.cursor.gain() };
        self.level += (target - self.level).clamp(-self.step, self.step);
        let at_end = self.frame >= self.clip.frames();
        let silent = halted && self.level == 0.0;
        if !at_end && !silent {
            return true;
        }
        if let Some(on_end) = self.on_end.take().filter(|_| !halted) {
            on_end();
        }
        false
    }

    fn end_frame(&mut self) {
        self.channel = 0;
        self.frame += 1;
        if !self.cursor.halted.load(Ordering::Acquire) {
            self.cursor.frame.store(self.frame, Ordering::Release);
        }
    }
}

impl Iterator for Voice {
    type Item = f32;

    fn next(&mut self) -> Option<f32> {
        if self.channel == 0 && !self.begin_frame() {
            return None;
        }
        let channels = usize::from(self.clip.channels());
        let sample = f32::from(self.clip.samples()[self.frame * channels + self.channel]) / 32_768.0;
        self.channel += 1;
        if self.channel == channels {
            self.end_frame();
        }
        Some(sample * self.level)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::sync::atomic::AtomicU8;

    use super::*;

    const RATE: u32 = 8_000;
    const FADE: usize = RATE as usize / FADES_PER_SECOND as usize;

    /// A stereo ramp in which every frame is different: (n, -n).
    fn ramp(frames: i16) -> Arc<Clip> {
        let samples = (0..frames).flat_map(|n| [n, -n]).collect();
        Arc::new(Clip::new(samples, 2, RATE, None))
    }

    fn expected(frames: std::ops::Range<i16>) -> Vec<f32> {
        frames.flat_map(|n| [f32::from(n) / 32_768.0, f32::from(-n) / 32_768.0]).collect()
    }

    fn counter() -> (Arc<AtomicU8>, impl FnOnce() + Send + 'static) {
        let count = Arc::new(AtomicU8::new(0));
        let counted = Arc::clone(&count);
        (count, move || {
            counted.fetch_add(1, Ordering::SeqCst);
        })
    }

    #[test]
    fn from_the_start_every_sample_is_the_clip_s_own() {
        let voice = Voice::new(ramp(1_000), 0, 1.0, || ());
        let cursor = voice.cursor();
        assert_eq!(voice.collect::<Vec<_>>(), expected(0..1_000));
        assert_eq!(cursor.frame(), 1_000);
    }

    #[test]
    fn a_start_in_the_middle_is_exact_after_the_fade() {
        let heard: Vec<f32> = Voice::new(ramp(1_000), 300, 1.0, || ()).collect();
        assert_eq!(heard.len(), 2 * 700, "no frame is added or lost by the fade");
        assert_eq!(heard[2 * FADE..], expected(300..1_000)[2 * FADE..]);
        assert!(heard[0].abs() < 0.05 * expected(300..301)[0], "the first sample is faded in");
    }

    #[test]
    fn a_halted_voice_fades_out_without_counting_and_reports_no_end() {
        let (ends, count) = counter();
        let mut voice = Voice::new(ramp(1_000), 0, 1.0, count);
        let cursor = voice.cursor();
        voice.by_ref().take(2 * 100).for_each(drop);
        cursor.halt();
        let tail: Vec<f32> = voice.by_ref().collect();
        assert_eq!(cursor.frame(), 100, "playback goes on where it was halted");
        assert!(tail.len() / 2 <= FADE, "the tail lasts 5 ms at most");
        assert!(tail[tail.len() - 2].abs() < tail[0].abs(), "the tail falls");
        assert_eq!(voice.next(), None, "a voice stays at its end");
        assert_eq!(ends.load(Ordering::SeqCst), 0);
    }

    #[test]
    fn the_end_is_reported_once() {
        let (ends, count) = counter();
        let mut voice = Voice::new(ramp(10), 0, 1.0, count);
        voice.by_ref().for_each(drop);
        assert_eq!(voice.next(), None);
        assert_eq!(ends.load(Ordering::SeqCst), 1);
    }

    #[test]
    fn a_new_gain_is_reached_without_a_jump() {
        let flat = Arc::new(Clip::new(vec![16_384; 1_000], 1, RATE, None));
        let mut voice = Voice::new(flat, 0, 1.0, || ());
        voice.by_ref().take(10).for_each(drop);
        voice.cursor().set_gain(0.25);
        let heard: Vec<f32> = voice.collect();
        assert!(
            heard.windows(2).all(|pair| pair[0] - pair[1] <= 0.5 / FADE as f32 + 1e-6),
            "no step is larger than the fade's"
        );
        assert!(heard[FADE..].iter().all(|sample| *sample == 0.125));
    }
}
