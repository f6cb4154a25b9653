use earmark_review::{ConversationId, MessageId};
use jiff::Timestamp;
use rusqlite::{Transaction, params};

use super::Flag;
use crate::{Store, StoreError, time};

/// Sets or takes a flag away, with the edit that says so.
pub(super) fn keep(
    transaction: &Transaction<'_>,
    conversation: &ConversationId,
    flag: &Flag,
    at: Timestamp,
) -> Result<(), StoreError> {
    let message = flag.message.as_str();
    if flag.is_set {
        transaction
            .prepare_cached(
                "INSERT INTO flags (conversation, message, at) VALUES (?1, ?2, ?3) ON CONFLICT (message) DO NOTHING",
            )?
            .execute(params![conversation.as_str(), message, time::to_column(at)])?;
    } else {
        transaction.prepare_cached("DELETE FROM flags WHERE message = ?1")?.execute([message])?;
    }
    Ok(())
}

impl Store {
    /// All flagged messages, with the conversations they are in.
    ///
    /// # Errors
    /// That they cannot be read.
    pub fn flags(&self) -> Result<Vec<(ConversationId, MessageId)>, StoreError> {
        let work = self.work();
        let mut asked = work.prepare_cached("SELECT conversation, message FROM flags ORDER BY id")?;
        asked
            .query_and_then([], |row| {
                let conversation = ConversationId::new(row.get::<_, String>(0)?).map_err(StoreError::unreadable)?;
                Ok((conversation, MessageId::new(row.get::<_, String>(1)?).map_err(StoreError::unreadable)?))
            })?
            .collect()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::NewEdit;
    use crate::sample::{edit, store, talk};
    use earmark_review::UserId;

    fn flagging(is_set: bool) -> NewEdit {
        NewEdit { flag: Some(Flag { message: MessageId::new("m").unwrap(), is_set }), ..edit(1) }
    }

    #[test]
    fn a_flag_is_kept_with_its_edit_which_is_over_at_once() {
        let (_folder, store) = store();
        store.record(&flagging(true)).unwrap();
        store.record(&flagging(true)).unwrap();
        assert_eq!(store.flags().unwrap(), [(talk(1), MessageId::new("m").unwrap())]);
        assert_eq!(store.pending().unwrap(), []);
        let told: Vec<String> = store.whole_history().map(|row| row.unwrap().outcome).collect();
        assert_eq!(told, ["kept on this computer", "kept on this computer"]);
        let undo = store.latest_undoable(&UserId::new("reviewer").unwrap()).unwrap();
        let back = NewEdit { undoes: Some(undo[0].id), ..flagging(false) };
        store.record(&back).unwrap();
        assert_eq!(store.flags().unwrap(), []);
        assert_eq!(store.latest_redoable(&UserId::new("reviewer").unwrap()).unwrap()[0].id, undo[0].id);
    }
}
