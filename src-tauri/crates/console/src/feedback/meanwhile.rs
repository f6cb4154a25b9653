//! What the server took of the reviewer's while comments were being read: what was read may lack it, and does not win.

use std::collections::HashSet;
use std::sync::Arc;

use earmark_review::{Comment, CommentId, ConversationId};
use earmark_store::{Store, StoreError};

use crate::console::held;
use crate::session::Session;

/// Keeps what was read, given the comments the server took a change of since it was asked for. None is added in between:
/// whatever is sent from then on is kept after this.
pub(super) async fn keep<T: Send + 'static>(
    session: &Arc<Session>,
    work: impl FnOnce(&Store, &HashSet<CommentId>) -> Result<T, StoreError> + Send + 'static,
) -> Result<T, String> {
    let of = session.clone();
    session.in_store(move |store| work(store, &held(&of.feedback.state).sent)).await
}

/// Comments that were read; of those that were sent meanwhile, what is kept.
pub(super) fn as_they_are(
    store: &Store,
    sent: &HashSet<CommentId>,
    read: Vec<Comment>,
) -> Result<Vec<Comment>, StoreError> {
    let mut comments = Vec::with_capacity(read.len());
    for comment in read {
        if sent.contains(&comment.id) {
            comments.extend(store.known_comment(&comment.id)?);
        } else {
            comments.push(comment);
        }
    }
    Ok(comments)
}

/// All comments of a conversation that were read, with those that were written meanwhile.
pub(super) fn all_as_they_are(
    store: &Store,
    sent: &HashSet<CommentId>,
    conversation: &ConversationId,
    read: Vec<Comment>,
) -> Result<Vec<Comment>, StoreError> {
    let known: HashSet<CommentId> = read.iter().map(|comment| comment.id.clone()).collect();
    let mut comments = as_they_are(store, sent, read)?;
    let is_new = |comment: &Comment| sent.contains(&comment.id) && !known.contains(&comment.id);
    comments.extend(store.known_comments(conversation)?.into_iter().filter(is_new));
    Ok(comments)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use earmark_review::{CommentPlace, UserId};
    use earmark_store::Key;
    use jiff::Timestamp;

    use super::*;

    fn talk() -> ConversationId {
        ConversationId::new("c").unwrap()
    }

    fn comment(id: &str, text: &str) -> Comment {
        Comment {
            id: CommentId::new(id).unwrap(),
            author: UserId::new("me").unwrap(),
            created_at: Timestamp::UNIX_EPOCH,
            text: text.into(),
            place: CommentPlace::Conversation(talk()),
            resolved: false,
            message: None,
        }
    }

    #[test]
    fn what_was_sent_meanwhile_wins() {
        let folder = tempfile::tempdir().unwrap();
        let (store, _) = Store::open(folder.path(), &Key::random(&mut rand::rng()), Timestamp::UNIX_EPOCH).unwrap();
        let here = [comment("sent", "new words"), comment("written", "just now"), comment("old", "as it was")];
        store.put_comments(&talk(), &here, Timestamp::UNIX_EPOCH).unwrap();
        let sent = ["sent", "written", "deleted"].map(|id| CommentId::new(id).unwrap()).into_iter().collect();
        let read = || vec![comment("sent", "old words"), comment("deleted", "gone"), comment("theirs", "read")];
        let told = |comments: Vec<Comment>| comments.into_iter().map(|one| one.text).collect::<Vec<_>>();
        assert_eq!(told(as_they_are(&store, &sent, read()).unwrap()), ["new words", "read"]);
        let all = all_as_they_are(&store, &sent, &talk(), read()).unwrap();
        assert_eq!(told(all), ["new words", "read", "just now"], "what nobody sent and no page brought is gone");
    }
}
