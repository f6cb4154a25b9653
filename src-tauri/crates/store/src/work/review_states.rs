use earmark_review::ConversationId;
use jiff::Timestamp;
use rusqlite::params;

use crate::{Store, StoreError, time};

impl Store {
    /// Keeps a conversation's state of review on this computer, as JSON its owner writes.
    ///
    /// # Errors
    /// That it cannot be written.
    pub fn set_review_state(
        &self,
        conversation: &ConversationId,
        state: &str,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.work()
            .prepare_cached(
                "INSERT INTO review_states (conversation, value, at) VALUES (?1, ?2, ?3)
                 ON CONFLICT (conversation) DO UPDATE SET value = excluded.value, at = excluded.at",
            )?
            .execute(params![conversation.as_str(), state, time::to_column(at)])?;
        Ok(())
    }

    /// All states of review kept here, by conversation.
    ///
    /// # Errors
    /// That they cannot be read.
    pub fn review_states(&self) -> Result<Vec<(ConversationId, String)>, StoreError> {
        let work = self.work();
        let mut asked = work.prepare_cached("SELECT conversation, value FROM review_states ORDER BY conversation")?;
        asked
            .query_and_then([], |row| {
                let id = ConversationId::new(row.get::<_, String>(0)?).map_err(StoreError::unreadable)?;
                Ok((id, row.get(1)?))
            })?
            .collect()
    }

    /// Lets a conversation's state kept here go. One that is not there is no error.
    ///
    /// # Errors
    /// That it cannot be removed.
    pub fn drop_review_state(&self, conversation: &ConversationId) -> Result<(), StoreError> {
        self.work()
            .prepare_cached("DELETE FROM review_states WHERE conversation = ?1")?
            .execute([conversation.as_str()])?;
        Ok(())
    }
}
