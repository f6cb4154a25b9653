//! Faster and slower speech at the pitch it was spoken in.
//!
//! Windows of the source are laid over one another, closer or farther apart than they were, each cross-faded into the next
//! (waveform-similarity overlap-add). A window is taken from near the place where it belongs, where its sound goes on most like
//! the window before it, so that the periods of a voice stay whole. On speech this keeps the sound better than the phase
//! vocoders it was measured against, at any rate.
//!
//! Invariants: output frame `n` sounds like source frame `n × percent / 100`, give or take [`REACH_MS`]; the output is
//! `round(source frames × 100 / percent)` frames long; it does not depend on how the source is cut into pushes; at 100 % it is
//! the source, bit for bit.
//!
//! ```
//! use earmark_audio::Tempo;
//!
//! let mut tempo = Tempo::new(24_000, 1, 150);
//! let mut heard = Vec::new();
//! tempo.push(&[0.25; 24_000]);
//! tempo.pull(&mut heard);
//! tempo.finish();
//! tempo.pull(&mut heard);
//! assert_eq!(heard.len(), 16_000);
//! ```

/// How far the output goes on with each window. Half of each window fades in and half fades out.
const HOP_MS: u64 = 12;
/// How far to either side of where it belongs a window may be taken: together one period of the deepest voice, 62 Hz.
const REACH_MS: u64 = 8;
/// What a window loses in likeness by being taken from [`REACH_MS`] away. More keeps sounds nearer to their places in time; from
/// 1.0 on the deepest voices lose their periods.
const STRAYING: f32 = 0.6;

/// Changes the speed of interleaved sound and keeps its pitch.
#[derive(Debug, Clone)]
pub struct Tempo {
    channels: usize,
    percent: u64,
    /// Frames; as are `reach` and all places.
    hop: u64,
    reach: u64,
    /// Source samples that are still needed, from the frame `start` on.
    source: Vec<f32>,
    start: u64,
    /// Windows laid so far.
    windows: u64,
    /// Where the window before would go on.
    onward: u64,
    /// Length of the source in frames, once it is known.
    length: Option<u64>,
}

impl Tempo {
    /// For sound of `rate` frames per second and `channels` samples per frame, at `percent` of its own speed.
    ///
    /// `percent` is held to 50..=300; a `rate` or a number of `channels` of 0 counts as 1.
    pub fn new(rate: u32, channels: u16, percent: u16) -> Self {
        let frames = |ms: u64| (u64::from(rate) * ms / 1_000).max(1);
        Self {
            channels: usize::from(channels.max(1)),
            percent: u64::from(percent.clamp(50, 300)),
            hop: frames(HOP_MS),
            reach: frames(REACH_MS),
            source: Vec::new(),
            start: 0,
            windows: 0,
            onward: 0,
            length: None,
        }
    }

    /// Takes the next samples of the source. After [`finish`](Self::finish) they are ignored.
    pub fn push(&mut self, samples: &[f32]) {
        if self.length.is_none() {
            self.source.extend_from_slice(samples);
        }
    }

    /// Says that the source is complete. A frame that lacks samples at its end is left out.
    pub fn finish(&mut self) {
        if self.length.is_none() {
            self.length = Some(self.pushed());
            let whole = self.source.len() / self.channels * self.channels;
            // The last windows reach beyond the source; there it is silent.
            let silence = if self.percent == 100 { 0 } else { self.hop as usize * self.channels };
            self.source.truncate(whole);
            self.source.resize(whole + silence, 0.0);
        }
    }

    /// Appends all output that can be made so far.
    pub fn pull(&mut self, output: &mut Vec<f32>) {
        if self.percent == 100 {
            let whole = self.source.len() / self.channels * self.channels;
            self.start += (whole / self.channels) as u64;
            output.extend(self.source.drain(..whole));
            return;
        }
        while let Some(frames) = self.next_frames() {
            self.lay_window(frames, output);
        }
        // Nothing before any of these is read again; the source may end here, and its last window then belongs earlier.
        let belongs = self.belongs().min(self.pushed().saturating_sub(self.hop));
        let needed = self.onward.min(belongs.saturating_sub(self.reach));
        let unneeded = needed.saturating_sub(self.start) as usize * self.channels;
        self.source.drain(..unneeded);
        self.start = self.start.max(needed);
    }

    fn pushed(&self) -> u64 {
        self.start + (self.source.len() / self.channels) as u64
    }

    /// Where the next window belongs: so that its middle, where it alone is heard, is in time.
    fn belongs(&self) -> u64 {
        let place = (((self.windows + 1) * self.hop * self.percent + 50) / 100).saturating_sub(self.hop);
        self.length.map_or(place, |length| place.min(length.saturating_sub(self.hop)))
    }

    /// How many frames the next window adds, when all it needs of the source is there.
    fn next_frames(&self) -> Option<u64> {
        match self.length {
            Some(length) => {
                let total = (length * 100 + self.percent / 2) / self.percent;
                let left = total.saturating_sub(self.windows * self.hop);
                (left > 0).then(|| left.min(self.hop))
            }
            None => {
                let needed = self.onward.max(self.belongs() + self.reach) + self.hop;
                (needed <= self.pushed()).then_some(self.hop)
            }
        }
    }

    /// Fades from where the last window goes on into the next one.
    fn lay_window(&mut self, frames: u64, output: &mut Vec<f32>) {
        let place = self.likest();
        let fading_out = self.frames(self.onward, frames).chunks_exact(self.channels);
        let fading_in = self.frames(place, frames).chunks_exact(self.channels);
        for (n, (old, new)) in fading_out.zip(fading_in).enumerate() {
            let turn = (n as f32 + 0.5) / self.hop as f32;
            let share = 0.5 - 0.5 * (std::f32::consts::PI * turn).cos();
            output.extend(old.iter().zip(new).map(|(old, new)| old + (new - old) * share));
        }
        self.onward = (place + self.hop).min(self.length.unwrap_or(u64::MAX));
        self.windows += 1;
    }

    fn frames(&self, from: u64, count: u64) -> &[f32] {
        let first = (from - self.start) as usize * self.channels;
        &self.source[first..first + count as usize * self.channels]
    }

    /// The place within reach whose sound is most like how the last window goes on.
    fn likest(&self) -> u64 {
        let belongs = self.belongs();
        let last = self.length.map_or(u64::MAX, |length| length.saturating_sub(self.hop));
        let onward = self.frames(self.onward, self.hop);
        let loudness = energy(onward);
        let mut best = (f32::NEG_INFINITY, belongs);
        for place in belongs.saturating_sub(self.reach)..=(belongs + self.reach).min(last) {
            let there = self.frames(place, self.hop);
            let scale = (loudness * energy(there)).sqrt() + f32::MIN_POSITIVE;
            let strayed = place.abs_diff(belongs) as f32 / self.reach as f32;
            let likeness = product(onward, there) / scale - STRAYING * strayed * strayed;
            if likeness > best.0 {
                best = (likeness, place);
            }
        }
        best.1
    }
}

fn energy(samples: &[f32]) -> f32 {
    product(samples, samples)
}

/// The sum of products. In lanes, because a compiler may not reorder the sum of one.
fn product(a: &[f32], b: &[f32]) -> f32 {
    const LANES: usize = 16;
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
    let mut sums = [0.0; LANES];
    for (a, b) in a.iter().zip(b) {
        for lane in 0..LANES {
            sums[lane] += a[lane] * b[lane];
        }
    }
    sums.iter().sum::<f32>() + a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum::<f32>()
}
