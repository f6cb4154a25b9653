//! Taking back and making again, also what was done before a restart.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use earmark_review::{Change, Image};
use earmark_store::{Edit, EditId, EditState, Store};

use super::entry::Stage;
use super::record::New;
use crate::console::held;
use crate::opening::count;
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
        let given_up = self.give_up(&session, &edits).await?;
        let mut new = Vec::new();
        for edit in &edits {
            if !given_up.contains(&edit.id) {
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
        let given_up = self.give_up_inverses(&session, &edits).await?;
        let mut new = Vec::new();
        for edit in edits.iter().filter(|edit| !given_up.contains(&edit.id)) {
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

    /// Gives up the inverses of undone changes, which is enough where they have not been sent. Answers for which it was.
    async fn give_up_inverses(&self, session: &Arc<Session>, edits: &[Edit]) -> Result<HashSet<EditId>, Problem> {
        let inverses: HashMap<EditId, EditId> = {
            let desk = held(&session.outbox.desk);
            let waiting = desk.open.iter().filter(|entry| entry.stage == Stage::Waiting);
            waiting.filter_map(|entry| Some((entry.id, entry.undoes?))).collect()
        };
        let undone: HashSet<EditId> = edits.iter().map(|edit| edit.id).collect();
        let wanted: Vec<EditId> =
            inverses.iter().filter(|(_, undoes)| undone.contains(undoes)).map(|(id, _)| *id).collect();
        let read = move |store: &Store| wanted.iter().filter_map(|id| store.edit(*id).transpose()).collect();
        let waiting: Vec<Edit> = self.with_store(session, read).await?;
        let given_up = self.give_up(session, &waiting).await?;
        Ok(given_up.iter().filter_map(|id| inverses.get(id).copied()).collect())
    }

    /// Gives changes up that were not sent, all at once. Answers for which that was still possible.
    async fn give_up(&self, session: &Arc<Session>, edits: &[Edit]) -> Result<HashSet<EditId>, Problem> {
        let waits = |edit: &&Edit| matches!(edit.state, EditState::Waiting | EditState::NeedsYou(_));
        let waiting: Vec<EditId> = edits.iter().filter(waits).map(|edit| edit.id).collect();
        if waiting.is_empty() {
            return Ok(HashSet::new());
        }
        let now = (self.0.now)();
        let given_up: HashSet<EditId> = self
            .with_store(session, move |store| store.take_back(&waiting, now, TAKEN_BACK))
            .await?
            .into_iter()
            .collect();
        session.outbox.change(|desk| {
            desk.open.retain(|entry| !given_up.contains(&entry.id));
            for edit in edits.iter().filter(|edit| given_up.contains(&edit.id)) {
                if let Ok((change, _)) = read(edit) {
                    desk.deeds.forget(&change);
                }
                desk.touch(&edit.conversation);
            }
        });
        session.outbox.wake.notify_one();
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
