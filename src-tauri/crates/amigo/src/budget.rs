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

    /// When a call may be sent, asked at `now`. One made ahead of time leaves a tenth of the calls to others. Asking counts
    /// nothing.
    pub(crate) fn slot(&mut self, now: Instant, ahead: bool) -> Slot {
        self.forget(now);
        let held = self.held_until.filter(|until| *until > now);
        let limit = self.limit().map(|limit| if ahead { (limit - limit.div_ceil(10)).max(1) } else { limit });
        let full = limit.and_then(|limit| {
            // With k more sends inside the window than fit, the (k+1)-th oldest must leave first.
            let place = self.sends.len().checked_sub(limit as usize)?;
            Some(*self.sends.get(place)? + self.window)
        });
        match held.max(full) {
            Some(at) => Slot::At(at),
            None => Slot::Now,
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
            while let Slot::At(at) = log.slot(clock, false) {
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
    fn what_is_made_ahead_leaves_a_tenth() {
        let now = Instant::now();
        for (limit, most) in [(1, 1), (5, 4), (15, 13), (20, 18), (30, 27), (50, 45)] {
            let mut log = SendLog::new(Some(limit), WINDOW);
            while log.slot(now, true) == Slot::Now {
                log.record(now);
            }
            assert_eq!(log.sends.len(), most, "of {limit}");
            assert_eq!(log.slot(now, true), Slot::At(now + WINDOW));
            assert_eq!(log.slot(now, false) == Slot::Now, limit > 1, "of {limit}");
        }
        let mut uncounted = SendLog::new(Some(3), Duration::ZERO);
        (0..9).for_each(|_| uncounted.record(now));
        assert_eq!(uncounted.slot(now, true), Slot::Now);
    }

    #[test]
    fn asking_counts_nothing() {
        let now = Instant::now();
        let mut log = SendLog::new(Some(1), WINDOW);
        for _ in 0..5 {
            assert_eq!(log.slot(now, false), Slot::Now);
        }
        log.record(now);
        assert_eq!(log.slot(now, false), Slot::At(now + WINDOW));
    }

    #[test]
    fn a_hold_outlasts_free_places_and_ends() {
        let now = Instant::now();
        let mut log = SendLog::new(None, WINDOW);
        log.hold(now + Duration::from_secs(3));
        log.hold(now + Duration::from_secs(2));
        assert_eq!(
            log.slot(now, false),
            Slot::At(now + Duration::from_secs(3)),
            "a shorter hold does not shorten a longer one"
        );
        assert_eq!(log.slot(now + Duration::from_secs(3), false), Slot::Now);
    }

    #[test]
    fn a_window_of_zero_counts_nothing_and_keeps_holds() {
        let now = Instant::now();
        let mut log = SendLog::new(Some(1), Duration::ZERO);
        for _ in 0..100 {
            assert_eq!(log.slot(now, false), Slot::Now);
            log.record(now);
        }
        log.hold(now + WINDOW);
        assert_eq!(log.slot(now, false), Slot::At(now + WINDOW));
    }
}
