//! Sound made by formula, and ways to cut it into pieces.
#![allow(dead_code, reason = "each test file uses a part")]

use std::f64::consts::TAU;

use proptest::prelude::*;
use proptest::sample::select;

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
