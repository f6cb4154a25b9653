//! What a sandbox is started with.

use std::fmt;
use std::time::Duration;

/// Which edition of the API the server speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Edition {
    /// Today's API: tags, tool logs, POST recommend; no feedback and no simulate.
    Current,
    /// The mid-2025 API: `timestamp`, `message_metadata`, GET recommend, feedback and simulate; no tags, no tool logs.
    Older,
    /// Today's API plus the older one's feedback and simulate.
    Both,
}

impl Edition {
    /// Whether today's shapes are spoken (everything but [`Edition::Older`]).
    pub(crate) fn is_current(self) -> bool {
        self != Self::Older
    }

    /// Whether the calls that only the older edition knows exist.
    pub(crate) fn has_feedback(self) -> bool {
        self != Self::Current
    }
}

/// How calls are counted against their limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Limits {
    /// At most N calls in any window.
    Sliding,
    /// At most N calls in each window counted from the full minute.
    Fixed,
    /// No limits and no rate-limit headers.
    Off,
}

/// How a sandbox is started; [`Options::default`] gives both editions over the made-up conversations with sliding limits.
#[derive(Debug, Clone)]
pub struct Options {
    /// The API's port on 127.0.0.1; 0 takes a free one. Audio always takes a free one.
    pub port: u16,
    /// The edition spoken.
    pub edition: Edition,
    /// How many conversations there are in all; `None`, or fewer than there are made-up ones, means the made-up ones only.
    pub conversations: Option<u32>,
    /// How many interaction comments are spread over the conversations, besides the made-up ones.
    pub comments: Option<u32>,
    /// What the grown conversations and comments are derived from.
    pub seed: u64,
    /// How calls are limited.
    pub limits: Limits,
    /// The length of the limits' window; a minute at the real server.
    pub minute: Duration,
    /// Permissions the signed-in user lacks, as `Conversation:GetMessage` or `Conversation.GetMessage`.
    pub deny: Vec<String>,
    /// How long a token lives.
    pub token_ttl: Duration,
    /// How long a signed audio URL lives.
    pub url_ttl: Duration,
    /// Whether `/_sandbox/*` exists. Only the binary and tests switch it on.
    pub control: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            port: 0,
            edition: Edition::Both,
            conversations: None,
            comments: None,
            seed: 1,
            limits: Limits::Sliding,
            minute: Duration::from_secs(60),
            deny: Vec::new(),
            token_ttl: Duration::from_secs(3600),
            url_ttl: Duration::from_secs(900),
            control: false,
        }
    }
}

/// What a client signs in with. Its `Serialize` form is the binary's first line.
#[derive(Clone, serde::Serialize)]
pub struct Credentials {
    /// Where the API answers, without a trailing slash.
    pub base_url: String,
    /// The organization's id.
    pub organization: String,
    /// The key's id.
    pub api_key_id: String,
    /// The key itself: random at each start.
    pub api_key: String,
    /// The reviewer who signs in.
    pub user_id: String,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("base_url", &self.base_url)
            .field("organization", &self.organization)
            .field("api_key_id", &self.api_key_id)
            .field("api_key", &"[redacted]")
            .field("user_id", &self.user_id)
            .finish()
    }
}
