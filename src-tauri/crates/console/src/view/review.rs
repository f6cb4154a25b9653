use serde::{Deserialize, Serialize};
use specta::Type;

/// How far the review of a conversation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum ReviewStep {
    /// Somebody has begun.
    InProgress,
    /// It is done.
    Done,
    /// It was passed over on purpose.
    Skipped,
}

/// The place a conversation is shown in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum ShownIn {
    /// Where it is reviewed: the first edit begins that.
    Conversations,
    /// Where comments are dealt with, which is no review.
    Feedback,
}

/// The state of a conversation's review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ReviewView {
    /// How far it is.
    pub step: ReviewStep,
    /// Who set it, where that is known.
    pub reviewer: Option<String>,
    /// Whether only this computer knows.
    pub here_only: bool,
}
