//! One connection to one encrypted database, set up the way the store relies on.

use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use crate::files::{size, with_beside};
use crate::migrations::Database;
use crate::{Key, StoreError};

/// How long a statement waits for a program that knows nothing of the lock file.
const PATIENCE: Duration = Duration::from_secs(1);

/// Opens a database, makes it when it is not there, and brings it to this program's shape.
///
/// # Errors
/// [`StoreError::Newer`], with the file as it was; [`StoreError::Damaged`]; or that it cannot be written.
pub(crate) fn connect(path: &Path, key: &Key, database: Database) -> Result<Connection, StoreError> {
    connect_by(database.steps().len(), path, key, database)
}

/// As [`connect`], in the shape of the program that had only so many steps.
///
/// # Errors
/// As [`connect`].
pub(crate) fn connect_by(steps: usize, path: &Path, key: &Key, database: Database) -> Result<Connection, StoreError> {
    let has_log = size(&with_beside(path)[1]) > 0;
    let mut connection = open(path, key, database)?;
    // Before the first read, which would already lock the file for writing.
    if connection.is_readonly(rusqlite::MAIN_DB)? {
        return Err(StoreError::ReadOnly("the file may only be read".into()));
    }
    leave_as_found(&connection, has_log)?;
    if database.is_newer(&connection)? {
        return Err(StoreError::Newer);
    }
    let durability = match database {
        // An edit that was acknowledged survives a loss of power: each commit is synced.
        Database::Work => "PRAGMA synchronous = FULL;",
        // What is lost is fetched again; the file itself stays sound. A bulk write of texts stays in memory (KiB)
        // until it is complete, so that no page is encrypted twice, and the log it grew (bytes) shrinks afterwards.
        Database::Cache => {
            "PRAGMA synchronous = NORMAL; PRAGMA cache_size = -4096; PRAGMA journal_size_limit = 16777216;"
        }
    };
    connection.execute_batch("PRAGMA journal_mode = WAL;")?;
    connection.execute_batch(durability)?;
    database.migrate_by(steps, &mut connection)?;
    connection.set_prepared_statement_cache_capacity(64);
    leave_as_found(&connection, false)?;
    Ok(connection)
}

/// Whether closing leaves the file and its log as they are; otherwise it writes what the log holds into the file.
pub(crate) fn leave_as_found(connection: &Connection, leave: bool) -> Result<(), StoreError> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, leave)?;
    Ok(())
}

/// Opens a database and sets nothing in it.
pub(crate) fn open(path: &Path, key: &Key, database: Database) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(PATIENCE)?;
    // Damage is answered with an error; SQLCipher would also print it.
    connection.execute_batch("PRAGMA cipher_log_level = NONE;")?;
    unlock(&connection, key, database)?;
    // Processors have had instructions for SHA-256 for years; for SQLCipher's own choice, SHA-512, hardly any has.
    connection.execute_batch("PRAGMA cipher_hmac_algorithm = HMAC_SHA256;")?;
    connection.execute_batch(
        // Alone in the file, SQLite keeps the log's index in memory instead of in a shared file, which a full disk could
        // take away under its feet. What it sorts stays in memory too: nothing is written unencrypted.
        "PRAGMA locking_mode = EXCLUSIVE; PRAGMA temp_store = MEMORY; PRAGMA cipher_memory_security = OFF;",
    )?;
    Ok(connection)
}

/// Hands the key to a connection. A wrong one shows at the first read.
#[cfg(not(feature = "plain"))]
fn unlock(connection: &Connection, key: &Key, database: Database) -> Result<(), StoreError> {
    Ok(connection.execute_batch(&key.pragma(database.file()))?)
}

/// As above, unless the bench has asked for plain files.
#[cfg(feature = "plain")]
fn unlock(connection: &Connection, key: &Key, database: Database) -> Result<(), StoreError> {
    if key.is_plain() { Ok(()) } else { Ok(connection.execute_batch(&key.pragma(database.file()))?) }
}

/// Reads every page of a database once.
///
/// # Errors
/// [`StoreError::Damaged`] when one does not say what was written there.
pub(crate) fn check(connection: &Connection) -> Result<(), StoreError> {
    let answer: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if answer == "ok" { Ok(()) } else { Err(StoreError::unreadable(answer)) }
}
