//! Speed without pitch: what comes out, when, and how much of it.
#![allow(clippy::unwrap_used)]

mod signals;

use earmark_audio::Tempo;
use proptest::prelude::*;
use signals::{any_cuts, any_rate, cut, harmonic_share, noise, pitch, tone, voice};

fn stretched(source: &[f32], rate: u32, channels: u16, percent: u16) -> Vec<f32> {
    stretched_in_pieces(&[source], rate, channels, percent)
}

fn stretched_in_pieces(pieces: &[&[f32]], rate: u32, channels: u16, percent: u16) -> Vec<f32> {
    let (mut tempo, mut output) = (Tempo::new(rate, channels, percent), Vec::new());
    for piece in pieces {
        tempo.push(piece);
        tempo.pull(&mut output);
    }
    tempo.finish();
    tempo.pull(&mut output);
    output
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn its_own_speed_changes_no_bit(bits in prop::collection::vec(any::<u32>(), 0..400), cuts in any_cuts(), channels in 1_u16..=2) {
        let whole = bits.len() / usize::from(channels) * usize::from(channels);
        let source: Vec<f32> = bits.iter().copied().map(f32::from_bits).collect();
        let heard = stretched_in_pieces(&cut(&source, &cuts), 24_000, channels, 100);
        prop_assert_eq!(heard.iter().map(|sample| sample.to_bits()).collect::<Vec<_>>(), &bits[..whole]);
    }

    #[test]
    fn pieces_do_not_matter(seed: u64, frames in 0_usize..6_000, rate in any_rate(), channels in 1_u16..=3, percent in 50_u16..=300, cuts in any_cuts()) {
        let source = noise(seed, frames * usize::from(channels));
        let pieces = cut(&source, &cuts);
        prop_assert_eq!(stretched_in_pieces(&pieces, rate, channels, percent), stretched(&source, rate, channels, percent));
    }

    #[test]
    fn the_length_is_exact(frames in 0_usize..6_000, rate in any_rate(), channels in 1_u16..=8, percent in 50_u16..=300) {
        let heard = stretched(&vec![0.5; frames * usize::from(channels)], rate, channels, percent);
        let expected = (frames as f64 * 100.0 / f64::from(percent)).round() as usize;
        prop_assert_eq!(heard.len(), expected * usize::from(channels));
    }

    #[test]
    fn any_numbers_are_taken(bits in prop::collection::vec(any::<u32>(), 0..3_000), rate: u32, channels in 0_u16..=9, percent: u16) {
        let rate = rate % 200_000;
        let source: Vec<f32> = bits.into_iter().map(f32::from_bits).collect();
        let heard = stretched(&source, rate, channels, percent);
        let (frames, percent) = (source.len() / usize::from(channels.max(1)), f64::from(percent.clamp(50, 300)));
        prop_assert_eq!(heard.len(), (frames as f64 * 100.0 / percent).round() as usize * usize::from(channels.max(1)));
    }
}

#[test]
fn silence_stays_silent_and_a_steady_level_steady() {
    for percent in [50, 75, 130, 300] {
        assert!(stretched(&[0.0; 9_000], 8_000, 1, percent).iter().all(|sample| *sample == 0.0), "{percent} %");
        let steady = stretched(&[0.5; 9_000], 8_000, 1, percent);
        // The source ends in mid-window.
        let inner = &steady[..steady.len() - 80];
        assert!(inner.iter().all(|sample| (sample - 0.5).abs() < 1e-6), "{percent} %");
    }
}

#[test]
fn nothing_after_the_end_is_taken() {
    let (mut tempo, mut output) = (Tempo::new(8_000, 1, 200), Vec::new());
    tempo.push(&[0.5; 800]);
    tempo.finish();
    tempo.push(&[0.5; 800]);
    tempo.finish();
    tempo.pull(&mut output);
    tempo.pull(&mut output);
    assert_eq!(output.len(), 400);
}

#[test]
fn sounds_keep_their_places_in_time() {
    const BURSTS: usize = 24;
    for rate in [8_000, 24_000, 48_000] {
        // Every quarter of a second or so one of 30 ms, in its middle, at all places between the windows.
        let apart = rate as usize * 257 / 1_000;
        let long = rate as usize * 3 / 100;
        let mut source = vec![0.0; BURSTS * apart];
        for middle in (apart / 2..source.len()).step_by(apart) {
            source[middle - long / 2..middle + long / 2].copy_from_slice(&tone(300.0, rate, long));
        }
        for percent in [50, 75, 150, 200, 300] {
            let heard = stretched(&source, rate, 1, percent);
            let apart = apart as f64 * 100.0 / f64::from(percent);
            // In milliseconds of the source.
            let late: Vec<f64> = (0..BURSTS)
                .map(|burst| {
                    let [begin, end] = [burst, burst + 1].map(|burst| (burst as f64 * apart) as usize);
                    (middle(&heard[begin..end]) - apart / 2.0) * f64::from(percent) * 10.0 / f64::from(rate)
                })
                .collect();
            let mean = late.iter().sum::<f64>() / BURSTS as f64;
            assert!(mean.abs() < 3.0, "{percent} % at {rate}: {mean} ms late on the whole: {late:?}");
            assert!(late.iter().all(|late| late.abs() < 12.0), "{percent} % at {rate}: {late:?} ms late");
        }
    }
}

/// The frame around which a sound's power lies.
fn middle(samples: &[f32]) -> f64 {
    let power = samples.iter().map(|sample| f64::from(sample * sample));
    power.clone().enumerate().map(|(frame, power)| frame as f64 * power).sum::<f64>() / power.sum::<f64>()
}

#[test]
fn a_tone_keeps_its_pitch_and_its_share_of_the_time() {
    for (rate, channels) in [(8_000, 1), (16_000, 1), (24_000, 1), (24_000, 2), (44_100, 2), (48_000, 2)] {
        let mono = tone(440.0, rate, 3 * rate as usize);
        let source: Vec<f32> = mono.iter().flat_map(|sample| vec![*sample; usize::from(channels)]).collect();
        for percent in [50, 75, 100, 150, 200, 300] {
            let heard = stretched(&source, rate, channels, percent);
            let left: Vec<f32> = heard.iter().step_by(usize::from(channels)).copied().collect();
            let seconds = left.len() as f64 / f64::from(rate);
            let asked = 3.0 * 100.0 / f64::from(percent);
            assert!((seconds / asked - 1.0).abs() < 0.01, "{percent} % at {rate}: {seconds} s");
            let (hertz, pure) = (pitch(&left, rate), harmonic_share(&left, 440.0, rate));
            assert!((hertz - 440.0).abs() < 2.0, "{percent} % at {rate}: {hertz} Hz");
            assert!(pure > 0.98, "{percent} % at {rate}: {pure} of it is near 440 Hz");
        }
    }
}

#[test]
fn a_deep_voice_keeps_its_periods() {
    let rate = 24_000;
    for hertz in [70.0, 90.0, 110.0, 220.0] {
        let source = voice(hertz, rate, 3 * rate as usize);
        for percent in [50, 75, 150, 200, 300] {
            let heard = stretched(&source, rate, 1, percent);
            let share = harmonic_share(&heard, hertz, rate);
            assert!(share > 0.98, "{hertz} Hz at {percent} %: {share} of it is on harmonics");
        }
    }
}

#[test]
fn channels_stay_apart_and_together() {
    let left = noise(7, 24_000);
    let opposite: Vec<f32> = left.iter().flat_map(|sample| [*sample, -sample]).collect();
    let one_sided: Vec<f32> = left.iter().flat_map(|sample| [*sample, 0.0]).collect();
    for percent in [75, 200] {
        let alone = stretched(&left, 24_000, 1, percent);
        let opposite = stretched(&opposite, 24_000, 2, percent);
        assert!(opposite.chunks_exact(2).zip(&alone).all(|(pair, alone)| pair[0] == -pair[1] && pair[0] == *alone));
        let one_sided = stretched(&one_sided, 24_000, 2, percent);
        assert!(one_sided.chunks_exact(2).zip(&alone).all(|(pair, alone)| pair == [*alone, 0.0]));
    }
}
