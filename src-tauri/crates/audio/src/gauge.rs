//! Measures sound as it passes: the loudest sample and the energy of every 10 ms.
//!
//! Invariant: a step of 10 ms begins where its number of hundredths of a second rounds down to a frame, so none drifts at
//! rates like 22,050.

use std::ops::Range;

use crate::peaks::Peaks;
use crate::silence::Envelope;

/// What is measured side by side, so that the processor's vector units are used.
const LANES: usize = 16;

pub(crate) struct Gauge {
    rate: u32,
    channels: usize,
    /// Frames that are passed over before the first is measured.
    ahead: usize,
    /// Frames of the step that is being measured which are still to come.
    left: usize,
    loudest: f32,
    energy: f32,
    peaks: Vec<u8>,
    levels: Vec<i8>,
    loudest_of_all: f32,
}

impl Gauge {
    /// Measures what follows the first `ahead` frames.
    pub(crate) fn new(rate: u32, channels: usize, ahead: u32) -> Self {
        Self {
            rate,
            channels,
            ahead: ahead as usize,
            left: step(0, rate).len(),
            loudest: 0.0,
            energy: 0.0,
            peaks: Vec::new(),
            levels: Vec::new(),
            loudest_of_all: 0.0,
        }
    }

    /// Takes the next samples, interleaved, in −1.0 to 1.0.
    pub(crate) fn pass(&mut self, samples: &[f32]) {
        let passed_over = self.ahead.min(samples.len() / self.channels);
        self.ahead -= passed_over;
        let mut rest = &samples[passed_over * self.channels..];
        while !rest.is_empty() {
            let (now, later) = rest.split_at(rest.len().min(self.left * self.channels));
            let (loudest, energy) = measure(now);
            self.loudest = self.loudest.max(loudest);
            self.energy += energy;
            self.left -= now.len() / self.channels;
            if self.left == 0 {
                self.end_step(step(self.peaks.len(), self.rate).len());
            }
            rest = later;
        }
    }

    fn end_step(&mut self, frames: usize) {
        self.loudest_of_all = self.loudest_of_all.max(self.loudest);
        self.peaks.push((self.loudest * 255.0).ceil() as u8);
        // All channels' energy together: a voice on one of two is as loud as on both.
        self.levels.push((10.0 * (self.energy / frames as f32).log10()).ceil() as i8);
        self.left = step(self.peaks.len(), self.rate).len();
        (self.loudest, self.energy) = (0.0, 0.0);
    }

    /// What was measured of the first `frames`; in the last step of a recording whose end was padded the padding counts.
    pub(crate) fn finish(mut self, frames: u64) -> Measured {
        let begun = step(self.peaks.len(), self.rate).len() - self.left;
        if begun > 0 {
            self.end_step(begun);
        }
        let steps = (frames * 100).div_ceil(u64::from(self.rate)) as usize;
        self.peaks.truncate(steps);
        self.levels.truncate(steps);
        self.peaks.shrink_to_fit();
        self.levels.shrink_to_fit();
        Measured {
            peaks: Peaks::new(self.peaks),
            envelope: Envelope::new(self.levels, self.rate, frames),
            loudest: self.loudest_of_all,
        }
    }
}

/// All that was measured in one pass.
pub(crate) struct Measured {
    pub(crate) peaks: Peaks,
    pub(crate) envelope: Envelope,
    /// The loudest sample, 0.0 to 1.0.
    pub(crate) loudest: f32,
}

/// The frames of step `index`.
fn step(index: usize, rate: u32) -> Range<usize> {
    let start = |index: usize| index * rate as usize / 100;
    start(index)..start(index + 1)
}

/// The loudest sample and the sum of all squares.
fn measure(samples: &[f32]) -> (f32, f32) {
    let (whole, rest) = samples.as_chunks::<LANES>();
    let mut loudest = [0.0_f32; LANES];
    let mut energy = [0.0_f32; LANES];
    for lanes in whole {
        for (lane, sample) in lanes.iter().enumerate() {
            let size = sample.abs();
            loudest[lane] = if size > loudest[lane] { size } else { loudest[lane] };
            energy[lane] += sample * sample;
        }
    }
    let of_rest = rest.iter().fold((0.0_f32, 0.0), |(max, sum), sample| (max.max(sample.abs()), sum + sample * sample));
    loudest.into_iter().zip(energy).fold(of_rest, |(max, sum), (size, square)| (max.max(size), sum + square))
}
