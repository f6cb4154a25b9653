use earmark_review::{ConversationId, Message};
use jiff::Timestamp;
use rusqlite::params;
use serde::{Deserialize, Serialize};

use super::Kept;
use super::packing::{decode_if, encode};
use super::pieces::{Kind, Piece};
use crate::{Store, StoreError};

/// All messages of a conversation. One read in part is never kept: it would look whole.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct CompleteMessages {
    /// In the order they came.
    pub messages: Vec<Message>,
    /// Messages that could not be read and are left out.
    #[serde(default)]
    pub unreadable: u32,
    /// Whether the conversation went on when they were read: there may be more by now.
    #[serde(default)]
    pub goes_on: bool,
}

impl Store {
    /// Keeps a conversation's messages in place of those kept before.
    ///
    /// # Errors
    /// That they cannot be written.
    pub fn put_transcript(
        &self,
        conversation: &ConversationId,
        messages: &CompleteMessages,
        read_at: Timestamp,
    ) -> Result<(), StoreError> {
        self.put_transcripts(&[(conversation, messages)], read_at)
    }

    /// Keeps the messages of several conversations at once, all or none.
    ///
    /// # Errors
    /// That they cannot be written.
    pub fn put_transcripts(
        &self,
        transcripts: &[(&ConversationId, &CompleteMessages)],
        read_at: Timestamp,
    ) -> Result<(), StoreError> {
        let values = transcripts.iter().map(|(_, messages)| encode(messages)).collect::<Result<Vec<_>, _>>()?;
        let pieces: Vec<Piece<'_>> = transcripts
            .iter()
            .zip(&values)
            .map(|((conversation, _), value)| Piece {
                conversation,
                kind: Kind::Transcript,
                name: "",
                value,
                facts: &[],
            })
            .collect();
        self.put_pieces(&pieces, read_at)
    }

    /// A conversation's messages, if they are here.
    ///
    /// # Errors
    /// That they cannot be read.
    pub fn transcript(&self, conversation: &ConversationId) -> Result<Option<Kept<CompleteMessages>>, StoreError> {
        self.piece(conversation, Kind::Transcript, "")
    }

    /// At most `limit` conversations whose messages are here, by id, from the one after `after` on; each with its messages
    /// where a text stands anywhere in what is kept of them, be it in an id.
    ///
    /// # Errors
    /// That they cannot be read.
    pub fn transcripts_with(
        &self,
        text: &str,
        after: Option<&ConversationId>,
        limit: u32,
    ) -> Result<Vec<(ConversationId, Option<CompleteMessages>)>, StoreError> {
        self.cached(|file| {
            let mut asked = file.connection()?.prepare_cached(
                "SELECT conversation, value, read_at FROM pieces WHERE kind = ?1 AND conversation > ?2
                 ORDER BY conversation LIMIT ?3",
            )?;
            let from = after.map_or("", ConversationId::as_str);
            let mut rows = asked.query(params![Kind::Transcript.column(), from, limit])?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                let Ok(conversation) = ConversationId::new(row.get::<_, String>(0)?) else { continue };
                let value = row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?;
                let kept = decode_if(value, row.get(2)?, |json| contains(json, text.as_bytes()))?;
                found.push((conversation, kept.map(|kept: Kept<CompleteMessages>| kept.value)));
            }
            Ok(found)
        })
    }
}

fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len().max(1)).any(|window| window == wanted)
}
