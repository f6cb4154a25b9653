use std::fmt;

use earmark_review::{ConversationId, InteractionId, MessageId};
use reqwest::Response;
use serde::Deserialize;
use serde_json::Value;

use crate::lines::Lines;
use crate::wire::{or_default, parse_failure};
use crate::{Error, refusal};

/// What happens while an agent answers (section 2.7).
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// The conversation exists.
    ConversationCreated {
        /// Its id.
        conversation_id: ConversationId,
    },
    /// The customer's message was taken in; for voice, with its transcript.
    UserMessageAvailable {
        /// Its id.
        message_id: MessageId,
        /// Its text.
        text: String,
    },
    /// The agent does something.
    AgentAction {
        /// The API's name for it, such as "tool-call-started".
        kind: String,
        /// All of it, as it came.
        detail: Value,
    },
    /// A piece of the agent's message.
    NewMessage(MessagePiece),
    /// The interaction is over and saved.
    InteractionComplete {
        /// The agent's message.
        message_id: MessageId,
        /// The interaction.
        interaction_id: InteractionId,
        /// The agent's whole message.
        full_message: String,
        /// Whether the conversation ended with it.
        conversation_completed: bool,
    },
    /// It did not work. Before completion the interaction is void; after it, it is saved all the same.
    Failed {
        /// The HTTP status it would have had.
        status: u16,
        /// The server's own words, as in [`Error::Refused`].
        reason: String,
    },
    /// The conversation is over, in the words of servers before 2026.
    EndSession,
    /// An event of a kind, or a shape, this program does not know.
    Other {
        /// The server's name for it; may be empty.
        kind: String,
    },
}

/// A piece of the agent's message as it is made.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct MessagePiece {
    /// The message it belongs to.
    pub message_id: MessageId,
    /// Text, or for voice PCM16 in base64.
    #[serde(default, deserialize_with = "or_default")]
    pub message: String,
    /// For voice, which characters are said from which millisecond on.
    #[serde(default, deserialize_with = "or_default")]
    pub transcript_alignment: Vec<(u64, String)>,
    /// Whether it is the last.
    #[serde(default, deserialize_with = "or_default")]
    pub stop: bool,
    /// Its place among the pieces.
    #[serde(default, deserialize_with = "or_default")]
    pub sequence_number: u64,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
enum WireEvent {
    ConversationCreated {
        conversation_id: ConversationId,
    },
    UserMessageAvailable {
        message_id: MessageId,
        #[serde(default, deserialize_with = "or_default")]
        user_message: String,
    },
    CurrentAgentAction {
        action: Value,
    },
    NewMessage(MessagePiece),
    InteractionComplete {
        message_id: MessageId,
        interaction_id: InteractionId,
        #[serde(default, deserialize_with = "or_default")]
        full_message: String,
        #[serde(default, deserialize_with = "or_default")]
        conversation_completed: bool,
    },
    Error {
        #[serde(default, deserialize_with = "or_default")]
        http_error_code: u16,
        #[serde(default, deserialize_with = "or_default")]
        error_description: String,
    },
    EndSession,
}

impl Event {
    /// Whether the stream may end after this.
    fn is_last(&self) -> bool {
        matches!(self, Self::InteractionComplete { .. } | Self::Failed { .. } | Self::EndSession)
    }

    fn read(line: &[u8]) -> Result<Self, Error> {
        let json: Value = serde_json::from_slice(line).map_err(|error| parse_failure(&error))?;
        let kind = |json: &Value| json.get("type").and_then(Value::as_str).unwrap_or_default().to_owned();
        Ok(match WireEvent::deserialize(&json) {
            Ok(WireEvent::ConversationCreated { conversation_id }) => Self::ConversationCreated { conversation_id },
            Ok(WireEvent::UserMessageAvailable { message_id, user_message }) => {
                Self::UserMessageAvailable { message_id, text: user_message }
            }
            Ok(WireEvent::CurrentAgentAction { action }) => Self::AgentAction { kind: kind(&action), detail: action },
            Ok(WireEvent::NewMessage(piece)) => Self::NewMessage(piece),
            Ok(WireEvent::InteractionComplete { message_id, interaction_id, full_message, conversation_completed }) => {
                Self::InteractionComplete { message_id, interaction_id, full_message, conversation_completed }
            }
            Ok(WireEvent::Error { http_error_code, error_description }) => {
                Self::Failed { status: http_error_code, reason: refusal::clean(&error_description) }
            }
            Ok(WireEvent::EndSession) => Self::EndSession,
            Err(_) => Self::Other { kind: kind(&json) },
        })
    }
}

/// The events of one answer, as they come. Dropping it leaves the rest unread.
pub struct EventStream {
    response: Response,
    lines: Lines,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// The interaction is under way.
    Open,
    /// An event came after which the stream may end.
    Settled,
    Ended,
}

impl EventStream {
    pub(crate) fn new(response: Response) -> Self {
        Self { response, lines: Lines::default(), state: State::Open }
    }

    /// The next event; `None` after the last.
    ///
    /// # Errors
    /// [`Error::Malformed`] for a line that is no JSON, and for a stream that ends before the interaction does;
    /// [`Error::Unreachable`] and [`Error::TimedOut`] when the connection breaks or falls silent. Nothing follows one.
    pub async fn next(&mut self) -> Result<Option<Event>, Error> {
        if self.state == State::Ended {
            return Ok(None);
        }
        let event = self.advance().await;
        match &event {
            Ok(Some(event)) if event.is_last() => self.state = State::Settled,
            Ok(Some(_)) => {}
            Ok(None) | Err(_) => self.state = State::Ended,
        }
        event
    }

    async fn advance(&mut self) -> Result<Option<Event>, Error> {
        loop {
            if let Some(line) = self.lines.next() {
                return Event::read(&line).map(Some);
            }
            match self.response.chunk().await? {
                Some(piece) => self.lines.push(&piece)?,
                None => break,
            }
        }
        match self.lines.rest() {
            Some(line) => Event::read(&line).map(Some),
            None if self.state == State::Open => Err(Error::malformed("the stream ends before the interaction")),
            None => Ok(None),
        }
    }
}

impl fmt::Debug for EventStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventStream").field("state", &self.state).finish_non_exhaustive()
    }
}
