use earmark_review::{ConversationId, Message};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Kept;
use super::pieces::{Kind, Piece, encode};
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
}
