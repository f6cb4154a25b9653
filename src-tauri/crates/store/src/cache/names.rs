use jiff::Timestamp;
use rusqlite::params;

use crate::{Store, StoreError, time};

/// What a name belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameKind {
    /// A person.
    Person,
    /// A service.
    Service,
    /// An agent.
    Agent,
    /// An organization.
    Organization,
}

impl NameKind {
    fn column(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Service => "service",
            Self::Agent => "agent",
            Self::Organization => "organization",
        }
    }
}

impl Store {
    /// Keeps what is known under ids, as JSON its owner writes; all or none.
    ///
    /// # Errors
    /// That it cannot be written.
    pub fn put_names<T: AsRef<str>>(
        &self,
        kind: NameKind,
        names: &[(T, T)],
        read_at: Timestamp,
    ) -> Result<(), StoreError> {
        self.cached_at_once(|transaction| {
            let mut put = transaction.prepare_cached(
                "INSERT INTO names VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (kind, id) DO UPDATE SET value = excluded.value, read_at = excluded.read_at",
            )?;
            for (id, value) in names {
                put.execute(params![kind.column(), id.as_ref(), value.as_ref(), time::to_column(read_at)])?;
            }
            Ok(())
        })
    }

    /// All names of a kind: id and JSON, by id.
    ///
    /// # Errors
    /// That they cannot be read.
    pub fn names(&self, kind: NameKind) -> Result<Vec<(String, String)>, StoreError> {
        self.cached(|file| {
            let connection = file.connection()?;
            let mut asked = connection.prepare_cached("SELECT id, value FROM names WHERE kind = ?1 ORDER BY id")?;
            let rows = asked.query_map([kind.column()], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}
