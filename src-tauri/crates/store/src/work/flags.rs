//! Messages a reviewer flagged: servers know no flags, so what is here and what the history tells is all there is of them.

use earmark_review::{Change, ConversationId, MessageId};
use jiff::Timestamp;
use rusqlite::{Connection, Transaction, params};

use crate::{Store, StoreError, time};

/// How a change of a flag begins.
const BEGINNING: &str = r#"{"flag":"#;

/// Whether a message carries a flag.
pub(crate) struct Flag {
    pub(crate) message: MessageId,
    pub(crate) is_set: bool,
}

impl Flag {
    /// What a change says of a flag; nothing where it is of something else.
    pub(super) fn of(change: &str) -> Option<Self> {
        if !change.starts_with(BEGINNING) {
            return None;
        }
        match serde_json::from_str(change) {
            Ok(Change::Flag { message, is_set }) => Some(Self { message, is_set }),
            _ => None,
        }
    }
}

/// All that a history tells of flags, oldest first.
pub(crate) fn told(connection: &Connection) -> Result<Vec<(ConversationId, Flag, Timestamp)>, StoreError> {
    let mut asked = connection.prepare(
        "SELECT conversation, change, at FROM history
         WHERE state = 'sent' AND substr(change, 1, length(?1)) = ?1 ORDER BY id",
    )?;
    let mut rows = asked.query([BEGINNING])?;
    let mut told = Vec::new();
    while let Some(row) = rows.next()? {
        let Some(flag) = Flag::of(row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?) else { continue };
        let conversation = ConversationId::new(row.get::<_, String>(0)?).map_err(StoreError::unreadable)?;
        told.push((conversation, flag, time::from_column(row.get(2)?)?));
    }
    Ok(told)
}

/// Sets or takes a flag away; answers whether that changed anything.
pub(crate) fn keep(
    transaction: &Transaction<'_>,
    conversation: &ConversationId,
    flag: &Flag,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let message = flag.message.as_str();
    let changed = if flag.is_set {
        transaction
            .prepare_cached(
                "INSERT INTO flags (conversation, message, at) VALUES (?1, ?2, ?3) ON CONFLICT (message) DO NOTHING",
            )?
            .execute(params![conversation.as_str(), message, time::to_column(at)])?
    } else {
        transaction.prepare_cached("DELETE FROM flags WHERE message = ?1")?.execute([message])?
    };
    Ok(changed > 0)
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
        let change = Change::Flag { message: MessageId::new("m").unwrap(), is_set };
        NewEdit { change: serde_json::to_string(&change).unwrap(), ..edit(1) }
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

    #[test]
    fn a_flag_taken_away_elsewhere_is_gone_and_one_set_there_is_here() {
        let ((_a, here), (_b, there)) = (store(), store());
        here.record(&flagging(true)).unwrap();
        // The other store was empty: it knew nothing of the flag here.
        there.record(&flagging(true)).unwrap();
        there.record(&flagging(false)).unwrap();
        here.take_over(&there).unwrap();
        assert_eq!(here.flags().unwrap(), []);
        there.record(&flagging(true)).unwrap();
        here.take_over(&there).unwrap();
        assert_eq!(here.flags().unwrap().len(), 1);
    }
}
