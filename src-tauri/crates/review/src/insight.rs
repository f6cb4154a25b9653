use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{InteractionId, MessageId, ToolId, VersionRef};

/// Why the agent did what it did in one interaction.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Insight {
    /// The state the agent was in at the end.
    pub state: String,
    /// What that state tells it to do; may be empty.
    pub action: String,
    /// What that state is for.
    pub objective: String,
    /// The way there, in order of happening.
    pub transitions: Vec<Transition>,
    /// What it remembered.
    pub working_memory: Vec<Memory>,
    /// What it reflected.
    pub reflections: Vec<String>,
    /// The dynamic behavior that was triggered, if any.
    pub triggered_behavior: Option<BehaviorRef>,
    /// Calls made while choosing the final action, by round.
    pub select_action_calls: Vec<ToolRound>,
    /// Calls made while speaking to the customer, by round.
    pub engage_user_calls: Vec<ToolRound>,
    /// Parts of it that could not be read and are left out.
    pub unreadable: u32,
}

/// A dynamic behavior set and its version.
pub type BehaviorRef = VersionRef;

/// The tool calls of one round; a round's calls run together.
pub type ToolRound = Vec<ToolCall>;

/// One thing remembered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memory {
    /// What.
    pub content: String,
    /// From where.
    #[serde(default)]
    pub context: String,
}

/// One step from state to state.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Transition {
    /// State before.
    pub from: String,
    /// State after.
    pub to: String,
    /// What kind of step it was.
    pub kind: TransitionKind,
}

/// The kinds of step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TransitionKind {
    /// An action state was left.
    Action {
        /// The condition that was met.
        exit_condition: String,
        /// Calls made while selecting the next action.
        calls: Vec<ToolRound>,
    },
    /// A decision was taken.
    Decision {
        /// The condition that was met.
        exit_condition: String,
        /// Calls made while deciding.
        calls: Vec<ToolRound>,
    },
    /// Something was recalled.
    Recall {
        /// The queries performed.
        queries: Vec<String>,
    },
    /// Back to where it came from.
    Jumpback,
    /// A thought was noted.
    Annotation {
        /// The inner thought, readable in the transcript.
        thought: Option<MessageId>,
    },
    /// The agent reflected.
    Reflection {
        /// The inner thought, readable in the transcript.
        thought: Option<MessageId>,
        /// Calls made while reflecting.
        calls: Vec<ToolRound>,
    },
    /// A tool's state ran it.
    ToolCall {
        /// All calls but the designated one.
        calls: Vec<ToolRound>,
        /// The call the state is for.
        designated: Option<Box<ToolCall>>,
    },
    /// A side effect, sent by older servers.
    SideEffect,
    /// A kind this program does not know.
    Other(String),
}

/// One call of a tool.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ToolCall {
    /// The tool's name.
    pub name: String,
    /// The tool's id.
    pub tool_id: ToolId,
    /// Its version, as in "1.2.3".
    #[serde(default)]
    pub version: String,
    /// What it was given.
    #[serde(default)]
    pub input: Value,
    /// What it answered; absent when the answer was not kept.
    #[serde(default)]
    pub output: Option<String>,
    /// How long it took, in milliseconds.
    #[serde(default)]
    pub duration_ms: u32,
    /// Whether it worked.
    pub outcome: ToolOutcome,
}

/// Whether a tool call worked: known only from the server's record of invocations, never guessed from the output.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ToolOutcome {
    /// No record of it could be read.
    Unknown,
    /// It worked.
    Succeeded,
    /// It failed.
    Failed {
        /// The exception's type.
        kind: String,
        /// The exception's message.
        message: String,
    },
}

/// The server's record of one tool call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ToolInvocation {
    /// The interaction it was made in, when it was made in one.
    #[serde(default)]
    pub interaction_id: Option<InteractionId>,
    /// The tool.
    pub tool_id: ToolId,
    /// What it was given.
    #[serde(default)]
    pub inputs: Value,
    /// When it was made, when the server says so.
    #[serde(default)]
    pub created_at: Option<Timestamp>,
    /// Whether it worked; never [`ToolOutcome::Unknown`] when read from a server that says so.
    pub outcome: ToolOutcome,
}

impl Insight {
    /// Every tool call, in the order they are shown.
    pub fn calls_mut(&mut self) -> impl Iterator<Item = &mut ToolCall> {
        let steps = self.transitions.iter_mut().flat_map(|step| step.kind.calls_mut());
        let select = self.select_action_calls.iter_mut().flatten();
        let engage = self.engage_user_calls.iter_mut().flatten();
        steps.chain(select).chain(engage)
    }

    /// Writes into each call whether it worked, matched by interaction, tool and inputs.
    ///
    /// Equal calls are matched in order of time; each record speaks for one call. A call without a record stays
    /// [`ToolOutcome::Unknown`].
    pub fn match_outcomes(&mut self, interaction: &InteractionId, invocations: &[ToolInvocation]) {
        let mut records: Vec<&ToolInvocation> =
            invocations.iter().filter(|record| record.interaction_id.as_ref() == Some(interaction)).collect();
        records.sort_by_key(|record| record.created_at);
        for call in self.calls_mut() {
            let found = records.iter().position(|record| record.tool_id == call.tool_id && record.inputs == call.input);
            if let Some(place) = found {
                call.outcome = records.remove(place).outcome.clone();
            }
        }
    }
}

impl TransitionKind {
    fn calls_mut(&mut self) -> impl Iterator<Item = &mut ToolCall> {
        let (rounds, designated) = match self {
            Self::Action { calls, .. } | Self::Decision { calls, .. } | Self::Reflection { calls, .. } => {
                (Some(calls), None)
            }
            Self::ToolCall { calls, designated } => (Some(calls), designated.as_deref_mut()),
            Self::Recall { .. } | Self::Jumpback | Self::Annotation { .. } | Self::SideEffect | Self::Other(_) => {
                (None, None)
            }
        };
        rounds.into_iter().flatten().flatten().chain(designated)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    fn call(input: Value) -> ToolCall {
        ToolCall {
            name: "find_open_slots".into(),
            tool_id: ToolId::new("t").unwrap(),
            version: "1.0.0".into(),
            input,
            output: Some("error: this text decides nothing".into()),
            duration_ms: 1,
            outcome: ToolOutcome::Unknown,
        }
    }

    fn record(interaction: &str, inputs: Value, second: i64, outcome: ToolOutcome) -> ToolInvocation {
        ToolInvocation {
            interaction_id: Some(InteractionId::new(interaction).unwrap()),
            tool_id: ToolId::new("t").unwrap(),
            inputs,
            created_at: Some(Timestamp::from_second(second).unwrap()),
            outcome,
        }
    }

    fn failed() -> ToolOutcome {
        ToolOutcome::Failed { kind: "Timeout".into(), message: "no answer".into() }
    }

    #[test]
    fn each_record_speaks_for_one_call_in_order_of_time() {
        let here = InteractionId::new("i").unwrap();
        let mut insight = Insight {
            transitions: vec![Transition {
                from: "a".into(),
                to: "b".into(),
                kind: TransitionKind::ToolCall {
                    calls: vec![vec![call(json!({"n": 1}))]],
                    designated: Some(Box::new(call(json!({"n": 1})))),
                },
            }],
            engage_user_calls: vec![vec![call(json!({"n": 2})), call(json!({"n": 3}))]],
            ..Insight::default()
        };
        let records = [
            record("i", json!({"n": 1}), 9, ToolOutcome::Succeeded),
            record("i", json!({"n": 1}), 4, failed()),
            record("elsewhere", json!({"n": 2}), 1, failed()),
            record("i", json!({"n": 3}), 1, ToolOutcome::Succeeded),
        ];
        insight.match_outcomes(&here, &records);
        let outcomes: Vec<ToolOutcome> = insight.calls_mut().map(|call| call.outcome.clone()).collect();
        assert_eq!(outcomes, [failed(), ToolOutcome::Succeeded, ToolOutcome::Unknown, ToolOutcome::Succeeded]);
    }
}
