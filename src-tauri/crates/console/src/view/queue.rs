use earmark_review::ConversationId;
use serde::{Deserialize, Serialize};
use specta::Type;

use super::{ConversationFilter, PersonView, ServiceView};

/// What the list is narrowed by, with the names it is shown by.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Narrowing {
    /// Started by any of these.
    pub people: Vec<PersonView>,
    /// Held with any of these.
    pub services: Vec<ServiceView>,
    /// Over or not; absent for both.
    pub is_finished: Option<bool>,
    /// Carrying all of these, as [`ConversationFilter::tags`].
    pub tags: Vec<String>,
    /// Exactly these.
    pub ids: Vec<ConversationId>,
    /// Whether the oldest comes first.
    pub oldest_first: bool,
}

impl Narrowing {
    /// The filter the server understands.
    pub fn filter(&self) -> ConversationFilter {
        ConversationFilter {
            user_ids: self.people.iter().map(|person| person.id.clone()).collect(),
            service_ids: self.services.iter().map(|service| service.id.clone()).collect(),
            is_finished: self.is_finished,
            ids: self.ids.clone(),
            tags: self.tags.clone(),
            oldest_first: self.oldest_first,
        }
    }
}

/// What the list is narrowed by, under a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SavedView {
    /// Its id.
    pub id: u32,
    /// Its name.
    pub name: String,
    /// What it is.
    pub narrowing: Narrowing,
}

/// Since when a conversation may have started.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Started {
    /// At any time.
    #[default]
    AnyTime,
    /// In the last 24 hours.
    LastDay,
    /// In the last seven days.
    LastWeek,
    /// In the last thirty days.
    LastMonth,
}

/// How a sample is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct DrawView {
    /// Conversations in it.
    pub size: u32,
    /// How many of a hundred the filters let through; the others are drawn from all else.
    pub rule_percent: u8,
    /// The same seed draws the same conversations.
    pub seed: u32,
}

/// What a queue is to be made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct QueueForm {
    /// The rule: what the filters let through.
    pub narrowing: Narrowing,
    /// Since when a conversation may have started.
    pub started: Started,
    /// Whether those whose review is done or skipped are left out.
    pub unreviewed_only: bool,
    /// How a sample is drawn; absent for all the filters let through.
    pub draw: Option<DrawView>,
}

/// What would be in a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct QueuePlan {
    /// Conversations that are in it by the rule.
    pub by_rule: u32,
    /// Conversations that are in it by chance.
    pub at_random: u32,
    /// Conversations the rule lets through.
    pub matching: u32,
    /// All other conversations, which chance draws from; absent where none is drawn.
    pub others: Option<u32>,
    /// Whether there are more on the server than are looked at.
    pub goes_on: bool,
}

/// A queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct QueueView {
    /// Its id.
    pub id: u32,
    /// Its name.
    pub name: String,
    /// What it was made of.
    pub form: QueueForm,
}

/// Why a conversation is in a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum ItemReason {
    /// The rule lets it through.
    Rule,
    /// It was drawn from all else.
    Random,
}

/// One conversation of a queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct QueueItemView {
    /// The conversation.
    pub id: ConversationId,
    /// Why it is there.
    pub reason: ItemReason,
}
