//! Why the agent did what it did, `GET …/conversation/{c}/interaction/{i}/insights`, 20 a minute (section 2.4).

use earmark_review::{
    ConversationId, Insight, InteractionId, Memory, MessageId, ToolCall, ToolId, ToolOutcome, ToolRound, Transition,
    TransitionKind, VersionRef,
};
use serde::Deserialize;
use serde_json::Value;

use crate::call::Call;
use crate::wire::{Counted, document, lenient_list, lenient_option, or_default, version_pair};
use crate::{Client, Endpoint, Error};

impl Client {
    /// The insight into one interaction. Whether its tool calls worked is not in it:
    /// see [`Client::tool_invocations`] and [`Insight::match_outcomes`].
    ///
    /// # Errors
    /// [`Error::NotAllowed`] without the two permissions it needs; [`Error::NotFound`]; else see [`Error`].
    pub async fn insight(&self, conversation: &ConversationId, interaction: &InteractionId) -> Result<Insight, Error> {
        let path = ["conversation", conversation.as_str(), "interaction", interaction.as_str(), "insights"];
        let bytes = self.fetch(&Call::get(Endpoint::Insights, &path)).await?;
        Ok(document::<WireInsight>(&bytes)?.into())
    }
}

#[derive(Deserialize)]
struct WireInsight {
    current_state_name: String,
    #[serde(default, deserialize_with = "or_default")]
    current_state_action: String,
    #[serde(default, deserialize_with = "or_default")]
    current_state_objective: String,
    #[serde(default)]
    state_transition_logs: Counted<WireTransition>,
    #[serde(default)]
    working_memory: Counted<WireMemory>,
    #[serde(default)]
    reflections: Counted<String>,
    #[serde(default, deserialize_with = "version_pair")]
    triggered_dynamic_behavior_set_version_info: Option<VersionRef>,
    #[serde(default)]
    select_next_action_tool_call_logs: Counted<WireRound>,
    #[serde(default)]
    engage_user_tool_call_logs: Counted<WireRound>,
}

#[derive(Deserialize)]
struct WireMemory {
    #[serde(default, deserialize_with = "or_default")]
    content: String,
    #[serde(default, deserialize_with = "or_default")]
    context: String,
}

/// All kinds at once: what a kind does not have is empty.
#[derive(Deserialize)]
struct WireTransition {
    #[serde(rename = "type", default, deserialize_with = "or_default")]
    kind: String,
    #[serde(default, deserialize_with = "or_default")]
    previous_state: String,
    #[serde(default, deserialize_with = "or_default")]
    next_state: String,
    #[serde(default, deserialize_with = "or_default")]
    previous_state_exit_condition_description: String,
    #[serde(default)]
    tool_call_logs: Counted<WireRound>,
    #[serde(default, deserialize_with = "lenient_option")]
    designated_tool_call_log: Option<WireCall>,
    #[serde(default, deserialize_with = "lenient_list")]
    performed_queries: Vec<String>,
    #[serde(default, deserialize_with = "lenient_option")]
    inner_thought_message_id: Option<MessageId>,
}

#[derive(Deserialize)]
struct WireRound(Counted<WireCall>);

#[derive(Deserialize)]
struct WireCall {
    tool_id: ToolId,
    #[serde(default, deserialize_with = "or_default")]
    tool_name: String,
    #[serde(default, deserialize_with = "or_default")]
    tool_version: String,
    #[serde(default)]
    input: Value,
    #[serde(default)]
    output: Option<String>,
    /// In seconds.
    #[serde(default, deserialize_with = "or_default")]
    duration: f64,
}

impl From<WireInsight> for Insight {
    fn from(wire: WireInsight) -> Self {
        let memory = |memory: WireMemory| Memory { content: memory.content, context: memory.context };
        let mut unreadable = 0;
        let transitions = wire.state_transition_logs.counting(&mut unreadable);
        let transitions = transitions.into_iter().map(|step| step.read(&mut unreadable)).collect();
        Self {
            state: wire.current_state_name,
            action: wire.current_state_action,
            objective: wire.current_state_objective,
            transitions,
            working_memory: wire.working_memory.counting(&mut unreadable).into_iter().map(memory).collect(),
            reflections: wire.reflections.counting(&mut unreadable),
            triggered_behavior: wire.triggered_dynamic_behavior_set_version_info,
            select_action_calls: rounds(wire.select_next_action_tool_call_logs, &mut unreadable),
            engage_user_calls: rounds(wire.engage_user_tool_call_logs, &mut unreadable),
            unreadable,
        }
    }
}

impl WireTransition {
    fn read(self, unreadable: &mut u32) -> Transition {
        let wire = self;
        let exit_condition = wire.previous_state_exit_condition_description;
        let calls = rounds(wire.tool_call_logs, unreadable);
        let thought = wire.inner_thought_message_id;
        let kind = match wire.kind.as_str() {
            "action" => TransitionKind::Action { exit_condition, calls },
            "decision" => TransitionKind::Decision { exit_condition, calls },
            "recall" => TransitionKind::Recall { queries: wire.performed_queries },
            "jumpback" => TransitionKind::Jumpback,
            "annotation" => TransitionKind::Annotation { thought },
            "reflection" => TransitionKind::Reflection { thought, calls },
            "tool-call" => {
                let designated = wire.designated_tool_call_log.map(|call| Box::new(call.into()));
                TransitionKind::ToolCall { calls, designated }
            }
            "side-effect" => TransitionKind::SideEffect,
            _ => TransitionKind::Other(wire.kind),
        };
        Transition { from: wire.previous_state, to: wire.next_state, kind }
    }
}

impl From<WireCall> for ToolCall {
    fn from(wire: WireCall) -> Self {
        Self {
            name: wire.tool_name,
            tool_id: wire.tool_id,
            version: wire.tool_version,
            input: wire.input,
            output: wire.output,
            // A float's cast saturates, and makes nothing of what is no number.
            duration_ms: (wire.duration * 1000.0).round() as u32,
            outcome: ToolOutcome::Unknown,
        }
    }
}

fn rounds(rounds: Counted<WireRound>, unreadable: &mut u32) -> Vec<ToolRound> {
    let rounds = rounds.counting(unreadable);
    rounds.into_iter().map(|round| round.0.counting(unreadable).into_iter().map(ToolCall::from).collect()).collect()
}
