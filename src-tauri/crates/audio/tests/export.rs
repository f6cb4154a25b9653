//! What is saved is what was recorded, whole or not at all.
#![allow(clippy::unwrap_used)]

mod sounds;

use std::fs;
use std::path::Path;
use std::sync::Arc;

use earmark_audio::{
    ExportError, Layout, OUTPUT_RATE, Part, Recording, Sound, Timeline, export_recording, export_timeline,
};
use proptest::prelude::*;
use sounds::room::{PER_MS, as_heard, clip, known, plain_clip, timeline_of};
use sounds::{fixture, noise, wav};

fn samples(path: &Path) -> Vec<f32> {
    let recording = Arc::new(Recording::scan(fs::read(path).unwrap()).unwrap());
    let mut reader = recording.read(0);
    let mut samples = Vec::new();
    while let Some(block) = reader.next_block() {
        samples.extend_from_slice(block);
    }
    samples
}

fn names_in(folder: &Path) -> Vec<String> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn sixteen_bits_are_saved_as_they_were(
        channels in 1_u16..=2, frames in 1_usize..3_000, rate in prop::sample::select(vec![8_000, 22_050, 44_100, 48_000]),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("message.wav");
        let original = wav(&noise(frames * usize::from(channels)), channels, rate);
        export_recording(&Arc::new(Recording::scan(original.clone()).unwrap()), &path).unwrap();
        prop_assert_eq!(fs::read(&path).unwrap(), original);
    }
}

#[test]
fn an_mp3_is_saved_as_it_sounds() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("message.wav");
    let recording = Arc::new(Recording::scan(fixture("constant-rate.mp3")).unwrap());
    export_recording(&recording, &path).unwrap();
    let saved = Recording::scan(fs::read(&path).unwrap()).unwrap();
    assert_eq!((saved.rate(), saved.channels(), saved.frames()), (22_050, 1, 22_050));
    assert_eq!(saved.flaw(), None);
}

#[test]
fn a_conversation_is_saved_end_to_end_without_what_failed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("conversation.wav");
    let clips = vec![plain_clip(50), clip(&noise(4_000), 1, 8_000), plain_clip(70)];
    let mut parts = timeline_of(&clips).parts().to_vec();
    parts.insert(1, Part::new("failed", Sound::Failed));
    parts.insert(2, Part::new("text", Sound::Mark));
    parts.insert(3, Part::new("never fetched", Sound::Estimated { ms: 900 }));
    let timeline = Timeline::new(parts, Layout::EndToEnd);
    let find = |id: &str| id.parse::<usize>().ok().map(|index| Arc::clone(&clips[index]));
    assert_eq!(export_timeline(&timeline, find, &path), Ok(2), "the failed one and the one that is not there");
    let (saved, expected) = (samples(&path), as_heard(&clips));
    assert_eq!(saved.len(), expected.len());
    let furthest = saved.iter().zip(&expected).map(|(saved, played)| (saved - played.clamp(-1.0, 1.0)).abs());
    assert!(furthest.fold(0.0, f32::max) <= 1.0 / 32_768.0, "16 bits are exact to half a step, but at the very top");
}

#[test]
fn gaps_are_saved_as_they_are_laid_out() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("conversation.wav");
    let clips = [plain_clip(50), plain_clip(70)];
    let part = |index: usize, began_ms| Part {
        began_ms: Some(began_ms),
        ..Part::new(index.to_string(), known(&clips[index]))
    };
    let layout = Layout::ByRealTime { longest_gap_ms: 200 };
    let timeline = Timeline::new(vec![part(0, 0), part(1, 30_000)], layout);
    export_timeline(&timeline, |id| Some(Arc::clone(&clips[id.parse::<usize>().unwrap()])), &path).unwrap();
    let expected = [as_heard(&clips[..1]), vec![0.0; 200 * PER_MS], as_heard(&clips[1..])].concat();
    assert!(samples(&path) == expected);
}

#[test]
fn what_cannot_be_saved_is_said_and_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("message.wav");
    fs::write(&path, "what was there before").unwrap();
    let recording = plain_clip(10);
    let nothing = Timeline::new(vec![Part::new("text", Sound::Mark)], Layout::EndToEnd);
    assert_eq!(export_timeline(&nothing, |_| None, &path), Err(ExportError::Nothing));
    let hours = Sound::Known { frames: 7 * 3_600 * 48_000, rate: OUTPUT_RATE };
    let too_long = Timeline::new(vec![Part::new("0", hours)], Layout::EndToEnd);
    let ask = |_: &str| panic!("nothing is fetched for a file that is not written");
    assert_eq!(export_timeline(&too_long, ask, &path), Err(ExportError::TooLong));
    assert_eq!(fs::read(&path).unwrap(), b"what was there before");
    assert_eq!(names_in(folder.path()), ["message.wav"]);

    let nowhere = folder.path().join("gone").join("message.wav");
    assert_eq!(export_recording(&recording, &nowhere), Err(ExportError::NoFolder));
    let inside_a_file = path.join("message.wav");
    assert_eq!(export_recording(&recording, &inside_a_file), Err(ExportError::NoFolder));
    export_recording(&recording, &path).unwrap();
    assert!(samples(&path) == as_heard(&[recording]), "what was there before is replaced");
    assert_eq!(names_in(folder.path()), ["message.wav"]);
}
