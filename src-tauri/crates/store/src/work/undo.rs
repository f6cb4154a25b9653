//! What undo and redo would do next, kept with the edits so that both outlive the program.
//!
//! An edit is undone when it was taken back before it was sent, or when its inverse was made and not taken back. Making it
//! again is a new edit. As in any editor, a new change of one's own ends what could be made again.

use earmark_review::UserId;
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::edit::{COLUMNS, edit};
use super::history::HistoryId;
use super::{Edit, EditId, NewEdit};
use crate::{Store, StoreError};

/// Notes what a newly recorded edit does to the others.
pub(super) fn recorded(transaction: &Transaction<'_>, new: &NewEdit, row: HistoryId) -> Result<(), StoreError> {
    if let Some(undone) = new.undoes {
        mark(transaction, undone.0, row)?;
    }
    if let Some(redone) = new.redoes {
        make_final(transaction, redone)?;
    }
    if new.undoes.is_none() && new.redoes.is_none() {
        transaction
            .prepare_cached("UPDATE edits SET redo_turn = NULL WHERE who = ?1 AND redo_turn IS NOT NULL")?
            .execute([new.who.as_str()])?;
    }
    Ok(())
}

/// Notes what it means that an edit was taken back: it is undone itself, and what it had undone is in effect again.
pub(super) fn taken_back(transaction: &Transaction<'_>, taken: &Edit, row: HistoryId) -> Result<(), StoreError> {
    match taken.undoes {
        Some(undone) => {
            transaction
                .prepare_cached("UPDATE edits SET is_undone = 0, redo_turn = NULL WHERE id = ?1 AND state <> 'undone'")?
                .execute([undone.0])?;
            transaction.prepare_cached("UPDATE edits SET is_undone = 1 WHERE id = ?1")?.execute([taken.id.0])?;
            Ok(())
        }
        None => mark(transaction, taken.id.0, row),
    }
}

/// Has an edit that is undone not be made again.
pub(super) fn make_final(transaction: &Transaction<'_>, edit: EditId) -> Result<(), StoreError> {
    transaction.prepare_cached("UPDATE edits SET redo_turn = NULL WHERE id = ?1")?.execute([edit.0])?;
    Ok(())
}

/// Marks an edit as undone by a row of history, so that the one undone last is made again first.
fn mark(transaction: &Transaction<'_>, edit: i64, row: HistoryId) -> Result<(), StoreError> {
    transaction
        .prepare_cached("UPDATE edits SET is_undone = 1, redo_turn = ?2 WHERE id = ?1")?
        .execute(params![edit, row.number()])?;
    Ok(())
}

impl Store {
    /// The edits a reviewer's undo would undo, the last one first: their latest in effect, with those made at once with it.
    ///
    /// One that waits is taken back ([`crate::EditState::Undone`]); for one that was sent, its inverse is recorded.
    ///
    /// # Errors
    /// That they cannot be read.
    pub fn latest_undoable(&self, who: &UserId) -> Result<Vec<Edit>, StoreError> {
        let work = self.work();
        let which = "who = ?1 AND is_undone = 0 AND undoes IS NULL";
        let Some(batch) = batch(&work, &format!("{which} ORDER BY id DESC"), who)? else { return Ok(Vec::new()) };
        many(&work, &format!("{which} AND batch = ?2 ORDER BY id DESC"), who, batch)
    }

    /// The edits a reviewer's redo would make again, in the order they were made: what was undone last.
    ///
    /// # Errors
    /// That they cannot be read.
    pub fn latest_redoable(&self, who: &UserId) -> Result<Vec<Edit>, StoreError> {
        let work = self.work();
        let which = "who = ?1 AND redo_turn IS NOT NULL";
        let Some(batch) = batch(&work, &format!("{which} ORDER BY redo_turn DESC"), who)? else {
            return Ok(Vec::new());
        };
        many(&work, &format!("{which} AND batch = ?2 ORDER BY id"), who, batch)
    }
}

/// What an edit was made at once with.
pub(super) fn batch_of(connection: &Connection, edit: EditId) -> Result<i64, StoreError> {
    let mut asked = connection.prepare_cached("SELECT batch FROM edits WHERE id = ?1")?;
    asked.query_row([edit.0], |row| row.get(0)).optional()?.ok_or(StoreError::NoSuchEdit)
}

/// The batch of the first edit.
fn batch(connection: &Connection, which: &str, who: &UserId) -> Result<Option<i64>, StoreError> {
    let mut asked = connection.prepare_cached(&format!("SELECT batch FROM edits WHERE {which} LIMIT 1"))?;
    Ok(asked.query_row([who.as_str()], |row| row.get(0)).optional()?)
}

fn many(connection: &Connection, which: &str, who: &UserId, batch: i64) -> Result<Vec<Edit>, StoreError> {
    let mut asked = connection.prepare_cached(&format!("{COLUMNS} WHERE {which}"))?;
    asked.query_and_then(params![who.as_str(), batch], edit)?.collect()
}
