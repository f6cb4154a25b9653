//! What an agent answers: the events of a stream (section 2.7), one JSON object a line.

use std::convert::Infallible;

use axum::body::Body;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use bytes::Bytes;
use futures_util::stream;
use jiff::Timestamp;
use regex::Regex;
use serde_json::{Value, json};

use crate::ask::Ask;
use crate::compose::append_turn;
use crate::conversation::{Clip, Conversation, Interaction, Kind};
use crate::ids::salt;
use crate::organization::Offer;
use crate::script::Turn;

/// A turn about to be added, with the sound that came with it.
pub(super) struct Spoken {
    pub(super) turn: Turn,
    pub(super) recording: Option<Clip>,
    /// Whether the agent answers aloud.
    pub(super) voice: bool,
    /// Whether the stream begins with the user's message; that of create does not.
    pub(super) announced: bool,
}

/// What the agent says in its one recorded answer.
const SPOKEN_REPLY: &str = "Thank you. I have noted that, and a nurse will look at it today.";

impl Spoken {
    /// Adds the turn and writes the events of its stream.
    pub(super) fn answer(
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
        if self.announced {
            let said = interaction.messages.iter().find(|message| message.kind == Kind::User);
            events.extend(said.map(
                |said| json!({"type": "user-message-available", "message_id": said.id, "user_message": said.text}),
            ));
        }
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
pub(super) fn ndjson(status: StatusCode, events: Vec<Value>) -> Response {
    let lines = events.into_iter().map(|event| Ok::<_, Infallible>(Bytes::from(format!("{event}\n"))));
    (status, [(header::CONTENT_TYPE, "application/x-ndjson")], Body::from_stream(stream::iter(lines))).into_response()
}
