//! How often an endpoint may be called: a log of send times, N in any window. Pure; time comes in as a parameter.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crate::Endpoint;

/// When the next call may be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Slot {
    /// At once.
    Now,
    /// Not before this moment, and no later than needed.
    At(Instant),
}

/// What of a budget a call may take; all of it by default.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Share {
    /// It leaves a tenth of the calls to others.
    pub(crate) leaves_reserve: bool,
    /// It does not go close after the one before.
    pub(crate) is_spread: bool,
}

/// How much of an endpoint's budget is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Budget {
    /// Whose.
    pub endpoint: Endpoint,
    /// Calls a window (a minute) may hold.
    pub limit: u32,
    /// Calls sent within the last window.
    pub used: u32,
    /// Calls kept for what somebody waits for.
    pub reserved: u32,
    /// When the next call leaves the window; nothing while none is in it.
    pub free_in: Option<Duration>,
}

/// As [`Budget`], in moments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Usage {
    pub(crate) limit: u32,
    pub(crate) used: u32,
    pub(crate) reserved: u32,
    /// When the next place gets free; nothing while all are.
    pub(crate) free_at: Option<Instant>,
}

/// What is left of so many calls without the reserve. One call in all cannot be kept back for ever.
fn unreserved(limit: u32) -> u32 {
    (limit - limit.div_ceil(10)).max(1)
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
    pub(crate) fn slot(&mut self, now: Instant, share: Share) -> Slot {
        self.forget(now);
        let limit = self.limit().map(|limit| if share.leaves_reserve { unreserved(limit) } else { limit });
        let full = limit.and_then(|limit| {
            // With k more sends inside the window than fit, the (k+1)-th oldest must leave first.
            let place = self.sends.len().checked_sub(limit as usize)?;
            Some(*self.sends.get(place)? + self.window)
        });
        let spread = limit.filter(|_| share.is_spread).and_then(|limit| self.pace(limit));
        match self.held_until.max(full).max(spread).filter(|at| *at > now) {
            Some(at) => Slot::At(at),
            None => Slot::Now,
        }
    }

    /// When the next of calls that are spread may go: half of a window's calls at once, the others one by one. A little
    /// closer than even, so that the limit decides how many go and not this.
    fn pace(&self, limit: u32) -> Option<Instant> {
        let latest = *self.sends.back()?;
        (self.sends.len() >= limit.div_ceil(2) as usize).then(|| latest + self.window * 9 / 10 / limit)
    }

    /// What a window holds, how many of it were sent, and when the first of them leaves it.
    pub(crate) fn usage(&mut self, now: Instant) -> Option<Usage> {
        self.forget(now);
        let free_at = self.held_until.filter(|until| *until > now);
        let limit = self.limit().filter(|_| !self.window.is_zero())?;
        let leaves = self.sends.front().map(|first| *first + self.window);
        let used = u32::try_from(self.sends.len()).unwrap_or(u32::MAX);
        Some(Usage { limit, used, reserved: limit - unreserved(limit), free_at: free_at.max(leaves) })
    }

    /// Counts a call sent at `now`.
    pub(crate) fn record(&mut self, now: Instant) {
        self.forget(now);
        if !self.window.is_zero() && self.limit().is_some() {
            self.sends.push_back(now);
        }
    }

    /// A call sent at `sent` is answered at `now`. The server counted it somewhere in between: counted as late as that, it
    /// leaves this window no earlier than the server's.
    pub(crate) fn answered(&mut self, sent: Instant, now: Instant) {
        if self.remove(sent) {
            self.sends.push_back(now);
        }
    }

    /// A call sent at `sent` never left.
    pub(crate) fn give_back(&mut self, sent: Instant) {
        self.remove(sent);
    }

    fn remove(&mut self, sent: Instant) -> bool {
        let place = self.sends.iter().rposition(|known| *known == sent);
        place.and_then(|place| self.sends.remove(place)).is_some()
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
    const AHEAD: Share = Share { leaves_reserve: true, is_spread: false };
    const SPREAD: Share = Share { leaves_reserve: false, is_spread: true };

    /// Sends a call for each moment it is wanted at, in order, waiting as told; answers when each was sent.
    fn send_all(log: &mut SendLog, start: Instant, wanted_ms: &[u64]) -> Vec<Instant> {
        let mut clock = start;
        let mut sent = Vec::new();
        for wanted in wanted_ms {
            clock = clock.max(start + Duration::from_millis(*wanted));
            while let Slot::At(at) = log.slot(clock, Share::default()) {
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
            while log.slot(now, AHEAD) == Slot::Now {
                log.record(now);
            }
            assert_eq!(log.sends.len(), most, "of {limit}");
            assert_eq!(log.slot(now, AHEAD), Slot::At(now + WINDOW));
            assert_eq!(log.slot(now, Share::default()) == Slot::Now, limit > 1, "of {limit}");
        }
        let mut uncounted = SendLog::new(Some(3), Duration::ZERO);
        (0..9).for_each(|_| uncounted.record(now));
        assert_eq!(uncounted.slot(now, AHEAD), Slot::Now);
    }

    #[test]
    fn what_is_spread_gets_as_many_calls_and_leaves_gaps() {
        let start = Instant::now();
        let mut log = SendLog::new(Some(20), WINDOW);
        let (mut now, mut sent) = (start, Vec::new());
        while sent.len() < 200 {
            match log.slot(now, SPREAD) {
                Slot::Now => {
                    log.record(now);
                    sent.push(now);
                }
                Slot::At(at) => now = at,
            }
        }
        assert_eq!(sent[9], start, "half of a window's calls at once");
        let gaps = sent[9..].windows(2).map(|pair| pair[1] - pair[0]);
        assert!(gaps.clone().all(|gap| gap >= Duration::from_millis(2_700)), "{:?}", gaps.collect::<Vec<_>>());
        // Nine full windows lie before the last of two hundred, however they are sent.
        let late = sent[199] - start - WINDOW * 9;
        assert!(late < WINDOW, "{late:?}");
    }

    #[test]
    fn tells_what_is_used_and_when_the_next_place_is_free() {
        let now = Instant::now();
        let mut log = SendLog::new(Some(20), WINDOW);
        assert_eq!(log.usage(now), Some(Usage { limit: 20, used: 0, reserved: 2, free_at: None }));
        log.record(now);
        log.record(now + Duration::from_secs(1));
        let free_at = Some(now + WINDOW);
        assert_eq!(log.usage(now + WINDOW / 2), Some(Usage { limit: 20, used: 2, reserved: 2, free_at }));
        assert_eq!(SendLog::new(None, WINDOW).usage(now), None);
        assert_eq!(SendLog::new(Some(20), Duration::ZERO).usage(now), None);
    }

    #[test]
    fn a_call_leaves_when_the_server_surely_let_it_leave() {
        let sent = Instant::now();
        let second = Duration::from_secs(1);
        let mut log = SendLog::new(Some(2), WINDOW);
        log.record(sent);
        log.record(sent + second);
        log.answered(sent, sent + second * 3);
        assert_eq!(log.slot(sent + second * 4, Share::default()), Slot::At(sent + second + WINDOW));
        log.answered(sent + second, sent + second * 4);
        assert_eq!(log.slot(sent + second * 4, Share::default()), Slot::At(sent + second * 3 + WINDOW));
        log.answered(sent, sent + second * 5);
        assert_eq!(log.sends.len(), 2, "an answer is no call");
        log.give_back(sent + second * 4);
        assert_eq!(log.slot(sent + second * 5, Share::default()), Slot::Now);
    }

    #[test]
    fn asking_counts_nothing() {
        let now = Instant::now();
        let mut log = SendLog::new(Some(1), WINDOW);
        for _ in 0..5 {
            assert_eq!(log.slot(now, Share::default()), Slot::Now);
        }
        log.record(now);
        assert_eq!(log.slot(now, Share::default()), Slot::At(now + WINDOW));
    }

    #[test]
    fn a_hold_outlasts_free_places_and_ends() {
        let now = Instant::now();
        let mut log = SendLog::new(None, WINDOW);
        log.hold(now + Duration::from_secs(3));
        log.hold(now + Duration::from_secs(2));
        assert_eq!(
            log.slot(now, Share::default()),
            Slot::At(now + Duration::from_secs(3)),
            "a shorter hold does not shorten a longer one"
        );
        assert_eq!(log.slot(now + Duration::from_secs(3), Share::default()), Slot::Now);
    }

    #[test]
    fn a_window_of_zero_counts_nothing_and_keeps_holds() {
        let now = Instant::now();
        let mut log = SendLog::new(Some(1), Duration::ZERO);
        for _ in 0..100 {
            assert_eq!(log.slot(now, Share::default()), Slot::Now);
            log.record(now);
        }
        log.hold(now + WINDOW);
        assert_eq!(log.slot(now, Share::default()), Slot::At(now + WINDOW));
    }
}
