//! The conversations as they stand: scripted and grown ones underneath, what was changed or created in this run on top.
//!
//! Newest first: created in this run, then scripted, then grown. A changed conversation is kept whole in memory; the
//! others are worked out when asked for.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, OnceLock};

use jiff::Timestamp;

use crate::conversation::{Conversation, Shared};
use crate::growth::Growth;
use crate::organization::Organization;
use crate::script::{Script, Tags};

#[derive(Debug)]
pub(crate) struct Conversations {
    organization: Arc<Organization>,
    scripted: Vec<Shared>,
    growth: Growth,
    /// By id: conversations of this run and changed ones.
    on_top: HashMap<String, Shared>,
    /// Ids of this run's, oldest first.
    created: Vec<String>,
    /// Ids of those that were deleted.
    gone: BTreeSet<String>,
    people: OnceLock<HashMap<String, Activity>>,
}

/// What a person did before this run.
#[derive(Debug, Default, Clone)]
pub(crate) struct Activity {
    pub(crate) conversations: usize,
    pub(crate) messages: usize,
    pub(crate) last: Option<Timestamp>,
}

/// What comments need to know of a conversation.
pub(crate) struct Outline {
    pub(crate) id: String,
    pub(crate) created_at: Timestamp,
    pub(crate) interactions: Vec<String>,
}

/// Which conversations are wanted; an empty list means all.
#[derive(Debug, Default)]
pub(crate) struct Filter {
    pub(crate) ids: Vec<String>,
    pub(crate) users: Vec<String>,
    pub(crate) services: Vec<String>,
    pub(crate) is_finished: Option<bool>,
    pub(crate) tags: Vec<TagFilter>,
}

/// One `tag=` of the list (section 2.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum TagFilter {
    /// `key:value`
    Value(String, String),
    /// `key:*`
    Any(String),
    /// `key:`
    Null(String),
}

impl TagFilter {
    /// `None` without a colon or without a key.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (key, value) = text.split_once(':').filter(|(key, _)| !key.is_empty())?;
        Some(match value {
            "*" => Self::Any(key.into()),
            "" => Self::Null(key.into()),
            value => Self::Value(key.into(), value.into()),
        })
    }

    fn fits(&self, tags: &Tags) -> bool {
        match self {
            Self::Value(key, value) => tags.get(key).is_some_and(|held| held.as_ref() == Some(value)),
            Self::Any(key) => tags.contains_key(key),
            Self::Null(key) => tags.get(key).is_some_and(Option::is_none),
        }
    }
}

impl Filter {
    fn fits(&self, user: &str, service: &str, finished: bool, tags: &Tags) -> bool {
        (self.users.is_empty() || self.users.iter().any(|wanted| wanted == user))
            && (self.services.is_empty() || self.services.iter().any(|wanted| wanted == service))
            && self.is_finished.is_none_or(|wanted| wanted == finished)
            && self.tags.iter().all(|wanted| wanted.fits(tags))
    }

    fn is_open(&self) -> bool {
        self.ids.is_empty()
            && self.users.is_empty()
            && self.services.is_empty()
            && self.is_finished.is_none()
            && self.tags.is_empty()
    }
}

/// A conversation in a list: held whole, or grown and not composed.
#[derive(Debug)]
pub(crate) enum Row {
    Whole(Shared),
    Grown(u32),
}

impl Conversations {
    pub(crate) fn new(growth: Growth, organization: Arc<Organization>) -> Self {
        let scripted = growth.scripted().into_iter().map(Arc::new).collect();
        Self {
            organization,
            scripted,
            growth,
            on_top: HashMap::new(),
            created: Vec::new(),
            gone: BTreeSet::new(),
            people: OnceLock::new(),
        }
    }

    pub(crate) fn organization(&self) -> &Organization {
        &self.organization
    }

    pub(crate) fn growth(&self) -> &Growth {
        &self.growth
    }

    /// Scripts with what was composed from them.
    pub(crate) fn scripted(&self) -> impl Iterator<Item = (&Script, &Shared)> {
        self.growth.scripts().iter().zip(&self.scripted)
    }

    /// How many there are, without those of this run.
    pub(crate) fn lasting(&self) -> u32 {
        u32::try_from(self.scripted.len()).unwrap_or(u32::MAX).saturating_add(self.growth.count())
    }

    fn total(&self) -> usize {
        self.created.len() + self.scripted.len() + self.growth.count() as usize
    }

    /// The row at this place, newest first.
    fn row(&self, place: usize) -> Option<Row> {
        let created = self.created.len();
        if place < created {
            return self.created.get(created - 1 - place).and_then(|id| self.on_top.get(id)).cloned().map(Row::Whole);
        }
        match self.scripted.get(place - created) {
            Some(whole) => Some(Row::Whole(self.on_top.get(&whole.id).unwrap_or(whole).clone())),
            None => self.grown_row(u32::try_from(place - created - self.scripted.len()).ok()?),
        }
    }

    fn grown_row(&self, index: u32) -> Option<Row> {
        if index >= self.growth.count() {
            return None;
        }
        // Most runs change few conversations: the id is worked out only when there is something it could be on top of.
        let changed = if self.on_top.is_empty() { None } else { self.on_top.get(&self.growth.id(index)) };
        Some(changed.cloned().map_or(Row::Grown(index), Row::Whole))
    }

    fn fits(&self, row: &Row, filter: &Filter) -> bool {
        match row {
            Row::Whole(whole) => {
                !self.gone.contains(&whole.id)
                    && filter.fits(&whole.user_id, &whole.service_id, whole.is_finished, &whole.tags)
            }
            Row::Grown(index) => {
                let is_gone = !self.gone.is_empty() && self.gone.contains(&self.growth.id(*index));
                !is_gone
                    && self.growth.facts(*index).is_some_and(|facts| {
                        filter.fits(facts.user_id, facts.service_id, facts.is_finished, facts.tags)
                    })
            }
        }
    }

    /// One page, newest first unless `ascending`, and whether there are more.
    pub(crate) fn page(&self, filter: &Filter, ascending: bool, offset: usize, limit: usize) -> (Vec<Row>, bool) {
        let total = self.total();
        let in_order = |place: usize| self.row(if ascending { total - 1 - place } else { place });
        let mut rows: Vec<Row> = if filter.is_open() && self.gone.is_empty() {
            (offset.min(total)..total).map_while(in_order).take(limit + 1).collect()
        } else if filter.ids.is_empty() {
            (0..total).filter_map(in_order).filter(|row| self.fits(row, filter)).skip(offset).take(limit + 1).collect()
        } else {
            let ids: BTreeSet<&String> = filter.ids.iter().collect();
            let mut found: Vec<Shared> = ids.into_iter().filter_map(|id| self.find(id)).collect();
            found.sort_by_key(|whole| whole.created_at);
            if !ascending {
                found.reverse();
            }
            let rows = found.into_iter().map(Row::Whole);
            rows.filter(|row| self.fits(row, filter)).skip(offset).take(limit + 1).collect()
        };
        let more = rows.len() > limit;
        rows.truncate(limit);
        (rows, more)
    }

    /// The whole conversation.
    pub(crate) fn find(&self, id: &str) -> Option<Shared> {
        if self.gone.contains(id) {
            return None;
        }
        if let Some(found) = self.on_top.get(id) {
            return Some(found.clone());
        }
        if let Some(found) = self.scripted.iter().find(|whole| whole.id == id) {
            return Some(found.clone());
        }
        self.growth.conversation(self.growth.index_of(id)?).map(Arc::new)
    }

    /// Keeps a changed conversation.
    pub(crate) fn put(&mut self, changed: Conversation) {
        self.on_top.insert(changed.id.clone(), Arc::new(changed));
    }

    /// Deletes a conversation.
    pub(crate) fn delete(&mut self, id: String) {
        self.gone.insert(id);
    }

    /// Keeps a new conversation.
    pub(crate) fn add(&mut self, new: Conversation) {
        self.created.push(new.id.clone());
        self.put(new);
    }

    /// This run's conversations, newest first.
    pub(crate) fn created(&self) -> impl Iterator<Item = &Shared> {
        self.created.iter().rev().filter_map(|id| self.on_top.get(id))
    }

    /// The place of a scripted or grown conversation among [`Conversations::lasting`].
    pub(crate) fn lasting_position(&self, id: &str) -> Option<u32> {
        if let Some(place) = self.scripted.iter().position(|whole| whole.id == id) {
            return u32::try_from(place).ok();
        }
        Some(u32::try_from(self.scripted.len()).ok()? + self.growth.index_of(id)?)
    }

    pub(crate) fn lasting_created_at(&self, position: u32) -> Timestamp {
        match self.scripted.get(position as usize) {
            Some(whole) => whole.created_at,
            None => self.growth.created_at(position.saturating_sub(u32::try_from(self.scripted.len()).unwrap_or(0))),
        }
    }

    pub(crate) fn lasting_outline(&self, position: u32) -> Option<Outline> {
        if let Some(whole) = self.scripted.get(position as usize) {
            let interactions = whole.interactions.iter().map(|interaction| interaction.id.clone()).collect();
            return Some(Outline { id: whole.id.clone(), created_at: whole.created_at, interactions });
        }
        let index = position.checked_sub(u32::try_from(self.scripted.len()).ok()?)?;
        Some(Outline {
            id: self.growth.id(index),
            created_at: self.growth.created_at(index),
            interactions: self.growth.interaction_ids(index),
        })
    }

    /// What each person did before this run; counted once, when first asked for.
    pub(crate) fn activity(&self, user_id: &str) -> Activity {
        let people = self.people.get_or_init(|| {
            let mut people: HashMap<String, Activity> = HashMap::new();
            let mut count = |user: &str, messages: usize, at: Timestamp| {
                let activity = people.entry(user.to_owned()).or_default();
                activity.conversations += 1;
                activity.messages += messages;
                activity.last = activity.last.max(Some(at));
            };
            for whole in &self.scripted {
                count(&whole.user_id, whole.num_messages(), whole.last_at());
            }
            for index in 0..self.growth.count() {
                if let Some(facts) = self.growth.facts(index) {
                    count(facts.user_id, self.growth.num_messages(index), self.growth.created_at(index));
                }
            }
            people
        });
        people.get(user_id).cloned().unwrap_or_default()
    }
}
