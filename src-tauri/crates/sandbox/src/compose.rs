//! Works out a conversation from scripted turns: ids, times, and what the API answers besides the words.

use jiff::{SignedDuration, Timestamp};

use crate::conversation::{Call, Clip, Conversation, Insight, Interaction, Kind, Message, Passage, Transition};
use crate::ids::{mix, object_id};
use crate::organization::{Offer, Organization};
use crate::script::{StepKind, Tags, ToolUse, Turn};

/// What a [`Conversation`] is composed of.
pub(crate) struct Plan<'a> {
    pub(crate) id: String,
    pub(crate) salt: u64,
    pub(crate) user_id: String,
    pub(crate) created_at: Timestamp,
    pub(crate) is_finished: bool,
    pub(crate) service: &'a Offer,
    pub(crate) version_set: String,
    pub(crate) tags: Tags,
    pub(crate) turns: Vec<&'a Turn>,
}

impl Plan<'_> {
    /// Works out ids, times and insights.
    pub(crate) fn compose(self, organization: &Organization) -> Conversation {
        let mut conversation = Conversation {
            id: self.id,
            user_id: self.user_id,
            created_at: self.created_at,
            is_finished: self.is_finished,
            service_id: self.service.id.clone(),
            version_set: self.version_set,
            tags: self.tags,
            interactions: Vec::with_capacity(self.turns.len()),
        };
        for turn in self.turns {
            append_turn(&mut conversation, turn, self.service, organization, self.salt, None);
        }
        conversation
    }
}

/// Seconds it takes to say or type `text`.
fn pace(text: &str, voice: bool) -> i64 {
    let letters = i64::try_from(text.chars().count()).unwrap_or(i64::MAX).min(600);
    if voice { 1 + letters / 14 } else { 8 + letters / 6 }
}

/// The id of the interaction with this number; known without composing the ones before, and sorted like them.
pub(crate) fn interaction_id(created_at: Timestamp, salt: u64, number: u64) -> String {
    object_id(created_at.as_second() + number as i64, mix(mix(salt, number), 0))
}

/// Adds `turn` as the conversation's next interaction and answers it. `now` is when it begins; the scripted pace when absent.
pub(crate) fn append_turn(
    conversation: &mut Conversation,
    turn: &Turn,
    service: &Offer,
    organization: &Organization,
    salt: u64,
    now: Option<Timestamp>,
) {
    let number = conversation.interactions.len() as u64;
    let own = mix(salt, number);
    let mut clock = now.unwrap_or_else(|| match conversation.messages().last() {
        Some((_, last)) => last.created_at + SignedDuration::from_secs(pace(&last.text, last.clip.is_some())),
        None => conversation.created_at + SignedDuration::from_secs(1),
    });
    clock += SignedDuration::from_mins(turn.wait_minutes);
    let began = clock;
    let person =
        organization.person(&conversation.user_id).map_or_else(|| conversation.user_id.clone(), |p| p.full_name());
    let agent = organization.agent(&service.agent_id).map_or("Agent", |agent| agent.name.as_str());

    let said = turn.events.iter().map(|text| (Kind::Event, organization.name.as_str(), text));
    let said = said.chain(turn.user.iter().map(|text| (Kind::User, person.as_str(), text)));
    let said = said.chain(turn.thoughts.iter().map(|text| (Kind::Thought, agent, text)));
    let said = said.chain(turn.agent.iter().map(|text| (Kind::Agent, agent, text)));
    let mut messages = Vec::new();
    for (place, (kind, sender, text)) in said.enumerate() {
        messages.push(Message {
            id: object_id(clock.as_second(), mix(own, place as u64 + 1)),
            created_at: clock,
            sender: sender.to_owned(),
            text: text.clone(),
            kind,
            clip: turn.clip(kind),
        });
        let wait = if kind == Kind::User { pace(text, turn.voice) } else { 1 };
        clock += SignedDuration::from_secs(if now.is_some() { 0 } else { wait }) + SignedDuration::from_millis(240);
    }

    let insight = turn.insight(conversation, service, organization, &messages, began);
    let id = interaction_id(conversation.created_at, salt, number);
    conversation.interactions.push(Interaction { id, messages, insight });
}

impl Turn {
    /// The recording of what the user or the agent says in a voice turn.
    fn clip(&self, kind: Kind) -> Option<Clip> {
        let who = match kind {
            Kind::User => "user",
            Kind::Agent => "agent",
            Kind::Thought | Kind::Event => return None,
        };
        if !self.voice {
            return None;
        }
        crate::audio::embedded(&self.home.0, self.home.1, who).map(Clip::Embedded)
    }

    fn insight(
        &self,
        conversation: &Conversation,
        service: &Offer,
        organization: &Organization,
        messages: &[Message],
        began: Timestamp,
    ) -> Insight {
        let before = conversation.interactions.last().map(|interaction| &interaction.insight);
        let first = || service.states.first().map_or_else(String::new, |state| state.name.clone());
        let from = before.map_or_else(first, |insight| insight.state.clone());
        let state = self.state.clone().unwrap_or_else(|| from.clone());
        let known = service.state(&state);
        let split = |text: &String| match text.split_once(" | ") {
            Some((content, context)) => (content.to_owned(), context.to_owned()),
            None => (text.clone(), String::new()),
        };
        let mut memory = before.map(|insight| insight.memory.clone()).unwrap_or_default();
        memory.extend(self.remember.iter().map(split));
        let rounds = |rounds: &[Vec<ToolUse>]| {
            rounds.iter().map(|round| round.iter().map(|call| call.at(began)).collect()).collect()
        };
        let machine = (service.machine_id.clone(), service.versions(&conversation.version_set).1);
        Insight {
            action: known.map_or_else(String::new, |state| state.action.clone()),
            objective: known.map_or_else(String::new, |state| state.objective.clone()),
            transitions: self.transitions(from, &state, service, messages, began),
            state,
            machine,
            memory,
            reflections: self.reflect.clone(),
            behavior: self.behavior.as_ref().and_then(|key| {
                organization.behaviors.iter().find(|set| set.key == *key).map(|set| (set.id.clone(), set.version))
            }),
            selecting: rounds(&self.selecting),
            engaging: rounds(&self.engaging),
        }
    }

    fn transitions(
        &self,
        from: String,
        state: &str,
        service: &Offer,
        messages: &[Message],
        began: Timestamp,
    ) -> Vec<Transition> {
        let exit_of = |name: &str| service.state(name).map_or_else(String::new, |state| state.exit.clone());
        if self.path.is_empty() {
            if from == state {
                return Vec::new();
            }
            let kind = Passage::Action { exit: exit_of(&from), calls: Vec::new() };
            return vec![Transition { from, to: state.to_owned(), kind }];
        }
        let thought = |index: usize| {
            let thoughts = messages.iter().filter(|message| message.kind == Kind::Thought);
            thoughts.into_iter().nth(index).map_or_else(String::new, |message| message.id.clone())
        };
        let rounds = |rounds: &[Vec<ToolUse>]| -> Vec<Vec<Call>> {
            rounds.iter().map(|round| round.iter().map(|call| call.at(began)).collect()).collect()
        };
        let mut here = from;
        let mut passed = Vec::new();
        for step in &self.path {
            let or_usual = |exit: &String| if exit.is_empty() { exit_of(&here) } else { exit.clone() };
            let kind = match &step.kind {
                StepKind::Action { exit, calls } => Passage::Action { exit: or_usual(exit), calls: rounds(calls) },
                StepKind::Decision { exit, calls } => Passage::Decision { exit: or_usual(exit), calls: rounds(calls) },
                StepKind::Recall { queries } => Passage::Recall { queries: queries.clone() },
                StepKind::Jumpback => Passage::Jumpback,
                StepKind::Annotation { thought: index } => Passage::Annotation { thought: thought(*index) },
                StepKind::Reflection { thought: index, calls } => {
                    Passage::Reflection { thought: thought(*index), calls: rounds(calls) }
                }
                StepKind::ToolCall { designated, calls } => {
                    Passage::ToolCall { designated: designated.at(began), calls: rounds(calls) }
                }
            };
            passed.push(Transition { from: here, to: step.to.clone(), kind });
            here = step.to.clone();
        }
        passed
    }
}

impl ToolUse {
    fn at(&self, at: Timestamp) -> Call {
        Call {
            tool: self.tool.clone(),
            at,
            input: self.input.clone(),
            output: self.output.clone(),
            ms: self.ms,
            failed: self.failed.clone(),
        }
    }
}
