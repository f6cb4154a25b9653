use earmark_review::{ConversationId, InteractionId, MessageId};
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::Problem;

/// A conversation's sound on one timeline. Conversation time is the recordings' own, whatever the speed and whatever is
/// skipped.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SoundView {
    /// The conversation.
    pub conversation_id: ConversationId,
    /// Every message in order.
    pub parts: Vec<SoundPart>,
    /// Length of the whole, in milliseconds.
    pub total_ms: u32,
    /// What skipping silence saves of the recordings that are there, whether or not it is on, in milliseconds of
    /// conversation time.
    pub saved_ms: u32,
}

/// One message on the timeline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SoundPart {
    /// The message.
    pub message_id: MessageId,
    /// Whether there is something to hear.
    pub kind: PartKind,
    /// What became of its recording.
    pub state: PartState,
    /// Where it begins, in milliseconds of conversation time.
    pub start_ms: u32,
    /// How long it sounds, in milliseconds.
    pub duration_ms: u32,
    /// Whether the length is a guess from its text.
    pub estimated: bool,
    /// Why it cannot be heard, if it failed.
    pub problem: Option<Problem>,
    /// What is wrong with the recording, if it plays only in part.
    pub notice: Option<String>,
}

/// Whether a message has sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum PartKind {
    /// It does.
    Voice,
    /// It does not; it only has a place between those that do.
    Mark,
}

/// What became of a recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum PartState {
    /// Not fetched yet.
    Waiting,
    /// It can be heard; so can every mark.
    Ready,
    /// It cannot be heard and is passed over.
    Failed,
}

/// A device sound can go to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct OutputView {
    /// Its name; what [`Settings::output`](crate::Settings::output) holds.
    pub name: String,
    /// Whether the system prefers it.
    pub is_default: bool,
}

/// Something that happened in a turn, to be shown on the timeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct MarkerView {
    /// What.
    pub kind: MarkerKind,
    /// The interaction it happened in.
    pub interaction_id: InteractionId,
    /// The turn: what the agent said in that interaction, or else its first message.
    pub message_id: MessageId,
    /// It in a few words.
    pub label: String,
}

/// What happened in a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum MarkerKind {
    /// The agent went to another state.
    State,
    /// A tool was called.
    Tool,
    /// A tool was called and failed, by the server's record of calls.
    ToolFailed,
    /// The agent reflected.
    Reflection,
}
