//! Grown conversations: derived from the seed and their index whenever they are asked for, never stored.
//!
//! Each is put together from whole scripted conversations of one service that lend their turns, so it reads sensibly and
//! has messages, insights, tool calls and, every third one, 24 recorded clips. Index 0 is the newest; a larger index is older.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use crate::compose::{Plan, interaction_id};
use crate::conversation::Conversation;
use crate::ids::{mix, object_id};
use crate::organization::{Offer, Organization, Person, Role};
use crate::script::{Script, Tags, Turn};

/// Minutes between two grown conversations.
const GAP_MINUTES: i64 = 15;
/// Turns of a grown voice conversation: a question and an answer each, so 24 clips.
const VOICE_TURNS: usize = 12;

/// The grown part of the organization.
#[derive(Debug)]
pub(crate) struct Growth {
    count: u32,
    seed: u64,
    newest: Timestamp,
    organization: Arc<Organization>,
    patients: Vec<usize>,
    lenders: Vec<Lenders>,
    scripts: Vec<Script>,
}

/// The scripts of one service that lend their turns.
#[derive(Debug)]
struct Lenders {
    service: usize,
    text: Vec<usize>,
    voice: Vec<usize>,
}

/// What filters look at; cheap to derive.
#[derive(Debug, PartialEq)]
pub(crate) struct Facts<'a> {
    pub(crate) user_id: &'a str,
    pub(crate) service_id: &'a str,
    pub(crate) is_finished: bool,
    pub(crate) tags: &'a Tags,
}

impl Growth {
    /// `count` conversations older than every script.
    pub(crate) fn new(count: u32, seed: u64, organization: Arc<Organization>, scripts: Vec<Script>) -> Self {
        let oldest = scripts.iter().map(|script| script.at).min().unwrap_or(organization.founded);
        let lend = |service: &Offer, voice: bool| -> Vec<usize> {
            let fits = |script: &Script| script.lends && script.voice == voice && script.service == service.key;
            (0..scripts.len()).filter(|index| scripts.get(*index).is_some_and(fits)).collect()
        };
        let services = organization.services.iter().enumerate();
        let lenders = services
            .map(|(index, service)| Lenders { service: index, text: lend(service, false), voice: lend(service, true) })
            .filter(|lenders| !lenders.text.is_empty() && !lenders.voice.is_empty())
            .collect();
        let patients = organization.people.iter().enumerate().filter(|(_, person)| person.role == Role::Patient);
        let patients = patients.map(|(index, _)| index).collect();
        Self { count, seed, newest: oldest - SignedDuration::from_hours(1), organization, patients, lenders, scripts }
    }

    pub(crate) fn count(&self) -> u32 {
        self.count
    }

    /// Every third one is a voice conversation.
    pub(crate) fn is_voice(index: u32) -> bool {
        index % 3 == 2
    }

    fn chance(&self, index: u32, what: u64) -> u64 {
        mix(mix(self.seed, u64::from(index)), what)
    }

    fn pick<'a, T>(&self, from: &'a [T], index: u32, what: u64) -> Option<&'a T> {
        let len = u64::try_from(from.len()).ok().filter(|len| *len > 0)?;
        from.get(usize::try_from(self.chance(index, what) % len).ok()?)
    }

    pub(crate) fn created_at(&self, index: u32) -> Timestamp {
        let jitter = i64::try_from(self.chance(index, 1) % 150).unwrap_or(0);
        self.newest - SignedDuration::from_mins(i64::from(index) * GAP_MINUTES) - SignedDuration::from_secs(jitter)
    }

    /// The id holds the index in its last eight digits, so that [`Growth::index_of`] needs no table.
    pub(crate) fn id(&self, index: u32) -> String {
        let check = self.chance(index, 2) & 0xFFFF_FFFF;
        object_id(self.created_at(index).as_second(), (check << 32) | u64::from(index))
    }

    pub(crate) fn index_of(&self, id: &str) -> Option<u32> {
        let index = u32::from_str_radix(id.get(16..)?, 16).ok().filter(|index| *index < self.count)?;
        (self.id(index) == id).then_some(index)
    }

    fn person(&self, index: u32) -> Option<&Person> {
        self.organization.people.get(*self.pick(&self.patients, index, 3)?)
    }

    fn lenders(&self, index: u32) -> Option<(&Offer, &[usize])> {
        let lenders = self.pick(&self.lenders, index, 4)?;
        let scripts = if Self::is_voice(index) { &lenders.voice } else { &lenders.text };
        Some((self.organization.services.get(lenders.service)?, scripts))
    }

    fn is_finished(&self, index: u32) -> bool {
        !self.chance(index, 5).is_multiple_of(11)
    }

    pub(crate) fn facts(&self, index: u32) -> Option<Facts<'_>> {
        Some(Facts {
            user_id: &self.person(index)?.id,
            service_id: &self.lenders(index)?.0.id,
            is_finished: self.is_finished(index),
            tags: self.pick(&self.organization.grown_tags, index, 6)?,
        })
    }

    /// The borrowed turns in order.
    fn turns(&self, index: u32) -> Vec<&Turn> {
        let Some((_, scripts)) = self.lenders(index) else { return Vec::new() };
        let start = usize::try_from(self.chance(index, 7) % scripts.len() as u64).unwrap_or(0);
        let in_order = scripts.iter().cycle().skip(start).filter_map(|script| self.scripts.get(*script));
        let spoken = |turn: &&Turn| turn.user.is_some() && turn.agent.is_some();
        if Self::is_voice(index) {
            in_order.flat_map(|script| &script.turns).filter(spoken).take(VOICE_TURNS).collect()
        } else {
            let scripts = 1 + usize::from(self.chance(index, 8).is_multiple_of(3));
            in_order.take(scripts).flat_map(|script| &script.turns).filter(spoken).collect()
        }
    }

    /// How many messages a caller sees who asks for no inner thoughts, without composing them.
    pub(crate) fn num_messages(&self, index: u32) -> usize {
        self.turns(index).iter().map(|turn| 2 + turn.events.len()).sum()
    }

    /// The latest message's text, without composing the others.
    pub(crate) fn final_message(&self, index: u32) -> &str {
        self.turns(index).last().and_then(|turn| turn.agent.as_deref()).unwrap_or_default()
    }

    /// The interactions' ids in order, without composing them.
    pub(crate) fn interaction_ids(&self, index: u32) -> Vec<String> {
        let (created_at, salt) = (self.created_at(index), self.chance(index, 10));
        (0..self.turns(index).len() as u64).map(|number| interaction_id(created_at, salt, number)).collect()
    }

    pub(crate) fn version_set(&self, index: u32) -> &'static str {
        if self.chance(index, 9).is_multiple_of(9) { "edge" } else { "release" }
    }

    /// The whole conversation.
    pub(crate) fn conversation(&self, index: u32) -> Option<Conversation> {
        let facts = self.facts(index)?;
        let plan = Plan {
            id: self.id(index),
            salt: self.chance(index, 10),
            user_id: facts.user_id.to_owned(),
            created_at: self.created_at(index),
            is_finished: facts.is_finished,
            service: self.lenders(index)?.0,
            version_set: self.version_set(index).to_owned(),
            tags: facts.tags.clone(),
            turns: self.turns(index),
        };
        Some(plan.compose(&self.organization))
    }

    /// The scripted conversations, newest first.
    pub(crate) fn scripted(&self) -> Vec<Conversation> {
        let compose = |script: &Script| {
            let salt = crate::ids::salt(&script.slug);
            let plan = Plan {
                id: object_id(script.at.as_second(), mix(salt, 0)),
                salt,
                user_id: script.person.clone(),
                created_at: script.at,
                is_finished: script.finished,
                service: self.organization.service_by_key(&script.service)?,
                version_set: script.version_set.clone(),
                tags: script.tags.clone(),
                turns: script.turns.iter().collect(),
            };
            Some(plan.compose(&self.organization))
        };
        self.scripts.iter().filter_map(compose).collect()
    }

    pub(crate) fn scripts(&self) -> &[Script] {
        &self.scripts
    }
}
