//! Encrypted SQLite: the cache and the reviewer's work, never mixed. The only code that knows SQL.
//!
//! A [`Store`] is one account's folder. In it lie two databases encrypted with the same [`Key`]: `cache.db` holds what
//! can be fetched again, `work.db` what a reviewer did. Each has its own connection, so that clearing the one cannot touch
//! the other. Calls block: run them where waiting is allowed. Time and chance come in as parameters.
//!
//! Invariants: a call that writes work has it on the disk when it returns; the history is only ever added to; an edit
//! changes state only in allowed ways; nothing is written to the folder in plain text but `store.json`, which says where
//! the key comes from; the cache keeps its limit unless everything in it is pinned. Damage is mended at [`Store::open`]: the cache
//! is begun anew, work is set aside and saved row by row.
//!
//! ```
//! use earmark_store::{Draft, Key, Store};
//! use jiff::Timestamp;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! let now = Timestamp::UNIX_EPOCH;
//! let key = Key::random(&mut rand::rng());
//! let (store, mended) = Store::open(folder.path(), &key, now)?;
//! assert!(mended.is_empty());
//! store.save_draft("comment on i1", "She asked twice", 15, now)?;
//! store.clear_cache()?;
//! drop(store);
//!
//! let (store, _) = Store::open(folder.path(), &key, now)?;
//! let drafts = store.drafts_under("comment on")?;
//! assert_eq!((drafts[0].text.as_str(), drafts[0].caret), ("She asked twice", 15), "work outlives the cache");
//! # Ok(())
//! # }
//! ```
#![deny(missing_docs)]

mod cache;
mod connect;
mod error;
mod files;
mod key;
mod label;
mod mended;
mod migrations;
mod salvage;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod sample;
mod store;
mod time;
mod work;

pub use cache::{
    AfterComment, AfterConversation, CACHE_LIMIT, CacheSize, CommentQuery, CommentReading, CompleteMessages,
    ConversationQuery, Kept, NameKind, Overlaid, ReadInsight, ReadInvocations, ReadingStage, Recorded, TagQuery,
    TagValueQuery,
};
pub use error::{Cause, StoreError};
pub use key::{InvalidKey, Key, KeyOrigin, Recipe};
pub use mended::Mended;
pub use store::Store;
pub use work::{
    Draft, Edit, EditId, EditState, HistoryId, HistoryRow, HistoryRows, Named, NamedKind, NewEdit, QueueItem,
    TransitionRefused,
};
