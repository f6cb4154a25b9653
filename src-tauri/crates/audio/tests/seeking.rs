//! Reading from any frame gives, bit for bit, what reading the whole gives from there on.
#![allow(clippy::unwrap_used)]

mod sounds;

use std::sync::Arc;

use earmark_audio::Recording;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use sounds::{counting, fixture, hear, read, wav};

/// Asserts that reads from 200 random frames, and from those that are easily got wrong, equal the whole from there on.
fn assert_exact_from_anywhere(name: &str, bytes: &[u8]) {
    let recording = hear(bytes).unwrap();
    let whole = read(&recording, 0);
    let frames = recording.frames();
    for from in [0, 1, frames / 2, frames - 1, frames, frames + 1, u64::MAX] {
        assert_eq!(first_difference(&recording, &whole, from), None, "{name} from frame {from}");
    }
    let config = ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() };
    let found = TestRunner::new(config).run(&(0..frames), |from| {
        prop_assert_eq!(first_difference(&recording, &whole, from), None, "{} from frame {}", name, from);
        Ok(())
    });
    found.unwrap_or_else(|failure| panic!("{failure}"));
}

/// Which sample read from frame `from` on is not the whole's, if any.
fn first_difference(recording: &Arc<Recording>, whole: &[f32], from: u64) -> Option<usize> {
    let expected = &whole[from.min(recording.frames()) as usize * usize::from(recording.channels())..];
    let found = begin_to_read(recording, from);
    let compared = found.len().max(expected.len().min(ENOUGH));
    (0..compared).find(|at| found.get(*at) != expected.get(*at))
}

/// Samples after which a read that was right stays right: far more than any packet has.
const ENOUGH: usize = 20_000;

/// The samples from frame `from` on, to the end or at least [`ENOUGH`].
fn begin_to_read(recording: &Arc<Recording>, from: u64) -> Vec<f32> {
    let mut reader = recording.read(from);
    let mut samples = Vec::new();
    while samples.len() < ENOUGH
        && let Some(block) = reader.next_block()
    {
        samples.extend_from_slice(block);
    }
    samples
}

#[test]
fn every_format_is_exact_from_any_frame() {
    for name in [
        "constant-rate.mp3",
        "variable-rate-no-header.mp3",
        "bursts.mp3",
        "vorbis.ogg",
        "bursts.ogg",
        "stereo.flac",
        "aac.m4a",
        "mulaw.wav",
        "streamed.wav",
    ] {
        assert_exact_from_anywhere(name, &fixture(name));
    }
    assert_exact_from_anywhere("a stereo WAV", &wav(&counting(2 * 20_000), 2, 16_000));
}

#[test]
fn joined_and_damaged_recordings_are_exact_from_any_frame() {
    let one = fixture("constant-rate.mp3");
    assert_exact_from_anywhere("joined", &[&one[..], &one, &one].concat());
    for name in ["bursts.mp3", "bursts.ogg", "stereo.flac"] {
        let bytes = fixture(name);
        assert_exact_from_anywhere(name, &bytes[..bytes.len() * 2 / 3]);
        let mut damaged = bytes.clone();
        damaged[bytes.len() / 2..][..200].fill(0x55);
        assert_exact_from_anywhere(name, &damaged);
    }
}

/// AAC fills bands with noise out of a generator that runs from the first packet on, so the noise differs.
#[test]
fn m4a_is_as_loud_and_as_long_from_any_frame() {
    let recording = hear(&fixture("bursts.m4a")).unwrap();
    let whole = read(&recording, 0);
    for from in (0..recording.frames()).step_by(9_973) {
        let (found, expected) = (read(&recording, from), &whole[from as usize..]);
        assert_eq!(found.len(), expected.len(), "from frame {from}");
        let power = |samples: &[f32]| samples.iter().map(|sample| f64::from(sample * sample)).sum::<f64>();
        let difference: Vec<f32> = found.iter().zip(expected).map(|(found, expected)| found - expected).collect();
        assert!(power(&difference) < 0.05 * power(expected) + 1e-9, "from frame {from}");
    }
}

#[test]
fn the_compressed_sound_is_all_that_is_held() {
    for name in ["bursts.mp3", "bursts.ogg", "stereo.flac"] {
        let bytes = fixture(name);
        let held = hear(&bytes).unwrap().size_in_bytes();
        assert!(held > bytes.len() / 2 && held < bytes.len() * 3 / 2, "{name}: {held} of {} bytes", bytes.len());
    }
}
