//! The one conversation that is open to be heard: its line, where it plays, and what holds its recordings back.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use earmark_amigo::Endpoint;
use earmark_audio::{Player, PlayerState, Recording, Spot, Status, Timeline};
use earmark_review::{ConversationId, MessageId};
use tokio::sync::Notify;
use tokio::task::JoinSet;

use crate::browse::millis;
use crate::console::held;
use crate::peaks::Placed;
use crate::playing::{Wait, silence};
use crate::session::Session;
use crate::sound_cache::SoundCache;
use crate::sound_line::{Facts, PieceState, SoundLine, Wanted};
use crate::view::{Settings, SoundView};
use crate::{Problem, ProblemCode};

/// What begins within this time of listening is fetched as if it were asked for: the server may hold a call back for a
/// minute.
const SOON: Duration = Duration::from_secs(60);
/// Waits before another try after trouble that passes; then the recording counts as one that cannot be had.
const PATIENCE: [Duration; 2] = [Duration::from_secs(2), Duration::from_secs(8)];
/// How long a limit lasts when the server does not say.
const LIMIT_LASTS: Duration = Duration::from_secs(10);

/// The conversation that is open to be heard. Dropping it gives up what is being read for it.
pub(crate) struct Hearing {
    pub(crate) session: Arc<Session>,
    pub(crate) conversation: ConversationId,
    line: SoundLine,
    /// Index of the message that plays, or from which it will.
    cursor: usize,
    position_ms: u32,
    /// Whether sound is wanted now.
    playing: bool,
    speed_percent: u16,
    /// Until when nothing is fetched, and why.
    held_back: Option<(Instant, Problem)>,
    /// Told whenever something else may have to be fetched.
    pub(crate) changed: Arc<Notify>,
    pub(crate) tasks: JoinSet<()>,
    /// Whether recordings are being fetched.
    pub(crate) fetches: bool,
}

/// What to do about recordings that are not there.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// Fetch this one.
    Fetch(Wanted),
    /// Look again after this time.
    Look(Duration),
    /// Nothing until something changes.
    Rest,
}

impl Hearing {
    /// Loads a conversation into the player, which holds at its beginning, with those of its recordings that are kept.
    pub(crate) fn begin(
        session: Arc<Session>,
        conversation: ConversationId,
        mut line: SoundLine,
        settings: &Settings,
        player: &Player,
    ) -> Self {
        let here = {
            let mut sounds = held(&session.sounds);
            let here = take_kept(&sounds, &mut line, settings);
            here.iter().for_each(|(id, _)| _ = sounds.find(id));
            here
        };
        player.load(conversation.as_str(), line.timeline().clone());
        for (id, recording) in here {
            player.put(id.as_str(), recording);
        }
        let hearing = Self {
            session,
            conversation,
            line,
            cursor: 0,
            position_ms: 0,
            playing: false,
            speed_percent: settings.speed_percent,
            held_back: None,
            changed: Arc::default(),
            tasks: JoinSet::new(),
            fetches: false,
        };
        hearing.pin();
        hearing
    }

    /// Takes the conversation as it is now; what is known of its recordings stays.
    pub(crate) fn renew(&mut self, line: SoundLine, player: &Player) {
        if line.is_like(&self.line) {
            return;
        }
        let at = self.line.pieces().get(self.cursor).map(|piece| piece.id.clone());
        let older = std::mem::replace(&mut self.line, line);
        self.line.carry(older);
        self.cursor = at.and_then(|id| self.line.find(&id)).unwrap_or_default();
        self.load(player);
    }

    /// Lays it out as the settings say.
    pub(crate) fn lay_out(&mut self, settings: &Settings, player: &Player) {
        let cuts = silence(settings);
        let sounds = held(&self.session.sounds);
        self.line.set_saved(|id| Some(saved_ms(sounds.peek(id)?, cuts)));
        drop(sounds);
        if self.line.is_by_real_time() != settings.by_real_time {
            self.line.set_by_real_time(settings.by_real_time);
            self.load(player);
        }
    }

    fn load(&self, player: &Player) {
        player.load(self.conversation.as_str(), self.line.timeline().clone());
        self.changed.notify_one();
    }

    pub(crate) fn timeline(&self) -> &Timeline {
        self.line.timeline()
    }

    /// The recordings that are there and sound between two times of the conversation.
    pub(crate) fn recordings_within(&self, from_ms: u32, to_ms: u32) -> Vec<Placed> {
        recordings_within(&held(&self.session.sounds), &self.line, from_ms, to_ms)
    }

    pub(crate) fn view(&self) -> SoundView {
        self.line.view(self.conversation.clone())
    }

    /// Plays from a message, or from a time of the conversation. A recording that failed gets another chance.
    pub(crate) fn play(&mut self, message: Option<&MessageId>, from_ms: u32, player: &Player) -> Result<(), Problem> {
        let spot = match message {
            Some(id) => {
                self.cursor = self.line.find(id).ok_or_else(not_here)?;
                if self.line.try_again(id) {
                    self.load(player);
                }
                self.position_ms = self.timeline().start_ms(self.cursor).saturating_add(from_ms);
                Spot::Message(id.as_str().to_owned(), from_ms)
            }
            None => {
                self.turn_to(from_ms);
                Spot::Time(from_ms)
            }
        };
        self.playing = true;
        player.play_from(spot);
        self.pin();
        self.changed.notify_one();
        Ok(())
    }

    /// Jumps to a time of the conversation.
    pub(crate) fn seek(&mut self, ms: u32, player: &Player) {
        self.turn_to(ms);
        player.seek(ms);
        self.pin();
        self.changed.notify_one();
    }

    fn turn_to(&mut self, ms: u32) {
        self.cursor = self.timeline().place_at(ms).part;
        self.position_ms = ms;
    }

    /// Follows the player.
    pub(crate) fn follow(&mut self, state: &PlayerState) {
        if state.conversation.as_deref() != Some(self.conversation.as_str()) {
            return;
        }
        self.playing = matches!(state.status, Status::Playing | Status::Waiting);
        self.speed_percent = state.speed_percent;
        self.changed.notify_one();
        if state.status == Status::Paused {
            // Where it holds is known from whoever put it there, and since then it may have been put elsewhere.
            return;
        }
        self.position_ms = state.position_ms;
        let at = state.message.as_deref().and_then(|id| self.timeline().find(id));
        if let Some(at) = at.filter(|at| *at != self.cursor) {
            self.cursor = at;
            self.pin();
        }
    }

    /// Keeps what plays and what comes next from being let go.
    fn pin(&self) {
        let mut sounds = held(&self.session.sounds);
        if let Some(piece) = self.line.pieces().get(self.cursor) {
            sounds.find(&piece.id);
        }
        sounds.pin(self.line.at_hand(self.cursor).cloned().collect::<HashSet<_>>());
    }

    /// What to do about recordings that are not there.
    pub(crate) fn next(&self) -> Next {
        if let Some((until, _)) = &self.held_back {
            let left = until.saturating_duration_since(Instant::now());
            if !left.is_zero() {
                return Next::Look(left);
            }
        }
        let only_soon = held(&self.session.sounds).is_full();
        match self.line.wanted(self.cursor, self.soon_ms(), only_soon) {
            None => Next::Rest,
            Some(wanted) => Next::Fetch(wanted),
        }
    }

    /// Until which time of the conversation recordings are wanted soon.
    fn soon_ms(&self) -> u32 {
        let ahead = millis(SOON) / 100 * u32::from(self.speed_percent);
        if self.playing { self.position_ms.saturating_add(ahead) } else { 0 }
    }

    /// What holds recordings back, if anything does.
    pub(crate) fn waits(&self) -> Option<Wait> {
        let now = Instant::now();
        if let Some((until, problem)) = self.held_back.as_ref().filter(|(until, _)| *until > now) {
            return Some((Some(millis(*until - now)), Some(problem.clone())));
        }
        let waits = self.session.client.waits();
        let (_, wait) = waits.into_iter().find(|(endpoint, _)| *endpoint == Endpoint::MessageSource)?;
        Some((Some(millis(wait)), None))
    }

    /// Takes what became of fetching a recording.
    pub(crate) fn take(
        &mut self,
        id: &MessageId,
        fetched: Result<Arc<Recording>, Problem>,
        settings: &Settings,
        player: &Player,
    ) {
        self.held_back = None;
        match fetched {
            Ok(recording) => {
                let facts = Facts::of(&recording, saved_ms(&recording, silence(settings)));
                for gone in held(&self.session.sounds).keep(id.clone(), recording.clone()) {
                    self.line.forget(&gone);
                    player.forget(gone.as_str());
                }
                self.line.note(id, PieceState::Known(facts));
                player.put(id.as_str(), recording);
            }
            Err(problem) => match self.patience(id, &problem) {
                Some(wait) => self.held_back = Some((Instant::now() + wait, problem)),
                None => {
                    self.line.note(id, PieceState::Failed(problem));
                    player.fail(id.as_str());
                }
            },
        }
    }

    /// How long to wait before the same recording is tried again; never where that would change nothing.
    fn patience(&mut self, id: &MessageId, problem: &Problem) -> Option<Duration> {
        let told = problem.retry_after_ms.map(|ms| Duration::from_millis(ms.into()));
        match problem.code {
            ProblemCode::RateLimited => Some(told.unwrap_or(LIMIT_LASTS)),
            ProblemCode::Maintenance | ProblemCode::Unreachable | ProblemCode::TimedOut => {
                let wait = PATIENCE.get(usize::from(self.line.count_try(id)) - 1);
                wait.map(|wait| told.unwrap_or(*wait).max(*wait))
            }
            _ => None,
        }
    }
}

/// The recordings of a line that are in memory and sound between two times of its conversation.
pub(crate) fn recordings_within(sounds: &SoundCache, line: &SoundLine, from_ms: u32, to_ms: u32) -> Vec<Placed> {
    let times = line.timeline();
    let pieces = line.pieces().iter().enumerate();
    let placed = pieces.map(|(index, piece)| (times.start_ms(index), times.duration_ms(index), piece));
    let within = placed.filter(|(start, length, _)| *start < to_ms && start.saturating_add(*length) > from_ms);
    within.filter_map(|(start, _, piece)| Some((start, sounds.peek(&piece.id)?.clone()))).collect()
}

/// Notes which of a line's recordings are in memory, and answers them; that is no use of them.
pub(crate) fn take_kept(
    sounds: &SoundCache,
    line: &mut SoundLine,
    settings: &Settings,
) -> Vec<(MessageId, Arc<Recording>)> {
    let voices = line.pieces().iter().filter(|piece| piece.is_voice());
    let here: Vec<_> = voices.filter_map(|piece| Some((piece.id.clone(), sounds.peek(&piece.id)?.clone()))).collect();
    for (id, recording) in &here {
        let saved = saved_ms(recording, silence(settings));
        line.note(id, PieceState::Known(Facts::of(recording, saved)));
    }
    here
}

/// What skipping silence saves of a recording, in milliseconds.
fn saved_ms(recording: &Recording, cuts: earmark_audio::Silence) -> u32 {
    let cut: u64 = recording.silences(cuts.threshold_db, cuts.margin_ms).iter().map(|cut| cut.end - cut.start).sum();
    u32::try_from(cut * 1_000 / u64::from(recording.rate())).unwrap_or(u32::MAX)
}

fn not_here() -> Problem {
    Problem::new(ProblemCode::NotFound, "This message is not in the transcript. Reload the conversation.")
}
