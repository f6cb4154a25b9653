//! What can be fetched again: heads of conversations, names and comments, and per conversation the large pieces.
//!
//! Pieces are counted and evicted together, the conversation used longest ago first ([`room`]). A value that cannot be
//! read back (written by another version) is as good as absent.

mod comment_reading;
mod comments;
mod conversations;
mod feedback;
mod file;
mod insights;
mod names;
mod packing;
mod pieces;
mod recordings;
mod room;
mod transcripts;

pub(crate) use file::CacheFile;

pub use comment_reading::{CommentReading, ReadingStage};
pub use conversations::{AfterConversation, ConversationQuery, TagQuery, TagValueQuery};
pub use feedback::{AfterComment, CommentQuery, Overlaid};
pub use insights::{ReadInsight, ReadInvocations};
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
