//! Making a change: checked, recorded on the disk, and only then shown.

use std::collections::HashMap;
use std::sync::Arc;

use earmark_review::{Change, Comment, CommentId, ConversationId, Image, ReviewState, Subject, TagState, Tags};
use earmark_store::{EditId, NewEdit, Store, StoreError};
use jiff::{SignedDuration, Timestamp};

use super::deeds::Deeds;
use super::entry::{Entry, Stage};
use super::worker;
use crate::console::held;
use crate::session::Session;
use crate::view::WorkView;
use crate::{Console, Problem, ProblemCode};

impl Session {
    /// A conversation's tags with the changes that are on their way.
    pub(crate) fn tags(&self, conversation: &ConversationId) -> Tags {
        let tags = held(&self.library).head(conversation).map(|head| Tags::clone(&head.tags)).unwrap_or_default();
        self.with_changed_tags(conversation, tags)
    }

    /// Tags the server told, with the changes that are on their way.
    pub(crate) fn with_changed_tags(&self, conversation: &ConversationId, mut tags: Tags) -> Tags {
        let desk = held(&self.outbox.desk);
        desk.of(conversation).filter_map(|entry| entry.change.as_tag_edit()).for_each(|edit| tags.put(&edit));
        tags
    }

    /// A conversation's comments with the changes that are on their way, by the ids they are shown by.
    pub(crate) fn comments(&self, conversation: &ConversationId) -> Vec<Comment> {
        let known = held(&self.library).opened(conversation).comments.clone();
        let desk = held(&self.outbox.desk);
        let mut comments: Vec<Comment> =
            known.into_iter().map(|comment| Comment { id: desk.ids.shown(&comment.id).clone(), ..comment }).collect();
        desk.of(conversation).for_each(|entry| entry.change.make_in(&mut comments));
        comments
    }

    /// What is shown where a change would be made.
    pub(crate) fn image(&self, conversation: &ConversationId, subject: &Subject) -> Image {
        match subject {
            Subject::Tag(key) => Image::Tag(TagState::of(&self.tags(conversation), key)),
            Subject::Comment(id) => self.comment(conversation, id).map_or(Image::Nothing, Image::Comment),
            Subject::Flag(message) => Image::Flag(held(&self.outbox.desk).is_flagged(conversation, message)),
        }
    }

    /// A comment as it is shown.
    pub(crate) fn comment(&self, conversation: &ConversationId, id: &CommentId) -> Option<Comment> {
        self.comments(conversation).into_iter().find(|comment| &comment.id == id)
    }

    /// Whether these changes are the first of a review.
    fn begins_review(&self, conversation: &ConversationId, changes: &[Change]) -> bool {
        let is_known = held(&self.library).head(conversation).is_some();
        let is_silent = is_known && self.review(conversation, &self.tags(conversation)).is_none();
        // Who deals with what others wrote does not review the conversation.
        if held(&self.outbox.desk).in_feedback.contains(conversation) {
            return false;
        }
        if changes.iter().any(|change| matches!(change, Change::Resolve { .. })) {
            return false;
        }
        is_silent && !changes.is_empty() && !changes.iter().any(|change| self.is_of_review(change))
    }

    /// The changes that say so; nothing where that has to stay on this computer.
    fn begun(&self, conversation: &ConversationId, changes: &[Change]) -> Option<Vec<Change>> {
        let mut after = self.tags(conversation);
        changes.iter().filter_map(Change::as_tag_edit).for_each(|edit| after.put(&edit));
        self.review_changes(&after, Some(ReviewState::InProgress))
    }
}

/// How long a change that was sent can be undone. The history keeps it for ever.
const KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);

/// A change about to be recorded.
pub(crate) struct New {
    pub(crate) change: Change,
    pub(crate) before: Image,
    pub(crate) undoes: Option<EditId>,
    pub(crate) redoes: Option<EditId>,
}

impl New {
    fn to_store(&self, session: &Session, conversation: &ConversationId, now: Timestamp) -> Option<NewEdit> {
        Some(NewEdit {
            conversation: conversation.clone(),
            who: session.me.clone(),
            change: serde_json::to_string(&self.change).ok()?,
            before: serde_json::to_string(&self.before).ok()?,
            made_at: now,
            due_at: due(session, now),
            undoes: self.undoes,
            redoes: self.redoes,
        })
    }

    fn into_entry(self, id: EditId, session: &Session, conversation: ConversationId, now: Timestamp) -> Entry {
        Entry {
            id,
            conversation,
            change: self.change,
            before: self.before,
            made_at: now,
            due_at: due(session, now),
            stage: Stage::Waiting,
            undoes: self.undoes,
        }
    }
}

fn due(session: &Session, now: Timestamp) -> Timestamp {
    now.checked_add(session.outbox.grace).unwrap_or(now)
}

impl Console {
    /// Makes changes of a conversation and answers how it looks then. `plan` looks at what is shown now and answers the
    /// changes, which are then recorded all or none; nothing of them is shown before they are on the disk.
    ///
    /// # Errors
    /// What `plan` refuses, or [`ProblemCode::Storage`].
    pub(crate) async fn make(
        &self,
        session: &Arc<Session>,
        conversation: &ConversationId,
        plan: impl FnOnce() -> Result<Vec<Change>, Problem>,
    ) -> Result<WorkView, Problem> {
        self.open_outbox(session).await?;
        let _turn = session.outbox.recording.lock().await;
        let planned = plan()?;
        let begins = session.begins_review(conversation, &planned);
        let review = begins.then(|| session.begun(conversation, &planned)).flatten();
        let begins_here = begins && review.is_none();
        let mut new = Vec::new();
        for change in planned.into_iter().chain(review.unwrap_or_default()) {
            let before = session.image(conversation, &change.subject());
            if change.after(&before).ok_or_else(vanished)? != before {
                new.push(New { change, before, undoes: None, redoes: None });
            }
        }
        let is_new = !new.is_empty();
        self.record(session, conversation, new).await?;
        if begins_here && is_new {
            // The change itself is kept: it must not be made twice because of this.
            if let Err(problem) = self.keep_review_here(session, conversation, Some(ReviewState::InProgress)).await {
                session.outbox.report(&problem.message);
            }
        }
        Ok(session.work_view(conversation))
    }

    /// Records changes, shows them, and lets the worker know. The caller holds the turn to record.
    pub(super) async fn record(
        &self,
        session: &Session,
        conversation: &ConversationId,
        new: Vec<New>,
    ) -> Result<(), Problem> {
        self.record_across(session, new.into_iter().map(|new| (conversation.clone(), new)).collect()).await
    }

    /// As [`Self::record`], of several conversations at once; they are undone at once too.
    pub(crate) async fn record_across(
        &self,
        session: &Session,
        new: Vec<(ConversationId, New)>,
    ) -> Result<(), Problem> {
        if new.is_empty() {
            return Ok(());
        }
        self.write_down(session, new, Vec::new(), |store, rows, _| store.record_all(rows)).await.map(drop)
    }

    /// Writes changes down as `write` does, puts them in place of the `old` ones, and lets the worker know; answers their
    /// numbers. Whoever asked for it shows them: the window is not told a second time, unless they are of several conversations.
    pub(super) async fn write_down(
        &self,
        session: &Session,
        new: Vec<(ConversationId, New)>,
        old: Vec<EditId>,
        write: impl FnOnce(&Store, &[NewEdit], Timestamp) -> Result<Vec<EditId>, StoreError> + Send + 'static,
    ) -> Result<Vec<EditId>, Problem> {
        let now = (self.0.now)();
        let rows: Option<Vec<NewEdit>> = new.iter().map(|(of, new)| new.to_store(session, of, now)).collect();
        let rows = rows.ok_or_else(crate::storage::unkept)?;
        let ids = self.with_store(session, move |store| write(store, &rows, now)).await?;
        let entries: Vec<Entry> =
            new.into_iter().zip(&ids).map(|((of, new), id)| new.into_entry(*id, session, of, now)).collect();
        let is_of_several = entries.windows(2).any(|two| two[0].conversation != two[1].conversation);
        session.outbox.change(|desk| {
            if is_of_several {
                entries.iter().for_each(|entry| desk.touch(&entry.conversation));
            }
            for given_up in desk.open.extract_if(.., |kept| old.contains(&kept.id)) {
                desk.deeds.forget(&given_up.change);
            }
            entries.iter().for_each(|entry| desk.deeds.note(&entry.change, &session.me, now));
            for entry in entries {
                match entry.change {
                    Change::Flag { message, is_set } => desk.flag(&entry.conversation, message, is_set),
                    _ => desk.open.push(entry),
                }
            }
        });
        session.outbox.wake.notify_one();
        Ok(ids)
    }

    /// Reads what an earlier run left in the outbox, once a session, and begins to send it.
    pub(crate) async fn open_outbox(&self, session: &Arc<Session>) -> Result<(), Problem> {
        let _turn = session.outbox.recording.lock().await;
        if held(&session.outbox.worker).is_some() {
            return Ok(());
        }
        self.load_outbox(session).await
    }

    /// Reads the outbox from the store and begins to send. The caller holds the turn to record.
    pub(crate) async fn load_outbox(&self, session: &Arc<Session>) -> Result<(), Problem> {
        // What is known of another store must not be taken for what is in this one.
        {
            let mut desk = held(&session.outbox.desk);
            desk.mark = crate::reference::random_id();
            desk.open.clear();
            desk.bulk.clear();
            desk.failures.clear();
        }
        let long_ago = session.now().checked_sub(KEPT).unwrap_or(Timestamp::MIN);
        let read = move |store: &Store| {
            store.prune_sent(long_ago)?;
            store.forget_deleted()?;
            Ok((store.pending()?, store.aliases()?, store.review_states()?, store.flags()?, Deeds::read(store)?))
        };
        let (left, names, states, flags, deeds) = self.with_store(session, read).await?;
        let states: HashMap<_, _> =
            states.into_iter().filter_map(|(id, state)| Some((id, ReviewState::from_tag_value(&state)?))).collect();
        let total = left.len();
        let entries: Vec<Entry> = left.into_iter().filter_map(Entry::read).collect();
        let unread = total - entries.len();
        session.outbox.change(|desk| {
            for (local, server) in names {
                if let (Ok(local), Ok(server)) = (CommentId::new(local), CommentId::new(server)) {
                    desk.ids.name(local, server);
                }
            }
            for entry in &entries {
                desk.touch(&entry.conversation);
            }
            desk.open = entries;
            desk.deeds = deeds;
            desk.states = states;
            desk.flags.clear();
            for (conversation, message) in flags {
                desk.touch(&conversation);
                desk.flag(&conversation, message, true);
            }
            if unread > 0 {
                desk.reports
                    .push(format!("{unread} of your changes were made by another version of Earmark and wait for it."));
            }
        });
        *held(&session.outbox.worker) = Some(worker::start(session, self.0.minute));
        Ok(())
    }
}

/// That a comment is not there any more.
pub(crate) fn vanished() -> Problem {
    Problem::new(ProblemCode::NotFound, "This comment is not there any more.").retryable()
}
