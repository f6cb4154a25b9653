//! Resolving many comments at once: told beforehand how many and how long it takes, undone as one.

use std::collections::HashSet;

use earmark_amigo::Endpoint;
use earmark_review::{Change, Comment, Image};
use earmark_store::CommentQuery;

use super::listing::query;
use crate::opening::count;
use crate::outbox::New;
use crate::session::Session;
use crate::view::{FeedbackChoice, ResolvePlan};
use crate::{Console, Problem};

/// The most at once: undoing has to read them all.
const MOST: u32 = 20_000;

/// The comments that are meant, as the reviewer has them.
struct Chosen {
    /// Those that can be resolved, as many as are at once.
    resolvable: Vec<Comment>,
    /// How many can be.
    open: u32,
    /// How many are meant.
    all: u32,
}

/// Conversations whose comments are compared before they are sent, and how long that takes where nothing is limited.
const ROUND: usize = 40;
const ROUND_SECONDS: usize = 5;

impl Console {
    /// What resolving these comments would do: nothing is changed.
    ///
    /// # Errors
    /// A [`Problem`] when nobody is signed in or they cannot be read.
    pub async fn plan_resolve(&self, choice: FeedbackChoice) -> Result<ResolvePlan, Problem> {
        let session = self.signed_in()?;
        self.open_outbox(&session).await?;
        let chosen = self.chosen(&session, &choice).await?;
        Ok(plan(&chosen, limit(&session)))
    }

    /// Resolves these comments. Answers what was done.
    ///
    /// # Errors
    /// A [`Problem`] when nobody is signed in, or it cannot be written down: then none is resolved.
    pub async fn resolve_all(&self, choice: FeedbackChoice) -> Result<ResolvePlan, Problem> {
        let session = self.signed_in()?;
        self.open_outbox(&session).await?;
        let _turn = session.outbox.recording.lock().await;
        let chosen = self.chosen(&session, &choice).await?;
        let plan = plan(&chosen, limit(&session));
        let (shown, _) = session.outbox.shown_and_asked();
        let resolving = |comment: Comment| {
            let id = shown(&comment.id);
            let conversation = comment.place.conversation().clone();
            let new = New {
                change: Change::Resolve { comment: id.clone(), resolved: true },
                before: Image::Comment(Comment { id, ..comment }),
                undoes: None,
                redoes: None,
            };
            (conversation, new)
        };
        let new = chosen.resolvable.into_iter().map(resolving).collect();
        self.record_across(&session, new).await?;
        Ok(plan)
    }

    async fn chosen(&self, session: &Session, choice: &FeedbackChoice) -> Result<Chosen, Problem> {
        let query = chosen(session, choice)?;
        let overlaid = session.overlaid();
        self.with_store(session, move |store| {
            let all = store.count_comments(&query, &overlaid)?;
            if query.is_resolved == Some(true) {
                return Ok(Chosen { resolvable: Vec::new(), open: 0, all });
            }
            let open = CommentQuery { is_resolved: Some(false), ..query };
            let resolvable = store.list_comments(&open, &overlaid, MOST)?;
            Ok(Chosen { resolvable, open: store.count_comments(&open, &overlaid)?, all })
        })
        .await
    }
}

/// Which comments are meant.
pub(super) fn chosen(session: &Session, choice: &FeedbackChoice) -> Result<CommentQuery, Problem> {
    let mut query = query(&choice.filter)?;
    if !choice.comments.is_empty() {
        query.ids = session.outbox.on_server(&choice.comments);
    }
    Ok(query)
}

/// Calls a minute the server takes for comments, where it says so.
fn limit(session: &Session) -> Option<u32> {
    let budgets = session.client.budgets();
    budgets.iter().find(|budget| budget.endpoint == Endpoint::Feedback).map(|budget| budget.limit)
}

fn plan(chosen: &Chosen, per_minute: Option<u32>) -> ResolvePlan {
    let conversations: HashSet<_> = chosen.resolvable.iter().map(|comment| comment.place.conversation()).collect();
    let resolve = chosen.resolvable.len();
    let rounds = conversations.len().div_ceil(ROUND);
    let seconds = match per_minute {
        // Each round reads once what it compares with, of both kinds.
        Some(limit) => (resolve + rounds * 2) * 60 / (limit.max(1) as usize),
        None => rounds.saturating_sub(1) * ROUND_SECONDS,
    };
    let resolve = count(resolve);
    ResolvePlan {
        resolve,
        conversations: count(conversations.len()),
        left: chosen.all.saturating_sub(chosen.open),
        beyond: chosen.open.saturating_sub(resolve),
        per_minute,
        seconds: count(seconds),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use earmark_review::{CommentId, CommentPlace, ConversationId, InteractionId, UserId};
    use jiff::Timestamp;

    use super::*;

    #[test]
    fn what_is_more_than_is_resolved_at_once_is_told() {
        let comment = Comment {
            id: CommentId::new("f").unwrap(),
            author: UserId::new("ana").unwrap(),
            created_at: Timestamp::UNIX_EPOCH,
            text: "text".into(),
            place: CommentPlace::Interaction(ConversationId::new("c").unwrap(), InteractionId::new("i").unwrap()),
            resolved: false,
            message: None,
        };
        let resolvable = vec![comment; MOST as usize];
        let plan = plan(&Chosen { resolvable, open: MOST + 7, all: MOST + 10 }, None);
        assert_eq!((plan.resolve, plan.beyond, plan.left), (MOST, 7, 3));
    }
}
