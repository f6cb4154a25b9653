use std::collections::HashSet;
use std::path::PathBuf;

use earmark_review::ConversationId;
use rusqlite::{Connection, Transaction};

use super::room::CACHE_LIMIT;
use crate::connect::{connect, leave_as_found};
use crate::migrations::Database;
use crate::{Key, Mended, Store, StoreError, files};

/// The cache's database and what is known of it in memory.
pub(crate) struct CacheFile {
    path: PathBuf,
    key: Key,
    /// Absent after a rebuild that failed; then each call tries to open it again.
    connection: Option<Connection>,
    pub(super) limit: u64,
    pub(super) pinned: HashSet<ConversationId>,
    /// The conversation used last, so that reading it again writes nothing.
    pub(super) latest: Option<ConversationId>,
    mended: Vec<Mended>,
}

impl CacheFile {
    /// Opens the cache, anew when it is damaged; answers whether it was.
    pub(crate) fn open(path: PathBuf, key: &Key) -> Result<(Self, bool), StoreError> {
        let (connection, rebuilt) = match connect(&path, key, Database::Cache) {
            Err(StoreError::Damaged(_)) => {
                files::remove_database(&path)?;
                (connect(&path, key, Database::Cache)?, true)
            }
            opened => (opened?, false),
        };
        let file = Self {
            path,
            key: key.duplicate(),
            connection: Some(connection),
            limit: CACHE_LIMIT,
            pinned: HashSet::new(),
            latest: None,
            mended: Vec::new(),
        };
        Ok((file, rebuilt))
    }

    /// The connection, opened again if it was lost.
    pub(crate) fn connection(&mut self) -> Result<&mut Connection, StoreError> {
        let connection = match self.connection.take() {
            Some(open) => open,
            None => connect(&self.path, &self.key, Database::Cache)?,
        };
        Ok(self.connection.insert(connection))
    }

    /// Bytes the database takes on the disk, its log included.
    pub(super) fn on_disk(&self) -> u64 {
        files::with_beside(&self.path).iter().map(|file| files::size(file)).sum()
    }

    /// Deletes the database and begins a new one.
    pub(super) fn begin_anew(&mut self) -> Result<(), StoreError> {
        if let Some(connection) = self.connection.take() {
            // What its log holds need not be written out only to be deleted.
            let _ = leave_as_found(&connection, true);
        }
        self.latest = None;
        files::remove_database(&self.path)?;
        self.connection().map(drop)
    }
}

impl Store {
    /// Does something with the cache. A cache found damaged is begun anew, and the same is done with the new one.
    pub(super) fn cached<T>(&self, act: impl Fn(&mut CacheFile) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let mut file = self.cache_file();
        match act(&mut file) {
            Err(StoreError::Damaged(cause)) => {
                tracing::warn!(cause, "the cache is damaged and begun anew");
                file.begin_anew()?;
                file.mended.push(Mended::CacheRebuilt);
                act(&mut file)
            }
            done => done,
        }
    }

    /// Does something in one transaction of the cache.
    pub(super) fn cached_at_once<T>(
        &self,
        act: impl Fn(&Transaction<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.cached(|file| {
            let transaction = file.connection()?.transaction()?;
            let done = act(&transaction)?;
            transaction.commit()?;
            Ok(done)
        })
    }

    /// What was mended since the store was opened or this was last asked.
    pub fn take_mended(&self) -> Vec<Mended> {
        std::mem::take(&mut self.cache_file().mended)
    }
}
