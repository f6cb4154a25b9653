//! Talking to an agent: create (section 2.6, 5 a minute), interact (2.7, 15) and finish (2.8, 5).
//!
//! The first two answer with a stream of events, one JSON object a line. A status of 200 does not mean success: an
//! [`Event::Failed`] may follow.

use earmark_review::{ConversationId, ServiceId, Tags};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::call::{Call, Field};
use crate::{Client, Endpoint, Error, EventStream};

/// The form words take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Written.
    Text,
    /// Spoken.
    Voice,
}

impl Form {
    fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Voice => "voice",
        }
    }
}

/// Whether the agent's actions are reported on the way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Actions {
    /// All of them; needs a permission.
    #[default]
    All,
    /// None.
    Quiet,
}

impl Actions {
    /// The regular expression the API takes.
    fn pattern(self) -> &'static str {
        match self {
            Self::All => "^.*$",
            Self::Quiet => "^$",
        }
    }
}

/// A conversation to begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewConversation {
    /// The service to hold it with.
    pub service_id: ServiceId,
    /// The version set; the server's default is "release".
    pub version_set: Option<String>,
    /// What the customer says first. Without it the agent opens.
    pub initial_message: Option<String>,
    /// What it is labelled with; at most 20.
    pub tags: Tags,
    /// A test is neither analyzed nor counted. Sent only when set, as servers before August 2026 do not know it.
    pub is_test: bool,
    /// The form of the agent's answer.
    pub response: Form,
    /// Which actions to report.
    pub actions: Actions,
}

/// What is said in an interaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// The customer writes.
    Text(String),
    /// The customer speaks.
    Voice {
        /// The recording.
        bytes: bytes::Bytes,
        /// How it is encoded.
        encoding: VoiceEncoding,
    },
    /// Something happens outside the conversation.
    Happening(String),
    /// Nothing: the agent goes on by itself.
    Nothing,
}

/// How a recording that is sent is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VoiceEncoding {
    /// MP3.
    Mp3,
    /// Raw samples.
    Pcm {
        /// Frames a second, 4,000 to 44,100.
        frame_rate: u32,
        /// Bytes a sample, 2 or 4.
        sample_width: u8,
    },
}

/// One interaction to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// What is said.
    pub said: Said,
    /// What happened before, and when; each in the past. Empty with [`Said::Nothing`].
    pub external_events: Vec<(Timestamp, String)>,
    /// The form of the agent's answer.
    pub response: Form,
    /// Which actions to report.
    pub actions: Actions,
}

impl Client {
    /// Begins a conversation.
    ///
    /// # Errors
    /// [`Error::Refused`] with 400 while another one of this user and service is unfinished; [`Error::NotFound`] for
    /// an unknown service; else see [`Error`].
    pub async fn create(&self, new: &NewConversation) -> Result<EventStream, Error> {
        let mut body = json!({
            "service_id": new.service_id,
            "service_version_set_name": new.version_set.as_deref().unwrap_or("release"),
            "initial_message": new.initial_message,
            "tags": new.tags,
        });
        if new.initial_message.is_some() {
            body["initial_message_type"] = Value::from("user-message");
        }
        if new.is_test {
            body["is_test"] = Value::from(true);
        }
        let call = Call::post(Endpoint::Create, &["conversation", ""])
            .query("response_format", new.response.as_str())
            .query("current_agent_action_type", new.actions.pattern())
            .json(&body);
        Ok(EventStream::new(self.open(&call).await?))
    }

    /// Says something in a conversation.
    ///
    /// # Errors
    /// [`Error::Refused`] with 409 when it is finished or busy, with 415 for audio the server does not take; else see
    /// [`Error`].
    pub async fn interact(&self, conversation: &ConversationId, input: &Input) -> Result<EventStream, Error> {
        let request = if matches!(input.said, Said::Voice { .. }) { Form::Voice } else { Form::Text };
        let mut call = Call::post(Endpoint::Interact, &["conversation", conversation.as_str(), "interact"])
            .query("request_format", request.as_str())
            .query("response_format", input.response.as_str())
            .query("current_agent_action_type", input.actions.pattern());
        if let Said::Voice { encoding, .. } = &input.said {
            call = call.query("request_audio_config", encoding.config());
        }
        let call = call.form(fields(input));
        Ok(EventStream::new(self.open(&call).await?))
    }

    /// Ends a conversation. One without messages is deleted by that.
    ///
    /// # Errors
    /// [`Error::Refused`] with 409 when it is over already or busy; else see [`Error`].
    pub async fn finish(&self, conversation: &ConversationId) -> Result<(), Error> {
        let path = ["conversation", conversation.as_str(), "finish", ""];
        self.fetch(&Call::post(Endpoint::Finish, &path)).await.map(drop)
    }
}

impl VoiceEncoding {
    fn config(self) -> Value {
        match self {
            Self::Mp3 => json!({ "type": "mp3" }),
            Self::Pcm { frame_rate, sample_width } => {
                json!({ "type": "pcm", "frame_rate": frame_rate, "n_channels": 1, "sample_width": sample_width })
            }
        }
    }
}

fn fields(input: &Input) -> Vec<Field> {
    let (kind, content, file) = match &input.said {
        Said::Text(text) => ("user-message", text.clone().into(), ("message.txt", "text/plain; charset=utf-8")),
        Said::Happening(text) => ("external-event", text.clone().into(), ("message.txt", "text/plain; charset=utf-8")),
        Said::Voice { bytes, encoding: VoiceEncoding::Mp3 } => {
            ("user-message", bytes.clone(), ("message.mp3", "audio/mpeg"))
        }
        Said::Voice { bytes, encoding: VoiceEncoding::Pcm { .. } } => {
            ("user-message", bytes.clone(), ("message.pcm", "audio/pcm"))
        }
        Said::Nothing => ("skip", bytes::Bytes::new(), ("message.txt", "text/plain; charset=utf-8")),
    };
    let mut fields =
        vec![Field::text("initial_message_type", kind), Field { name: "recorded_message", content, file: Some(file) }];
    for (at, event) in &input.external_events {
        fields.push(Field::text("external_event_message_content", event));
        fields.push(Field::text("external_event_message_timestamp", at.to_string()));
    }
    fields
}
