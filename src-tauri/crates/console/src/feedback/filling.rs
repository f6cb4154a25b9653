//! Reads all comments of the organization, call by call, after everything else, for as long as the session lasts.
//!
//! The API cannot be asked for open comments only, nor for what changed: all are read, oldest first, 50 a call. How far that
//! is stands in the store beside them, so a restart goes on there. Once all are there, only the newest are asked for, and after
//! some hours all again: what others resolved or deleted meanwhile is known no other way.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Weak};
use std::time::Duration;

use earmark_amigo::{
    Client, ConversationFilter, Endpoint, Error as AmigoError, FeedbackFilter, FeedbackItem, FeedbackKind, Order,
    PageRequest, Urgency,
};
use earmark_review::{Comment, ConversationId, UserId};
use earmark_store::{CommentReading, ReadingStage};
use jiff::SignedDuration;
use tokio::task::AbortHandle;
use tokio::time::{Instant, sleep_until, timeout};

use super::meanwhile::{all_as_they_are, as_they_are, keep};
use crate::browse::keep_names;
use crate::comments::{of_kind, read_all};
use crate::console::held;
use crate::session::Session;
use crate::view::KeysKept;
use crate::{Problem, ProblemCode};

/// Comments in one call: the most the API gives.
const CALL: u32 = 50;
/// Calls in the server's window where it states no limit itself.
const A_MINUTE: u32 = 15;
/// Conversations in one call: their ids must fit into an address.
const AT_ONCE: usize = 40;
/// How many of the server's windows lie between two looks for new comments.
const NEWS: u32 = 2;
/// How old the last reading of all may become.
const FRESH: SignedDuration = SignedDuration::from_hours(4);
/// The longest pause after trouble, in sixths of the server's window.
const LONGEST_PAUSE: u32 = 12;

/// Begins to read.
pub(super) fn start(session: &Arc<Session>, minute: Duration) -> AbortHandle {
    // The sample counts nothing, and nobody is to wait for it.
    let minute = if session.keys == KeysKept::Sample { Duration::ZERO } else { minute };
    let filling = Filling {
        session: Arc::downgrade(session),
        minute,
        next: Instant::now(),
        tries: 0,
        unlisted: HashSet::new(),
        met: Vec::new(),
    };
    tokio::spawn(filling.run()).abort_handle()
}

struct Filling {
    /// Who signs out takes it along.
    session: Weak<Session>,
    minute: Duration,
    /// When it may ask again.
    next: Instant,
    tries: u32,
    /// Conversations the server does not list.
    unlisted: HashSet<ConversationId>,
    /// Who wrote what was read, to be asked for by name.
    met: Vec<UserId>,
}

/// What is left to do after a step.
enum Then {
    GoOn,
    /// Until something is new.
    Rest,
}

/// Why a step was not made.
enum Trouble {
    Call(AmigoError),
    Store(String),
}

impl From<AmigoError> for Trouble {
    fn from(error: AmigoError) -> Self {
        Self::Call(error)
    }
}

impl From<String> for Trouble {
    fn from(sentence: String) -> Self {
        Self::Store(sentence)
    }
}

impl Filling {
    async fn run(mut self) {
        loop {
            let Some(session) = self.session.upgrade() else { return };
            let again = session.feedback.again.clone();
            let pause = match self.step(&session).await {
                Ok(Then::GoOn) => {
                    self.tries = 0;
                    Duration::ZERO
                }
                Ok(Then::Rest) => {
                    self.tries = 0;
                    // Tests and the sample have no window, and are not to be asked all the time.
                    (self.minute * NEWS).max(Duration::from_secs(1))
                }
                Err(trouble) => self.after(&session, trouble),
            };
            session.tell_feedback().await;
            drop(session);
            if !pause.is_zero() {
                let _ = timeout(pause, again.notified()).await;
            }
        }
    }

    /// How long to pause after trouble; what will not change by itself waits for the reviewer.
    fn after(&mut self, session: &Session, trouble: Trouble) -> Duration {
        self.tries += 1;
        let problem = match trouble {
            Trouble::Call(error) => Problem::from(error),
            Trouble::Store(sentence) => Problem::storage(&sentence),
        };
        let told = problem.retry_after_ms.map(|ms| Duration::from_millis(ms.into())).unwrap_or_default();
        let stays = matches!(problem.code, ProblemCode::NotSupported | ProblemCode::NotAllowed);
        let sixths = if stays { LONGEST_PAUSE * 6 } else { self.tries.min(LONGEST_PAUSE) };
        session.feedback.failed(problem);
        told.max(self.minute / 6 * sixths).max(Duration::from_millis(200))
    }

    async fn step(&mut self, session: &Arc<Session>) -> Result<Then, Trouble> {
        let mut reading = session.in_store(|store| store.comment_reading()).await?;
        let is_old = reading.complete_at.is_some_and(|at| session.now().duration_since(at) > FRESH);
        if reading.stage == ReadingStage::Over && (is_old || held(&session.feedback.state).is_wanted) {
            session.in_store(|store| store.begin_comment_reading()).await?;
            reading = session.in_store(|store| store.comment_reading()).await?;
            let mut state = held(&session.feedback.state);
            (state.is_wanted, state.has_shifted) = (false, false);
        }
        let then = match reading.stage {
            ReadingStage::Interactions | ReadingStage::Conversations => {
                self.page(session, &reading).await?;
                Then::GoOn
            }
            ReadingStage::Over => {
                self.news(session).await?;
                Then::Rest
            }
        };
        self.learn(session).await?;
        Ok(then)
    }

    /// Waits until a call may go: as the server's own limit says, else 15 in its window.
    async fn turn(&mut self, session: &Session) -> Client {
        let client = session.client.with_urgency(Urgency::Later);
        sleep_until(self.next).await;
        client.until_free(Endpoint::Feedback).await;
        let states_a_limit = client.budgets().iter().any(|budget| budget.endpoint == Endpoint::Feedback);
        let pace = if states_a_limit { Duration::ZERO } else { self.minute / A_MINUTE };
        self.next = Instant::now() + pace;
        client
    }

    /// Reads one page of all.
    async fn page(&mut self, session: &Arc<Session>, reading: &CommentReading) -> Result<(), Trouble> {
        let kind = match reading.stage {
            ReadingStage::Interactions => FeedbackKind::Interaction,
            _ => FeedbackKind::Conversation,
        };
        let client = self.turn(session).await;
        held(&session.feedback.state).sent.clear();
        let request = PageRequest { limit: CALL, continuation: reading.token };
        let page = client.feedback_page(&of_all(kind, Order::OldestFirst), request).await?;
        let next = page.continuation.filter(|next| Some(*next) != reading.token);
        let stage = match (reading.stage, next) {
            (stage, Some(_)) => stage,
            (ReadingStage::Interactions, None) => ReadingStage::Conversations,
            _ => ReadingStage::Over,
        };
        let is_last = stage == ReadingStage::Over;
        let comments = self.meet(page.items);
        let touched: Vec<ConversationId> = comments.iter().map(|one| one.place.conversation().clone()).collect();
        let (now, stage) = (session.now(), if is_last { reading.stage } else { stage });
        let token = if is_last { reading.token } else { next };
        keep(session, move |store, sent| {
            store.put_comment_page(&as_they_are(store, sent, comments)?, stage, token, now)
        })
        .await?;
        session.feedback.read_anew(&touched);
        if is_last {
            self.end(session).await?;
        }
        session.feedback.succeeded();
        Ok(())
    }

    /// The comments of a page.
    fn meet(&mut self, items: Vec<FeedbackItem>) -> Vec<Comment> {
        let known = |item| if let FeedbackItem::Known(comment) = item { Some(comment) } else { None };
        let comments: Vec<Comment> = items.into_iter().filter_map(known).collect();
        self.met.extend(comments.iter().map(|comment| comment.author.clone()));
        comments
    }

    /// Ends a reading: what no page brought was deleted, or slipped through between two pages.
    async fn end(&mut self, session: &Arc<Session>) -> Result<(), Trouble> {
        let unmet = session.in_store(|store| store.unmet_comments()).await?;
        for some in unmet.chunks(AT_ONCE) {
            let mut there: HashMap<ConversationId, Vec<Comment>> =
                some.iter().map(|conversation| (conversation.clone(), Vec::new())).collect();
            held(&session.feedback.state).sent.clear();
            for kind in [FeedbackKind::Interaction, FeedbackKind::Conversation] {
                let client = self.turn(session).await;
                for comment in read_all(&client, of_kind(kind, some)).await?.0 {
                    there.entry(comment.place.conversation().clone()).or_default().push(comment);
                }
            }
            let now = session.now();
            keep(session, move |store, sent| {
                there.into_iter().try_for_each(|(conversation, read)| {
                    let comments = all_as_they_are(store, sent, &conversation, read)?;
                    store.put_comments(&conversation, &comments, now)
                })
            })
            .await?;
            session.feedback.read_anew(some);
        }
        session.in_store(|store| store.end_comment_reading()).await?;
        let mut state = held(&session.feedback.state);
        state.is_wanted |= std::mem::take(&mut state.has_shifted);
        Ok(())
    }

    /// Asks for what is newer than all that is known.
    async fn news(&mut self, session: &Arc<Session>) -> Result<(), Trouble> {
        let asked_at = session.now();
        for kind in [FeedbackKind::Interaction, FeedbackKind::Conversation] {
            let mut continuation = None;
            loop {
                let client = self.turn(session).await;
                held(&session.feedback.state).sent.clear();
                let request = PageRequest { limit: CALL, continuation };
                let page = client.feedback_page(&of_all(kind, Order::NewestFirst), request).await?;
                let comments = self.meet(page.items);
                let (known, changed) = keep(session, move |store, sent| {
                    let comments = as_they_are(store, sent, comments)?;
                    let known = comments.last().map(|last| store.known_comment(&last.id)).transpose()?.flatten();
                    let mut changed = Vec::new();
                    for comment in &comments {
                        if store.known_comment(&comment.id)?.as_ref() != Some(comment) {
                            changed.push(comment.place.conversation().clone());
                        }
                    }
                    store.put_new_comments(&comments, asked_at)?;
                    Ok((known.is_some(), changed))
                })
                .await?;
                session.feedback.read_anew(&changed);
                match page.continuation {
                    Some(next) if !known && Some(next) != continuation => continuation = Some(next),
                    _ => break,
                }
            }
        }
        session.feedback.succeeded();
        Ok(())
    }

    /// Learns who wrote the comments and whose conversations they are in, as far as that may be asked now.
    async fn learn(&mut self, session: &Arc<Session>) -> Result<(), Trouble> {
        let most = u32::try_from(self.unlisted.len() + AT_ONCE).unwrap_or(u32::MAX);
        let unknown = session.in_store(move |store| store.unknown_conversations(most)).await?;
        let ids: Vec<ConversationId> =
            unknown.into_iter().filter(|id| !self.unlisted.contains(id)).take(AT_ONCE).collect();
        let client = session.client.with_urgency(Urgency::Later);
        let met = std::mem::take(&mut self.met);
        session.names.learn_people(&client, &met).await;
        keep_names(session, &met);
        if ids.is_empty() || !client.is_free(Endpoint::Conversations) {
            return Ok(());
        }
        let filter = ConversationFilter { ids: ids.clone(), ..ConversationFilter::default() };
        // Without it they are listed all the same, by their ids.
        let Ok(page) = client.list_conversations(&filter, PageRequest { limit: CALL, continuation: None }).await else {
            return Ok(());
        };
        self.unlisted.extend(ids.into_iter().filter(|id| !page.items.iter().any(|head| &head.id == id)));
        let people: Vec<UserId> = page.items.iter().map(|head| head.user_id.clone()).collect();
        session.names.learn_people(&client, &people).await;
        let _ = session.names.learn_services(&client).await;
        keep_names(session, &people);
        let at = session.now();
        let learned: Vec<ConversationId> = page.items.iter().map(|head| head.id.clone()).collect();
        session.in_store(move |store| store.put_conversations(&page.items, at)).await?;
        session.feedback.read_anew(&learned);
        Ok(())
    }
}

fn of_all(kind: FeedbackKind, order: Order) -> FeedbackFilter {
    FeedbackFilter { kind, conversation_ids: Vec::new(), interaction_ids: Vec::new(), order }
}
