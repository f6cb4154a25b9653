//! Edits and flags whose own row is lost, made again from what the history says of them.

use std::collections::HashMap;

use rusqlite::{Transaction, params};

use super::rows::Saved;
use crate::StoreError;
use crate::work::{keep_flag, told_of_flags};

/// Makes again each lost edit the history knows.
///
/// # Errors
/// That the new database cannot be written.
pub(super) fn edits(new: &Transaction<'_>, saved: &mut Saved) -> Result<(), StoreError> {
    // What became of an edit after its last row that can be read is unknown when rows are missing. So it counts as handed
    // to the network: whoever sends looks first whether it arrived. Why one needed the reviewer is in no row of history.
    let unknown = if saved.has_all_history { "('needs_you')" } else { "('needs_you', 'waiting')" };
    let sql = format!(
        "INSERT OR IGNORE INTO edits
             (id, batch, conversation, who, change, before, made_at, due_at, state, changed_at, is_undone)
         SELECT edit, edit, conversation, who, change, before, (SELECT min(at) FROM history WHERE edit = ?1), at,
             iif(state IN {unknown}, 'sending', state), at, state = 'undone'
         FROM history WHERE edit = ?1 ORDER BY id DESC LIMIT 1"
    );
    for lost in &saved.lost_edits {
        saved.restored += new.prepare_cached(&sql)?.execute(params![lost])? as u64;
    }
    Ok(())
}

/// Sets each lost flag again that the history says was set last. What could be read of flags stands: the history may lack more.
///
/// # Errors
/// That the new database cannot be read or written.
pub(super) fn flags(new: &Transaction<'_>, saved: &mut Saved) -> Result<(), StoreError> {
    if !saved.lacks_flags {
        return Ok(());
    }
    let mut last = HashMap::new();
    for (conversation, flag, at) in told_of_flags(new)? {
        last.insert(flag.message.clone(), (conversation, flag, at));
    }
    for (conversation, flag, at) in last.into_values().filter(|(_, flag, _)| flag.is_set) {
        saved.restored += u64::from(keep_flag(new, &conversation, &flag, at)?);
    }
    Ok(())
}
