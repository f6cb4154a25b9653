//! From what the client says to what the window shows.

use earmark_amigo::Error;

use crate::browse::millis;
use crate::{Problem, ProblemCode};

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let code = match &error {
            Error::SignIn => ProblemCode::WrongKey,
            Error::NotAllowed => ProblemCode::NotAllowed,
            Error::UnknownOrganization | Error::NotFound => ProblemCode::NotFound,
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
        problem.logged(&error)
    }
}
