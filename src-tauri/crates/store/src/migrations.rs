//! The steps from one shape of a database to the next. A released step is never changed: a new one is added.

use rusqlite::Connection;
use rusqlite_migration::{M, Migrations};

use crate::StoreError;

/// Which of the two databases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Database {
    /// Can be deleted at any time.
    Cache,
    /// Never without the reviewer.
    Work,
}

impl Database {
    /// The name of its file.
    pub(crate) fn file(self) -> &'static str {
        match self {
            Self::Cache => "cache.db",
            Self::Work => "work.db",
        }
    }

    /// Its migrations, oldest first.
    pub(crate) fn steps(self) -> &'static [&'static str] {
        match self {
            Self::Cache => &[
                include_str!("cache/schema_1.sql"),
                include_str!("cache/schema_2.sql"),
                include_str!("cache/schema_3.sql"),
            ],
            Self::Work => &[include_str!("work/schema_1.sql"), include_str!("work/schema_2.sql")],
        }
    }

    /// Brings a database to the shape of the program that has so many steps; one that is there already stays as it is.
    ///
    /// # Errors
    /// [`StoreError::Newer`], or that it cannot be written.
    pub(crate) fn migrate_by(self, steps: usize, connection: &mut Connection) -> Result<(), StoreError> {
        let steps: Vec<M<'static>> = self.steps().iter().take(steps).map(|sql| M::up(sql)).collect();
        Ok(Migrations::new(steps).to_latest(connection)?)
    }

    /// Whether a newer program has been here.
    pub(crate) fn is_newer(self, connection: &Connection) -> Result<bool, StoreError> {
        let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
        Ok(usize::try_from(version).map_or(true, |version| version > self.steps().len()))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use sha2::{Digest, Sha256};

    /// SHA-256 of each released step. A line is added with a release and never changed.
    const FROZEN: [(Database, &[&str]); 2] = [
        (
            Database::Cache,
            &[
                "9798cc07f3e1bc54de9b04ad70531ca1d78bd1429cffdae138d0a828bfdd4f27",
                "74fa20714ea8aff48d2b3deb7c21f8d839559020cd77ca80e348a99df6b71418",
                "8f406d35c8ca286481a2cc0da59c5697831a2070958e8ba3ccd602a54b031988",
            ],
        ),
        (
            Database::Work,
            &[
                "72d669bf90afc5b9d67acb508717490e4fe7dd69eed9e84d53facc047b1d1934",
                "be52cd17c3af6e29a56ae1ecb6978192cd5ef82e5c2efc55f00b0da4f608ecaf",
            ],
        ),
    ];

    #[test]
    fn released_steps_are_frozen() {
        for (database, frozen) in FROZEN {
            let found: Vec<String> = database
                .steps()
                .iter()
                .map(|sql| Sha256::digest(sql.replace("\r\n", "\n")).iter().map(|byte| format!("{byte:02x}")).collect())
                .collect();
            assert_eq!(found, frozen, "{database:?}: databases out there were made by these very steps; add a new one");
        }
    }

    #[test]
    fn what_was_packed_in_another_way_goes_and_recordings_stay() {
        let mut cache = Connection::open_in_memory().unwrap();
        Database::Cache.migrate_by(2, &mut cache).unwrap();
        cache
            .execute_batch(
                "INSERT INTO conversations VALUES ('c', 'u', 's', 1, 1, x'00', 1);
                 INSERT INTO conversation_tags VALUES ('c', 'topic', NULL);
                 INSERT INTO pieces VALUES ('c', 'transcript', '', x'0000', x'00', 1);
                 INSERT INTO pieces VALUES ('c', 'recording', 'm', x'000000', x'', 1);",
            )
            .unwrap();
        Database::Cache.migrate_by(Database::Cache.steps().len(), &mut cache).unwrap();
        let left = "SELECT (SELECT count(*) FROM conversations) + (SELECT count(*) FROM conversation_tags),
            (SELECT group_concat(kind) FROM pieces), (SELECT bytes FROM room), (SELECT bytes FROM held)";
        let left: (i64, String, i64, i64) =
            cache.query_row(left, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))).unwrap();
        assert_eq!(left, (0, "recording".into(), 3, 3));
    }

    #[test]
    fn migrating_twice_changes_nothing() {
        for database in [Database::Cache, Database::Work] {
            let mut connection = Connection::open_in_memory().unwrap();
            let shape = |connection: &Connection| -> Vec<String> {
                let mut all =
                    connection.prepare("SELECT coalesce(sql, name) FROM sqlite_master ORDER BY name").unwrap();
                all.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
            };
            let migrate = |connection: &mut Connection| database.migrate_by(database.steps().len(), connection);
            migrate(&mut connection).unwrap();
            let once = shape(&connection);
            migrate(&mut connection).unwrap();
            assert_eq!(shape(&connection), once);
            assert!(!database.is_newer(&connection).unwrap());
            connection.pragma_update(None, "user_version", database.steps().len() + 1).unwrap();
            assert!(database.is_newer(&connection).unwrap());
            assert!(matches!(migrate(&mut connection), Err(StoreError::Newer)));
        }
    }
}
