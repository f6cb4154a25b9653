use serde::{Deserialize, Serialize};
use specta::Type;

/// How far reading ahead has come, and what it and everything else may still ask the server for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ReadingView {
    /// Conversations that follow what is open.
    pub following: u32,
    /// How many of them, one after the other, can be opened without waiting: their text and what the right pane shows first
    /// are there.
    pub ready: u32,
    /// The limits that calls were counted against within the last minute; empty where there are none.
    pub budgets: Vec<BudgetView>,
}

/// How much of one of the server's limits is used.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct BudgetView {
    /// What is read or written, as in "transcripts".
    pub what: String,
    /// Calls the server allows in a minute.
    pub per_minute: u32,
    /// Calls of the last minute.
    pub used: u32,
    /// Calls kept for what the reviewer asks for.
    pub reserved: u32,
    /// When the next of the used calls is free again, in milliseconds.
    pub free_in_ms: u32,
}
