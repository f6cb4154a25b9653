use std::path::{Path, PathBuf};

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Params, Row};

use crate::connect::{leave_as_found, open};
use crate::migrations::Database;
use crate::{Key, StoreError};

/// A copy of a damaged database, for reading what can be read.
///
/// SQLCipher answers nothing any more once it has met a bad page. So after an error the copy is opened anew.
pub(super) struct Old {
    path: PathBuf,
    key: Key,
    connection: Connection,
}

/// A row with its number, which is the first of its values.
pub(super) type Numbered = (i64, Vec<Value>);

impl Old {
    /// Opens it if its tables can be found.
    pub(super) fn open(path: &Path, key: &Key) -> Option<Self> {
        let connection = short(path, key).ok()?;
        has_tables(&connection).then(|| Self { path: path.to_owned(), key: key.duplicate(), connection })
    }

    /// The last number a table ever gave; `None` when that cannot be read.
    pub(super) fn last_number(&mut self, table: &str) -> Option<i64> {
        let sql = "SELECT seq FROM sqlite_sequence WHERE name = ?1";
        let last = self.connection.query_row(sql, [table], |row| row.get(0)).optional();
        self.forgive(&last);
        // A table that never held a row has no entry.
        last.ok().map(Option::unwrap_or_default)
    }

    /// Reads rows in order until one cannot be read; answers whether that came to the end.
    ///
    /// # Errors
    /// What `take` answers.
    pub(super) fn read_on(
        &mut self,
        sql: &str,
        values: impl Params,
        mut take: impl FnMut(Numbered) -> Result<(), StoreError>,
    ) -> Result<bool, StoreError> {
        let mut taken = Ok(());
        let done = (|| {
            let mut asked = self.connection.prepare_cached(sql)?;
            let mut rows = asked.query(values)?;
            while let Some(row) = rows.next()? {
                taken = take(numbered(row)?);
                if taken.is_err() {
                    break;
                }
            }
            Ok(())
        })();
        taken?;
        self.forgive(&done);
        Ok(done.is_ok())
    }

    /// Reads one row.
    ///
    /// # Errors
    /// That it cannot be read.
    pub(super) fn read_one(&mut self, sql: &str, values: impl Params) -> rusqlite::Result<Option<Numbered>> {
        let read = (|| {
            let mut asked = self.connection.prepare_cached(sql)?;
            let mut rows = asked.query(values)?;
            rows.next()?.map(numbered).transpose()
        })();
        self.forgive(&read);
        read
    }

    /// Opens it anew if an error has made it answer nothing more.
    fn forgive<T>(&mut self, read: &rusqlite::Result<T>) {
        if read.is_err()
            && !has_tables(&self.connection)
            && let Ok(again) = short(&self.path, &self.key)
        {
            self.connection = again;
        }
    }
}

fn numbered(row: &Row<'_>) -> rusqlite::Result<Numbered> {
    let columns = row.as_ref().column_count();
    Ok((row.get(0)?, (0..columns).map(|column| row.get(column)).collect::<rusqlite::Result<_>>()?))
}

/// Opens even what SQLite would refuse because it is shorter than it says.
fn short(path: &Path, key: &Key) -> Result<Connection, StoreError> {
    let connection = open(path, key, Database::Work)?;
    connection.execute_batch("PRAGMA writable_schema = ON;")?;
    // The log must not be written into a file that may have to be tried in another way.
    leave_as_found(&connection, true)?;
    Ok(connection)
}

fn has_tables(connection: &Connection) -> bool {
    let count = connection.query_row("SELECT count(*) FROM sqlite_master", [], |row| row.get::<_, i64>(0));
    count.is_ok_and(|count| count > 0)
}
