use earmark_review::{CommentId, InteractionId, MessageId};
use serde::{Deserialize, Serialize};
use specta::Type;

use super::{PersonView, WorkView};

/// A conversation's comments, oldest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct CommentsView {
    /// Whether this server can hold comments at all.
    pub support: CommentSupport,
    /// The comments with the conversation's tags and changes.
    pub work: WorkView,
    /// When the server told them, where it cannot be asked now (RFC 3339).
    pub kept_since: Option<String>,
    /// Feedback of a kind this program cannot show.
    pub unreadable: u32,
}

/// Whether comments can be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum CommentSupport {
    /// They can.
    Available,
    /// The connected server has no such calls.
    NotOnThisServer,
}

/// One comment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct CommentView {
    /// Its id.
    pub id: CommentId,
    /// Who wrote it.
    pub author: PersonView,
    /// When (RFC 3339).
    pub created_at: String,
    /// What it says.
    pub text: String,
    /// The interaction it is about; absent when it is about the whole conversation.
    pub interaction_id: Option<InteractionId>,
    /// The message it is about, where it was written on this computer.
    pub message_id: Option<MessageId>,
    /// Whether it has been dealt with.
    pub resolved: bool,
    /// Who resolved it or opened it again last, where that was done here.
    pub dealt: Option<DealtView>,
}

/// Who dealt with a comment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct DealtView {
    /// Who.
    pub by: PersonView,
    /// When (RFC 3339).
    pub at: String,
}
