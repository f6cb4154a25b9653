//! Calls per endpoint and window (section 0.2). The budget is the organization's: all tokens share it. Time is a parameter.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use crate::options::Limits;

/// A path and whether it is read (GET) or written: what the limits are counted by.
pub(crate) type Endpoint = (&'static str, bool);

/// Counts the calls of each endpoint.
#[derive(Debug)]
pub(crate) struct Limiter {
    limits: Limits,
    window_ms: u64,
    sent: HashMap<Endpoint, VecDeque<u64>>,
}

/// What the limiter says about one call; all times are milliseconds since the epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Verdict {
    /// Calls allowed in a window.
    pub(crate) limit: u32,
    /// Calls left right after this one.
    pub(crate) remaining: u32,
    /// When the next call is given back.
    pub(crate) reset_ms: u64,
    /// Set when the call is refused: milliseconds until one would be accepted.
    pub(crate) wait_ms: Option<u64>,
}

impl Limiter {
    pub(crate) fn new(limits: Limits, window: Duration) -> Self {
        let window_ms = u64::try_from(window.as_millis()).unwrap_or(u64::MAX).max(1);
        Self { limits, window_ms, sent: HashMap::new() }
    }

    /// Counts a call of `endpoint`, which allows `limit` calls a window, at `now_ms`. A refused call is not counted.
    /// `None` when limits are off.
    pub(crate) fn count(&mut self, endpoint: Endpoint, limit: u32, now_ms: u64) -> Option<Verdict> {
        let window = self.window_ms;
        // A call sent at t leaves a sliding window at t + window, a fixed one with the window itself.
        let leaves = |sent: u64| match self.limits {
            Limits::Off => None,
            Limits::Sliding => Some(sent.saturating_add(window)),
            Limits::Fixed => Some((sent / window + 1).saturating_mul(window)),
        };
        leaves(now_ms)?;
        let sent = self.sent.entry(endpoint).or_default();
        while sent.front().is_some_and(|first| leaves(*first).is_some_and(|at| at <= now_ms)) {
            sent.pop_front();
        }
        let refused = sent.len() >= limit as usize;
        if !refused {
            sent.push_back(now_ms);
        }
        let reset_ms = sent.front().and_then(|first| leaves(*first)).unwrap_or(now_ms);
        let used = u32::try_from(sent.len()).unwrap_or(u32::MAX);
        Some(Verdict {
            limit,
            remaining: limit.saturating_sub(used),
            reset_ms,
            wait_ms: refused.then(|| reset_ms.saturating_sub(now_ms)),
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn limiter(limits: Limits) -> Limiter {
        Limiter::new(limits, Duration::from_secs(60))
    }

    #[test]
    fn sliding_refuses_the_call_after_the_last_until_the_first_leaves() {
        let mut limiter = limiter(Limits::Sliding);
        for at in [30_000, 40_000, 50_000] {
            assert_eq!(limiter.count(("list", true), 3, at).unwrap().wait_ms, None);
        }
        let refused = limiter.count(("list", true), 3, 89_999).unwrap();
        assert_eq!(refused, Verdict { limit: 3, remaining: 0, reset_ms: 90_000, wait_ms: Some(1) });
        assert_eq!(
            limiter.count(("list", true), 3, 90_000).unwrap().wait_ms,
            None,
            "the call of 30 s has left the window"
        );
        assert_eq!(
            limiter.count(("list", true), 3, 90_001).unwrap().wait_ms,
            Some(9_999),
            "the next place is that of 40 s"
        );
    }

    #[test]
    fn sliding_never_lets_more_than_the_limit_into_any_window() {
        let mut limiter = limiter(Limits::Sliding);
        let accepted: Vec<u64> = (0..400)
            .map(|n| n * 997)
            .filter(|at| limiter.count(("list", true), 15, *at).unwrap().wait_ms.is_none())
            .collect();
        for start in &accepted {
            let inside = accepted.iter().filter(|at| (*start..start + 60_000).contains(*at)).count();
            assert!(inside <= 15, "{inside} calls in the minute after {start}");
        }
        assert!(accepted.len() > 15 * 6, "the budget must be usable: {}", accepted.len());
    }

    #[test]
    fn fixed_gives_everything_back_at_the_full_minute() {
        let mut limiter = limiter(Limits::Fixed);
        for at in [59_000, 59_500] {
            assert_eq!(limiter.count(("list", true), 2, at).unwrap().wait_ms, None);
        }
        assert_eq!(limiter.count(("list", true), 2, 59_900).unwrap().wait_ms, Some(100));
        let after = limiter.count(("list", true), 2, 60_000).unwrap();
        assert_eq!(after, Verdict { limit: 2, remaining: 1, reset_ms: 120_000, wait_ms: None });
    }

    #[test]
    fn endpoints_do_not_share_and_off_says_nothing() {
        let mut limiter = limiter(Limits::Sliding);
        assert_eq!(limiter.count(("a", true), 1, 0).unwrap().wait_ms, None);
        assert_eq!(limiter.count(("b", true), 1, 0).unwrap().wait_ms, None);
        assert_eq!(limiter.count(("a", true), 1, 0).unwrap().wait_ms, Some(60_000));
        assert_eq!(Limiter::new(Limits::Off, Duration::from_secs(60)).count(("a", true), 1, 0), None);
    }
}
