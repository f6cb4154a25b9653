use serde::{Deserialize, Serialize};
use specta::Type;

/// What went wrong, as a sentence a reviewer may read: no address, token, id or transcript in it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type, thiserror::Error)]
#[serde(rename_all = "camelCase")]
#[error("{message}")]
pub struct Problem {
    /// What the window can do about it.
    pub code: ProblemCode,
    /// The sentence.
    pub message: String,
    /// Whether the same request may succeed later.
    pub retryable: bool,
    /// When, if the server said so, in milliseconds from now.
    pub retry_after_ms: Option<u32>,
    /// Where the log tells more.
    pub reference: Option<String>,
}

/// Kinds of problem the window treats differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum ProblemCode {
    /// The key or the person is not known to the organization.
    WrongKey,
    /// Nobody is signed in.
    SignedOut,
    /// The key's permissions do not allow it.
    NotAllowed,
    /// It is not there, or not any more.
    NotFound,
    /// The connected server has no such call.
    NotSupported,
    /// The server understood and said no.
    Refused,
    /// Too many calls for now.
    RateLimited,
    /// The server is down for maintenance.
    Maintenance,
    /// No way to the server.
    Unreachable,
    /// No answer in time.
    TimedOut,
    /// The server failed.
    ServerFailed,
    /// The answer could not be read.
    Malformed,
    /// The address would send data unencrypted.
    Insecure,
    /// What was entered cannot be used.
    BadInput,
    /// The passphrase is not the one the reviewer's work is kept under.
    WrongPassphrase,
    /// The tag breaks a rule; nothing was sent.
    TagRefused,
    /// The comment breaks a rule; nothing was sent.
    CommentRefused,
    /// The message is text and has no sound.
    NoAudio,
    /// The recording's address expired twice.
    AudioExpired,
    /// The recording is empty.
    AudioEmpty,
    /// The recording is in a form that cannot be played.
    AudioUnreadable,
    /// No device to play on.
    NoDevice,
    /// The keyring refused or did not answer.
    Keyring,
    /// What the reviewer did could not be kept on this computer.
    Storage,
    /// Something else was opened before it was read.
    Left,
    /// A fault of this program.
    Internal,
}

impl Problem {
    /// A problem that trying again does not mend.
    pub fn new(code: ProblemCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), retryable: false, retry_after_ms: None, reference: None }
    }

    pub(crate) fn retryable(mut self) -> Self {
        self.retryable = true;
        self
    }

    /// Whether the server could not be asked at all.
    pub(crate) fn is_no_connection(&self) -> bool {
        matches!(self.code, ProblemCode::Unreachable | ProblemCode::TimedOut | ProblemCode::Maintenance)
    }

    /// Something could not be kept on this computer, for a reason in a sentence.
    pub(crate) fn storage(why: &str) -> Self {
        Self::new(ProblemCode::Storage, why).retryable()
    }

    pub(crate) fn signed_out() -> Self {
        Self::new(ProblemCode::SignedOut, "Nobody is signed in. Sign in to go on.")
    }

    /// Logs the whole chain under a fresh reference and keeps the reference.
    ///
    /// The chain's texts are safe to log: the crates below promise that no secret or transcript is in them.
    pub(crate) fn logged(mut self, cause: &(dyn std::error::Error + 'static)) -> Self {
        let reference = crate::reference::fresh();
        let mut chain = cause.to_string();
        let mut next = cause.source();
        while let Some(deeper) = next {
            chain.push_str(": ");
            chain.push_str(&deeper.to_string());
            next = deeper.source();
        }
        tracing::warn!(%reference, code = ?self.code, %chain, "a request failed");
        self.reference = Some(reference);
        self
    }
}
