use earmark_review::{Comment, ConversationId};
use jiff::Timestamp;

use super::Kept;
use super::pieces::{Kind, Piece, encode};
use crate::{Store, StoreError};

impl Store {
    /// Keeps all comments of a conversation in place of those kept before.
    ///
    /// # Errors
    /// That they cannot be written.
    pub fn put_comments(
        &self,
        conversation: &ConversationId,
        comments: &[Comment],
        read_at: Timestamp,
    ) -> Result<(), StoreError> {
        let value = encode(&comments)?;
        self.put_pieces(&[Piece { conversation, kind: Kind::Comments, name: "", value: &value, facts: &[] }], read_at)
    }

    /// A conversation's comments, if they are here.
    ///
    /// # Errors
    /// That they cannot be read.
    pub fn comments(&self, conversation: &ConversationId) -> Result<Option<Kept<Vec<Comment>>>, StoreError> {
        self.piece(conversation, Kind::Comments, "")
    }
}
