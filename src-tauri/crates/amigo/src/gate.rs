//! Where calls wait for their budget: one line and one [`SendLog`] an endpoint. What somebody waits for goes before what is
//! read ahead of time, which leaves some calls of each window to it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
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
    line: Mutex<Line>,
    /// Somebody left the line, or is in more of a hurry.
    moved: Notify,
}

/// Calls that were sent, and those that wait to be.
#[derive(Debug)]
struct Line {
    log: SendLog,
    waiting: Vec<Ticket>,
    /// Tickets given out so far.
    given: u64,
}

/// A call's place in the line.
#[derive(Debug, Clone)]
struct Ticket {
    number: u64,
    patience: Patience,
}

/// Whether calls are made ahead of time, so that others may go first; it may end while they wait.
#[derive(Debug, Clone, Default)]
pub(crate) struct Patience(Arc<AtomicBool>);

/// A ticket that is given back when the call goes or is dropped.
struct Place<'a> {
    gate: &'a Gate,
    ticket: Ticket,
}

impl Patience {
    pub(crate) fn ahead_of_time() -> Self {
        Self(Arc::new(AtomicBool::new(true)))
    }

    fn is_ahead(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl Gates {
    pub(crate) fn new(window: Duration) -> Self {
        let gate = |endpoint: Endpoint| Gate {
            line: Mutex::new(Line { log: SendLog::new(endpoint.per_minute(), window), waiting: Vec::new(), given: 0 }),
            moved: Notify::default(),
        };
        Self(Endpoint::ALL.into_iter().map(|endpoint| (endpoint, gate(endpoint))).collect())
    }

    /// Waits until a call of `endpoint` may be sent and counts it. Dropped while waiting, it counts nothing.
    pub(crate) async fn pass(&self, endpoint: Endpoint, patience: &Patience) {
        let place = self.gate(endpoint).take_place(patience);
        loop {
            let mut moved = std::pin::pin!(place.gate.moved.notified());
            // From here on nothing that moves is missed.
            moved.as_mut().enable();
            match place.try_to_pass() {
                Some(Slot::Now) => return,
                Some(Slot::At(at)) => {
                    tokio::select! {
                        () = tokio::time::sleep_until(at.into()) => {}
                        () = moved => {}
                    }
                }
                None => moved.await,
            }
        }
    }

    /// Calls of this patience are wanted now.
    pub(crate) fn hurry(&self, patience: &Patience) {
        if patience.0.swap(false, Ordering::Relaxed) {
            self.0.values().for_each(|gate| gate.moved.notify_waiters());
        }
    }

    /// Takes back that a call was sent.
    pub(crate) fn give_back(&self, endpoint: Endpoint) {
        let gate = self.gate(endpoint);
        gate.line().log.give_back();
        gate.moved.notify_waiters();
    }

    /// How long a call begun now would wait; `None` when it would not.
    pub(crate) fn wait_for(&self, endpoint: Endpoint) -> Option<Duration> {
        let now = Instant::now().into_std();
        match self.gate(endpoint).line().log.slot(now, false) {
            Slot::Now => None,
            Slot::At(at) => Some(at.saturating_duration_since(now)),
        }
    }

    /// The endpoints on which calls somebody waits for are held back at this moment.
    pub(crate) fn waits(&self) -> Vec<(Endpoint, Duration)> {
        let awaited = |gate: &Gate| gate.line().waiting.iter().any(|ticket| !ticket.patience.is_ahead());
        let held = self.0.iter().filter(|(_, gate)| awaited(gate));
        held.filter_map(|(endpoint, _)| Some((*endpoint, self.wait_for(*endpoint)?))).collect()
    }

    /// Learns from what an answer's headers say.
    pub(crate) fn observe(&self, endpoint: Endpoint, headers: &RateHeaders) {
        let mut line = self.gate(endpoint).line();
        let log = &mut line.log;
        let now = Instant::now().into_std();
        if let Some(limit) = headers.limit {
            log.observe_limit(limit);
        }
        // A used-up budget is news only when others share it; else the log knows better than whole seconds.
        let shared = headers.used_up_for.filter(|_| log.slot(now, false) == Slot::Now);
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
    fn line(&self) -> MutexGuard<'_, Line> {
        // The line is consistent after each of its methods, so a panic elsewhere leaves it usable.
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take_place(&self, patience: &Patience) -> Place<'_> {
        let mut line = self.line();
        line.given += 1;
        let ticket = Ticket { number: line.given, patience: patience.clone() };
        line.waiting.push(ticket.clone());
        Place { gate: self, ticket }
    }
}

impl Place<'_> {
    /// Counts the call as sent if it may be; else when it may, or `None` while others go first.
    fn try_to_pass(&self) -> Option<Slot> {
        let mut line = self.gate.line();
        let first = line.waiting.iter().min_by_key(|ticket| (ticket.patience.is_ahead(), ticket.number))?;
        if first.number != self.ticket.number {
            return None;
        }
        let now = Instant::now().into_std();
        let slot = line.log.slot(now, self.ticket.patience.is_ahead());
        if slot == Slot::Now {
            line.log.record(now);
        }
        Some(slot)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.gate.line().waiting.retain(|ticket| ticket.number != self.ticket.number);
        self.gate.moved.notify_waiters();
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
            gates.pass(Endpoint::SignIn, &Patience::default()).await;
        }
        assert_eq!(start.elapsed(), Duration::ZERO);
        assert_eq!(gates.wait_for(Endpoint::SignIn), Some(WINDOW));
        assert_eq!(gates.wait_for(Endpoint::Messages), None, "endpoints do not share a budget");
        gates.pass(Endpoint::SignIn, &Patience::default()).await;
        // tokio's timer has a resolution of a millisecond.
        assert!(start.elapsed() - WINDOW < Duration::from_millis(2), "{:?}", start.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn what_never_left_is_not_counted() {
        let gates = Gates::new(WINDOW);
        for _ in 0..9 {
            gates.pass(Endpoint::SignIn, &Patience::default()).await;
            gates.give_back(Endpoint::SignIn);
        }
        assert_eq!(gates.wait_for(Endpoint::SignIn), None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_dropped_wait_leaves_the_queue_and_is_not_counted() {
        let gates = Arc::new(Gates::new(WINDOW));
        for _ in 0..5 {
            gates.pass(Endpoint::SignIn, &Patience::default()).await;
        }
        let dropped =
            tokio::time::timeout(Duration::from_secs(1), gates.pass(Endpoint::SignIn, &Patience::default())).await;
        assert!(dropped.is_err(), "it must still wait after a second");
        assert!(gates.waits().is_empty(), "nobody waits any more");
        tokio::time::advance(WINDOW).await;
        for _ in 0..5 {
            assert_eq!(gates.wait_for(Endpoint::SignIn), None, "all five places are free again");
            gates.pass(Endpoint::SignIn, &Patience::default()).await;
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
            async move { gates.pass(Endpoint::Feedback, &Patience::default()).await }
        });
        tokio::task::yield_now().await;
        assert_eq!(gates.waits(), [(Endpoint::Feedback, Duration::from_secs(7))]);
        waiter.await.unwrap();
        assert!(gates.waits().is_empty());
    }

    /// Calls that note their name when they are sent.
    fn send(gates: &Arc<Gates>, sent: &Arc<Mutex<Vec<&'static str>>>, name: &'static str, patience: &Patience) {
        let (gates, sent, patience) = (gates.clone(), sent.clone(), patience.clone());
        tokio::spawn(async move {
            gates.pass(Endpoint::Insights, &patience).await;
            sent.lock().unwrap().push(name);
        });
    }

    async fn settle() {
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_read_ahead_leaves_some_calls_and_lets_others_go_first() {
        let (gates, sent) = (Arc::new(Gates::new(WINDOW)), Arc::new(Mutex::new(Vec::new())));
        let ahead = Patience::ahead_of_time();
        for _ in 0..20 {
            send(&gates, &sent, "ahead", &ahead);
        }
        settle().await;
        assert_eq!(sent.lock().unwrap().len(), 18, "two of twenty stay free");
        assert_eq!(gates.waits(), [], "nobody waits for what is read ahead");
        send(&gates, &sent, "now", &Patience::default());
        settle().await;
        assert_eq!(sent.lock().unwrap().last(), Some(&"now"), "and is not held up by it");
        send(&gates, &sent, "now", &Patience::default());
        send(&gates, &sent, "later", &Patience::default());
        settle().await;
        assert_eq!(gates.waits(), [(Endpoint::Insights, WINDOW)]);
        tokio::time::sleep(WINDOW).await;
        settle().await;
        let order = sent.lock().unwrap().split_off(19);
        assert_eq!(order, ["now", "later", "ahead", "ahead"]);
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_wanted_after_all_goes_before_what_still_can_wait() {
        let (gates, sent) = (Arc::new(Gates::new(WINDOW)), Arc::new(Mutex::new(Vec::new())));
        let (ahead, wanted) = (Patience::ahead_of_time(), Patience::ahead_of_time());
        for _ in 0..19 {
            send(&gates, &sent, "ahead", &ahead);
        }
        send(&gates, &sent, "wanted", &wanted);
        settle().await;
        assert_eq!(sent.lock().unwrap().len(), 18);
        gates.hurry(&wanted);
        settle().await;
        assert_eq!(sent.lock().unwrap().split_off(18), ["wanted"], "with a call that was left for it");
    }

    #[tokio::test(start_paused = true)]
    async fn a_used_up_budget_is_news_only_when_others_share_it() {
        let used_up = RateHeaders { used_up_for: Some(Duration::from_secs(59)), ..RateHeaders::default() };
        let gates = Gates::new(WINDOW);
        gates.pass(Endpoint::SignIn, &Patience::default()).await;
        gates.observe(Endpoint::SignIn, &used_up);
        assert_eq!(gates.wait_for(Endpoint::SignIn), Some(Duration::from_secs(59)), "four of five went to others");
        let gates = Gates::new(Duration::from_secs(10));
        for _ in 0..5 {
            gates.pass(Endpoint::SignIn, &Patience::default()).await;
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
