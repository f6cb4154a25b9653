//! The list of conversations, `GET /v1/{organization}/conversation/`, 15 a minute (section 2.1), and the public
//! `GET /v1/{organization}/organization/` (section 1.4).

use earmark_review::{Conversation, ConversationId, ServiceId, UserId};
use serde::Deserialize;

use crate::call::Call;
use crate::{Client, Endpoint, Error, Page, PageRequest, wire};

/// Which conversations to list. Fields narrow each other; the values of one field widen it. Empty means any.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConversationFilter {
    /// Who started them.
    pub user_ids: Vec<UserId>,
    /// The service they were held with.
    pub service_ids: Vec<ServiceId>,
    /// Whether they are over; `None` for both.
    pub is_finished: Option<bool>,
    /// Their ids. This is also the way to read a single one: the API has no other.
    pub ids: Vec<ConversationId>,
    /// What they are labelled with. Servers before 2026 ignore it.
    pub tags: Vec<TagFilter>,
    /// In which order.
    pub order: Order,
}

/// A label to look for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagFilter {
    /// The key it stands under.
    pub key: String,
    /// Which values are meant.
    pub value: TagValue,
}

/// Which values of a tag are meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TagValue {
    /// Any, or none.
    Any,
    /// No value.
    Absent,
    /// Exactly this one.
    Is(String),
}

/// The order of a list by time of creation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Order {
    /// The latest first.
    #[default]
    NewestFirst,
    /// The earliest first.
    OldestFirst,
}

impl Order {
    pub(crate) fn sort_by(self) -> &'static str {
        match self {
            Self::NewestFirst => "-created_at",
            Self::OldestFirst => "+created_at",
        }
    }
}

impl std::fmt::Display for TagFilter {
    /// As the API spells it: `key:value`, `key:*`, `key:`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.value {
            TagValue::Any => write!(f, "{}:*", self.key),
            TagValue::Absent => write!(f, "{}:", self.key),
            TagValue::Is(value) => write!(f, "{}:{value}", self.key),
        }
    }
}

impl Client {
    /// A page of conversations. `limit` is at most 150; 100 is safe with every edition.
    ///
    /// # Errors
    /// See [`Error`]; the list has no 404.
    pub async fn list_conversations(
        &self,
        filter: &ConversationFilter,
        page: PageRequest,
    ) -> Result<Page<Conversation>, Error> {
        let call = page
            .on(Call::get(Endpoint::Conversations, &["conversation", ""]))
            .each("user_id", &filter.user_ids)
            .each("service_id", &filter.service_ids)
            .each("is_finished", filter.is_finished)
            .each("id", &filter.ids)
            .each("tag", &filter.tags)
            .query("sort_by", filter.order.sort_by());
        wire::conversations_page(&self.fetch(&call).await?)
    }

    /// The organization's name, for a title.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn organization_name(&self) -> Result<String, Error> {
        #[derive(Deserialize)]
        struct Organization {
            org_name: String,
        }
        let bytes = self.fetch(&Call::get(Endpoint::Organization, &["organization", ""])).await?;
        Ok(wire::document::<Organization>(&bytes)?.org_name)
    }
}
