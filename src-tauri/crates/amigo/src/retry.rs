//! Which calls are sent again, and when (section 0.2). Sign-in is never among them.

use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use reqwest::Method;

use crate::Error;
use crate::gate::LONGEST_HOLD;

/// A call is sent at most this often.
pub(crate) const ATTEMPTS: u32 = 3;
const FIRST_DELAY: Duration = Duration::from_millis(250);
const LONGEST_DELAY: Duration = Duration::from_secs(30);

/// Whether a call that ended so may be sent again.
///
/// A GET changes nothing, so any passing trouble allows it. A POST may only when the server says that it was not
/// taken and when to come again; a DELETE never.
pub(crate) fn may_repeat(method: &Method, error: &Error) -> bool {
    // Being asked to wait for longer than this is for the caller to know, not for us to sit through.
    let soon = match error {
        Error::RateLimited { retry_after } => retry_after.is_none_or(|after| after <= LONGEST_HOLD),
        other => other.retry_after().is_none_or(|after| after <= LONGEST_DELAY),
    };
    match (method, error) {
        (&Method::GET, Error::Server { status: 500 | 502 | 504 }) => true,
        (&Method::GET, Error::RateLimited { .. } | Error::Maintenance { .. }) => soon,
        (&Method::GET, Error::Unreachable(_) | Error::TimedOut) => true,
        (&Method::POST, Error::RateLimited { retry_after: Some(_) }) => soon,
        _ => false,
    }
}

/// How long to wait before the next attempt, given the drawn delay.
pub(crate) fn delay(error: &Error, drawn: Option<Duration>) -> Option<Duration> {
    let drawn = drawn?;
    match error {
        // The endpoint's gate holds it for that long, where it is counted among those that wait.
        Error::RateLimited { retry_after: Some(_) } => Some(Duration::ZERO),
        other => Some(other.retry_after().unwrap_or(drawn)),
    }
}

/// Delays with full jitter: a uniform draw between nothing and a quarter of a second, doubled for each attempt.
#[derive(Debug)]
pub(crate) struct FullJitter {
    chance: StdRng,
    ceiling: Duration,
    left: u32,
}

impl FullJitter {
    pub(crate) fn new(seed: u64) -> Self {
        Self { chance: StdRng::seed_from_u64(seed), ceiling: FIRST_DELAY, left: ATTEMPTS - 1 }
    }
}

impl Iterator for FullJitter {
    type Item = Duration;
    fn next(&mut self) -> Option<Duration> {
        self.left = self.left.checked_sub(1)?;
        let drawn = self.ceiling.mul_f64(self.chance.random());
        self.ceiling = (self.ceiling * 2).min(LONGEST_DELAY);
        Some(drawn)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;
    use crate::error::Cause;

    fn limited(seconds: Option<u64>) -> Error {
        Error::RateLimited { retry_after: seconds.map(Duration::from_secs) }
    }

    fn maintenance(seconds: Option<u64>) -> Error {
        Error::Maintenance { retry_after: seconds.map(Duration::from_secs) }
    }

    #[test]
    fn a_get_is_repeated_on_passing_trouble_only() {
        let unreachable = Error::Unreachable(Cause::of(&std::io::Error::other("reset")));
        for status in [500, 502, 504] {
            assert!(may_repeat(&Method::GET, &Error::Server { status }), "{status}");
        }
        assert!(!may_repeat(&Method::GET, &Error::Server { status: 501 }));
        for error in [unreachable, Error::TimedOut, limited(None), limited(Some(60)), maintenance(None)] {
            assert!(may_repeat(&Method::GET, &error), "{error:?}");
        }
        let refused = Error::Refused { status: 422, reason: String::new() };
        for error in [refused, Error::NotFound, Error::NotAllowed, Error::SignIn, Error::malformed("half")] {
            assert!(!may_repeat(&Method::GET, &error), "{error:?}");
        }
    }

    #[test]
    fn a_post_is_repeated_only_when_told_when_and_a_delete_never() {
        assert!(may_repeat(&Method::POST, &limited(Some(1))));
        let trouble = [limited(None), maintenance(Some(1)), Error::TimedOut, Error::Server { status: 502 }];
        for error in trouble {
            assert!(!may_repeat(&Method::POST, &error), "{error:?}");
        }
        assert!(!may_repeat(&Method::DELETE, &limited(Some(1))));
    }

    #[test]
    fn a_long_wait_is_not_sat_through() {
        assert!(!may_repeat(&Method::GET, &limited(Some(61))));
        assert!(!may_repeat(&Method::POST, &limited(Some(61))));
        assert!(!may_repeat(&Method::GET, &maintenance(Some(31))));
    }

    #[test]
    fn the_servers_word_stands_before_the_draw() {
        let drawn = Some(Duration::from_millis(100));
        assert_eq!(delay(&maintenance(Some(4)), drawn), Some(Duration::from_secs(4)));
        assert_eq!(delay(&maintenance(None), drawn), drawn);
        assert_eq!(delay(&limited(None), drawn), drawn);
        assert_eq!(delay(&limited(Some(4)), drawn), Some(Duration::ZERO), "the gate holds it instead");
        assert_eq!(delay(&maintenance(Some(4)), None), None, "no attempt is left");
    }

    proptest! {
        #[test]
        fn three_attempts_with_growing_ceilings(seed: u64) {
            let delays: Vec<Duration> = FullJitter::new(seed).collect();
            prop_assert_eq!(delays.len(), 2);
            prop_assert!(delays[0] <= Duration::from_millis(250));
            prop_assert!(delays[1] <= Duration::from_millis(500));
        }
    }
}
