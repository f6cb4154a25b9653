//! What unit tests put into a store.

use earmark_review::{ConversationId, UserId};
use jiff::Timestamp;
use rand::SeedableRng;
use rand::rngs::StdRng;

use crate::{Key, NewEdit, Store};

/// A new store in a folder that goes away with it.
pub(crate) fn store() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let key = Key::random(&mut StdRng::seed_from_u64(7));
    let (store, mended) = Store::open(folder.path(), &key, at(0)).unwrap();
    assert_eq!(mended, []);
    (folder, store)
}

pub(crate) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

pub(crate) fn talk(n: usize) -> ConversationId {
    ConversationId::new(format!("c{n}")).unwrap()
}

/// An edit of `bytes` bytes.
pub(crate) fn edit(bytes: usize) -> NewEdit {
    NewEdit {
        conversation: talk(1),
        who: UserId::new("reviewer").unwrap(),
        change: format!("\"{}\"", "x".repeat(bytes)),
        before: "null".into(),
        made_at: at(1),
        due_at: at(6),
        undoes: None,
        redoes: None,
    }
}
