//! Feedback: comments on interactions and on conversations, scripted, grown and made while the server runs.

use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use jiff::{SignedDuration, Timestamp};

use crate::ids::{mix, object_id, salt};
use crate::world::Conversations;

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Comment {
    pub(crate) id: String,
    pub(crate) user_id: String,
    pub(crate) conversation_id: String,
    /// Absent for a comment on the conversation as a whole.
    pub(crate) interaction_id: Option<String>,
    pub(crate) created_at: Timestamp,
    pub(crate) text: String,
    /// Absent until it is resolved or reopened for the first time.
    pub(crate) resolved: Option<bool>,
}

/// Why a change is refused.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    Missing,
    /// Once resolved, the text cannot be changed.
    Resolved,
}

/// All comments; what was changed lies over what is derived.
#[derive(Debug)]
pub(crate) struct Comments {
    scripted: Vec<Comment>,
    grown: u32,
    seed: u64,
    keys: OnceLock<Grown>,
    made: Vec<Comment>,
    /// By id; `None` is deleted.
    changed: HashMap<String, Option<Comment>>,
}

/// Where and when the grown comments are: light enough for a hundred thousand, worked out when a list is first asked for.
#[derive(Debug, Default)]
struct Grown {
    by_conversation: HashMap<u32, Vec<u32>>,
    created_at: Vec<Timestamp>,
}

/// Which comments are wanted.
#[derive(Debug, Default)]
pub(crate) struct Wanted<'a> {
    pub(crate) on_interactions: bool,
    pub(crate) conversations: &'a [String],
    pub(crate) interactions: &'a [String],
}

/// What a list of comments is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SortField {
    CreatedAt,
    User,
    Conversation,
    Interaction,
    /// All users belong to the one organization, so this never decides.
    Organization,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SortKey {
    pub(crate) field: SortField,
    pub(crate) descending: bool,
}

impl SortKey {
    fn compare(self, a: &Comment, b: &Comment) -> Ordering {
        let order = match self.field {
            SortField::CreatedAt => a.created_at.cmp(&b.created_at),
            SortField::User => a.user_id.cmp(&b.user_id),
            SortField::Conversation => a.conversation_id.cmp(&b.conversation_id),
            SortField::Interaction => a.interaction_id.cmp(&b.interaction_id),
            SortField::Organization => Ordering::Equal,
        };
        if self.descending { order.reverse() } else { order }
    }
}

impl Comments {
    pub(crate) fn new(grown: u32, seed: u64, conversations: &Conversations) -> Self {
        let mut scripted = Vec::new();
        for (script, conversation) in conversations.scripted() {
            let place = |number: usize| mix(salt(&script.slug), 0xC000 + number as u64);
            let on_turns = script.turns.iter().zip(&conversation.interactions);
            let on_turns = on_turns.flat_map(|(turn, interaction)| {
                turn.comments.iter().map(|remark| (remark, Some(interaction.id.clone())))
            });
            let all = on_turns.chain(script.remarks.iter().map(|remark| (remark, None)));
            for (number, (remark, interaction_id)) in all.enumerate() {
                let created_at = conversation.created_at + SignedDuration::from_mins(remark.after_minutes);
                scripted.push(Comment {
                    id: object_id(created_at.as_second(), place(number)),
                    user_id: remark.by.clone(),
                    conversation_id: conversation.id.clone(),
                    interaction_id,
                    created_at,
                    text: remark.text.clone(),
                    resolved: remark.resolved,
                });
            }
        }
        Self { scripted, grown, seed, keys: OnceLock::new(), made: Vec::new(), changed: HashMap::new() }
    }

    /// The conversation a grown comment is on: spread evenly, in no visible order.
    fn position(&self, number: u32, conversations: &Conversations) -> u32 {
        let total = conversations.lasting().max(1);
        u32::try_from((u64::from(number) * 7919 + self.seed) % u64::from(total)).unwrap_or(0)
    }

    fn keys(&self, conversations: &Conversations) -> &Grown {
        self.keys.get_or_init(|| {
            let mut keys = Grown::default();
            for number in 0..self.grown {
                let position = self.position(number, conversations);
                keys.by_conversation.entry(position).or_default().push(number);
                keys.created_at.push(self.grown_at(number, conversations.lasting_created_at(position)));
            }
            keys
        })
    }

    fn grown_id(&self, number: u32) -> String {
        let check = mix(self.seed ^ 0xC0, u64::from(number)) & 0xFFFF_FFFF;
        object_id(0x691d_95d4, (check << 32) | u64::from(number))
    }

    fn grown_number(&self, id: &str) -> Option<u32> {
        let number = u32::from_str_radix(id.get(16..)?, 16).ok().filter(|number| *number < self.grown)?;
        (self.grown_id(number) == id).then_some(number)
    }

    fn grown_at(&self, number: u32, conversation: Timestamp) -> Timestamp {
        let seconds = mix(self.seed ^ 0xC2, u64::from(number)) % 2400;
        conversation + SignedDuration::from_secs(1200 + i64::try_from(seconds).unwrap_or(0))
    }

    fn grown(&self, number: u32, conversations: &Conversations) -> Option<Comment> {
        let on = conversations.lasting_outline(self.position(number, conversations))?;
        let chance = |what: u64| mix(mix(self.seed ^ 0xC1, u64::from(number)), what);
        let pick = |len: usize, what: u64| usize::try_from(chance(what) % len.max(1) as u64).unwrap_or(0);
        let organization = conversations.organization();
        let reviewers: Vec<_> =
            organization.people.iter().filter(|person| person.role == crate::organization::Role::Reviewer).collect();
        Some(Comment {
            id: self.grown_id(number),
            user_id: reviewers.get(pick(reviewers.len(), 2))?.id.clone(),
            interaction_id: Some(on.interactions.get(pick(on.interactions.len(), 3))?.clone()),
            created_at: self.grown_at(number, on.created_at),
            conversation_id: on.id,
            text: organization.grown_comments.get(pick(organization.grown_comments.len(), 4))?.clone(),
            resolved: [Some(true), Some(false), None].get(pick(3, 5)).copied().flatten(),
        })
    }

    fn seen(&self, comment: Comment) -> Option<Comment> {
        match self.changed.get(&comment.id) {
            Some(changed) => changed.clone(),
            None => Some(comment),
        }
    }

    /// One page of the comments wanted, and whether there are more.
    pub(crate) fn page(
        &self,
        wanted: &Wanted<'_>,
        sort: &[SortKey],
        offset: usize,
        limit: usize,
        conversations: &Conversations,
    ) -> (Vec<Comment>, bool) {
        let fits = |comment: &Comment| {
            comment.interaction_id.is_some() == wanted.on_interactions
                && (wanted.conversations.is_empty() || wanted.conversations.contains(&comment.conversation_id))
                && (wanted.interactions.is_empty()
                    || comment.interaction_id.as_ref().is_some_and(|id| wanted.interactions.contains(id)))
        };
        let ready = self.made.iter().chain(&self.scripted).cloned();
        let ready: Vec<Comment> =
            ready.filter_map(|comment| self.seen(comment)).filter(|comment| fits(comment)).collect();
        let numbers: Vec<u32> = if !wanted.on_interactions {
            Vec::new()
        } else if wanted.conversations.is_empty() {
            (0..self.grown).collect()
        } else {
            let positions: HashSet<u32> =
                wanted.conversations.iter().filter_map(|id| conversations.lasting_position(id)).collect();
            let on = positions.iter().filter_map(|at| self.keys(conversations).by_conversation.get(at));
            on.flatten().copied().collect()
        };
        let by_time = sort.iter().all(|key| key.field == SortField::CreatedAt);
        if by_time && wanted.interactions.is_empty() {
            let descending = sort.first().is_some_and(|key| key.descending);
            return self.page_by_time(ready, &numbers, descending, offset, limit, conversations);
        }
        let grown = numbers.into_iter().filter_map(|number| self.grown(number, conversations));
        let grown = grown.filter_map(|comment| self.seen(comment)).filter(fits);
        let mut all: Vec<Comment> = ready.into_iter().chain(grown).collect();
        all.sort_by(|a, b| sort.iter().fold(Ordering::Equal, |order, key| order.then_with(|| key.compare(a, b))));
        let more = all.len() > offset.saturating_add(limit);
        (all.into_iter().skip(offset).take(limit).collect(), more)
    }

    /// Only the page's own grown comments are derived whole; the others count by their time.
    fn page_by_time(
        &self,
        ready: Vec<Comment>,
        numbers: &[u32],
        descending: bool,
        offset: usize,
        limit: usize,
        conversations: &Conversations,
    ) -> (Vec<Comment>, bool) {
        let deleted: HashSet<u32> = self
            .changed
            .iter()
            .filter(|(_, comment)| comment.is_none())
            .filter_map(|(id, _)| self.grown_number(id))
            .collect();
        let times = &self.keys(conversations).created_at;
        let grown = numbers.iter().filter(|number| !deleted.contains(number));
        let grown = grown.filter_map(|number| Some((*times.get(*number as usize)?, Err(*number))));
        let mut all: Vec<(Timestamp, Result<usize, u32>)> =
            ready.iter().enumerate().map(|(index, comment)| (comment.created_at, Ok(index))).chain(grown).collect();
        if descending {
            all.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
        } else {
            all.sort_by_key(|(at, _)| *at);
        }
        let more = all.len() > offset.saturating_add(limit);
        let page = all.into_iter().skip(offset).take(limit).filter_map(|(_, place)| match place {
            Ok(index) => ready.get(index).cloned(),
            Err(number) => self.grown(number, conversations).and_then(|comment| self.seen(comment)),
        });
        (page.collect(), more)
    }

    pub(crate) fn find(&self, id: &str, conversations: &Conversations) -> Option<Comment> {
        let ready = self.made.iter().chain(&self.scripted).find(|comment| comment.id == id).cloned();
        let comment = ready.or_else(|| self.grown(self.grown_number(id)?, conversations))?;
        self.seen(comment)
    }

    pub(crate) fn add(&mut self, comment: Comment) {
        self.made.push(comment);
    }

    /// Changes text and state; `None` leaves as is. With `forced`, also the text of a resolved comment.
    ///
    /// # Errors
    /// [`Refusal`].
    pub(crate) fn change(
        &mut self,
        id: &str,
        text: Option<String>,
        resolved: Option<bool>,
        forced: bool,
        conversations: &Conversations,
    ) -> Result<(), Refusal> {
        let mut comment = self.find(id, conversations).ok_or(Refusal::Missing)?;
        if let Some(text) = text.filter(|text| *text != comment.text) {
            if comment.resolved == Some(true) && !forced {
                return Err(Refusal::Resolved);
            }
            comment.text = text;
        }
        comment.resolved = resolved.or(comment.resolved);
        self.changed.insert(id.to_owned(), Some(comment));
        Ok(())
    }

    /// # Errors
    /// [`Refusal::Missing`].
    pub(crate) fn delete(&mut self, id: &str, conversations: &Conversations) -> Result<(), Refusal> {
        self.find(id, conversations).ok_or(Refusal::Missing)?;
        self.changed.insert(id.to_owned(), None);
        Ok(())
    }
}
