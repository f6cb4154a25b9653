use serde::{Deserialize, Serialize};

use crate::TAG_VALUE_LIMIT;

/// How far the review of a conversation is. A team shares it through a tag, as servers keep no such state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReviewState {
    /// Somebody has begun.
    InProgress,
    /// It is done.
    Done,
    /// It was passed over on purpose.
    Skipped,
}

impl ReviewState {
    const ALL: [Self; 3] = [Self::InProgress, Self::Done, Self::Skipped];

    /// The tag's value.
    pub fn tag_value(self) -> &'static str {
        match self {
            Self::InProgress => "in progress",
            Self::Done => "done",
            Self::Skipped => "skipped",
        }
    }

    /// Reads a tag's value; nothing where somebody uses the tag for something else.
    pub fn from_tag_value(value: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.tag_value() == value)
    }

    /// A reviewer's name as a tag can hold it: what a tag refuses becomes a space. Nothing where no letter is left.
    pub fn reviewer(name: &str) -> Option<String> {
        let allowed = |letter: char| if crate::tags::is_word(letter) { letter } else { ' ' };
        let name: String = name.chars().map(allowed).collect();
        let name: String = name.trim().chars().take(TAG_VALUE_LIMIT).collect();
        let name = name.trim_end();
        (!name.is_empty()).then(|| name.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{TagEdit, Tags};
    use proptest::prelude::*;

    #[test]
    fn every_state_survives_its_tag() {
        for state in ReviewState::ALL {
            assert_eq!(ReviewState::from_tag_value(state.tag_value()), Some(state));
        }
        assert_eq!(ReviewState::from_tag_value("Done"), None);
    }

    #[test]
    fn a_name_loses_only_what_a_tag_refuses() {
        assert_eq!(ReviewState::reviewer("M. Ruiz").as_deref(), Some("M  Ruiz"));
        assert_eq!(ReviewState::reviewer("O'Sullivan, F.").as_deref(), Some("O Sullivan  F"));
        assert_eq!(ReviewState::reviewer("  \u{2014} "), None);
    }

    proptest! {
        #[test]
        fn any_name_can_be_a_tags_value(name in "\\PC{0,200}") {
            if let Some(name) = ReviewState::reviewer(&name) {
                prop_assert!(Tags::default().apply(&TagEdit::set("reviewer", Some(&name))).is_ok(), "{name:?}");
            }
        }
    }
}
