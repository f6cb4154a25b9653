use std::fmt;

use earmark_review::VersionRef;
use serde::de::{DeserializeOwned, IgnoredAny, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// For `deserialize_with`: `null` is as good as absent. Goes with `#[serde(default)]`.
pub(crate) fn or_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(
    deserializer: D,
) -> Result<T, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// For `deserialize_with`: a list without the items that cannot be read; `null` is an empty one.
pub(crate) fn lenient_list<'de, D: Deserializer<'de>, T: DeserializeOwned>(
    deserializer: D,
) -> Result<Vec<T>, D::Error> {
    let read = Counted::deserialize(deserializer)?;
    if read.skipped > 0 {
        tracing::warn!(read.skipped, "items of a list could not be read");
    }
    Ok(read.items)
}

/// A list without the items that cannot be read, and how many those are.
pub(crate) struct Counted<T> {
    items: Vec<T>,
    skipped: u32,
}

impl<T> Counted<T> {
    /// The items; what was skipped is added to the count.
    pub(crate) fn counting(self, skipped: &mut u32) -> Vec<T> {
        *skipped += self.skipped;
        self.items
    }
}

impl<T> Default for Counted<T> {
    fn default() -> Self {
        Self { items: Vec::new(), skipped: 0 }
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Counted<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let values = Option::<Vec<Value>>::deserialize(deserializer)?.unwrap_or_default();
        let count = values.len();
        let items: Vec<T> = values.into_iter().filter_map(|item| serde_json::from_value(item).ok()).collect();
        let skipped = u32::try_from(count - items.len()).unwrap_or(u32::MAX);
        Ok(Self { items, skipped })
    }
}

/// For `deserialize_with`: what cannot be read is as good as absent. For what an item is still worth showing without.
pub(crate) fn lenient_option<'de, D: Deserializer<'de>, T: DeserializeOwned>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    Ok(serde_json::from_value(Value::deserialize(deserializer)?).ok())
}

/// For `deserialize_with`: the API's `[id, version]`. `null`, and the `[]` of the docs' samples, are none.
pub(crate) fn version_pair<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<VersionRef>, D::Error> {
    deserializer.deserialize_any(Pair)
}

struct Pair;

impl<'de> Visitor<'de> for Pair {
    type Value = Option<VersionRef>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an id and a version")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut pair: A) -> Result<Self::Value, A::Error> {
        let Some(id) = pair.next_element::<String>()? else { return Ok(None) };
        let version = pair.next_element::<i64>()?;
        while pair.next_element::<IgnoredAny>()?.is_some() {}
        Ok(version.map(|version| VersionRef { id, version }))
    }
}
