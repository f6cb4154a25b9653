//! What only this computer knows of comments: the exact turn one was written on, and who dealt with it when.
//!
//! All of it stands in the history, which is never changed: nothing is kept twice.

use std::collections::HashMap;

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
        for HistoryRow { change, who, at, state, .. } in store.recorded(&TELLING)? {
            let Ok(change) = serde_json::from_str(&change) else { continue };
            if state == "undone" { deeds.forget(&change) } else { deeds.note(&change, &who, at) }
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
}
