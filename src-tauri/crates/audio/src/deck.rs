//! What playing means, without sound, threads or a clock: a state, an input, a new state and the effects it asks for.
//!
//! Invariants: the place kept here is true whenever no voice runs; a voice runs exactly while the status is `Playing`; an
//! input that changes nothing has no effect, so it tells nobody.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::output::OutputError;
use crate::reel::{Next, Reel};
use crate::timeline::Place;

mod moves;
#[cfg(test)]
mod tests;

pub(crate) use moves::{Effect, Input, Now};

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
    /// The next recording is not there; playing goes on when it is.
    Waiting,
    /// Stopped at a position; resuming goes on from there.
    Paused,
    /// Played to its end; resuming starts over.
    Ended,
    /// The output failed; the position is kept and resuming tries again.
    Failed(OutputError),
}

/// Where playing begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Spot {
    /// At a time of the conversation, in milliseconds.
    Time(u32),
    /// In a message, so many milliseconds after its beginning. At a message without sound: where the next sound begins.
    Message(String, u32),
}

/// Which pauses are cut when silence is skipped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Silence {
    /// What is softer is silence, in dBFS.
    pub threshold_db: i8,
    /// What is left before and after each voice, in milliseconds.
    pub margin_ms: u32,
}

impl Default for Silence {
    fn default() -> Self {
        Self { threshold_db: -45, margin_ms: 150 }
    }
}

/// How recordings are played. None of it moves anything on the timeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Settings {
    pub(crate) percent: u16,
    pub(crate) skip: Option<Silence>,
    pub(crate) even: bool,
}

#[derive(Clone)]
pub(crate) struct Deck {
    pub(crate) reel: Option<Arc<Reel>>,
    pub(crate) status: Status,
    pub(crate) place: Place,
    pub(crate) settings: Settings,
    volume: f32,
    muted: bool,
    pub(crate) device: Option<String>,
    /// Number of the newest voice: what an older one reports is stale.
    pub(crate) run: u64,
    told_at: Option<Instant>,
    /// Since when an open output has had nothing to play.
    quiet_since: Option<Instant>,
}

impl Default for Deck {
    fn default() -> Self {
        Self {
            reel: None,
            status: Status::Idle,
            place: Place::default(),
            settings: Settings { percent: 100, skip: None, even: false },
            volume: 1.0,
            muted: false,
            device: None,
            run: 0,
            told_at: None,
            quiet_since: None,
        }
    }
}

impl Deck {
    /// When a [`Input::Tick`] is wanted, if nothing else comes first.
    pub(crate) fn wakes_at(&self) -> Option<Instant> {
        match self.status {
            Status::Playing => self.told_at.map(|told| told + REPORT_EVERY),
            _ => self.quiet_since.map(|since| since + KEEP_OPEN),
        }
    }

    pub(crate) fn gain(&self) -> f32 {
        if self.muted { 0.0 } else { self.volume }
    }

    fn is_playing(&self) -> bool {
        self.status == Status::Playing
    }

    /// Plays from `place` on, in place of whatever plays. It is told when it sounds.
    fn start(&mut self, place: Place) -> Vec<Effect> {
        let halt = self.is_playing().then_some(Effect::Halt);
        self.run += 1;
        self.place = place;
        self.status = Status::Playing;
        self.quiet_since = None;
        // Not before it sounds.
        self.told_at = None;
        halt.into_iter().chain([Effect::Start { run: self.run, place }]).collect()
    }

    /// Goes on from here if it plays: what was fed ahead is not what is wanted any more.
    fn start_anew(&mut self) -> Vec<Effect> {
        if self.is_playing() { self.start(self.place) } else { vec![Effect::Tell] }
    }

    /// Leaves `Playing`, or stays where it is.
    fn rest(&mut self, status: Status, at: Instant) -> Vec<Effect> {
        let halt = self.is_playing().then_some(Effect::Halt);
        if self.is_playing() {
            self.quiet_since = Some(at);
        }
        self.status = status;
        halt.into_iter().chain([Effect::Tell]).collect()
    }

    /// Changes what is loaded; the place stays in its message.
    fn change(&mut self, change: impl FnOnce(&mut Reel) -> bool) -> bool {
        let Some(reel) = &mut self.reel else { return false };
        let older = Arc::clone(reel);
        let changed = change(Arc::make_mut(reel));
        self.place = reel.timeline.carry(self.place, &older.timeline);
        changed
    }

    /// Whether something is known to come next: a recording that is there, a gap or the end.
    fn can_go_on(&self) -> bool {
        self.reel.as_ref().is_some_and(|reel| !matches!(reel.next(reel.timeline.settle(self.place)), Next::Missing))
    }

    /// Goes on after what it waited for has come or failed.
    fn go_on(&mut self) -> Vec<Effect> {
        if self.status == Status::Waiting && self.can_go_on() { self.start(self.place) } else { vec![Effect::Tell] }
    }

    fn place_from(&self, from: Spot) -> Option<Place> {
        let timeline = &self.reel.as_ref()?.timeline;
        match from {
            Spot::Time(ms) => Some(timeline.place_at(ms)),
            Spot::Message(id, ms) => timeline.find(&id).map(|part| timeline.place_in(part, ms)),
        }
    }
}

/// Takes one input.
pub(crate) fn step(mut deck: Deck, now: Now, input: Input) -> (Deck, Vec<Effect>) {
    if let (true, Some(place), Some(reel)) = (deck.is_playing(), now.place_after(&input), &deck.reel) {
        deck.place = reel.timeline.settle(place);
    }
    let effects = match input {
        Input::Load { .. } | Input::Put { .. } | Input::Fail { .. } | Input::Forget { .. } => deck.load(now, input),
        Input::Speed { percent } => deck.play_as(Settings { percent: percent.clamp(50, 300), ..deck.settings }),
        Input::Skip(skip) => deck.play_as(Settings { skip, ..deck.settings }),
        Input::Even(even) => deck.play_as(Settings { even, ..deck.settings }),
        Input::Volume { .. } | Input::Mute(_) => deck.set_level(input),
        Input::Choose { device } => deck.choose(device),
        Input::Primed { .. } | Input::Dry { .. } | Input::Ended { .. } | Input::Failed(_) | Input::DefaultChanged => {
            deck.hear(now, input)
        }
        Input::Tick => deck.tick(now.at),
        Input::Play(from) => deck.place_from(from).map_or(vec![], |place| deck.start(place)),
        Input::Pause if matches!(deck.status, Status::Playing | Status::Waiting) => deck.rest(Status::Paused, now.at),
        Input::Pause => vec![],
        Input::Resume => match deck.status {
            Status::Paused | Status::Failed(_) => deck.start(deck.place),
            Status::Ended => deck.place_from(Spot::Time(0)).map_or(vec![], |place| deck.start(place)),
            Status::Idle | Status::Playing | Status::Waiting => vec![],
        },
        Input::Seek { ms } => match (deck.place_from(Spot::Time(ms)), deck.status) {
            (None, _) => vec![],
            (Some(place), Status::Playing | Status::Waiting) => deck.start(place),
            (Some(place), status) => {
                deck.place = place;
                deck.status = if status == Status::Ended { Status::Paused } else { status };
                vec![Effect::Tell]
            }
        },
        Input::Stop if deck.reel.is_some() => {
            deck.reel = None;
            deck.place = Place::default();
            deck.rest(Status::Idle, now.at)
        }
        Input::Stop => vec![],
    };
    if effects.contains(&Effect::Tell) {
        deck.told_at = Some(now.at);
    }
    (deck, effects)
}

impl Deck {
    /// What changes what there is to play.
    fn load(&mut self, now: Now, input: Input) -> Vec<Effect> {
        match input {
            Input::Load { conversation, timeline } => match &self.reel {
                Some(reel) if reel.conversation == conversation => {
                    let relaid = reel.relaid(timeline);
                    self.place = relaid.timeline.carry(self.place, &reel.timeline);
                    self.reel = Some(Arc::new(relaid));
                    if self.status == Status::Waiting { self.go_on() } else { self.start_anew() }
                }
                _ => {
                    self.place = timeline.settle(Place::default());
                    self.reel = Some(Arc::new(Reel::new(conversation, timeline)));
                    self.rest(Status::Paused, now.at)
                }
            },
            Input::Put { id, recording } => {
                if self.change(|reel| reel.put(&id, recording)) {
                    self.go_on()
                } else {
                    vec![]
                }
            }
            Input::Fail { id } => {
                let sounded = self.reel.as_ref().is_some_and(|reel| reel.id_at(self.place) == Some(&id));
                match self.change(|reel| reel.fail(&id)) {
                    true if sounded && self.is_playing() => self.start(self.place),
                    true => self.go_on(),
                    false => vec![],
                }
            }
            Input::Forget { id } => {
                self.change(|reel| {
                    reel.forget(&id);
                    true
                });
                vec![]
            }
            _ => vec![],
        }
    }

    /// Changes how it is played, from here on.
    fn play_as(&mut self, settings: Settings) -> Vec<Effect> {
        if settings == self.settings {
            return vec![];
        }
        self.settings = settings;
        self.start_anew()
    }

    fn choose(&mut self, device: Option<String>) -> Vec<Effect> {
        if device == self.device {
            return vec![];
        }
        self.device = device;
        self.quiet_since = None;
        let anew = self.start_anew();
        std::iter::once(Effect::Choose).chain(anew).collect()
    }

    fn set_level(&mut self, input: Input) -> Vec<Effect> {
        match input {
            // Ears hear ratios: the square spreads the lower half of the slider.
            Input::Volume { percent } => self.volume = (f32::from(percent.min(100)) / 100.0).powi(2),
            Input::Mute(muted) => self.muted = muted,
            _ => {}
        }
        if self.is_playing() { vec![Effect::Gain(self.gain())] } else { vec![] }
    }

    /// What voices and the output say.
    fn hear(&mut self, now: Now, input: Input) -> Vec<Effect> {
        let playing = self.is_playing();
        match input {
            Input::Primed { run } if playing && run == self.run => vec![Effect::Sound, Effect::Tell],
            // The recording may have come at the same moment.
            Input::Dry { run } if playing && run == self.run && self.can_go_on() => self.start(self.place),
            Input::Dry { run } if playing && run == self.run => self.rest(Status::Waiting, now.at),
            Input::Ended { run } if playing && run == self.run => {
                self.place = self.reel.as_ref().map_or(Place::default(), |reel| reel.timeline.end());
                self.rest(Status::Ended, now.at)
            }
            Input::Failed(error) if playing => {
                self.status = Status::Failed(error);
                self.quiet_since = None;
                vec![Effect::Halt, Effect::Release, Effect::Tell]
            }
            Input::DefaultChanged if playing && self.device.is_none() => {
                let anew = self.start(self.place);
                std::iter::once(Effect::Release).chain(anew).collect()
            }
            // Nobody listens, so nobody is told; the output must be opened anew all the same.
            Input::Failed(_) => {
                self.quiet_since = None;
                vec![Effect::Release]
            }
            Input::DefaultChanged if self.device.is_none() => {
                self.quiet_since = None;
                vec![Effect::Release]
            }
            _ => vec![],
        }
    }

    fn tick(&mut self, at: Instant) -> Vec<Effect> {
        if self.wakes_at().is_none_or(|wake| at < wake) {
            return vec![];
        }
        if self.is_playing() {
            return vec![Effect::Tell];
        }
        self.quiet_since = None;
        vec![Effect::Release]
    }
}
