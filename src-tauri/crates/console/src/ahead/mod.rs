//! Reading what will be opened next before anybody asks for it, with what the open conversation leaves of the server's
//! limits: the rest of what is open first, then the conversations that follow in the list, in its order.
//!
//! Three lanes, one for each limit a conversation costs: transcripts, insights, recordings. A lane waits until the server
//! would take its next call, and chooses only then what is wanted most. When all is there it sleeps until something changes.

mod beginning;
mod lane;
mod present;
mod wanted;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use earmark_amigo::{Client, Urgency};
use earmark_review::{ConversationId, InteractionId};
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::browse::{millis, plain_name};
use crate::console::held;
use crate::opening::count;
use crate::session::Session;
use crate::view::{BudgetView, ReadingView, Turn};
use crate::{Console, Problem, ProblemCode};
use lane::{Lane, What};

/// The most conversations that are read ahead of time.
pub(crate) const MOST: usize = 100;

/// How long reading ahead waits for the store: what an earlier run read is not asked for again.
const STORE_PATIENCE: Duration = Duration::from_secs(5);

/// What is open, and what follows it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wanted {
    pub(crate) open: Option<ConversationId>,
    /// Without what is open.
    pub(crate) following: Arc<[ConversationId]>,
    /// The interactions that are looked at first in those that follow, where it is not the beginning.
    pub(crate) turns: Arc<HashMap<ConversationId, InteractionId>>,
    /// How often another store came in place of the one before, or it was emptied.
    store: u32,
}

/// A session's reading ahead. Nothing is read before something is opened, or it is told what follows.
pub(crate) struct LookAhead {
    wanted: watch::Sender<Wanted>,
    /// Counts the beginnings that were asked for. Told as well when more was read.
    beginnings: watch::Sender<u64>,
    /// Somebody did something in the window.
    somebody: Arc<Notify>,
    /// The window the server counts calls in.
    minute: Duration,
    lanes: Mutex<JoinSet<()>>,
}

impl LookAhead {
    pub(crate) fn new(minute: Duration) -> Self {
        Self {
            wanted: watch::Sender::default(),
            beginnings: watch::Sender::default(),
            somebody: Arc::default(),
            minute,
            lanes: Mutex::default(),
        }
    }

    /// A conversation is opened; calls for the one before that have not gone yet are given up.
    fn open(&self, id: &ConversationId) {
        self.wanted.send_modify(|wanted| {
            wanted.open = Some(id.clone());
            wanted.following = wanted.following.iter().filter(|following| *following != id).cloned().collect();
        });
    }

    fn follow(&self, following: Vec<ConversationId>, turns: HashMap<ConversationId, InteractionId>) {
        self.wanted.send_modify(|wanted| {
            let open = wanted.open.as_ref();
            wanted.turns = turns.into();
            wanted.following = following.into_iter().filter(|id| Some(id) != open).take(MOST).collect();
        });
    }

    /// Something was read that more can be read of.
    pub(crate) fn look_again(&self) {
        self.wanted.send_modify(|_| {});
    }

    /// What was on this computer may not be any more, and other things may be.
    pub(crate) fn store_changed(&self) {
        self.wanted.send_modify(|wanted| wanted.store += 1);
    }

    /// Something that was wanted is there.
    fn got_on(&self) {
        self.beginnings.send_modify(|_| {});
    }

    /// Nothing is read any more, until something is opened or told to follow.
    pub(crate) fn stop(&self) {
        // Who waits for a beginning is told that none comes.
        drop(self.wish_for_beginning());
        // Dropped, they end; the next to begin finds none.
        drop(std::mem::take(&mut *held(&self.lanes)));
    }

    /// Waits for a call for a conversation, as long as nobody goes on to another one before it went. What is read ahead of
    /// time waited before it was chosen.
    ///
    /// # Errors
    /// The call's own; [`ProblemCode::Left`] when another conversation is opened meanwhile.
    pub(crate) async fn unless_left<T, E: Into<Problem>>(
        &self,
        client: &Client,
        conversation: &ConversationId,
        call: impl Future<Output = Result<T, E>>,
    ) -> Result<T, Problem> {
        tokio::select! {
            biased;
            answer = call => answer.map_err(Into::into),
            () = self.until_left(client, conversation) => {
                Err(Problem::new(ProblemCode::Left, "Another conversation was opened before this was read.").retryable())
            }
        }
    }

    async fn until_left(&self, client: &Client, conversation: &ConversationId) {
        if client.urgency() < Urgency::Open {
            self.until_another_is_open(conversation).await;
            if !client.has_sent() {
                return;
            }
        }
        // The call is spent: its answer is of use to whoever comes back.
        std::future::pending::<()>().await;
    }

    async fn until_another_is_open(&self, conversation: &ConversationId) {
        let another = |wanted: &Wanted| wanted.open.as_ref().is_some_and(|open| open != conversation);
        if self.wanted.subscribe().wait_for(another).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

impl Console {
    /// Tells which conversations will be opened next, the likeliest first, in place of what was told before. They are read
    /// ahead of time, as far as the server's limits leave room: the first hundred of them.
    ///
    /// # Errors
    /// [`ProblemCode::SignedOut`].
    pub fn look_ahead(&self, following: Vec<ConversationId>) -> Result<(), Problem> {
        let session = self.signed_in()?;
        session.look_ahead.follow(following, HashMap::new());
        self.begin_to_look_ahead(&session);
        Ok(())
    }

    /// As [`Console::look_ahead`], for conversations that will be opened at a turn: the same one may follow several times.
    ///
    /// # Errors
    /// [`ProblemCode::SignedOut`].
    pub fn look_ahead_at(&self, following: Vec<Turn>) -> Result<(), Problem> {
        let session = self.signed_in()?;
        let (mut conversations, mut turns) = (Vec::new(), HashMap::new());
        for Turn { conversation_id, interaction_id } in following {
            if conversations.contains(&conversation_id) {
                continue;
            }
            turns.extend(interaction_id.map(|turn| (conversation_id.clone(), turn)));
            conversations.push(conversation_id);
        }
        session.look_ahead.follow(conversations, turns);
        self.begin_to_look_ahead(&session);
        Ok(())
    }

    /// Opens a conversation: the rest of it is read after what the window asks for.
    pub(crate) fn look_into(&self, session: &Arc<Session>, conversation: &ConversationId) {
        let left = session.look_ahead.wanted.borrow().open.clone();
        held(&session.library).hold(conversation);
        session.look_ahead.open(conversation);
        if session.keeps() {
            // The others are on this computer, and come back sooner than anybody goes there.
            let near = wanted::near(&held(&session.library), left.as_ref(), &session.look_ahead.wanted.borrow());
            held(&session.sounds).keep_only(&near);
        }
        self.begin_to_look_ahead(session);
    }

    fn begin_to_look_ahead(&self, session: &Arc<Session>) {
        let ahead = &session.look_ahead;
        let mut lanes = held(&ahead.lanes);
        if lanes.is_empty() {
            let (opening, opened) = watch::channel(());
            for what in [What::Transcripts, What::Insights, What::Recordings] {
                let lane = Lane::new(what, &self.0, session, ahead.wanted.subscribe(), ahead.minute);
                let mut opened = opened.clone();
                lanes.spawn(async move {
                    // It does not change, it ends.
                    let _ = timeout(STORE_PATIENCE, opened.changed()).await;
                    lane.run().await;
                });
            }
            let (console, session_to_open) = (self.clone(), session.clone());
            lanes.spawn(async move {
                let _until_opened = opening;
                // Where it cannot be opened, whoever does something in it is told why.
                let _ = console.open_store(&session_to_open).await;
            });
            lanes.spawn(present::keep_reserve(session.client.clone(), ahead.somebody.clone(), ahead.minute));
        }
    }

    /// How far reading ahead has come, and what of the server's limits is used.
    ///
    /// # Errors
    /// [`ProblemCode::SignedOut`].
    pub fn reading(&self) -> Result<ReadingView, Problem> {
        let session = self.signed_in()?;
        let wanted = session.look_ahead.wanted.borrow().clone();
        let ready = wanted::ready(&held(&session.library), &wanted);
        let used = session.client.budgets().into_iter().filter(|budget| budget.used > 0);
        let budgets = used.map(|budget| BudgetView {
            what: plain_name(budget.endpoint).to_owned(),
            per_minute: budget.limit,
            used: budget.used,
            reserved: budget.reserved,
            free_in_ms: millis(budget.free_in.unwrap_or_default()),
        });
        Ok(ReadingView { following: count(wanted.following.len()), ready: count(ready), budgets: budgets.collect() })
    }

    /// The reviewer is there: for a minute from now on some calls of each limit are kept for what he asks for.
    pub fn somebody_is_there(&self) {
        if let Ok(session) = self.signed_in() {
            session.look_ahead.somebody.notify_one();
        }
    }
}
