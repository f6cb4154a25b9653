//! Tool invocations (section 5.7): the calls that insights log, with their times and failures.

use axum::Json;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::Answer;
use crate::ask::Ask;
use crate::conversation::{Call, Conversation, Insight, Passage};
use crate::ids::{mix, object_id, salt};
use crate::organization::Organization;
use crate::problem::Problem;
use crate::world::{Filter, Row};

/// One invocation with what filters and sorting look at.
struct Invocation {
    at: Timestamp,
    tool_id: String,
    version: (u32, u32, u32),
    succeeded: bool,
    value: Value,
}

const SORTED_BY: [&str; 7] = [
    "created_at",
    "version.major",
    "version.minor",
    "version.patch",
    "tool_id",
    "invocation_source.type",
    "invocation_status.succeeded",
];

pub(super) fn list(ask: &mut Ask<'_>) -> Answer {
    let (conversations, tools) = (ask.ids("conversation_id"), ask.ids("tool_id"));
    let versions: Vec<String> =
        ask.query.iter().filter(|(key, _)| key == "version").map(|(_, value)| value.clone()).collect();
    let succeeded = ask.flag("succeeded");
    let sources = ask.strings("invocation_source_type");
    let paging = ask.paging(100, 0, 100);
    let sort = ask.sort(&SORTED_BY);
    ask.check()?;
    if !versions.is_empty() && versions.len() != tools.len() {
        return Err(Problem::bad_request("As many versions as tools are needed."));
    }
    ask.require("Conversation:GetInteractionInsights")?;
    let of_tool = |invocation: &Invocation| {
        let (major, minor, patch) = invocation.version;
        let version = format!("{major}.{minor}.{patch}");
        let mut wanted = tools.iter().enumerate();
        tools.is_empty()
            || wanted.any(|(at, id)| {
                *id == invocation.tool_id
                    && versions.get(at).is_none_or(|wanted| wanted.trim_start_matches("==") == version)
            })
    };
    let fits = |invocation: &Invocation| {
        (sources.is_empty() || sources.iter().any(|source| source == "regular-conversation"))
            && succeeded.is_none_or(|wanted| wanted == invocation.succeeded)
            && of_tool(invocation)
    };

    let world = ask.site.world();
    let organization = &ask.site.organization;
    let ascending = sort.first().is_some_and(|(field, descending)| *field == 0 && !descending);
    let needed = paging.offset.saturating_add(paging.limit).saturating_add(1);
    let mut found: Vec<Invocation> = Vec::new();
    if conversations.is_empty() && sort.iter().all(|(field, _)| *field == 0) {
        // Conversations come in order of time, so a page is full before all of them were looked at.
        let mut offset = 0;
        while found.len() < needed {
            let (rows, more) = world.conversations.page(&Filter::default(), ascending, offset, 100);
            for row in &rows {
                if let Some(conversation) = whole(row, &world.conversations) {
                    found.extend(invocations(&conversation, organization).into_iter().filter(fits));
                }
            }
            offset += rows.len();
            if !more {
                break;
            }
        }
        found.sort_by_key(|invocation| invocation.at);
        if !ascending {
            found.reverse();
        }
    } else {
        let filter = Filter { ids: conversations, ..Filter::default() };
        let (rows, _) = world.conversations.page(&filter, true, 0, u32::MAX as usize);
        let whole = rows.iter().filter_map(|row| whole(row, &world.conversations));
        found = whole.flat_map(|conversation| invocations(&conversation, organization)).filter(fits).collect();
        found.sort_by_key(|invocation| invocation.at);
        for (field, descending) in sort.into_iter().rev() {
            found.sort_by(|a, b| {
                let order = match field {
                    0 => a.at.cmp(&b.at),
                    1 => a.version.0.cmp(&b.version.0),
                    2 => a.version.1.cmp(&b.version.1),
                    3 => a.version.2.cmp(&b.version.2),
                    4 => a.tool_id.cmp(&b.tool_id),
                    5 => std::cmp::Ordering::Equal,
                    _ => a.succeeded.cmp(&b.succeeded),
                };
                if descending { order.reverse() } else { order }
            });
        }
    }
    let (page, more) = paging.of(found);
    let page: Vec<Value> = page.into_iter().map(|invocation| invocation.value).collect();
    let (has_more, token) = paging.rest(more && paging.limit > 0);
    Ok((StatusCode::OK, Json(json!({"tool_invocations": page, "has_more": has_more, "continuation_token": token})))
        .into_response())
}

fn whole(row: &Row, conversations: &crate::world::Conversations) -> Option<crate::conversation::Shared> {
    match row {
        Row::Whole(whole) => Some(whole.clone()),
        Row::Grown(index) => conversations.growth().conversation(*index).map(std::sync::Arc::new),
    }
}

/// Every call in the conversation, in the order of its interactions.
fn invocations(conversation: &Conversation, organization: &Organization) -> Vec<Invocation> {
    let mut all = Vec::new();
    for interaction in &conversation.interactions {
        let mut waited = SignedDuration::ZERO;
        for (place, (call, metadata)) in calls(&interaction.insight).into_iter().enumerate() {
            let Some(tool) = organization.tool(&call.tool) else { continue };
            let at = call.at + waited;
            waited += SignedDuration::from_millis(i64::try_from(call.ms).unwrap_or(0));
            let status = match &call.failed {
                None => json!({"succeeded": true, "output": call.output.as_deref().unwrap_or_default()}),
                Some((kind, message)) => json!({
                    "succeeded": false,
                    "exception_type": kind,
                    "exception_message": message,
                    "exception_stack_trace": [format!("File \"{}.py\", line 41, in run", tool.name), format!("{kind}: {message}")],
                }),
            };
            let (major, minor, patch) = tool.version;
            let value = json!({
                "id": object_id(at.as_second(), mix(salt(&interaction.id), place as u64)),
                "org_id": organization.id,
                "created_at": at,
                "updated_at": at,
                "invocation_status": status,
                "invocation_source": {
                    "type": "regular-conversation",
                    "user_id": conversation.user_id,
                    "conversation_id": conversation.id,
                    "interaction_id": interaction.id,
                    "invocation_metadata": metadata,
                },
                "duration_ms": call.ms,
                "tool_id": tool.id,
                "tool_version": {"major": major, "minor": minor, "patch": patch},
                "inputs": call.input,
            });
            all.push(Invocation {
                at,
                tool_id: tool.id.clone(),
                version: tool.version,
                succeeded: call.failed.is_none(),
                value,
            });
        }
    }
    all
}

/// The calls of an interaction with where each was made.
fn calls(insight: &Insight) -> Vec<(&Call, Value)> {
    let machine = &insight.machine;
    let passing = |state: &str, index: usize, round: usize| {
        json!({
            "type": "state-transition",
            "current_state_machine_and_version": machine,
            "state_name": state,
            "state_transition_index": index,
            "tool_call_round_index": round,
        })
    };
    let mut calls = Vec::new();
    for (index, passed) in insight.transitions.iter().enumerate() {
        let (rounds, designated) = match &passed.kind {
            Passage::Action { calls, .. } | Passage::Decision { calls, .. } | Passage::Reflection { calls, .. } => {
                (calls.as_slice(), None)
            }
            Passage::ToolCall { designated, calls } => (calls.as_slice(), Some(designated)),
            Passage::Recall { .. } | Passage::Jumpback | Passage::Annotation { .. } => (Default::default(), None),
        };
        calls.extend(each(rounds).map(|(round, call)| (call, passing(&passed.from, index + 1, round))));
        let metadata =
            json!({"type": "tool-call-state", "current_state_machine_and_version": machine, "state_name": passed.from});
        calls.extend(designated.map(|call| (call, metadata)));
    }
    let last = insight.transitions.len() + 1;
    calls.extend(each(&insight.selecting).map(|(round, call)| (call, passing(&insight.state, last, round))));
    calls.extend(each(&insight.engaging).map(|(round, call)| {
        (call, json!({"type": "engage-user", "current_state_machine_and_version": machine, "tool_call_round_index": round}))
    }));
    calls
}

fn each(rounds: &[Vec<Call>]) -> impl Iterator<Item = (usize, &Call)> {
    rounds.iter().enumerate().flat_map(|(round, calls)| calls.iter().map(move |call| (round, call)))
}
