//! A typed client of the Amigo conversation API, the current edition and the older one.
//!
//! Each area of the API is a module with its types and its calls; section numbers in the docs are those of the API's
//! contract (1 sign-in, 2 conversations, 3 the older edition's feedback, 5 names and records around them). What comes
//! from the wire is read tolerantly and leaves as `earmark-review` types.
//!
//! Invariants: the token goes to the base URL and nowhere else; http is spoken on loopback only; no endpoint is called
//! more often than its budget allows; no error, `Debug` or log line holds a secret, an address or a transcript.
//!
//! ```no_run
//! use earmark_amigo::{ApiKey, Client, ClientOptions, ConversationFilter, PageRequest, Region};
//! use earmark_review::UserId;
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let key = ApiKey {
//!     organization: "example".into(),
//!     user_id: UserId::new("reviewer")?,
//!     api_key_id: "key id".into(),
//!     api_key: "key".into(),
//!     base_url: Region::Eu.base_url(),
//! };
//! let client = Client::new(key, ClientOptions::default())?;
//! client.sign_in().await?;
//! let page = client.list_conversations(&ConversationFilter::default(), PageRequest::first(100)).await?;
//! println!("{} conversations", page.items.len());
//! # Ok(())
//! # }
//! ```
#![deny(missing_docs)]

mod agents;
mod auth;
mod base_url;
mod body;
mod budget;
mod call;
mod client;
mod conversations;
mod endpoint;
mod error;
mod events;
mod feedback;
mod gate;
mod insights;
mod interact;
mod lines;
mod messages;
mod options;
mod page;
mod rate_headers;
mod refusal;
mod retry;
mod services;
mod simulate;
mod source;
mod suggest;
mod tags;
mod tools;
mod urgency;
mod users;
pub mod wire;

pub use base_url::{BaseUrl, InvalidBaseUrl, Region};
pub use budget::Budget;
pub use client::Client;
pub use conversations::{ConversationFilter, Order, TagFilter, TagValue};
pub use endpoint::Endpoint;
pub use error::{Cause, Error};
pub use events::{Event, EventStream, MessagePiece};
pub use feedback::{FeedbackFilter, FeedbackItem, FeedbackKind, UnknownFeedback};
pub use interact::{Actions, Form, Input, NewConversation, Said, VoiceEncoding};
pub use messages::MessageFilter;
pub use options::{ApiKey, ClientOptions};
pub use page::{Page, PageRequest, Pages, follow_pages};
pub use simulate::{SimulateOverrides, Simulated};
pub use source::Source;
pub use suggest::{Starter, StarterRequest};
pub use urgency::Urgency;
