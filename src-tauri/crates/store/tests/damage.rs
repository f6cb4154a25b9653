//! Work that is damaged is set aside and saved row by row; a cache that is damaged is begun anew.
#![allow(clippy::unwrap_used)]

mod room;

use std::fs::{self, File};

use earmark_review::MessageId;
use earmark_store::{EditId, EditState, Mended, Store};
use room::{Room, at, edit, head, messages, spoil, talk};

const PAGE: u64 = 4096;
const EDITS: usize = 300;

/// A store with drafts, edits and their history, a kilobyte each.
fn full_room() -> Room {
    let room = Room::new();
    let store = room.open();
    for n in 0..EDITS {
        let text = format!("edit {n} {}", "x".repeat(500));
        let id = store.record(&edit(n % 7, &text, n as i64)).unwrap();
        if n < EDITS / 2 {
            store.set_state(id, EditState::Sending(String::new()), at(n as i64), "", None).unwrap();
            store.set_state(id, EditState::Sent, at(n as i64), "arrived", Some("r")).unwrap();
        }
        store.save_draft(&format!("place {n}"), &text, 7, at(1)).unwrap();
    }
    store.alias("local", "server").unwrap();
    store.set_review_state(&talk(1), "\"done\"", at(1)).unwrap();
    drop(store);
    room
}

fn saved(mended: &[Mended]) -> (String, u64, Option<u64>, u64) {
    match mended {
        [Mended::WorkSaved { kept_aside, saved, lost, restored }] => (kept_aside.clone(), *saved, *lost, *restored),
        other => panic!("not saved: {other:?}"),
    }
}

/// How many edits are here.
fn edits(store: &Store) -> usize {
    (1..=EDITS as i64).filter(|n| store.edit(EditId::from_number(*n)).unwrap().is_some()).count()
}

#[test]
fn each_page_overwritten_costs_only_what_stood_on_it() {
    let room = full_room();
    let sound = fs::read(room.file("work.db")).unwrap();
    let pages = sound.len() as u64 / PAGE;
    let mut worst = 0;
    // The first pages hold the schema and the roots of all tables; the rest is sampled.
    for page in (0..24).chain((24..pages).step_by(17)) {
        for name in room.names() {
            if name.starts_with("work") {
                fs::remove_file(room.file(&name)).unwrap();
            }
        }
        fs::write(room.file("work.db"), &sound).unwrap();
        spoil(&room.file("work.db"), page * PAGE, PAGE as usize);
        let damaged = fs::read(room.file("work.db")).unwrap();

        let (store, mended) = room.try_open().unwrap();
        if mended.is_empty() {
            // Nothing stands on the page.
            assert_eq!(edits(&store), EDITS, "page {page}");
            continue;
        }
        let (aside, count, lost, restored) = saved(&mended);
        println!("page {page}: saved {count}, lost {lost:?}, restored {restored}");
        assert!(fs::read(room.file(&aside)).unwrap() == damaged, "page {page}: what is kept aside is as it was found");
        worst = worst.max(lost.unwrap_or(u64::MAX));
        assert_eq!(edits(&store), EDITS, "page {page}: an edit's own row or its history is enough");
        store.record(&edit(1, "afterwards", 9)).unwrap();
        drop(store);
        drop(room.open());
    }
    println!("{pages} pages, at worst {worst} rows lost");
}

#[test]
fn a_truncated_file_keeps_what_it_still_holds() {
    let room = full_room();
    let sound = fs::read(room.file("work.db")).unwrap();
    for length in [sound.len() - 1, sound.len() * 3 / 4, sound.len() / 2, 30 * PAGE as usize + 5, 4096, 5, 0] {
        for name in room.names() {
            if name.starts_with("work") {
                fs::remove_file(room.file(&name)).unwrap();
            }
        }
        fs::write(room.file("work.db"), &sound).unwrap();
        File::options().write(true).open(room.file("work.db")).unwrap().set_len(length as u64).unwrap();
        let (store, mended) = room.try_open().unwrap();
        let (aside, count, lost, restored) = saved(&mended);
        println!("{length} of {}: saved {count}, lost {lost:?}, restored {restored}", sound.len());
        // Edits were written in order, so those before the cut are all there.
        let here: Vec<bool> =
            (1..=EDITS as i64).map(|n| store.edit(EditId::from_number(n)).unwrap().is_some()).collect();
        assert!(here.is_sorted_by(|earlier, later| earlier >= later), "{length}: one before the cut is missing");
        let least = if length >= sound.len() / 2 { EDITS / 3 } else { 0 };
        assert!(edits(&store) >= least, "{length}: only {} edits", edits(&store));
        assert_eq!(fs::metadata(room.file(&aside)).unwrap().len(), length as u64);
        store.record(&edit(1, "afterwards", 9)).unwrap();
        drop(store);
        drop(room.open());
    }
}

#[test]
fn a_damaged_cache_is_begun_anew_and_work_stays() {
    let room = full_room();
    let store = room.open();
    let heads: Vec<_> = (0..200).map(head).collect();
    store.put_conversations(&heads, at(1)).unwrap();
    drop(store);
    spoil(&room.file("cache.db"), 0, 5000);
    let (store, mended) = room.try_open().unwrap();
    assert_eq!(mended, [Mended::CacheRebuilt]);
    assert!(store.conversation(&talk(3)).unwrap().is_none());
    assert_eq!(store.pending_count().unwrap(), EDITS as u64 / 2);
    store.put_transcript(&talk(3), &messages(3, &["again"]), at(2)).unwrap();
    assert_eq!(store.take_mended(), []);
}

#[test]
fn a_cache_found_damaged_in_use_is_begun_anew() {
    let room = Room::new();
    let store = room.open();
    let message = |n: usize| MessageId::new(format!("m{n}")).unwrap();
    for n in 0..50 {
        store.put_recording(&talk(n), &message(n), &vec![n as u8; 10_000], &[], at(1)).unwrap();
    }
    drop(store);
    let pages = fs::metadata(room.file("cache.db")).unwrap().len() / PAGE;
    // Beyond the first pages, which say where everything is: what is wrong with those is found when it is opened.
    for page in (40..pages).step_by(3) {
        spoil(&room.file("cache.db"), page * PAGE, 100);
    }
    let store = room.open();
    let found = (0..50).filter(|n| store.recording(&message(*n)).unwrap().is_some()).count();
    assert!(found < 50);
    assert_eq!(store.take_mended(), [Mended::CacheRebuilt]);
    store.put_transcript(&talk(1), &messages(1, &["again"]), at(2)).unwrap();
    assert!(store.transcript(&talk(1)).unwrap().is_some());
}

#[test]
fn work_that_is_gone_is_told() {
    let room = full_room();
    fs::remove_file(room.file("work.db")).unwrap();
    let (store, mended) = room.try_open().unwrap();
    assert_eq!(mended, [Mended::WorkGone]);
    assert_eq!(store.pending_count().unwrap(), 0);
}

#[test]
fn a_salvage_cut_short_is_finished_or_begun_again() {
    let room = full_room();
    // Complete, but not yet in place: it takes the place of whatever stands there.
    fs::copy(room.file("work.db"), room.file("work.complete.db")).unwrap();
    spoil(&room.file("work.db"), 0, 4096);
    fs::write(room.file("work.db-wal"), "what the log held").unwrap();
    let damaged = fs::read(room.file("work.db")).unwrap();
    let store = room.open();
    assert_eq!(edits(&store), EDITS);
    drop(store);
    let aside = "work.damaged-19700112T134640Z.db";
    assert!(fs::read(room.file(aside)).unwrap() == damaged);
    assert_eq!(fs::read(room.file(&format!("{aside}-wal"))).unwrap(), b"what the log held");

    // Begun, and no further: it is begun again, and the one kept aside before is not overwritten.
    for left in ["work.read.db", "work.begun.db", "work.begun.db-wal", "work.donor.db"] {
        fs::write(room.file(left), "left over").unwrap();
    }
    spoil(&room.file("work.db"), 0, 4096);
    let (store, mended) = room.try_open().unwrap();
    assert_eq!(saved(&mended).0, "work.damaged-19700112T134640Z-2.db");
    assert_eq!(edits(&store), EDITS);
    drop(store);
    assert!(fs::read(room.file(aside)).unwrap() == damaged);
    let left = room.names().into_iter().filter(|name| name.starts_with("work") && !name.contains("damaged"));
    assert_eq!(left.collect::<Vec<_>>(), ["work.db"]);
}

#[test]
fn what_a_log_still_held_is_saved_too() {
    let room = full_room();
    let store = room.open();
    // Copied while it is open, as a crash leaves it: the last edits are in the log alone.
    for n in 0..20 {
        store.record(&edit(1, &format!("late {n}"), 400)).unwrap();
    }
    let crashed = Room::new();
    fs::create_dir(crashed.path()).unwrap();
    for name in room.names() {
        fs::copy(room.file(&name), crashed.file(&name)).unwrap();
    }
    drop(store);
    assert!(fs::metadata(crashed.file("work.db-wal")).unwrap().len() > 0);
    let length = fs::metadata(crashed.file("work.db")).unwrap().len();
    spoil(&crashed.file("work.db"), length / 2, PAGE as usize * 2);
    let (store, mended) = crashed.try_open().unwrap();
    let (_, _, lost, _) = saved(&mended);
    assert!(lost.is_some_and(|lost| (1..100).contains(&lost)), "{lost:?}");
    let late = (1..=20).filter(|n| store.edit(EditId::from_number(EDITS as i64 + n)).unwrap().is_some());
    assert_eq!(late.count(), 20);
}
