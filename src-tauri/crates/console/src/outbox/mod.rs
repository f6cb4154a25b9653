//! The reviewer's changes on their way: recorded on this computer first, then shown, then sent.
//!
//! [`Outbox`] mirrors the open edits of the store, so that what is shown needs no disk. `record` makes changes, `undo` takes
//! them back, `worker`, `round` and `sending` send them, `cards` asks the reviewer where that is not possible.

mod bulk;
mod cards;
mod deeds;
mod entry;
mod ids;
mod known;
mod only_here;
mod reading;
mod record;
mod round;
mod sending;
mod show;
mod steps;
mod undo;
mod worker;

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{Arc, Mutex};

use earmark_review::{ConversationId, MessageId, ReviewState, Subject};
use earmark_store::EditId;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::Notify;
use tokio::task::AbortHandle;

use crate::console::held;
use crate::opening::count;
use crate::view::{BulkProgress, OutboxView, ShownIn};

pub(crate) use deeds::Dealt;
use deeds::Deeds;
use entry::Entry;
pub(crate) use entry::{Need, Stage};
use ids::Ids;
pub(crate) use record::{New, vanished};
pub use show::OutboxWatch;

/// One session's changes on their way.
pub(crate) struct Outbox {
    /// How long a change waits before it is sent, so that taking it back costs nothing.
    grace: SignedDuration,
    desk: Mutex<Desk>,
    watch: Mutex<Option<OutboxWatch>>,
    /// Held while a round is on its way.
    under_way: tokio::sync::Mutex<()>,
    /// Held by whoever records: what a change changes from must still hold when it is recorded.
    pub(crate) recording: tokio::sync::Mutex<()>,
    /// Something may have become ready to be sent.
    wake: Arc<Notify>,
    /// The pause between two rounds is to end.
    hurry: Arc<Notify>,
    /// A round is over.
    rested: Notify,
    worker: Mutex<Option<AbortHandle>>,
}

/// What is known of the changes without asking the disk.
#[derive(Default)]
struct Desk {
    /// Tells the numbers of these changes from those of another store: the window may still show what was read from that.
    mark: String,
    /// Changes that are not over, in the order they were made.
    open: Vec<Entry>,
    /// Comments that were written here.
    ids: Ids,
    /// What only this computer knows of comments.
    deeds: Deeds,
    /// How many changes were sent: what was read before and is known only after one may lack it.
    sends: u64,
    /// How often the sending of a change failed in a way that may be its own.
    failures: HashMap<EditId, u32>,
    /// States of review that only this computer knows.
    states: HashMap<ConversationId, ReviewState>,
    /// Messages the reviewer flagged.
    flags: HashMap<ConversationId, BTreeSet<MessageId>>,
    /// Conversations shown where comments are dealt with, which are not reviewed there.
    in_feedback: HashSet<ConversationId>,
    /// Whether the server refused the tags of a review.
    refuses_review: bool,
    /// Why nothing is sent just now.
    trouble: Option<String>,
    /// Conversations that look different since the window was told.
    changed: BTreeSet<ConversationId>,
    /// What the window has yet to be told once.
    reports: Vec<String>,
    /// Whether changes are sent without waiting until they are due: the program closes.
    in_haste: bool,
    /// The changes of the latest edit of many conversations.
    bulk: HashSet<EditId>,
}

impl Desk {
    fn entry(&self, id: EditId) -> Option<&Entry> {
        self.open.iter().find(|entry| entry.id == id)
    }

    /// What the window calls a change.
    fn name(&self, id: EditId) -> String {
        format!("{}-{}", self.mark, id.number())
    }

    /// The number of a change; nothing where it was given by another store.
    fn number(&self, name: &str) -> Option<EditId> {
        let (mark, number) = name.split_once('-')?;
        if mark == self.mark { number.parse().ok().map(EditId::from_number) } else { None }
    }

    /// A conversation's changes that are not over, in the order they were made.
    fn of<'a>(&'a self, conversation: &'a ConversationId) -> impl Iterator<Item = &'a Entry> {
        self.open.iter().filter(move |entry| &entry.conversation == conversation)
    }

    /// Changes that wait for nobody but the worker: one that waits for the reviewer holds up those of the same thing.
    fn unheld(&self) -> impl Iterator<Item = &Entry> {
        let mut held: HashSet<(&ConversationId, Subject)> = HashSet::new();
        self.open.iter().filter(move |entry| {
            let subject = (&entry.conversation, entry.change.subject());
            if matches!(entry.stage, Stage::NeedsYou(_)) {
                held.insert(subject);
                return false;
            }
            !held.contains(&subject)
        })
    }

    /// Whether a message is flagged.
    fn is_flagged(&self, conversation: &ConversationId, message: &MessageId) -> bool {
        self.flags.get(conversation).is_some_and(|flags| flags.contains(message))
    }

    /// Flags a message, or does not any more.
    fn flag(&mut self, conversation: &ConversationId, message: MessageId, is_set: bool) {
        let flags = self.flags.entry(conversation.clone()).or_default();
        if is_set {
            flags.insert(message)
        } else {
            flags.remove(&message)
        };
    }

    fn touch(&mut self, conversation: &ConversationId) {
        self.changed.insert(conversation.clone());
    }

    /// Changes that can be sent now, by conversation, each in the order they were made.
    ///
    /// One that is not due yet holds up those after it.
    fn ready(&self, now: Timestamp, grace: SignedDuration) -> Vec<(ConversationId, Vec<EditId>)> {
        let mut found: Vec<(ConversationId, Vec<EditId>)> = Vec::new();
        let mut places: HashMap<&ConversationId, usize> = HashMap::new();
        let mut later: HashSet<&ConversationId> = HashSet::new();
        for entry in self.unheld() {
            if later.contains(&entry.conversation) {
                // Its turn comes after the other's.
            } else if !self.in_haste && !entry.is_due(now, grace) {
                later.insert(&entry.conversation);
            } else {
                let place = *places.entry(&entry.conversation).or_insert_with(|| {
                    found.push((entry.conversation.clone(), Vec::new()));
                    found.len() - 1
                });
                found[place].1.push(entry.id);
            }
        }
        found
    }

    /// How far the latest edit of many conversations is; nothing once nothing of it waits to be sent.
    fn bulk_progress(&self) -> Option<BulkProgress> {
        let left = self.unheld().filter(|entry| self.bulk.contains(&entry.id)).count();
        (left > 0).then(|| BulkProgress { total: count(self.bulk.len()), left: count(left) })
    }

    /// When the next change that only waits for its time is due.
    fn next_due(&self) -> Option<Timestamp> {
        self.unheld().map(|entry| entry.due_at).min()
    }
}

impl Outbox {
    /// An outbox that lets changes be taken back for so long before they are sent.
    pub(crate) fn new(grace: SignedDuration) -> Self {
        Self {
            grace,
            desk: Mutex::default(),
            watch: Mutex::default(),
            under_way: tokio::sync::Mutex::default(),
            recording: tokio::sync::Mutex::default(),
            wake: Arc::default(),
            hurry: Arc::default(),
            rested: Notify::default(),
            worker: Mutex::default(),
        }
    }

    /// Changes something of the desk and tells the window.
    fn change<T>(&self, change: impl FnOnce(&mut Desk) -> T) -> T {
        let changed = change(&mut held(&self.desk));
        self.tell();
        changed
    }

    /// Tells the window where the changes are.
    pub(crate) fn tell(&self) {
        let watch = held(&self.watch);
        let Some(watch) = &*watch else { return };
        let view = {
            let mut desk = held(&self.desk);
            let here = desk.only_here();
            let is_here = |entry: &&Entry| here.contains(&(entry.conversation.clone(), entry.change.subject()));
            let waiting = |entry: &&Entry| asks(entry);
            let mut needing_you: Vec<ConversationId> = Vec::new();
            for entry in desk.open.iter().filter(waiting) {
                if !needing_you.contains(&entry.conversation) {
                    needing_you.push(entry.conversation.clone());
                }
            }
            let needs_you = desk.open.iter().filter(waiting).count();
            let only_here = desk.open.iter().filter(is_here).count();
            OutboxView {
                saved_here: count(desk.open.len() - needs_you - only_here),
                only_here: count(only_here),
                needs_you: count(needs_you),
                needing_you,
                trouble: desk.trouble.clone(),
                changed: std::mem::take(&mut desk.changed).into_iter().collect(),
                reports: std::mem::take(&mut desk.reports),
                bulk: desk.bulk_progress(),
            }
        };
        watch(view);
    }

    /// How many changes were sent in this session.
    pub(crate) fn sends(&self) -> u64 {
        held(&self.desk).sends
    }

    /// A conversation's state of review that only this computer knows.
    pub(crate) fn state_here(&self, conversation: &ConversationId) -> Option<ReviewState> {
        held(&self.desk).states.get(conversation).copied()
    }

    /// Takes over what was kept of a conversation's state of review.
    pub(crate) fn set_state_here(&self, conversation: &ConversationId, state: Option<ReviewState>) {
        self.change(|desk| {
            match state {
                Some(state) => desk.states.insert(conversation.clone(), state),
                None => desk.states.remove(conversation),
            };
            desk.touch(conversation);
        });
    }

    /// In which place a conversation is shown from now on.
    pub(crate) fn show_in(&self, conversation: ConversationId, place: ShownIn) {
        let mut desk = held(&self.desk);
        match place {
            ShownIn::Feedback => desk.in_feedback.insert(conversation),
            ShownIn::Conversations => desk.in_feedback.remove(&conversation),
        };
    }

    /// Whether the server refused the tags of a review in this session.
    pub(crate) fn refuses_review_tags(&self) -> bool {
        held(&self.desk).refuses_review
    }

    /// Tells the reviewer something, once.
    pub(crate) fn report(&self, sentence: &str) {
        self.change(|desk| desk.reports.push(sentence.to_owned()));
    }

    /// Ends the sending: the session is left.
    pub(crate) fn stop(&self) {
        if let Some(worker) = held(&self.worker).take() {
            worker.abort();
        }
    }
}

impl Drop for Outbox {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Whether the reviewer is asked about it.
fn asks(entry: &Entry) -> bool {
    matches!(&entry.stage, Stage::NeedsYou(need) if *need != Need::OnlyHere)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use earmark_review::{Change, Image, TagState};

    use super::*;

    const GRACE: SignedDuration = SignedDuration::from_secs(5);

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    /// A change of a tag, made so many seconds after the epoch.
    fn entry(id: i64, conversation: &str, key: &str, made: i64) -> Entry {
        Entry {
            id: EditId::from_number(id),
            conversation: ConversationId::new(conversation).unwrap(),
            change: Change::Tag { key: key.into(), to: TagState::Bare },
            before: Image::Tag(TagState::Absent),
            made_at: at(made),
            due_at: at(made) + GRACE,
            stage: Stage::Waiting,
            undoes: None,
        }
    }

    fn ready(desk: &Desk, now: i64) -> Vec<i64> {
        desk.ready(at(now), GRACE).into_iter().flat_map(|(_, ids)| ids).map(EditId::number).collect()
    }

    #[test]
    fn what_is_due_goes_in_order_and_later_edits_do_not_overtake() {
        let desk = Desk {
            open: vec![entry(1, "a", "x", 100), entry(2, "a", "y", 104), entry(3, "b", "x", 100)],
            ..Desk::default()
        };
        assert_eq!(ready(&desk, 104), [] as [i64; 0]);
        assert_eq!(ready(&desk, 105), [1, 3]);
        assert_eq!(ready(&desk, 109), [1, 2, 3]);
        assert_eq!(desk.next_due(), Some(at(105)));
        let hasty = Desk { in_haste: true, ..desk };
        assert_eq!(ready(&hasty, 101), [1, 2, 3], "the program closes");
    }

    #[test]
    fn a_clock_that_was_set_back_holds_nothing_up() {
        let desk = Desk { open: vec![entry(1, "a", "x", 100_000)], ..Desk::default() };
        assert_eq!(ready(&desk, 50), [1]);
    }

    #[test]
    fn a_question_holds_up_only_what_is_about_the_same_thing() {
        let mut asked = entry(1, "a", "x", 0);
        asked.stage = Stage::NeedsYou(Need::refused("No."));
        let desk = Desk {
            open: vec![asked, entry(2, "a", "x", 1), entry(3, "a", "y", 2), entry(4, "b", "x", 3)],
            ..Desk::default()
        };
        assert_eq!(ready(&desk, 100), [3, 4]);
        let held = Desk { open: desk.open[..2].to_vec(), ..Desk::default() };
        assert_eq!((ready(&held, 100), held.next_due()), (vec![], None), "nothing to wake up for");
    }
}
