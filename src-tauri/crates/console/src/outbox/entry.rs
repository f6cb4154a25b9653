use earmark_review::{Change, ConversationId, Image};
use earmark_store::{Edit, EditId, EditState};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// A change that is not over.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) id: EditId,
    pub(crate) conversation: ConversationId,
    pub(crate) change: Change,
    /// What it changes from.
    pub(crate) before: Image,
    pub(crate) made_at: Timestamp,
    pub(crate) due_at: Timestamp,
    pub(crate) stage: Stage,
    /// The change it takes back.
    pub(crate) undoes: Option<EditId>,
}

/// How far a change is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Stage {
    /// It waits to be sent.
    Waiting,
    /// It was sent, and whether it arrived is not known yet.
    Sending(Sent),
    /// It waits for the reviewer.
    NeedsYou(Need),
}

/// What tells later whether a change arrived.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Sent {
    /// For a comment that is written: how many like it there were before; nothing where that was lost.
    #[serde(default)]
    pub(crate) matching: Option<usize>,
}

/// Why a change waits for the reviewer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Need {
    /// Somebody else changed the same thing; this is what stands there.
    Clash(Image),
    /// The server has no such call: it stays on this computer until the reviewer has it sent.
    OnlyHere,
    /// The same comment is on the server, and whether this change wrote it cannot be told.
    Twin,
    /// The server, or a rule, refused it.
    Refused {
        /// Why.
        sentence: String,
        /// What tells whether it arrived, where it may have.
        #[serde(default)]
        sent: Option<Sent>,
    },
}

impl Need {
    /// A refusal of a change that certainly did not arrive.
    pub(crate) fn refused(sentence: impl Into<String>) -> Self {
        Self::Refused { sentence: sentence.into(), sent: None }
    }
}

impl Entry {
    /// Reads what the store kept; nothing where it was written by another version of the program.
    pub(crate) fn read(edit: Edit) -> Option<Self> {
        Some(Self {
            change: serde_json::from_str(&edit.change).ok()?,
            before: serde_json::from_str(&edit.before).ok()?,
            stage: match edit.state {
                EditState::Waiting => Stage::Waiting,
                EditState::Sending(note) => Stage::Sending(serde_json::from_str(&note).unwrap_or_default()),
                EditState::NeedsYou(note) => Stage::NeedsYou(
                    serde_json::from_str(&note).unwrap_or_else(|_| Need::refused("It could not be sent.")),
                ),
                EditState::Sent | EditState::Undone => return None,
            },
            id: edit.id,
            conversation: edit.conversation,
            made_at: edit.made_at,
            due_at: edit.due_at,
            undoes: edit.undoes,
        })
    }

    /// Whether the grace is over, or cannot be told because the clock was set back.
    pub(crate) fn is_due(&self, now: Timestamp, grace: SignedDuration) -> bool {
        self.due_at <= now || self.due_at.duration_since(now) > grace
    }
}
