//! How things are written on the wire, in the form of the edition.

use serde_json::{Map, Value, json};

use crate::comments::Comment;
use crate::conversation::{Call, Insight, Interaction, Message, Passage, Transition};
use crate::organization::{Offer, Organization};
use crate::world::{Conversations, Row};

/// A row of the conversation list (section 2.1). `readable`: the caller may read messages; `versions`: and version sets.
pub(crate) fn conversation(
    row: &Row,
    conversations: &Conversations,
    current: bool,
    readable: bool,
    versions: bool,
) -> Option<Value> {
    let growth = conversations.growth();
    let (id, user_id, created_at, is_finished, service_id, version_set, tags, num_messages, final_message) = match row {
        Row::Whole(whole) => (
            whole.id.clone(),
            whole.user_id.as_str(),
            whole.created_at,
            whole.is_finished,
            whole.service_id.as_str(),
            whole.version_set.as_str(),
            &whole.tags,
            whole.num_messages(),
            whole.final_message(),
        ),
        Row::Grown(index) => {
            let facts = growth.facts(*index)?;
            (
                growth.id(*index),
                facts.user_id,
                growth.created_at(*index),
                facts.is_finished,
                facts.service_id,
                growth.version_set(*index),
                facts.tags,
                growth.num_messages(*index),
                growth.final_message(*index),
            )
        }
    };
    let processings: &[&str] =
        if is_finished { &["generate-user-models", "extract-memories", "compute-metrics"] } else { &[] };
    let service = conversations.organization().service(service_id);
    let mut value = json!({
        "id": id,
        "user_id": user_id,
        "created_at": created_at,
        "is_finished": is_finished,
        "is_analyzed": is_finished,
        "completed_post_processings": processings,
        "final_message": if readable { final_message } else { "" },
        "service_id": service_id,
        "version_set_info": if versions { service.map(|service| version_set_info(service, version_set, current)) } else { None },
        "num_messages": num_messages,
    });
    if current && let Some(object) = value.as_object_mut() {
        object.insert("tags".into(), json!(tags));
    }
    Some(value)
}

fn version_set_info(service: &Offer, version_set: &str, current: bool) -> Value {
    let (agent, machine) = service.versions(version_set);
    json!({
        "name": version_set,
        "agent_version_info": [service.agent_id, agent],
        "service_hierarchical_state_machine_version_info": [service.machine_id, machine],
        "llm_model_preferences": Offer::llm_preferences(current),
    })
}

/// A message (section 2.2); the older edition has `timestamp` and `message_metadata` instead of `created_at`.
pub(crate) fn message(interaction: &Interaction, message: &Message, current: bool) -> Value {
    let mut value = json!({
        "id": message.id,
        "interaction_id": interaction.id,
        "sender": message.sender,
        "message": message.text,
        "format": if message.clip.is_some() { "voice" } else { "text" },
        "message_type": message.kind.name(),
    });
    if let Some(object) = value.as_object_mut() {
        if current {
            object.insert("created_at".into(), json!(message.created_at));
        } else {
            object.insert("timestamp".into(), json!(message.created_at));
            object.insert("message_metadata".into(), json!([]));
        }
    }
    value
}

/// Insights (section 2.4). The older edition has no tool logs at all and writes a tool-call transition as `side-effect`.
pub(crate) fn insight(insight: &Insight, organization: &Organization, current: bool, readable: bool) -> Value {
    let transitions =
        insight.transitions.iter().map(|passed| transition(passed, &insight.machine, organization, current));
    let memory = insight.memory.iter().map(|(content, context)| json!({"content": content, "context": context}));
    let mut value = json!({
        "current_state_name": insight.state,
        "current_state_action": insight.action,
        "current_state_objective": insight.objective,
        "state_transition_logs": transitions.collect::<Vec<_>>(),
        "working_memory": memory.collect::<Vec<_>>(),
        "reflections": if readable { insight.reflections.as_slice() } else { &[] },
        "triggered_dynamic_behavior_set_version_info": insight.behavior,
    });
    if current && let Some(object) = value.as_object_mut() {
        object.insert("select_next_action_tool_call_logs".into(), rounds(&insight.selecting, organization));
        object.insert("engage_user_tool_call_logs".into(), rounds(&insight.engaging, organization));
    }
    value
}

fn transition(passed: &Transition, machine: &(String, i64), organization: &Organization, current: bool) -> Value {
    let mut object = Map::new();
    object.insert("previous_state".into(), json!(passed.from));
    object.insert("previous_service_hierarchical_state_machine_version_info".into(), json!(machine));
    object.insert("next_state".into(), json!(passed.to));
    object.insert("next_service_hierarchical_state_machine_version_info".into(), json!(machine));
    let (kind, extra) = match &passed.kind {
        Passage::Action { exit, calls } => ("action", vec![exit_condition(exit), logs(calls, organization)]),
        Passage::Decision { exit, calls } => ("decision", vec![exit_condition(exit), logs(calls, organization)]),
        Passage::Recall { queries } => ("recall", vec![("performed_queries", json!(queries))]),
        Passage::Jumpback => ("jumpback", vec![]),
        Passage::Annotation { thought } => ("annotation", vec![("inner_thought_message_id", json!(thought))]),
        Passage::Reflection { thought, calls } => {
            ("reflection", vec![("inner_thought_message_id", json!(thought)), logs(calls, organization)])
        }
        Passage::ToolCall { .. } if !current => ("side-effect", vec![]),
        Passage::ToolCall { designated, calls } => (
            "tool-call",
            vec![("designated_tool_call_log", tool_log(designated, organization)), logs(calls, organization)],
        ),
    };
    object.insert("type".into(), json!(kind));
    let extra = extra.into_iter().filter(|(key, _)| current || *key != "tool_call_logs");
    object.extend(extra.map(|(key, value)| (key.to_owned(), value)));
    Value::Object(object)
}

fn exit_condition(exit: &str) -> (&'static str, Value) {
    ("previous_state_exit_condition_description", json!(exit))
}

fn logs(calls: &[Vec<Call>], organization: &Organization) -> (&'static str, Value) {
    ("tool_call_logs", rounds(calls, organization))
}

fn rounds(calls: &[Vec<Call>], organization: &Organization) -> Value {
    calls.iter().map(|round| round.iter().map(|call| tool_log(call, organization)).collect::<Value>()).collect()
}

fn tool_log(call: &Call, organization: &Organization) -> Value {
    let tool = organization.tool(&call.tool);
    let (major, minor, patch) = tool.map_or((0, 0, 0), |tool| tool.version);
    json!({
        "tool_name": call.tool,
        "tool_id": tool.map_or("", |tool| tool.id.as_str()),
        "tool_version": format!("{major}.{minor}.{patch}"),
        "input": call.input,
        "output": call.output,
        "duration": call.ms as f64 / 1000.0,
    })
}

/// A feedback item (section 3). `resolved` is absent until it is set for the first time.
pub(crate) fn comment(comment: &Comment, organization_id: &str) -> Value {
    let mut content = json!({"type": "conversation", "comment": comment.text});
    if let (Some(interaction), Some(object)) = (&comment.interaction_id, content.as_object_mut()) {
        object.insert("type".into(), json!("interaction_comment"));
        object.insert("interaction_id".into(), json!(interaction));
        if let Some(resolved) = comment.resolved {
            object.insert("resolved".into(), json!(resolved));
        }
    }
    json!({
        "id": comment.id,
        "user_id": comment.user_id,
        "user_org_id": organization_id,
        "conversation_id": comment.conversation_id,
        "created_at": comment.created_at,
        "feedback_content": content,
    })
}
