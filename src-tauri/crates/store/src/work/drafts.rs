use jiff::Timestamp;
use rusqlite::{Row, params};

use crate::{Store, StoreError, time};

/// Text as it stood when it was last typed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Where it was typed, as its owner names places.
    pub place: String,
    /// What was typed.
    pub text: String,
    /// Where the caret stood, as its owner counts.
    pub caret: u32,
    /// When it was last changed.
    pub at: Timestamp,
}

const COLUMNS: &str = "SELECT place, text, caret, at FROM drafts";

/// From the index alone, which holds no text.
const PLACES: &str = "SELECT place FROM drafts ORDER BY place";

fn draft(row: &Row<'_>) -> Result<Draft, StoreError> {
    Ok(Draft { place: row.get(0)?, text: row.get(1)?, caret: row.get(2)?, at: time::from_column(row.get(3)?)? })
}

impl Store {
    /// Keeps what is being typed at a place.
    ///
    /// # Errors
    /// That it cannot be written; what was kept before stands.
    pub fn save_draft(&self, place: &str, text: &str, caret: u32, at: Timestamp) -> Result<(), StoreError> {
        let mut work = self.work();
        let transaction = work.transaction()?;
        let values = params![place, text, caret, time::to_column(at)];
        let changed = transaction
            .prepare_cached("UPDATE drafts SET text = ?2, caret = ?3, at = ?4 WHERE place = ?1")?
            .execute(values)?;
        // An upsert would use up a row number with every key typed, and numbers are what damaged work is saved by.
        if changed == 0 {
            transaction
                .prepare_cached("INSERT INTO drafts (place, text, caret, at) VALUES (?1, ?2, ?3, ?4)")?
                .execute(values)?;
        }
        Ok(transaction.commit()?)
    }

    /// All drafts at places that begin so, by place.
    ///
    /// # Errors
    /// That they cannot be read.
    pub fn drafts_under(&self, prefix: &str) -> Result<Vec<Draft>, StoreError> {
        let work = self.work();
        let mut asked =
            work.prepare_cached(&format!("{COLUMNS} WHERE substr(place, 1, length(?1)) = ?1 ORDER BY place"))?;
        asked.query_and_then([prefix], draft)?.collect()
    }

    /// The places of all drafts, in order. What is typed there is not read.
    ///
    /// # Errors
    /// That they cannot be read.
    pub fn draft_places(&self) -> Result<Vec<String>, StoreError> {
        let work = self.work();
        let mut asked = work.prepare_cached(PLACES)?;
        Ok(asked.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?)
    }

    /// Lets a draft go: it was sent, or thrown away. One that is not there is no error.
    ///
    /// # Errors
    /// That it cannot be removed.
    pub fn drop_draft(&self, place: &str) -> Result<(), StoreError> {
        self.work().prepare_cached("DELETE FROM drafts WHERE place = ?1")?.execute([place])?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::sample::{at, store};

    #[test]
    fn where_something_is_typed_is_known_without_a_look_at_what() {
        let (_folder, store) = store();
        store.save_draft("c2/comment", "second", 0, at(1)).unwrap();
        store.save_draft("c1/tag", "first", 0, at(2)).unwrap();
        assert_eq!(store.draft_places().unwrap(), ["c1/tag", "c2/comment"]);
        let plan: String =
            store.work().query_row(&format!("EXPLAIN QUERY PLAN {PLACES}"), [], |row| row.get("detail")).unwrap();
        assert!(plan.contains("COVERING INDEX"), "{plan}");
    }
}
