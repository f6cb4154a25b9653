use std::error::Error as StdError;
use std::time::Duration;

use crate::refusal;

/// Why a call did not work, by what the caller can do about it.
///
/// Each `Display` is a sentence a reviewer may read. Neither it, nor `Debug`, nor any [`source`](StdError::source)
/// holds an address, a token, an id, a parameter or a transcript.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// 401, also after signing in once more: the key is wrong, or the person is unknown (sections 1.1, 1.2).
    #[error("The server does not accept this key for this user. Check the key, its id and the user id.")]
    SignIn,
    /// 404 at sign-in: the organization lives elsewhere, or nowhere (section 0, "Regions").
    #[error("This server does not know the organization. Check its name and the region.")]
    UnknownOrganization,
    /// 403: a permission is missing.
    #[error("This key is not allowed to do that. Ask an administrator of the organization for the permission.")]
    NotAllowed,
    /// 404: the thing is not there, or not any more.
    #[error("The server does not have this any more.")]
    NotFound,
    /// 404 or 405 where a whole feature is absent (section 3).
    #[error("The connected server does not offer this.")]
    NotSupported,
    /// 400, 409, 422 and the other 4xx: the server understood and said no.
    #[error("{}", refusal(.reason))]
    Refused {
        /// The HTTP status.
        status: u16,
        /// The server's own words, shortened and without anything that looks like an address or a secret; may be empty.
        reason: String,
    },
    /// 429, and waiting as long as is reasonable did not help.
    #[error("Too many calls for now.{}", try_again(.retry_after))]
    RateLimited {
        /// How long the server asks to wait.
        retry_after: Option<Duration>,
    },
    /// 503: maintenance.
    #[error("The server is down for maintenance.{}", try_again(.retry_after))]
    Maintenance {
        /// How long the server asks to wait.
        retry_after: Option<Duration>,
    },
    /// No connection, or it broke: name resolution, network, TLS, half an answer.
    #[error("The server cannot be reached. Check the network connection.")]
    Unreachable(#[source] Cause),
    /// No complete answer in time; 408 too.
    #[error("The server did not answer in time.")]
    TimedOut,
    /// An answer that cannot be read.
    #[error("The server's answer could not be read.")]
    Malformed(#[source] Cause),
    /// Plain `http://` outside this computer.
    #[error("The address is not encrypted. Only https is allowed, except on this computer.")]
    Insecure,
    /// The server pointed to another address. The key never follows.
    #[error("The server points to another address, which is not followed. Check the base URL.")]
    Redirected,
    /// The recording's address was refused twice.
    #[error("The recording's address has expired, and a new one was refused as well.")]
    AudioExpired,
    /// The message has a recording, but the storage does not have it any more.
    #[error("The recording is not kept any more.")]
    NoRecording,
    /// More bytes than are accepted.
    #[error("The server's answer is too large.")]
    TooLarge,
    /// 5xx other than 503.
    #[error("The server failed (status {status}).")]
    Server {
        /// The HTTP status.
        status: u16,
    },
    /// This computer has no certificates to check an https server with (a bare Linux without `ca-certificates`).
    #[error("This computer has no certificates to check servers with. Install the system's ca-certificates.")]
    NoCertificates(#[source] Cause),
    /// A key, user or organization that cannot be sent.
    #[error("The connection could not be set up. Check the organization, the key and the user for stray characters.")]
    SetUp(#[source] Cause),
}

/// What lies behind an error, for the log: the sentences of its causes, without anything that looks like an address or
/// a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Cause(String);

impl Cause {
    /// Only the causes' words are kept: their `Debug` would tell more than may be logged.
    pub(crate) fn of(error: &dyn StdError) -> Self {
        let mut words = error.to_string();
        let mut deeper = error.source();
        while let Some(cause) = deeper {
            words.push_str(": ");
            words.push_str(&cause.to_string());
            deeper = cause.source();
        }
        Self(refusal::clean(&words))
    }
}

impl Error {
    /// How long the server asks to wait before trying again.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::RateLimited { retry_after } | Self::Maintenance { retry_after } => *retry_after,
            _ => None,
        }
    }

    /// Whether the same call may succeed later without anything being changed.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::RateLimited { .. }
            | Self::Maintenance { .. }
            | Self::Unreachable(_)
            | Self::TimedOut
            | Self::Malformed(_)
            | Self::AudioExpired
            | Self::Server { .. } => true,
            Self::SignIn
            | Self::UnknownOrganization
            | Self::NotAllowed
            | Self::NotFound
            | Self::NotSupported
            | Self::Refused { .. }
            | Self::Insecure
            | Self::Redirected
            | Self::TooLarge
            | Self::NoRecording
            | Self::NoCertificates(_)
            | Self::SetUp(_) => false,
        }
    }

    /// An answer that cannot be read; `what` names the part, never its content.
    pub(crate) fn malformed(what: impl Into<String>) -> Self {
        Self::Malformed(Cause(what.into()))
    }
}

impl From<reqwest::Error> for Error {
    fn from(error: reqwest::Error) -> Self {
        if error.is_timeout() {
            return Self::TimedOut;
        }
        // The policy of the audio client refuses a step towards plain http with exactly this error.
        let mut source = error.source();
        while let Some(cause) = source {
            if let Some(Self::Insecure) = cause.downcast_ref::<Self>() {
                return Self::Insecure;
            }
            source = cause.source();
        }
        let (redirect, builder) = (error.is_redirect(), error.is_builder());
        let cause = Cause::of(&error.without_url());
        match (redirect, builder) {
            (true, _) => Self::Redirected,
            (_, true) => Self::SetUp(cause),
            _ => Self::Unreachable(cause),
        }
    }
}

fn refusal(reason: &str) -> String {
    match reason {
        "" => "The server refused this.".to_owned(),
        reason => format!("The server refused this: {reason}"),
    }
}

fn try_again(after: &Option<Duration>) -> String {
    match after {
        None => " Try again in a while.".to_owned(),
        // Rounded up, so that the sentence never promises too early.
        Some(after) => match after.as_secs() + u64::from(after.subsec_nanos() > 0) {
            0 | 1 => " Try again in a second.".to_owned(),
            seconds @ 2..120 => format!(" Try again in {seconds} seconds."),
            seconds => format!(" Try again in {} minutes.", seconds.div_ceil(60)),
        },
    }
}
