//! One run of sound through an output: frames out of a queue, counted.
//!
//! Invariants: a voice plays from one place on until nothing follows or until it is halted, and never again; its cursor counts
//! *output* frames handed out, and what fills the queue knows which source frame each of them is. Jumping or going on after a
//! pause takes a new voice, so there is no position that two threads write. Taking a frame never blocks.
//!
//! Where sound does not start at a clip's own beginning or is halted, it fades over 5 ms: a cut in mid-wave clicks. The
//! fade-out repeats no position: its frames are not counted, so nothing is lost when playback goes on.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, AtomicU64, Ordering};
use std::thread::Thread;

use rtrb::{Consumer, Producer, RingBuffer};

use crate::order::OUTPUT_RATE;

/// Left and right.
pub(crate) type Frame = [f32; 2];

/// What is fed ahead of the output: 2 s.
const QUEUE_FRAMES: usize = 2 * OUTPUT_RATE as usize;
/// Fewer than these in the queue, and whoever feeds it is woken: 1.5 s.
const LOW_FRAMES: usize = OUTPUT_RATE as usize * 3 / 2;
/// How often the queue is looked at: 21 ms.
const LOOK_EVERY: u64 = 1_024;
const FADE_FRAMES: f32 = OUTPUT_RATE as f32 / 200.0;

/// What comes after the frames in the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Outlook {
    /// More frames.
    More,
    /// A recording that is not there yet.
    Missing,
    /// Nothing: the conversation is over.
    End,
}

/// What the player, the feeder and a running voice share.
#[derive(Debug)]
pub(crate) struct Cursor {
    frames: AtomicU64,
    halted: AtomicBool,
    gain: AtomicU32,
    outlook: AtomicU8,
}

impl Cursor {
    /// Output frames handed out so far.
    pub(crate) fn frames(&self) -> u64 {
        self.frames.load(Ordering::Acquire)
    }

    /// Lets the voice fade out and end without [`Voice`] reporting an end.
    pub(crate) fn halt(&self) {
        self.halted.store(true, Ordering::Release);
    }

    pub(crate) fn is_halted(&self) -> bool {
        self.halted.load(Ordering::Acquire)
    }

    pub(crate) fn set_gain(&self, gain: f32) {
        self.gain.store(gain.to_bits(), Ordering::Relaxed);
    }

    /// To be called after what it promises has been put into the queue.
    pub(crate) fn set_outlook(&self, outlook: Outlook) {
        self.outlook.store(outlook as u8, Ordering::Release);
    }

    fn outlook(&self) -> Outlook {
        match self.outlook.load(Ordering::Acquire) {
            0 => Outlook::More,
            1 => Outlook::Missing,
            _ => Outlook::End,
        }
    }

    fn gain(&self) -> f32 {
        f32::from_bits(self.gain.load(Ordering::Relaxed))
    }
}

/// What an output gets when it asks for a frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Heard {
    /// Left and right, in −1.0 to 1.0.
    Frame([f32; 2]),
    /// Nothing now, more to come: the output plays silence or waits.
    Nothing,
    /// Nothing any more.
    Over,
}

/// Sound on its way to an output, in stereo at [`OUTPUT_RATE`].
pub struct Voice {
    queue: Consumer<Frame>,
    cursor: Arc<Cursor>,
    feeder: Option<Thread>,
    taken: u64,
    level: f32,
    on_end: Option<Box<dyn FnOnce(Outlook) + Send>>,
}

impl Voice {
    /// A voice and the queue it plays. It fades in unless it `begins` with a clip's own beginning; `on_end` is called once, on
    /// the output's thread, when the last frame before an end or a missing recording has been handed out.
    pub(crate) fn new(
        gain: f32,
        begins: bool,
        on_end: impl FnOnce(Outlook) + Send + 'static,
    ) -> (Self, Producer<Frame>) {
        let (frames, queue) = RingBuffer::new(QUEUE_FRAMES);
        let cursor = Cursor {
            frames: AtomicU64::new(0),
            halted: AtomicBool::new(false),
            gain: AtomicU32::new(gain.to_bits()),
            outlook: AtomicU8::new(Outlook::More as u8),
        };
        let voice = Self {
            queue,
            cursor: Arc::new(cursor),
            feeder: None,
            taken: 0,
            level: if begins { gain } else { 0.0 },
            on_end: Some(Box::new(on_end)),
        };
        (voice, frames)
    }

    pub(crate) fn cursor(&self) -> Arc<Cursor> {
        Arc::clone(&self.cursor)
    }

    /// Who is woken when the queue runs low.
    pub(crate) fn fed_by(&mut self, feeder: Thread) {
        self.feeder = Some(feeder);
    }

    /// The next frame.
    pub fn next_frame(&mut self) -> Heard {
        if self.on_end.is_none() {
            return Heard::Over;
        }
        let halted = self.cursor.is_halted();
        if halted && self.level == 0.0 {
            return self.end(None);
        }
        // Asked for before the queue: what it promises was put there before.
        let outlook = self.cursor.outlook();
        let Ok(frame) = self.queue.pop() else {
            if halted {
                return self.end(None);
            }
            return match outlook {
                // A feeder that broke down must not leave the player waiting for ever.
                Outlook::More if self.queue.is_abandoned() && self.queue.is_empty() => self.end(Some(Outlook::End)),
                Outlook::More => {
                    self.wake_feeder();
                    Heard::Nothing
                }
                end => self.end(Some(end)),
            };
        };
        let target = if halted { 0.0 } else { self.cursor.gain() };
        self.level += (target - self.level).clamp(-1.0 / FADE_FRAMES, 1.0 / FADE_FRAMES);
        if !halted {
            self.taken += 1;
            self.cursor.frames.store(self.taken, Ordering::Release);
            if self.taken.is_multiple_of(LOOK_EVERY) && self.queue.slots() < LOW_FRAMES {
                self.wake_feeder();
            }
        }
        Heard::Frame(frame.map(|sample| sample * self.level))
    }

    fn wake_feeder(&self) {
        if let Some(feeder) = &self.feeder {
            feeder.unpark();
        }
    }

    fn end(&mut self, why: Option<Outlook>) -> Heard {
        let on_end = self.on_end.take();
        if let (Some(on_end), Some(why)) = (on_end, why) {
            on_end(why);
        }
        Heard::Over
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::sync::Mutex;

    use super::*;

    const FADE: usize = FADE_FRAMES as usize;

    /// Frames that are all different: (n, −n).
    fn ramp(frames: std::ops::Range<u16>) -> Vec<Frame> {
        frames.map(|n| [f32::from(n) / 65_536.0, -f32::from(n) / 65_536.0]).collect()
    }

    /// A voice of `frames` followed by `outlook`, and what it reports.
    fn voice(begins: bool, frames: &[Frame], outlook: Outlook) -> (Voice, Producer<Frame>, Arc<Mutex<Vec<Outlook>>>) {
        let ends: Arc<Mutex<Vec<Outlook>>> = Arc::default();
        let told = Arc::clone(&ends);
        let (voice, mut queue) = Voice::new(1.0, begins, move |end| told.lock().unwrap().push(end));
        queue.push_entire_slice(frames).unwrap();
        voice.cursor().set_outlook(outlook);
        (voice, queue, ends)
    }

    fn rest(voice: &mut Voice) -> Vec<Frame> {
        let frames = std::iter::from_fn(|| match voice.next_frame() {
            Heard::Frame(frame) => Some(frame),
            _ => None,
        });
        frames.collect()
    }

    fn take(voice: &mut Voice, frames: usize) {
        for _ in 0..frames {
            assert!(matches!(voice.next_frame(), Heard::Frame(_)));
        }
    }

    #[test]
    fn from_a_beginning_every_frame_is_the_clip_s_own() {
        let (mut voice, _queue, ends) = voice(true, &ramp(0..1_000), Outlook::End);
        assert_eq!(rest(&mut voice), ramp(0..1_000));
        assert_eq!(voice.cursor().frames(), 1_000);
        assert_eq!((voice.next_frame(), voice.next_frame()), (Heard::Over, Heard::Over));
        assert_eq!(*ends.lock().unwrap(), [Outlook::End], "the end is reported once");
    }

    #[test]
    fn a_start_in_mid_wave_is_exact_after_the_fade() {
        let (mut voice, _queue, _) = voice(false, &ramp(300..1_000), Outlook::End);
        let heard = rest(&mut voice);
        assert_eq!(heard.len(), 700, "no frame is added or lost by the fade");
        assert_eq!(heard[FADE..], ramp(300..1_000)[FADE..]);
        assert!(heard[0][0] < 0.05 * ramp(300..301)[0][0], "the first frame is faded in");
    }

    #[test]
    fn a_halted_voice_fades_out_without_counting_and_reports_no_end() {
        let (mut voice, _queue, ends) = voice(true, &ramp(1_000..2_000), Outlook::End);
        take(&mut voice, 100);
        voice.cursor().halt();
        let tail = rest(&mut voice);
        assert_eq!(voice.cursor().frames(), 100, "playback goes on where it was halted");
        assert!(tail.len() <= FADE + 1, "the tail lasts 5 ms at most");
        assert!(tail[tail.len() - 1][0] < tail[0][0], "the tail falls");
        assert_eq!(voice.next_frame(), Heard::Over);
        assert!(ends.lock().unwrap().is_empty());
    }

    #[test]
    fn an_empty_queue_is_no_end_while_more_is_promised() {
        let (mut voice, mut queue, ends) = voice(true, &ramp(0..10), Outlook::More);
        assert_eq!(rest(&mut voice).len(), 10);
        assert_eq!(voice.next_frame(), Heard::Nothing);
        queue.push(ramp(10..11)[0]).unwrap();
        assert_eq!(voice.next_frame(), Heard::Frame(ramp(10..11)[0]));
        assert_eq!(voice.cursor().frames(), 11, "silence in between is not counted");
        voice.cursor().set_outlook(Outlook::Missing);
        assert_eq!(voice.next_frame(), Heard::Over);
        assert_eq!(*ends.lock().unwrap(), [Outlook::Missing]);
    }

    #[test]
    fn a_feeder_that_breaks_down_ends_the_voice() {
        let (mut voice, queue, ends) = voice(true, &ramp(0..10), Outlook::More);
        drop(queue);
        assert_eq!(rest(&mut voice).len(), 10);
        assert_eq!(*ends.lock().unwrap(), [Outlook::End]);
    }

    #[test]
    fn a_new_gain_is_reached_without_a_jump() {
        let (mut voice, _queue, _) = voice(true, &[[0.5; 2]; 1_000], Outlook::End);
        take(&mut voice, 10);
        voice.cursor().set_gain(0.25);
        let heard: Vec<f32> = rest(&mut voice).iter().map(|frame| frame[0]).collect();
        let largest = 0.5 / FADE_FRAMES + 1e-6;
        assert!(heard.windows(2).all(|pair| pair[0] - pair[1] <= largest), "no step is larger than the fade's");
        assert!(heard[FADE..].iter().all(|sample| *sample == 0.125));
    }
}
