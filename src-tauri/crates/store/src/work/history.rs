//! Who did what, when, and what came of it. The database itself refuses to change or delete a row.

use std::collections::VecDeque;

use earmark_review::{ConversationId, UserId};
use jiff::Timestamp;
use rusqlite::{Row, Transaction, params, params_from_iter};
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use super::EditId;
use crate::{Store, StoreError, time};

/// Rows read at once while walking through all of them.
const CHUNK: u32 = 500;

/// A row of history. Later rows have greater ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct HistoryId(i64);

impl HistoryId {
    /// The id as a number.
    pub fn number(self) -> i64 {
        self.0
    }
}

/// One thing that happened to an edit. Serialized it is one line of an export, with what its owner wrote as JSON in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HistoryRow {
    /// Its id.
    pub id: HistoryId,
    /// The edit.
    #[serde(serialize_with = "number")]
    pub edit: EditId,
    /// Who made the edit.
    pub who: UserId,
    /// When it happened.
    pub at: Timestamp,
    /// What the edit changes.
    pub conversation: ConversationId,
    /// The change.
    #[serde(serialize_with = "as_written")]
    pub change: String,
    /// What it changed from.
    #[serde(serialize_with = "as_written")]
    pub before: String,
    /// The state the edit came to: `waiting`, `sending`, `sent`, `needs_you` or `undone`.
    pub state: String,
    /// What its owner had to say of it.
    pub outcome: String,
    /// What the server calls the exchange, when there was one.
    pub request_id: Option<String>,
}

fn number<S: Serializer>(id: &EditId, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_i64(id.number())
}

/// JSON as JSON; anything else as a string.
fn as_written<S: Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
    match serde_json::from_str::<&RawValue>(text) {
        // A line of an export is one line.
        Ok(json) if !text.contains('\n') => json.serialize(serializer),
        _ => text.serialize(serializer),
    }
}

/// Adds what an edit has just come to.
pub(super) fn append(
    transaction: &Transaction<'_>,
    edit: EditId,
    at: Timestamp,
    outcome: &str,
    request_id: Option<&str>,
) -> Result<HistoryId, StoreError> {
    transaction
        .prepare_cached(
            "INSERT INTO history (edit, who, at, conversation, change, before, state, outcome, request_id)
             SELECT id, who, ?2, conversation, change, before, state, ?3, ?4 FROM edits WHERE id = ?1",
        )?
        .execute(params![edit.0, time::to_column(at), outcome, request_id])?;
    Ok(HistoryId(transaction.last_insert_rowid()))
}

const COLUMNS: &str =
    "SELECT id, edit, who, at, conversation, change, before, state, outcome, request_id FROM history WHERE";

fn row(row: &Row<'_>) -> Result<HistoryRow, StoreError> {
    Ok(HistoryRow {
        id: HistoryId(row.get(0)?),
        edit: EditId(row.get(1)?),
        who: UserId::new(row.get::<_, String>(2)?).map_err(StoreError::unreadable)?,
        at: time::from_column(row.get(3)?)?,
        conversation: ConversationId::new(row.get::<_, String>(4)?).map_err(StoreError::unreadable)?,
        change: row.get(5)?,
        before: row.get(6)?,
        state: row.get(7)?,
        outcome: row.get(8)?,
        request_id: row.get(9)?,
    })
}

impl Store {
    /// When edits whose change begins with one of these words were recorded, and when they were taken back, oldest first.
    ///
    /// # Errors
    /// That it cannot be read.
    pub fn recorded(&self, beginnings: &[&str]) -> Result<Vec<HistoryRow>, StoreError> {
        let begins = vec!["substr(change, 1, length(?)) = ?"; beginnings.len()].join(" OR ");
        let sql = format!("{COLUMNS} state IN ('waiting', 'undone') AND ({begins}) ORDER BY id");
        let values = beginnings.iter().flat_map(|beginning| [beginning, beginning]);
        let work = self.work();
        let mut asked = work.prepare_cached(&sql)?;
        asked.query_and_then(params_from_iter(values), row)?.collect()
    }

    /// The whole history, oldest first, read a part at a time: others may write in between.
    pub fn whole_history(&self) -> HistoryRows<'_> {
        HistoryRows { store: self, read: VecDeque::new(), after: HistoryId(0), is_over: false }
    }
}

/// Walks through the whole history, oldest first. Ends after an error.
#[derive(Debug)]
pub struct HistoryRows<'a> {
    store: &'a Store,
    read: VecDeque<HistoryRow>,
    after: HistoryId,
    is_over: bool,
}

impl HistoryRows<'_> {
    fn read_on(&self) -> Result<VecDeque<HistoryRow>, StoreError> {
        let work = self.store.work();
        let mut asked = work.prepare_cached(&format!("{COLUMNS} id > ?1 ORDER BY id LIMIT ?2"))?;
        asked.query_and_then(params![self.after.0, CHUNK], row)?.collect()
    }
}

impl Iterator for HistoryRows<'_> {
    type Item = Result<HistoryRow, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.read.is_empty() && !self.is_over {
            match self.read_on() {
                Ok(read) => {
                    self.is_over = read.len() < CHUNK as usize;
                    self.read = read;
                }
                Err(error) => {
                    self.is_over = true;
                    return Some(Err(error));
                }
            }
        }
        let next = self.read.pop_front()?;
        self.after = next.id;
        Some(Ok(next))
    }
}
