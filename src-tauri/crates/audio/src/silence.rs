//! Which pauses may be left out when silence is skipped.
//!
//! Voice is found by energy with hysteresis: what is louder than the threshold is voice, and so is what is connected to it
//! and at most 6 dB below the threshold, because words begin and end softly. Everything else is a pause. No model is asked:
//! a pause that is cut wrongly must be explainable by a threshold the reviewer can move.
//!
//! Invariants: no 10 ms whose energy is above the threshold lie in a cut, not even in part; of a pause at least 0.3 s are
//! left, half of it at either end; a pause of 0.7 s or less is never cut.

use std::ops::Range;

/// How far below the threshold voice may fade before it ends, in dB.
const HYSTERESIS_DB: i8 = 6;
/// The longest pause that is never cut.
const LONGEST_KEPT_MS: u64 = 700;
/// The least that is left at either end of a pause.
const LEAST_MARGIN_MS: u32 = 150;

/// The energy of every 10 ms of a recording.
pub(crate) struct Envelope {
    /// In dBFS, rounded up, so that what is above a threshold is above it here too.
    levels: Vec<i8>,
    rate: u32,
    frames: u64,
}

impl Envelope {
    pub(crate) fn new(levels: Vec<i8>, rate: u32, frames: u64) -> Self {
        Self { levels, rate, frames }
    }

    /// The frames that may be left out, in order.
    pub(crate) fn silences(&self, threshold_db: i8, margin_ms: u32) -> Vec<Range<u64>> {
        let rate = u64::from(self.rate);
        let margin = (u64::from(margin_ms.max(LEAST_MARGIN_MS)) * rate).div_ceil(1_000);
        self.pauses(threshold_db)
            .into_iter()
            .map(|pause| self.frame_at(pause.start)..self.frame_at(pause.end))
            .filter(|pause| (pause.end - pause.start) * 1_000 > LONGEST_KEPT_MS * rate)
            .map(|pause| pause.start + margin..pause.end.saturating_sub(margin))
            .filter(|cut| !cut.is_empty())
            .collect()
    }

    /// What lies between voices, in steps of 10 ms.
    fn pauses(&self, threshold_db: i8) -> Vec<Range<usize>> {
        let soft = threshold_db.saturating_sub(HYSTERESIS_DB);
        let mut pauses = Vec::new();
        let mut pause_start = 0;
        let mut at = 0;
        // A run of what is not quite silent is voice if any of it is loud.
        for run in self.levels.chunk_by(|one, next| (*one > soft) == (*next > soft)) {
            if run.iter().any(|level| *level > threshold_db) {
                pauses.push(pause_start..at);
                pause_start = at + run.len();
            }
            at += run.len();
        }
        pauses.push(pause_start..at);
        pauses
    }

    /// Where step `step` begins.
    fn frame_at(&self, step: usize) -> u64 {
        (step as u64 * u64::from(self.rate) / 100).min(self.frames)
    }

    /// Memory held, in bytes.
    pub(crate) fn size(&self) -> usize {
        self.levels.capacity()
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    const RATE: u32 = 8_000;
    const STEP: u64 = 80;

    /// Stretches of one level each: (steps of 10 ms, dBFS).
    fn envelope(stretches: &[(usize, i8)]) -> Envelope {
        let levels: Vec<i8> = stretches.iter().flat_map(|(steps, level)| vec![*level; *steps]).collect();
        let frames = levels.len() as u64 * STEP;
        Envelope::new(levels, RATE, frames)
    }

    fn one(cut: Range<u64>) -> Vec<Range<u64>> {
        vec![cut]
    }

    const VOICE: (usize, i8) = (50, -20);

    #[test]
    fn of_two_pauses_only_the_long_one_is_cut_to_300_ms() {
        let spoken = envelope(&[VOICE, (40, -70), VOICE, (300, -70), VOICE]);
        // 0.5 s + 0.4 s + 0.5 s, and 150 ms on.
        assert_eq!(spoken.silences(-45, 150), one(155 * STEP..425 * STEP));
    }

    #[test]
    fn a_pause_of_700_ms_is_kept() {
        assert_eq!(envelope(&[VOICE, (70, -70), VOICE]).silences(-45, 0), []);
        assert_eq!(envelope(&[VOICE, (71, -70), VOICE]).silences(-45, 0), one(65 * STEP..106 * STEP));
    }

    #[test]
    fn a_margin_is_left_at_either_end_even_if_nothing_else_is() {
        let spoken = envelope(&[VOICE, (100, -70), VOICE]);
        assert_eq!(spoken.silences(-45, 400), one(90 * STEP..110 * STEP));
        assert_eq!(spoken.silences(-45, 500), []);
        assert_eq!(spoken.silences(-45, u32::MAX), []);
    }

    #[test]
    fn a_voice_fades_out_and_in_but_does_not_begin_as_softly() {
        let fading = envelope(&[(100, -70), (30, -48), VOICE, (30, -50), (100, -70)]);
        assert_eq!(fading.silences(-45, 0), [15 * STEP..85 * STEP, 225 * STEP..295 * STEP]);
        let soft = envelope(&[(100, -70), (30, -48), (100, -70)]);
        assert_eq!(soft.silences(-45, 0), one(15 * STEP..215 * STEP), "soft sound alone is no voice");
    }

    #[test]
    fn the_lowest_and_the_highest_threshold_are_heard() {
        assert_eq!(envelope(&[(200, -127)]).silences(i8::MIN, 0), []);
        assert_eq!(envelope(&[(200, 9)]).silences(i8::MAX, 0), one(15 * STEP..185 * STEP));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn no_voice_is_lost_and_every_pause_stays_audible(
            stretches in vec((1_usize..200, -128_i8..0), 1..40),
            rate in prop::sample::select(vec![8_000_u32, 11_025, 22_050, 24_000, 48_000]),
            threshold in -60_i8..-20,
            margin in 0_u32..600,
        ) {
            let levels: Vec<i8> = stretches.iter().flat_map(|(steps, level)| vec![*level; *steps]).collect();
            let frames = levels.len() as u64 * u64::from(rate) / 100;
            let envelope = Envelope::new(levels.clone(), rate, frames);
            let least = u64::from(rate) * u64::from(margin.max(150)) / 1_000;
            let mut behind = 0;
            for cut in envelope.silences(threshold, margin) {
                prop_assert!(cut.start >= behind && cut.start < cut.end && cut.end <= frames, "{:?} after {}", cut, behind);
                behind = cut.end;
                // The first and last step that the cut touches.
                let touched = (cut.start * 100 / u64::from(rate)) as usize..(cut.end * 100).div_ceil(u64::from(rate)) as usize;
                prop_assert!(levels[touched.clone()].iter().all(|level| *level <= threshold), "voice in {:?}", cut);
                let before = levels[..touched.start].iter().rposition(|level| *level > threshold).map_or(0, |step| step + 1);
                let after = levels[touched.end..].iter().position(|level| *level > threshold).map_or(levels.len(), |step| touched.end + step);
                let voice_ends = before as u64 * u64::from(rate) / 100;
                let voice_begins = after as u64 * u64::from(rate) / 100;
                prop_assert!(cut.start >= voice_ends + least, "{:?} begins too near {}", cut, voice_ends);
                prop_assert!(cut.end + least <= voice_begins, "{:?} ends too near {}", cut, voice_begins);
                prop_assert!((voice_begins - voice_ends) * 10 > 7 * u64::from(rate), "a short pause was cut: {:?}", cut);
            }
        }
    }
}
