//! The use cases of the review console, without a window: sign in, browse, open, play, tag, comment, resolve.
//!
//! One [`Console`] per program. Every method is one thing a reviewer does; it answers a view (`view`) or a
//! [`Problem`], a sentence a reviewer may read. Nothing here knows Tauri; the shell calls one method per command.
//!
//! Invariants: keys are in the keyring or in memory, never in a file; what breaks a rule of `earmark-review` is
//! refused before any call; no transcript, key or address of a recording reaches a log or a [`Problem`].
//!
//! ```no_run
//! # async fn example() -> Result<(), earmark_console::Problem> {
//! use earmark_console::{Console, ConversationFilter, Options};
//!
//! let console = Console::new(Options::in_folder("data".into()));
//! console.start().await;
//! let page = console.list_conversations(ConversationFilter::default(), None).await?;
//! println!("{} conversations", page.rows.len());
//! # Ok(())
//! # }
//! ```
#![deny(missing_docs)]

mod accounts;
mod ahead;
mod amigo_problem;
mod audio_problem;
mod beside;
mod browse;
mod cached;
mod closing;
mod comments;
mod console;
mod drafts;
mod export;
mod feedback;
mod fetching;
mod finding;
mod first_page;
mod flags;
mod forgetting;
mod hearing;
mod history;
mod insights;
mod kept;
mod keys;
mod links;
mod markers;
mod names;
mod opened;
mod opening;
mod outbox;
mod own_names;
mod passphrase;
mod peaks;
mod playing;
mod problem;
mod queues;
mod reference;
mod reviewing;
mod secrets;
mod session;
mod signing_in;
mod sound;
mod sound_cache;
mod sound_line;
mod storage;
mod stores;
mod tags;
mod under_way;
mod view;
#[cfg(test)]
mod wav;

pub use console::{Console, Options, Origin};
pub use earmark_review::{CommentId, ConversationId, InteractionId, MessageId, ServiceId, UserId};
pub use feedback::FeedbackWatch;
pub use links::link_outside;
pub use outbox::OutboxWatch;
pub use playing::{MakeOutput, PlayerWatch};
pub use problem::{Problem, ProblemCode};
pub use secrets::{Keyring, Secrets, SecretsError, ThisRun};
pub use session::GivenKeys;
pub use view::*;
