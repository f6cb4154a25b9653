//! The domain: what a conversation under review is, and which edits to it are allowed.
//!
//! Pure: no I/O, no clock, no server's wire format. A client turns what its server sent into these types, the use
//! cases work on them, and every rule that can refuse an edit before a call is made stands here with its sentence.
//!
//! Invariants: ids are safe to place in a path; a [`Transcript`] is in order and holds each message once; [`Tags`]
//! changed through [`Tags::apply`] always satisfy the server's pattern and count.
//!
//! ```
//! use earmark_review::{TagEdit, Tags};
//!
//! let tags = Tags::default();
//! let edited = tags.apply(&TagEdit::set("quality", Some("good"))).unwrap();
//! assert_eq!(edited.get("quality"), Some(Some("good")));
//! assert!(tags.apply(&TagEdit::set("risk:high", None)).is_err());
//! ```
#![deny(missing_docs)]

mod change;
mod comment;
mod conversation;
mod ids;
mod insight;
mod people;
mod review_state;
mod tags;
mod transcript;

pub use change::{Change, Image, Subject, TagState, Verdict, matching};
pub use comment::{Comment, CommentPlace, CommentRefused};
pub use conversation::{Conversation, Version, VersionRef};
pub use ids::{AgentId, CommentId, ConversationId, InteractionId, InvalidId, MessageId, ServiceId, ToolId, UserId};
pub use insight::{
    BehaviorRef, Insight, Memory, ToolCall, ToolInvocation, ToolOutcome, ToolRound, Transition, TransitionKind,
};
pub use people::{Agent, Person, Service};
pub use review_state::ReviewState;
pub use tags::{TAG_LIMIT, TAG_VALUE_LIMIT, TagEdit, TagRefused, Tags};
pub use transcript::{Interaction, Message, MessageFormat, MessageKind, Transcript};
