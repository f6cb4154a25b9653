//! From what fetching and decoding a recording says to what the window shows.

use earmark_amigo::Error;
use earmark_audio::DecodeError;

use crate::{Problem, ProblemCode};

/// Why a message's recording could not be fetched.
pub(crate) fn unfetched(error: Error) -> Problem {
    match error {
        // The API's answer for a text message (2.3).
        Error::Refused { status: 400, .. } => {
            Problem::new(ProblemCode::NoAudio, "This message is text and has no recording.")
        }
        Error::NotFound => {
            Problem::new(ProblemCode::NotFound, "This message is not on the server any more. Reload the conversation.")
                .logged(&Error::NotFound)
        }
        other => other.into(),
    }
}

/// The decoder itself gave up.
pub(crate) fn undecodable() -> Problem {
    Problem::new(ProblemCode::AudioUnreadable, DecodeError::Damaged.to_string())
}

impl From<DecodeError> for Problem {
    fn from(error: DecodeError) -> Self {
        match error {
            // An empty file may be one that is still being written.
            DecodeError::Empty => Self::new(ProblemCode::AudioEmpty, error.to_string()).retryable().logged(&error),
            other => Self::new(ProblemCode::AudioUnreadable, other.to_string()).logged(&other),
        }
    }
}
