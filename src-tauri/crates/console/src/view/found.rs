use earmark_review::{ConversationId, MessageId};
use serde::{Deserialize, Serialize};
use specta::Type;

/// What an id belongs to, as far as that is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct FoundView {
    /// Where it leads; absent when it was not found.
    pub place: Option<FoundPlace>,
    /// How many conversations that were read before were looked through.
    pub searched: u32,
}

/// A conversation, or a message in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct FoundPlace {
    /// The conversation.
    pub conversation_id: ConversationId,
    /// The message, or the first of the interaction; absent when the id is the conversation's own.
    pub message_id: Option<MessageId>,
}
