//! Reading a damaged database row by row, each on its own.

use std::collections::BTreeSet;

use rusqlite::{Transaction, params, params_from_iter};

use super::old::{Numbered, Old};
use crate::StoreError;

/// The tables of work. Each numbers its rows and never gives a number twice.
const TABLES: [&str; 9] =
    ["drafts", "edits", "aliases", "review_states", "flags", "history", "views", "queues", "queue_items"];

/// After so many numbers in a row with nothing to read, a table whose last number is unknown is taken to be over.
const GIVE_UP: u32 = 2_000;

/// What came of it.
#[derive(Debug, Default)]
pub(super) struct Saved {
    /// Rows saved.
    pub(super) saved: u64,
    /// Rows that cannot be read; `None` when it cannot be told how many.
    pub(super) lost: Option<u64>,
    /// Edits and flags made again from the history.
    pub(super) restored: u64,
    /// Numbers of edits that cannot be read.
    pub(super) lost_edits: BTreeSet<i64>,
    /// Whether a flag may be lost.
    pub(super) lacks_flags: bool,
    /// Whether all history could be read.
    pub(super) has_all_history: bool,
}

/// Copies every row that can be read.
///
/// # Errors
/// That the new database cannot be written.
pub(super) fn save(old: &mut Old, new: &Transaction<'_>) -> Result<Saved, StoreError> {
    let mut all = Saved { lost: Some(0), ..Saved::default() };
    for table in TABLES {
        let Counted { saved, lost, is_open_ended } = Copying::of(table, old, new)?.run()?;
        all.saved += saved;
        all.lost = all.lost.filter(|_| !is_open_ended).map(|before| before + lost.len() as u64);
        match table {
            "history" => all.has_all_history = lost.is_empty() && !is_open_ended,
            "edits" => all.lost_edits = lost,
            "flags" => all.lacks_flags = is_open_ended || !lost.is_empty(),
            _ => {}
        }
    }
    Ok(all)
}

/// One table on its way.
struct Copying<'a> {
    old: &'a mut Old,
    new: &'a Transaction<'a>,
    table: &'static str,
    columns: Vec<String>,
    /// The last number ever given; `None` when that cannot be read.
    last: Option<i64>,
    counted: Counted,
}

/// What came of one table.
#[derive(Default)]
struct Counted {
    saved: u64,
    lost: BTreeSet<i64>,
    /// Whether nothing is known of what may have come after the last one lost.
    is_open_ended: bool,
}

impl<'a> Copying<'a> {
    fn of(table: &'static str, old: &'a mut Old, new: &'a Transaction<'a>) -> Result<Self, StoreError> {
        let mut asked = new.prepare("SELECT name FROM pragma_table_info(?1)")?;
        let columns = asked.query_map([table], |row| row.get(0))?.collect::<Result<_, _>>()?;
        let last = old.last_number(table);
        Ok(Self { old, new, table, columns, last, counted: Counted::default() })
    }

    fn run(mut self) -> Result<Counted, StoreError> {
        let mut at = 0;
        // In order for as long as that goes, then number by number until something can be read again.
        while !self.read_on(&mut at)? {
            if !self.search(&mut at)? {
                break;
            }
        }
        if let Some(last) = self.last.filter(|last| *last > 0) {
            // A number that was given is not given again, though its row be lost.
            self.new.execute("DELETE FROM sqlite_sequence WHERE name = ?1", [self.table])?;
            self.new.execute("INSERT INTO sqlite_sequence VALUES (?1, ?2)", params![self.table, last.max(at)])?;
        }
        Ok(self.counted)
    }

    /// Copies the rows after `at` in order; answers whether that came to the end.
    fn read_on(&mut self, at: &mut i64) -> Result<bool, StoreError> {
        let sql = self.sql("id > ?1 ORDER BY id");
        let (new, table, columns, counted) = (self.new, self.table, &self.columns, &mut self.counted);
        self.old.read_on(&sql, [*at], |row| {
            *at = row.0;
            put(new, table, columns, &row, counted)
        })
    }

    /// Looks number by number for the next row that can be read, and copies it; answers whether there is one.
    fn search(&mut self, at: &mut i64) -> Result<bool, StoreError> {
        let sql = self.sql("id = ?1");
        let mut since = 0;
        loop {
            *at += 1;
            if self.last.is_some_and(|last| *at > last) {
                return Ok(false);
            }
            match self.old.read_one(&sql, [*at]) {
                Ok(Some(row)) => {
                    put(self.new, self.table, &self.columns, &row, &mut self.counted)?;
                    return Ok(true);
                }
                Ok(None) => {}
                Err(_) => {
                    self.counted.lost.insert(*at);
                    since += 1;
                }
            }
            if self.last.is_none() && since >= GIVE_UP {
                self.counted.is_open_ended = true;
                return Ok(false);
            }
        }
    }

    fn sql(&self, which: &str) -> String {
        // By number, never by an index: it may be damaged where the table is not.
        format!("SELECT {} FROM {} NOT INDEXED WHERE {which}", self.columns.join(", "), self.table)
    }
}

fn put(
    new: &Transaction<'_>,
    table: &str,
    columns: &[String],
    (id, values): &Numbered,
    counted: &mut Counted,
) -> Result<(), StoreError> {
    let places = vec!["?"; values.len()].join(", ");
    let sql = format!("INSERT OR IGNORE INTO {table} ({}) VALUES ({places})", columns.join(", "));
    // What breaks a rule of the table was not written there by this program.
    if new.prepare_cached(&sql)?.execute(params_from_iter(values))? == 1 {
        counted.saved += 1;
    } else {
        counted.lost.insert(*id);
    }
    Ok(())
}
