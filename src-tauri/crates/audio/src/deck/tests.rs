#![allow(clippy::unwrap_used)]

mod sequences;

use super::*;
use crate::recording::Recording;
use crate::timeline::{Layout, Part, Sound, Timeline};

const RATE: u32 = 8_000;

/// A recording of silence.
fn recording(ms: u32) -> Arc<Recording> {
    let data = vec![0_u8; (ms * RATE / 1_000) as usize * 2];
    let mut wav = b"RIFF".to_vec();
    wav.extend((36 + data.len() as u32).to_le_bytes());
    wav.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    wav.extend(RATE.to_le_bytes());
    wav.extend((2 * RATE).to_le_bytes());
    wav.extend(b"\x02\0\x10\0data");
    wav.extend((data.len() as u32).to_le_bytes());
    wav.extend(data);
    Arc::new(Recording::scan(wav).unwrap())
}

/// A conversation of "a", 10 s, and "b", which may last 4 s.
fn timeline() -> Timeline {
    let known = Sound::Known { frames: 80_000, rate: RATE };
    Timeline::new(vec![Part::new("a", known), Part::new("b", Sound::Estimated { ms: 4_000 })], Layout::EndToEnd)
}

fn load() -> Input {
    Input::Load { conversation: "conversation".to_owned(), timeline: timeline() }
}

fn put(id: &str, ms: u32) -> Input {
    Input::Put { id: id.to_owned(), recording: recording(ms) }
}

fn play(ms: u32) -> Input {
    Input::Play(Spot::Time(ms))
}

fn at(part: usize, ms: u32) -> Place {
    Place { part, frame: u64::from(ms * RATE / 1_000) }
}

fn start(run: u64, place: Place) -> Effect {
    Effect::Start { run, place }
}

/// A deck under test, with a clock and a cursor that stand where the test puts them.
struct Bench {
    deck: Deck,
    at: Instant,
    cursor: Option<Place>,
    /// Where that is not all that was heard.
    heard: Option<Place>,
}

impl Bench {
    fn new() -> Self {
        Self { deck: Deck::default(), at: Instant::now(), cursor: None, heard: None }
    }

    /// With "a" there and "b" not.
    fn loaded() -> Self {
        let mut bench = Self::new();
        assert_eq!(bench.give(load()), [Effect::Tell]);
        assert_eq!(bench.give(put("a", 10_000)), [Effect::Tell]);
        bench
    }

    fn playing() -> Self {
        let mut bench = Self::loaded();
        assert_eq!(bench.give(play(0)), [start(1, at(0, 0))]);
        assert_eq!(bench.give(Input::Primed { run: 1 }), [Effect::Sound, Effect::Tell]);
        bench
    }

    fn waiting() -> Self {
        let mut bench = Self::playing();
        assert_eq!(bench.heard_until(at(0, 10_000)).give(Input::Dry { run: 1 }), [Effect::Halt, Effect::Tell]);
        assert_eq!((bench.deck.status, bench.deck.place), (Status::Waiting, at(1, 0)));
        bench
    }

    fn give(&mut self, input: Input) -> Vec<Effect> {
        let now = Now { at: self.at, place: self.cursor, heard: self.heard.or(self.cursor) };
        let (deck, effects) = step(self.deck.clone(), now, input);
        self.deck = deck;
        effects
    }

    fn later(&mut self, ms: u64) -> &mut Self {
        self.at += Duration::from_millis(ms);
        self
    }

    fn heard_until(&mut self, place: Place) -> &mut Self {
        self.cursor = Some(place);
        self
    }
}

#[test]
fn play_starts_where_it_is_told_and_is_told_when_it_sounds() {
    let mut bench = Bench::loaded();
    assert_eq!(bench.give(play(2_500)), [start(1, at(0, 2_500))]);
    assert_eq!(bench.deck.status, Status::Playing);
    assert_eq!(bench.deck.wakes_at(), None, "nothing is told before it sounds");
    assert_eq!(bench.give(Input::Primed { run: 1 }), [Effect::Sound, Effect::Tell]);
    assert_eq!(bench.give(Input::Play(Spot::Message("b".to_owned(), 0))), [Effect::Halt, start(2, at(1, 0))]);
    assert_eq!(bench.give(Input::Primed { run: 1 }), [], "the first voice is no longer wanted");
    assert_eq!(bench.give(Input::Ended { run: 1 }), []);
    assert_eq!(bench.give(Input::Play(Spot::Message("nobody".to_owned(), 0))), []);
}

#[test]
fn a_pause_keeps_the_position_and_resume_goes_on_from_it() {
    let mut bench = Bench::playing();
    assert_eq!(bench.heard_until(at(0, 1_234)).give(Input::Pause), [Effect::Halt, Effect::Tell]);
    assert_eq!((bench.deck.status, bench.deck.place), (Status::Paused, at(0, 1_234)));
    assert_eq!(bench.heard_until(at(0, 9_999)).give(Input::Pause), [], "a second pause changes nothing");
    assert_eq!(bench.give(Input::Resume), [start(2, at(0, 1_234))]);
    assert_eq!(bench.give(Input::Resume), [], "what plays needs no resuming");
}

#[test]
fn seeking_starts_anew_while_playing_and_only_moves_while_paused() {
    let mut bench = Bench::playing();
    assert_eq!(bench.give(Input::Seek { ms: 4_000 }), [Effect::Halt, start(2, at(0, 4_000))]);
    bench.give(Input::Pause);
    assert_eq!(bench.give(Input::Seek { ms: 8_000 }), [Effect::Tell]);
    assert_eq!((bench.deck.status, bench.deck.place), (Status::Paused, at(0, 8_000)));
    bench.give(Input::Seek { ms: u32::MAX });
    assert_eq!(bench.deck.place, Place { part: 1, frame: 4_000 }, "a seek past the end is a seek to the end");
}

#[test]
fn what_is_not_there_is_waited_for_and_goes_on_by_itself() {
    let mut bench = Bench::waiting();
    assert_eq!(bench.give(Input::Resume), [], "there is nothing to resume with");
    assert_eq!(bench.give(put("a", 10_000)), [Effect::Tell], "that is not what it waits for");
    assert_eq!(bench.give(put("b", 3_000)), [start(2, at(1, 0))]);
    assert_eq!(bench.heard_until(at(1, 3_000)).give(Input::Ended { run: 2 }), [Effect::Halt, Effect::Tell]);
    assert_eq!((bench.deck.status, bench.deck.place), (Status::Ended, at(1, 3_000)));
}

#[test]
fn what_comes_just_as_sound_runs_out_is_not_missed() {
    let mut bench = Bench::playing();
    assert_eq!(bench.give(put("b", 3_000)), [Effect::Tell]);
    let effects = bench.heard_until(at(0, 10_000)).give(Input::Dry { run: 1 });
    assert_eq!(effects, [Effect::Halt, start(2, at(1, 0))]);
}

#[test]
fn waiting_can_be_paused_and_sought_away_from() {
    let mut bench = Bench::waiting();
    assert_eq!(bench.give(Input::Pause), [Effect::Tell]);
    assert_eq!(bench.give(put("b", 3_000)), [Effect::Tell], "a pause is a pause");
    assert_eq!(Bench::waiting().give(Input::Seek { ms: 500 }), [start(2, at(0, 500))]);
}

#[test]
fn a_failed_recording_is_passed_over() {
    let mut bench = Bench::waiting();
    assert_eq!(bench.give(Input::Fail { id: "b".to_owned() }), [start(2, at(0, 10_000))], "which is now the end");
    let mut bench = Bench::playing();
    let failed = bench.heard_until(at(0, 700)).give(Input::Fail { id: "a".to_owned() });
    assert_eq!(failed, [Effect::Halt, start(2, at(1, 0))], "what fails while it sounds is left");
    assert_eq!(bench.give(Input::Fail { id: "nobody".to_owned() }), []);
}

#[test]
fn at_the_end_resume_starts_over_and_a_seek_makes_a_pause() {
    let mut bench = Bench::playing();
    assert_eq!(bench.give(Input::Ended { run: 1 }), [Effect::Halt, Effect::Tell]);
    let mut sought = Bench { deck: bench.deck.clone(), ..Bench::new() };
    assert_eq!(bench.give(Input::Resume), [start(2, at(0, 0))]);
    sought.give(Input::Seek { ms: 5_000 });
    assert_eq!((sought.deck.status, sought.deck.place), (Status::Paused, at(0, 5_000)));
}

#[test]
fn what_changes_how_it_sounds_takes_effect_here_and_at_once() {
    let mut bench = Bench::playing();
    let skip = Some(Silence::default());
    bench.heard_until(at(0, 3_000));
    assert_eq!(bench.give(Input::Speed { percent: 150 }), [Effect::Halt, start(2, at(0, 3_000))]);
    assert_eq!(bench.give(Input::Skip(skip)), [Effect::Halt, start(3, at(0, 3_000))]);
    assert_eq!(bench.give(Input::Even(true)), [Effect::Halt, start(4, at(0, 3_000))]);
    assert_eq!(bench.deck.settings, Settings { percent: 150, skip, even: true });
    for same in [Input::Speed { percent: 150 }, Input::Skip(skip), Input::Even(true)] {
        assert_eq!(bench.give(same), [], "what is so already changes nothing");
    }
    bench.give(Input::Pause);
    assert_eq!(bench.give(Input::Speed { percent: 900 }), [Effect::Tell]);
    assert_eq!(bench.deck.settings.percent, 300);
}

#[test]
fn another_device_is_played_on_from_here() {
    let mut bench = Bench::playing();
    bench.heard_until(at(0, 3_000));
    assert_eq!(bench.give(Input::DefaultChanged), [Effect::Release, Effect::Halt, start(2, at(0, 3_000))]);
    let device = Some("Headset".to_owned());
    let chosen = bench.give(Input::Choose { device: device.clone() });
    assert_eq!(chosen, [Effect::Choose, Effect::Halt, start(3, at(0, 3_000))]);
    assert_eq!(bench.give(Input::Choose { device }), []);
    assert_eq!(bench.give(Input::DefaultChanged), [], "the default is not what plays");
}

#[test]
fn a_failure_keeps_the_position_and_resume_tries_again() {
    let mut bench = Bench::playing();
    let effects = bench.heard_until(at(0, 3_000)).give(Input::Failed(OutputError::Lost));
    assert_eq!(effects, [Effect::Halt, Effect::Release, Effect::Tell]);
    assert_eq!(bench.deck.status, Status::Failed(OutputError::Lost));
    assert_eq!(bench.give(Input::Failed(OutputError::Lost)), [Effect::Release], "one loss is told once");
    assert_eq!(bench.give(Input::Resume), [start(2, at(0, 3_000))]);
}

#[test]
fn what_a_lost_device_still_held_is_played_again() {
    let device = || Some("Headset".to_owned());
    for lost in [Input::Failed(OutputError::Lost), Input::DefaultChanged, Input::Choose { device: device() }] {
        let mut bench = Bench::playing();
        bench.heard = Some(at(0, 2_900));
        bench.heard_until(at(0, 3_000)).give(lost);
        assert_eq!(bench.deck.place, at(0, 2_900));
    }
    let mut paused = Bench::playing();
    paused.heard = Some(at(0, 2_900));
    paused.heard_until(at(0, 3_000)).give(Input::Pause);
    assert_eq!(paused.deck.place, at(0, 3_000), "after a pause what it holds is still heard");
}

#[test]
fn losing_the_device_while_paused_only_closes_it() {
    let mut bench = Bench::playing();
    bench.give(Input::Pause);
    assert_eq!(bench.give(Input::Failed(OutputError::Lost)), [Effect::Release]);
    assert_eq!(bench.deck.status, Status::Paused);
}

#[test]
fn stop_forgets_the_conversation_but_not_the_volume() {
    let mut bench = Bench::playing();
    assert_eq!(bench.give(Input::Volume { percent: 50 }), [Effect::Gain(0.25)]);
    assert_eq!(bench.give(Input::Mute(true)), [Effect::Gain(0.0)]);
    assert_eq!(bench.give(Input::Mute(false)), [Effect::Gain(0.25)]);
    assert_eq!(bench.give(Input::Stop), [Effect::Halt, Effect::Tell]);
    assert!(bench.deck.reel.is_none());
    assert_eq!((bench.deck.status, bench.deck.place, bench.deck.gain()), (Status::Idle, Place::default(), 0.25));
    assert_eq!(bench.give(Input::Stop), []);
}

#[test]
fn another_conversation_takes_the_place_of_the_first_and_holds() {
    let mut bench = Bench::playing();
    let other = Input::Load { conversation: "other".to_owned(), timeline: timeline() };
    assert_eq!(bench.heard_until(at(0, 700)).give(other), [Effect::Halt, Effect::Tell]);
    assert_eq!((bench.deck.status, bench.deck.place), (Status::Paused, at(0, 0)));
    assert!(bench.deck.reel.as_ref().unwrap().awaited(Place::default()).is_some(), "nothing of the first is kept");
}

#[test]
fn the_same_conversation_laid_out_anew_goes_on() {
    let mut bench = Bench::playing();
    let text_first = [vec![Part::new("hello", Sound::Mark)], timeline().parts().to_vec()].concat();
    let relaid = Timeline::new(text_first, Layout::ByRealTime { longest_gap_ms: 500 });
    let again = Input::Load { conversation: "conversation".to_owned(), timeline: relaid };
    assert_eq!(bench.heard_until(at(0, 700)).give(again), [Effect::Halt, start(2, at(1, 700))]);
    assert_eq!(bench.deck.reel.as_ref().unwrap().awaited(at(1, 700)), Some("b"), "the recording of the first is kept");
}

#[test]
fn without_a_conversation_nothing_but_settings_changes() {
    let mut bench = Bench::new();
    let seek = Input::Seek { ms: 5 };
    for input in [play(0), Input::Pause, Input::Resume, seek, Input::Stop, Input::Ended { run: 0 }, Input::Tick] {
        assert_eq!(bench.give(input), []);
    }
    assert_eq!(bench.give(put("a", 10)), []);
    assert_eq!(bench.give(Input::Volume { percent: 200 }), []);
    assert_eq!((bench.deck.status, bench.deck.gain()), (Status::Idle, 1.0));
}

#[test]
fn while_playing_the_state_is_told_four_times_a_second() {
    let mut bench = Bench::playing();
    let mut told = 0;
    for _ in 0..1_000 {
        told += bench.later(1).give(Input::Tick).len();
    }
    assert_eq!(told, 4);
    assert_eq!(bench.deck.wakes_at(), Some(bench.at + REPORT_EVERY));
}

#[test]
fn an_output_with_nothing_to_play_is_released_once() {
    for mut bench in [Bench::playing(), Bench::waiting()] {
        bench.give(Input::Pause);
        assert_eq!(bench.later(4_999).give(Input::Tick), []);
        assert_eq!(bench.later(1).give(Input::Tick), [Effect::Release]);
        assert_eq!(bench.deck.wakes_at(), None, "an idle player sleeps");
    }
}

#[test]
fn going_on_in_time_keeps_the_output_open() {
    let mut bench = Bench::playing();
    bench.give(Input::Pause);
    bench.later(4_000).give(Input::Resume);
    bench.give(Input::Primed { run: 2 });
    assert_eq!(bench.later(4_000).give(Input::Tick), [Effect::Tell]);
}
