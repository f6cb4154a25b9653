use earmark_review::{ConversationId, InteractionId};
use serde::{Deserialize, Serialize};
use specta::Type;

/// What is typed in a field of a conversation and was not sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct DraftView {
    /// The conversation.
    pub conversation_id: ConversationId,
    /// Which of its fields: `comment` for a new comment, `tag` for a new tag, else the id of the comment that is edited.
    pub field: String,
    /// What was typed.
    pub text: String,
    /// The interaction a new comment is about; absent for the whole conversation, and in other fields.
    pub interaction_id: Option<InteractionId>,
    /// Where the caret stands, in UTF-16 code units from the beginning.
    pub caret: u32,
}
