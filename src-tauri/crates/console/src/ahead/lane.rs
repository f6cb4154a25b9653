use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Weak};
use std::time::Duration;

use earmark_amigo::{Client, Endpoint, Urgency};
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until, timeout};

use super::wanted::{self, KeptRecordings, Missing, MissingRecording};
use super::{MOST, Wanted};
use crate::console::{Inner, held};
use crate::session::Session;
use crate::{Console, Problem, ProblemCode};

/// How often something is tried that trouble passes by.
const TRIES: u32 = 3;
/// The most calls a lane makes in a minute where the server states no limit: there are things to do beside it.
const MOST_A_MINUTE: u32 = 300;

/// What a lane reads.
#[derive(Debug, Clone, Copy)]
pub(super) enum What {
    Transcripts,
    Insights,
    Recordings,
}

/// Reads one kind of thing, one after another.
pub(super) struct Lane {
    what: What,
    console: Weak<Inner>,
    /// Who signs out takes it along.
    session: Weak<Session>,
    wanted: watch::Receiver<Wanted>,
    minute: Duration,
    given_up: HashSet<String>,
    tries: HashMap<String, u32>,
    kept: KeptRecordings,
    /// Of which store those are.
    store: u32,
    /// When it may ask again.
    next: Instant,
}

/// What is left to do after a step.
enum Then {
    GoOn,
    /// Everything wanted is there.
    Sleep,
}

impl Lane {
    pub(super) fn new(
        what: What,
        console: &Arc<Inner>,
        session: &Arc<Session>,
        wanted: watch::Receiver<Wanted>,
        minute: Duration,
    ) -> Self {
        Self {
            what,
            console: Arc::downgrade(console),
            session: Arc::downgrade(session),
            wanted,
            minute,
            given_up: HashSet::new(),
            tries: HashMap::new(),
            kept: HashMap::new(),
            store: 0,
            next: Instant::now(),
        }
    }

    pub(super) async fn run(mut self) {
        loop {
            let wanted = self.wanted.borrow_and_update().clone();
            let Some(session) = self.session.upgrade() else { return };
            let then = match self.what {
                What::Transcripts => self.transcript(&session, &wanted).await,
                What::Insights => self.insight(&session, &wanted).await,
                What::Recordings => self.recording(&session, &wanted).await,
            };
            session.look_ahead.got_on();
            drop(session);
            match then {
                Ok(Then::GoOn) => {}
                Ok(Then::Sleep) => {
                    if self.wanted.changed().await.is_err() {
                        return;
                    }
                }
                // Joined to a call that somebody gave up.
                Err((_, problem)) if problem.code == ProblemCode::Left => {}
                Err((item, problem)) => match self.after_trouble(item, &problem) {
                    Some(pause) => self.pause(pause.min(self.minute)).await,
                    None => return,
                },
            }
        }
    }

    /// Waits after trouble. Once something else is opened, what troubled before gets another chance.
    async fn pause(&mut self, pause: Duration) {
        let open = self.wanted.borrow().open.clone();
        let another = self.wanted.wait_for(|wanted| wanted.open != open);
        if timeout(pause, another).await.is_ok() {
            self.given_up.clear();
        }
    }

    /// How long to pause after trouble; never again where the key may not read such things.
    fn after_trouble(&mut self, item: String, problem: &Problem) -> Option<Duration> {
        use ProblemCode::{NotAllowed, NotSupported, SignedOut, WrongKey};
        if matches!(problem.code, NotAllowed | NotSupported | SignedOut | WrongKey) {
            return None;
        }
        if self.given_up.len() > MOST * MOST {
            self.given_up.clear();
        }
        if !problem.retryable {
            self.given_up.insert(item);
            return Some(Duration::ZERO);
        }
        let tries = self.tries.entry(item.clone()).or_default();
        *tries += 1;
        let pause = self.minute / 6 * *tries;
        if *tries >= TRIES {
            self.tries.remove(&item);
            self.given_up.insert(item);
        }
        let told = problem.retry_after_ms.map(|ms| Duration::from_millis(ms.into()));
        Some(told.unwrap_or_default().max(pause))
    }

    async fn transcript(&mut self, session: &Session, wanted: &Wanted) -> Result<Then, (String, Problem)> {
        let next = wanted::transcript(&held(&session.library), wanted, &self.given_up);
        let Some(id) = next else { return Ok(Then::Sleep) };
        if session.kept_transcript(&id).await.is_some() {
            return Ok(Then::GoOn);
        }
        let client = session.client.with_urgency(Urgency::Later);
        if self.must_wait(&client, Endpoint::Messages).await {
            return Ok(Then::GoOn);
        }
        let read = session.transcript(&client, &id, false).await.map_err(|problem| (id.to_string(), problem))?;
        match &read.partial {
            None => Ok(Then::GoOn),
            Some(problem) => Err((id.to_string(), problem.clone())),
        }
    }

    async fn insight(&mut self, session: &Arc<Session>, wanted: &Wanted) -> Result<Then, (String, Problem)> {
        let next = wanted::insight(&held(&session.library), wanted, &self.given_up);
        let Some(Missing { conversation, item, urgency }) = next else { return Ok(Then::Sleep) };
        let client = session.client.with_urgency(urgency);
        let mut insight = match session.kept_insight(&conversation, &item).await {
            Some(insight) => insight,
            None if self.must_wait(&client, Endpoint::Insights).await => return Ok(Then::GoOn),
            None => {
                let read = session.insight(&client, &conversation, &item, false).await;
                read.map_err(|problem| (item.to_string(), problem))?
            }
        };
        let known = held(&session.library).peek(&conversation).is_some_and(|opened| opened.invocations.is_some());
        if insight.calls_mut().next().is_some() && !known {
            // A key that may not read them is told in the insight's own pane; a marker then counts a call as one that worked.
            let _ = session.tool_invocations(&client, &conversation, false).await;
        }
        if let Some(console) = self.console.upgrade().map(Console)
            && console.hears(session, &conversation)
        {
            // Its timeline has new markers.
            console.0.playing.tell_change();
        }
        Ok(Then::GoOn)
    }

    async fn recording(&mut self, session: &Session, wanted: &Wanted) -> Result<Then, (String, Problem)> {
        if wanted.store != self.store {
            self.store = wanted.store;
            self.kept.clear();
        }
        let unknown = wanted::not_looked_up(&held(&session.library), &self.kept, wanted);
        if let Some(conversation) = unknown
            && session.keeps()
        {
            let of = conversation.clone();
            let kept = session.recall(move |store| store.recorded_messages(&of).map(Some)).await.unwrap_or_default();
            self.kept.retain(|known, _| wanted.following.contains(known));
            self.kept.insert(conversation, kept.into_iter().map(|(message, _)| message).collect());
            return Ok(Then::GoOn);
        }
        let next = {
            let (library, sounds) = (held(&session.library), held(&session.sounds));
            let kept = session.keeps().then_some(&self.kept);
            wanted::recording(&library, &sounds, kept, wanted, &self.given_up)
        };
        let Some(Missing { conversation, item, urgency }) = next else { return Ok(Then::Sleep) };
        let MissingRecording { message, in_memory, is_kept } = item;
        let client = session.client.with_urgency(urgency);
        if !is_kept && self.must_wait(&client, Endpoint::MessageSource).await {
            return Ok(Then::GoOn);
        }
        let read = match in_memory {
            true => crate::fetching::into_memory(session, &client, &conversation, &message).await,
            false => crate::fetching::keep(session, &client, &conversation, &message).await,
        };
        read.map_err(|problem| (message.to_string(), problem))?;
        if let Some(kept) = self.kept.get_mut(&conversation) {
            kept.insert(message);
        }
        Ok(Then::GoOn)
    }

    /// Waits until a call may go. Whether there was anything to wait for: something else may be wanted by now.
    async fn must_wait(&mut self, client: &Client, endpoint: Endpoint) -> bool {
        let now = Instant::now();
        if now >= self.next && client.is_free(endpoint) {
            self.next = now + self.minute / MOST_A_MINUTE;
            return false;
        }
        let free = async {
            sleep_until(self.next).await;
            client.until_free(endpoint).await;
        };
        tokio::select! {
            () = free => {}
            _ = self.wanted.changed() => {}
        }
        true
    }
}
