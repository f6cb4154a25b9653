use earmark_review::{CommentId, ConversationId, MessageId};
use serde::{Deserialize, Serialize};
use specta::Type;

use super::{CommentView, ReviewView, TagView};

/// A conversation's tags and comments as the reviewer has made them, whether the server knows it already or not.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct WorkView {
    /// Its tags by key.
    pub tags: Vec<TagView>,
    /// Its comments, oldest first; empty until they were read.
    pub comments: Vec<CommentView>,
    /// How far its review is, where anybody has begun.
    pub review: Option<ReviewView>,
    /// The messages that are flagged.
    pub flags: Vec<MessageId>,
    /// The changes the server has not taken yet, in the order they were made.
    pub changes: Vec<ChangeView>,
}

/// A change the server has not taken yet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ChangeView {
    /// Its id.
    pub id: String,
    /// The tag it changes, by its key.
    pub tag: Option<String>,
    /// The comment it changes.
    pub comment: Option<CommentId>,
    /// What the reviewer is asked; absent while it only waits to be sent.
    pub card: Option<CardView>,
    /// Whether it stays on this computer, as the server has no such call.
    pub only_here: bool,
}

/// A question about a change that cannot be sent as it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct CardView {
    /// What happened.
    pub sentence: String,
    /// What stands against what.
    pub sides: Vec<SideView>,
    /// What the reviewer can do.
    pub choices: Vec<ChoiceView>,
}

/// One side of a clash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SideView {
    /// Whose it is, as in "Yours".
    pub label: String,
    /// What it says.
    pub text: String,
}

/// One answer to a card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ChoiceView {
    /// What it does.
    pub choice: Choice,
    /// Its name on a button.
    pub label: String,
}

/// What becomes of a change that could not be sent as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Choice {
    /// Back to what stood there before both changes.
    Before,
    /// The reviewer's change is made all the same.
    Mine,
    /// The change is given up; what the server has stays.
    Theirs,
    /// What the server has stays, and what the reviewer wrote becomes a comment of its own.
    Copy,
}

/// Where the reviewer's changes are, told whenever it changes.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct OutboxView {
    /// Changes that are saved on this computer and wait to be sent.
    pub saved_here: u32,
    /// Changes that wait for the reviewer.
    pub needs_you: u32,
    /// Changes of comments that stay on this computer until the reviewer has them sent: the server had no such calls.
    pub only_here: u32,
    /// The conversations those that wait for the reviewer are in, the oldest first.
    pub needing_you: Vec<ConversationId>,
    /// Why nothing is sent just now, in a sentence.
    pub trouble: Option<String>,
    /// Conversations whose tags, comments or changes are not what they were when this was last told.
    pub changed: Vec<ConversationId>,
    /// What the reviewer must be told, once.
    pub reports: Vec<String>,
    /// How far the latest edit of many conversations is, for as long as something of it waits to be sent.
    pub bulk: Option<BulkProgress>,
}

/// What was undone or made again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct UndoneView {
    /// The conversation it was in.
    pub conversation_id: ConversationId,
    /// What it was, as in "tag “risk”" or "tag “risk” of 60 conversations".
    pub what: String,
    /// How many conversations it was in.
    pub conversations: u32,
}

/// How far an edit of many conversations is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct BulkProgress {
    /// Changes it is made of.
    pub total: u32,
    /// Those that wait to be sent.
    pub left: u32,
}

/// What an edit of the tags of many conversations would do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct BulkPlan {
    /// Conversations that would get the tag.
    pub added: u32,
    /// Conversations whose tag would get another value.
    pub changed: u32,
    /// Conversations that would lose the tag.
    pub removed: u32,
    /// Conversations that are so already.
    pub stay: u32,
    /// Conversations that cannot take the tag, as they carry as many as a conversation can.
    pub refused: Vec<ConversationId>,
    /// Calls it takes.
    pub calls: u32,
    /// Changes of tags that wait to be sent before.
    pub ahead: u32,
    /// Calls the server allows in a minute.
    pub per_minute: u32,
}

/// A tag that is in use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct KnownTag {
    /// Its name.
    pub key: String,
    /// Its values.
    pub values: Vec<String>,
}
