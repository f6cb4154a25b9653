//! Talking to an agent: create, interact, finish, simulate (sections 2.6, 2.7, 2.8 and 3).

use std::convert::Infallible;

use axum::Json;
use axum::body::Body;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use bytes::Bytes;
use futures_util::stream;
use jiff::Timestamp;
use regex::Regex;
use serde_json::{Map, Value, json};

use super::Answer;
use super::conversations::found;
use crate::ask::{Ask, Field};
use crate::conversation::{Clip, Conversation, Interaction, Kind, append_turn};
use crate::ids::{is_object_id, object_id, salt};
use crate::organization::Offer;
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
    let spoken = Spoken { turn, recording: None, voice };
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
    let spoken = Spoken { turn, recording, voice };
    let events = spoken.answer(&mut conversation, service, ask, &actions, ends, Timestamp::now());
    conversation.is_finished = ends;
    world.conversations.put(conversation);
    Ok(ndjson(StatusCode::OK, events))
}

fn in_turn(texts: &[String], number: usize) -> Option<String> {
    texts.get(number % texts.len().max(1)).cloned()
}

/// What a caller sends to [`interact`].
#[derive(Debug, Default)]
struct Input {
    kind: String,
    message: Bytes,
    events: Vec<String>,
}

impl Input {
    fn skips(&self) -> bool {
        self.kind == "skip"
    }

    fn of_form(ask: &mut Ask<'_>) -> Self {
        let Some(form) = ask.form.take() else {
            let msg = r"String should match pattern '^multipart\/form-data; boundary=.+$'";
            ask.invalid.push(Invalid::new(["header", "content-type"], "string_pattern_mismatch", msg, Value::Null));
            return Self::default();
        };
        let all = |name: &str| -> Vec<&Field> { form.iter().filter(|field| field.name == name).collect() };
        let texts = |name: &str| -> Vec<String> {
            all(name).iter().map(|field| String::from_utf8_lossy(&field.bytes).into_owned()).collect()
        };
        let kind = texts("initial_message_type").pop().unwrap_or_default();
        if !["user-message", "external-event", "skip"].contains(&kind.as_str()) {
            let msg = "Input should be user-message, external-event or skip";
            ask.invalid.push(Invalid::new(["body", "initial_message_type"], "enum", msg, kind.as_str()));
        }
        let message = all("recorded_message").first().map(|field| field.bytes.clone());
        let (events, times) = (texts("external_event_message_content"), texts("external_event_message_timestamp"));
        let past = |time: &String| time.parse::<Timestamp>().is_ok_and(|at| at <= Timestamp::now());
        if events.len() != times.len() || !times.iter().all(past) {
            let msg = "Each external event needs a time in the past";
            ask.invalid.push(Invalid::new(
                ["body", "external_event_message_timestamp"],
                "value_error",
                msg,
                Value::Null,
            ));
        }
        match &message {
            None => ask.invalid.push(Invalid::missing(["body", "recorded_message"])),
            Some(message) if message.is_empty() != (kind == "skip") || (kind == "skip" && !events.is_empty()) => {
                let msg = "Empty for skip, and only then";
                ask.invalid.push(Invalid::new(["body", "recorded_message"], "value_error", msg, Value::Null));
            }
            Some(_) => {}
        }
        Self { kind, message: message.unwrap_or_default(), events }
    }

    /// The older edition takes text as the field of a form and voice as the bare body.
    fn of_older(ask: &mut Ask<'_>, heard: bool) -> Self {
        let message = if heard {
            Some(ask.body.clone())
        } else if let Some(form) = ask.form.take() {
            form.into_iter().find(|field| field.name == "recorded_message").map(|field| field.bytes)
        } else {
            let mut pairs = url::form_urlencoded::parse(&ask.body);
            pairs.find(|(key, _)| key == "recorded_message").map(|(_, value)| Bytes::from(value.into_owned()))
        };
        if message.as_ref().is_none_or(Bytes::is_empty) {
            ask.invalid.push(Invalid::missing(["body", "recorded_message"]));
        }
        Self { kind: "user-message".into(), message: message.unwrap_or_default(), events: Vec::new() }
    }

    fn check_audio(&self, ask: &mut Ask<'_>) {
        let config: Option<Value> = ask.text("request_audio_config").and_then(|text| serde_json::from_str(text).ok());
        let number = |name: &str| config.as_ref().and_then(|config| config.get(name)).and_then(Value::as_u64);
        let fits = match config.as_ref().and_then(|config| config.get("type")).and_then(Value::as_str) {
            Some("mp3") => true,
            Some("pcm") => {
                number("frame_rate").is_some_and(|rate| (4000..=44_100).contains(&rate))
                    && number("n_channels") == Some(1)
                    && number("sample_width").is_some_and(|width| [2, 4].contains(&width))
            }
            _ => false,
        };
        if !fits {
            let msg = r#"Input should be {"type":"mp3"} or {"type":"pcm",…}"#;
            ask.invalid.push(Invalid::new(["query", "request_audio_config"], "value_error", msg, Value::Null));
        }
    }

    /// The sound as it will be handed out again.
    fn recording(&self, ask: &Ask<'_>) -> Result<Clip, Problem> {
        let content_type = match self.message.get(..3) {
            Some(b"RIF") => "audio/wav",
            Some(b"ID3" | [0xFF, 0xE0..=0xFF, _]) => "audio/mpeg",
            _ if ask.text("request_audio_config").is_some_and(|config| config.contains("pcm")) => {
                return Ok(Clip::Recorded { bytes: wav(&self.message, ask), content_type: "audio/wav" });
            }
            _ => return Err(Problem::Status(StatusCode::UNSUPPORTED_MEDIA_TYPE, "The audio cannot be read.".into())),
        };
        Ok(Clip::Recorded { bytes: self.message.clone(), content_type })
    }
}

/// Bare PCM as a WAV file.
fn wav(pcm: &Bytes, ask: &Ask<'_>) -> Bytes {
    let config: Value =
        ask.text("request_audio_config").and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    let number = |name: &str, usual: u32| {
        config.get(name).and_then(Value::as_u64).and_then(|n| u32::try_from(n).ok()).unwrap_or(usual)
    };
    let (rate, width) = (number("frame_rate", 16_000), number("sample_width", 2));
    let size = u32::try_from(pcm.len()).unwrap_or(u32::MAX);
    let mut file = Vec::with_capacity(pcm.len() + 44);
    file.extend_from_slice(b"RIFF");
    file.extend_from_slice(&(size.saturating_add(36)).to_le_bytes());
    file.extend_from_slice(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    file.extend_from_slice(&rate.to_le_bytes());
    file.extend_from_slice(&(rate * width).to_le_bytes());
    file.extend_from_slice(&[u8::try_from(width).unwrap_or(2), 0, u8::try_from(width * 8).unwrap_or(16), 0]);
    file.extend_from_slice(b"data");
    file.extend_from_slice(&size.to_le_bytes());
    file.extend_from_slice(pcm);
    Bytes::from(file)
}

/// A turn about to be added, with the sound that came with it.
struct Spoken {
    turn: Turn,
    recording: Option<Clip>,
    /// Whether the agent answers aloud.
    voice: bool,
}

/// What the agent says in its one recorded answer.
const SPOKEN_REPLY: &str = "Thank you. I have noted that, and a nurse will look at it today.";

impl Spoken {
    /// Adds the turn and writes the events of its stream.
    fn answer(
        mut self,
        conversation: &mut Conversation,
        service: &Offer,
        ask: &Ask<'_>,
        actions: &Option<Regex>,
        ends: bool,
        now: Timestamp,
    ) -> Vec<Value> {
        if self.voice {
            self.turn.agent = Some(SPOKEN_REPLY.into());
        }
        let salt = salt(&conversation.id);
        append_turn(conversation, &self.turn, service, &ask.site.organization, salt, Some(now));
        let current = ask.site.edition.is_current();
        let Some(interaction) = conversation.interactions.last_mut() else { return Vec::new() };
        for message in &mut interaction.messages {
            message.clip = match message.kind {
                Kind::User => self.recording.clone(),
                Kind::Agent if self.voice => crate::audio::embedded("reply", 1, "agent").map(Clip::Embedded),
                _ => None,
            };
        }
        let mut events = Vec::new();
        let said = interaction.messages.iter().find(|message| message.kind == Kind::User);
        events.extend(
            said.map(
                |said| json!({"type": "user-message-available", "message_id": said.id, "user_message": said.text}),
            ),
        );
        if let Some(wanted) = actions.as_ref().filter(|_| ask.allows("Conversation:GetInteractionInsights")) {
            events.extend(
                action_events(interaction)
                    .into_iter()
                    .filter(|action| action["type"].as_str().is_some_and(|kind| wanted.is_match(kind)))
                    .map(|action| json!({"type": "current-agent-action", "action": action})),
            );
        }
        events.extend(reply_events(interaction, self.voice, current));
        let Some(reply) = interaction.messages.last() else { return events };
        let mut complete = json!({
            "type": "interaction-complete",
            "message_id": reply.id,
            "interaction_id": interaction.id,
            "full_message": reply.text,
        });
        if current {
            complete["conversation_completed"] = json!(ends);
        }
        events.push(complete);
        if ends && !current {
            events.push(json!({"type": "end-session"}));
        }
        events
    }
}

/// What the agent is seen doing before it answers.
fn action_events(interaction: &Interaction) -> Vec<Value> {
    let insight = &interaction.insight;
    let mut actions: Vec<Value> = insight
        .transitions
        .iter()
        .map(|passed| {
            json!({
                "type": "navigate-state-machine-state-transitioned",
                "prev_state": passed.from,
                "prev_state_state_machine_version_info": insight.machine,
                "next_state": passed.to,
                "next_state_state_machine_version_info": insight.machine,
            })
        })
        .collect();
    actions.push(json!({"type": "navigate-state-machine-action-state-action-selected", "action": insight.action}));
    let text = interaction.messages.last().map_or("", |reply| reply.text.as_str());
    actions.push(
        json!({"type": "engage-user-message-fragment-generated", "index": 0, "fragment": text, "is_final": true}),
    );
    actions
}

/// The answer in pieces: words of text, or PCM16 in base64.
fn reply_events(interaction: &Interaction, voice: bool, current: bool) -> Vec<Value> {
    let Some(reply) = interaction.messages.last() else { return Vec::new() };
    let pieces: Vec<String> = match reply.clip.as_ref().filter(|_| voice) {
        // 8,000 bytes are half a second of 8 kHz PCM16; the file's header is 44 bytes long.
        Some(clip) => clip
            .bytes()
            .get(44..)
            .unwrap_or_default()
            .chunks(8000)
            .map(|pcm| base64::engine::general_purpose::STANDARD.encode(pcm))
            .collect(),
        None => reply.text.split_inclusive(". ").map(str::to_owned).collect(),
    };
    let last = pieces.len().saturating_sub(1);
    let alignment: Vec<(usize, String)> =
        reply.text.chars().enumerate().map(|(at, letter)| (at * 62, letter.to_string())).collect();
    let events = pieces.into_iter().enumerate().map(|(number, piece)| {
        let mut event = json!({
            "type": "new-message",
            "message": piece,
            "transcript_alignment": if voice && number == 0 { json!(alignment) } else { Value::Null },
            "stop": number == last,
            "sequence_number": number,
            "message_id": reply.id,
        });
        if !current {
            event["message_metadata"] = json!([]);
        }
        event
    });
    events.collect()
}

/// One event a line, each in a chunk of its own.
fn ndjson(status: StatusCode, events: Vec<Value>) -> Response {
    let lines = events.into_iter().map(|event| Ok::<_, Infallible>(Bytes::from(format!("{event}\n"))));
    (status, [(header::CONTENT_TYPE, "application/x-ndjson")], Body::from_stream(stream::iter(lines))).into_response()
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
