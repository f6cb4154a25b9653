//! From a recording's rate and channels to the output's.
//!
//! Invariants: the output is `ceil(source frames × to / from)` frames long and sounds when the source does (the filter's delay is
//! taken off); it does not depend on how the source is cut into pushes; where both rates are equal it is the source, bit for bit.
//!
//! ```
//! use earmark_audio::{Resample, to_stereo};
//!
//! let mut resample = Resample::new(8_000, 48_000, 1);
//! let mut heard = Vec::new();
//! resample.push(&[0.25; 800]);
//! resample.finish();
//! resample.pull(&mut heard);
//! assert_eq!(heard.len(), 4_800);
//!
//! let mut both_ears = Vec::new();
//! to_stereo(&heard, 1, &mut both_ears);
//! assert_eq!(both_ears.len(), 9_600);
//! ```

use std::fmt;

use rubato::audioadapter_buffers::direct::InterleavedSlice;
use rubato::{Fft, FixedSync, Indexing, Resampler};

/// About how many source frames are transformed at once: long enough for a steep filter, short enough to answer soon.
const BLOCK_FRAMES: usize = 512;

/// Changes the rate of interleaved sound.
pub struct Resample {
    channels: usize,
    /// None where both rates are equal.
    filter: Option<Filter>,
    /// Source samples not yet used.
    source: Vec<f32>,
    finished: bool,
}

struct Filter {
    fft: Fft<f32>,
    from: u64,
    to: u64,
    /// Source frames taken so far, those of silence after the end not counted.
    taken: u64,
    /// Output frames given so far.
    given: u64,
    /// Output frames of the filter's delay that are still to be dropped.
    delay: usize,
    block: Vec<f32>,
}

impl Resample {
    /// From `from_rate` to `to_rate` frames per second, of `channels` samples each; 0 counts as 1.
    pub fn new(from_rate: u32, to_rate: u32, channels: u16) -> Self {
        let channels = usize::from(channels.max(1));
        let filter = (from_rate != to_rate).then(|| Filter::new(from_rate.max(1), to_rate.max(1), channels));
        Self { channels, filter, source: Vec::new(), finished: false }
    }

    /// Takes the next samples of the source. After [`finish`](Self::finish) they are ignored.
    pub fn push(&mut self, samples: &[f32]) {
        if !self.finished {
            self.source.extend_from_slice(samples);
        }
    }

    /// Says that the source is complete. A frame that lacks samples at its end is left out.
    pub fn finish(&mut self) {
        self.finished = true;
    }

    /// Appends all output that can be made so far.
    pub fn pull(&mut self, output: &mut Vec<f32>) {
        let whole = self.source.len() / self.channels * self.channels;
        let used = match &mut self.filter {
            Some(filter) => filter.run(&self.source[..whole], self.channels, self.finished, output),
            None => {
                output.extend_from_slice(&self.source[..whole]);
                whole
            }
        };
        self.source.drain(..used);
    }
}

impl Filter {
    fn new(from: u32, to: u32, channels: usize) -> Self {
        let fft = Fft::new(from as usize, to as usize, BLOCK_FRAMES, channels, FixedSync::Both)
            .expect("neither the rates nor the block are 0, and nothing else is refused");
        let (delay, block) = (fft.output_delay(), vec![0.0; fft.output_frames_max() * channels]);
        Self { fft, from: u64::from(from), to: u64::from(to), taken: 0, given: 0, delay, block }
    }

    /// Answers how many samples of `source` were used.
    fn run(&mut self, source: &[f32], channels: usize, finished: bool, output: &mut Vec<f32>) -> usize {
        let mut rest = source;
        let step = self.fft.input_frames_next() * channels;
        while rest.len() >= step {
            let (block, after) = rest.split_at(step);
            self.take(block, channels, u64::MAX, output);
            rest = after;
        }
        if finished {
            let length = self.taken + (rest.len() / channels) as u64;
            let total = (length * self.to).div_ceil(self.from);
            while self.given < total {
                self.take(rest, channels, total, output);
                rest = &[];
            }
            rest = &[];
        }
        source.len() - rest.len()
    }

    /// Filters one block, followed by silence where it is too short. Gives no more than `total` frames altogether.
    fn take(&mut self, block: &[f32], channels: usize, total: u64, output: &mut Vec<f32>) {
        let taken = block.len() / channels;
        let given = self.fft.output_frames_next();
        let part = Indexing { partial_len: Some(taken), ..Indexing::default() };
        let input = InterleavedSlice::new(block, channels, taken).expect("the block holds whole frames");
        let mut filtered = InterleavedSlice::new_mut(&mut self.block, channels, given)
            .expect("the block has room for the most frames a call may give");
        self.fft
            .process_into_buffer(&input, &mut filtered, Some(&part))
            .expect("the input has the frames it is said to have and the output has room");
        self.taken += taken as u64;
        let dropped = self.delay.min(given);
        self.delay -= dropped;
        let left = usize::try_from(total - self.given).unwrap_or(usize::MAX);
        let kept = (given - dropped).min(left);
        output.extend_from_slice(&self.block[dropped * channels..(dropped + kept) * channels]);
        self.given += kept as u64;
    }
}

/// Tells the shape, not the sound.
impl fmt::Debug for Resample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rates = self.filter.as_ref().map(|filter| (filter.from, filter.to));
        f.debug_struct("Resample").field("channels", &self.channels).field("rates", &rates).finish_non_exhaustive()
    }
}

/// Appends interleaved sound of any number of channels to `stereo` as left and right.
///
/// One channel goes to both ears at full level. Of more than two each ear gets the mean of all: which of them is the left one
/// differs between formats, and so no voice is lost. A frame that lacks samples at its end is left out.
pub fn to_stereo(samples: &[f32], channels: u16, stereo: &mut Vec<f32>) {
    match channels {
        0 => {}
        1 => stereo.extend(samples.iter().flat_map(|sample| [*sample; 2])),
        2 => stereo.extend_from_slice(&samples[..samples.len() / 2 * 2]),
        more => stereo.extend(
            samples.chunks_exact(usize::from(more)).flat_map(|frame| [frame.iter().sum::<f32>() / f32::from(more); 2]),
        ),
    }
}
