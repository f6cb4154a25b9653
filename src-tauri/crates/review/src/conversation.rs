use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{ConversationId, ServiceId, Tags, UserId};

/// A conversation between a customer and an agent, without its messages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Conversation {
    /// Its id.
    pub id: ConversationId,
    /// Who started it.
    pub user_id: UserId,
    /// The service it was held with.
    pub service_id: ServiceId,
    /// When it started. Servers keep no end time.
    pub created_at: Timestamp,
    /// Whether it is over.
    pub is_finished: bool,
    /// Whether the server's analysis after the end has run.
    #[serde(default)]
    pub is_analyzed: bool,
    /// Names of the post-processings that are complete, as the server spells them.
    #[serde(default)]
    pub completed_post_processings: Vec<String>,
    /// Text of the latest message; empty when the caller may not read messages.
    #[serde(default)]
    pub final_message: String,
    /// Number of messages by the server's count, which may exceed what the caller may read.
    #[serde(default)]
    pub num_messages: u32,
    /// What it is labelled with.
    #[serde(default)]
    pub tags: Tags,
    /// What ran it; absent when the caller may not know.
    #[serde(default)]
    pub version: Option<Version>,
}

/// The versions of the parts that ran a conversation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Version {
    /// Name of the version set, usually "release" or "edge".
    pub name: String,
    /// The agent and its version.
    #[serde(default)]
    pub agent: Option<VersionRef>,
    /// The state machine and its version.
    #[serde(default)]
    pub state_machine: Option<VersionRef>,
    /// Names of the language models by the interaction they served.
    #[serde(default)]
    pub models: Vec<(String, String)>,
}

/// One version of a thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionRef {
    /// The thing's id.
    pub id: String,
    /// Its version number.
    pub version: i64,
}
