//! From what the client says to what the window shows.

use earmark_amigo::Error;

use crate::browse::millis;
use crate::{Problem, ProblemCode};

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let code = match &error {
            Error::SignIn => ProblemCode::WrongKey,
            Error::NotAllowed => ProblemCode::NotAllowed,
            Error::UnknownOrganization | Error::NotFound | Error::NoRecording => ProblemCode::NotFound,
            Error::NotSupported => ProblemCode::NotSupported,
            Error::Refused { .. } | Error::Redirected => ProblemCode::Refused,
            Error::RateLimited { .. } => ProblemCode::RateLimited,
            Error::Maintenance { .. } => ProblemCode::Maintenance,
            Error::Unreachable(_) | Error::NoCertificates(_) => ProblemCode::Unreachable,
            Error::TimedOut => ProblemCode::TimedOut,
            Error::Malformed(_) | Error::TooLarge => ProblemCode::Malformed,
            Error::Insecure => ProblemCode::Insecure,
            Error::AudioExpired => ProblemCode::AudioExpired,
            Error::Server { .. } => ProblemCode::ServerFailed,
            Error::SetUp(_) => ProblemCode::BadInput,
            _ => ProblemCode::Internal,
        };
        let problem = Self {
            code,
            message: error.to_string(),
            retryable: error.is_retryable(),
            retry_after_ms: error.retry_after().map(millis),
            reference: None,
        };
        match error {
            // A server may quote in its refusal what a reviewer wrote: the window shows it, the log does not keep it.
            Error::Refused { status, .. } => problem.logged(&RefusedWith(status)),
            error => problem.logged(&error),
        }
    }
}

#[derive(Debug, thiserror::Error)]
#[error("the server refused with status {0}")]
struct RefusedWith(u16);
