//! Recordings the tests play, made here or read from `tests/fixtures`, and how they should sound.
#![allow(dead_code, reason = "each test file uses a part")]

pub mod room;

use std::f64::consts::TAU;
use std::ops::Deref;
use std::path::Path;
use std::sync::Arc;

use earmark_audio::{DecodeError, Recording};

/// A recording and every sample of it, as the integers a 16-bit source had.
#[derive(Debug)]
pub struct Heard {
    recording: Arc<Recording>,
    pub samples: Vec<i16>,
}

impl Deref for Heard {
    type Target = Arc<Recording>;

    fn deref(&self) -> &Arc<Recording> {
        &self.recording
    }
}

pub fn hear(bytes: &[u8]) -> Result<Heard, DecodeError> {
    let recording = Arc::new(Recording::scan(bytes.to_vec())?);
    let samples = read(&recording, 0).into_iter().map(|sample| (sample * 32_768.0).round() as i16).collect();
    Ok(Heard { recording, samples })
}

/// Every sample from frame `from` on.
pub fn read(recording: &Arc<Recording>, from: u64) -> Vec<f32> {
    let mut reader = recording.read(from);
    let mut samples = Vec::new();
    while let Some(block) = reader.next_block() {
        assert!(!block.is_empty(), "a block holds something");
        samples.extend_from_slice(block);
    }
    samples
}

pub fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)).unwrap()
}

/// One second of the tone in every fixture; the formula is `make.sh`'s.
pub fn sweep(rate: u32) -> Vec<f64> {
    let at = |frame: u32| f64::from(frame) / f64::from(rate);
    (0..rate).map(|frame| 0.5 * (TAU * (200.0 * at(frame) + 400.0 * at(frame).powi(2))).sin()).collect()
}

/// How alike two signals are: 1.0 for the same up to loudness, 0.0 for unrelated ones.
pub fn likeness(heard: &[i16], expected: &[f64]) -> f64 {
    let heard: Vec<f64> = heard.iter().copied().map(f64::from).collect();
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    dot(&heard, expected) / (dot(&heard, &heard) * dot(expected, expected)).sqrt()
}

/// Samples that are all different from their neighbours, so that one lost, doubled or moved is seen.
pub fn counting(samples: usize) -> Vec<i16> {
    (0..samples).map(|n| (n % 30_011) as i16 + 1).collect()
}

/// Samples of which no stretch is like another, so that what was played tells where it was taken from.
pub fn noise(samples: usize) -> Vec<i16> {
    (0..samples as u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 16) as i16).collect()
}

/// A 16-bit WAV file with an honest header.
pub fn wav(samples: &[i16], channels: u16, rate: u32) -> Vec<u8> {
    let data_bytes = 2 * samples.len() as u32;
    let frame_bytes = 2 * channels;
    let mut file = b"RIFF".to_vec();
    file.extend((36 + data_bytes).to_le_bytes());
    file.extend(b"WAVEfmt ");
    file.extend(16_u32.to_le_bytes());
    file.extend(1_u16.to_le_bytes());
    file.extend(channels.to_le_bytes());
    file.extend(rate.to_le_bytes());
    file.extend((rate * u32::from(frame_bytes)).to_le_bytes());
    file.extend(frame_bytes.to_le_bytes());
    file.extend(16_u16.to_le_bytes());
    file.extend(b"data");
    file.extend(data_bytes.to_le_bytes());
    file.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
    file
}
