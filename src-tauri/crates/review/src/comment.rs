use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{CommentId, ConversationId, InteractionId, MessageId, UserId};

/// A reviewer's remark.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Comment {
    /// Its id.
    pub id: CommentId,
    /// Who wrote it.
    pub author: UserId,
    /// When it was written.
    pub created_at: Timestamp,
    /// What it says.
    pub text: String,
    /// What it is about.
    pub place: CommentPlace,
    /// Whether it has been dealt with. A comment on a whole conversation cannot be resolved and is never so.
    #[serde(default)]
    pub resolved: bool,
    /// The message it is about, where that is known: only on the computer it was written on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<MessageId>,
}

/// What a comment is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CommentPlace {
    /// The whole conversation.
    Conversation(ConversationId),
    /// One interaction of it.
    Interaction(ConversationId, InteractionId),
}

impl CommentPlace {
    /// The conversation it belongs to.
    pub fn conversation(&self) -> &ConversationId {
        match self {
            Self::Conversation(id) | Self::Interaction(id, _) => id,
        }
    }

    /// The interaction, when it is about one.
    pub fn interaction(&self) -> Option<&InteractionId> {
        match self {
            Self::Conversation(_) => None,
            Self::Interaction(_, id) => Some(id),
        }
    }
}

/// Why a comment may not be written or changed; each is known before any call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CommentRefused {
    /// The API wants text.
    #[error("A comment needs some text.")]
    Empty,
    /// The API forbids changing the text of a resolved comment.
    #[error("A resolved comment cannot be edited. Reopen it first.")]
    Resolved,
    /// The API gives comments on a whole conversation no resolve.
    #[error("A comment on the whole conversation cannot be resolved; only comments on an interaction can.")]
    NotResolvable,
}

impl Comment {
    /// The text as it may be sent: trimmed, and not empty.
    ///
    /// # Errors
    /// [`CommentRefused::Empty`].
    pub fn check_text(text: &str) -> Result<&str, CommentRefused> {
        match text.trim() {
            "" => Err(CommentRefused::Empty),
            text => Ok(text),
        }
    }

    /// The new text as it may be sent in place of this comment's.
    ///
    /// # Errors
    /// [`CommentRefused::Empty`] and [`CommentRefused::Resolved`].
    pub fn check_edit<'a>(&self, text: &'a str) -> Result<&'a str, CommentRefused> {
        if self.resolved { Err(CommentRefused::Resolved) } else { Self::check_text(text) }
    }

    /// The interaction to resolve or reopen this comment on.
    ///
    /// # Errors
    /// [`CommentRefused::NotResolvable`].
    pub fn check_resolve(&self) -> Result<&InteractionId, CommentRefused> {
        self.place.interaction().ok_or(CommentRefused::NotResolvable)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn comment(place: CommentPlace, resolved: bool) -> Comment {
        Comment {
            id: CommentId::new("f").unwrap(),
            author: UserId::new("reviewer").unwrap(),
            created_at: Timestamp::UNIX_EPOCH,
            text: "as it was".into(),
            place,
            resolved,
            message: None,
        }
    }

    fn on_interaction() -> CommentPlace {
        CommentPlace::Interaction(ConversationId::new("c").unwrap(), InteractionId::new("i").unwrap())
    }

    #[test]
    fn a_resolved_comment_keeps_its_text() {
        assert_eq!(comment(on_interaction(), true).check_edit("new"), Err(CommentRefused::Resolved));
        assert_eq!(comment(on_interaction(), false).check_edit("  new "), Ok("new"));
        assert_eq!(comment(on_interaction(), false).check_edit(" \n"), Err(CommentRefused::Empty));
    }

    #[test]
    fn only_an_interaction_comment_resolves() {
        let whole = CommentPlace::Conversation(ConversationId::new("c").unwrap());
        assert_eq!(comment(whole, false).check_resolve(), Err(CommentRefused::NotResolvable));
        assert_eq!(comment(on_interaction(), false).check_resolve().unwrap().as_str(), "i");
    }
}
