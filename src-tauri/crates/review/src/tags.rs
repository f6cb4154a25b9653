use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;
use serde::{Deserialize, Serialize};

/// The most tags a conversation may carry (Amigo API, "Modify tags": 400 above it).
pub const TAG_LIMIT: usize = 20;
/// The longest key or value that is sent, in characters (the API's limit on creation; modifying states none).
pub const TAG_VALUE_LIMIT: usize = 100;

/// What a conversation is labelled with: keys with a value, or with none. Read from a server, any text is shown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Tags(BTreeMap<String, Option<String>>);

/// One change to a conversation's tags.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TagEdit {
    /// Keys to add or overwrite, with their values.
    pub set: BTreeMap<String, Option<String>>,
    /// Keys to remove. Removing an absent key does nothing.
    pub remove: Vec<String>,
}

/// Why an edit is refused before any call.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TagRefused {
    /// The key breaks the pattern.
    #[error("A tag's name may hold only letters, digits, spaces and underscores.")]
    KeyPattern,
    /// The value breaks the pattern.
    #[error("A tag's value may hold only letters, digits, spaces and underscores.")]
    ValuePattern,
    /// The key is empty.
    #[error("A tag needs a name.")]
    EmptyKey,
    /// Key or value is too long.
    #[error("A tag's name and value may each be at most 100 characters long.")]
    TooLong,
    /// There would be too many.
    #[error("A conversation holds at most 20 tags. Remove one first.")]
    TooMany,
    /// The same key is both set and removed.
    #[error("The same tag cannot be set and removed at once.")]
    Contradiction,
}

impl TagEdit {
    /// Sets one tag.
    pub fn set(key: &str, value: Option<&str>) -> Self {
        Self { set: [(key.to_owned(), value.map(str::to_owned))].into(), remove: Vec::new() }
    }

    /// Removes one tag.
    pub fn remove(key: &str) -> Self {
        Self { set: BTreeMap::new(), remove: vec![key.to_owned()] }
    }

    /// The edit as it may be sent: trimmed; an empty value becomes none.
    ///
    /// # Errors
    /// Any [`TagRefused`] but [`TagRefused::TooMany`].
    pub fn check(&self) -> Result<Self, TagRefused> {
        let mut set = BTreeMap::new();
        for (key, value) in &self.set {
            let value = value.as_deref().map(str::trim).filter(|value| !value.is_empty());
            check_key(key.trim())?;
            if let Some(value) = value {
                check_length(value)?;
                if !WORDS.is_match(value) {
                    return Err(TagRefused::ValuePattern);
                }
            }
            set.insert(key.trim().to_owned(), value.map(str::to_owned));
        }
        // A key that is removed is spelled as the server spelled it, whatever that was.
        if self.remove.iter().any(|key| set.contains_key(key)) {
            return Err(TagRefused::Contradiction);
        }
        let mut remove: Vec<String> = self.remove.iter().filter(|key| !key.is_empty()).cloned().collect();
        remove.sort();
        remove.dedup();
        Ok(Self { set, remove })
    }
}

impl Tags {
    /// These tags with the edit made.
    ///
    /// # Errors
    /// Any [`TagRefused`]. Too many is refused only when the edit adds to them.
    pub fn apply(&self, edit: &TagEdit) -> Result<Self, TagRefused> {
        let edit = edit.check()?;
        let mut tags = self.clone();
        tags.put(&edit);
        if tags.len() > TAG_LIMIT && tags.len() > self.len() {
            return Err(TagRefused::TooMany);
        }
        Ok(tags)
    }

    /// Makes an edit that was checked before, against whatever the tags were then.
    pub fn put(&mut self, edit: &TagEdit) {
        for key in &edit.remove {
            self.0.remove(key);
        }
        self.0.extend(edit.set.clone());
    }

    /// The value under a key: `None` when the key is absent, `Some(None)` when it has no value.
    pub fn get(&self, key: &str) -> Option<Option<&str>> {
        self.0.get(key).map(Option::as_deref)
    }

    /// All of them, by key.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value.as_deref()))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<(String, Option<String>)> for Tags {
    fn from_iter<T: IntoIterator<Item = (String, Option<String>)>>(tags: T) -> Self {
        Self(tags.into_iter().collect())
    }
}

fn check_key(key: &str) -> Result<(), TagRefused> {
    if key.is_empty() {
        return Err(TagRefused::EmptyKey);
    }
    check_length(key)?;
    if WORDS.is_match(key) { Ok(()) } else { Err(TagRefused::KeyPattern) }
}

fn check_length(text: &str) -> Result<(), TagRefused> {
    if text.chars().count() > TAG_VALUE_LIMIT { Err(TagRefused::TooLong) } else { Ok(()) }
}

/// Whether a key or value may hold it.
pub(crate) fn is_word(letter: char) -> bool {
    WORDS.is_match(letter.encode_utf8(&mut [0; 4]))
}

/// The API's own pattern (2.5), Unicode-aware as in practice: letters, marks, digits, connectors, spaces.
static WORDS: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^[\w\s]+$").expect("the pattern is constant and valid"));

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    fn full() -> Tags {
        (0..TAG_LIMIT).map(|n| (format!("key {n}"), None)).collect()
    }

    #[test]
    fn refuses_what_the_server_would_refuse() {
        let none = Tags::default();
        assert_eq!(none.apply(&TagEdit::set("risk:high", None)), Err(TagRefused::KeyPattern));
        assert_eq!(none.apply(&TagEdit::set("risk", Some("v1.2"))), Err(TagRefused::ValuePattern));
        assert_eq!(none.apply(&TagEdit::set("  ", None)), Err(TagRefused::EmptyKey));
        assert_eq!(none.apply(&TagEdit::set("k", Some(&"x".repeat(101)))), Err(TagRefused::TooLong));
    }

    #[test]
    fn accepts_letters_of_any_script_with_their_marks() {
        for key in ["größe", "थक्यो", "疲れ", "حالة"] {
            assert!(Tags::default().apply(&TagEdit::set(key, Some(key))).is_ok(), "{key}");
        }
    }

    #[test]
    fn a_removal_is_sent_once_and_names_something() {
        let edit = TagEdit { remove: vec!["a".into(), String::new(), "a".into()], ..TagEdit::default() };
        assert_eq!(edit.check().unwrap().remove, ["a"]);
    }

    #[test]
    fn the_twenty_first_is_refused_and_a_change_of_the_twentieth_is_not() {
        assert_eq!(full().apply(&TagEdit::set("one more", None)), Err(TagRefused::TooMany));
        assert!(full().apply(&TagEdit::set("key 3", Some("changed"))).is_ok());
        let mut swap = TagEdit::set("one more", None);
        swap.remove.push("key 0".into());
        assert_eq!(full().apply(&swap).unwrap().len(), TAG_LIMIT);
    }

    #[test]
    fn a_key_cannot_be_set_and_removed_at_once() {
        let mut edit = TagEdit::set(" risk ", None);
        edit.remove.push("risk".into());
        assert_eq!(Tags::default().apply(&edit), Err(TagRefused::Contradiction));
    }

    #[test]
    fn removes_a_tag_the_pattern_would_not_allow() {
        let odd: Tags = [("odd:key".to_owned(), None)].into_iter().collect();
        assert!(odd.apply(&TagEdit::remove("odd:key")).unwrap().is_empty());
    }

    proptest! {
        #[test]
        fn set_then_remove_is_what_it_was(key in "[\\w ]{1,20}", value in proptest::option::of("[\\w ]{1,20}")) {
            prop_assume!(!key.trim().is_empty());
            let before: Tags = [("other".to_owned(), Some("kept".to_owned()))].into_iter().collect();
            prop_assume!(key.trim() != "other");
            if let Ok(set) = before.apply(&TagEdit::set(&key, value.as_deref())) {
                prop_assert_eq!(set.apply(&TagEdit::remove(key.trim())).unwrap(), before);
            }
        }

        #[test]
        fn no_edit_grows_past_the_limit(keys in proptest::collection::vec("[a-z]{1,3}", 0..40)) {
            let mut tags = Tags::default();
            for key in keys {
                if let Ok(next) = tags.apply(&TagEdit::set(&key, None)) { tags = next; }
            }
            prop_assert!(tags.len() <= TAG_LIMIT);
        }
    }
}
