//! Talking to an agent: create, interact, finish, simulate (sections 2.6, 2.7, 2.8 and 3).

use axum::Json;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use jiff::Timestamp;
use regex::Regex;
use serde_json::{Map, Value, json};

use super::Answer;
use super::conversations::found;
use super::heard::Input;
use super::reply::{Spoken, ndjson};
use crate::ask::Ask;
use crate::conversation::Conversation;
use crate::ids::{is_object_id, object_id};
use crate::problem::{Invalid, Problem};
use crate::script::{Tags, Turn};

/// How long a tag's value may be at creation.
const LONGEST_TAG: usize = 100;

/// 2.6.
pub(super) fn create(ask: &mut Ask<'_>) -> Answer {
    let voice = ask.required_choice("response_format", &["text", "voice"]) == Some("voice");
    let actions = wanted_actions(ask);
    let body = ask.json()?;
    let service_id = ask.body_text(&body, "service_id");
    if !service_id.is_empty() && !is_object_id(&service_id) {
        let msg = "String should match pattern '^[a-f0-9]{24}$'";
        ask.invalid.push(Invalid::new(["body", "service_id"], "string_pattern_mismatch", msg, service_id.as_str()));
    }
    let said = optional_text(ask, &body, "initial_message");
    let said_as = optional_text(ask, &body, "initial_message_type");
    if said_as.as_deref().is_some_and(|kind| said.is_none() || !["user-message", "external-event"].contains(&kind)) {
        let msg = "Input should be user-message or external-event, and only with initial_message";
        ask.invalid.push(Invalid::new(["body", "initial_message_type"], "enum", msg, said_as.clone()));
    }
    let tags = tags(ask, &body);
    let version_set = optional_text(ask, &body, "service_version_set_name").unwrap_or_else(|| "release".into());
    ask.check()?;
    ask.require("Conversation:CreateConversation")?;

    let organization = ask.site.organization.clone();
    let service = organization.service(&service_id).ok_or_else(|| Problem::not_found("Service"))?;
    if !service.version_sets.contains_key(&version_set) {
        return Err(Problem::not_found("Version set"));
    }
    let now = Timestamp::now();
    let mut world = ask.site.world();
    let running =
        |other: &Conversation| !other.is_finished && other.user_id == ask.user_id && other.service_id == service_id;
    if world.conversations.created().any(|other| running(other)) {
        return Err(Problem::bad_request("Another conversation of this user with this service is not finished."));
    }
    let mut conversation = Conversation {
        id: object_id(now.as_second(), rand::random()),
        user_id: ask.user_id.clone(),
        created_at: now,
        is_finished: false,
        service_id,
        version_set,
        tags,
        interactions: Vec::new(),
    };
    let event = said_as.as_deref() == Some("external-event");
    let turn = Turn {
        events: said.clone().filter(|_| event).into_iter().collect(),
        user: said.filter(|_| !event),
        agent: Some(service.opening.clone()),
        ..Turn::default()
    };
    let spoken = Spoken { turn, recording: None, voice, announced: false };
    let mut events = vec![json!({"type": "conversation-created", "conversation_id": conversation.id})];
    events.extend(spoken.answer(&mut conversation, service, ask, &actions, false, now));
    world.conversations.add(conversation);
    Ok(ndjson(StatusCode::CREATED, events))
}

fn optional_text(ask: &mut Ask<'_>, body: &Map<String, Value>, name: &'static str) -> Option<String> {
    match body.get(name) {
        None | Some(Value::Null) => None,
        Some(_) => Some(ask.body_text(body, name)).filter(|text| !text.is_empty()),
    }
}

fn tags(ask: &mut Ask<'_>, body: &Map<String, Value>) -> Tags {
    let mut tags = Tags::new();
    let Some(Value::Object(wanted)) = body.get("tags") else { return tags };
    for (key, value) in wanted {
        let key_fits =
            !key.trim().is_empty() && key.chars().all(|c| c.is_alphanumeric() || c == '_' || c.is_whitespace());
        match value {
            Value::Null if key_fits => _ = tags.insert(key.clone(), None),
            Value::String(text) if key_fits && !text.is_empty() && text.chars().count() <= LONGEST_TAG => {
                tags.insert(key.clone(), Some(text.trim().to_owned()));
            }
            other => {
                ask.invalid.push(Invalid::new(["body", "tags", key], "value_error", "Not a valid tag", other.clone()))
            }
        }
    }
    if tags.len() > 20 {
        ask.invalid.push(Invalid::new(
            ["body", "tags"],
            "too_long",
            "Dictionary should have at most 20 items",
            tags.len(),
        ));
    }
    tags
}

/// Which action events are wanted: a pattern on their type, or the older edition's yes or no.
fn wanted_actions(ask: &mut Ask<'_>) -> Option<Regex> {
    if !ask.site.edition.is_current() {
        return ask.flag("emit_current_agent_action_event").unwrap_or(false).then(|| Regex::new("").ok()).flatten();
    }
    let pattern = ask.text("current_agent_action_type").unwrap_or("^.*$").to_owned();
    let read = Regex::new(&pattern);
    if read.is_err() {
        ask.invalid.push(Invalid::new(
            ["query", "current_agent_action_type"],
            "value_error",
            "Not a regular expression",
            pattern,
        ));
    }
    read.ok()
}

/// 2.7.
pub(super) fn interact(ask: &mut Ask<'_>) -> Answer {
    let heard = ask.required_choice("request_format", &["text", "voice"]) == Some("voice");
    let voice = ask.required_choice("response_format", &["text", "voice"]) == Some("voice");
    let actions = wanted_actions(ask);
    let input = if ask.site.edition.is_current() { Input::of_form(ask) } else { Input::of_older(ask, heard) };
    if heard && ask.site.edition.is_current() {
        input.check_audio(ask);
    }
    let id = ask.path_id("conversation_id");
    ask.check()?;
    for permission in ["User:UpdateUserInfo", "Conversation:InteractWithConversation"] {
        ask.require(permission)?;
    }
    let recording = if heard && !input.skips() { Some(input.recording(ask)?) } else { None };
    let organization = ask.site.organization.clone();
    let mut world = ask.site.world();
    let mut conversation = (*world.conversations.find(&id).ok_or_else(|| Problem::not_found("Conversation"))?).clone();
    if conversation.is_finished {
        return Err(Problem::conflict("The conversation is finished."));
    }
    let service = organization.service(&conversation.service_id).ok_or_else(|| Problem::not_found("Service"))?;
    let said =
        if heard { "(a voice message)".to_owned() } else { String::from_utf8_lossy(&input.message).into_owned() };
    // Saying goodbye is how a user ends a conversation, so that clients can meet `conversation_completed`.
    let ends = said.to_lowercase().contains("goodbye");
    let number = conversation.interactions.len();
    let mut turn = Turn {
        events: input.events.clone(),
        agent: if ends { Some("Goodbye, and take care.".into()) } else { in_turn(&service.replies, number) },
        state: service.states.get(number.min(service.states.len().saturating_sub(1))).map(|state| state.name.clone()),
        ..Turn::default()
    };
    match input.kind.as_str() {
        "external-event" => turn.events.push(said),
        "skip" => {}
        _ => turn.user = Some(said),
    }
    let spoken = Spoken { turn, recording, voice, announced: true };
    let events = spoken.answer(&mut conversation, service, ask, &actions, ends, Timestamp::now());
    conversation.is_finished = ends;
    world.conversations.put(conversation);
    Ok(ndjson(StatusCode::OK, events))
}

fn in_turn(texts: &[String], number: usize) -> Option<String> {
    texts.get(number % texts.len().max(1)).cloned()
}

/// 2.8.
pub(super) fn finish(ask: &mut Ask<'_>) -> Answer {
    let id = ask.path_id("conversation_id");
    ask.check()?;
    ask.require("User:UpdateUserInfo")?;
    let current = ask.site.edition.is_current();
    ask.require(if current { "Conversation:FinishConversation" } else { "Conversation:InteractWithConversation" })?;
    let mut world = ask.site.world();
    let mut conversation = (*world.conversations.find(&id).ok_or_else(|| Problem::not_found("Conversation"))?).clone();
    if conversation.is_finished {
        return Err(Problem::conflict("The conversation is already finished."));
    }
    if conversation.interactions.is_empty() {
        return Err(Problem::bad_request("The conversation has no interactions."));
    }
    conversation.is_finished = true;
    world.conversations.put(conversation);
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Section 3: what the agent would have said; nothing is kept.
pub(super) fn simulate(ask: &mut Ask<'_>) -> Answer {
    let body = if ask.body.is_empty() { Map::new() } else { ask.json()? };
    for name in ["agent_version_override", "state_machine_version_override"] {
        if let Some(other) = body.get(name).filter(|value| !value.is_null() && !value.is_object()) {
            ask.invalid.push(Invalid::new(
                ["body", name],
                "model_attributes_type",
                "Input should be a valid dictionary",
                other.clone(),
            ));
        }
    }
    let id = ask.path_id("interaction_id");
    ask.path_id("conversation_id");
    ask.check()?;
    ask.require("Conversation:InteractWithConversation")?;
    let conversation = found(ask)?;
    let at = conversation.interactions.iter().position(|interaction| interaction.id == id);
    let at = at.ok_or_else(|| Problem::not_found("Interaction"))?;
    let service =
        ask.site.organization.service(&conversation.service_id).ok_or_else(|| Problem::not_found("Service"))?;
    let ended = conversation.is_finished && at + 1 == conversation.interactions.len();
    Ok(Json(json!({"agent_message": in_turn(&service.replies, at), "conversation_ended": ended})).into_response())
}
