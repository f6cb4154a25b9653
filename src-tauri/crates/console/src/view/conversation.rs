use earmark_review::{ConversationId, InteractionId, MessageId, ServiceId, UserId};
use serde::{Deserialize, Serialize};
use specta::Type;

use super::{InsightView, MarkerView, ReviewView, SoundView};
use crate::Problem;

/// What the list is narrowed by. Everything empty is every conversation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ConversationFilter {
    /// Started by any of these.
    pub user_ids: Vec<UserId>,
    /// Held with any of these.
    pub service_ids: Vec<ServiceId>,
    /// Over or not; absent for both.
    pub is_finished: Option<bool>,
    /// Exactly these.
    pub ids: Vec<ConversationId>,
    /// Carrying all of these: `key:value`, `key:*` for any value, `key:` for no value.
    pub tags: Vec<String>,
    /// Whether the oldest comes first.
    pub oldest_first: bool,
}

/// Where the next page begins; opaque.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(transparent)]
pub struct PageToken(pub String);

/// One page of the list, newest conversation first unless asked otherwise.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ConversationPage {
    /// At most 150.
    pub rows: Vec<ConversationRow>,
    /// Where the next page begins; absent at the end.
    pub next: Option<PageToken>,
    /// Conversations on this page that could not be read.
    pub unreadable: u32,
    /// When the server told them, where they come from this computer (RFC 3339): it is late, or cannot be asked.
    pub kept_since: Option<String>,
    /// What to ask next with for the server's own page in place of this one, where the server is late.
    pub late: Option<PageToken>,
}

/// One row of the list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ConversationRow {
    /// Its id.
    pub id: ConversationId,
    /// Who started it.
    pub user: PersonView,
    /// What it was held with.
    pub service: ServiceView,
    /// Name of the version set, when known.
    pub version: Option<String>,
    /// When it started (RFC 3339).
    pub created_at: String,
    /// Whether it is over.
    pub is_finished: bool,
    /// Text of the latest message, shortened; empty when it may not be read.
    pub final_message: String,
    /// Messages by the server's count.
    pub num_messages: u32,
    /// Its tags by key.
    pub tags: Vec<TagView>,
    /// How far its review is, where anybody has begun.
    pub review: Option<ReviewView>,
}

/// A person by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PersonView {
    /// Their id.
    pub id: UserId,
    /// Their name; absent until known.
    pub name: Option<String>,
}

/// A service by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ServiceView {
    /// Its id.
    pub id: ServiceId,
    /// Its name; absent until known.
    pub name: Option<String>,
}

/// A tag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct TagView {
    /// Its name.
    pub key: String,
    /// Its value, if it has one.
    pub value: Option<String>,
}

/// A conversation that was opened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct OpenedConversation {
    /// Its id.
    pub id: ConversationId,
    /// What is known of it beside its row.
    pub details: ConversationDetails,
    /// Number of interactions that could be read.
    pub interactions: u32,
    /// Number of messages that could be read.
    pub messages: u32,
    /// Messages that could not be read.
    pub unreadable: u32,
    /// Why some are missing, when reading stopped in the middle.
    pub partial: Option<Problem>,
    /// When the server told it, where it cannot be asked for it now and may have more by now (RFC 3339).
    pub kept_since: Option<String>,
    /// Its beginning.
    pub first: TranscriptPage,
}

/// What a conversation shows first, told before it is opened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct BeginningView {
    /// What opening it will answer.
    pub opened: OpenedConversation,
    /// The interaction it is opened at.
    pub interaction_id: InteractionId,
    /// Why the agent did there what it did.
    pub insight: InsightView,
    /// Its sound, where it was spoken.
    pub sound: Option<SoundView>,
    /// What happened in it, for its timeline.
    pub markers: Vec<MarkerView>,
}

/// What is known of a conversation beside its row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ConversationDetails {
    /// Whether the server's analysis after the end has run.
    pub is_analyzed: bool,
    /// Post-processings that are complete.
    pub completed_post_processings: Vec<String>,
    /// The agent, as in "Maya, version 14"; absent when unknown.
    pub agent: Option<String>,
    /// The state machine, by id and version; absent when unknown.
    pub state_machine: Option<String>,
    /// Language models, as in "EngageUser: gpt-5".
    pub models: Vec<String>,
    /// When the server gave this transcript (RFC 3339).
    pub read_at: String,
}

/// Part of a transcript, in order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct TranscriptPage {
    /// At most 200.
    pub messages: Vec<MessageView>,
    /// Number of the first message that is not here; absent at the end.
    pub next: Option<u32>,
}

/// One message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct MessageView {
    /// Its id.
    pub id: MessageId,
    /// The interaction it belongs to.
    pub interaction_id: InteractionId,
    /// The interaction's number, from 1.
    pub interaction: u32,
    /// When it came about (RFC 3339).
    pub created_at: String,
    /// The sender's display name.
    pub sender: String,
    /// What was said.
    pub text: String,
    /// Whether it has sound.
    pub voice: bool,
    /// `user-message`, `agent-message`, `agent-inner-thought`, `external-event`, or what the server calls it.
    pub kind: String,
}

/// What the program waits for because the server allows only so many calls a minute.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct WaitView {
    /// What is read, as in "messages".
    pub what: String,
    /// Calls the server allows in a minute.
    pub per_minute: u32,
    /// For how much longer, in milliseconds.
    pub wait_ms: u32,
}
