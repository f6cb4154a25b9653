//! The outbox: an edit is recorded here first, and leaves only when the server has it or the reviewer took it back.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Params, Transaction, params};

use super::edit::{COLUMNS, edit};
use super::flags::Flag;
use super::history::append;
use super::{Edit, EditId, EditState, NewEdit, flags, undo};
use crate::{Store, StoreError, time};

/// As the indexes spell it, or they would not be used.
const OPEN: &str = "state IN ('waiting', 'sending', 'needs_you')";

impl Store {
    /// Records an edit; it waits. On the disk when this returns.
    ///
    /// # Errors
    /// That it cannot be written; then nothing of it was.
    pub fn record(&self, new: &NewEdit) -> Result<EditId, StoreError> {
        let mut work = self.work();
        let transaction = work.transaction()?;
        let id = insert(&transaction, new, None)?;
        transaction.commit()?;
        Ok(id)
    }

    /// Records edits that belong together, all or none; they are undone together too.
    ///
    /// # Errors
    /// That they cannot be written; then nothing of them was.
    pub fn record_all(&self, new: &[NewEdit]) -> Result<Vec<EditId>, StoreError> {
        let mut work = self.work();
        let transaction = work.transaction()?;
        let ids = insert_all(&transaction, new)?;
        transaction.commit()?;
        Ok(ids)
    }

    /// Takes edits back and records others in their place, all or none.
    ///
    /// # Errors
    /// [`StoreError::Refused`] for an edit that cannot be taken back, [`StoreError::NoSuchEdit`], or that it cannot be
    /// written; then nothing of it was.
    pub fn replace(
        &self,
        old: &[EditId],
        at: Timestamp,
        outcome: &str,
        new: &[NewEdit],
    ) -> Result<Vec<EditId>, StoreError> {
        let mut work = self.work();
        let transaction = work.transaction()?;
        for id in old {
            step(&transaction, *id, EditState::Undone, at, outcome, None)?;
        }
        let ids = insert_all(&transaction, new)?;
        transaction.commit()?;
        Ok(ids)
    }

    /// Takes an edit to another state and writes into the history what came of it, both or neither.
    ///
    /// `outcome` is what its owner has to say of it; `request_id` what the server calls the exchange, when there was one.
    ///
    /// # Errors
    /// [`StoreError::Refused`] for a step it cannot take, [`StoreError::NoSuchEdit`], or that it cannot be written.
    pub fn set_state(
        &self,
        id: EditId,
        state: EditState,
        at: Timestamp,
        outcome: &str,
        request_id: Option<&str>,
    ) -> Result<(), StoreError> {
        let mut work = self.work();
        let transaction = work.transaction()?;
        step(&transaction, id, state, at, outcome, request_id)?;
        Ok(transaction.commit()?)
    }

    /// Takes edits back that were not sent, at once, and answers which: one that is on its way by now is passed over.
    ///
    /// # Errors
    /// [`StoreError::NoSuchEdit`], or that it cannot be written; then nothing of it was.
    pub fn take_back(&self, ids: &[EditId], at: Timestamp, outcome: &str) -> Result<Vec<EditId>, StoreError> {
        let mut work = self.work();
        let transaction = work.transaction()?;
        let mut taken = Vec::new();
        for id in ids {
            match step(&transaction, *id, EditState::Undone, at, outcome, None) {
                Ok(()) => taken.push(*id),
                Err(StoreError::Refused(_)) => {}
                Err(cause) => return Err(cause),
            }
        }
        transaction.commit()?;
        Ok(taken)
    }

    /// Gives an edit up that the server refused: it is over, and cannot be made again.
    ///
    /// # Errors
    /// As [`Store::set_state`].
    pub fn give_up(&self, id: EditId, at: Timestamp, refused: &str, outcome: &str) -> Result<(), StoreError> {
        let mut work = self.work();
        let transaction = work.transaction()?;
        step(&transaction, id, EditState::NeedsYou(String::new()), at, refused, None)?;
        step(&transaction, id, EditState::Undone, at, outcome, None)?;
        undo::make_final(&transaction, id)?;
        Ok(transaction.commit()?)
    }

    /// Writes into the history what turned out about an edit later, whatever its state.
    ///
    /// # Errors
    /// [`StoreError::NoSuchEdit`], or that it cannot be written.
    pub fn note(&self, id: EditId, at: Timestamp, outcome: &str) -> Result<(), StoreError> {
        let mut work = self.work();
        let transaction = work.transaction()?;
        one(&transaction, id)?.ok_or(StoreError::NoSuchEdit)?;
        append(&transaction, id, at, outcome, None)?;
        Ok(transaction.commit()?)
    }

    /// One edit, whatever its state.
    ///
    /// # Errors
    /// That it cannot be read.
    pub fn edit(&self, id: EditId) -> Result<Option<Edit>, StoreError> {
        one(&self.work(), id)
    }

    /// Every edit with something still to be done, in the order they were made.
    ///
    /// # Errors
    /// That they cannot be read.
    pub fn pending(&self) -> Result<Vec<Edit>, StoreError> {
        many(&self.work(), &format!("{COLUMNS} WHERE {OPEN} ORDER BY id"), [])
    }

    /// How many edits have something still to be done: what would be lost with the store.
    ///
    /// # Errors
    /// That they cannot be read.
    pub fn pending_count(&self) -> Result<u64, StoreError> {
        let work = self.work();
        let mut asked = work.prepare_cached(&format!("SELECT count(*) FROM edits WHERE {OPEN}"))?;
        Ok(asked.query_one([], |row| row.get(0))?)
    }

    /// Removes edits that were sent or undone before a time, and that no open edit undoes or makes again. The history
    /// keeps what they were. Answers how many went.
    ///
    /// # Errors
    /// That they cannot be removed.
    pub fn prune_sent(&self, before: Timestamp) -> Result<usize, StoreError> {
        let work = self.work();
        let mut going = work.prepare_cached(&format!(
            "DELETE FROM edits WHERE state IN ('sent', 'undone') AND changed_at < ?1
             AND id NOT IN (SELECT undoes FROM edits WHERE undoes IS NOT NULL AND {OPEN})
             AND id NOT IN (SELECT redoes FROM edits WHERE redoes IS NOT NULL AND {OPEN})"
        ))?;
        Ok(going.execute([time::to_column(before)])?)
    }
}

fn insert_all(transaction: &Transaction<'_>, new: &[NewEdit]) -> Result<Vec<EditId>, StoreError> {
    let mut ids = Vec::with_capacity(new.len());
    for new in new {
        ids.push(insert(transaction, new, ids.first().copied())?);
    }
    Ok(ids)
}

fn insert(transaction: &Transaction<'_>, new: &NewEdit, batch: Option<EditId>) -> Result<EditId, StoreError> {
    let flag = Flag::of(&new.change);
    transaction
        .prepare_cached(
            "INSERT INTO edits
                 (conversation, who, change, before, made_at, due_at, state, changed_at, undoes, redoes)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?9, ?5, ?7, ?8)",
        )?
        .execute(params![
            new.conversation.as_str(),
            new.who.as_str(),
            new.change,
            new.before,
            time::to_column(new.made_at),
            time::to_column(new.due_at),
            new.undoes.map(EditId::number),
            new.redoes.map(EditId::number),
            if flag.is_some() { "sent" } else { "waiting" },
        ])?;
    let id = EditId(transaction.last_insert_rowid());
    // What is made again belongs to those it was made with: some of them may never have been taken back.
    let batch = match new.redoes {
        Some(redone) => undo::batch_of(transaction, redone)?,
        None => batch.unwrap_or(id).0,
    };
    transaction.prepare_cached("UPDATE edits SET batch = ?2 WHERE id = ?1")?.execute([id.0, batch])?;
    let outcome = if let Some(flag) = &flag {
        flags::keep(transaction, &new.conversation, flag, new.made_at)?;
        "kept on this computer"
    } else {
        ""
    };
    let row = append(transaction, id, new.made_at, outcome, None)?;
    undo::recorded(transaction, new, row)?;
    Ok(id)
}

fn step(
    transaction: &Transaction<'_>,
    id: EditId,
    state: EditState,
    at: Timestamp,
    outcome: &str,
    request_id: Option<&str>,
) -> Result<(), StoreError> {
    let before = one(transaction, id)?.ok_or(StoreError::NoSuchEdit)?;
    let state = before.state.go(state)?;
    transaction
        .prepare_cached("UPDATE edits SET state = ?2, note = ?3, changed_at = ?4 WHERE id = ?1")?
        .execute(params![id.0, state.column(), state.note(), time::to_column(at)])?;
    let row = append(transaction, id, at, outcome, request_id)?;
    if state == EditState::Undone {
        undo::taken_back(transaction, &before, row)?;
    }
    Ok(())
}

pub(super) fn one(connection: &Connection, id: EditId) -> Result<Option<Edit>, StoreError> {
    let mut asked = connection.prepare_cached(&format!("{COLUMNS} WHERE id = ?1"))?;
    asked.query_row([id.0], |row| Ok(edit(row))).optional()?.transpose()
}

fn many(connection: &Connection, sql: &str, values: impl Params) -> Result<Vec<Edit>, StoreError> {
    connection.prepare_cached(sql)?.query_and_then(values, edit)?.collect()
}
