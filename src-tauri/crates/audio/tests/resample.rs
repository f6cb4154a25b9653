//! Another rate, the same sound at the same time.
#![allow(clippy::unwrap_used)]

mod signals;

use earmark_audio::{Resample, to_stereo};
use proptest::prelude::*;
use signals::{any_cuts, any_rate, cut, noise, tone};

fn resampled(source: &[f32], from: u32, to: u32, channels: u16) -> Vec<f32> {
    resampled_in_pieces(&[source], from, to, channels)
}

fn resampled_in_pieces(pieces: &[&[f32]], from: u32, to: u32, channels: u16) -> Vec<f32> {
    let (mut resample, mut output) = (Resample::new(from, to, channels), Vec::new());
    for piece in pieces {
        resample.push(piece);
        resample.pull(&mut output);
    }
    resample.finish();
    resample.pull(&mut output);
    output
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn its_own_rate_changes_no_bit(bits in prop::collection::vec(any::<u32>(), 0..400), cuts in any_cuts(), channels in 1_u16..=2) {
        let whole = bits.len() / usize::from(channels) * usize::from(channels);
        let source: Vec<f32> = bits.iter().copied().map(f32::from_bits).collect();
        let heard = resampled_in_pieces(&cut(&source, &cuts), 48_000, 48_000, channels);
        prop_assert_eq!(heard.iter().map(|sample| sample.to_bits()).collect::<Vec<_>>(), &bits[..whole]);
    }

    #[test]
    fn pieces_do_not_matter(seed: u64, frames in 0_usize..4_000, from in any_rate(), channels in 1_u16..=3, cuts in any_cuts()) {
        let source = noise(seed, frames * usize::from(channels));
        let pieces = cut(&source, &cuts);
        prop_assert_eq!(resampled_in_pieces(&pieces, from, 48_000, channels), resampled(&source, from, 48_000, channels));
    }

    #[test]
    fn the_length_is_exact(samples in 0_usize..4_000, from in any_rate(), to in any_rate(), channels in 0_u16..=8) {
        let heard = resampled(&vec![0.5; samples], from, to, channels);
        let channels = usize::from(channels.max(1));
        let expected = (samples / channels * to as usize).div_ceil(from as usize);
        prop_assert_eq!(heard.len(), expected * channels);
    }
}

#[test]
fn a_tone_is_the_same_tone_at_the_same_time() {
    for from in [8_000, 11_025, 16_000, 22_050, 24_000, 44_100, 96_000] {
        let heard = resampled(&tone(440.0, from, from as usize), from, 48_000, 1);
        let expected = tone(440.0, 48_000, 48_000);
        // At both ends the filter hears the silence around the tone.
        let farthest = heard.iter().zip(&expected).map(|(heard, expected)| (heard - expected).abs());
        let farthest = farthest.skip(4_800).take(38_400).fold(0.0, f32::max);
        assert!(farthest < 1e-3, "from {from}: {farthest} off");
    }
}

#[test]
fn what_the_lower_rate_cannot_hold_is_left_out() {
    let heard = resampled(&tone(6_000.0, 48_000, 48_000), 48_000, 8_000, 1);
    let loudest = heard[800..7_200].iter().fold(0.0_f32, |loudest, sample| loudest.max(sample.abs()));
    assert!(loudest < 1e-3, "{loudest} of it is heard at another pitch");
}

#[test]
fn unusual_and_missing_rates_are_taken() {
    for (from, to) in [(1_000, 48_000), (191_999, 48_000), (8_001, 48_000), (48_000, 1_000), (0, 1), (0, 0)] {
        let heard = resampled(&[0.5; 1_000], from, to, 1);
        let (from, to) = (u64::from(from.max(1)), u64::from(to.max(1)));
        assert_eq!(heard.len() as u64, (1_000 * to).div_ceil(from), "{from} to {to}");
    }
}

#[test]
fn silence_stays_silent() {
    assert!(resampled(&[0.0; 5_000], 22_050, 48_000, 2).iter().all(|sample| *sample == 0.0));
}

#[test]
fn every_number_of_channels_becomes_two() {
    let stereo = |samples: &[f32], channels| {
        let mut both = Vec::new();
        to_stereo(samples, channels, &mut both);
        both
    };
    assert_eq!(stereo(&[0.1, 0.2], 1), [0.1, 0.1, 0.2, 0.2]);
    assert_eq!(stereo(&[0.1, 0.2, 0.3, 0.4], 2), [0.1, 0.2, 0.3, 0.4]);
    assert_eq!(stereo(&[0.1, 0.2, 0.3], 2), [0.1, 0.2]);
    assert_eq!(stereo(&[0.25, 0.5, 0.75, 0.0, 0.0, 0.75, 1.0], 3), [0.5, 0.5, 0.25, 0.25]);
    assert_eq!(stereo(&[1.0; 16], 8), [1.0; 4]);
    assert!(stereo(&[0.1], 0).is_empty() && stereo(&[], 1).is_empty());
}
