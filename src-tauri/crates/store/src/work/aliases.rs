use rusqlite::OptionalExtension;

use crate::{Store, StoreError};

impl Store {
    /// Notes which id a server gave to something made here. Said again, the later id holds.
    ///
    /// # Errors
    /// That it cannot be written.
    pub fn alias(&self, local: &str, server: &str) -> Result<(), StoreError> {
        self.work()
            .prepare_cached(
                "INSERT INTO aliases (local, server) VALUES (?1, ?2)
                 ON CONFLICT (local) DO UPDATE SET server = excluded.server",
            )?
            .execute([local, server])?;
        Ok(())
    }

    /// The id a server gave to something made here; `None` while it has none.
    ///
    /// # Errors
    /// That it cannot be read.
    pub fn alias_of(&self, local: &str) -> Result<Option<String>, StoreError> {
        let work = self.work();
        let mut asked = work.prepare_cached("SELECT server FROM aliases WHERE local = ?1")?;
        Ok(asked.query_row([local], |row| row.get(0)).optional()?)
    }
}
