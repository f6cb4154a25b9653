//! What can be fetched again: heads of conversations and names, and per conversation the large pieces.
//!
//! Pieces are counted and evicted together, the conversation used longest ago first ([`room`]). A value that cannot be
//! read back (written by another version) is as good as absent.

mod comments;
mod conversations;
mod file;
mod insights;
mod names;
mod pieces;
mod recordings;
mod room;
mod transcripts;

pub(crate) use file::CacheFile;

pub use conversations::{AfterConversation, ConversationQuery, TagQuery, TagValueQuery};
pub use insights::ReadInsight;
pub use names::NameKind;
pub use recordings::Recorded;
pub use room::{CACHE_LIMIT, CacheSize};
pub use transcripts::CompleteMessages;

use jiff::Timestamp;

/// A value from the cache and how fresh it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept<T> {
    /// The value.
    pub value: T,
    /// When it was read from the server.
    pub read_at: Timestamp,
}
