//! Where calls wait for their budget: one line and one [`SendLog`] an endpoint. The most wanted go first, and what is read
//! ahead of time leaves some calls of each window to them.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use crate::budget::{SendLog, Share, Slot};
use crate::rate_headers::RateHeaders;
use crate::urgency::{Standing, Urgency};
use crate::{Budget, Endpoint};

/// The longest a call is held back on the server's word alone; the API's windows are a minute long.
pub(crate) const LONGEST_HOLD: Duration = Duration::from_secs(60);

/// The gates of all endpoints.
#[derive(Debug)]
pub(crate) struct Gates {
    gates: BTreeMap<Endpoint, Gate>,
    /// Nobody is there who could want the reserve.
    reserve_is_free: AtomicBool,
}

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
    standing: Standing,
}

/// A ticket that is given back when the call goes or is dropped.
struct Place<'a> {
    gates: &'a Gates,
    gate: &'a Gate,
    ticket: Ticket,
}

/// Whether a call that may go is counted.
#[derive(Clone, Copy, PartialEq)]
enum Then {
    Count,
    Leave,
}

impl Gates {
    pub(crate) fn new(window: Duration) -> Self {
        let gate = |endpoint: Endpoint| Gate {
            line: Mutex::new(Line { log: SendLog::new(endpoint.per_minute(), window), waiting: Vec::new(), given: 0 }),
            moved: Notify::default(),
        };
        let gates = Endpoint::ALL.into_iter().map(|endpoint| (endpoint, gate(endpoint))).collect();
        Self { gates, reserve_is_free: AtomicBool::new(false) }
    }

    /// Waits until a call of `endpoint` may be sent, counts it, and answers when that was. Dropped while waiting, it counts
    /// nothing.
    pub(crate) async fn pass(&self, endpoint: Endpoint, standing: &Standing) -> std::time::Instant {
        self.wait(endpoint, standing, Then::Count).await
    }

    /// Waits until a call of `endpoint` might be sent, and counts nothing.
    pub(crate) async fn until_free(&self, endpoint: Endpoint, standing: &Standing) {
        self.wait(endpoint, standing, Then::Leave).await;
    }

    /// Whether a call of `endpoint` would be sent at once.
    pub(crate) fn is_free(&self, endpoint: Endpoint, standing: &Standing) -> bool {
        let now = Instant::now().into_std();
        self.take_place(endpoint, standing).try_to_pass(now, Then::Leave) == Some(Slot::Now)
    }

    async fn wait(&self, endpoint: Endpoint, standing: &Standing, then: Then) -> std::time::Instant {
        let place = self.take_place(endpoint, standing);
        loop {
            let mut moved = std::pin::pin!(place.gate.moved.notified());
            // From here on nothing that moves is missed.
            moved.as_mut().enable();
            let now = Instant::now().into_std();
            match place.try_to_pass(now, then) {
                Some(Slot::Now) => return now,
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

    /// Calls of this standing are wanted more.
    pub(crate) fn raise(&self, standing: &Standing, urgency: Urgency) {
        if standing.raise(urgency) {
            self.all_moved();
        }
    }

    /// Whether the reserve is kept for somebody who may come.
    pub(crate) fn keep_reserve(&self, keep: bool) {
        if self.reserve_is_free.swap(!keep, Ordering::Relaxed) == keep {
            self.all_moved();
        }
    }

    fn all_moved(&self) {
        self.gates.values().for_each(|gate| gate.moved.notify_waiters());
    }

    fn share(&self, urgency: Urgency) -> Share {
        let leaves_reserve = urgency >= Urgency::Open && !self.reserve_is_free.load(Ordering::Relaxed);
        Share { leaves_reserve, is_spread: urgency == Urgency::Later }
    }

    fn take_place(&self, endpoint: Endpoint, standing: &Standing) -> Place<'_> {
        let gate = self.gate(endpoint);
        let mut line = gate.line();
        line.given += 1;
        let ticket = Ticket { number: line.given, standing: standing.clone() };
        line.waiting.push(ticket.clone());
        Place { gates: self, gate, ticket }
    }

    /// A call that passed at `sent` is answered.
    pub(crate) fn answered(&self, endpoint: Endpoint, sent: std::time::Instant) {
        self.gate(endpoint).line().log.answered(sent, Instant::now().into_std());
    }

    /// Takes back that a call that passed at `sent` was sent.
    pub(crate) fn give_back(&self, endpoint: Endpoint, sent: std::time::Instant) {
        let gate = self.gate(endpoint);
        gate.line().log.give_back(sent);
        gate.moved.notify_waiters();
    }

    /// How long a call begun now would wait; `None` when it would not.
    pub(crate) fn wait_for(&self, endpoint: Endpoint) -> Option<Duration> {
        let now = Instant::now().into_std();
        match self.gate(endpoint).line().log.slot(now, Share::default()) {
            Slot::Now => None,
            Slot::At(at) => Some(at.saturating_duration_since(now)),
        }
    }

    /// The endpoints on which calls somebody waits for are held back at this moment.
    pub(crate) fn waits(&self) -> Vec<(Endpoint, Duration)> {
        let awaited = |gate: &Gate| gate.line().waiting.iter().any(|ticket| ticket.standing.urgency() <= Urgency::Work);
        let held = self.gates.iter().filter(|(_, gate)| awaited(gate));
        held.filter_map(|(endpoint, _)| Some((*endpoint, self.wait_for(*endpoint)?))).collect()
    }

    /// How much of each budget is used.
    pub(crate) fn budgets(&self) -> Vec<Budget> {
        let now = Instant::now().into_std();
        let used = self.gates.iter().filter_map(|(endpoint, gate)| Some((*endpoint, gate.line().log.usage(now)?)));
        let kept = |reserved| if self.reserve_is_free.load(Ordering::Relaxed) { 0 } else { reserved };
        used.map(|(endpoint, usage)| Budget {
            endpoint,
            limit: usage.limit,
            used: usage.used,
            reserved: kept(usage.reserved),
            free_in: usage.free_at.map(|at| at.saturating_duration_since(now)),
        })
        .collect()
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
        let shared = headers.used_up_for.filter(|_| log.slot(now, Share::default()) == Slot::Now);
        // A longer wait is the caller's to decide on, not ours to sit through.
        if let Some(hold) = headers.refused_for.max(shared).filter(|hold| *hold <= LONGEST_HOLD) {
            log.hold(now + hold);
        }
    }

    fn gate(&self, endpoint: Endpoint) -> &Gate {
        &self.gates[&endpoint]
    }
}

impl Gate {
    fn line(&self) -> MutexGuard<'_, Line> {
        // The line is consistent after each of its methods, so a panic elsewhere leaves it usable.
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place<'_> {
    /// Whether the call may be sent at `now`, which may count it; else when it may, or `None` while others go first.
    fn try_to_pass(&self, now: std::time::Instant, then: Then) -> Option<Slot> {
        let mut line = self.gate.line();
        let first = line.waiting.iter().min_by_key(|ticket| (ticket.standing.urgency(), ticket.number))?;
        if first.number != self.ticket.number {
            return None;
        }
        let slot = line.log.slot(now, self.gates.share(self.ticket.standing.urgency()));
        if slot == Slot::Now && then == Then::Count {
            line.log.record(now);
            self.ticket.standing.note_sent();
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

    fn now() -> Standing {
        Standing::of(Urgency::Now)
    }

    #[tokio::test(start_paused = true)]
    async fn the_sixth_sign_in_waits_for_the_first_to_leave() {
        let gates = Gates::new(WINDOW);
        let start = Instant::now();
        for _ in 0..5 {
            gates.pass(Endpoint::SignIn, &now()).await;
        }
        assert_eq!(start.elapsed(), Duration::ZERO);
        assert_eq!(gates.wait_for(Endpoint::SignIn), Some(WINDOW));
        assert_eq!(gates.wait_for(Endpoint::Messages), None, "endpoints do not share a budget");
        gates.pass(Endpoint::SignIn, &now()).await;
        // tokio's timer has a resolution of a millisecond.
        assert!(start.elapsed() - WINDOW < Duration::from_millis(2), "{:?}", start.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn what_never_left_is_not_counted() {
        let gates = Gates::new(WINDOW);
        for _ in 0..9 {
            let sent = gates.pass(Endpoint::SignIn, &now()).await;
            gates.give_back(Endpoint::SignIn, sent);
        }
        assert_eq!(gates.wait_for(Endpoint::SignIn), None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_dropped_wait_leaves_the_queue_and_is_not_counted() {
        let gates = Arc::new(Gates::new(WINDOW));
        for _ in 0..5 {
            gates.pass(Endpoint::SignIn, &now()).await;
        }
        let dropped = tokio::time::timeout(Duration::from_secs(1), gates.pass(Endpoint::SignIn, &now())).await;
        assert!(dropped.is_err(), "it must still wait after a second");
        assert!(gates.waits().is_empty(), "nobody waits any more");
        tokio::time::advance(WINDOW).await;
        for _ in 0..5 {
            assert_eq!(gates.wait_for(Endpoint::SignIn), None, "all five places are free again");
            gates.pass(Endpoint::SignIn, &now()).await;
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
            async move { gates.pass(Endpoint::Feedback, &now()).await }
        });
        tokio::task::yield_now().await;
        assert_eq!(gates.waits(), [(Endpoint::Feedback, Duration::from_secs(7))]);
        waiter.await.unwrap();
        assert!(gates.waits().is_empty());
    }

    /// Calls that note their name when they are sent.
    fn send(gates: &Arc<Gates>, sent: &Arc<Mutex<Vec<&'static str>>>, name: &'static str, standing: &Standing) {
        let (gates, sent, standing) = (gates.clone(), sent.clone(), standing.clone());
        tokio::spawn(async move {
            let _ = gates.pass(Endpoint::Insights, &standing).await;
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
        let ahead = Standing::of(Urgency::Open);
        for _ in 0..20 {
            send(&gates, &sent, "ahead", &ahead);
        }
        settle().await;
        assert_eq!(sent.lock().unwrap().len(), 18, "two of twenty stay free");
        assert_eq!(gates.waits(), [], "nobody waits for what is read ahead");
        send(&gates, &sent, "now", &now());
        settle().await;
        assert_eq!(sent.lock().unwrap().last(), Some(&"now"), "and is not held up by it");
        send(&gates, &sent, "now", &now());
        send(&gates, &sent, "later", &now());
        settle().await;
        assert_eq!(gates.waits(), [(Endpoint::Insights, WINDOW)]);
        tokio::time::sleep(WINDOW).await;
        settle().await;
        let order = sent.lock().unwrap().split_off(19);
        assert_eq!(order, ["now", "later", "ahead", "ahead"]);
    }

    #[tokio::test(start_paused = true)]
    async fn the_most_wanted_go_first() {
        let (gates, sent) = (Arc::new(Gates::new(WINDOW)), Arc::new(Mutex::new(Vec::new())));
        for _ in 0..20 {
            send(&gates, &sent, "before", &now());
        }
        settle().await;
        let order = [Urgency::Later, Urgency::Open, Urgency::Work, Urgency::Now];
        for (name, urgency) in ["later", "open", "work", "now"].into_iter().zip(order) {
            send(&gates, &sent, name, &Standing::of(urgency));
            settle().await;
        }
        tokio::time::sleep(WINDOW * 2).await;
        settle().await;
        assert_eq!(sent.lock().unwrap().split_off(20), ["now", "work", "open", "later"]);
    }

    #[tokio::test(start_paused = true)]
    async fn the_reserve_is_given_away_while_nobody_is_there() {
        let (gates, sent) = (Arc::new(Gates::new(WINDOW)), Arc::new(Mutex::new(Vec::new())));
        for _ in 0..20 {
            send(&gates, &sent, "open", &Standing::of(Urgency::Open));
        }
        settle().await;
        assert_eq!(sent.lock().unwrap().len(), 18);
        gates.keep_reserve(false);
        settle().await;
        assert_eq!(sent.lock().unwrap().len(), 20);
        assert!(gates.budgets().iter().all(|budget| budget.reserved == 0));
    }

    #[tokio::test(start_paused = true)]
    async fn waiting_until_a_call_may_go_counts_nothing() {
        let gates = Gates::new(WINDOW);
        let later = Standing::of(Urgency::Later);
        for _ in 0..30 {
            gates.until_free(Endpoint::Insights, &later).await;
        }
        let used = |gates: &Gates| gates.budgets().iter().find(|it| it.endpoint == Endpoint::Insights).unwrap().used;
        assert_eq!(used(&gates), 0);
        gates.pass(Endpoint::Insights, &later).await;
        assert_eq!(used(&gates), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_wanted_after_all_goes_before_what_still_can_wait() {
        let (gates, sent) = (Arc::new(Gates::new(WINDOW)), Arc::new(Mutex::new(Vec::new())));
        let (ahead, wanted) = (Standing::of(Urgency::Open), Standing::of(Urgency::Open));
        for _ in 0..19 {
            send(&gates, &sent, "ahead", &ahead);
        }
        send(&gates, &sent, "wanted", &wanted);
        settle().await;
        assert_eq!(sent.lock().unwrap().len(), 18);
        gates.raise(&wanted, Urgency::Now);
        settle().await;
        assert_eq!(sent.lock().unwrap().split_off(18), ["wanted"], "with a call that was left for it");
    }

    #[tokio::test(start_paused = true)]
    async fn a_used_up_budget_is_news_only_when_others_share_it() {
        let used_up = RateHeaders { used_up_for: Some(Duration::from_secs(59)), ..RateHeaders::default() };
        let gates = Gates::new(WINDOW);
        gates.pass(Endpoint::SignIn, &now()).await;
        gates.observe(Endpoint::SignIn, &used_up);
        assert_eq!(gates.wait_for(Endpoint::SignIn), Some(Duration::from_secs(59)), "four of five went to others");
        let gates = Gates::new(Duration::from_secs(10));
        for _ in 0..5 {
            gates.pass(Endpoint::SignIn, &now()).await;
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
