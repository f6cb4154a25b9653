//! Sound made by formula, and ways to cut it into pieces.
#![allow(dead_code, reason = "each test file uses a part")]

use std::f64::consts::TAU;

use proptest::prelude::*;
use proptest::sample::select;
use realfft::RealFftPlanner;

/// `frames` of a sine at half of full level.
pub fn tone(hertz: f64, rate: u32, frames: usize) -> Vec<f32> {
    (0..frames).map(|frame| (0.5 * (TAU * hertz * frame as f64 / f64::from(rate)).sin()) as f32).collect()
}

/// The same noise for the same seed.
pub fn noise(seed: u64, samples: usize) -> Vec<f32> {
    let mut state = seed;
    std::iter::repeat_with(|| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f32 / (1 << 24) as f32 - 0.5
    })
    .take(samples)
    .collect()
}

pub fn any_rate() -> impl Strategy<Value = u32> {
    select(vec![8_000, 11_025, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000])
}

/// Lengths of pieces, in samples.
pub fn any_cuts() -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(0_usize..1_500, 0..12)
}

/// Pieces of these lengths, and what is left.
pub fn cut<'a>(mut samples: &'a [f32], lengths: &[usize]) -> Vec<&'a [f32]> {
    let mut pieces: Vec<_> = lengths
        .iter()
        .map(|length| {
            let (piece, rest) = samples.split_at((*length).min(samples.len()));
            samples = rest;
            piece
        })
        .collect();
    pieces.push(samples);
    pieces
}

/// A vowel of steady pitch: harmonics up to 4 kHz, the loudest around 500 and 1,500 Hz, and a little breath.
pub fn voice(hertz: f64, rate: u32, frames: usize) -> Vec<f32> {
    let loudness = |at: f64| {
        [500.0, 1_500.0].map(|formant: f64| (-((at - formant) / 150.0).powi(2)).exp()).iter().sum::<f64>() + 0.02
    };
    let harmonics: Vec<(f64, f64)> = (1..)
        .map(|order| hertz * f64::from(order))
        .take_while(|at| *at < 4_000.0)
        .map(|at| (TAU * at / f64::from(rate), loudness(at) * hertz / 2_000.0))
        .collect();
    let breath = noise(1, frames);
    (0..frames)
        .map(|frame| harmonics.iter().map(|(turn, loudness)| loudness * (turn * frame as f64).cos()).sum::<f64>())
        .zip(breath)
        .map(|(voiced, breath)| voiced as f32 + 0.01 * breath)
        .collect()
}

/// The strongest frequency, in hertz.
pub fn pitch(samples: &[f32], rate: u32) -> f64 {
    let strongest = spectrum(samples, rate).into_iter().max_by(|(_, a), (_, b)| a.total_cmp(b));
    strongest.map_or(0.0, |(hertz, _)| hertz)
}

/// How much of the power lies at multiples of `hertz`, give or take a sixth of it.
pub fn harmonic_share(samples: &[f32], hertz: f64, rate: u32) -> f64 {
    let spectrum = spectrum(samples, rate);
    let on_harmonics = spectrum.iter().filter(|(at, _)| {
        let order = (at / hertz).round();
        order > 0.0 && (at - order * hertz).abs() < hertz / 6.0
    });
    on_harmonics.map(|(_, power)| power).sum::<f64>() / spectrum.iter().map(|(_, power)| power).sum::<f64>()
}

/// Frequencies in hertz and the power there, by one transform of the whole sound under a Hann window.
fn spectrum(samples: &[f32], rate: u32) -> Vec<(f64, f64)> {
    let count = samples.len() as f64;
    let window = |n: usize| 0.5 - 0.5 * (TAU * (n as f64 + 0.5) / count).cos();
    let mut windowed: Vec<f64> = samples.iter().enumerate().map(|(n, sample)| f64::from(*sample) * window(n)).collect();
    let transform = RealFftPlanner::new().plan_fft_forward(samples.len());
    let mut bins = transform.make_output_vec();
    transform.process(&mut windowed, &mut bins).unwrap();
    bins.iter().enumerate().map(|(n, bin)| (n as f64 * f64::from(rate) / count, bin.norm_sqr())).collect()
}
