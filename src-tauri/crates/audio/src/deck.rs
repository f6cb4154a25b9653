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
