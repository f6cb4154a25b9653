//! How much the cache may take, and what goes when it is full.

use std::collections::HashSet;

use earmark_review::ConversationId;
use rusqlite::{Transaction, params};

use super::CacheFile;
use crate::{Store, StoreError};

/// What the pieces of all conversations may take together unless told otherwise, in bytes: 2 GiB.
pub const CACHE_LIMIT: u64 = 2 << 30;

/// What the cache takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CacheSize {
    /// Messages, insights, tool invocations, comments and recordings, in bytes: what the limit is about.
    pub bytes: u64,
    /// What they may take, in bytes.
    pub limit: u64,
    /// The database's files, in bytes. Heads and names are in it, and room that will be used again.
    pub on_disk: u64,
}

impl CacheFile {
    /// Does something that adds pieces, in one transaction, and makes room for it within the same.
    pub(super) fn adding<T>(
        &mut self,
        act: impl Fn(&Transaction<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let (limit, pinned) = (self.limit, std::mem::take(&mut self.pinned));
        self.latest = None;
        let done = self.connection().and_then(|connection| {
            let transaction = connection.transaction()?;
            let done = act(&transaction)?;
            make_room(&transaction, limit, &pinned)?;
            transaction.commit()?;
            Ok(done)
        });
        self.pinned = pinned;
        done
    }

    /// Notes that a conversation is being looked at. That this cannot be written is no reason not to show it.
    pub(super) fn used(&mut self, conversation: &ConversationId) {
        if self.latest.as_ref() == Some(conversation) {
            return;
        }
        let noted = self.connection().and_then(|connection| {
            let transaction = connection.transaction()?;
            touch(&transaction, conversation)?;
            Ok(transaction.commit()?)
        });
        match noted {
            Ok(()) => self.latest = Some(conversation.clone()),
            Err(error) => tracing::debug!(?error, "a use of the cache was not noted"),
        }
    }
}

/// Makes a conversation the one used last.
pub(super) fn touch(transaction: &Transaction<'_>, conversation: &ConversationId) -> Result<(), StoreError> {
    transaction.prepare_cached("UPDATE room SET uses = uses + 1")?.execute([])?;
    transaction
        .prepare_cached("UPDATE held SET used = (SELECT uses FROM room) WHERE conversation = ?1")?
        .execute([conversation.as_str()])?;
    Ok(())
}

/// Evicts conversations, the one used longest ago first, until the limit holds or only pinned ones are left.
fn make_room(transaction: &Transaction<'_>, limit: u64, pinned: &HashSet<ConversationId>) -> Result<(), StoreError> {
    let mut bytes = bytes(transaction)?;
    if bytes <= limit {
        return Ok(());
    }
    let mut going = Vec::new();
    {
        let mut oldest = transaction.prepare_cached("SELECT conversation, bytes FROM held ORDER BY used")?;
        let mut rows = oldest.query([])?;
        while bytes > limit
            && let Some(row) = rows.next()?
        {
            let (conversation, held): (String, u64) = (row.get(0)?, row.get(1)?);
            if !pinned.iter().any(|pinned| pinned.as_str() == conversation) {
                bytes = bytes.saturating_sub(held);
                going.push(conversation);
            }
        }
    }
    for conversation in going {
        drop_pieces(transaction, &conversation)?;
    }
    Ok(())
}

/// Removes everything large a conversation has.
pub(super) fn drop_pieces(transaction: &Transaction<'_>, conversation: &str) -> Result<(), StoreError> {
    transaction.prepare_cached("DELETE FROM pieces WHERE conversation = ?1")?.execute([conversation])?;
    transaction.prepare_cached("DELETE FROM held WHERE conversation = ?1")?.execute(params![conversation])?;
    Ok(())
}

fn bytes(transaction: &Transaction<'_>) -> Result<u64, StoreError> {
    Ok(transaction.prepare_cached("SELECT bytes FROM room")?.query_one([], |row| row.get(0))?)
}

impl Store {
    /// What the cache takes, by a running total: asking costs nothing.
    ///
    /// # Errors
    /// That it cannot be read.
    pub fn cache_size(&self) -> Result<CacheSize, StoreError> {
        self.cached(|file| {
            let bytes = bytes(&file.connection()?.transaction()?)?;
            Ok(CacheSize { bytes, limit: file.limit, on_disk: file.on_disk() })
        })
    }

    /// Sets what the pieces of all conversations may take together, in bytes, and makes it so at once.
    ///
    /// # Errors
    /// That what has to go cannot be removed.
    pub fn set_cache_limit(&self, bytes: u64) -> Result<(), StoreError> {
        self.cached(|file| {
            file.limit = bytes;
            file.adding(|_| Ok(()))
        })
    }

    /// Lets nothing of these conversations be evicted. Those pinned before may go again, with the next thing that is
    /// added. Holds until the store is closed.
    pub fn pin(&self, conversations: HashSet<ConversationId>) {
        self.cache_file().pinned = conversations;
    }

    /// Removes everything from the cache and gives the disk its room back. The reviewer's work is in another file.
    ///
    /// # Errors
    /// That it cannot be removed.
    pub fn clear_cache(&self) -> Result<(), StoreError> {
        self.cache_file().begin_anew()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::CompleteMessages;
    use crate::sample::{at, store, talk};
    use earmark_review::MessageId;
    use proptest::prelude::*;

    #[derive(Debug, Clone)]
    enum Step {
        Record { talk: usize, message: usize, bytes: usize, facts: usize },
        Read { talk: usize },
        Pin(Vec<usize>),
        Limit(u64),
        Drop { talk: usize },
        Clear,
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            8 => (0..6usize, 0..4usize, 0..6_000usize, 0..500usize)
                .prop_map(|(talk, message, bytes, facts)| Step::Record { talk, message, bytes, facts }),
            4 => (0..6usize).prop_map(|talk| Step::Read { talk }),
            2 => proptest::collection::vec(0..6usize, 0..4).prop_map(Step::Pin),
            1 => (0..30_000u64).prop_map(Step::Limit),
            1 => (0..6usize).prop_map(|talk| Step::Drop { talk }),
            1 => Just(Step::Clear),
        ]
    }

    /// The same in a few lines of memory: conversations from the one used longest ago, with their pieces.
    #[derive(Default)]
    struct Model {
        held: Vec<(usize, std::collections::BTreeMap<String, u64>)>,
        pinned: Vec<usize>,
        limit: u64,
    }

    impl Model {
        fn bytes(&self) -> u64 {
            self.held.iter().flat_map(|(_, pieces)| pieces.values()).sum()
        }

        fn take(&mut self, talk: usize) -> Option<(usize, std::collections::BTreeMap<String, u64>)> {
            let place = self.held.iter().position(|(held, _)| *held == talk)?;
            Some(self.held.remove(place))
        }

        fn put(&mut self, talk: usize, name: String, bytes: u64) {
            let (_, mut pieces) = self.take(talk).unwrap_or_default();
            pieces.insert(name, bytes);
            self.held.push((talk, pieces));
            self.make_room();
        }

        fn make_room(&mut self) {
            while self.bytes() > self.limit {
                let free = self.held.iter().position(|(talk, _)| !self.pinned.contains(talk));
                let Some(oldest) = free else { break };
                self.held.remove(oldest);
            }
        }
    }

    fn message(talk: usize, message: usize) -> MessageId {
        MessageId::new(format!("c{talk}m{message}")).unwrap()
    }

    /// What is kept of each conversation, and the true sums, by looking at every piece.
    fn counted(store: &Store) -> (Vec<(String, u64)>, u64) {
        let mut file = store.cache_file();
        let connection = file.connection().unwrap();
        let sum = "sum(length(value) + length(facts))";
        let by_piece = format!("SELECT conversation, {sum} FROM pieces GROUP BY conversation ORDER BY conversation");
        let read = |sql: &str| -> Vec<(String, u64)> {
            let mut asked = connection.prepare(sql).unwrap();
            let rows = asked.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
            rows.collect::<Result<_, _>>().unwrap()
        };
        let true_sums = read(&by_piece);
        assert_eq!(read("SELECT conversation, bytes FROM held ORDER BY conversation"), true_sums);
        let total = true_sums.iter().map(|(_, bytes)| bytes).sum();
        (true_sums, total)
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

        #[test]
        fn what_was_used_longest_ago_goes_first(steps in proptest::collection::vec(step(), 1..60)) {
            let (_folder, store) = store();
            store.set_cache_limit(20_000).unwrap();
            let mut model = Model { limit: 20_000, ..Model::default() };
            for step in steps {
                let makes_room = matches!(step, Step::Record { .. } | Step::Limit(_));
                match step {
                    Step::Record { talk: n, message: m, bytes, facts } => {
                        let (bytes, facts) = (vec![7; bytes], vec![8; facts]);
                        store.put_recording(&talk(n), &message(n, m), &bytes, &facts, at(1)).unwrap();
                        model.put(n, format!("m{m}"), (bytes.len() + facts.len()) as u64);
                    }
                    Step::Read { talk: n } => {
                        let found = (0..4).any(|m| store.recording(&message(n, m)).unwrap().is_some());
                        let held = model.take(n);
                        prop_assert_eq!(found, held.is_some());
                        model.held.extend(held);
                    }
                    Step::Pin(talks) => {
                        store.pin(talks.iter().map(|n| talk(*n)).collect());
                        model.pinned = talks;
                    }
                    Step::Limit(bytes) => {
                        store.set_cache_limit(bytes).unwrap();
                        model.limit = bytes;
                        model.make_room();
                    }
                    Step::Drop { talk: n } => {
                        store.drop_conversation(&talk(n)).unwrap();
                        model.take(n);
                    }
                    Step::Clear => {
                        store.clear_cache().unwrap();
                        model.held.clear();
                    }
                }
                let (kept, total) = counted(&store);
                prop_assert_eq!(store.cache_size().unwrap().bytes, total, "the running total is the true sum");
                let mut expected: Vec<(String, u64)> =
                    model.held.iter().map(|(n, pieces)| (talk(*n).to_string(), pieces.values().sum())).collect();
                expected.sort();
                prop_assert_eq!(&kept, &expected);
                let only_pinned = model.held.iter().all(|(n, _)| model.pinned.contains(n));
                prop_assert!(!makes_room || total <= model.limit || only_pinned);
            }
        }
    }

    #[test]
    fn heads_and_names_stay() {
        let (_folder, store) = store();
        store.put_names(crate::NameKind::Person, &[("u1", "\"Ana\"")], at(1)).unwrap();
        store.put_transcript(&talk(1), &CompleteMessages::default(), at(1)).unwrap();
        store.set_cache_limit(0).unwrap();
        assert!(store.transcript(&talk(1)).unwrap().is_none());
        assert_eq!(store.names(crate::NameKind::Person).unwrap(), [("u1".to_owned(), "\"Ana\"".to_owned())]);
    }
}
