//! What the conversation that will be opened next shows first, handed out before it is opened: the window draws it out of
//! sight, and only shows it with the key press.

use std::sync::Arc;

use earmark_review::{ConversationId, InteractionId};
use tokio::sync::watch;

use super::LookAhead;
use super::wanted::voices;
use crate::console::held;
use crate::hearing::{recordings_within, take_kept};
use crate::opened::Read;
use crate::opening::opened;
use crate::peaks::Placed;
use crate::session::Session;
use crate::sound_line::SoundLine;
use crate::view::BeginningView;
use crate::{Console, Problem};

/// Somebody's wish for a beginning, which the next one takes the place of.
pub(super) struct Wish {
    number: u64,
    told: watch::Receiver<u64>,
}

impl Wish {
    /// Comes back when more was read; whether it is still wished for then.
    async fn until_more(&mut self) -> bool {
        self.told.changed().await.is_ok() && *self.told.borrow() == self.number
    }
}

impl LookAhead {
    /// Wishes for one; who wished before gets none any more.
    pub(super) fn wish_for_beginning(&self) -> Wish {
        let told = self.beginnings.subscribe();
        let mut mine = 0;
        self.beginnings.send_modify(|number| {
            *number += 1;
            mine = *number;
        });
        Wish { number: mine, told }
    }
}

impl Console {
    /// The beginning of a conversation that will be opened next, at a turn or at its first one, as soon as reading ahead has
    /// brought all of it: nothing is asked of the server for it, and what is open and what sounds stay as they are. Nothing
    /// where another one is asked for meanwhile, or the session ends. While something of it cannot be had, there is no answer.
    ///
    /// # Errors
    /// [`crate::ProblemCode::SignedOut`].
    pub async fn await_beginning(
        &self,
        id: ConversationId,
        turn: Option<InteractionId>,
    ) -> Result<Option<BeginningView>, Problem> {
        let session = self.signed_in()?;
        let mut wish = session.look_ahead.wish_for_beginning();
        // Who waits does not keep a session that was left.
        let waiting = Arc::downgrade(&session);
        drop(session);
        while let Some(session) = waiting.upgrade() {
            if let Some(beginning) = self.beginning(&session, &id, turn.as_ref()) {
                return Ok(Some(beginning));
            }
            drop(session);
            if !wish.until_more().await {
                break;
            }
        }
        Ok(None)
    }

    fn beginning(&self, session: &Session, id: &ConversationId, turn: Option<&InteractionId>) -> Option<BeginningView> {
        let read = session.known_transcript(id)?;
        let interactions = &read.transcript.interactions;
        let at = interactions.iter().find(|interaction| Some(&interaction.id) == turn).or(interactions.first())?;
        if !can_be_heard(session, &read) {
            return None;
        }
        Some(BeginningView {
            insight: session.insight_here(id, &at.id)?,
            opened: opened(session, id.clone(), &read),
            interaction_id: at.id.clone(),
            sound: voices(&read.transcript).next().map(|_| self.line_ahead(session, &read).view(id.clone())),
            markers: session.markers(id, &read.transcript),
        })
    }

    /// The recordings between two times of a conversation that is not open to be heard, as far as they are in memory.
    pub(crate) fn recordings_ahead(
        &self,
        session: &Session,
        id: &ConversationId,
        from_ms: u32,
        to_ms: u32,
    ) -> Vec<Placed> {
        let Some(read) = session.known_transcript(id) else { return Vec::new() };
        let line = self.line_ahead(session, &read);
        recordings_within(&held(&session.sounds), &line, from_ms, to_ms)
    }

    fn line_ahead(&self, session: &Session, read: &Read) -> SoundLine {
        let settings = self.0.playing.settings();
        let mut line = SoundLine::new(&read.transcript, settings.by_real_time);
        take_kept(&held(&session.sounds), &mut line, &settings);
        line
    }
}

/// Whether all recordings that find room are in memory.
fn can_be_heard(session: &Session, read: &Read) -> bool {
    let sounds = held(&session.sounds);
    sounds.is_full() || voices(&read.transcript).all(|id| sounds.peek(id).is_some())
}
