//! The steps a change takes, each noted on the disk before it is shown.

use std::time::Duration;

use earmark_amigo::Error as AmigoError;
use earmark_review::{Change, Comment, CommentId, Conversation, ConversationId, ReviewState, Subject, TagState, Tags};
use earmark_store::{EditState, Store, StoreError};

use super::entry::{Entry, Need, Sent, Stage};
use super::reading::Read;
use super::round::Written;
use crate::console::held;
use crate::reviewing::NOT_TAKEN;
use crate::session::Session;

/// Why nothing more is sent for now.
pub(super) struct Halt {
    /// For the reviewer.
    pub(super) sentence: String,
    /// How long the server asks to wait.
    pub(super) wait: Option<Duration>,
    /// Whether it may be one conversation's trouble alone.
    pub(super) only_here: bool,
}

impl From<AmigoError> for Halt {
    fn from(error: AmigoError) -> Self {
        Self { wait: error.retry_after(), sentence: error.to_string(), only_here: false }
    }
}

/// What could not be written down, in a sentence.
impl From<String> for Halt {
    fn from(sentence: String) -> Self {
        Self { sentence, wait: None, only_here: false }
    }
}

/// Notes which id the server gave a comment.
pub(super) async fn name(session: &Session, local: &CommentId, server: &CommentId) -> Result<(), Halt> {
    let (here, there) = (local.to_string(), server.to_string());
    session.in_store(move |store| store.alias(&here, &there)).await?;
    held(&session.outbox.desk).ids.name(local.clone(), server.clone());
    Ok(())
}

/// Notes that a change is on its way, before it is. Answers `false` where the reviewer took it back meanwhile.
pub(super) async fn sending(session: &Session, entry: &Entry, before: Sent) -> Result<bool, Halt> {
    let _turn = session.outbox.recording.lock().await;
    if held(&session.outbox.desk).entry(entry.id).is_none() {
        return Ok(false);
    }
    let note = serde_json::to_string(&before).unwrap_or_default();
    set(session, entry, EditState::Sending(note), Some(Stage::Sending(before)), "").await?;
    Ok(true)
}

/// Notes that the server has a change, and takes it over into what is known of the server.
pub(super) async fn sent(
    session: &Session,
    read: &mut Read,
    written: &mut Written,
    entry: &Entry,
    outcome: &'static str,
) -> Result<(), Halt> {
    let conversation = &entry.conversation;
    if let Some(edit) = entry.change.as_tag_edit() {
        if let Some(tags) = read.tags_mut(conversation) {
            tags.put(&edit);
            held(&session.library).set_tags(conversation, tags.clone());
        }
    } else {
        let made = on_server(session, &entry.change);
        made.make_in(read.comments(conversation));
        made.make_in(&mut held(&session.library).opened(conversation).comments);
    }
    // Before the window hears that it was sent, and looks.
    keep(session, entry).await;
    set(session, entry, EditState::Sent, None, outcome).await?;
    held(&session.outbox.desk).sends += 1;
    written.add(entry);
    Ok(())
}

/// Has the cache know what the server has now: without a network it is all there is. What fails only costs a call.
async fn keep(session: &Session, entry: &Entry) {
    let id = entry.conversation.clone();
    let kept = match &entry.change {
        Change::Tag { .. } => {
            let Some(tags) = held(&session.library).head(&id).map(|head| Tags::clone(&head.tags)) else { return };
            session.in_store(move |store| keep_tags(store, &id, tags)).await
        }
        change => {
            let made = on_server(session, change);
            if let Subject::Comment(comment) = made.subject() {
                session.feedback.sent(comment, matches!(made, Change::Delete { .. }));
            }
            session.in_store(move |store| store.change_comments(&id, |comments| made.make_in(comments))).await
        }
    };
    // It was logged.
    let _ = kept;
}

/// Puts tags in place of those the cache knows a conversation by.
fn keep_tags(store: &Store, id: &ConversationId, tags: Tags) -> Result<(), StoreError> {
    let Some(kept) = store.conversation(id)? else { return Ok(()) };
    store.put_conversations(&[Conversation { tags, ..kept.value }], kept.read_at)
}

/// The change as the server knows it: by its ids, its author, its time.
fn on_server(session: &Session, change: &Change) -> Change {
    let desk = held(&session.outbox.desk);
    let named = |id: &CommentId| desk.ids.on_server(id).clone();
    match change {
        Change::Tag { .. } | Change::Flag { .. } => change.clone(),
        Change::Write(comment) => {
            Change::Write(Comment { id: named(&comment.id), author: session.me.clone(), ..comment.clone() })
        }
        Change::Reword { comment, text } => Change::Reword { comment: named(comment), text: text.clone() },
        Change::Resolve { comment, resolved } => Change::Resolve { comment: named(comment), resolved: *resolved },
        Change::Delete { comment } => Change::Delete { comment: named(comment) },
    }
}

/// Lets a change wait for the reviewer, unless they took it back meanwhile.
pub(super) async fn ask(session: &Session, entry: &Entry, need: Need) -> Result<(), Halt> {
    let _turn = session.outbox.recording.lock().await;
    if held(&session.outbox.desk).entry(entry.id).is_none() {
        return Ok(());
    }
    let note = serde_json::to_string(&need).unwrap_or_default();
    let outcome = match &need {
        Need::Twin => "the same comment is on the server already",
        Need::OnlyHere => "the server has no such call: it stays on this computer",
        Need::Clash(_) => "somebody else changed the same thing",
        Need::Refused { .. } => "it was refused",
    };
    set(session, entry, EditState::NeedsYou(note), Some(Stage::NeedsYou(need)), outcome).await
}

/// Keeps the state of a review on this computer, where the server does not take its tags.
pub(super) async fn keep_review_here(session: &Session, entry: &Entry) -> Result<(), Halt> {
    let (id, at) = (entry.id, session.now());
    session.in_store(move |store| store.give_up(id, at, "it was refused", "kept on this computer only")).await?;
    session.outbox.change(|desk| {
        desk.open.retain(|kept| kept.id != id);
        desk.touch(&entry.conversation);
    });
    let first = !std::mem::replace(&mut held(&session.outbox.desk).refuses_review, true);
    if first {
        session.outbox.report(NOT_TAKEN);
    }
    if let Change::Tag { to: TagState::Value(value), .. } = &entry.change
        && session.outbox.state_here(&entry.conversation).is_none()
        && let Some(state) = ReviewState::from_tag_value(value)
    {
        session.keep_state_here(&entry.conversation, Some(state)).await?;
    }
    Ok(())
}

/// Notes a step on the disk, then here. Without a stage the change is over.
pub(super) async fn set(
    session: &Session,
    entry: &Entry,
    state: EditState,
    stage: Option<Stage>,
    outcome: &'static str,
) -> Result<(), Halt> {
    let (id, at) = (entry.id, session.now());
    session.in_store(move |store| store.set_state(id, state, at, outcome, None)).await?;
    session.outbox.change(|desk| {
        match stage {
            Some(stage) => {
                desk.open.iter_mut().filter(|kept| kept.id == id).for_each(|kept| kept.stage = stage.clone())
            }
            None => desk.open.retain(|kept| kept.id != id),
        }
        desk.touch(&entry.conversation);
    });
    Ok(())
}
