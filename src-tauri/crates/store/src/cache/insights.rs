use earmark_review::{ConversationId, Insight, InteractionId, ToolInvocation};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Kept;
use super::packing::encode;
use super::pieces::{Kind, Piece};
use crate::{Store, StoreError};

/// One interaction's insight as it was read.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ReadInsight {
    /// The insight.
    #[serde(flatten)]
    pub insight: Insight,
    /// Whether the conversation went on when it was read: it may be another one by now.
    #[serde(default)]
    pub goes_on: bool,
}

/// The server's record of all tool calls of a conversation as it was read.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ReadInvocations {
    /// The calls.
    pub invocations: Vec<ToolInvocation>,
    /// Whether the conversation went on when it was read: there may be more by now.
    pub goes_on: bool,
}

impl Store {
    /// Keeps one interaction's insight.
    ///
    /// # Errors
    /// That it cannot be written.
    pub fn put_insight(
        &self,
        conversation: &ConversationId,
        interaction: &InteractionId,
        insight: &ReadInsight,
        read_at: Timestamp,
    ) -> Result<(), StoreError> {
        let (value, name) = (encode(insight)?, interaction.as_str());
        self.put_pieces(&[Piece { conversation, kind: Kind::Insight, name, value: &value, facts: &[] }], read_at)
    }

    /// One interaction's insight, if it is here.
    ///
    /// # Errors
    /// That it cannot be read.
    pub fn insight(
        &self,
        conversation: &ConversationId,
        interaction: &InteractionId,
    ) -> Result<Option<Kept<ReadInsight>>, StoreError> {
        self.piece(conversation, Kind::Insight, interaction.as_str())
    }

    /// Keeps the server's record of all tool calls of a conversation in place of the one before.
    ///
    /// # Errors
    /// That it cannot be written.
    pub fn put_tool_invocations(
        &self,
        conversation: &ConversationId,
        invocations: &ReadInvocations,
        read_at: Timestamp,
    ) -> Result<(), StoreError> {
        let value = encode(invocations)?;
        self.put_pieces(
            &[Piece { conversation, kind: Kind::Invocations, name: "", value: &value, facts: &[] }],
            read_at,
        )
    }

    /// The server's record of a conversation's tool calls, if it is here.
    ///
    /// # Errors
    /// That it cannot be read.
    pub fn tool_invocations(&self, conversation: &ConversationId) -> Result<Option<Kept<ReadInvocations>>, StoreError> {
        self.piece(conversation, Kind::Invocations, "")
    }
}
