//! The open conversation's messages on one line: what became of each recording, and which is wanted next. Pure.

use earmark_audio::{Layout, Part, Recording, Sound, Timeline};
use earmark_review::{ConversationId, MessageFormat, MessageId, Transcript};

use crate::Problem;
use crate::view::{PartKind, PartState, SoundPart, SoundView};

/// Longer pauses between messages are shortened to this when they are laid out by real time, in milliseconds.
const LONGEST_GAP_MS: u32 = 2_000;
/// What skipping silence leaves of a gap, in milliseconds.
const GAP_LEFT_MS: u32 = 300;
/// What is said in a second, in characters: the length of a recording that was not read is a guess.
const CHARACTERS_PER_SECOND: u32 = 15;
/// The shortest and the longest guess, in milliseconds.
const GUESSES_MS: (u32, u32) = (1_000, 600_000);

/// Messages in order.
pub(crate) struct SoundLine {
    pieces: Vec<Piece>,
    by_real_time: bool,
    timeline: Timeline,
}

/// One message.
pub(crate) struct Piece {
    pub(crate) id: MessageId,
    began_ms: i64,
    /// How long it may last while it was not read.
    guess_ms: u32,
    pub(crate) state: PieceState,
    /// How often fetching it came to nothing for a reason that passes.
    pub(crate) tries: u8,
}

/// What became of a message's recording.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum PieceState {
    /// It has none.
    Mark,
    /// It was not fetched yet.
    Waiting,
    /// It was read.
    Known(Facts),
    /// It cannot be heard.
    Failed(Problem),
}

/// What is remembered of a recording, even when it was let go.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Facts {
    frames: u64,
    rate: u32,
    /// Whether it is there to be played.
    here: bool,
    /// What skipping silence saves of it.
    saved_ms: u32,
    notice: Option<String>,
}

/// A recording that should be fetched.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    pub(crate) id: MessageId,
    /// Whether it is about to sound; otherwise it is only fetched ahead.
    pub(crate) soon: bool,
}

impl SoundLine {
    pub(crate) fn new(transcript: &Transcript, by_real_time: bool) -> Self {
        let pieces = transcript.messages().map(|message| Piece {
            id: message.id.clone(),
            began_ms: message.created_at.as_millisecond(),
            guess_ms: guess(&message.text),
            state: if message.format == MessageFormat::Voice { PieceState::Waiting } else { PieceState::Mark },
            tries: 0,
        });
        let mut line =
            Self { pieces: pieces.collect(), by_real_time, timeline: Timeline::new(vec![], Layout::EndToEnd) };
        line.lay_out();
        line
    }

    /// Takes over what is known of the messages that were on an older line.
    pub(crate) fn carry(&mut self, older: Self) {
        for old in older.pieces {
            if !old.is_voice() {
                continue;
            }
            if let Some(piece) = self.pieces.iter_mut().find(|piece| piece.id == old.id && piece.is_voice()) {
                (piece.state, piece.tries) = (old.state, old.tries);
            }
        }
        self.lay_out();
    }

    pub(crate) fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    pub(crate) fn timeline(&self) -> &Timeline {
        &self.timeline
    }

    pub(crate) fn find(&self, id: &MessageId) -> Option<usize> {
        self.pieces.iter().position(|piece| piece.id == *id)
    }

    /// Whether another line has the same messages.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        let of = |line: &Self| line.pieces.iter().map(|piece| (piece.id.clone(), piece.is_voice())).collect::<Vec<_>>();
        of(self) == of(other)
    }

    /// Lays messages out by real time, or end to end.
    pub(crate) fn set_by_real_time(&mut self, by_real_time: bool) {
        self.by_real_time = by_real_time;
        self.lay_out();
    }

    pub(crate) fn is_by_real_time(&self) -> bool {
        self.by_real_time
    }

    /// Notes what became of a message's recording. A message without sound stays one.
    pub(crate) fn note(&mut self, id: &MessageId, state: PieceState) {
        if let Some(piece) = self.pieces.iter_mut().find(|piece| piece.id == *id && piece.is_voice()) {
            piece.state = state;
            self.lay_out();
        }
    }

    /// Notes that a recording was let go; what is known of it stays.
    pub(crate) fn forget(&mut self, id: &MessageId) {
        for piece in self.pieces.iter_mut().filter(|piece| piece.id == *id) {
            if let PieceState::Known(facts) = &mut piece.state {
                facts.here = false;
            }
        }
    }

    /// Counts one more try that came to nothing; answers how many there were.
    pub(crate) fn count_try(&mut self, id: &MessageId) -> u8 {
        let Some(piece) = self.pieces.iter_mut().find(|piece| piece.id == *id) else { return 0 };
        piece.tries = piece.tries.saturating_add(1);
        piece.tries
    }

    /// Gives a recording that failed another chance; answers whether it had.
    pub(crate) fn try_again(&mut self, id: &MessageId) -> bool {
        let Some(piece) = self.pieces.iter_mut().find(|piece| piece.id == *id) else { return false };
        let failed = matches!(piece.state, PieceState::Failed(_));
        if failed {
            piece.state = PieceState::Waiting;
            piece.tries = 0;
            self.lay_out();
        }
        failed
    }

    /// Says anew what skipping silence saves.
    pub(crate) fn set_saved(&mut self, saved: impl Fn(&MessageId) -> Option<u32>) {
        for piece in &mut self.pieces {
            if let (PieceState::Known(facts), Some(ms)) = (&mut piece.state, saved(&piece.id)) {
                facts.saved_ms = ms;
            }
        }
    }

    /// The recording to fetch next: the first from `cursor` on that is not there, and after the end those before. What begins
    /// before `soon_ms` is wanted soon, and only then is it fetched when `only_soon`.
    pub(crate) fn wanted(&self, cursor: usize, soon_ms: u32, only_soon: bool) -> Option<Wanted> {
        let cursor = cursor.min(self.pieces.len());
        let missing = |range: std::ops::Range<usize>| range.into_iter().find(|index| self.pieces[*index].is_missing());
        let ahead = missing(cursor..self.pieces.len());
        if let Some(index) = ahead
            && self.timeline.start_ms(index) < soon_ms
        {
            return Some(Wanted { id: self.pieces[index].id.clone(), soon: true });
        }
        let index = ahead.or_else(|| missing(0..cursor)).filter(|_| !only_soon)?;
        Some(Wanted { id: self.pieces[index].id.clone(), soon: false })
    }

    /// The voice messages from `cursor` on that must stay: what plays and what comes next.
    pub(crate) fn at_hand(&self, cursor: usize) -> impl Iterator<Item = &MessageId> {
        self.pieces.iter().skip(cursor).filter(|piece| piece.is_voice()).take(3).map(|piece| &piece.id)
    }

    /// What skipping silence saves, in milliseconds.
    fn saved_ms(&self) -> u32 {
        let of = |(index, piece): (usize, &Piece)| {
            let within = match &piece.state {
                PieceState::Known(facts) => facts.saved_ms,
                _ => 0,
            };
            within + self.gap_after(index).saturating_sub(GAP_LEFT_MS)
        };
        self.pieces.iter().enumerate().map(of).sum()
    }

    fn gap_after(&self, index: usize) -> u32 {
        let line = &self.timeline;
        line.start_ms(index + 1).saturating_sub(line.start_ms(index) + line.duration_ms(index))
    }

    fn lay_out(&mut self) {
        let parts = self.pieces.iter().map(|piece| Part {
            id: piece.id.as_str().to_owned(),
            sound: match &piece.state {
                PieceState::Mark => Sound::Mark,
                PieceState::Waiting => Sound::Estimated { ms: piece.guess_ms },
                PieceState::Known(facts) => Sound::Known { frames: facts.frames, rate: facts.rate },
                PieceState::Failed(_) => Sound::Failed,
            },
            began_ms: Some(piece.began_ms),
        });
        let layout = match self.by_real_time {
            true => Layout::ByRealTime { longest_gap_ms: LONGEST_GAP_MS },
            false => Layout::EndToEnd,
        };
        self.timeline = Timeline::new(parts.collect(), layout);
    }

    pub(crate) fn view(&self, conversation_id: ConversationId) -> SoundView {
        let parts = self.pieces.iter().enumerate().map(|(index, piece)| {
            let (state, problem, notice) = match &piece.state {
                PieceState::Mark => (PartState::Ready, None, None),
                PieceState::Known(Facts { here: true, notice, .. }) => (PartState::Ready, None, notice.clone()),
                PieceState::Known(facts) => (PartState::Waiting, None, facts.notice.clone()),
                PieceState::Waiting => (PartState::Waiting, None, None),
                PieceState::Failed(problem) => (PartState::Failed, Some(problem.clone()), None),
            };
            SoundPart {
                message_id: piece.id.clone(),
                kind: if piece.is_voice() { PartKind::Voice } else { PartKind::Mark },
                state,
                start_ms: self.timeline.start_ms(index),
                duration_ms: self.timeline.duration_ms(index),
                estimated: matches!(piece.state, PieceState::Waiting),
                problem,
                notice,
            }
        });
        SoundView {
            conversation_id,
            parts: parts.collect(),
            total_ms: self.timeline.total_ms(),
            saved_ms: self.saved_ms(),
        }
    }
}

impl Piece {
    pub(crate) fn is_voice(&self) -> bool {
        self.state != PieceState::Mark
    }

    fn is_missing(&self) -> bool {
        match &self.state {
            PieceState::Waiting => true,
            PieceState::Known(facts) => !facts.here,
            PieceState::Mark | PieceState::Failed(_) => false,
        }
    }
}

impl Facts {
    /// Of a recording that is there.
    pub(crate) fn of(recording: &Recording, saved_ms: u32) -> Self {
        Self {
            frames: recording.frames(),
            rate: recording.rate(),
            here: true,
            saved_ms,
            notice: recording.flaw().map(|flaw| flaw.to_string()),
        }
    }
}

/// How long it may take to say this, in milliseconds.
fn guess(text: &str) -> u32 {
    let characters = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
    (characters.saturating_mul(1_000) / CHARACTERS_PER_SECOND).clamp(GUESSES_MS.0, GUESSES_MS.1)
}

#[cfg(test)]
mod tests;
