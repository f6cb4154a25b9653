use std::fmt;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use rusqlite::Connection;

use crate::cache::CacheFile;
use crate::connect::connect;
use crate::label::Label;
use crate::migrations::Database;
use crate::{Key, KeyOrigin, Mended, StoreError, files, salvage};

/// Held locked for as long as a store is open.
const LOCK: &str = "store.lock";

/// One account's folder, open. Calls block on the disk; they may come from any thread.
pub struct Store {
    folder: PathBuf,
    // Fields are dropped in this order: the lock is let go when both databases are closed.
    work: Mutex<Connection>,
    cache: Mutex<CacheFile>,
    _lock: File,
}

impl Store {
    /// Opens a folder, and makes it when there is none. `now` names what is kept aside, should anything be damaged.
    ///
    /// # Errors
    /// [`StoreError::WrongKey`], [`StoreError::Newer`] and [`StoreError::InUse`] leave everything as it was; else that the
    /// folder cannot be read or written. Damage is no error: it is mended, and the answer says how.
    pub fn open(folder: &Path, key: &Key, now: Timestamp) -> Result<(Self, Vec<Mended>), StoreError> {
        make_folder(folder)?;
        let lock = lock(folder)?;
        let label = Label::read(folder)?;
        if label.as_ref().is_some_and(|label| !label.is_for(key)) {
            return Err(StoreError::WrongKey);
        }
        let mut label = label.map_or_else(|| begin(folder, key), Ok)?;
        let was_made = label.made;
        let (work, mut mended) = salvage::open_work(folder, key, &mut label, now)?;
        let (cache, rebuilt) = CacheFile::open(folder.join(Database::Cache.file()), key)?;
        if rebuilt {
            mended.push(Mended::CacheRebuilt);
        }
        match label.once_made().write(folder) {
            // A copy of it that was lost, or that an interrupted change left behind, keeps nobody out.
            Err(cause) if was_made => tracing::warn!(%cause, "the label could not be mended"),
            written => written?,
        }
        for mended in &mended {
            tracing::warn!(?mended, "the store was damaged");
        }
        let store = Self { folder: folder.to_owned(), work: Mutex::new(work), cache: Mutex::new(cache), _lock: lock };
        Ok((store, mended))
    }

    /// Where the key of a folder comes from; `None` when there is no store in it yet. Needs no key.
    ///
    /// # Errors
    /// [`StoreError::Newer`], or that the folder cannot be read.
    pub fn key_origin(folder: &Path) -> Result<Option<KeyOrigin>, StoreError> {
        Ok(Label::read(folder)?.map(|label| label.key))
    }

    /// Removes a folder with everything in it, cache and work. What was not sent is gone.
    ///
    /// # Errors
    /// [`StoreError::InUse`] while it is open; else that it cannot be removed.
    pub fn forget(folder: &Path) -> Result<(), StoreError> {
        if !folder.exists() {
            return Ok(());
        }
        let lock = lock(folder)?;
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            if entry.file_name() != LOCK {
                fs::remove_file(entry.path())?;
            }
        }
        // A file that is open cannot be removed on every system.
        drop(lock);
        Ok(fs::remove_dir_all(folder)?)
    }

    /// Has its key come from where this one comes from, from now on: it is the same key, locked with another passphrase.
    /// Cut short at any moment, what opened the folder before opens it, or this.
    ///
    /// # Errors
    /// [`StoreError::WrongKey`] when it is another key; else that the folder cannot be written. Nothing has changed then.
    pub fn lock_anew(&self, key: &Key) -> Result<(), StoreError> {
        // Two at once would write the same file.
        let _alone = self.work();
        let label = Label::read(&self.folder)?.filter(|label| label.is_for(key)).ok_or(StoreError::WrongKey)?;
        label.locked_anew(key).write(&self.folder)
    }

    /// The folder it is open on.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The connection to the reviewer's work, for one call.
    pub(crate) fn work(&self) -> MutexGuard<'_, Connection> {
        // A panic in between has rolled its transaction back.
        self.work.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The cache, for one call.
    pub(crate) fn cache_file(&self) -> MutexGuard<'_, CacheFile> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Store")
    }
}

/// Labels a new store before anything is written with its key; answers the label.
///
/// # Errors
/// [`StoreError::WrongKey`] when the label is lost and what is there does not open with this key.
fn begin(folder: &Path, key: &Key) -> Result<Label, StoreError> {
    let work = folder.join(Database::Work.file());
    let label = Label::new(key);
    if files::size(&work) == 0 {
        label.write(folder)?;
        return Ok(label);
    }
    match connect(&work, key, Database::Work) {
        // Without a label nobody can tell a damaged file from a wrong key, and only the key can be tried again.
        Err(StoreError::Damaged(_)) => Err(StoreError::WrongKey),
        opened => opened.map(|_| label.born_before()),
    }
}

fn make_folder(folder: &Path) -> Result<(), StoreError> {
    let mut making = fs::DirBuilder::new();
    making.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut making, 0o700);
    Ok(making.create(folder)?)
}

fn lock(folder: &Path) -> Result<File, StoreError> {
    let file = File::options().create(true).truncate(false).write(true).open(folder.join(LOCK))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::InUse),
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use crate::sample::{at, edit, store};
    use crate::{CompleteMessages, EditState, StoreError, sample};
    use rusqlite::Connection;

    fn pragma(connection: &Connection, name: &str) -> String {
        connection
            .pragma_query_value(None, name, |row| row.get::<_, rusqlite::types::Value>(0))
            .map(|value| format!("{value:?}"))
            .unwrap()
    }

    #[test]
    fn work_is_synced_at_every_commit_and_nothing_is_sorted_on_the_disk() {
        let (_folder, store) = store();
        let mut cache = store.cache_file();
        let (work, cache) = (store.work(), cache.connection().unwrap());
        assert_eq!(pragma(&work, "synchronous"), "Integer(2)", "2 is FULL");
        assert_eq!(pragma(cache, "synchronous"), "Integer(1)", "1 is NORMAL");
        for connection in [&*work, cache] {
            assert_eq!(pragma(connection, "journal_mode"), "Text(\"wal\")");
            assert_eq!(pragma(connection, "temp_store"), "Integer(2)", "2 is MEMORY");
            assert_eq!(pragma(connection, "cipher_use_hmac"), "Text(\"1\")");
        }
    }

    #[test]
    fn a_full_disk_loses_nothing_and_passes() {
        let (folder, store) = store();
        let first = store.record(&edit(10)).unwrap();
        let pages: i64 = store.work().pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
        let limit = |pages: i64| {
            let work = store.work();
            work.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(())).unwrap();
        };
        limit(pages + 2);
        let mut kept = 1;
        let refused = loop {
            match store.record(&edit(2_000)) {
                Ok(_) => kept += 1,
                Err(error) => break error,
            }
        };
        assert!(matches!(refused, StoreError::Full(_)), "{refused:?}");
        assert!(matches!(store.save_draft("place", &"x".repeat(50_000), 0, at(1)), Err(StoreError::Full(_))));
        assert_eq!(store.pending().unwrap().len(), kept, "what was acknowledged is there, what was refused is not");
        assert_eq!(store.whole_history().count(), kept);

        limit(1 << 30);
        store.record(&edit(50_000)).unwrap();
        store.set_state(first, EditState::Sending(String::new()), at(2), "", None).unwrap();
        let key = crate::Key::random(&mut <rand::rngs::StdRng as rand::SeedableRng>::seed_from_u64(7));
        drop(store);
        let (store, mended) = crate::Store::open(folder.path(), &key, at(3)).unwrap();
        assert_eq!((mended.len(), store.pending().unwrap().len()), (0, kept + 1));
    }

    #[test]
    fn a_full_disk_under_the_cache_leaves_what_was_cached() {
        let (_folder, store) = store();
        let small = CompleteMessages::default();
        store.put_transcript(&sample::talk(1), &small, at(1)).unwrap();
        let set = |pages: i64| {
            let mut cache = store.cache_file();
            let connection = cache.connection().unwrap();
            connection.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(())).unwrap();
        };
        set(1);
        let message = earmark_review::MessageId::new("m").unwrap();
        let refused = store.put_recording(&sample::talk(2), &message, &vec![1; 500_000], &[], at(2)).unwrap_err();
        assert!(matches!(refused, StoreError::Full(_)), "{refused:?}");
        assert_eq!(store.transcript(&sample::talk(1)).unwrap().unwrap().value, small);
        assert_eq!(store.take_mended(), [], "a full disk is no damage");
        store.clear_cache().unwrap();
        store.put_recording(&sample::talk(2), &message, &vec![1; 500_000], &[], at(2)).unwrap();
    }

    #[test]
    fn what_may_only_be_read_says_so() {
        let (_folder, store) = store();
        // SQLite gives the same answer as for a file it may not write, whoever runs the test.
        store.work().pragma_update(None, "query_only", true).unwrap();
        assert!(matches!(store.record(&edit(10)), Err(StoreError::ReadOnly(_))));
        assert!(matches!(store.save_draft("place", "text", 0, at(1)), Err(StoreError::ReadOnly(_))));
        assert_eq!(store.pending().unwrap(), []);
    }
}
