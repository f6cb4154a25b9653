//! No bytes make decoding or reading panic, hang or lie about its shape.
#![allow(clippy::unwrap_used)]

mod sounds;

use std::sync::Arc;

use earmark_audio::Recording;
use proptest::collection::vec;
use proptest::prelude::*;
use sounds::{counting, fixture, hear, read, wav};

const RECORDINGS: [&str; 7] = [
    "constant-rate.mp3",
    "variable-rate-no-header.mp3",
    "vorbis.ogg",
    "stereo.flac",
    "aac.m4a",
    "mulaw.wav",
    "streamed.wav",
];

/// Decodes; whatever comes out can be read from anywhere and ends where it was counted to end.
fn decode_anything(bytes: &[u8]) {
    if let Ok(recording) = Recording::scan(bytes.to_vec()) {
        let recording = Arc::new(recording);
        assert!(recording.frames() > 0);
        assert!(recording.rate() > 0);
        assert!(recording.size_in_bytes() > 0);
        assert_eq!(recording.peaks().draw(0, recording.duration_ms(), 100).len(), 100);
        assert!(recording.silences(-45, 150).iter().all(|cut| cut.start < cut.end && cut.end <= recording.frames()));
        assert!((0.0..=10.0).contains(&recording.even_gain()), "amplified by {}", recording.even_gain());
        for from in [0, recording.frames() / 2, recording.frames() - 1, recording.frames()] {
            let samples = read(&recording, from);
            assert_eq!(samples.len() as u64, (recording.frames() - from) * u64::from(recording.channels()));
            assert!(samples.iter().all(|sample| sample.abs() <= 1.0), "a sample is out of range");
        }
    }
}

fn recording() -> impl Strategy<Value = Vec<u8>> {
    prop::sample::select(RECORDINGS.to_vec()).prop_map(fixture)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes(bytes in vec(any::<u8>(), 0..4_096)) {
        decode_anything(&bytes);
    }

    #[test]
    fn random_bytes_behind_a_real_beginning(start in recording(), keep in 4_usize..200, rest in vec(any::<u8>(), 0..2_048)) {
        decode_anything(&[&start[..keep], &rest].concat());
    }

    #[test]
    fn cut_anywhere(bytes in recording(), at in any::<prop::sample::Index>()) {
        decode_anything(&bytes[..at.index(bytes.len())]);
    }

    #[test]
    fn flipped_bits(mut bytes in recording(), flips in vec((any::<prop::sample::Index>(), 0_u8..8), 1..24)) {
        for (at, bit) in flips {
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
        }
        decode_anything(&bytes);
    }

    /// Headers decide the most, so they get more than their share.
    #[test]
    fn flipped_header_bytes(mut bytes in recording(), changes in vec((0_usize..160, any::<u8>()), 1..8)) {
        for (at, value) in changes {
            bytes[at] = value;
        }
        decode_anything(&bytes);
    }

    #[test]
    fn an_honest_wav_is_bit_exact(samples in vec(any::<i16>(), 1..2_000), rate in prop::sample::select(vec![8_000, 16_000, 22_050, 44_100, 48_000])) {
        let heard = hear(&wav(&samples, 1, rate)).unwrap();
        prop_assert_eq!(&heard.samples[..], &samples[..]);
    }
}

#[test]
fn every_length_of_a_wav_file() {
    let whole = wav(&counting(100), 1, 8_000);
    for length in 0..=whole.len() {
        decode_anything(&whole[..length]);
    }
}
