use earmark_review::MessageId;
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
    /// Halted by the reviewer, or because the device went away.
    Paused,
    /// Played to its end.
    Ended,
}

/// What plays and where it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PlayerView {
    /// The message that plays.
    pub message_id: Option<MessageId>,
    /// What the player does.
    pub status: PlayerStatus,
    /// Position in the message's own time, in milliseconds.
    pub position_ms: u32,
    /// The message's length, in milliseconds.
    pub duration_ms: u32,
    /// Why it halted by itself.
    pub problem: Option<Problem>,
}

/// A message's sound.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ClipView {
    /// The message.
    pub message_id: MessageId,
    /// Its length by counted frames, in milliseconds.
    pub duration_ms: u32,
    /// The loudest sample of each of equally long pieces, 0 to 255.
    pub peaks: Vec<u8>,
    /// What is wrong with the file, if it plays only in part.
    pub notice: Option<String>,
}
