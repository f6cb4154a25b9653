use std::collections::BTreeMap;
use std::fmt;

use earmark_review::{Conversation, ConversationId, ServiceId, Tags, UserId, Version, VersionRef};
use jiff::Timestamp;
use serde::de::{IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::{or_default, page, version_pair};
use crate::{Error, Page};

/// A page of conversations from an answer's body (section 2.1).
///
/// # Errors
/// [`Error::Malformed`] when the page itself cannot be read; a bad conversation in it only counts as unreadable.
pub fn conversations_page(body: &[u8]) -> Result<Page<Conversation>, Error> {
    page::<WireConversation, _>(body, "conversations")
}

/// Only what a conversation is nothing without is required; the rest differs between editions and permissions.
#[derive(Deserialize)]
struct WireConversation {
    id: ConversationId,
    user_id: UserId,
    service_id: ServiceId,
    created_at: Timestamp,
    #[serde(default, deserialize_with = "or_default")]
    is_finished: bool,
    #[serde(default, deserialize_with = "or_default")]
    is_analyzed: bool,
    #[serde(default, deserialize_with = "or_default")]
    completed_post_processings: Vec<String>,
    #[serde(default, deserialize_with = "or_default")]
    final_message: String,
    #[serde(default, deserialize_with = "or_default")]
    num_messages: u32,
    #[serde(default, deserialize_with = "or_default")]
    tags: Tags,
    #[serde(default)]
    version_set_info: Option<WireVersionSet>,
}

#[derive(Deserialize)]
struct WireVersionSet {
    #[serde(default, deserialize_with = "or_default")]
    name: String,
    #[serde(default, deserialize_with = "version_pair")]
    agent_version_info: Option<VersionRef>,
    #[serde(default, deserialize_with = "version_pair")]
    service_hierarchical_state_machine_version_info: Option<VersionRef>,
    #[serde(default, deserialize_with = "or_default")]
    llm_model_preferences: BTreeMap<String, Model>,
}

impl From<WireConversation> for Conversation {
    fn from(wire: WireConversation) -> Self {
        Self {
            id: wire.id,
            user_id: wire.user_id,
            service_id: wire.service_id,
            created_at: wire.created_at,
            is_finished: wire.is_finished,
            is_analyzed: wire.is_analyzed,
            completed_post_processings: wire.completed_post_processings,
            final_message: wire.final_message,
            num_messages: wire.num_messages,
            tags: wire.tags,
            version: wire.version_set_info.map(Version::from),
        }
    }
}

impl From<WireVersionSet> for Version {
    fn from(wire: WireVersionSet) -> Self {
        let models = wire.llm_model_preferences.into_iter();
        Self {
            name: wire.name,
            agent: wire.agent_version_info,
            state_machine: wire.service_hierarchical_state_machine_version_info,
            models: models.filter_map(|(interaction, model)| Some((interaction, model.0?))).collect(),
        }
    }
}

/// The name of a language model out of a preference, whose shape changed over time: an object that may hold
/// `llm_name` among others, or something else altogether.
struct Model(Option<String>);

impl<'de> Deserialize<'de> for Model {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ModelVisitor)
    }
}

struct ModelVisitor;

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "snake_case")]
enum ModelKey {
    LlmName,
    #[serde(other)]
    Other,
}

impl<'de> Visitor<'de> for ModelVisitor {
    type Value = Model;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a model preference")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Model, A::Error> {
        let mut name = None;
        while let Some(key) = map.next_key()? {
            match key {
                // Read the same way, as it is a text in every edition known but need not be.
                ModelKey::LlmName => name = map.next_value::<Model>()?.0,
                ModelKey::Other => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(Model(name))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Model, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Model(None))
    }

    fn visit_unit<E>(self) -> Result<Model, E> {
        Ok(Model(None))
    }

    fn visit_str<E>(self, name: &str) -> Result<Model, E> {
        Ok(Model(Some(name.to_owned())))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Model, E> {
        Ok(Model(None))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Model, E> {
        Ok(Model(None))
    }

    fn visit_u64<E>(self, _: u64) -> Result<Model, E> {
        Ok(Model(None))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Model, E> {
        Ok(Model(None))
    }
}
