//! Sends one change: compares it with what the server has, and makes the call where that is still needed.

use std::sync::Arc;

use earmark_amigo::Error as AmigoError;
use earmark_review::{Change, Comment, CommentId, ConversationId, Image, TagState, Verdict, matching};
use earmark_store::{EditId, EditState};

use super::entry::{Entry, Need, Sent, Stage};
use super::only_here::stays_here;
use super::reading::Read;
use super::round::Written;
use super::steps::{Halt, ask, keep_review_here, name, sending, sent, set};
use crate::console::held;
use crate::session::Session;

const GONE: &str = "The conversation is not on the server any more.";
const TURN_GONE: &str =
    "The interaction this is about is not on the server any more, or its whole conversation is not.";
/// Failures of one change after which the reviewer is asked.
const PATIENCE: u32 = 5;
const UNREADABLE: &str = "The server sent this conversation in a form that cannot be read.";

/// Sends one change, or finds that it need not or cannot be sent.
pub(super) async fn send(
    session: &Arc<Session>,
    read: &mut Read,
    written: &mut Written,
    id: EditId,
) -> Result<(), Halt> {
    let Some(entry) = up_next(session, id) else { return Ok(()) };
    let now = match (&entry.change, read.tags(&entry.conversation)) {
        (Change::Tag { .. }, Err(_)) => return ask(session, &entry, Need::refused(UNREADABLE)).await,
        (Change::Tag { .. }, Ok(None)) => return ask(session, &entry, Need::refused(GONE)).await,
        (Change::Tag { key, .. }, Ok(Some(tags))) => Image::Tag(TagState::of(tags, key)),
        (Change::Write(comment), _) => match arrived(session, read, &entry, comment).await? {
            Some(found) => Image::Comment(found),
            None => Image::Nothing,
        },
        (Change::Reword { comment, .. } | Change::Resolve { comment, .. } | Change::Delete { comment }, _) => {
            find(session, read, &entry.conversation, comment).map_or(Image::Nothing, Image::Comment)
        }
        // It was over when it was recorded.
        (Change::Flag { .. }, _) => return Ok(()),
    };
    let verdict = match (&entry.change, &now) {
        // It is there and still has to be resolved.
        (Change::Write(wanted), Image::Comment(is)) if wanted.resolved && !is.resolved => Verdict::Send,
        _ => entry.change.verdict(&entry.before, &now),
    };
    match verdict {
        Verdict::Clash(theirs) => ask(session, &entry, Need::Clash(theirs)).await,
        Verdict::Done => {
            if entry.stage == Stage::Waiting && !sending(session, &entry, Sent::default()).await? {
                return Ok(());
            }
            sent(session, read, written, &entry, "the server had it already").await
        }
        Verdict::Send => deliver(session, read, written, &entry, now).await,
    }
}

/// A change that is still to be sent, unless an earlier one of the same thing is not over.
fn up_next(session: &Session, id: EditId) -> Option<Entry> {
    let desk = held(&session.outbox.desk);
    let entry = desk.entry(id)?;
    let subject = entry.change.subject();
    let is_earlier = |other: &&Entry| other.id < id && other.conversation == entry.conversation;
    let waits = desk.open.iter().filter(is_earlier).any(|other| other.change.subject() == subject);
    (!waits && !matches!(entry.stage, Stage::NeedsYou(_))).then(|| entry.clone())
}

/// The comment on the server that was written by this change, if it is there.
async fn arrived(
    session: &Session,
    read: &mut Read,
    entry: &Entry,
    comment: &Comment,
) -> Result<Option<Comment>, Halt> {
    if let Some(known) = find(session, read, &entry.conversation, &comment.id) {
        return Ok(Some(known));
    }
    let Stage::Sending(before) = &entry.stage else { return Ok(None) };
    // Where it was lost how many there were before, the reviewer is asked.
    if before.matching.is_none_or(|matching| alike(session, read, entry, comment).len() <= matching) {
        return Ok(None);
    }
    let found = newest_unnamed(session, read, entry, comment);
    if let Some(found) = &found {
        name(session, &comment.id, &found.id).await?;
    }
    Ok(found)
}

/// A comment as the server has it, by the id it is shown by.
pub(super) fn find(
    session: &Session,
    read: &mut Read,
    conversation: &ConversationId,
    comment: &CommentId,
) -> Option<Comment> {
    let server = held(&session.outbox.desk).ids.on_server(comment).clone();
    read.comments(conversation).iter().find(|known| known.id == server).cloned()
}

/// Comments on the server that say the same, in the order they were written.
fn alike(session: &Session, read: &mut Read, entry: &Entry, comment: &Comment) -> Vec<Comment> {
    let mine = Comment { author: session.me.clone(), ..comment.clone() };
    matching(&mine, read.comments(&entry.conversation)).into_iter().cloned().collect()
}

/// The newest of them that no other comment written here goes by.
fn newest_unnamed(session: &Session, read: &mut Read, entry: &Entry, comment: &Comment) -> Option<Comment> {
    let alike = alike(session, read, entry, comment);
    let desk = held(&session.outbox.desk);
    alike.into_iter().rev().find(|known| !desk.ids.is_named(&known.id))
}

/// Makes the call.
async fn deliver(
    session: &Arc<Session>,
    read: &mut Read,
    written: &mut Written,
    entry: &Entry,
    now: Image,
) -> Result<(), Halt> {
    if let Some(edit) = entry.change.as_tag_edit()
        && let Ok(Some(tags)) = read.tags(&entry.conversation)
        && let Err(refused) = tags.apply(&edit)
    {
        return ask(session, entry, Need::refused(refused.to_string())).await;
    }
    let before = match &entry.change {
        Change::Write(comment) => {
            let twin = newest_unnamed(session, read, entry, comment);
            let is_unsure = match &entry.stage {
                Stage::Sending(before) => before.matching.is_none(),
                _ => twin.as_ref().is_some_and(|twin| twin.created_at > entry.made_at),
            };
            if twin.is_some() && is_unsure {
                return ask(session, entry, Need::Twin).await;
            }
            Sent { matching: Some(alike(session, read, entry, comment).len()) }
        }
        _ => Sent::default(),
    };
    if matches!(entry.stage, Stage::Sending(_)) {
        set(session, entry, EditState::Waiting, Some(Stage::Waiting), "read back: it had not arrived").await?;
    }
    let sent_before = before.clone();
    if !sending(session, entry, before).await? {
        return Ok(());
    }
    match call(session, entry, &now).await {
        Ok(()) => sent(session, read, written, entry, "").await,
        Err(Trouble::Store(halt)) => Err(halt),
        Err(Trouble::Call(AmigoError::NotFound)) => match &entry.change {
            Change::Delete { .. } => sent(session, read, written, entry, "it was gone already").await,
            Change::Reword { .. } | Change::Resolve { .. } => ask(session, entry, Need::Clash(Image::Nothing)).await,
            Change::Write(comment) if comment.place.interaction().is_some() => {
                ask(session, entry, Need::refused(TURN_GONE)).await
            }
            Change::Tag { .. } | Change::Write(_) | Change::Flag { .. } => {
                ask(session, entry, Need::refused(GONE)).await
            }
        },
        Err(Trouble::Call(AmigoError::NotAllowed | AmigoError::NotSupported))
            if session.is_of_review(&entry.change) =>
        {
            keep_review_here(session, entry).await
        }
        Err(Trouble::Call(error)) if stays_here(entry, &error) => ask(session, entry, Need::OnlyHere).await,
        Err(Trouble::Call(error)) if is_refusal(&error) => ask(session, entry, Need::refused(error.to_string())).await,
        Err(Trouble::Call(error)) => {
            if is_not_taken(&error) {
                set(session, entry, EditState::Waiting, Some(Stage::Waiting), "the server did not take it").await?;
            }
            if is_of_this_call(&error) && failed_often(session, entry) {
                let sent = Some(sent_before);
                return ask(session, entry, Need::Refused { sentence: error.to_string(), sent }).await;
            }
            Err(Halt { only_here: is_of_this_call(&error), ..error.into() })
        }
    }
}

/// What can go wrong while a change is sent.
enum Trouble {
    Call(AmigoError),
    Store(Halt),
}

impl From<AmigoError> for Trouble {
    fn from(error: AmigoError) -> Self {
        Self::Call(error)
    }
}

async fn call(session: &Session, entry: &Entry, now: &Image) -> Result<(), Trouble> {
    let (client, conversation) = (session.client_for_work(), &entry.conversation);
    if let Some(edit) = entry.change.as_tag_edit() {
        return Ok(client.modify_tags(conversation, &edit).await?);
    }
    match (&entry.change, now) {
        (Change::Write(comment), now) => {
            let id = match (now, comment.place.interaction()) {
                (Image::Comment(is), _) => is.id.clone(),
                (_, Some(interaction)) => {
                    client.create_interaction_comment(conversation, interaction, &comment.text).await?
                }
                (_, None) => client.create_conversation_comment(conversation, &comment.text).await?,
            };
            name(session, &comment.id, &id).await.map_err(Trouble::Store)?;
            if let (true, Some(interaction)) = (comment.resolved, comment.place.interaction()) {
                client.update_interaction_comment(conversation, interaction, &id, &comment.text, true).await?;
            }
        }
        (Change::Reword { text, .. }, Image::Comment(is)) => match is.place.interaction() {
            Some(interaction) => {
                client.update_interaction_comment(conversation, interaction, &is.id, text, is.resolved).await?;
            }
            None => client.update_conversation_comment(conversation, &is.id, text).await?,
        },
        (Change::Resolve { resolved, .. }, Image::Comment(is)) => {
            // The API takes text and state together: the text just read, or somebody's later words would be undone.
            let interaction = is.place.interaction().ok_or(AmigoError::NotSupported)?;
            client.update_interaction_comment(conversation, interaction, &is.id, &is.text, *resolved).await?;
        }
        (Change::Delete { .. }, Image::Comment(is)) => match is.place.interaction() {
            Some(interaction) => client.delete_interaction_comment(conversation, interaction, &is.id).await?,
            None => client.delete_conversation_comment(conversation, &is.id).await?,
        },
        _ => return Err(AmigoError::NotFound.into()),
    }
    Ok(())
}

/// Whether the server understood and said no, so that sending it again would not help.
pub(super) fn is_refusal(error: &AmigoError) -> bool {
    matches!(
        error,
        AmigoError::NotAllowed | AmigoError::NotSupported | AmigoError::Refused { .. } | AmigoError::Redirected
    )
}

/// Whether it may be this call alone that fails, so that others are worth trying.
fn is_of_this_call(error: &AmigoError) -> bool {
    matches!(error, AmigoError::Server { .. } | AmigoError::Malformed(_) | AmigoError::TooLarge | AmigoError::TimedOut)
}

/// Counts a failure, and says whether the reviewer is to hear of it.
fn failed_often(session: &Session, entry: &Entry) -> bool {
    let mut desk = held(&session.outbox.desk);
    let failures = desk.failures.entry(entry.id).or_default();
    *failures += 1;
    *failures >= PATIENCE
}

/// Whether the server certainly did not take it.
fn is_not_taken(error: &AmigoError) -> bool {
    matches!(
        error,
        AmigoError::SignIn
            | AmigoError::UnknownOrganization
            | AmigoError::RateLimited { .. }
            | AmigoError::Insecure
            | AmigoError::NoCertificates(_)
            | AmigoError::SetUp(_)
    )
}
