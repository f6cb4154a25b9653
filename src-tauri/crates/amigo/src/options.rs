use std::time::Duration;

use earmark_review::UserId;
use secrecy::SecretString;

use crate::BaseUrl;

/// What signs in: an API key and the person it acts for (section 1.1).
#[derive(Debug, Clone)]
pub struct ApiKey {
    /// The organization, as it stands in the API's paths.
    pub organization: String,
    /// Whom to act as.
    pub user_id: UserId,
    /// The key's id.
    pub api_key_id: SecretString,
    /// The key.
    pub api_key: SecretString,
    /// Where the organization lives.
    pub base_url: BaseUrl,
}

/// How a [`Client`](crate::Client) behaves. The default suits the real API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientOptions {
    /// The longest to wait for a connection. 10 s.
    pub connect_timeout: Duration,
    /// The longest one attempt may take to its last byte; for streams and recordings, the longest silence. 30 s.
    pub timeout: Duration,
    /// The longest a recording may take to its last byte. 120 s.
    pub audio_timeout: Duration,
    /// The window the budgets count in. 60 s. Zero switches counting off, for a server without limits; a server that
    /// asks to wait is obeyed all the same.
    pub window: Duration,
    /// Seed of the jitter between attempts; `None` draws one.
    pub jitter_seed: Option<u64>,
    /// Whether to try the older edition's spelling where a server refuses the current one (section 4). Yes.
    pub accept_older: bool,
    /// The largest recording that is accepted, in bytes. 64 MiB.
    pub audio_limit: usize,
    /// The largest other answer that is accepted, in bytes. 64 MiB.
    pub answer_limit: usize,
}

impl Default for ClientOptions {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(10),
            timeout: Duration::from_secs(30),
            audio_timeout: Duration::from_secs(120),
            window: Duration::from_secs(60),
            jitter_seed: None,
            accept_older: true,
            audio_limit: 64 << 20,
            answer_limit: 64 << 20,
        }
    }
}
