//! Changes of comments a server without the calls cannot take: they stay on this computer until the reviewer has them sent.

use std::collections::HashSet;

use earmark_amigo::Error as AmigoError;
use earmark_review::{ConversationId, Subject};
use earmark_store::{EditId, EditState};

use super::entry::{Entry, Need, Stage};
use super::{Desk, Outbox};
use crate::console::held;
use crate::{Console, Problem};

/// Whether a change stays here: the server has no call for comments, and the change certainly did not arrive.
pub(super) fn stays_here(entry: &Entry, error: &AmigoError) -> bool {
    let is_of_comment = matches!(entry.change.subject(), Subject::Comment(_));
    is_of_comment && entry.stage == Stage::Waiting && matches!(error, AmigoError::NotSupported)
}

impl Desk {
    /// What stays here: a later change of the same thing stays with the one before.
    pub(super) fn only_here(&self) -> HashSet<(ConversationId, Subject)> {
        let stays = |entry: &&Entry| entry.stage == Stage::NeedsYou(Need::OnlyHere);
        let held = self.open.iter().filter(stays);
        held.map(|entry| (entry.conversation.clone(), entry.change.subject())).collect()
    }
}

impl Outbox {
    fn held_here(&self) -> Vec<EditId> {
        let desk = held(&self.desk);
        let stays = |entry: &&Entry| entry.stage == Stage::NeedsYou(Need::OnlyHere);
        desk.open.iter().filter(stays).map(|entry| entry.id).collect()
    }
}

impl Console {
    /// Sends what was kept on this computer because the server had no calls for comments.
    ///
    /// # Errors
    /// A [`Problem`] when nobody is signed in or it cannot be written down.
    pub async fn send_kept_comments(&self) -> Result<(), Problem> {
        let session = self.signed_in()?;
        self.open_outbox(&session).await?;
        let _turn = session.outbox.recording.lock().await;
        let (kept, now) = (session.outbox.held_here(), session.now());
        let ids = kept.clone();
        self.with_store(&session, move |store| {
            ids.iter().try_for_each(|id| store.set_state(*id, EditState::Waiting, now, "to be sent after all", None))
        })
        .await?;
        session.outbox.change(|desk| {
            let released: Vec<ConversationId> = desk
                .open
                .iter_mut()
                .filter(|entry| kept.contains(&entry.id))
                .map(|entry| {
                    entry.stage = Stage::Waiting;
                    entry.conversation.clone()
                })
                .collect();
            released.iter().for_each(|conversation| desk.touch(conversation));
        });
        session.outbox.wake.notify_one();
        Ok(())
    }
}
