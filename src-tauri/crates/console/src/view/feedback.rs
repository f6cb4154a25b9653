use earmark_review::{CommentId, ConversationId, InteractionId, MessageId, ServiceId, UserId};
use serde::{Deserialize, Serialize};
use specta::Type;

use super::{CommentSupport, ConversationRow, DealtView, PageToken, PersonView};
use crate::Problem;

/// How many comments there are in the organization, with the reviewer's changes, and how far they are read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct FeedbackView {
    /// Whether this server can hold comments at all.
    pub support: CommentSupport,
    /// Comments that are known here.
    pub known: u32,
    /// Comments on interactions that are open.
    pub open: u32,
    /// Comments on interactions that are resolved.
    pub resolved: u32,
    /// Since when all of them are known (RFC 3339); absent until all were read once.
    pub read_since: Option<String>,
    /// When anything new was last asked for (RFC 3339).
    pub asked_at: Option<String>,
    /// Why nothing is read just now.
    pub trouble: Option<Problem>,
    /// Rises whenever something new was read.
    pub revision: u32,
    /// Conversations of which something new was read since this was last told.
    pub changed: Vec<ConversationId>,
}

/// How many comments are open in a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct OpenComments {
    /// The conversation.
    pub conversation_id: ConversationId,
    /// Comments on its interactions that are open.
    pub open: u32,
}

/// Which comments are listed. Everything empty is every comment, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct FeedbackFilter {
    /// Open or resolved ones on interactions; all where absent, those on whole conversations too.
    pub resolved: Option<bool>,
    /// Written by any of these.
    pub authors: Vec<UserId>,
    /// In conversations with any of these.
    pub services: Vec<ServiceId>,
    /// Written at this time or later (RFC 3339).
    pub since: Option<String>,
    /// Written before this time (RFC 3339).
    pub until: Option<String>,
    /// The latest first.
    pub newest_first: bool,
}

/// One comment in the list of all.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct FeedbackRow {
    /// Its id.
    pub id: CommentId,
    /// The conversation it belongs to.
    pub conversation_id: ConversationId,
    /// The interaction it is about; absent when it is about the whole conversation.
    pub interaction_id: Option<InteractionId>,
    /// That interaction's number in its conversation, from 1, where it is known.
    pub interaction: Option<u32>,
    /// The message it is about, where it was written on this computer.
    pub message_id: Option<MessageId>,
    /// Who wrote it.
    pub author: PersonView,
    /// When (RFC 3339).
    pub created_at: String,
    /// What it says.
    pub text: String,
    /// Whether it has been dealt with.
    pub resolved: bool,
    /// Who resolved it or opened it again last, where that was done here.
    pub dealt: Option<DealtView>,
    /// Whether a change of it waits for the reviewer's answer.
    pub needs_you: bool,
}

/// A part of the list of all comments.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct FeedbackPage {
    /// The comments.
    pub rows: Vec<FeedbackRow>,
    /// The conversations they are in, as far as those are known here.
    pub conversations: Vec<ConversationRow>,
    /// What to ask the next part with; absent at the end.
    pub next: Option<PageToken>,
    /// How many comments the filter lets through.
    pub total: u32,
}

/// Somebody who wrote comments.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct FeedbackAuthor {
    /// Who.
    pub person: PersonView,
    /// How many of theirs are open.
    pub open: u32,
}

/// A conversation that may be opened next, and the interaction that is looked at first there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Turn {
    /// The conversation.
    pub conversation_id: ConversationId,
    /// The interaction; its first where absent.
    pub interaction_id: Option<InteractionId>,
}

/// Some of the comments that are listed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct FeedbackChoice {
    /// What the list is narrowed to.
    pub filter: FeedbackFilter,
    /// Those that are chosen in it; all of them where none is.
    pub comments: Vec<CommentId>,
}

/// What resolving many comments does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ResolvePlan {
    /// Comments that are resolved.
    pub resolve: u32,
    /// The conversations those are in.
    pub conversations: u32,
    /// Comments that stay as they are: resolved already, or on whole conversations.
    pub left: u32,
    /// Comments that stay open because so many are not resolved at once.
    pub beyond: u32,
    /// How many calls a minute the server takes for comments, where it says so.
    pub per_minute: Option<u32>,
    /// About how long it takes until the server has all of it, in seconds.
    pub seconds: u32,
}

/// The form of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum FileForm {
    /// A table for spreadsheets.
    Csv,
    /// A JSON object a line.
    Jsonl,
}
