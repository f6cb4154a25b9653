//! A folder with a store in it, and what tests put there.
#![allow(dead_code, reason = "each test file uses its part")]

use std::fs;
use std::path::{Path, PathBuf};

use earmark_review::{
    Comment, CommentId, CommentPlace, Conversation, ConversationId, InteractionId, Message, MessageFormat, MessageId,
    MessageKind, ServiceId, UserId,
};
use earmark_store::{CompleteMessages, EditId, Key, Mended, NewEdit, Store, StoreError};
use jiff::Timestamp;
use rand::SeedableRng;
use rand::rngs::StdRng;
use secrecy::ExposeSecret;

/// A folder that goes away, and its key.
pub struct Room {
    folder: tempfile::TempDir,
    pub key: Key,
}

impl Room {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), key: key(1) }
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().join("account")
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    /// Opens the store, which is expected to be sound.
    pub fn open(&self) -> Store {
        let (store, mended) = self.try_open().unwrap();
        assert_eq!(mended, []);
        store
    }

    pub fn try_open(&self) -> Result<(Store, Vec<Mended>), StoreError> {
        Store::open(&self.path(), &self.key, at(1_000_000))
    }

    /// A connection of one's own to a database that is closed. The salt stands at the file's beginning.
    pub fn raw(&self, name: &str) -> rusqlite::Connection {
        let connection = rusqlite::Connection::open(self.file(name)).unwrap();
        let key = self.key.to_hex();
        let key = format!("PRAGMA key = \"x'{}'\"; PRAGMA cipher_hmac_algorithm = HMAC_SHA256;", key.expose_secret());
        connection.execute_batch(&key).unwrap();
        connection
    }

    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<String> =
            fs::read_dir(self.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

pub fn key(seed: u64) -> Key {
    Key::random(&mut StdRng::seed_from_u64(seed))
}

pub fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

pub fn talk(n: usize) -> ConversationId {
    ConversationId::new(format!("c{n}")).unwrap()
}

pub fn who() -> UserId {
    UserId::new("reviewer").unwrap()
}

/// An edit whose change says `text`.
pub fn edit(conversation: usize, text: &str, second: i64) -> NewEdit {
    NewEdit {
        conversation: talk(conversation),
        who: who(),
        change: format!("{{\"says\":\"{text}\"}}"),
        before: "null".into(),
        made_at: at(second),
        due_at: at(second + 5),
        undoes: None,
        redoes: None,
    }
}

/// The inverse of one that was sent.
pub fn inverse(of: EditId, second: i64) -> NewEdit {
    NewEdit { undoes: Some(of), ..edit(1, "inverse", second) }
}

pub fn head(n: usize) -> Conversation {
    Conversation {
        id: talk(n),
        user_id: UserId::new(format!("user{}", n % 3)).unwrap(),
        service_id: ServiceId::new(format!("service{}", n % 2)).unwrap(),
        created_at: at(i64::try_from(n / 2).unwrap()),
        is_finished: n.is_multiple_of(4),
        is_analyzed: false,
        completed_post_processings: vec![],
        final_message: format!("the last word of {n}"),
        num_messages: 2,
        tags: [("number".to_owned(), Some(n.to_string())), ("plain".to_owned(), None)]
            .into_iter()
            .take(1 + n % 2)
            .collect(),
        version: None,
    }
}

pub fn messages(conversation: usize, texts: &[&str]) -> CompleteMessages {
    let message = |(n, text): (usize, &&str)| Message {
        id: MessageId::new(format!("c{conversation}m{n}")).unwrap(),
        interaction_id: InteractionId::new(format!("i{n}")).unwrap(),
        created_at: at(i64::try_from(n).unwrap()),
        sender: "Ana".into(),
        text: (*text).into(),
        format: MessageFormat::Voice,
        kind: MessageKind::Other("whisper".into()),
    };
    let messages = texts.iter().enumerate().map(message).collect();
    CompleteMessages { messages, unreadable: 1, goes_on: false }
}

pub fn comment(conversation: usize, text: &str) -> Comment {
    Comment {
        id: CommentId::new("f1").unwrap(),
        author: who(),
        created_at: at(3),
        text: text.into(),
        place: CommentPlace::Interaction(talk(conversation), InteractionId::new("i0").unwrap()),
        resolved: true,
        message: None,
    }
}

/// Overwrites part of a file.
pub fn spoil(file: &Path, from: u64, length: usize) {
    use std::io::{Seek as _, SeekFrom, Write as _};
    let mut file = fs::OpenOptions::new().write(true).open(file).unwrap();
    file.seek(SeekFrom::Start(from)).unwrap();
    let garbage: Vec<u8> = (0..length).map(|n| (n * 31 % 251) as u8).collect();
    file.write_all(&garbage).unwrap();
}
