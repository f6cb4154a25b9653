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

    /// What was made here and has an id of a server, with that id.
    ///
    /// # Errors
    /// That they cannot be read.
    pub fn aliases(&self) -> Result<Vec<(String, String)>, StoreError> {
        let work = self.work();
        let mut asked = work.prepare_cached("SELECT local, server FROM aliases ORDER BY id")?;
        Ok(asked.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?)
    }
}
