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

    /// Lets nothing of these conversations be evicted, and of any other again. Holds until the store is closed.
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
