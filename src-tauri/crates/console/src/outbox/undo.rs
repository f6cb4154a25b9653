//! Taking back and making again, also what was done before a restart.

use std::collections::BTreeSet;
use std::sync::Arc;

use earmark_review::{Change, Image};
use earmark_store::{Edit, EditState, StoreError};

use super::count;
use super::entry::{Entry, Stage};
use super::record::New;
use crate::console::held;
use crate::session::Session;
use crate::view::UndoneView;
use crate::{Console, Problem, ProblemCode};

const TAKEN_BACK: &str = "taken back before it was sent";

impl Console {
    /// Takes the reviewer's latest change back, with those made at once with it: what waits is given up, for what was sent
    /// the inverse is made. Answers what it was; nothing where there is nothing to undo.
    ///
    /// # Errors
    /// A [`Problem`] when nobody is signed in or it cannot be written down.
    pub async fn undo(&self) -> Result<Option<UndoneView>, Problem> {
        let session = self.signed_in()?;
        self.open_outbox(&session).await?;
        let _turn = session.outbox.recording.lock().await;
        let me = session.me.clone();
        let edits = self.with_store(&session, move |store| store.latest_undoable(&me)).await?;
        // What was made first names it: the others came with it.
        let Some(view) = edits.last().map(|first| undone(&session, first, &edits)) else { return Ok(None) };
        let mut new = Vec::new();
        for edit in &edits {
            if !self.give_up(&session, edit).await? {
                let (change, before) = read(edit)?;
                let (back, from) = change.inverse(&before).ok_or_else(unreadable)?;
                let back = New { change: back, before: from, undoes: Some(edit.id), redoes: None };
                new.push((edit.conversation.clone(), back));
            }
        }
        self.record_across(&session, new).await?;
        Ok(Some(view))
    }

    /// Makes again what was undone last. Answers what it was; nothing where nothing was undone.
    ///
    /// # Errors
    /// A [`Problem`] when nobody is signed in or it cannot be written down.
    pub async fn redo(&self) -> Result<Option<UndoneView>, Problem> {
        let session = self.signed_in()?;
        self.open_outbox(&session).await?;
        let _turn = session.outbox.recording.lock().await;
        let me = session.me.clone();
        let edits = self.with_store(&session, move |store| store.latest_redoable(&me)).await?;
        let Some(view) = edits.first().map(|first| undone(&session, first, &edits)) else { return Ok(None) };
        let mut new = Vec::new();
        for edit in &edits {
            if self.give_up_inverse(&session, edit).await? {
                continue;
            }
            let (change, was) = read(edit)?;
            let is_known = held(&session.library).head(&edit.conversation).is_some();
            let shown = session.image(&edit.conversation, &change.subject());
            // What was not read in this run stands as the undoing left it.
            let before = if is_known && change.after(&shown).is_some() { shown } else { was };
            let again = New { change, before, undoes: None, redoes: Some(edit.id) };
            new.push((edit.conversation.clone(), again));
        }
        self.record_across(&session, new).await?;
        Ok(Some(view))
    }

    /// Gives the inverse of an undone change up, which is enough where that has not been sent. Answers whether it was.
    async fn give_up_inverse(&self, session: &Arc<Session>, edit: &Edit) -> Result<bool, Problem> {
        let inverse = {
            let desk = held(&session.outbox.desk);
            let of_it = |entry: &&Entry| entry.undoes == Some(edit.id) && entry.stage == Stage::Waiting;
            desk.open.iter().find(of_it).map(|entry| entry.id)
        };
        let Some(id) = inverse else { return Ok(false) };
        match self.with_store(session, move |store| store.edit(id)).await? {
            Some(inverse) => self.give_up(session, &inverse).await,
            None => Ok(false),
        }
    }

    /// Gives a change up that was not sent. Answers whether that was still possible.
    async fn give_up(&self, session: &Arc<Session>, edit: &Edit) -> Result<bool, Problem> {
        if !matches!(edit.state, EditState::Waiting | EditState::NeedsYou(_)) {
            return Ok(false);
        }
        let (id, now) = (edit.id, (self.0.now)());
        let given_up = self
            .with_store(session, move |store| match store.set_state(id, EditState::Undone, now, TAKEN_BACK, None) {
                Ok(()) => Ok(true),
                // The worker was quicker.
                Err(StoreError::Refused(_)) => Ok(false),
                Err(cause) => Err(cause),
            })
            .await?;
        if given_up {
            session.outbox.change(|desk| {
                desk.open.retain(|entry| entry.id != id);
                if let Ok((change, _)) = read(edit) {
                    desk.deeds.forget(&change);
                }
                desk.touch(&edit.conversation);
            });
            session.outbox.wake.notify_one();
        }
        Ok(given_up)
    }
}

fn read(edit: &Edit) -> Result<(Change, Image), Problem> {
    let read = || Some((serde_json::from_str(&edit.change).ok()?, serde_json::from_str(&edit.before).ok()?));
    read().ok_or_else(unreadable)
}

fn unreadable() -> Problem {
    Problem::new(ProblemCode::Storage, "This change was made by another version of Earmark and cannot be undone here.")
}

/// What was done at once, by what was done first; many of a kind are counted.
fn undone(session: &Session, first: &Edit, all: &[Edit]) -> UndoneView {
    let read = |edit: &Edit| serde_json::from_str::<Change>(&edit.change).ok();
    let resolves = |edit: &Edit| matches!(read(edit), Some(Change::Resolve { resolved: true, .. }));
    // What went before it was the reason.
    let main = all.iter().find(|edit| resolves(edit)).unwrap_or(first);
    let conversations: BTreeSet<_> = all.iter().map(|edit| &edit.conversation).collect();
    let what = match read(main) {
        Some(_) if all.len() > 1 && all.iter().all(resolves) => format!("resolving {} comments", all.len()),
        Some(change) if conversations.len() > 1 => {
            format!("{} of {} conversations", said(&change), conversations.len())
        }
        Some(change) if session.is_of_review(&change) => "the state of the review".to_owned(),
        Some(change) => said(&change),
        None => "a change".to_owned(),
    };
    UndoneView { conversation_id: first.conversation.clone(), what, conversations: count(conversations.len()) }
}

/// What a change is, as in "tag “risk”".
pub(super) fn said(change: &Change) -> String {
    match change {
        Change::Tag { key, .. } => format!("tag “{key}”"),
        Change::Write(_) => "new comment".into(),
        Change::Reword { .. } => "new words of a comment".into(),
        Change::Resolve { resolved: true, .. } => "resolving a comment".into(),
        Change::Resolve { resolved: false, .. } => "reopening a comment".into(),
        Change::Delete { .. } => "deleting a comment".into(),
        Change::Flag { is_set: true, .. } => "flagging a message".into(),
        Change::Flag { is_set: false, .. } => "taking a flag away".into(),
    }
}
