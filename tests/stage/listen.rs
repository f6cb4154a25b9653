//! Compares sounds: where in one does another occur, and how alike are they?
//!
//! Sounds are brought to one channel at 4,000 frames a second, which keeps a voice's fundamental and first formants: enough
//! to tell two sentences apart, little enough to compare at every place.

use std::sync::Arc;

use earmark_audio::Recording;

/// Frames per second in which sounds are compared.
const COMPARED: u32 = 4_000;

/// One channel of sound, for comparing.
#[derive(Debug, Clone)]
pub struct Sound(Vec<f32>);

/// Where a sound was found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Found {
    /// Seconds from the beginning.
    pub at: f64,
    /// Likeness: 1 the same up to loudness, 0 nothing in common.
    pub likeness: f32,
}

impl Sound {
    /// Reads interleaved samples.
    pub fn new(samples: &[i16], channels: usize, rate: u32) -> Self {
        let mono: Vec<f32> = samples
            .chunks_exact(channels)
            .map(|frame| frame.iter().map(|sample| f32::from(*sample)).sum::<f32>() / channels as f32)
            .collect();
        let ratio = f64::from(rate) / f64::from(COMPARED);
        let length = (mono.len() as f64 / ratio) as usize;
        // The mean over each stretch is the low pass that comparing at a lower rate needs.
        let stretch = |index: usize| {
            let (start, end) = ((index as f64 * ratio) as usize, ((index + 1) as f64 * ratio) as usize);
            let part = &mono[start..end.max(start + 1).min(mono.len())];
            part.iter().sum::<f32>() / part.len() as f32
        };
        Self((0..length).map(stretch).collect())
    }

    /// Length in seconds.
    pub fn seconds(&self) -> f64 {
        self.0.len() as f64 / f64::from(COMPARED)
    }

    /// A stretch of it, in seconds; shorter where it ends before.
    #[must_use]
    pub fn part(&self, from: f64, length: f64) -> Self {
        let index = |seconds: f64| ((seconds.max(0.0) * f64::from(COMPARED)) as usize).min(self.0.len());
        Self(self.0[index(from)..index(from + length)].to_vec())
    }

    /// The loudest stretch of a length in seconds, and where it begins; all of it where it is not as long.
    pub fn loudest(&self, length: f64) -> (f64, Self) {
        let step = 0.05;
        let last = ((self.seconds() - length).max(0.0) / step) as usize;
        let begins = (0..=last).map(|index| index as f64 * step);
        let loudness = |at: &f64| energy(&self.part(*at, length).0);
        let at = begins.max_by(|one, other| loudness(one).total_cmp(&loudness(other))).unwrap_or(0.0);
        (at, self.part(at, length))
    }

    /// How loud each stretch of so many seconds is, as a logarithm.
    fn shape(&self, stretch: f64) -> Vec<f32> {
        let count = (self.seconds() / stretch) as usize;
        // What is softer than 0.1 % of full scale is all the same silence.
        let floor = |part: &Self| 32.0 * 32.0 * part.0.len().max(1) as f32;
        let stretches = (0..count).map(|index| self.part(index as f64 * stretch, stretch));
        stretches.map(|part| (energy(&part.0) / floor(&part)).max(1.0).ln()).collect()
    }

    /// When the first audible sound begins, in seconds.
    pub fn onset(&self) -> Option<f64> {
        // 0.1 % of full scale: dither and rounding stay below, the softest consonant above.
        self.0.iter().position(|sample| sample.abs() > 32.0).map(|index| index as f64 / f64::from(COMPARED))
    }
}

impl From<&Arc<Recording>> for Sound {
    fn from(recording: &Arc<Recording>) -> Self {
        let mut samples = Vec::new();
        let mut reader = recording.read(0);
        while let Some(block) = reader.next_block() {
            samples.extend(block.iter().map(|sample| (sample * 32_768.0) as i16));
        }
        Self::new(&samples, usize::from(recording.channels()), recording.rate())
    }
}

/// Where `whole` resembles `part` most (normalized cross-correlation).
pub fn locate(part: &Sound, whole: &Sound) -> Found {
    let (part, whole) = (&part.0, &whole.0);
    let own = energy(part);
    let mut best = Found { at: 0.0, likeness: 0.0 };
    if part.is_empty() || own == 0.0 {
        return best;
    }
    for (index, window) in whole.windows(part.len()).enumerate() {
        let energy = energy(window);
        // Likeness knows no loudness, and next to silence everything is alike.
        if energy < own * 0.25 {
            continue;
        }
        let shared: f32 = part.iter().zip(window).map(|(left, right)| left * right).sum();
        let likeness = shared / (own * energy).sqrt();
        if likeness > best.likeness {
            best = Found { at: index as f64 / f64::from(COMPARED), likeness };
        }
    }
    best
}

/// Seconds of what was heard whose loudness is compared at once by [`locate_words`].
const SYLLABLE: f64 = 0.02;

/// Where in `heard` the `words` were said, `speed` times as fast: by how their loudness rises and falls, because speech that
/// was made faster has other samples.
pub fn locate_words(words: &Sound, heard: &Sound, speed: f64) -> Found {
    let (words, heard) = (words.shape(SYLLABLE * speed), heard.shape(SYLLABLE));
    let mut best = Found { at: 0.0, likeness: 0.0 };
    if words.is_empty() {
        return best;
    }
    for (index, window) in heard.windows(words.len()).enumerate() {
        let likeness = correlation(&words, window);
        if likeness > best.likeness {
            best = Found { at: index as f64 * SYLLABLE, likeness };
        }
    }
    best
}

/// Pearson's coefficient of two series of one length.
fn correlation(one: &[f32], other: &[f32]) -> f32 {
    let mean = |series: &[f32]| series.iter().sum::<f32>() / series.len() as f32;
    let (one_mean, other_mean) = (mean(one), mean(other));
    let (mut shared, mut own, mut others) = (0.0, 0.0, 0.0);
    for (left, right) in one.iter().zip(other) {
        let (left, right) = (left - one_mean, right - other_mean);
        shared += left * right;
        own += left * left;
        others += right * right;
    }
    if own * others > 0.0 { shared / (own * others).sqrt() } else { 0.0 }
}

fn energy(samples: &[f32]) -> f32 {
    samples.iter().map(|sample| sample * sample).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A sweep is unlike itself at every other place.
    fn sweep(rate: u32, seconds: f64, from: f64) -> Vec<i16> {
        let frames = (f64::from(rate) * seconds) as usize;
        let sample = |index: usize| {
            let time = index as f64 / f64::from(rate);
            ((time * (from + 150.0 * time) * std::f64::consts::TAU).sin() * 8_000.0) as i16
        };
        (0..frames).map(sample).collect()
    }

    #[test]
    fn a_part_is_found_where_it_was_cut_out_whatever_the_rates() {
        let whole = Sound::new(&sweep(22_050, 3.0, 200.0), 1, 22_050);
        let other_rate: Vec<i16> = sweep(48_000, 3.0, 200.0).iter().flat_map(|sample| [*sample, *sample]).collect();
        let part = Sound::new(&other_rate, 2, 48_000).part(1.25, 0.5);
        let found = locate(&part, &whole);
        assert!(found.likeness > 0.98, "{found:?}");
        assert!((found.at - 1.25).abs() < 0.01, "{found:?}");
    }

    #[test]
    fn another_sound_is_not_found() {
        let whole = Sound::new(&sweep(22_050, 3.0, 200.0), 1, 22_050);
        let other = Sound::new(&sweep(22_050, 0.5, 1_700.0), 1, 22_050);
        assert!(locate(&other, &whole).likeness < 0.5);
        assert_eq!(locate(&Sound(vec![0.0; 100]), &whole).likeness, 0.0);
    }

    /// Words of different lengths at one pitch, every one followed by as long a pause.
    fn words(rate: u32, lengths: &[u32]) -> Vec<i16> {
        let word = |length: &u32| {
            let frames = (rate * length / 1_000) as usize;
            [sweep(rate, f64::from(*length) / 1_000.0, 300.0), vec![0; frames]].concat()
        };
        lengths.iter().flat_map(word).collect()
    }

    #[test]
    fn words_said_faster_are_found_by_their_loudness() {
        let said = Sound::new(&words(8_000, &[120, 400, 80, 240]), 1, 8_000);
        let faster = words(8_000, &[90, 30, 150, 60, 200, 40, 120, 70, 70]);
        let found = locate_words(&said, &Sound::new(&faster, 1, 8_000), 2.0);
        assert!(found.likeness > 0.9 && (found.at - 0.54).abs() < 0.03, "{found:?}");
        let other = Sound::new(&words(8_000, &[400, 80, 240, 240]), 1, 8_000);
        let wrong = locate_words(&other, &Sound::new(&faster, 1, 8_000), 2.0);
        assert!(wrong.likeness < 0.8, "{wrong:?}");
    }

    #[test]
    fn words_torn_by_a_busy_machine_are_found() {
        let lengths = [120, 400, 80, 240, 160];
        let said = words(8_000, &lengths);
        // Twice a second a buffer comes 20 ms late.
        let torn: Vec<i16> = said.chunks(4_000).flat_map(|heard| [heard, &[0; 160]].concat()).collect();
        let found = locate_words(&Sound::new(&said, 1, 8_000), &Sound::new(&torn, 1, 8_000), 1.0);
        assert!(found.likeness > 0.75 && found.at < 0.1, "{found:?}");
    }

    #[test]
    fn the_loudest_stretch_is_found() {
        let sound = [vec![10; 4_000], sweep(4_000, 1.0, 300.0), vec![10; 4_000]].concat();
        let (at, part) = Sound::new(&sound, 1, 4_000).loudest(0.5);
        assert!((0.95..=1.55).contains(&at) && (part.seconds() - 0.5).abs() < 0.01, "{at}");
    }

    #[test]
    fn silence_has_no_onset() {
        let silence = vec![0; 4_000];
        assert_eq!(Sound::new(&silence, 1, 4_000).onset(), None);
        let late = [silence, sweep(4_000, 1.0, 300.0)].concat();
        let onset = Sound::new(&late, 1, 4_000).onset();
        assert!(onset.is_some_and(|at| (1.0..1.02).contains(&at)), "{onset:?}");
    }
}
