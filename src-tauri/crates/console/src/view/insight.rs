use earmark_review::MessageId;
use serde::{Deserialize, Serialize};
use specta::Type;

/// Why the agent did what it did in one interaction.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct InsightView {
    /// The state it ended in.
    pub state: String,
    /// What that state tells the agent to do.
    pub action: String,
    /// What that state is for.
    pub objective: String,
    /// The dynamic behavior that was triggered, as id and version.
    pub behavior: Option<String>,
    /// The way there.
    pub steps: Vec<StepView>,
    /// What it remembered.
    pub memory: Vec<MemoryView>,
    /// What it reflected.
    pub reflections: Vec<String>,
    /// Its tool calls, by what they were made for.
    pub tools: Vec<ToolGroupView>,
    /// Why it is not known whether the calls worked; absent when it is.
    pub outcomes_unknown: Option<String>,
    /// Parts that could not be read and are left out.
    pub unreadable: u32,
    /// When the server told it, where it cannot be asked for it now and may have another by now (RFC 3339).
    pub kept_since: Option<String>,
}

/// One step of the state path.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct StepView {
    /// The kind of step, as the server calls it.
    pub kind: String,
    /// State before.
    pub from: String,
    /// State after.
    pub to: String,
    /// The exit condition, if the kind has one.
    pub exit_condition: Option<String>,
    /// The queries performed, if it recalled.
    pub queries: Vec<String>,
    /// The inner thought that belongs to it, in the transcript.
    pub thought: Option<MessageId>,
}

/// One thing remembered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct MemoryView {
    /// What.
    pub content: String,
    /// From where.
    pub context: String,
}

/// Tool calls made for one purpose.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ToolGroupView {
    /// The purpose, as in "engage user".
    pub purpose: String,
    /// In order, round by round.
    pub calls: Vec<ToolCallView>,
}

/// One tool call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ToolCallView {
    /// The tool's name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// What it was given, as indented JSON.
    pub input: String,
    /// What it answered; absent when not kept.
    pub output: Option<String>,
    /// How long it took, in milliseconds.
    pub duration_ms: u32,
    /// Round of calling within its purpose, from 1.
    pub round: u32,
    /// Whether it worked.
    pub outcome: OutcomeView,
    /// Why not, if it failed.
    pub failure: Option<String>,
}

/// Whether a tool call worked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum OutcomeView {
    /// The server has no record of it that may be read.
    Unknown,
    /// It worked.
    Succeeded,
    /// It failed.
    Failed,
}
