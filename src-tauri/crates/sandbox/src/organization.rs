//! The made-up organization: its services, agents, tools and people, from `data/organization.json`.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

/// Everything about the organization that no conversation changes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Organization {
    pub(crate) id: String,
    pub(crate) name: String,
    /// The user id of the reviewer who signs in.
    pub(crate) reviewer: String,
    pub(crate) founded: Timestamp,
    pub(crate) services: Vec<Offer>,
    pub(crate) agents: Vec<Agent>,
    pub(crate) tools: Vec<Tool>,
    pub(crate) behaviors: Vec<Behavior>,
    pub(crate) people: Vec<Person>,
    /// Tags that grown conversations carry, one set each.
    pub(crate) grown_tags: Vec<crate::script::Tags>,
    /// What reviewers write in grown comments.
    pub(crate) grown_comments: Vec<String>,
}

/// A service: what the API calls a pairing of an agent and a state machine.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Offer {
    /// How scripts name it.
    pub(crate) key: String,
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) is_active: bool,
    pub(crate) agent_id: String,
    pub(crate) machine_id: String,
    /// Version set name → (agent version, state machine version).
    pub(crate) version_sets: BTreeMap<String, (i64, i64)>,
    pub(crate) tags: Vec<(String, Option<String>)>,
    pub(crate) keyterms: Vec<String>,
    pub(crate) states: Vec<State>,
    /// What the agent says first.
    pub(crate) opening: String,
    /// What it answers while somebody talks to it, in turn.
    pub(crate) replies: Vec<String>,
    /// What a user might say next.
    pub(crate) suggestions: Vec<String>,
}

/// A state of a service's state machine.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct State {
    pub(crate) name: String,
    pub(crate) action: String,
    pub(crate) objective: String,
    /// The condition on which it is left.
    pub(crate) exit: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Agent {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) deprecated: bool,
    pub(crate) latest_version: Option<i64>,
    pub(crate) background: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Tool {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) version: (u32, u32, u32),
    pub(crate) deprecated: bool,
    pub(crate) envvars: Vec<String>,
}

/// A dynamic behaviour set, as far as insights name it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Behavior {
    pub(crate) key: String,
    pub(crate) id: String,
    pub(crate) version: i64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Person {
    pub(crate) id: String,
    pub(crate) first_name: String,
    pub(crate) last_name: String,
    /// `patient` or `reviewer`.
    pub(crate) role: Role,
    pub(crate) language: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Role {
    Patient,
    Reviewer,
}

impl Role {
    /// The role's id, which is what the API answers.
    pub(crate) fn id(self) -> &'static str {
        match self {
            Self::Patient => "65f0c1a2b3d4e5f60718a001",
            Self::Reviewer => "65f0c1a2b3d4e5f60718a002",
        }
    }
}

impl Person {
    pub(crate) fn full_name(&self) -> String {
        format!("{} {}", self.first_name, self.last_name)
    }

    pub(crate) fn email(&self) -> String {
        format!("{}@northwind.example", self.id)
    }
}

impl Organization {
    /// Reads the embedded organization.
    ///
    /// # Errors
    /// What serde says when the file does not fit.
    pub(crate) fn read() -> Result<Self, serde_json::Error> {
        serde_json::from_str(include_str!("../data/organization.json"))
    }

    pub(crate) fn service(&self, id: &str) -> Option<&Offer> {
        self.services.iter().find(|service| service.id == id)
    }

    pub(crate) fn service_by_key(&self, key: &str) -> Option<&Offer> {
        self.services.iter().find(|service| service.key == key)
    }

    pub(crate) fn person(&self, id: &str) -> Option<&Person> {
        self.people.iter().find(|person| person.id == id)
    }

    pub(crate) fn tool(&self, name: &str) -> Option<&Tool> {
        self.tools.iter().find(|tool| tool.name == name)
    }

    pub(crate) fn agent(&self, id: &str) -> Option<&Agent> {
        self.agents.iter().find(|agent| agent.id == id)
    }
}

impl Offer {
    pub(crate) fn state(&self, name: &str) -> Option<&State> {
        self.states.iter().find(|state| state.name == name)
    }

    /// The versions behind a version set; those of "release" for a name that no longer exists.
    pub(crate) fn versions(&self, set: &str) -> (i64, i64) {
        self.version_sets.get(set).or_else(|| self.version_sets.get("release")).copied().unwrap_or((1, 1))
    }

    /// `llm_model_preferences` in the form of the edition: today's `params`, or the older flat numbers.
    pub(crate) fn llm_preferences(current: bool) -> Value {
        if current {
            serde_json::json!({
                "EngageUser": {"llm_name": "aster-large", "params": {"temperature": 0.4}},
                "SelectNextAction": {"llm_name": "aster-small", "params": {}},
            })
        } else {
            serde_json::json!({
                "EngageUser": {"llm_name": "aster-large", "temperature": 0.4, "top_p": 1.0, "top_k": null},
            })
        }
    }
}
