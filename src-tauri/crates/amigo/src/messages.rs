//! The messages of a conversation, `GET /v1/{organization}/conversation/{c}/messages/`, 20 a minute (section 2.2).
//!
//! Inner thoughts come only when asked for by name, so all four types are. Older servers know neither that filter nor
//! `created_at`; what one of them refuses with 422 is asked again in its own spelling, which is then kept (section 4).

use std::sync::atomic::Ordering;

use earmark_review::{ConversationId, InteractionId, Message, MessageFormat, MessageId, MessageKind};
use jiff::Timestamp;
use serde::Deserialize;

use crate::call::Call;
use crate::wire::{or_default, page};
use crate::{Client, Endpoint, Error, Page, PageRequest};

/// Which messages of a conversation to list; empty means any.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MessageFilter {
    /// Their ids.
    pub ids: Vec<MessageId>,
    /// The interactions they belong to.
    pub interaction_ids: Vec<InteractionId>,
}

const TYPES: [&str; 4] = ["user-message", "agent-message", "agent-inner-thought", "external-event"];

/// The spellings of the query, the current one first: whether types are named, and the field to sort by.
const SPELLINGS: [(bool, &str); 3] = [(true, "+created_at"), (false, "+created_at"), (false, "+timestamp")];

impl Client {
    /// A page of messages, oldest first where the server sorts. `limit` is at most 500.
    ///
    /// # Errors
    /// [`Error::NotFound`] for a conversation that is gone; else see [`Error`].
    pub async fn messages(
        &self,
        conversation: &ConversationId,
        filter: &MessageFilter,
        page_request: PageRequest,
    ) -> Result<Page<Message>, Error> {
        let known = usize::from(self.inner.spelling.load(Ordering::Relaxed));
        let last = if self.inner.options.accept_older { SPELLINGS.len() } else { known + 1 };
        let mut refused = None;
        for (spelling, (types, sort_by)) in SPELLINGS.iter().enumerate().take(last).skip(known) {
            let types = if *types { &TYPES[..] } else { &[] };
            let call = page_request
                .on(Call::get(Endpoint::Messages, &["conversation", conversation.as_str(), "messages", ""]))
                .each("id", &filter.ids)
                .each("interaction_id", &filter.interaction_ids)
                .each("message_type", types)
                .query("sort_by", sort_by);
            match self.fetch(&call).await {
                // The first refusal is the one that speaks of the current spelling.
                Err(error @ Error::Refused { status: 422, .. }) => refused = refused.or(Some(error)),
                Err(error) => return Err(error),
                Ok(bytes) => {
                    // Below 3, so it fits.
                    self.inner.spelling.store(spelling as u8, Ordering::Relaxed);
                    return page::<WireMessage, _>(&bytes, "messages");
                }
            }
        }
        Err(refused.unwrap_or(Error::NotSupported))
    }
}

/// A message as either edition sends it.
#[derive(Deserialize)]
struct RawMessage {
    id: MessageId,
    interaction_id: InteractionId,
    created_at: Option<Timestamp>,
    /// The older name of `created_at`. Both were sent for a while, so an alias would not do.
    timestamp: Option<Timestamp>,
    #[serde(default, deserialize_with = "or_default")]
    sender: String,
    #[serde(default, deserialize_with = "or_default")]
    message: String,
    #[serde(default, deserialize_with = "or_default")]
    format: String,
    #[serde(default, deserialize_with = "or_default")]
    message_type: String,
}

#[derive(Deserialize)]
#[serde(try_from = "RawMessage")]
struct WireMessage(Message);

impl TryFrom<RawMessage> for WireMessage {
    type Error = &'static str;
    fn try_from(raw: RawMessage) -> Result<Self, &'static str> {
        Ok(Self(Message {
            id: raw.id,
            interaction_id: raw.interaction_id,
            created_at: raw.created_at.or(raw.timestamp).ok_or("neither created_at nor timestamp")?,
            sender: raw.sender,
            text: raw.message,
            format: match raw.format.as_str() {
                "text" => MessageFormat::Text,
                "voice" => MessageFormat::Voice,
                _ => MessageFormat::Other(raw.format),
            },
            kind: match raw.message_type.as_str() {
                "user-message" => MessageKind::User,
                "agent-message" => MessageKind::Agent,
                "agent-inner-thought" => MessageKind::InnerThought,
                "external-event" => MessageKind::ExternalEvent,
                _ => MessageKind::Other(raw.message_type),
            },
        }))
    }
}

impl From<WireMessage> for Message {
    fn from(wire: WireMessage) -> Self {
        wire.0
    }
}
