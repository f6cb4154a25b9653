use earmark_review::{ConversationId, UserId};
use jiff::Timestamp;
use rusqlite::Row;

use super::EditState;
use crate::{StoreError, time};

/// An edit kept here. Later edits have greater ids; an id is never used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EditId(pub(crate) i64);

impl EditId {
    /// The id as a number.
    pub fn number(self) -> i64 {
        self.0
    }

    /// The id a number stands for, which may be nobody's.
    pub fn from_number(number: i64) -> Self {
        Self(number)
    }
}

/// A change to be recorded before it is shown or sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEdit {
    /// What it changes.
    pub conversation: ConversationId,
    /// Who makes it.
    pub who: UserId,
    /// The change, as JSON its owner writes. That of a flag stays on this computer: it is over as soon as it is recorded.
    pub change: String,
    /// What it changes from, as JSON its owner writes.
    pub before: String,
    /// When it is made.
    pub made_at: Timestamp,
    /// Not to be sent before.
    pub due_at: Timestamp,
    /// The edit it is the inverse of.
    pub undoes: Option<EditId>,
    /// The undone edit it makes again.
    pub redoes: Option<EditId>,
}

/// A change on its way, or arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// Its id.
    pub id: EditId,
    /// What it changes.
    pub conversation: ConversationId,
    /// Who made it.
    pub who: UserId,
    /// The change, as its owner wrote it.
    pub change: String,
    /// What it changed from, as its owner wrote it.
    pub before: String,
    /// When it was made.
    pub made_at: Timestamp,
    /// Not to be sent before.
    pub due_at: Timestamp,
    /// Where it is.
    pub state: EditState,
    /// Since when.
    pub changed_at: Timestamp,
    /// The edit it is the inverse of.
    pub undoes: Option<EditId>,
    /// The undone edit it makes again.
    pub redoes: Option<EditId>,
    /// Whether it was taken back, or its inverse was made.
    pub is_undone: bool,
}

/// The columns [`edit`] reads, in its order.
pub(super) const COLUMNS: &str = "SELECT id, conversation, who, change, before, made_at, due_at, state, note, \
                                  changed_at, undoes, redoes, is_undone FROM edits";

pub(super) fn edit(row: &Row<'_>) -> Result<Edit, StoreError> {
    let (state, note): (String, Option<String>) = (row.get(7)?, row.get(8)?);
    Ok(Edit {
        id: EditId(row.get(0)?),
        conversation: ConversationId::new(row.get::<_, String>(1)?).map_err(StoreError::unreadable)?,
        who: UserId::new(row.get::<_, String>(2)?).map_err(StoreError::unreadable)?,
        change: row.get(3)?,
        before: row.get(4)?,
        made_at: time::from_column(row.get(5)?)?,
        due_at: time::from_column(row.get(6)?)?,
        state: EditState::from_columns(&state, note).ok_or_else(|| StoreError::unreadable("a state nobody knows"))?,
        changed_at: time::from_column(row.get(9)?)?,
        undoes: row.get::<_, Option<i64>>(10)?.map(EditId),
        redoes: row.get::<_, Option<i64>>(11)?.map(EditId),
        is_undone: row.get(12)?,
    })
}
