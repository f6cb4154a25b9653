//! What only this computer knows of comments: the exact turn one was written on, and who dealt with it when.
//!
//! All of it stands in the history, which is never changed: nothing is kept twice.

use std::collections::{HashMap, HashSet};

use earmark_review::{Change, CommentId, MessageId, UserId};
use earmark_store::{HistoryRow, Store, StoreError};
use jiff::Timestamp;

/// How the changes begin that tell something of it.
const TELLING: [&str; 2] = [r#"{"write":"#, r#"{"resolve":"#];

/// By the ids comments are shown by.
#[derive(Debug, Default)]
pub(super) struct Deeds {
    turns: HashMap<CommentId, MessageId>,
    /// The latest last: what is taken back leaves the one before it.
    dealt: HashMap<CommentId, Vec<Dealt>>,
}

/// That somebody resolved a comment, or opened it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Dealt {
    pub(crate) by: UserId,
    pub(crate) at: Timestamp,
    resolved: bool,
}

impl Deeds {
    /// Reads what the history tells.
    pub(super) fn read(store: &Store) -> Result<Self, StoreError> {
        let mut deeds = Self::default();
        let mut noted = HashSet::new();
        for HistoryRow { edit, change, who, at, state, .. } in store.recorded(&TELLING)? {
            let Ok(change) = serde_json::from_str(&change) else { continue };
            if state == "undone" {
                deeds.forget(&change);
            } else if noted.insert(edit) {
                // One that had to be tried again stands there several times, and was made once.
                deeds.note(&change, &who, at);
            }
        }
        Ok(deeds)
    }

    /// A change is recorded.
    pub(super) fn note(&mut self, change: &Change, who: &UserId, at: Timestamp) {
        match change {
            Change::Write(comment) => {
                self.turns.extend(comment.message.clone().map(|message| (comment.id.clone(), message)));
            }
            Change::Resolve { comment, resolved } => {
                let dealt = Dealt { by: who.clone(), at, resolved: *resolved };
                self.dealt.entry(comment.clone()).or_default().push(dealt);
            }
            _ => {}
        }
    }

    /// A change is taken back before it was sent.
    pub(super) fn forget(&mut self, change: &Change) {
        if let Change::Resolve { comment, .. } = change {
            self.dealt.get_mut(comment).and_then(Vec::pop);
        }
    }

    /// The message a comment is about.
    pub(super) fn turn(&self, comment: &CommentId) -> Option<&MessageId> {
        self.turns.get(comment)
    }

    /// How many comments somebody resolved at that time or later, and nobody here opened again since.
    pub(super) fn resolved_since(&self, since: Timestamp, by: &UserId) -> usize {
        let is_meant = |dealt: &&Dealt| dealt.resolved && dealt.at >= since && &dealt.by == by;
        self.dealt.values().filter_map(|deeds| deeds.last()).filter(is_meant).count()
    }

    /// Who brought a comment into the state it is in.
    pub(super) fn dealt(&self, comment: &CommentId, resolved: bool) -> Option<&Dealt> {
        self.dealt.get(comment)?.last().filter(|dealt| dealt.resolved == resolved)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn who_dealt_with_it_is_told_only_of_the_state_it_is_in() {
        let mut deeds = Deeds::default();
        let (comment, me) = (CommentId::new("f").unwrap(), UserId::new("me").unwrap());
        let resolve = |resolved| Change::Resolve { comment: comment.clone(), resolved };
        deeds.note(&resolve(true), &me, Timestamp::UNIX_EPOCH);
        assert_eq!(deeds.dealt(&comment, true).unwrap().by, me);
        assert_eq!(deeds.dealt(&comment, false), None, "somebody else has opened it again");
        deeds.note(&resolve(false), &me, Timestamp::UNIX_EPOCH);
        deeds.forget(&resolve(false));
        assert!(deeds.dealt(&comment, true).is_some(), "the one before it holds again");
        deeds.forget(&resolve(true));
        assert_eq!(deeds.dealt(&comment, true), None);
    }

    #[test]
    fn resolved_comments_are_counted_by_who_did_it_and_when() {
        let mut deeds = Deeds::default();
        let (me, other) = (UserId::new("me").unwrap(), UserId::new("other").unwrap());
        let at = |second| Timestamp::from_second(second).unwrap();
        let resolve = |id: &str, resolved| Change::Resolve { comment: CommentId::new(id).unwrap(), resolved };
        deeds.note(&resolve("before", true), &me, at(99));
        deeds.note(&resolve("at midnight", true), &me, at(100));
        deeds.note(&resolve("theirs", true), &other, at(200));
        deeds.note(&resolve("reopened", true), &me, at(300));
        deeds.note(&resolve("reopened", false), &me, at(301));
        for second in [400, 401] {
            deeds.note(&resolve("twice", true), &me, at(second));
        }
        assert_eq!(deeds.resolved_since(at(100), &me), 2);
        assert_eq!(deeds.resolved_since(at(99), &me), 3);
        deeds.forget(&resolve("reopened", false));
        assert_eq!(deeds.resolved_since(at(100), &me), 3, "taken back, it is resolved again");
    }
}
