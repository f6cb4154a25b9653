//! What a reviewer did, which nobody else has: drafts, edits on their way, history. On the disk when a call returns.

mod aliases;
mod drafts;
mod edit;
mod edits;
mod flags;
mod history;
mod named;
mod review_states;
mod take_over;
mod transition;
mod undo;

pub use drafts::Draft;
pub use edit::{Edit, EditId, NewEdit};
pub(crate) use flags::{keep as keep_flag, told as told_of_flags};
pub use history::{HistoryId, HistoryRow, HistoryRows};
pub use named::{Named, NamedKind, QueueItem};
pub use transition::{EditState, TransitionRefused};
