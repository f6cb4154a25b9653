//! How alike two recordings of the same words sound, by their log-mel spectra.

use std::f64::consts::TAU;
use std::sync::Arc;

use anyhow::Result;
use realfft::num_complex::Complex;
use realfft::{RealFftPlanner, RealToComplex};

const BANDS: usize = 40;
const HIGHEST_HZ: f64 = 8_000.0;
const WINDOW_S: f64 = 0.025;
const STEP_S: f64 = 0.010;
/// Below the loudest band of the original: what is softer counts as silence.
const SILENCE_DB: f64 = -60.0;

/// The mean absolute difference, in dB, of 40-band log-mel frames of speech and of the same speech at `percent` of its speed.
///
/// Each frame of the original, one every 10 ms, is compared with the one that should sound then.
pub fn distance(original: &[f32], stretched: &[f32], rate: u32, percent: u16) -> Result<f64> {
    let mel = Mel::new(rate);
    let step = STEP_S * f64::from(rate);
    let frames = (original.len() as f64 / step) as usize;
    let speed = f64::from(percent) / 100.0;
    let mut pairs = Vec::new();
    for frame in 0..frames {
        let middle = frame as f64 * step;
        pairs.push((mel.bands(original, middle)?, mel.bands(stretched, middle / speed)?));
    }
    let loudest = pairs.iter().flat_map(|(bands, _)| bands).fold(0.0, |loudest: f64, power| loudest.max(*power));
    let level = |power: f64| (10.0 * (power / loudest).log10()).max(SILENCE_DB);
    let differences = pairs.iter().flat_map(|(a, b)| a.iter().zip(b).map(|(a, b)| (level(*a) - level(*b)).abs()));
    Ok(differences.sum::<f64>() / (frames * BANDS) as f64)
}

struct Mel {
    window: Vec<f64>,
    transform: Arc<dyn RealToComplex<f64>>,
    /// How much of each frequency of the transform each band takes.
    bands: Vec<Vec<f64>>,
}

impl Mel {
    fn new(rate: u32) -> Self {
        let length = (WINDOW_S * f64::from(rate)) as usize;
        let window = (0..length).map(|n| 0.5 - 0.5 * (TAU * (n as f64 + 0.5) / length as f64).cos()).collect();
        let size = length.next_power_of_two();
        let highest = mel(HIGHEST_HZ.min(f64::from(rate) / 2.0));
        let edge = |band: usize| hertz(highest * band as f64 / (BANDS + 1) as f64);
        let bands = (1..=BANDS)
            .map(|band| {
                let (below, middle, above) = (edge(band - 1), edge(band), edge(band + 1));
                let share = |at: f64| ((at - below) / (middle - below)).min((above - at) / (above - middle)).max(0.0);
                (0..=size / 2).map(|bin| share(bin as f64 * f64::from(rate) / size as f64)).collect()
            })
            .collect();
        Self { window, transform: RealFftPlanner::new().plan_fft_forward(size), bands }
    }

    /// The power in each band around a moment, given in frames. Before and after the sound it is silent.
    fn bands(&self, sound: &[f32], middle: f64) -> Result<Vec<f64>> {
        let first = middle.round() as isize - self.window.len() as isize / 2;
        let at = |n: usize| usize::try_from(first + n as isize).ok().and_then(|frame| sound.get(frame)).copied();
        let mut samples = self.transform.make_input_vec();
        for (n, (sample, share)) in samples.iter_mut().zip(&self.window).enumerate() {
            *sample = f64::from(at(n).unwrap_or(0.0)) * share;
        }
        let mut spectrum = self.transform.make_output_vec();
        self.transform.process(&mut samples, &mut spectrum)?;
        let power: Vec<f64> = spectrum.iter().map(Complex::norm_sqr).collect();
        Ok(self
            .bands
            .iter()
            .map(|shares| shares.iter().zip(&power).map(|(share, power)| share * power).sum())
            .collect())
    }
}

fn mel(hertz: f64) -> f64 {
    2_595.0 * (1.0 + hertz / 700.0).log10()
}

fn hertz(mel: f64) -> f64 {
    700.0 * (10_f64.powf(mel / 2_595.0) - 1.0)
}
