//! Files that are whole or not there: written beside, synced, then renamed.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// What SQLite adds to a database's name for the files beside it.
const BESIDE: [&str; 2] = ["-wal", "-shm"];

/// A database and what SQLite keeps beside it, the database first.
pub(crate) fn with_beside(database: &Path) -> [PathBuf; 3] {
    let named = |suffix: &str| {
        let mut name = database.as_os_str().to_owned();
        name.push(suffix);
        PathBuf::from(name)
    };
    [database.to_owned(), named(BESIDE[0]), named(BESIDE[1])]
}

/// Writes a small file in one piece; after a crash there is either the old one or the new one.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let beside = path.with_extension("new");
    let mut file = File::create(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    drop(file);
    fs::rename(&beside, path)?;
    sync_folder(path)
}

/// Removes a file that may not be there.
pub(crate) fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done,
    }
}

/// Removes a database and what is beside it. The database goes first: should the rest stay, SQLite throws away a log it
/// finds beside an empty database.
pub(crate) fn remove_database(database: &Path) -> io::Result<()> {
    with_beside(database).iter().try_for_each(|file| remove(file))
}

/// The size of a file in bytes; 0 for one that is not there.
pub(crate) fn size(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |found| found.len())
}

/// Makes the names in a file's folder survive a loss of power, where the system can.
pub(crate) fn sync_folder(file: &Path) -> io::Result<()> {
    match file.parent() {
        Some(folder) if cfg!(unix) => File::open(folder)?.sync_all(),
        _ => Ok(()),
    }
}
