//! What is found out about a recording while it is scanned: its waveform, its pauses, its loudness.
#![allow(clippy::unwrap_used)]

mod sounds;

use std::f64::consts::TAU;
use std::ops::Range;

use earmark_audio::EVEN_LUFS;
use proptest::collection::vec;
use proptest::prelude::*;
use sounds::{Heard, fixture, hear, wav};

/// A tone of `hz` that is as loud as told, stretch by stretch: (milliseconds, dBFS of its peak, or silence).
fn tone(rate: u32, hz: f64, stretches: &[(u32, Option<f64>)]) -> Vec<i16> {
    let levels = stretches.iter().flat_map(|(ms, level)| vec![*level; (*ms * rate / 1_000) as usize]);
    let wave = |frame: usize| (TAU * hz * frame as f64 / f64::from(rate)).sin();
    let at = |(frame, level): (usize, Option<f64>)| {
        level.map_or(0, |level| (32_768.0 * 10_f64.powf(level / 20.0) * wave(frame)).round() as i16)
    };
    levels.enumerate().map(at).collect()
}

fn mono(rate: u32, samples: &[i16]) -> Heard {
    hear(&wav(samples, 1, rate)).unwrap()
}

#[test]
fn peaks_are_the_loudest_sample_of_each_stretch() {
    // Four times 10 ms at 1,000 Hz, in which one sample is not silent.
    let mut samples = [0; 40];
    (samples[19], samples[20], samples[35]) = (16_384, i16::MIN, 1);
    let recording = mono(1_000, &samples);
    assert_eq!(recording.peaks().draw(0, 40, 4), [0, 128, 255, 1]);
    assert_eq!(recording.peaks().draw(0, 40, 1), [255]);
    assert_eq!(recording.loudest(), 1.0);
}

#[test]
fn either_channel_is_seen() {
    let mut samples = [0; 2 * 30];
    (samples[0], samples[2 * 10 + 1]) = (i16::MIN, 16_384);
    let recording = hear(&wav(&samples, 2, 1_000)).unwrap();
    assert_eq!(recording.peaks().draw(0, 30, 3), [255, 128, 0]);
}

#[test]
fn peaks_stay_in_step_with_a_rate_that_100_does_not_divide() {
    let mut samples = vec![0; 22_050 * 60];
    let last = samples.len() - 100;
    samples[last] = i16::MIN;
    let drawn = mono(22_050, &samples).peaks().draw(59_000, 60_000, 100);
    assert_eq!(drawn.iter().position(|peak| *peak == 255), Some(99));
}

#[test]
fn what_an_mp3_encoder_put_in_front_is_not_drawn() {
    // The tone begins at once, so the first 10 ms are as loud as the next.
    let drawn = hear(&fixture("constant-rate.mp3")).unwrap().peaks().draw(0, 100, 10);
    assert!(drawn.iter().all(|peak| (100..160).contains(peak)), "{drawn:?}");
}

#[test]
fn only_the_pause_of_3_s_is_cut_and_300_ms_of_it_are_left() {
    let voice = (1_000, Some(-12.0));
    let samples = tone(16_000, 200.0, &[voice, (400, None), voice, (3_000, None), voice]);
    let recording = mono(16_000, &samples);
    assert_eq!(recording.silences(-45, 150), vec![16 * 2_550..16 * 5_250]);
    assert_eq!(recording.silences(-45, 500), vec![16 * 2_900..16 * 4_900], "a wider margin");
    assert_eq!(recording.silences(-10, 150), vec![16 * 150..16 * 6_250], "nothing is louder than -10 dBFS");
}

/// Whether `cut` touches any 10 ms that hold more energy than `threshold_db` allows, counted anew from the samples.
fn holds_voice(samples: &[i16], rate: u32, cut: &Range<u64>, threshold_db: i8) -> bool {
    let step_at = |frame: u64| frame * 100 / u64::from(rate);
    let start_of = |step: u64| (step * u64::from(rate) / 100) as usize;
    (step_at(cut.start)..=step_at(cut.end - 1)).any(|step| {
        let within = &samples[start_of(step)..start_of(step + 1).min(samples.len())];
        let energy: f64 = within.iter().map(|sample| (f64::from(*sample) / 32_768.0).powi(2)).sum();
        // A hundredth of a dB is what single precision may err.
        10.0 * (energy / within.len() as f64).log10() > f64::from(threshold_db) + 0.01
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn no_voiced_sample_is_cut(
        stretches in vec((10_u32..1_500, prop::option::of(-60.0..0.0_f64)), 1..12),
        rate in prop::sample::select(vec![8_000_u32, 11_025, 16_000, 22_050, 44_100]),
        hz in 150.0..900.0_f64,
        threshold in -55_i8..-25,
        margin in 0_u32..400,
    ) {
        let samples = tone(rate, hz, &stretches);
        let recording = mono(rate, &samples);
        for cut in recording.silences(threshold, margin) {
            prop_assert!(cut.end <= recording.frames());
            prop_assert!(!holds_voice(&samples, rate, &cut, threshold), "voice in {:?}", cut);
        }
    }
}

/// EBU Tech 3341, case 1: a 1 kHz tone whose peaks reach −23 dBFS on both channels is −23 LUFS loud, within 0.1.
#[test]
fn loudness_follows_ebu_r128() {
    let samples = tone(48_000, 1_000.0, &[(20_000, Some(-23.0))]);
    let stereo: Vec<i16> = samples.iter().flat_map(|sample| [*sample, *sample]).collect();
    let on_both = hear(&wav(&stereo, 2, 48_000)).unwrap().loudness().unwrap();
    let on_one = mono(48_000, &samples).loudness().unwrap();
    assert!((on_both + 23.0).abs() < 0.1, "{on_both} LUFS");
    assert!((on_one - on_both).abs() < 0.01, "mono sounds on both loudspeakers: {on_one} LUFS");
}

#[test]
fn recordings_are_evened_without_clipping() {
    for (peak, rate) in [(-30.0, 8_000), (-16.0, 24_000), (-3.0, 44_100)] {
        let samples = tone(rate, 440.0, &[(5_000, Some(peak)), (5_000, None)]);
        let recording = mono(rate, &samples);
        let gain = recording.even_gain();
        let evened: Vec<i16> = samples.iter().map(|sample| (f32::from(*sample) * gain).round() as i16).collect();
        let lufs = mono(rate, &evened).loudness().unwrap();
        assert!((lufs - EVEN_LUFS).abs() < 0.1, "a peak of {peak} dBFS became {lufs} LUFS");
    }
    // Far from loud on the whole, yet with one sample at full scale.
    let mut samples = tone(8_000, 440.0, &[(5_000, Some(-40.0))]);
    samples[20_000] = i16::MIN;
    assert_eq!(mono(8_000, &samples).even_gain(), 1.0);
}

#[test]
fn silence_has_no_loudness_and_is_left_alone() {
    let recording = mono(8_000, &[0; 16_000]);
    assert_eq!((recording.loudness(), recording.even_gain()), (None, 1.0));
    assert_eq!(recording.peaks().draw(0, 2_000, 3), [0; 3]);
}
