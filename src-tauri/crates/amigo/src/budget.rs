//! How often an endpoint may be called: a log of send times, N in any window. Pure; time comes in as a parameter.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// When the next call may be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Slot {
    /// At once.
    Now,
    /// Not before this moment, and no later than needed.
    At(Instant),
}

/// The send times of one endpoint inside the last window.
///
/// A token bucket of N a minute would let 2N-1 calls into one minute of the server's; a log never does.
#[derive(Debug)]
pub(crate) struct SendLog {
    /// Calls in any window by the contract; `None` where it states none.
    own_limit: Option<u32>,
    /// Calls in any window by the server's own word.
    server_limit: Option<u32>,
    /// Zero switches counting off.
    window: Duration,
    sends: VecDeque<Instant>,
    held_until: Option<Instant>,
}

impl SendLog {
    pub(crate) fn new(limit: Option<u32>, window: Duration) -> Self {
        Self { own_limit: limit, server_limit: None, window, sends: VecDeque::new(), held_until: None }
    }

    /// When a call may be sent, asked at `now`. Asking counts nothing.
    pub(crate) fn slot(&mut self, now: Instant) -> Slot {
        self.forget(now);
        let held = self.held_until.filter(|until| *until > now);
        let full = self.limit().and_then(|limit| {
            // With k more sends inside the window than fit, the (k+1)-th oldest must leave first.
            let place = self.sends.len().checked_sub(limit as usize)?;
            Some(*self.sends.get(place)? + self.window)
        });
        match held.max(full) {
            Some(at) => Slot::At(at),
            None => Slot::Now,
        }
    }

    /// How many calls may be sent at `now` before one must wait; `u32::MAX` where nothing is counted.
    pub(crate) fn free(&mut self, now: Instant) -> u32 {
        self.forget(now);
        if self.held_until.is_some_and(|until| until > now) {
            return 0;
        }
        match self.limit() {
            Some(limit) if !self.window.is_zero() => limit.saturating_sub(self.sends.len() as u32),
            _ => u32::MAX,
        }
    }

    /// Counts a call sent at `now`.
    pub(crate) fn record(&mut self, now: Instant) {
        self.forget(now);
        if !self.window.is_zero() && self.limit().is_some() {
            self.sends.push_back(now);
        }
    }

    /// Takes the latest [`SendLog::record`] back.
    pub(crate) fn give_back(&mut self) {
        self.sends.pop_back();
    }

    /// The server says how many calls a window holds. It may lower the limit, not raise it.
    pub(crate) fn observe_limit(&mut self, limit: u32) {
        // Zero would mean never, which no server can mean for a call it just answered.
        self.server_limit = Some(limit.max(1));
    }

    /// The server wants no call before `until`.
    pub(crate) fn hold(&mut self, until: Instant) {
        self.held_until = self.held_until.max(Some(until));
    }

    fn limit(&self) -> Option<u32> {
        match (self.own_limit, self.server_limit) {
            (Some(own), Some(server)) => Some(own.min(server)),
            (own, server) => own.or(server),
        }
    }

    fn forget(&mut self, now: Instant) {
        while self.sends.front().is_some_and(|sent| *sent + self.window <= now) {
            self.sends.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    const WINDOW: Duration = Duration::from_secs(60);

    /// Sends a call for each moment it is wanted at, in order, waiting as told; answers when each was sent.
    fn send_all(log: &mut SendLog, start: Instant, wanted_ms: &[u64]) -> Vec<Instant> {
        let mut clock = start;
        let mut sent = Vec::new();
        for wanted in wanted_ms {
            clock = clock.max(start + Duration::from_millis(*wanted));
            while let Slot::At(at) = log.slot(clock) {
                assert!(at > clock, "a wait must lie ahead");
                clock = at;
            }
            log.record(clock);
            sent.push(clock);
        }
        sent
    }

    fn wanted() -> impl Strategy<Value = Vec<u64>> {
        proptest::collection::vec(0u64..400_000, 1..200).prop_map(|mut times| {
            times.sort_unstable();
            times
        })
    }

    proptest! {
        #[test]
        fn no_window_holds_more_than_the_limit(wanted in wanted(), limit in 1u32..20) {
            let sent = send_all(&mut SendLog::new(Some(limit), WINDOW), Instant::now(), &wanted);
            for first in &sent {
                let inside = sent.iter().filter(|at| *at >= first && **at < *first + WINDOW).count();
                prop_assert!(inside <= limit as usize, "{} sends in a window of {}", inside, limit);
            }
        }

        #[test]
        fn no_call_waits_longer_than_needed(wanted in wanted(), limit in 1u32..20) {
            let start = Instant::now();
            let sent = send_all(&mut SendLog::new(Some(limit), WINDOW), start, &wanted);
            for (place, at) in sent.iter().enumerate() {
                let asked = start + Duration::from_millis(wanted[place]);
                // Only the order, the wish and the limit may hold a call back.
                let mut earliest = asked;
                if let Some(before) = place.checked_sub(1) { earliest = earliest.max(sent[before]); }
                if let Some(leaving) = place.checked_sub(limit as usize) {
                    earliest = earliest.max(sent[leaving] + WINDOW);
                }
                prop_assert_eq!(*at, earliest);
            }
        }

        #[test]
        fn a_lowered_limit_is_kept_from_then_on(wanted in wanted(), limit in 2u32..20, lower in 1u32..20) {
            let start = Instant::now();
            let mut log = SendLog::new(Some(limit), WINDOW);
            let (before, after) = wanted.split_at(wanted.len() / 2);
            let mut sent = send_all(&mut log, start, before);
            log.observe_limit(lower);
            let later = send_all(&mut log, sent.last().copied().unwrap_or(start), after);
            let bound = limit.min(lower) as usize;
            sent.extend(&later);
            for last in &later {
                let inside = sent.iter().filter(|at| **at > *last - WINDOW && *at <= last).count();
                prop_assert!(inside <= bound, "{} sends in a window of {}", inside, bound);
            }
        }
    }

    #[test]
    fn what_is_free_is_what_may_be_sent_at_once() {
        let now = Instant::now();
        let mut log = SendLog::new(Some(3), WINDOW);
        for left in (0..3).rev() {
            log.record(now);
            assert_eq!(log.free(now), left);
        }
        log.observe_limit(2);
        assert_eq!((log.free(now), log.free(now + WINDOW)), (0, 2), "never less than none");
        log.hold(now + 2 * WINDOW);
        assert_eq!(log.free(now + WINDOW), 0, "held by the server's word");
        assert_eq!(SendLog::new(None, WINDOW).free(now), u32::MAX);
        assert_eq!(SendLog::new(Some(3), Duration::ZERO).free(now), u32::MAX);
    }

    #[test]
    fn asking_counts_nothing() {
        let now = Instant::now();
        let mut log = SendLog::new(Some(1), WINDOW);
        for _ in 0..5 {
            assert_eq!(log.slot(now), Slot::Now);
        }
        log.record(now);
        assert_eq!(log.slot(now), Slot::At(now + WINDOW));
    }

    #[test]
    fn a_hold_outlasts_free_places_and_ends() {
        let now = Instant::now();
        let mut log = SendLog::new(None, WINDOW);
        log.hold(now + Duration::from_secs(3));
        log.hold(now + Duration::from_secs(2));
        assert_eq!(
            log.slot(now),
            Slot::At(now + Duration::from_secs(3)),
            "a shorter hold does not shorten a longer one"
        );
        assert_eq!(log.slot(now + Duration::from_secs(3)), Slot::Now);
    }

    #[test]
    fn a_window_of_zero_counts_nothing_and_keeps_holds() {
        let now = Instant::now();
        let mut log = SendLog::new(Some(1), Duration::ZERO);
        for _ in 0..100 {
            assert_eq!(log.slot(now), Slot::Now);
            log.record(now);
        }
        log.hold(now + WINDOW);
        assert_eq!(log.slot(now), Slot::At(now + WINDOW));
    }
}
