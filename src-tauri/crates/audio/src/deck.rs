//! What playing means, without sound, threads or a clock: a state, an input, a new state and the effects it asks for.
//!
//! Invariants: the frame kept here is true whenever no voice runs; a voice runs exactly while the status is `Playing`; an
//! input that changes nothing has no effect, so it tells nobody.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::clip::Clip;
use crate::output::OutputError;

/// The time between two reports while playing.
pub(crate) const REPORT_EVERY: Duration = Duration::from_millis(250);
/// How long the output is kept open after sound stopped: going on at once must be quick, an idle program quiet.
pub(crate) const KEEP_OPEN: Duration = Duration::from_secs(5);

/// What the player is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Nothing is loaded.
    Idle,
    /// Sound is on its way to the output.
    Playing,
    /// Stopped at a position; resuming goes on from there.
    Paused,
    /// Played to its end; resuming starts over.
    Ended,
    /// The output failed; the position is kept and resuming tries again.
    Failed(OutputError),
}

#[derive(Clone)]
pub(crate) struct Loaded {
    pub(crate) clip: Arc<Clip>,
    pub(crate) tag: String,
}

#[derive(Clone)]
pub(crate) struct Deck {
    pub(crate) loaded: Option<Loaded>,
    pub(crate) status: Status,
    /// Position in the loaded clip.
    pub(crate) frame: usize,
    pub(crate) gain: f32,
    /// Number of the newest voice: what an older one reports is stale.
    pub(crate) run: u64,
    told_at: Option<Instant>,
    /// Since when an open output has had nothing to play.
    quiet_since: Option<Instant>,
}

impl Default for Deck {
    fn default() -> Self {
        Self { loaded: None, status: Status::Idle, frame: 0, gain: 1.0, run: 0, told_at: None, quiet_since: None }
    }
}

/// The facts of the moment in which an input arrives.
#[derive(Clone, Copy)]
pub(crate) struct Now {
    pub(crate) at: Instant,
    /// How far the running voice has come, while one runs.
    pub(crate) frame: Option<usize>,
}

pub(crate) enum Input {
    Play {
        clip: Arc<Clip>,
        tag: String,
        from_ms: u32,
    },
    Pause,
    Resume,
    Seek {
        ms: u32,
    },
    Volume {
        percent: u8,
    },
    Stop,
    /// A voice handed out its clip's last sample.
    Ended {
        run: u64,
    },
    /// The output refused a voice or stopped working.
    Failed(OutputError),
    /// The time [`Deck::wakes_at`] asked for has come.
    Tick,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Effect {
    /// Start voice `run` of the loaded clip.
    Start { run: u64, frame: usize },
    /// Let the running voice end.
    Halt,
    /// Change the running voice's gain.
    Gain(f32),
    /// Close the output.
    Release,
    /// Report the state.
    Tell,
}

impl Deck {
    /// When a [`Input::Tick`] is wanted, if nothing else comes first.
    pub(crate) fn wakes_at(&self) -> Option<Instant> {
        match self.status {
            Status::Playing => self.told_at.map(|told| told + REPORT_EVERY),
            _ => self.quiet_since.map(|since| since + KEEP_OPEN),
        }
    }

    fn frames(&self) -> usize {
        self.loaded.as_ref().map_or(0, |loaded| loaded.clip.frames())
    }

    fn start(&mut self, frame: usize) -> Vec<Effect> {
        let mut effects = Vec::with_capacity(3);
        if self.status == Status::Playing {
            effects.push(Effect::Halt);
        }
        self.run += 1;
        self.frame = frame;
        self.status = Status::Playing;
        self.quiet_since = None;
        effects.extend([Effect::Start { run: self.run, frame }, Effect::Tell]);
        effects
    }

    /// Leaves `Playing`, or stays where it is.
    fn rest(&mut self, status: Status, at: Instant) {
        if self.status == Status::Playing {
            self.quiet_since = Some(at);
        }
        self.status = status;
    }
}

/// Takes one input.
pub(crate) fn step(mut deck: Deck, now: Now, input: Input) -> (Deck, Vec<Effect>) {
    let playing = deck.status == Status::Playing;
    if let Some(frame) = now.frame.filter(|_| playing) {
        deck.frame = frame;
    }
    let effects = match input {
        Input::Play { clip, tag, from_ms } => {
            let frame = clip.frame_at(from_ms);
            deck.loaded = Some(Loaded { clip, tag });
            deck.start(frame)
        }
        Input::Pause if playing => {
            deck.rest(Status::Paused, now.at);
            vec![Effect::Halt, Effect::Tell]
        }
        Input::Resume => match deck.status {
            Status::Paused | Status::Failed(_) => deck.start(deck.frame),
            Status::Ended => deck.start(0),
            Status::Idle | Status::Playing => vec![],
        },
        Input::Seek { ms } => {
            let target = deck.loaded.as_ref().map(|loaded| loaded.clip.frame_at(ms));
            match (target, deck.status) {
                (None, _) => vec![],
                (Some(frame), Status::Playing) => deck.start(frame),
                (Some(frame), status) => {
                    deck.frame = frame;
                    deck.status = if status == Status::Ended { Status::Paused } else { status };
                    vec![Effect::Tell]
                }
            }
        }
        Input::Volume { percent } => {
            // Ears hear ratios: the square spreads the lower half of the slider.
            deck.gain = (f32::from(percent.min(100)) / 100.0).powi(2);
            if playing { vec![Effect::Gain(deck.gain)] } else { vec![] }
        }
        Input::Stop if deck.loaded.is_some() => {
            deck.loaded = None;
            deck.rest(Status::Idle, now.at);
            deck.frame = 0;
            if playing { vec![Effect::Halt, Effect::Tell] } else { vec![Effect::Tell] }
        }
        Input::Ended { run } if playing && run == deck.run => {
            deck.frame = deck.frames();
            deck.rest(Status::Ended, now.at);
            vec![Effect::Tell]
        }
        Input::Failed(error) if playing => {
            deck.status = Status::Failed(error);
            deck.quiet_since = None;
            vec![Effect::Halt, Effect::Release, Effect::Tell]
        }
        // Nobody listens, so nobody is told; the output must be opened anew all the same.
        Input::Failed(_) => {
            deck.quiet_since = None;
            vec![Effect::Release]
        }
        Input::Tick => deck.tick(now.at),
        Input::Pause | Input::Stop | Input::Ended { .. } => vec![],
    };
    if effects.contains(&Effect::Tell) {
        deck.told_at = Some(now.at);
    }
    (deck, effects)
}

impl Deck {
    fn tick(&mut self, at: Instant) -> Vec<Effect> {
        if self.wakes_at().is_none_or(|wake| at < wake) {
            return vec![];
        }
        if self.status == Status::Playing {
            return vec![Effect::Tell];
        }
        self.quiet_since = None;
        vec![Effect::Release]
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const RATE: u32 = 8_000;

    fn clip(ms: u32) -> Arc<Clip> {
        Arc::new(Clip::new(vec![1; (ms * RATE / 1_000) as usize], 1, RATE, None))
    }

    fn play(ms: u32, from_ms: u32) -> Input {
        Input::Play { clip: clip(ms), tag: "a".to_owned(), from_ms }
    }

    /// A deck under test, with a clock and a cursor that stand where the test puts them.
    struct Bench {
        deck: Deck,
        at: Instant,
        cursor_ms: u32,
    }

    impl Bench {
        fn new() -> Self {
            Self { deck: Deck::default(), at: Instant::now(), cursor_ms: 0 }
        }

        fn playing() -> Self {
            let mut bench = Self::new();
            bench.give(play(10_000, 0));
            bench
        }

        fn give(&mut self, input: Input) -> Vec<Effect> {
            let now = Now { at: self.at, frame: Some(frame(self.cursor_ms)) };
            let (deck, effects) = step(self.deck.clone(), now, input);
            self.deck = deck;
            effects
        }

        fn later(&mut self, ms: u64) -> &mut Self {
            self.at += Duration::from_millis(ms);
            self
        }

        fn heard_until(&mut self, ms: u32) -> &mut Self {
            self.cursor_ms = ms;
            self
        }
    }

    fn frame(ms: u32) -> usize {
        (ms * RATE / 1_000) as usize
    }

    fn start(run: u64, ms: u32) -> Effect {
        Effect::Start { run, frame: frame(ms) }
    }

    #[test]
    fn play_starts_where_it_is_told() {
        let mut bench = Bench::new();
        assert_eq!(bench.give(play(10_000, 2_500)), [start(1, 2_500), Effect::Tell]);
        assert_eq!(bench.deck.status, Status::Playing);
    }

    #[test]
    fn play_replaces_what_plays() {
        let mut bench = Bench::playing();
        bench.heard_until(700);
        assert_eq!(bench.give(play(3_000, 0)), [Effect::Halt, start(2, 0), Effect::Tell]);
        assert_eq!(bench.give(Input::Ended { run: 1 }), [], "the first clip's end is no longer news");
        assert_eq!(bench.deck.status, Status::Playing);
    }

    #[test]
    fn a_pause_keeps_the_position_and_resume_goes_on_from_it() {
        let mut bench = Bench::playing();
        assert_eq!(bench.heard_until(1_234).give(Input::Pause), [Effect::Halt, Effect::Tell]);
        assert_eq!((bench.deck.status, bench.deck.frame), (Status::Paused, frame(1_234)));
        assert_eq!(bench.heard_until(9_999).give(Input::Pause), [], "a second pause changes nothing");
        assert_eq!(bench.give(Input::Resume), [start(2, 1_234), Effect::Tell]);
        assert_eq!(bench.give(Input::Resume), [], "what plays needs no resuming");
    }

    #[test]
    fn seeking_starts_anew_while_playing_and_only_moves_while_paused() {
        let mut bench = Bench::playing();
        assert_eq!(bench.give(Input::Seek { ms: 4_000 }), [Effect::Halt, start(2, 4_000), Effect::Tell]);
        bench.give(Input::Pause);
        assert_eq!(bench.give(Input::Seek { ms: 8_000 }), [Effect::Tell]);
        assert_eq!((bench.deck.status, bench.deck.frame), (Status::Paused, frame(8_000)));
        bench.give(Input::Seek { ms: u32::MAX });
        assert_eq!(bench.deck.frame, frame(10_000), "a seek past the end is a seek to the end");
    }

    #[test]
    fn at_the_end_resume_starts_over_and_a_seek_makes_a_pause() {
        let mut bench = Bench::playing();
        assert_eq!(bench.give(Input::Ended { run: 1 }), [Effect::Tell]);
        assert_eq!((bench.deck.status, bench.deck.frame), (Status::Ended, frame(10_000)));
        let mut sought = Bench { deck: bench.deck.clone(), ..Bench::new() };
        assert_eq!(bench.give(Input::Resume), [start(2, 0), Effect::Tell]);
        sought.give(Input::Seek { ms: 5_000 });
        assert_eq!((sought.deck.status, sought.deck.frame), (Status::Paused, frame(5_000)));
    }

    #[test]
    fn a_failure_keeps_clip_and_position_and_resume_tries_again() {
        let mut bench = Bench::playing();
        let effects = bench.heard_until(3_000).give(Input::Failed(OutputError::Lost));
        assert_eq!(effects, [Effect::Halt, Effect::Release, Effect::Tell]);
        assert_eq!(bench.deck.status, Status::Failed(OutputError::Lost));
        assert_eq!(bench.give(Input::Failed(OutputError::Lost)), [Effect::Release], "one loss is told once");
        assert_eq!(bench.give(Input::Resume), [start(2, 3_000), Effect::Tell]);
    }

    #[test]
    fn losing_the_device_while_paused_only_closes_it() {
        let mut bench = Bench::playing();
        bench.give(Input::Pause);
        assert_eq!(bench.give(Input::Failed(OutputError::Lost)), [Effect::Release]);
        assert_eq!(bench.deck.status, Status::Paused);
    }

    #[test]
    fn stop_forgets_the_clip_but_not_the_volume() {
        let mut bench = Bench::playing();
        assert_eq!(bench.give(Input::Volume { percent: 50 }), [Effect::Gain(0.25)]);
        assert_eq!(bench.give(Input::Stop), [Effect::Halt, Effect::Tell]);
        assert!(bench.deck.loaded.is_none());
        assert_eq!((bench.deck.status, bench.deck.frame, bench.deck.gain), (Status::Idle, 0, 0.25));
        assert_eq!(bench.give(Input::Stop), []);
    }

    #[test]
    fn without_a_clip_nothing_but_the_volume_changes() {
        let mut bench = Bench::new();
        for input in
            [Input::Pause, Input::Resume, Input::Seek { ms: 5 }, Input::Stop, Input::Ended { run: 0 }, Input::Tick]
        {
            assert_eq!(bench.give(input), []);
        }
        assert_eq!(bench.give(Input::Volume { percent: 200 }), []);
        assert_eq!((bench.deck.status, bench.deck.gain), (Status::Idle, 1.0));
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
        let mut bench = Bench::playing();
        bench.give(Input::Pause);
        assert_eq!(bench.later(4_999).give(Input::Tick), []);
        assert_eq!(bench.later(1).give(Input::Tick), [Effect::Release]);
        assert_eq!(bench.deck.wakes_at(), None, "an idle player sleeps");
        assert_eq!(bench.give(Input::Resume), [start(2, 0), Effect::Tell]);
    }

    #[test]
    fn going_on_in_time_keeps_the_output_open() {
        let mut bench = Bench::playing();
        bench.give(Input::Pause);
        bench.later(4_000).give(Input::Resume);
        assert_eq!(bench.later(4_000).give(Input::Tick), [Effect::Tell]);
    }
}
