//! Sends what is due, one round after the other, for as long as the session lasts.

use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::sync::{MutexGuard, Notify};
use tokio::task::AbortHandle;
use tokio::time::{sleep, timeout};

use super::round::{Written, round};
use super::{Outbox, Stage};
use crate::console::held;
use crate::session::Session;

/// Rounds in the window the server counts calls in: each lists conversations once, and the reviewer lists some as well.
const ROUNDS: u32 = 12;
/// What part of that window the pause after a failed round is, doubled with each one more, and at most.
const FIRST_PAUSE: u32 = 60;
const LONGEST_PAUSE: u32 = 2;
/// How long the server's word that it is to be left alone holds against another call that got through.
const LONGEST_ASKED: Duration = Duration::from_secs(60);

/// Begins to send a session's changes.
pub(super) fn start(session: &Arc<Session>, minute: Duration) -> AbortHandle {
    let (weak, outbox) = (Arc::downgrade(session), &session.outbox);
    tokio::spawn(run(weak, outbox.wake.clone(), outbox.hurry.clone(), minute)).abort_handle()
}

/// Holds the session only while it works: a session that is left ends.
async fn run(session: Weak<Session>, wake: Arc<Notify>, hurry: Arc<Notify>, minute: Duration) {
    let mut written = Written::default();
    let mut failures = 0;
    loop {
        let Some(alive) = session.upgrade() else { return };
        let (is_ready, due_in) = alive.outbox.next(alive.now());
        if !is_ready && written.is_empty() {
            alive.outbox.settle();
            drop(alive);
            match due_in {
                Some(due_in) => drop(timeout(due_in, wake.notified()).await),
                None => wake.notified().await,
            }
            continue;
        }
        let done = {
            let _under_way = alive.outbox.under_way.lock().await;
            round(&alive, &mut written).await
        };
        let (asked, pause) = match &done {
            Ok(()) => {
                failures = 0;
                (Duration::ZERO, minute / ROUNDS)
            }
            Err(halt) => {
                failures += 1;
                tracing::info!(failures, "changes wait to be sent");
                (halt.wait.unwrap_or_default(), pause_after(failures, minute))
            }
        };
        alive.outbox.rest(done.err().map(|halt| halt.sentence));
        drop(alive);
        // What the server asks for is waited out, for a while; beyond that the next round may be wanted at once.
        let least = asked.min(LONGEST_ASKED);
        sleep(least).await;
        drop(timeout(asked.max(pause) - least, hurry.notified()).await);
    }
}

/// One second, two, four and so on, up to half a minute.
fn pause_after(failures: u32, minute: Duration) -> Duration {
    let doubled = (minute / FIRST_PAUSE).saturating_mul(1 << (failures - 1).min(10));
    // Tests and the sample have no window: a server that is away is not to be asked without a pause all the same.
    doubled.min(minute / LONGEST_PAUSE).max(Duration::from_millis(50))
}

impl Outbox {
    /// Whether something can be sent now, and else how long to wait for it.
    fn next(&self, now: jiff::Timestamp) -> (bool, Option<Duration>) {
        let desk = held(&self.desk);
        let grace = self.grace;
        let due_in = desk.next_due().map(|due| Duration::try_from(due.duration_since(now)).unwrap_or_default());
        (!desk.ready(now, grace).is_empty(), due_in)
    }

    /// Ends the sending and the recording for as long as the answer is held, once what is just being sent is over; `None` where
    /// that takes too long. Whoever opens the outbox begins anew.
    pub(crate) async fn pause(&self, patience: Duration) -> Option<MutexGuard<'_, ()>> {
        let _between_rounds = timeout(patience, self.under_way.lock()).await.ok()?;
        let turn = self.recording.lock().await;
        self.stop();
        Some(turn)
    }

    /// Nothing is left to send: what hindered it is of no concern any more.
    fn settle(&self) {
        let is_over = {
            let desk = held(&self.desk);
            desk.trouble.is_some() && desk.open.iter().all(|entry| matches!(entry.stage, Stage::NeedsYou(_)))
        };
        if is_over {
            self.change(|desk| desk.trouble = None);
        }
    }

    /// A round is over.
    fn rest(&self, trouble: Option<String>) {
        let changed = held(&self.desk).trouble != trouble;
        if changed {
            self.change(|desk| desk.trouble = trouble);
        }
        self.rested.notify_waiters();
    }

    /// The server was reached: what waits because it could not be is tried at once.
    pub(crate) fn server_is_there(&self) {
        if held(&self.desk).trouble.is_some() {
            self.hurry.notify_one();
        }
    }

    /// Sends everything without waiting until it is due, for so long at most.
    pub(crate) async fn flush(&self, patience: Duration) {
        {
            let mut desk = held(&self.desk);
            desk.in_haste = true;
            // Whether it still holds is for the next round to say.
            desk.trouble = None;
        }
        self.wake.notify_one();
        self.hurry.notify_one();
        let sent = async {
            loop {
                let rested = self.rested.notified();
                {
                    let desk = held(&self.desk);
                    if desk.trouble.is_some() || desk.ready(jiff::Timestamp::MAX, self.grace).is_empty() {
                        return;
                    }
                }
                rested.await;
            }
        };
        if timeout(patience, sent).await.is_err() {
            tracing::warn!("left before every change was sent; they are kept");
        }
        held(&self.desk).in_haste = false;
    }
}
