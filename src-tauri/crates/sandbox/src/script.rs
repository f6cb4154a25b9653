//! The scripted conversations of `data/conversations/`, one file each, as they are written by hand.
//!
//! A script holds only what is particular to it; what an API answers besides (ids, times, version info, the transition
//! from one state to the next) is worked out in [`crate::compose`].

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value};

/// Tags of a conversation: a key with a value or without.
pub(crate) type Tags = BTreeMap<String, Option<String>>;

/// One scripted conversation.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Script {
    /// The file's name without `.json`; its clips' names begin with it.
    #[serde(skip)]
    pub(crate) slug: String,
    /// The id of the user who talks.
    pub(crate) person: String,
    /// The key of the service in `organization.json`.
    pub(crate) service: String,
    pub(crate) at: Timestamp,
    #[serde(default = "yes")]
    pub(crate) finished: bool,
    #[serde(default)]
    pub(crate) voice: bool,
    #[serde(default = "release")]
    pub(crate) version_set: String,
    #[serde(default)]
    pub(crate) tags: Tags,
    /// Whether grown conversations may borrow its turns: English, and about nobody in particular.
    #[serde(default)]
    pub(crate) lends: bool,
    /// The espeak-ng voice of the user and the agent; read by `make-speech.sh` only.
    #[serde(default, rename = "speech")]
    pub(crate) _speech: Option<Value>,
    /// How often the turns happen, once a day: `{day}`, `{high}` and `{low}` in them change with the day.
    pub(crate) repeat: Option<u32>,
    pub(crate) turns: Vec<Turn>,
    /// Comments on the conversation as a whole.
    #[serde(default)]
    pub(crate) remarks: Vec<Remark>,
}

fn yes() -> bool {
    true
}

fn release() -> String {
    "release".into()
}

/// One interaction: external events, what the user says, what the agent thinks, what it answers.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Turn {
    #[serde(default)]
    pub(crate) events: Vec<String>,
    pub(crate) user: Option<String>,
    /// Minutes that pass before the turn, besides the time it takes to talk.
    #[serde(default)]
    pub(crate) wait_minutes: i64,
    /// Repeats the user's text until it has at least this many bytes.
    pub(crate) user_bytes: Option<usize>,
    #[serde(default)]
    pub(crate) thoughts: Vec<String>,
    pub(crate) agent: Option<String>,
    /// The state the turn ends in; the one of the turn before when absent.
    pub(crate) state: Option<String>,
    /// The way to that state; one action step when absent and the state changes.
    #[serde(default)]
    pub(crate) path: Vec<Step>,
    /// Tool calls of the final SelectNextAction, in rounds.
    #[serde(default)]
    pub(crate) selecting: Vec<Vec<ToolUse>>,
    /// Tool calls of EngageUser, in rounds.
    #[serde(default)]
    pub(crate) engaging: Vec<Vec<ToolUse>>,
    /// Added to the working memory: `content | context`.
    #[serde(default)]
    pub(crate) remember: Vec<String>,
    #[serde(default)]
    pub(crate) reflect: Vec<String>,
    /// The key of the dynamic behaviour set that was triggered.
    pub(crate) behavior: Option<String>,
    #[serde(default)]
    pub(crate) comments: Vec<Remark>,
    /// Where the turn stands: its script and number from 1, which name its clips.
    #[serde(skip)]
    pub(crate) home: (String, usize),
    #[serde(skip)]
    pub(crate) voice: bool,
}

impl Turn {
    /// The turn as it happens on a day of a diary.
    fn on_day(&self, day: u32) -> Self {
        let (high, low) = (150 - day / 2 + day * 7 % 9, 92 - day / 4 + day * 5 % 7);
        let fill = |text: &String| {
            let text = text.replace("{day}", &day.to_string());
            text.replace("{high}", &high.to_string()).replace("{low}", &low.to_string())
        };
        let mut turn = self.clone();
        turn.user = self.user.as_ref().map(fill);
        turn.agent = self.agent.as_ref().map(fill);
        for call in turn.engaging.iter_mut().flatten() {
            for value in call.input.values_mut() {
                if let Value::String(text) = value {
                    *text = fill(text);
                }
            }
        }
        turn
    }
}

/// One state transition.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Step {
    #[serde(flatten)]
    pub(crate) kind: StepKind,
    pub(crate) to: String,
}

/// The seven kinds of section 2.4.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub(crate) enum StepKind {
    Action {
        #[serde(default)]
        exit: String,
        #[serde(default)]
        calls: Vec<Vec<ToolUse>>,
    },
    Decision {
        #[serde(default)]
        exit: String,
        #[serde(default)]
        calls: Vec<Vec<ToolUse>>,
    },
    Recall {
        queries: Vec<String>,
    },
    Jumpback,
    Annotation {
        /// Which of the turn's thoughts, from 0.
        thought: usize,
    },
    Reflection {
        thought: usize,
        #[serde(default)]
        calls: Vec<Vec<ToolUse>>,
    },
    ToolCall {
        designated: ToolUse,
        #[serde(default)]
        calls: Vec<Vec<ToolUse>>,
    },
}

/// One call of a tool.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ToolUse {
    /// The tool's name in `organization.json`.
    pub(crate) tool: String,
    pub(crate) input: Map<String, Value>,
    /// What it answered; absent for a result that is not stored.
    pub(crate) output: Option<String>,
    pub(crate) ms: u64,
    /// The exception's type and message when it failed.
    pub(crate) failed: Option<(String, String)>,
}

/// A comment by a reviewer.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Remark {
    pub(crate) by: String,
    /// Minutes after the conversation began.
    pub(crate) after_minutes: i64,
    pub(crate) text: String,
    /// Absent when it never was resolved nor reopened.
    pub(crate) resolved: Option<bool>,
}

/// Reads every script, newest first.
///
/// # Errors
/// The file that cannot be read, and why.
pub(crate) fn read_all(files: &[(&str, &[u8])]) -> Result<Vec<Script>, String> {
    let mut scripts = Vec::new();
    for (file, bytes) in files {
        let mut script: Script = serde_json::from_slice(bytes).map_err(|why| format!("{file}: {why}"))?;
        script.slug = file.trim_end_matches(".json").to_owned();
        if let Some(days) = script.repeat {
            script.turns = (1..=days).flat_map(|day| script.turns.iter().map(move |turn| turn.on_day(day))).collect();
        }
        for (index, turn) in script.turns.iter_mut().enumerate() {
            turn.home = (script.slug.clone(), index + 1);
            turn.voice = script.voice;
            if let (Some(text), Some(bytes)) = (&mut turn.user, turn.user_bytes) {
                *text = text.repeat(bytes.div_ceil(text.len().max(1)));
            }
        }
        scripts.push(script);
    }
    scripts.sort_by_key(|script| std::cmp::Reverse(script.at));
    Ok(scripts)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::embedded::{CLIPS, SCRIPTS};
    use crate::organization::Organization;

    fn tools(turn: &Turn) -> impl Iterator<Item = &ToolUse> {
        let on_the_way = turn.path.iter().flat_map(|step| match &step.kind {
            StepKind::Action { calls, .. } | StepKind::Decision { calls, .. } | StepKind::Reflection { calls, .. } => {
                calls.iter().flatten().collect::<Vec<_>>()
            }
            StepKind::ToolCall { designated, calls } => calls.iter().flatten().chain([designated]).collect(),
            StepKind::Recall { .. } | StepKind::Jumpback | StepKind::Annotation { .. } => Vec::new(),
        });
        on_the_way.chain(turn.selecting.iter().flatten()).chain(turn.engaging.iter().flatten())
    }

    #[test]
    fn every_name_in_the_scripts_is_known() {
        let organization = Organization::read().unwrap();
        let scripts = read_all(SCRIPTS).unwrap();
        assert!(scripts.len() >= 40, "{}", scripts.len());
        for script in &scripts {
            let slug = &script.slug;
            let service = organization.service_by_key(&script.service).unwrap_or_else(|| panic!("{slug}: service"));
            assert!(organization.person(&script.person).is_some(), "{slug}: {}", script.person);
            for turn in &script.turns {
                let here = format!("{slug} turn {}", turn.home.1);
                let state = turn.state.as_deref();
                assert!(state.is_none_or(|state| service.state(state).is_some()), "{here}: state {state:?}");
                let behavior = turn.behavior.as_deref();
                let known = |key: &str| organization.behaviors.iter().any(|set| set.key == key);
                assert!(behavior.is_none_or(known), "{here}: behaviour {behavior:?}");
                for call in tools(turn) {
                    assert!(organization.tool(&call.tool).is_some(), "{here}: tool {}", call.tool);
                }
                for step in &turn.path {
                    assert!(service.state(&step.to).is_some(), "{here}: step to {}", step.to);
                }
            }
            let remarks = script.turns.iter().flat_map(|turn| &turn.comments).chain(&script.remarks);
            for remark in remarks {
                assert!(organization.person(&remark.by).is_some(), "{slug}: comment by {}", remark.by);
            }
        }
    }

    #[test]
    fn every_way_ends_in_the_turns_state_and_names_its_thoughts() {
        for script in read_all(SCRIPTS).unwrap() {
            let mut here = None;
            for turn in &script.turns {
                here = turn.state.clone().or(here);
                let place = format!("{} turn {}", script.slug, turn.home.1);
                if let Some(last) = turn.path.last() {
                    assert_eq!(Some(&last.to), here.as_ref(), "{place}");
                }
                for step in &turn.path {
                    if let StepKind::Annotation { thought } | StepKind::Reflection { thought, .. } = &step.kind {
                        assert!(turn.thoughts.get(*thought).is_some(), "{place}: thought {thought}");
                    }
                }
            }
        }
    }

    #[test]
    fn every_spoken_line_is_recorded_and_the_recordings_stay_small() {
        for script in read_all(SCRIPTS).unwrap().iter().filter(|script| script.voice) {
            for turn in &script.turns {
                for (who, line) in [("user", &turn.user), ("agent", &turn.agent)] {
                    let recorded = crate::audio::embedded(&turn.home.0, turn.home.1, who).is_some();
                    assert_eq!(
                        recorded,
                        line.is_some(),
                        "{} turn {} {who}: run make-speech.sh",
                        script.slug,
                        turn.home.1
                    );
                }
            }
        }
        let size: usize = CLIPS.iter().map(|(_, bytes)| bytes.len()).sum();
        assert!(size < 3_000_000, "{size} bytes of speech");
    }

    #[test]
    fn lent_turns_are_about_nobody_in_particular() {
        let organization = Organization::read().unwrap();
        for script in read_all(SCRIPTS).unwrap().iter().filter(|script| script.lends) {
            let person = organization.person(&script.person).unwrap();
            let lent = script.turns.iter().filter(|turn| turn.user.is_some() && turn.agent.is_some());
            for text in lent.flat_map(|turn| turn.user.iter().chain(&turn.agent)) {
                let named = text.contains(&person.first_name) || text.contains(&person.last_name);
                assert!(!named, "{}: {text}", script.slug);
            }
        }
    }
}
