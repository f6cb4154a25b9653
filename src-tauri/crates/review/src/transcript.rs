use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{InteractionId, MessageId};

/// One thing said, thought or noticed in a conversation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// Its id.
    pub id: MessageId,
    /// The interaction it belongs to.
    pub interaction_id: InteractionId,
    /// When it came about.
    pub created_at: Timestamp,
    /// The sender's display name: neither an id nor a role.
    #[serde(default)]
    pub sender: String,
    /// What was said; for voice, its transcript.
    #[serde(default)]
    pub text: String,
    /// Whether there is sound.
    pub format: MessageFormat,
    /// Who or what it comes from.
    pub kind: MessageKind,
}

/// Whether a message has sound.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageFormat {
    /// Text only.
    Text,
    /// Recorded or synthesized speech with its transcript.
    Voice,
    /// A format this program does not know; shown as text.
    Other(String),
}

/// Who or what a message comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageKind {
    /// The customer.
    User,
    /// The agent.
    Agent,
    /// What the agent thought and did not say.
    InnerThought,
    /// Something outside the conversation the agent was told of.
    ExternalEvent,
    /// A kind this program does not know; shown with its name.
    Other(String),
}

/// The messages of one exchange, oldest first.
#[derive(Debug, Clone, PartialEq)]
pub struct Interaction {
    /// Its id.
    pub id: InteractionId,
    /// Never empty.
    pub messages: Vec<Message>,
}

impl Interaction {
    /// When its first message came about.
    pub fn started_at(&self) -> Timestamp {
        self.messages[0].created_at
    }
}

/// A conversation's messages in the order they came about, grouped by interaction.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Transcript {
    /// Oldest first.
    pub interactions: Vec<Interaction>,
}

impl Transcript {
    /// Orders and groups messages that came in any order, possibly twice (pages shift while data changes).
    ///
    /// Servers have no interaction object: an interaction starts when its earliest message does; ties fall to ids.
    pub fn from_messages(messages: Vec<Message>) -> Self {
        let mut seen = HashSet::new();
        let mut places: HashMap<InteractionId, usize> = HashMap::new();
        let mut interactions: Vec<Interaction> = Vec::new();
        for message in messages {
            if !seen.insert(message.id.clone()) {
                continue;
            }
            let place = *places.entry(message.interaction_id.clone()).or_insert_with(|| {
                interactions.push(Interaction { id: message.interaction_id.clone(), messages: Vec::new() });
                interactions.len() - 1
            });
            interactions[place].messages.push(message);
        }
        for interaction in &mut interactions {
            interaction.messages.sort_by(|a, b| (a.created_at, &a.id).cmp(&(b.created_at, &b.id)));
        }
        interactions.sort_by(|a, b| (a.started_at(), &a.id).cmp(&(b.started_at(), &b.id)));
        Self { interactions }
    }

    /// Number of messages.
    pub fn len(&self) -> usize {
        self.interactions.iter().map(|interaction| interaction.messages.len()).sum()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.interactions.is_empty()
    }

    /// All messages, oldest interaction first.
    pub fn messages(&self) -> impl Iterator<Item = &Message> {
        self.interactions.iter().flat_map(|interaction| &interaction.messages)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    fn message(id: usize, interaction: u8, second: i64) -> Message {
        Message {
            id: MessageId::new(format!("m{id}")).unwrap(),
            interaction_id: InteractionId::new(format!("i{interaction}")).unwrap(),
            created_at: Timestamp::from_second(second).unwrap(),
            sender: String::new(),
            text: String::new(),
            format: MessageFormat::Text,
            kind: MessageKind::User,
        }
    }

    proptest! {
        #[test]
        fn every_message_once_and_in_order(
            drawn in proptest::collection::vec((0u8..6, 0i64..50), 0..60),
            seed in any::<u64>(),
        ) {
            let mut messages: Vec<Message> =
                drawn.iter().enumerate().map(|(id, (place, second))| message(id, *place, *second)).collect();
            let expected = Transcript::from_messages(messages.clone());
            // Any order of arrival, with repeats, gives the same transcript.
            let turn = seed as usize % messages.len().max(1);
            messages.rotate_left(turn);
            messages.extend(messages.clone().into_iter().take(turn));
            let transcript = Transcript::from_messages(messages);
            prop_assert_eq!(&transcript, &expected);
            prop_assert_eq!(transcript.len(), drawn.len());
            for interaction in &transcript.interactions {
                prop_assert!(interaction.messages.is_sorted_by_key(|message| message.created_at));
            }
            prop_assert!(transcript.interactions.is_sorted_by_key(Interaction::started_at));
        }
    }
}
