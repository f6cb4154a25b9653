//! Keys, labels, locks and versions: what is opened, what is refused, and that a refusal touches nothing.
#![allow(clippy::unwrap_used)]

mod room;

use std::collections::BTreeMap;
use std::fs;

use earmark_store::{Mended, Store, StoreError};
use room::{Room, at, edit, key};

/// Every file of a folder but the lock, whole.
fn contents(room: &Room) -> BTreeMap<String, Vec<u8>> {
    let names = room.names().into_iter().filter(|name| name != "store.lock");
    names.map(|name| (name.clone(), fs::read(room.file(&name)).unwrap())).collect()
}

/// Says which files differ, not how.
fn assert_untouched(room: &Room, before: &BTreeMap<String, Vec<u8>>, when: &str) {
    let after = contents(room);
    let differ = |name: &&String| after.get(*name) != before.get(*name);
    let changed: Vec<&String> = before.keys().chain(after.keys()).filter(differ).collect();
    assert!(changed.is_empty(), "{when}: {changed:?} were touched");
}

#[test]
fn the_right_key_opens_and_a_wrong_one_touches_nothing() {
    let room = Room::new();
    room.open().record(&edit(1, "kept", 1)).unwrap();
    let before = contents(&room);
    let refused = Store::open(&room.path(), &key(2), at(9)).unwrap_err();
    assert!(matches!(refused, StoreError::WrongKey), "{refused:?}");
    assert_untouched(&room, &before, "with a wrong key");
    assert_eq!(room.open().pending_count().unwrap(), 1);
}

#[test]
fn a_lost_label_makes_no_damage_of_a_wrong_key() {
    let room = Room::new();
    room.open().record(&edit(1, "kept", 1)).unwrap();
    for name in ["store.json", "store.copy.json"] {
        fs::remove_file(room.file(name)).unwrap();
    }
    let before = contents(&room);
    assert!(matches!(Store::open(&room.path(), &key(2), at(9)), Err(StoreError::WrongKey)));
    assert_untouched(&room, &before, "with a wrong key");
    assert_eq!(room.open().pending_count().unwrap(), 1);
    assert!(room.names().contains(&"store.json".into()));
}

#[test]
fn what_a_newer_program_wrote_is_refused_as_it_is() {
    for newer in ["work.db", "cache.db"] {
        let room = Room::new();
        room.open().record(&edit(1, "kept", 1)).unwrap();
        {
            let raw = room.raw(newer);
            raw.execute_batch(
                "CREATE TABLE later (it TEXT); INSERT INTO later VALUES ('is'); PRAGMA user_version = 1000;",
            )
            .unwrap();
            if newer == "work.db" {
                // As after a crash: what was written last is still in the log.
                raw.set_db_config(rusqlite::config::DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true).unwrap();
                raw.execute_batch("UPDATE later SET it = 'was'").unwrap();
            }
        }
        let before = contents(&room);
        let refused = room.try_open().unwrap_err();
        assert!(matches!(refused, StoreError::Newer), "{refused:?}");
        assert!(refused.to_string().contains("Update Earmark"));
        assert_untouched(&room, &before, newer);
    }
}

#[test]
fn a_second_one_is_told_that_it_is_open() {
    let room = Room::new();
    let store = room.open();
    assert!(matches!(room.try_open(), Err(StoreError::InUse)));
    assert!(matches!(Store::forget(&room.path()), Err(StoreError::InUse)));
    drop(store);
    drop(room.open());
}

#[test]
fn forgetting_leaves_nothing() {
    let room = Room::new();
    room.open().record(&edit(1, "unsent", 1)).unwrap();
    Store::forget(&room.path()).unwrap();
    assert!(!room.path().exists());
    Store::forget(&room.path()).unwrap();
    assert_eq!(room.open().pending_count().unwrap(), 0);
}

#[test]
fn opening_again_and_again_changes_nothing() {
    let room = Room::new();
    room.open().record(&edit(1, "kept", 1)).unwrap();
    drop(room.open());
    let before = contents(&room);
    for _ in 0..3 {
        assert_eq!(room.open().pending().unwrap().len(), 1);
    }
    assert_untouched(&room, &before, "after opening three times");
}

#[test]
fn a_first_opening_cut_short_is_no_loss() {
    let room = Room::new();
    drop(room.open());
    // As if the program had ended between the label and the databases.
    for name in room.names() {
        if name.ends_with(".db") {
            fs::remove_file(room.file(&name)).unwrap();
        } else if name.ends_with(".json") {
            let label = fs::read_to_string(room.file(&name)).unwrap();
            fs::write(room.file(&name), label.replace("\"made\": true", "\"made\": false")).unwrap();
        }
    }
    drop(room.open());
    fs::remove_file(room.file("work.db")).unwrap();
    assert_eq!(room.try_open().unwrap().1, [Mended::WorkGone], "and afterwards it would be one");
}

#[test]
fn an_error_is_a_sentence_without_a_path() {
    let room = Room::new();
    let store = room.open();
    let refused = room.try_open().unwrap_err().to_string();
    assert!(refused.ends_with('.') && !refused.contains('/'), "{refused}");
    drop(store);
}

#[test]
fn any_thread_may_ask() {
    fn is_shared<T: Send + Sync>(_: &T) {}
    let room = Room::new();
    let store = room.open();
    is_shared(&store);
    std::thread::scope(|scope| {
        for n in 0..4 {
            let store = &store;
            scope.spawn(move || (0..25).map(|_| store.record(&edit(n, "at once", 1))).all(|done| done.is_ok()));
        }
    });
    assert_eq!(store.pending_count().unwrap(), 100);
}
