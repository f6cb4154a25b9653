//! Whatever comes in whatever order, the deck keeps its promises.

use std::sync::LazyLock;

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

static RECORDING: LazyLock<Arc<Recording>> = LazyLock::new(|| recording(250));

/// An input, and where the running voice has come to when it arrives, in thousandths of the conversation.
#[derive(Debug, Clone)]
struct Drawn {
    kind: Kind,
    heard: u64,
    later_ms: u64,
}

#[derive(Debug, Clone)]
enum Kind {
    Load(bool, Vec<(u8, Sound)>),
    Put(u8),
    Fail(u8),
    Forget(u8),
    Play(u32),
    PlayMessage(u8, u32),
    Seek(u32),
    Speed(u16),
    Skip(bool),
    Choose(bool),
    Plain(u8),
    /// From the newest voice, or from one before.
    Voice(u8, u64),
}

fn sound() -> impl Strategy<Value = Sound> {
    prop_oneof![
        (0_u64..20_000).prop_map(|frames| Sound::Known { frames, rate: RATE }),
        (0_u32..2_000).prop_map(|ms| Sound::Estimated { ms }),
        Just(Sound::Failed),
        Just(Sound::Mark),
    ]
}

fn drawn() -> impl Strategy<Value = Drawn> {
    let id = || 0_u8..5;
    let kind = prop_oneof![
        1 => (any::<bool>(), vec((id(), sound()), 0..5)).prop_map(|(other, parts)| Kind::Load(other, parts)),
        3 => id().prop_map(Kind::Put),
        1 => id().prop_map(Kind::Fail),
        1 => id().prop_map(Kind::Forget),
        2 => (0_u32..9_000).prop_map(Kind::Play),
        1 => (id(), 0_u32..3_000).prop_map(|(id, ms)| Kind::PlayMessage(id, ms)),
        1 => (0_u32..9_000).prop_map(Kind::Seek),
        1 => (40_u16..320).prop_map(Kind::Speed),
        1 => any::<bool>().prop_map(Kind::Skip),
        1 => any::<bool>().prop_map(Kind::Choose),
        4 => (0_u8..7).prop_map(Kind::Plain),
        6 => (0_u8..3, prop_oneof![4 => Just(0_u64), 1 => Just(1)]).prop_map(|(kind, age)| Kind::Voice(kind, age)),
    ];
    (kind, 0_u64..=1_000, 0_u64..6_000).prop_map(|(kind, heard, later_ms)| Drawn { kind, heard, later_ms })
}

fn input(kind: &Kind, run: u64) -> Input {
    let id = |id: &u8| id.to_string();
    match kind {
        Kind::Load(other, drawn) => {
            let mut parts: Vec<Part> = drawn.iter().map(|(name, sound)| Part::new(id(name), *sound)).collect();
            parts.sort_by(|a, b| a.id.cmp(&b.id));
            parts.dedup_by(|a, b| a.id == b.id);
            let timeline = Timeline::new(parts, Layout::EndToEnd);
            Input::Load { conversation: other.to_string(), timeline }
        }
        Kind::Put(name) => Input::Put { id: id(name), recording: Arc::clone(&RECORDING) },
        Kind::Fail(name) => Input::Fail { id: id(name) },
        Kind::Forget(name) => Input::Forget { id: id(name) },
        Kind::Play(ms) => Input::Play(Spot::Time(*ms)),
        Kind::PlayMessage(name, ms) => Input::Play(Spot::Message(id(name), *ms)),
        Kind::Seek(ms) => Input::Seek { ms: *ms },
        Kind::Speed(percent) => Input::Speed { percent: *percent },
        Kind::Skip(skip) => Input::Skip(skip.then(Silence::default)),
        Kind::Choose(headset) => Input::Choose { device: headset.then(|| "Headset".to_owned()) },
        Kind::Plain(0) => Input::Pause,
        Kind::Plain(1) => Input::Resume,
        Kind::Plain(2) => Input::Stop,
        Kind::Plain(3) => Input::Failed(OutputError::Lost),
        Kind::Plain(4) => Input::DefaultChanged,
        Kind::Plain(5) => Input::Mute(true),
        Kind::Plain(_) => Input::Tick,
        Kind::Voice(0, age) => Input::Primed { run: run.saturating_sub(*age) },
        Kind::Voice(1, age) => Input::Dry { run: run.saturating_sub(*age) },
        Kind::Voice(_, age) => Input::Ended { run: run.saturating_sub(*age) },
    }
}

/// What carries the effects out.
#[derive(Default)]
struct Stage {
    voice: Option<u64>,
    newest: u64,
    open: bool,
}

impl Stage {
    fn carry_out(&mut self, effect: &Effect) {
        match effect {
            Effect::Start { run, .. } => {
                assert_eq!(self.voice, None, "a voice starts over another");
                assert!(*run > self.newest, "a number is used twice");
                self.newest = *run;
                self.voice = Some(*run);
            }
            Effect::Sound => {
                assert_eq!(self.voice, Some(self.newest), "an old voice is to sound");
                self.open = true;
            }
            Effect::Halt => assert!(self.voice.take().is_some(), "there is nothing to halt"),
            Effect::Gain(_) => assert!(self.voice.is_some(), "there is nothing to soften"),
            Effect::Choose | Effect::Release => self.open = false,
            Effect::Tell => {}
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn promises_are_kept(sequence in vec(drawn(), 1..60)) {
        let mut bench = Bench::new();
        let mut stage = Stage::default();
        for Drawn { kind, heard, later_ms } in sequence {
            bench.later(later_ms);
            let timeline = bench.deck.reel.as_ref().map(|reel| reel.timeline.clone());
            bench.cursor = timeline.map(|line| line.place_of(line.time_of(line.end()) * heard / 1_000));
            let before = bench.deck.clone();
            let effects = bench.give(input(&kind, before.run));
            effects.iter().for_each(|effect| stage.carry_out(effect));

            let deck = &bench.deck;
            prop_assert_eq!(stage.voice.is_some(), deck.status == Status::Playing, "a voice runs exactly while playing");
            prop_assert_eq!(deck.status == Status::Idle, deck.reel.is_none());
            if deck.status == Status::Waiting {
                prop_assert!(!deck.can_go_on(), "it waits for what is there");
            }
            if let Some(reel) = &deck.reel {
                prop_assert_eq!(reel.timeline.settle(deck.place), deck.place, "the place is none");
            }
            if effects.is_empty() {
                prop_assert_eq!(deck.status, before.status, "nobody was told");
            }
            if stage.open && deck.status != Status::Playing {
                prop_assert!(deck.wakes_at().is_some(), "the output would stay open");
            }
        }
    }
}
