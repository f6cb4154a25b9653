#![allow(clippy::unwrap_used)]
//! Databases that came to be by other migrations than this program's.

use std::fs;
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::Path;

use earmark_review::{Change, MessageId};
use rand::SeedableRng;
use rand::rngs::StdRng;

use crate::connect::connect_by;
use crate::label::Label;
use crate::migrations::Database;
use crate::sample::{at, edit, talk};
use crate::{EditId, Key, Mended, NamedKind, NewEdit, QueueItem, Store};

const EDITS: usize = 120;

fn key() -> Key {
    Key::random(&mut StdRng::seed_from_u64(7))
}

/// The folder of a program that had only so many steps.
fn born_by(steps: usize) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut said = serde_json::to_value(Label::new(&key()).once_made()).unwrap();
    if steps == 1 {
        // It did not say so.
        said.as_object_mut().unwrap().remove("born_by");
    } else {
        said["born_by"] = steps.into();
    }
    for name in ["store.json", "store.copy.json"] {
        fs::write(folder.path().join(name), said.to_string()).unwrap();
    }
    let work = folder.path().join(Database::Work.file());
    let connection = connect_by(steps, &work, &key(), Database::Work).unwrap();
    for n in 0..EDITS / 2 {
        let change = format!("\"{}\"", "x".repeat(500));
        let edit = "INSERT INTO edits (conversation, who, change, before, made_at, due_at, state, changed_at)
             VALUES (?1, 'reviewer', ?2, 'null', 1, 6, 'waiting', 1)";
        connection.execute(edit, (format!("c{n}"), change)).unwrap();
    }
    connection.close().unwrap();
    folder
}

fn open(folder: &Path) -> (Store, Vec<Mended>) {
    Store::open(folder, &key(), at(1_000)).unwrap()
}

fn edits(store: &Store) -> usize {
    (1..=EDITS as i64).filter(|n| store.edit(EditId::from_number(*n)).unwrap().is_some()).count()
}

/// Goes on working in it with this program.
fn work_on(folder: &Path) {
    let (store, mended) = open(folder);
    assert_eq!(mended, []);
    for _ in 0..EDITS / 2 {
        store.record(&edit(500)).unwrap();
    }
    store.add_view("View", "{}", at(1)).unwrap();
    let items: Vec<_> = (0..300).map(|n| QueueItem { conversation: talk(n), reason: "rule".into() }).collect();
    store.add_queue("Queue", "{}", &items, at(1)).unwrap();
}

fn spoil_first_page(folder: &Path) {
    let mut work = fs::File::options().write(true).open(folder.join(Database::Work.file())).unwrap();
    work.seek(SeekFrom::Start(0)).unwrap();
    work.write_all(&[0xa5; 4096]).unwrap();
}

#[test]
fn the_first_page_is_replaced_by_the_program_a_database_came_to_be_by() {
    for steps in 1..=Database::Work.steps().len() {
        let folder = born_by(steps);
        work_on(folder.path());
        spoil_first_page(folder.path());
        let (store, mended) = open(folder.path());
        assert!(matches!(mended[..], [Mended::WorkSaved { .. }]), "{mended:?}");
        assert_eq!(edits(&store), EDITS, "born by {steps}");
        let here: Vec<usize> =
            store.named(NamedKind::Queue).unwrap().iter().map(|it| store.queue_items(it.id).unwrap().len()).collect();
        // What an upgrade added lies where nobody knows any more: one view, one queue and its conversations.
        let (expected, lost): (&[usize], _) = if steps == 1 { (&[], 302) } else { (&[300], 0) };
        assert_eq!(here, expected, "born by {steps}");
        assert!(matches!(mended[0], Mended::WorkSaved { lost: Some(told), .. } if told == lost), "{steps}: {mended:?}");
    }
}

#[test]
fn lost_flags_are_set_again_as_the_history_tells() {
    let folder = born_by(1);
    let message = |n: u32| MessageId::new(format!("m{n}")).unwrap();
    {
        let (store, _) = open(folder.path());
        for (n, is_set) in [(1, true), (2, true), (2, false), (3, false), (3, true)] {
            let change = serde_json::to_string(&Change::Flag { message: message(n), is_set }).unwrap();
            store.record(&NewEdit { change, ..edit(1) }).unwrap();
        }
    }
    spoil_first_page(folder.path());
    let (store, mended) = open(folder.path());
    assert!(matches!(mended[..], [Mended::WorkSaved { restored: 2, .. }]), "{mended:?}");
    let mut flags: Vec<MessageId> = store.flags().unwrap().into_iter().map(|(_, message)| message).collect();
    flags.sort();
    assert_eq!(flags, [message(1), message(3)]);
}

#[test]
fn what_was_saved_is_labelled_as_born_anew_and_saved_again() {
    let folder = born_by(1);
    work_on(folder.path());
    spoil_first_page(folder.path());
    drop(open(folder.path()));
    let label = Label::read(folder.path()).unwrap().unwrap();
    assert_eq!(label.born_by, Some(Database::Work.steps().len()));
    {
        let (store, _) = open(folder.path());
        store.add_view("Later", "{}", at(2)).unwrap();
    }
    spoil_first_page(folder.path());
    let (store, mended) = open(folder.path());
    assert!(matches!(mended[..], [Mended::WorkSaved { lost: Some(0), .. }]), "{mended:?}");
    assert_eq!(edits(&store), EDITS);
    assert_eq!(store.named(NamedKind::View).unwrap().len(), 1);
}

#[test]
fn without_knowing_by_which_program_nothing_is_made_up() {
    let folder = born_by(1);
    work_on(folder.path());
    for name in ["store.json", "store.copy.json"] {
        fs::remove_file(folder.path().join(name)).unwrap();
    }
    // The label is lost, and with it how the database came to be.
    drop(open(folder.path()));
    spoil_first_page(folder.path());
    let (store, mended) = open(folder.path());
    assert!(matches!(mended[..], [Mended::WorkSaved { saved: 0, lost: None, .. }]), "{mended:?}");
    assert_eq!(edits(&store), 0);
}
