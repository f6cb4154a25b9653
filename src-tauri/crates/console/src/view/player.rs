use earmark_review::{ConversationId, MessageId};
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::Problem;

/// What the player does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum PlayerStatus {
    /// Nothing to play.
    Idle,
    /// Sounding.
    Playing,
    /// The recording that comes next is not there yet; it goes on by itself when it is.
    Waiting,
    /// Halted by the reviewer, or because the device went away.
    Paused,
    /// Played to its end.
    Ended,
}

/// What plays and where it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PlayerView {
    /// The conversation that is open to be heard.
    pub conversation_id: Option<ConversationId>,
    /// The message that sounds, or from which it would go on.
    pub message_id: Option<MessageId>,
    /// What the player does.
    pub status: PlayerStatus,
    /// Position in conversation time, in milliseconds.
    pub position_ms: u32,
    /// Position in the message's own time, in milliseconds.
    pub message_ms: u32,
    /// The conversation's length, in milliseconds.
    pub total_ms: u32,
    /// Speed in percent of the recordings' own.
    pub speed_percent: u16,
    /// When sound comes, if the server's limits hold it back, in milliseconds from now.
    pub wait_ms: Option<u32>,
    /// Rises whenever [`SoundView`](crate::SoundView) or the markers changed: time to ask for them again.
    pub revision: u32,
    /// Why it halted by itself, or what it waits for.
    pub problem: Option<Problem>,
}
