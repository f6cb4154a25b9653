//! Where calls wait for their budget: one queue and one [`SendLog`] an endpoint.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::Endpoint;
use crate::budget::{SendLog, Slot};
use crate::rate_headers::RateHeaders;

/// The longest a call is held back on the server's word alone; the API's windows are a minute long.
pub(crate) const LONGEST_HOLD: Duration = Duration::from_secs(60);

/// The gates of all endpoints.
#[derive(Debug)]
pub(crate) struct Gates(BTreeMap<Endpoint, Gate>);

#[derive(Debug)]
struct Gate {
    log: Mutex<SendLog>,
    /// Held by the first in the queue; tokio hands it on in order of arrival, and a dropped call leaves the queue.
    turn: tokio::sync::Mutex<()>,
    waiting: AtomicUsize,
}

/// Counts a call as waiting for as long as it lives.
struct Waiting<'a>(&'a AtomicUsize);

impl Gates {
    pub(crate) fn new(window: Duration) -> Self {
        let gate = |endpoint: Endpoint| Gate {
            log: Mutex::new(SendLog::new(endpoint.per_minute(), window)),
            turn: tokio::sync::Mutex::default(),
            waiting: AtomicUsize::new(0),
        };
        Self(Endpoint::ALL.into_iter().map(|endpoint| (endpoint, gate(endpoint))).collect())
    }

    /// Waits until a call of `endpoint` may be sent and counts it. Dropped while waiting, it counts nothing.
    pub(crate) async fn pass(&self, endpoint: Endpoint) {
        let gate = self.gate(endpoint);
        let _waiting = Waiting::begin(&gate.waiting);
        let _turn = gate.turn.lock().await;
        loop {
            // The lock must not be held across the sleep.
            let at = {
                let mut log = gate.log();
                let now = Instant::now().into_std();
                match log.slot(now) {
                    Slot::Now => {
                        log.record(now);
                        return;
                    }
                    Slot::At(at) => at,
                }
            };
            tokio::time::sleep_until(at.into()).await;
        }
    }

    /// Takes back that a call was sent.
    pub(crate) fn give_back(&self, endpoint: Endpoint) {
        self.gate(endpoint).log().give_back();
    }

    /// How long a call begun now would wait; `None` when it would not.
    pub(crate) fn wait_for(&self, endpoint: Endpoint) -> Option<Duration> {
        let now = Instant::now().into_std();
        match self.gate(endpoint).log().slot(now) {
            Slot::Now => None,
            Slot::At(at) => Some(at.saturating_duration_since(now)),
        }
    }

    /// How many calls may be sent now before one must wait; `u32::MAX` where nothing is counted.
    pub(crate) fn free(&self, endpoint: Endpoint) -> u32 {
        self.gate(endpoint).log().free(Instant::now().into_std())
    }

    /// The endpoints calls are held back on at this moment.
    pub(crate) fn waits(&self) -> Vec<(Endpoint, Duration)> {
        let held = self.0.iter().filter(|(_, gate)| gate.waiting.load(Ordering::Relaxed) > 0);
        held.filter_map(|(endpoint, _)| Some((*endpoint, self.wait_for(*endpoint)?))).collect()
    }

    /// Learns from what an answer's headers say.
    pub(crate) fn observe(&self, endpoint: Endpoint, headers: &RateHeaders) {
        let mut log = self.gate(endpoint).log();
        let now = Instant::now().into_std();
        if let Some(limit) = headers.limit {
            log.observe_limit(limit);
        }
        // A used-up budget is news only when others share it; else the log knows better than whole seconds.
        let shared = headers.used_up_for.filter(|_| log.slot(now) == Slot::Now);
        // A longer wait is the caller's to decide on, not ours to sit through.
        if let Some(hold) = headers.refused_for.max(shared).filter(|hold| *hold <= LONGEST_HOLD) {
            log.hold(now + hold);
        }
    }

    fn gate(&self, endpoint: Endpoint) -> &Gate {
        &self.0[&endpoint]
    }
}

impl Gate {
    fn log(&self) -> MutexGuard<'_, SendLog> {
        // The log is consistent after each of its methods, so a panic elsewhere leaves it usable.
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<'a> Waiting<'a> {
    fn begin(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::sync::Arc;

    use super::*;

    const WINDOW: Duration = Duration::from_secs(60);

    #[tokio::test(start_paused = true)]
    async fn the_sixth_sign_in_waits_for_the_first_to_leave() {
        let gates = Gates::new(WINDOW);
        let start = Instant::now();
        for _ in 0..5 {
            gates.pass(Endpoint::SignIn).await;
        }
        assert_eq!(start.elapsed(), Duration::ZERO);
        assert_eq!(gates.wait_for(Endpoint::SignIn), Some(WINDOW));
        assert_eq!(gates.wait_for(Endpoint::Messages), None, "endpoints do not share a budget");
        gates.pass(Endpoint::SignIn).await;
        // tokio's timer has a resolution of a millisecond.
        assert!(start.elapsed() - WINDOW < Duration::from_millis(2), "{:?}", start.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn what_never_left_is_not_counted() {
        let gates = Gates::new(WINDOW);
        for _ in 0..9 {
            gates.pass(Endpoint::SignIn).await;
            gates.give_back(Endpoint::SignIn);
        }
        assert_eq!(gates.free(Endpoint::SignIn), 5);
    }

    #[tokio::test(start_paused = true)]
    async fn a_dropped_wait_leaves_the_queue_and_is_not_counted() {
        let gates = Arc::new(Gates::new(WINDOW));
        for _ in 0..5 {
            gates.pass(Endpoint::SignIn).await;
        }
        let dropped = tokio::time::timeout(Duration::from_secs(1), gates.pass(Endpoint::SignIn)).await;
        assert!(dropped.is_err(), "it must still wait after a second");
        assert!(gates.waits().is_empty(), "nobody waits any more");
        tokio::time::advance(WINDOW).await;
        for _ in 0..5 {
            assert_eq!(gates.wait_for(Endpoint::SignIn), None, "all five places are free again");
            gates.pass(Endpoint::SignIn).await;
        }
    }

    #[tokio::test(start_paused = true)]
    async fn says_what_is_waited_for_and_how_long() {
        let gates = Arc::new(Gates::new(WINDOW));
        let hold = RateHeaders { refused_for: Some(Duration::from_secs(7)), ..RateHeaders::default() };
        gates.observe(Endpoint::Feedback, &hold);
        assert!(gates.waits().is_empty(), "held, but nobody waits");
        let waiter = tokio::spawn({
            let gates = gates.clone();
            async move { gates.pass(Endpoint::Feedback).await }
        });
        tokio::task::yield_now().await;
        assert_eq!(gates.waits(), [(Endpoint::Feedback, Duration::from_secs(7))]);
        waiter.await.unwrap();
        assert!(gates.waits().is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn a_used_up_budget_is_news_only_when_others_share_it() {
        let used_up = RateHeaders { used_up_for: Some(Duration::from_secs(59)), ..RateHeaders::default() };
        let gates = Gates::new(WINDOW);
        gates.pass(Endpoint::SignIn).await;
        gates.observe(Endpoint::SignIn, &used_up);
        assert_eq!(gates.wait_for(Endpoint::SignIn), Some(Duration::from_secs(59)), "four of five went to others");
        let gates = Gates::new(Duration::from_secs(10));
        for _ in 0..5 {
            gates.pass(Endpoint::SignIn).await;
        }
        gates.observe(Endpoint::SignIn, &used_up);
        assert_eq!(gates.wait_for(Endpoint::SignIn), Some(Duration::from_secs(10)), "all five were our own");
    }

    #[tokio::test(start_paused = true)]
    async fn a_hold_beyond_the_longest_is_not_sat_through() {
        let gates = Gates::new(WINDOW);
        let hour = Some(Duration::from_secs(3600));
        gates.observe(Endpoint::Users, &RateHeaders { refused_for: hour, used_up_for: hour, ..RateHeaders::default() });
        assert_eq!(gates.wait_for(Endpoint::Users), None);
    }
}
