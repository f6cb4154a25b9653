//! Drafts, edits, undo and history, across closing and opening.
#![allow(clippy::unwrap_used)]

mod room;

use earmark_store::{EditId, EditState, NewEdit, Store, StoreError};
use room::{Room, at, edit, head, inverse, messages, talk, who};

fn send(store: &Store, id: EditId) {
    store.set_state(id, EditState::Sending(String::new()), at(50), "", None).unwrap();
    store.set_state(id, EditState::Sent, at(51), "\"arrived\"", Some("req-1")).unwrap();
}

#[test]
fn a_draft_is_where_it_was_left() {
    let room = Room::new();
    let store = room.open();
    store.save_draft("c1/comment", "She", 3, at(1)).unwrap();
    store.save_draft("c1/comment", "She as", 6, at(2)).unwrap();
    store.save_draft("c1/tag", "", 0, at(3)).unwrap();
    store.save_draft("c10/comment", "other", 1, at(4)).unwrap();
    drop(store);
    let store = room.open();
    let found = store.drafts_under("c1/").unwrap();
    let places: Vec<&str> = found.iter().map(|draft| draft.place.as_str()).collect();
    assert_eq!(places, ["c1/comment", "c1/tag"]);
    assert_eq!((found[0].text.as_str(), found[0].caret, found[0].at), ("She as", 6, at(2)));
    store.drop_draft("c1/comment").unwrap();
    store.drop_draft("c1/comment").unwrap();
    assert_eq!(store.drafts_under("c1/comment").unwrap(), []);
    assert_eq!(store.drafts_under("").unwrap().len(), 2);
}

#[test]
fn clearing_the_cache_leaves_work_as_it_was() {
    let room = Room::new();
    let store = room.open();
    store.put_conversations(&[head(1)], at(1)).unwrap();
    store.put_transcript(&talk(1), &messages(1, &["hello"]), at(1)).unwrap();
    let id = store.record(&edit(1, "kept", 1)).unwrap();
    store.save_draft("place", "typed", 2, at(1)).unwrap();
    store.alias("local", "server").unwrap();
    store.set_review_state(&talk(1), "\"done\"", at(1)).unwrap();
    drop(store);
    let before = std::fs::read(room.file("work.db")).unwrap();

    let store = room.open();
    store.clear_cache().unwrap();
    assert_eq!(store.cache_size().unwrap().bytes, 0);
    assert!(store.conversation(&talk(1)).unwrap().is_none());
    assert_eq!(store.edit(id).unwrap().unwrap().change, "{\"says\":\"kept\"}");
    assert_eq!(store.drafts_under("place").unwrap()[0].text, "typed");
    assert_eq!(store.aliases().unwrap(), [("local".to_owned(), "server".to_owned())]);
    assert_eq!(store.review_states().unwrap(), [(talk(1), "\"done\"".to_owned())]);
    drop(store);
    assert!(std::fs::read(room.file("work.db")).unwrap() == before, "not one byte of work.db was written");
}

#[test]
fn edits_are_pending_in_order_until_they_arrive() {
    let room = Room::new();
    let store = room.open();
    let ids: Vec<EditId> = (0..6).map(|n| store.record(&edit(n % 2, &n.to_string(), 1)).unwrap()).collect();
    send(&store, ids[0]);
    store.set_state(ids[1], EditState::Sending(String::new()), at(2), "", None).unwrap();
    store.set_state(ids[2], EditState::NeedsYou("\"403\"".into()), at(2), "refused", Some("req")).unwrap();
    store.set_state(ids[3], EditState::Undone, at(2), "", None).unwrap();
    drop(store);

    let store = room.open();
    let pending: Vec<EditId> = store.pending().unwrap().into_iter().map(|edit| edit.id).collect();
    assert_eq!(pending, [ids[1], ids[2], ids[4], ids[5]]);
    assert_eq!(store.pending_count().unwrap(), 4);
    let found = store.edit(ids[2]).unwrap().unwrap();
    assert_eq!(found.state, EditState::NeedsYou("\"403\"".into()));
    assert_eq!((found.made_at, found.due_at, found.changed_at), (at(1), at(6), at(2)));
    assert_eq!(
        store.edit(ids[1]).unwrap().unwrap().state,
        EditState::Sending(String::new()),
        "whether it arrived is unknown"
    );
}

#[test]
fn a_refused_step_leaves_no_trace() {
    let room = Room::new();
    let store = room.open();
    let id = store.record(&edit(1, "one", 1)).unwrap();
    let refused = store.set_state(id, EditState::Sent, at(2), "", None).unwrap_err();
    assert!(matches!(refused, StoreError::Refused(_)), "{refused:?}");
    send(&store, id);
    assert!(store.set_state(id, EditState::Undone, at(3), "", None).is_err());
    let nobody =
        store.set_state(EditId::from_number(99), EditState::Sending(String::new()), at(2), "", None).unwrap_err();
    assert!(matches!(nobody, StoreError::NoSuchEdit));
    let states: Vec<String> = store.whole_history().map(|row| row.unwrap().state).collect();
    assert_eq!(states, ["waiting", "sending", "sent"]);
}

#[test]
fn history_is_only_ever_added_to() {
    let room = Room::new();
    let store = room.open();
    let id = store.record(&edit(1, "one", 1)).unwrap();
    send(&store, id);
    drop(store);
    let raw = room.raw("work.db");
    for sql in [
        "UPDATE history SET outcome = 'never happened'",
        "UPDATE history SET id = id + 100",
        "DELETE FROM history",
        "DELETE FROM history WHERE id = 1",
        "INSERT OR REPLACE INTO history SELECT * FROM history WHERE id = 1",
        "REPLACE INTO history (id, edit, who, at, conversation, change, before, state, outcome)
         VALUES (1, 1, 'x', 0, 'x', 'x', 'x', 'sent', 'x')",
    ] {
        let refused = raw.execute(sql, []).unwrap_err().to_string();
        assert!(refused.contains("only ever added to"), "{sql}: {refused}");
    }
    drop(raw);
    assert_eq!(room.open().whole_history().count(), 3);
}

#[test]
fn history_is_read_as_a_whole() {
    let room = Room::new();
    let store = room.open();
    for n in 0..1_203 {
        store.record(&edit(n % 3, &n.to_string(), n as i64)).unwrap();
    }
    let whole: Vec<_> = store.whole_history().collect::<Result<_, _>>().unwrap();
    assert_eq!(whole.len(), 1_203);
    assert!(whole.is_sorted_by_key(|row| row.id));
    let line = serde_json::to_string(&whole[7]).unwrap();
    assert!(!line.contains('\n'));
    let read: serde_json::Value = serde_json::from_str(&line).unwrap();
    assert_eq!(read["change"]["says"], "7");
    assert_eq!((read["who"].as_str(), read["at"].as_str()), (Some("reviewer"), Some("1970-01-01T00:00:07Z")));
    assert_eq!(read["before"], serde_json::Value::Null);
}

#[test]
fn what_was_sent_long_ago_is_pruned_and_its_history_is_not() {
    let room = Room::new();
    let store = room.open();
    let old = store.record(&edit(1, "old", 1)).unwrap();
    let undone = store.record(&edit(1, "undone", 1)).unwrap();
    let open = store.record(&edit(1, "open", 1)).unwrap();
    send(&store, old);
    send(&store, undone);
    let inverse = store.record(&inverse(undone, 60)).unwrap();
    assert_eq!(store.prune_sent(at(51)).unwrap(), 0, "not yet old");
    assert_eq!(store.prune_sent(at(1_000)).unwrap(), 1);
    assert!(store.edit(old).unwrap().is_none());
    for kept in [undone, open, inverse] {
        assert!(store.edit(kept).unwrap().is_some(), "open, or undone by one that is open");
    }
    assert_eq!(store.whole_history().count(), 8);
    assert!(store.record(&edit(1, "new", 1)).unwrap() > inverse);
}

/// What undo and redo would do, by what the edits say.
fn next(store: &Store) -> (Option<String>, Option<String>) {
    let says =
        |edits: Vec<earmark_store::Edit>| edits.first().map(|edit| edit.change[9..edit.change.len() - 2].to_owned());
    (says(store.latest_undoable(&who()).unwrap()), says(store.latest_redoable(&who()).unwrap()))
}

fn words(undo: Option<&str>, redo: Option<&str>) -> (Option<String>, Option<String>) {
    (undo.map(str::to_owned), redo.map(str::to_owned))
}

#[test]
fn undo_and_redo_go_on_where_they_were() {
    let room = Room::new();
    let store = room.open();
    let a = store.record(&edit(1, "a", 1)).unwrap();
    let b = store.record(&edit(2, "b", 2)).unwrap();
    send(&store, a);
    assert_eq!(next(&store), words(Some("b"), None));
    // b waits and is taken back; a was sent, so its inverse is made.
    store.set_state(b, EditState::Undone, at(3), "", None).unwrap();
    let inverse_of_a = store.record(&inverse(a, 4)).unwrap();
    drop(store);

    let store = room.open();
    assert_eq!(next(&store), words(None, Some("a")));
    assert!(store.edit(a).unwrap().unwrap().is_undone);
    // The inverse has not left yet: taking it back is making a again.
    store.set_state(inverse_of_a, EditState::Undone, at(5), "", None).unwrap();
    drop(store);

    let store = room.open();
    assert_eq!(next(&store), words(Some("a"), Some("b")));
    let again = store.record(&NewEdit { redoes: Some(b), ..edit(2, "b again", 6) }).unwrap();
    assert_eq!(next(&store), words(Some("b again"), None));
    store.set_state(again, EditState::Undone, at(7), "", None).unwrap();
    assert_eq!(next(&store), words(Some("a"), Some("b again")));
    store.record(&edit(3, "c", 8)).unwrap();
    assert_eq!(next(&store), words(Some("c"), None), "a new change ends what could be made again");
}

#[test]
fn what_was_made_at_once_is_undone_and_made_again_at_once() {
    let room = Room::new();
    let store = room.open();
    let alone = store.record(&edit(1, "alone", 1)).unwrap();
    let both = store.record_all(&[edit(1, "first", 2), edit(1, "second", 2)]).unwrap();
    let ids = |edits: Vec<earmark_store::Edit>| edits.into_iter().map(|edit| edit.id).collect::<Vec<_>>();
    assert_eq!(ids(store.latest_undoable(&who()).unwrap()), [both[1], both[0]], "the last one first");
    for id in &both {
        store.set_state(*id, EditState::Undone, at(3), "", None).unwrap();
    }
    assert_eq!(ids(store.latest_undoable(&who()).unwrap()), [alone]);
    assert_eq!(ids(store.latest_redoable(&who()).unwrap()), both);
    let instead = store.replace(&[alone], at(4), "", &[edit(1, "instead", 4), edit(1, "and", 4)]).unwrap();
    assert_eq!(ids(store.latest_undoable(&who()).unwrap()), [instead[1], instead[0]]);
    assert_eq!(ids(store.latest_redoable(&who()).unwrap()), [], "what was replaced is not made again");
}

#[test]
fn what_was_made_at_once_stays_so_though_only_half_of_it_had_to_be_made_again() {
    let room = Room::new();
    let store = room.open();
    let both = store.record_all(&[edit(1, "sent", 2), edit(2, "waiting", 2)]).unwrap();
    send(&store, both[0]);
    store.set_state(both[1], EditState::Undone, at(3), "", None).unwrap();
    let back = store.record(&inverse(both[0], 3)).unwrap();
    // The inverse has not left yet, so it is enough to take it back.
    store.set_state(back, EditState::Undone, at(4), "", None).unwrap();
    let again = store.record(&NewEdit { redoes: Some(both[1]), ..edit(2, "waiting", 4) }).unwrap();
    let undoable: Vec<EditId> = store.latest_undoable(&who()).unwrap().into_iter().map(|edit| edit.id).collect();
    assert_eq!(undoable, [again, both[0]]);
    store.take_back(&[again], at(5), "").unwrap();
    store.record(&inverse(both[0], 5)).unwrap();
    let redoable: Vec<EditId> = store.latest_redoable(&who()).unwrap().into_iter().map(|edit| edit.id).collect();
    assert_eq!(redoable, [both[0], again]);
}

#[test]
fn undo_is_each_reviewers_own() {
    let room = Room::new();
    let store = room.open();
    let other = earmark_review::UserId::new("other").unwrap();
    let mine = store.record(&edit(1, "mine", 1)).unwrap();
    store.record(&NewEdit { who: other.clone(), ..edit(1, "theirs", 2) }).unwrap();
    store.set_state(mine, EditState::Undone, at(3), "", None).unwrap();
    store.record(&NewEdit { who: other.clone(), ..edit(1, "theirs too", 4) }).unwrap();
    assert_eq!(next(&store), words(None, Some("mine")));
    assert_eq!(store.latest_redoable(&other).unwrap(), []);
}

#[test]
fn the_later_id_of_a_local_one_holds() {
    let room = Room::new();
    let store = room.open();
    assert_eq!(store.aliases().unwrap(), []);
    store.alias("local-1", "server-1").unwrap();
    store.alias("local-1", "server-2").unwrap();
    assert_eq!(store.aliases().unwrap(), [("local-1".to_owned(), "server-2".to_owned())]);
    store.set_review_state(&talk(1), "1", at(1)).unwrap();
    store.set_review_state(&talk(1), "2", at(2)).unwrap();
    assert_eq!(store.review_states().unwrap(), [(talk(1), "2".to_owned())]);
    store.drop_review_state(&talk(1)).unwrap();
    assert_eq!(store.review_states().unwrap(), []);
}

#[test]
fn what_the_server_refused_for_good_cannot_be_made_again() {
    let room = Room::new();
    let store = room.open();
    let refused = store.record(&edit(1, "refused", 1)).unwrap();
    store.set_state(refused, EditState::Sending(String::new()), at(2), "", None).unwrap();
    store.give_up(refused, at(3), "it was refused", "kept here").unwrap();
    assert_eq!(store.edit(refused).unwrap().unwrap().state, EditState::Undone);
    assert_eq!(store.latest_redoable(&who()).unwrap(), []);
    assert_eq!(store.latest_undoable(&who()).unwrap(), []);
    let outcomes: Vec<String> = store.whole_history().map(|row| row.unwrap().outcome).collect();
    assert_eq!(outcomes[2..], ["it was refused", "kept here"]);
    let taken = store.record(&edit(1, "taken", 4)).unwrap();
    send(&store, taken);
    store.give_up(taken, at(5), "", "").unwrap_err();
    assert_eq!(store.edit(taken).unwrap().unwrap().state, EditState::Sent);
}
