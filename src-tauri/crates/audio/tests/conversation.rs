//! Many recordings are played as one piece. No sound device is needed.
#![allow(clippy::unwrap_used)]

mod sounds;

use std::sync::Arc;

use earmark_audio::{Layout, OUTPUT_RATE, Pace, Part, Recording, Silence, Sound, Spot, Status, Timeline};
use sounds::room::{FADE, PER_MS, Room, as_heard, clip, known, plain_clip, timeline_of};
use sounds::{fixture, noise, wav};

/// Clips of the output's own shape, no two of them alike.
fn plain_clips(count: usize) -> Vec<Arc<Recording>> {
    (0..count).map(|index| plain_clip(97 + index)).collect()
}

/// One clip of every rate and number of channels that is to be expected.
fn mixed_clips() -> Vec<Arc<Recording>> {
    let shapes =
        [(8_000, 1), (11_025, 2), (16_000, 1), (22_050, 1), (24_000, 1), (44_100, 2), (48_000, 1), (32_000, 6)];
    let made = shapes.map(|(rate, channels)| clip(&noise(rate as usize / 7 * usize::from(channels)), channels, rate));
    let read = ["constant-rate.mp3", "vorbis.ogg"].map(|name| Arc::new(Recording::scan(fixture(name)).unwrap()));
    made.into_iter().chain(read).collect()
}

#[test]
fn no_sample_comes_between_two_clips() {
    for pace in [Pace::Unpaced, Pace::RealTime] {
        let clips = plain_clips(24);
        let room = Room::new(pace);
        room.play(&clips);
        room.hears_only(&as_heard(&clips), &format!("{pace:?}"));
    }
}

#[test]
fn clips_of_all_rates_and_channels_follow_each_other() {
    let clips = mixed_clips();
    let room = Room::new(Pace::Unpaced);
    room.play(&clips);
    room.hears_only(&as_heard(&clips), "mixed");
}

#[test]
fn a_clip_that_is_not_there_is_waited_for_and_goes_on_by_itself() {
    let clips = plain_clips(3);
    let room = Room::new(Pace::Unpaced);
    let guessed = |id: &str| Part::new(id, Sound::Estimated { ms: 1_000 });
    let parts = vec![Part::new("0", known(&clips[0])), guessed("1"), guessed("2")];
    room.player.load("conversation", Timeline::new(parts, Layout::EndToEnd));
    room.player.put("0", Arc::clone(&clips[0]));
    room.player.play_from(Spot::Time(0));
    let waiting = room.until(Status::Waiting);
    assert_eq!((waiting.message.as_deref(), waiting.awaits.as_deref()), (Some("1"), Some("1")));
    assert_eq!((waiting.position_ms, waiting.message_ms, waiting.total_ms), (97, 0, 2_097));
    assert!(room.device.heard() == as_heard(&clips[..1]));

    // The last one first: the one in the middle is still waited for.
    room.player.put("2", Arc::clone(&clips[2]));
    let still = room.until(Status::Waiting);
    assert_eq!((still.awaits.as_deref(), still.total_ms), (Some("1"), 1_196));
    room.player.put("1", Arc::clone(&clips[1]));
    room.hears_only(&as_heard(&clips), "after the wait");
}

#[test]
fn a_clip_that_comes_in_time_is_not_noticed() {
    let clips = vec![plain_clip(800), plain_clip(97)];
    let room = Room::new(Pace::RealTime);
    room.player.load("conversation", timeline_of(&clips));
    room.player.put("0", Arc::clone(&clips[0]));
    room.player.play_from(Spot::Time(0));
    let playing = room.until(Status::Playing);
    assert_eq!(playing.awaits.as_deref(), Some("1"));
    room.player.put("1", Arc::clone(&clips[1]));
    room.until_state(|state| state.status == Status::Playing && state.awaits.is_none(), "ready");
    room.hears_only(&as_heard(&clips), "in time");
}

#[test]
fn what_has_failed_is_passed_over() {
    let clips = plain_clips(3);
    let room = Room::new(Pace::Unpaced);
    room.player.load("conversation", timeline_of(&clips));
    room.player.put("0", Arc::clone(&clips[0]));
    room.player.play_from(Spot::Time(0));
    room.until(Status::Waiting);
    room.player.put("2", Arc::clone(&clips[2]));
    room.player.fail("1");
    room.hears_only(&as_heard(&[Arc::clone(&clips[0]), Arc::clone(&clips[2])]), "without the second");
}

#[test]
fn a_clip_that_was_let_go_is_waited_for_again() {
    let clips = plain_clips(2);
    let room = Room::new(Pace::Unpaced);
    room.load(&clips);
    room.player.forget("1");
    room.player.play_from(Spot::Message("1".to_owned(), 40));
    let waiting = room.until(Status::Waiting);
    assert_eq!((waiting.awaits.as_deref(), waiting.message_ms, waiting.total_ms), (Some("1"), 40, 195));
    room.player.put("1", Arc::clone(&clips[1]));
    room.until(Status::Ended);
    let heard = room.device.heard();
    assert_eq!(heard.len(), (98 - 40) * PER_MS);
    assert!(as_heard(&clips)[FADE..].ends_with(&heard[FADE..]));
}

#[test]
fn gaps_by_real_time_are_silent() {
    let clips = plain_clips(2);
    let part = |index: usize, began_ms| Part {
        began_ms: Some(began_ms),
        ..Part::new(index.to_string(), known(&clips[index]))
    };
    let line = || Timeline::new(vec![part(0, 0), part(1, 60_000)], Layout::ByRealTime { longest_gap_ms: 400 });
    let (first, second) = (as_heard(&clips[..1]), as_heard(&clips[1..]));
    // At double speed a gap is half as long; of a gap that is skipped 300 ms are left.
    for (skip, gap_ms) in [(false, 400), (true, 300)] {
        let room = Room::new(Pace::Unpaced);
        room.player.set_skip(skip.then(Default::default));
        room.load(&clips);
        room.player.load("conversation", line());
        room.player.play_from(Spot::Time(0));
        let expected = [first.clone(), vec![0.0; gap_ms * PER_MS], second.clone()].concat();
        room.hears_only(&expected, &format!("skip: {skip}"));
        assert_eq!(room.player.state().total_ms, 97 + 400 + 98, "what is skipped is no shorter on the timeline");
    }
}

#[test]
fn speed_shortens_what_is_heard_and_not_what_is_told() {
    let clips = vec![plain_clip(900), clip(&noise(8_000), 1, 8_000), plain_clip(601)];
    let room = Room::new(Pace::Unpaced);
    room.player.set_speed(200);
    room.play(&clips);
    let ended = room.until(Status::Ended);
    assert_eq!((ended.position_ms, ended.total_ms, ended.speed_percent), (2_501, 2_501, 200));
    assert_eq!(room.device.heard().len(), 450 * PER_MS + 500 * PER_MS + 601 * PER_MS / 2);
}

#[test]
fn the_position_is_true_at_any_speed() {
    for percent in [50, 75, 100, 150, 300] {
        let room = Room::new(Pace::RealTime);
        room.player.set_speed(percent);
        room.play(&[plain_clip(250), clip(&noise(24_000), 1, 24_000), plain_clip(2_000)]);
        room.hears(300 * PER_MS);
        room.player.pause();
        let paused = room.until(Status::Paused);
        // The fade-out is heard and not counted.
        let heard_ms = (room.device.heard().len() - FADE) as u64 / PER_MS as u64;
        let expected_ms = heard_ms * u64::from(percent) / 100;
        assert!(expected_ms.abs_diff(paused.position_ms.into()) <= 20, "{percent} %: {expected_ms} ms, {paused:?}");
    }
}

#[test]
fn a_new_speed_is_heard_at_once_from_where_it_was() {
    let room = Room::new(Pace::RealTime);
    room.play(&[plain_clip(3_000)]);
    room.hears(500 * PER_MS);
    room.player.set_speed(300);
    room.until(Status::Ended);
    let heard_ms = room.device.heard().len() / PER_MS;
    // Some 500 ms as they were, and a third of the rest.
    assert!((1_320..1_700).contains(&heard_ms), "{heard_ms} ms were heard of 3 s");
}

#[test]
fn only_long_pauses_are_skipped_and_no_time_is_lost_on_the_line() {
    let tone = |ms: usize| noise(ms * PER_MS);
    let pause = |ms: usize| vec![0_i16; ms * PER_MS];
    let samples = [tone(500), pause(400), tone(500), pause(3_000), tone(500)].concat();
    let clips = vec![clip(&samples, 2, OUTPUT_RATE), plain_clip(97)];
    let room = Room::new(Pace::Unpaced);
    room.player.set_skip(Some(Silence::default()));
    room.play(&clips);
    let ended = room.until(Status::Ended);
    assert_eq!((ended.position_ms, ended.total_ms), (4_997, 4_997));
    let cuts = clips[0].silences(-45, 150);
    let whole = as_heard(&clips);
    let [cut] = &cuts[..] else { panic!("one pause is cut: {cuts:?}") };
    let expected = [&whole[..cut.start as usize * 2], &whole[cut.end as usize * 2..]].concat();
    assert!(room.device.heard() == expected, "what is left is as it was");
    assert!((300..330).contains(&(expected.len() / PER_MS - 1_997)), "300 ms of the long pause are left");

    room.player.play_from(Spot::Time(2_500));
    room.until(Status::Ended);
    assert!(
        whole.ends_with(&room.device.heard()[expected.len() + FADE..]),
        "from within a cut, what follows it is heard"
    );
}

#[test]
fn recordings_are_evened_and_not_clipped() {
    let tone = |amplitude: f32| {
        let sample = |n: usize| (amplitude * 32_767.0 * (n as f32 * 0.05).sin()) as i16;
        clip(&(0..48_000).flat_map(|n| [sample(n); 2]).collect::<Vec<_>>(), 2, OUTPUT_RATE)
    };
    let clips = vec![tone(0.02), tone(0.9)];
    let loudest = |samples: &[f32]| samples.iter().fold(0.0, |most: f32, sample| most.max(sample.abs()));
    let room = Room::new(Pace::Unpaced);
    room.player.set_even(true);
    room.play(&clips);
    room.until(Status::Ended);
    let heard = room.device.heard();
    let (soft, loud) = (loudest(&heard[..96_000]), loudest(&heard[96_000..]));
    assert!((0.8..1.25).contains(&(soft / loud)), "{soft} and {loud}");
    assert!(loud < 1.0);
}

#[test]
fn the_end_of_a_conversation_is_where_resuming_starts_over() {
    let clips = plain_clips(2);
    let room = Room::new(Pace::Unpaced);
    room.play(&clips);
    room.hears_only(&as_heard(&clips), "once");
    room.player.resume();
    let twice = [as_heard(&clips), as_heard(&clips)].concat();
    room.hears_only(&twice, "twice");
}

#[test]
fn a_conversation_without_sound_ends_at_once() {
    let room = Room::new(Pace::Unpaced);
    room.player.load("conversation", Timeline::new(vec![Part::new("text", Sound::Mark)], Layout::EndToEnd));
    room.player.play_from(Spot::Message("text".to_owned(), 0));
    assert_eq!(room.until(Status::Ended).total_ms, 0);
    room.player.play_from(Spot::Time(0));
    room.until(Status::Ended);
    assert!(room.device.heard().is_empty());
}

/// A minute in which every frame tells its clip and its own number.
fn numbered_minute(clip: usize) -> Arc<Recording> {
    let frames = 0..60 * OUTPUT_RATE as usize;
    let number = |frame: usize| [(frame % 32_768) as i16, (frame / 32_768 * 8 + clip) as i16];
    Arc::new(Recording::scan(wav(&frames.flat_map(number).collect::<Vec<_>>(), 2, OUTPUT_RATE)).unwrap())
}

/// The clip and frame of a sample pair, if it is one that was not faded.
fn numbered(frame: &[f32]) -> Option<(usize, usize)> {
    let (low, high) = (frame[0] * 32_768.0, frame[1] * 32_768.0);
    (low.fract() == 0.0 && high.fract() == 0.0 && high >= 0.0)
        .then(|| (high as usize % 8, high as usize / 8 * 32_768 + low as usize))
}

#[test]
fn two_hundred_seeks_in_an_hour_all_land_where_they_should() {
    const MINUTE: usize = 60_000;
    let minutes: Vec<_> = (0..6).map(numbered_minute).collect();
    let clips: Vec<_> = minutes.iter().cycle().take(60).cloned().collect();
    let room = Room::new(Pace::RealTime);
    room.play(&clips);
    for seek in 1..=200_usize {
        let target = seek * 2_654_435_761 % (60 * MINUTE - 1_000);
        let before = room.device.heard_samples();
        room.player.seek(target as u32);
        let lands = |state: &earmark_audio::PlayerState| {
            state.status == Status::Playing
                && (state.position_ms as usize).checked_sub(target).is_some_and(|ms| ms < 1_000)
        };
        let landed = room.until_state(lands, &format!("at {target} ms"));
        assert_eq!(landed.message, Some((target / MINUTE).to_string()));
        room.hears(before + 60 * PER_MS);
        let heard = room.device.heard_since(before);
        let (clip, frame) = (target / MINUTE % 6, target % MINUTE * PER_MS / 2);
        let late = |at: (usize, usize)| at.1.checked_sub(frame).filter(|_| at.0 == clip).map(|late| late * 2 / PER_MS);
        let mut found = heard.chunks_exact(2).filter_map(numbered).filter_map(late);
        assert!(found.any(|late_ms| late_ms <= 20), "seek {seek} to {target} ms did not begin there");
        let last = heard.chunks_exact(2).next_back().and_then(numbered).and_then(late);
        assert!(last.is_some_and(|late_ms| late_ms < 1_000), "seek {seek} to {target} ms did not stay: {last:?}");
    }
}
