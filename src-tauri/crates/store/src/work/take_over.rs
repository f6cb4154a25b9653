//! Work that was begun in one store and goes on in another.

use rusqlite::types::Value;
use rusqlite::{Connection, Transaction, params, params_from_iter};

use super::flags;
use crate::{Store, StoreError};

/// A number of another store becomes one of this store by what this store has given out already.
#[derive(Clone, Copy)]
struct Shift {
    edits: i64,
    history: i64,
    queues: i64,
}

impl Store {
    /// Takes over everything a reviewer did in another store, all or none; there it stays. It counts as done after what is
    /// here: of two drafts of a place, or two states of a conversation, the later one holds.
    ///
    /// # Errors
    /// That the other cannot be read or this one not written.
    pub fn take_over(&self, other: &Self) -> Result<(), StoreError> {
        let other = other.work();
        let mut work = self.work();
        let transaction = work.transaction()?;
        let last = |table| last(&transaction, table);
        let shift = Shift { edits: last("edits")?, history: last("history")?, queues: last("queues")? };
        end_redo(&other, &transaction)?;
        edits(&other, &transaction, shift)?;
        history(&other, &transaction, shift)?;
        latest(
            &other,
            &transaction,
            "SELECT place, text, caret, at FROM drafts",
            "INSERT INTO drafts (place, text, caret, at) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (place) DO UPDATE SET text = excluded.text, caret = excluded.caret, at = excluded.at
             WHERE excluded.at >= at",
        )?;
        latest(
            &other,
            &transaction,
            "SELECT conversation, value, at FROM review_states",
            "INSERT INTO review_states (conversation, value, at) VALUES (?1, ?2, ?3)
             ON CONFLICT (conversation) DO UPDATE SET value = excluded.value, at = excluded.at WHERE excluded.at >= at",
        )?;
        // Not by what is flagged there: that one was taken away stands in the history alone.
        for (conversation, flag, at) in flags::told(&other)? {
            flags::keep(&transaction, &conversation, &flag, at)?;
        }
        latest(
            &other,
            &transaction,
            "SELECT local, server FROM aliases ORDER BY id",
            "INSERT INTO aliases (local, server) VALUES (?1, ?2)
             ON CONFLICT (local) DO UPDATE SET server = excluded.server",
        )?;
        named(&other, &transaction, shift)?;
        Ok(transaction.commit()?)
    }
}

/// The last number a table has given out.
fn last(transaction: &Transaction<'_>, table: &str) -> Result<i64, StoreError> {
    let sql = "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = ?1";
    Ok(transaction.query_row(sql, [table], |row| row.get(0))?)
}

/// A change of one's own ends what could be made again, as it does within a store.
fn end_redo(other: &Connection, here: &Transaction<'_>) -> Result<(), StoreError> {
    let mut asked = other.prepare("SELECT DISTINCT who FROM edits WHERE undoes IS NULL AND redoes IS NULL")?;
    copy(&mut asked.query([])?, here, "UPDATE edits SET redo_turn = NULL WHERE who = ?1")
}

fn edits(other: &Connection, here: &Transaction<'_>, shift: Shift) -> Result<(), StoreError> {
    let mut asked = other.prepare(
        "SELECT id + ?1, conversation, who, change, before, made_at, due_at, state, note, changed_at, undoes + ?1,
             redoes + ?1, is_undone, batch + ?1, redo_turn + ?2
         FROM edits ORDER BY id",
    )?;
    copy(
        &mut asked.query(params![shift.edits, shift.history])?,
        here,
        "INSERT INTO edits (id, conversation, who, change, before, made_at, due_at, state, note, changed_at, undoes, redoes,
             is_undone, batch, redo_turn)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
    )
}

fn history(other: &Connection, here: &Transaction<'_>, shift: Shift) -> Result<(), StoreError> {
    let mut asked = other.prepare(
        "SELECT id + ?2, edit + ?1, who, at, conversation, change, before, state, outcome, request_id
         FROM history ORDER BY id",
    )?;
    copy(
        &mut asked.query(params![shift.edits, shift.history])?,
        here,
        "INSERT INTO history (id, edit, who, at, conversation, change, before, state, outcome, request_id)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    )
}

fn named(other: &Connection, here: &Transaction<'_>, shift: Shift) -> Result<(), StoreError> {
    copy(
        &mut other.prepare("SELECT name, content, at FROM views WHERE NOT is_deleted ORDER BY id")?.query([])?,
        here,
        "INSERT INTO views (name, content, at) VALUES (?1, ?2, ?3)",
    )?;
    copy(
        &mut other
            .prepare("SELECT id + ?1, name, content, at, is_deleted FROM queues ORDER BY id")?
            .query([shift.queues])?,
        here,
        "INSERT INTO queues (id, name, content, at, is_deleted) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    copy(
        &mut other
            .prepare("SELECT queue + ?1, conversation, reason FROM queue_items ORDER BY id")?
            .query([shift.queues])?,
        here,
        "INSERT INTO queue_items (queue, conversation, reason) VALUES (?1, ?2, ?3)",
    )
}

fn latest(other: &Connection, here: &Transaction<'_>, read: &str, write: &str) -> Result<(), StoreError> {
    copy(&mut other.prepare(read)?.query([])?, here, write)
}

fn copy(rows: &mut rusqlite::Rows<'_>, here: &Transaction<'_>, write: &str) -> Result<(), StoreError> {
    let mut writing = here.prepare(write)?;
    let columns = writing.parameter_count();
    while let Some(row) = rows.next()? {
        let values = (0..columns).map(|column| row.get(column)).collect::<Result<Vec<Value>, _>>()?;
        writing.execute(params_from_iter(values))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use crate::sample::{at, edit, store, talk};
    use crate::{EditState, NewEdit};
    use earmark_review::UserId;

    #[test]
    fn what_was_done_there_follows_what_was_done_here() {
        let ((_a, here), (_b, there)) = (store(), store());
        let old = here.record(&edit(10)).unwrap();
        here.set_state(old, EditState::Sending("s".into()), at(2), "", None).unwrap();
        let sent = there.record(&edit(20)).unwrap();
        there.set_state(sent, EditState::Sending("t".into()), at(3), "handed over", None).unwrap();
        there.set_state(sent, EditState::Sent, at(4), "taken", None).unwrap();
        let back = NewEdit { undoes: Some(sent), ..edit(30) };
        let [first, _] = there.record_all(&[back, edit(40)]).unwrap()[..] else { panic!("two") };
        there.set_state(first, EditState::NeedsYou("why".into()), at(5), "asked", None).unwrap();

        here.take_over(&there).unwrap();

        let pending = here.pending().unwrap();
        let lengths: Vec<usize> = pending.iter().map(|edit| edit.change.len() - 2).collect();
        assert_eq!(lengths, [10, 30, 40], "in the order they were made, the earlier store's first");
        assert_eq!(pending[0].state, EditState::Sending("s".into()));
        assert_eq!(pending[1].state, EditState::NeedsYou("why".into()));
        let undone = here.edit(pending[1].undoes.unwrap()).unwrap().unwrap();
        assert_eq!((undone.change.len() - 2, undone.state), (20, EditState::Sent), "it still undoes the same edit");
        let told: Vec<String> = here.whole_history().map(|row| row.unwrap().outcome).collect();
        assert_eq!(told.len(), 2 + 6);
        assert!(told.contains(&"taken".to_owned()));
        let me = UserId::new("reviewer").unwrap();
        let latest = here.latest_undoable(&me).unwrap();
        assert_eq!(latest.last().map(|edit| edit.change.len() - 2), Some(40));
        assert_eq!(here.record(&edit(50)).unwrap().number(), pending[2].id.number() + 1);
        assert_eq!(there.pending().unwrap().len(), 2, "there it stays");
    }

    #[test]
    fn of_two_drafts_and_two_states_the_later_one_holds() {
        let ((_a, here), (_b, there)) = (store(), store());
        here.save_draft("both", "older", 1, at(1)).unwrap();
        there.save_draft("both", "newer", 2, at(2)).unwrap();
        here.save_draft("again", "newer", 3, at(9)).unwrap();
        there.save_draft("again", "older", 4, at(8)).unwrap();
        there.save_draft("there", "only", 5, at(3)).unwrap();
        here.set_review_state(&talk(1), "in progress", at(1)).unwrap();
        there.set_review_state(&talk(1), "done", at(2)).unwrap();
        there.set_review_state(&talk(2), "skipped", at(2)).unwrap();
        there.alias("here-1", "server-1").unwrap();
        here.take_over(&there).unwrap();
        let text = |place: &str| here.drafts_under(place).unwrap().remove(0).text;
        assert_eq!([text("both"), text("again"), text("there")], ["newer", "newer", "only"]);
        let states: Vec<String> = here.review_states().unwrap().into_iter().map(|(_, state)| state).collect();
        assert_eq!(states, ["done", "skipped"]);
        assert_eq!(here.aliases().unwrap(), [("here-1".to_owned(), "server-1".to_owned())]);
    }

    #[test]
    fn a_change_there_ends_what_could_be_made_again_here() {
        let ((_a, here), (_b, there)) = (store(), store());
        let undone = here.record(&edit(10)).unwrap();
        here.set_state(undone, EditState::Undone, at(2), "", None).unwrap();
        let me = UserId::new("reviewer").unwrap();
        here.take_over(&there).unwrap();
        assert_eq!(here.latest_redoable(&me).unwrap().len(), 1, "nothing was done there");
        there.record(&edit(20)).unwrap();
        here.take_over(&there).unwrap();
        assert_eq!(here.latest_redoable(&me).unwrap(), []);
    }

    #[test]
    fn numbers_never_meet() {
        let ((_a, here), (_b, there)) = (store(), store());
        there.record(&edit(10)).unwrap();
        here.take_over(&there).unwrap();
        here.take_over(&there).unwrap();
        assert_eq!(here.pending().unwrap().len(), 2);
    }
}
