//! Conversations as the server knows them.

use std::sync::Arc;

use bytes::Bytes;
use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::script::Tags;

#[derive(Debug, Clone)]
pub(crate) struct Conversation {
    pub(crate) id: String,
    pub(crate) user_id: String,
    pub(crate) created_at: Timestamp,
    pub(crate) is_finished: bool,
    pub(crate) service_id: String,
    pub(crate) version_set: String,
    pub(crate) tags: Tags,
    pub(crate) interactions: Vec<Interaction>,
}

#[derive(Debug, Clone)]
pub(crate) struct Interaction {
    pub(crate) id: String,
    pub(crate) messages: Vec<Message>,
    pub(crate) insight: Insight,
}

#[derive(Debug, Clone)]
pub(crate) struct Message {
    pub(crate) id: String,
    pub(crate) created_at: Timestamp,
    pub(crate) sender: String,
    pub(crate) text: String,
    pub(crate) kind: Kind,
    /// What was said aloud; text messages have none.
    pub(crate) clip: Option<Clip>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    User,
    Agent,
    Thought,
    Event,
}

impl Kind {
    pub(crate) const ALL: [(&'static str, Self); 4] = [
        ("user-message", Self::User),
        ("agent-message", Self::Agent),
        ("agent-inner-thought", Self::Thought),
        ("external-event", Self::Event),
    ];

    pub(crate) fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, kind)| *kind == self).map_or("", |(name, _)| name)
    }
}

/// Where a voice message's sound is.
#[derive(Debug, Clone)]
pub(crate) enum Clip {
    /// A file of `data/audio/`, by name.
    Embedded(&'static str),
    /// Sound that somebody sent while talking to the agent.
    Recorded { bytes: Bytes, content_type: &'static str },
}

#[derive(Debug, Clone)]
pub(crate) struct Insight {
    pub(crate) state: String,
    pub(crate) action: String,
    pub(crate) objective: String,
    pub(crate) machine: (String, i64),
    pub(crate) transitions: Vec<Transition>,
    pub(crate) memory: Vec<(String, String)>,
    pub(crate) reflections: Vec<String>,
    pub(crate) behavior: Option<(String, i64)>,
    pub(crate) selecting: Vec<Vec<Call>>,
    pub(crate) engaging: Vec<Vec<Call>>,
}

#[derive(Debug, Clone)]
pub(crate) struct Transition {
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) kind: Passage,
}

/// What a transition carries besides the states; thoughts are named by message id.
#[derive(Debug, Clone)]
pub(crate) enum Passage {
    Action { exit: String, calls: Vec<Vec<Call>> },
    Decision { exit: String, calls: Vec<Vec<Call>> },
    Recall { queries: Vec<String> },
    Jumpback,
    Annotation { thought: String },
    Reflection { thought: String, calls: Vec<Vec<Call>> },
    ToolCall { designated: Call, calls: Vec<Vec<Call>> },
}

#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) tool: String,
    pub(crate) at: Timestamp,
    pub(crate) input: Map<String, Value>,
    pub(crate) output: Option<String>,
    pub(crate) ms: u64,
    /// The exception's type and message.
    pub(crate) failed: Option<(String, String)>,
}

impl Conversation {
    /// Every message, oldest first.
    pub(crate) fn messages(&self) -> impl Iterator<Item = (&Interaction, &Message)> {
        self.interactions
            .iter()
            .flat_map(|interaction| interaction.messages.iter().map(move |message| (interaction, message)))
    }

    pub(crate) fn interaction(&self, id: &str) -> Option<&Interaction> {
        self.interactions.iter().find(|interaction| interaction.id == id)
    }

    /// How many messages a caller sees who asks for no inner thoughts.
    pub(crate) fn num_messages(&self) -> usize {
        self.messages().filter(|(_, message)| message.kind != Kind::Thought).count()
    }

    /// The latest message's text.
    pub(crate) fn final_message(&self) -> &str {
        self.messages()
            .filter(|(_, message)| message.kind != Kind::Thought)
            .last()
            .map_or("", |(_, message)| &message.text)
    }

    /// When the latest message was written.
    pub(crate) fn last_at(&self) -> Timestamp {
        self.messages().last().map_or(self.created_at, |(_, message)| message.created_at)
    }
}

/// A conversation shared between the store and the answers being written.
pub(crate) type Shared = Arc<Conversation>;
