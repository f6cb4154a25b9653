//! What the reviewer's keys are. Which actions there are, the window knows; here is only what a file can be held to.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use specta::Type;

/// The most entries of each list that are kept.
const MOST_ACTIONS: usize = 200;
/// The most keys of one action.
const MOST_CHORDS: usize = 8;
/// The longest name of an action, and of a key with what is held down.
const LONGEST: usize = 60;

/// Which keys there are at first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum KeyPreset {
    /// Letters and signs.
    #[default]
    Console,
    /// The arrow keys as well.
    Arrows,
}

/// The keys of one action, in place of those it has at first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct KeyBinding {
    /// The action, as the window names it.
    pub action: String,
    /// Its keys, as the window writes them; none takes the action off the keyboard.
    pub chords: Vec<String>,
}

/// How often an action was chosen by its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ActionUse {
    /// The action, as the window names it.
    pub action: String,
    /// How often.
    pub times: u16,
}

/// The keyboard, and the other ways to the same actions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Keyboard {
    /// Which keys there are at first.
    pub preset: KeyPreset,
    /// Whether a letter, digit or sign alone does anything.
    pub single_keys: bool,
    /// What was changed.
    pub bindings: Vec<KeyBinding>,
    /// Whether the window has a menu bar, where that is a choice.
    pub menu_bar: bool,
    /// What was chosen by its name, for what is used most to be offered first.
    pub uses: Vec<ActionUse>,
}

impl Default for Keyboard {
    fn default() -> Self {
        Self { preset: KeyPreset::Console, single_keys: true, bindings: Vec::new(), menu_bar: false, uses: Vec::new() }
    }
}

impl Keyboard {
    /// Reads a part of a settings file: what is missing or wrong is as at first, the rest stays.
    pub(crate) fn from_untrusted(content: &Value) -> Self {
        fn one<T: serde::de::DeserializeOwned>(value: &Value) -> Option<T> {
            T::deserialize(value).ok()
        }
        fn each<T: serde::de::DeserializeOwned>(list: Option<&Value>) -> Vec<T> {
            list.and_then(Value::as_array).into_iter().flatten().filter_map(one).collect()
        }
        let first = Self::default();
        Self {
            preset: content.get("preset").and_then(one).unwrap_or(first.preset),
            single_keys: content.get("singleKeys").and_then(one).unwrap_or(first.single_keys),
            bindings: each(content.get("bindings")),
            menu_bar: content.get("menuBar").and_then(one).unwrap_or(first.menu_bar),
            uses: each(content.get("uses")),
        }
        .valid()
    }

    /// This keyboard with only what can be, and not too much of it.
    #[must_use]
    pub(crate) fn valid(mut self) -> Self {
        self.bindings.retain(|binding| is_name(&binding.action));
        self.bindings.truncate(MOST_ACTIONS);
        for KeyBinding { chords, .. } in &mut self.bindings {
            chords.retain(|chord| is_text(chord));
            chords.truncate(MOST_CHORDS);
        }
        self.uses.retain(|used| is_name(&used.action));
        self.uses.truncate(MOST_ACTIONS);
        self
    }
}

/// As the window names its actions: nothing of what a reviewer reads or writes can look like that for long.
fn is_name(text: &str) -> bool {
    is_text(text) && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

fn is_text(text: &str) -> bool {
    (1..=LONGEST).contains(&text.len()) && !text.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn what_is_kept_is_read_again() {
        let kept = Keyboard {
            preset: KeyPreset::Arrows,
            single_keys: false,
            bindings: vec![
                KeyBinding { action: "done".into(), chords: vec!["F9".into(), "mod+Enter".into()] },
                KeyBinding { action: "follow".into(), chords: Vec::new() },
            ],
            menu_bar: true,
            uses: vec![ActionUse { action: "export-history".into(), times: 3 }],
        };
        assert_eq!(Keyboard::from_untrusted(&serde_json::to_value(&kept).unwrap()), kept);
    }

    #[test]
    fn a_wrong_entry_costs_only_itself() {
        let read = Keyboard::from_untrusted(&json!({
            "preset": "emacs", "singleKeys": 0, "menuBar": "yes",
            "bindings": [
                7,
                {"action": "done"},
                {"action": "<b>done</b>", "chords": ["F9"]},
                {"action": "x".repeat(LONGEST + 1), "chords": ["F9"]},
                {"action": "done", "chords": ["F9", "", "a\nb", "x".repeat(LONGEST + 1)]},
            ],
            "uses": [{"action": "done", "times": -1}, {"action": "done", "times": 70000}, {"action": "tag", "times": 2}],
        }));
        let binding = KeyBinding { action: "done".into(), chords: vec!["F9".into()] };
        let used = ActionUse { action: "tag".into(), times: 2 };
        assert_eq!(read, Keyboard { bindings: vec![binding], uses: vec![used], ..Keyboard::default() });
        assert_eq!(Keyboard::from_untrusted(&json!("nonsense")), Keyboard::default());
    }

    #[test]
    fn a_hostile_file_stays_small() {
        let many = |entry: Value| Value::Array(vec![entry; 5_000]);
        let read = Keyboard::from_untrusted(&json!({
            "bindings": many(json!({"action": "done", "chords": vec!["F9"; 5_000]})),
            "uses": many(json!({"action": "done", "times": 1})),
        }));
        assert_eq!((read.bindings.len(), read.uses.len()), (MOST_ACTIONS, MOST_ACTIONS));
        assert!(read.bindings.iter().all(|binding| binding.chords.len() == MOST_CHORDS));
    }

    proptest! {
        #[test]
        fn whatever_is_read_is_read_the_same_again(action in ".{0,70}", chord in ".{0,70}", times: u16) {
            let given = json!({"bindings": [{"action": action, "chords": [chord]}], "uses": [{"action": action, "times": times}]});
            let read = Keyboard::from_untrusted(&given);
            prop_assert_eq!(Keyboard::from_untrusted(&serde_json::to_value(&read).unwrap()), read);
        }
    }
}
