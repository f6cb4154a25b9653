//! What becomes of damaged work: it is set aside, and what can be read of it goes row by row into a new database.
//!
//! The damaged files are not written to: they are read from a copy, and take another name only when the new database is
//! complete and on the disk. A salvage that is cut short begins again, or, once complete, is only finished.

mod graft;
mod old;
mod restore;
mod rows;
#[cfg(test)]
mod tests;

use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::Connection;

use self::rows::Saved;
use crate::connect::{check, connect, leave_as_found};
use crate::files::{remove_database, size, sync_folder, with_beside};
use crate::label::Label;
use crate::migrations::Database;
use crate::{Key, Mended, StoreError};

/// The copy that is read from.
const READ: &str = "work.read.db";
/// The new database while it is written.
const BEGUN: &str = "work.begun.db";
/// The new database once it is complete.
const COMPLETE: &str = "work.complete.db";

/// Opens the reviewer's work, mended if it was damaged. The label says whether it has been there before, and is written
/// anew before a new database takes its place.
///
/// # Errors
/// Anything but [`StoreError::Damaged`]; then the files are as they were.
pub(crate) fn open_work(
    folder: &Path,
    key: &Key,
    label: &mut Label,
    now: Timestamp,
) -> Result<(Connection, Vec<Mended>), StoreError> {
    let path = folder.join(Database::Work.file());
    if folder.join(COMPLETE).exists() {
        finish(folder, label, now)?;
    }
    if !with_beside(&path).iter().any(|file| file.exists()) {
        bear(label, folder)?;
        let gone = if label.made { vec![Mended::WorkGone] } else { Vec::new() };
        return Ok((connect(&path, key, Database::Work)?, gone));
    }
    match sound(&path, key, label.made) {
        Err(StoreError::Damaged(cause)) => {
            tracing::error!(cause, "the reviewer's work is damaged");
            let mended = salvage(folder, key, label, now)?;
            Ok((connect(&path, key, Database::Work)?, vec![mended]))
        }
        opened => Ok((opened?, Vec::new())),
    }
}

/// Labels the folder for a database of work that is about to be new there.
fn bear(label: &mut Label, folder: &Path) -> Result<(), StoreError> {
    *label = label.clone().born_anew();
    label.write(folder)
}

/// Opens a database and reads every page of it once.
fn sound(path: &Path, key: &Key, was_made: bool) -> Result<Connection, StoreError> {
    // SQLite takes an empty file for a new database, and throws the log beside it away.
    if was_made && size(path) == 0 {
        return Err(StoreError::unreadable("the file is empty"));
    }
    let connection = connect(path, key, Database::Work)?;
    if let Err(error) = check(&connection) {
        leave_as_found(&connection, true)?;
        return Err(error);
    }
    Ok(connection)
}

fn salvage(folder: &Path, key: &Key, label: &mut Label, now: Timestamp) -> Result<Mended, StoreError> {
    let (read, begun) = (folder.join(READ), folder.join(BEGUN));
    let tidy = || remove_database(&read).and(remove_database(&begun));
    tidy()?;
    let saved = copy_to_read(folder, &read).and_then(|()| save(&read, &begun, key, label.born_by));
    let saved = match saved {
        Ok(saved) => saved,
        Err(error) => {
            // Most likely there is no room. The damaged files are untouched, and it is tried again at the next start.
            let _ = tidy();
            return Err(error);
        }
    };
    fs::rename(&begun, folder.join(COMPLETE))?;
    sync_folder(&begun)?;
    let kept_aside = finish(folder, label, now)?;
    tidy()?;
    Ok(Mended::WorkSaved { kept_aside, saved: saved.saved, lost: saved.lost, restored: saved.restored })
}

fn copy_to_read(folder: &Path, read: &Path) -> Result<(), StoreError> {
    let damaged = folder.join(Database::Work.file());
    for (from, to) in with_beside(&damaged).iter().zip(with_beside(read)) {
        if from.exists() {
            fs::copy(from, to)?;
        }
    }
    Ok(())
}

/// Writes all that can be read of one database into a new one, which is one synced file when this returns.
fn save(read: &Path, begun: &Path, key: &Key, born_by: Option<usize>) -> Result<Saved, StoreError> {
    let mut new = connect(begun, key, Database::Work)?;
    let saved = {
        let transaction = new.transaction()?;
        let mut saved = match graft::readable(read, key, born_by)? {
            Some(mut old) => rows::save(&mut old, &transaction)?,
            None => Saved { lost: None, ..Saved::default() },
        };
        restore::edits(&transaction, &mut saved)?;
        restore::flags(&transaction, &mut saved)?;
        transaction.commit()?;
        saved
    };
    // Leaving the log writes it into the file, and says so if it cannot.
    new.execute_batch("PRAGMA journal_mode = DELETE;")?;
    new.close().map_err(|(_, error)| error)?;
    Ok(saved)
}

/// Gives the damaged files another name and puts the new database in their place. Answers the damaged one's name.
fn finish(folder: &Path, label: &mut Label, now: Timestamp) -> Result<String, StoreError> {
    bear(label, folder)?;
    let work = folder.join(Database::Work.file());
    let name = free_name(folder, now);
    let [damaged, log, index] = with_beside(&work);
    let [aside, aside_log, aside_index] = with_beside(&folder.join(&name));
    for (from, to) in [(log, aside_log), (index, aside_index), (damaged, aside)] {
        if from.exists() {
            fs::rename(from, to)?;
        }
    }
    fs::rename(folder.join(COMPLETE), &work)?;
    sync_folder(&work)?;
    Ok(name)
}

/// `work.damaged-<time>.db`, in a spelling every file system takes.
fn free_name(folder: &Path, now: Timestamp) -> String {
    let time = now.strftime("%Y%m%dT%H%M%SZ");
    let first = format!("work.damaged-{time}.db");
    let more = (2..).map(|n| format!("work.damaged-{time}-{n}.db"));
    let free = |name: &String| !with_beside(&folder.join(name)).iter().any(|file| file.exists());
    std::iter::once(first).chain(more).find(free).unwrap_or_default()
}

/// For the graft, which needs a path beside the copy.
fn beside(path: &Path, name: &str) -> PathBuf {
    path.with_file_name(name)
}
