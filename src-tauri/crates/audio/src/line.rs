//! From a recording to frames for the output: decoded, evened, cut, changed in speed, brought to the output's rate.
//!
//! Invariants: a line yields exactly the frames its [`Order`] counts, in blocks, whatever the recording's rate and channels;
//! at the output's own rate, at 100 % and without cuts they are the recording's own samples.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

use crate::order::{OUTPUT_RATE, Order};
use crate::reader::Reader;
use crate::recording::Recording;
use crate::resample::{Resample, to_stereo};
use crate::tempo::Tempo;
use crate::voice::Frame;

/// One recording from one place to its end.
pub(crate) struct Line {
    reader: Reader,
    /// Source frames that are still to be kept.
    kept: VecDeque<Range<u64>>,
    /// The source frame the reader gives next.
    at: u64,
    channels: u16,
    gain: f32,
    tempo: Tempo,
    resample: Resample,
    samples: Vec<f32>,
    stereo: Vec<f32>,
    frames: Vec<Frame>,
    finished: bool,
}

impl Line {
    pub(crate) fn new(recording: &Arc<Recording>, order: &Order, percent: u16, gain: f32) -> Self {
        let kept: VecDeque<_> = order.spans().collect();
        let at = kept.front().map_or(recording.frames(), |span| span.start);
        // More than two channels are mixed down before the costly steps, one is doubled after them.
        let inner = recording.channels().min(2);
        Self {
            reader: recording.read(at),
            kept,
            at,
            channels: recording.channels(),
            gain,
            tempo: Tempo::new(recording.rate(), inner, percent),
            resample: Resample::new(recording.rate(), OUTPUT_RATE, inner),
            samples: Vec::new(),
            stereo: Vec::new(),
            frames: Vec::new(),
            finished: false,
        }
    }

    /// The next frames, at least one; `None` when there are no more.
    pub(crate) fn next_block(&mut self) -> Option<&[Frame]> {
        self.frames.clear();
        while self.frames.is_empty() && !self.finished {
            self.finished = !self.read();
            if self.finished {
                self.tempo.finish();
            }
            self.pass_on();
        }
        Some(self.frames.as_slice()).filter(|frames| !frames.is_empty())
    }

    /// Takes the next block of the recording in; `false` when nothing that is kept is left of it.
    fn read(&mut self) -> bool {
        if self.kept.is_empty() {
            return false;
        }
        let Some(block) = self.reader.next_block() else { return false };
        let channels = usize::from(self.channels);
        let (start, end) = (self.at, self.at + (block.len() / channels) as u64);
        self.at = end;
        self.samples.clear();
        while let Some(span) = self.kept.front().filter(|span| span.start < end) {
            let part = (span.start.max(start) - start) as usize..(span.end.min(end) - start) as usize;
            self.samples
                .extend(block[part.start * channels..part.end * channels].iter().map(|sample| sample * self.gain));
            if span.end > end {
                break;
            }
            self.kept.pop_front();
        }
        true
    }

    fn pass_on(&mut self) {
        if self.channels > 2 {
            self.stereo.clear();
            to_stereo(&self.samples, self.channels, &mut self.stereo);
            std::mem::swap(&mut self.samples, &mut self.stereo);
        }
        self.tempo.push(&self.samples);
        self.samples.clear();
        self.tempo.pull(&mut self.samples);
        self.resample.push(&self.samples);
        if self.finished {
            self.resample.finish();
        }
        self.samples.clear();
        self.resample.pull(&mut self.samples);
        self.stereo.clear();
        to_stereo(&self.samples, self.channels.min(2), &mut self.stereo);
        self.samples.clear();
        self.frames.extend(self.stereo.as_chunks::<2>().0);
    }
}
