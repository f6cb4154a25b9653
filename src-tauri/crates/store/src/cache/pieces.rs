//! The large parts of a conversation, each under a kind and, where there are many of a kind, a name.

use earmark_review::ConversationId;
use jiff::Timestamp;
use rusqlite::{OptionalExtension, Transaction, params};
use serde::de::DeserializeOwned;

use super::Kept;
use super::packing::decode;
use super::room::touch;
use crate::{Store, StoreError, time};

/// The kinds there are, as the column spells them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// All messages.
    Transcript,
    /// One interaction's insight, named by the interaction.
    Insight,
    /// All tool invocations.
    Invocations,
    /// One message's recording, named by the message.
    Recording,
}

impl Kind {
    pub(super) fn column(self) -> &'static str {
        match self {
            Self::Transcript => "transcript",
            Self::Insight => "insight",
            Self::Invocations => "invocations",
            Self::Recording => "recording",
        }
    }
}

/// A piece to be kept.
pub(super) struct Piece<'a> {
    pub(super) conversation: &'a ConversationId,
    pub(super) kind: Kind,
    /// Empty when a conversation has one of the kind.
    pub(super) name: &'a str,
    pub(super) value: &'a [u8],
    pub(super) facts: &'a [u8],
}

/// Writes a piece in place of the one before, and notes the conversation as used.
fn put(transaction: &Transaction<'_>, piece: &Piece<'_>, read_at: Timestamp) -> Result<(), StoreError> {
    transaction
        .prepare_cached(
            "INSERT INTO pieces VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (conversation, kind, name)
             DO UPDATE SET value = excluded.value, facts = excluded.facts, read_at = excluded.read_at",
        )?
        .execute(params![
            piece.conversation.as_str(),
            piece.kind.column(),
            piece.name,
            piece.value,
            piece.facts,
            time::to_column(read_at)
        ])?;
    touch(transaction, piece.conversation)
}

impl Store {
    /// Keeps pieces, all or none, and makes room for them.
    pub(super) fn put_pieces(&self, pieces: &[Piece<'_>], read_at: Timestamp) -> Result<(), StoreError> {
        self.cached(|file| {
            file.adding(|transaction| pieces.iter().try_for_each(|piece| put(transaction, piece, read_at)))
        })
    }

    /// The one piece of its kind.
    pub(super) fn piece<T: DeserializeOwned>(
        &self,
        conversation: &ConversationId,
        kind: Kind,
        name: &str,
    ) -> Result<Option<Kept<T>>, StoreError> {
        self.cached(|file| {
            let found: Option<(Vec<u8>, i64)> = file
                .connection()?
                .prepare_cached(
                    "SELECT value, read_at FROM pieces WHERE conversation = ?1 AND kind = ?2 AND name = ?3",
                )?
                .query_row(params![conversation.as_str(), kind.column(), name], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?;
            if found.is_some() {
                file.used(conversation);
            }
            found.map_or(Ok(None), |(value, read_at)| decode(&value, read_at))
        })
    }

    /// Removes everything of a conversation from the cache, its head included: it is gone, or may no longer be read.
    ///
    /// # Errors
    /// That it cannot be removed.
    pub fn drop_conversation(&self, conversation: &ConversationId) -> Result<(), StoreError> {
        self.cached_at_once(|transaction| {
            super::room::drop_pieces(transaction, conversation.as_str())?;
            transaction
                .prepare_cached("DELETE FROM conversation_tags WHERE conversation = ?1")?
                .execute([conversation.as_str()])?;
            transaction.prepare_cached("DELETE FROM conversations WHERE id = ?1")?.execute([conversation.as_str()])?;
            Ok(())
        })
    }
}
