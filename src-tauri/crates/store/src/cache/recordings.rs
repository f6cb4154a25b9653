use earmark_review::{ConversationId, MessageId};
use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};

use super::pieces::{Kind, Piece};
use crate::{Store, StoreError};

/// A message's sound as it was fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// The compressed bytes.
    pub bytes: Vec<u8>,
    /// What was found out about them, as its owner writes it; may be empty.
    pub facts: Vec<u8>,
}

impl Store {
    /// Keeps a message's recording, and what is known of it so that it need not be found out again.
    ///
    /// # Errors
    /// That it cannot be written.
    pub fn put_recording(
        &self,
        conversation: &ConversationId,
        message: &MessageId,
        bytes: &[u8],
        facts: &[u8],
        read_at: Timestamp,
    ) -> Result<(), StoreError> {
        let name = message.as_str();
        self.put_pieces(&[Piece { conversation, kind: Kind::Recording, name, value: bytes, facts }], read_at)
    }

    /// A message's recording, if it is here.
    ///
    /// # Errors
    /// That it cannot be read.
    pub fn recording(&self, message: &MessageId) -> Result<Option<Recorded>, StoreError> {
        self.cached(|file| {
            let found = file
                .connection()?
                .prepare_cached(
                    "SELECT conversation, value, facts FROM pieces WHERE name = ?1 AND name <> '' AND kind = ?2",
                )?
                .query_row(params![message.as_str(), Kind::Recording.column()], |row| {
                    Ok((row.get::<_, String>(0)?, Recorded { bytes: row.get(1)?, facts: row.get(2)? }))
                })
                .optional()?;
            let Some((conversation, recorded)) = found else { return Ok(None) };
            if let Ok(conversation) = ConversationId::new(conversation) {
                file.used(&conversation);
            }
            Ok(Some(recorded))
        })
    }

    /// The messages of a conversation whose recordings are here, with their sizes in bytes, facts included.
    ///
    /// # Errors
    /// That they cannot be read.
    pub fn recorded_messages(&self, conversation: &ConversationId) -> Result<Vec<(MessageId, u64)>, StoreError> {
        self.cached(|file| {
            let connection = file.connection()?;
            let mut asked = connection.prepare_cached(
                "SELECT name, length(value) + length(facts) FROM pieces WHERE conversation = ?1 AND kind = ?2",
            )?;
            let rows = asked.query_map(params![conversation.as_str(), Kind::Recording.column()], |row| {
                Ok((row.get::<_, String>(0)?, row.get(1)?))
            })?;
            let rows = rows.collect::<Result<Vec<_>, _>>()?;
            Ok(rows.into_iter().filter_map(|(id, bytes)| Some((MessageId::new(id).ok()?, bytes))).collect())
        })
    }
}
