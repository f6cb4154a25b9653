//! Resolving many comments at once: told beforehand how many and how long it takes, undone as one.

use std::collections::HashSet;

use earmark_amigo::Endpoint;
use earmark_review::{Change, Comment, Image};

use super::listing::query;
use crate::opening::count;
use crate::outbox::New;
use crate::session::Session;
use crate::view::{FeedbackChoice, ResolvePlan};
use crate::{Console, Problem};

/// The most at once: undoing has to read them all.
const MOST: u32 = 20_000;
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
        Ok(plan(&session, &chosen))
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
        let plan = plan(&session, &chosen);
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
        let new = chosen.into_iter().filter(can_be_resolved).map(resolving).collect();
        self.record_across(&session, new).await?;
        Ok(plan)
    }

    /// The comments that are meant, as the reviewer has them.
    pub(super) async fn chosen(&self, session: &Session, choice: &FeedbackChoice) -> Result<Vec<Comment>, Problem> {
        let mut query = query(&choice.filter)?;
        if !choice.comments.is_empty() {
            query.ids = session.outbox.on_server(&choice.comments);
        }
        let overlaid = session.overlaid();
        self.with_store(session, move |store| store.list_comments(&query, &overlaid, MOST)).await
    }
}

fn can_be_resolved(comment: &Comment) -> bool {
    !comment.resolved && comment.place.interaction().is_some()
}

fn plan(session: &Session, chosen: &[Comment]) -> ResolvePlan {
    let resolvable = chosen.iter().filter(|comment| can_be_resolved(comment));
    let conversations: HashSet<_> = resolvable.clone().map(|comment| comment.place.conversation()).collect();
    let resolve = resolvable.count();
    let rounds = conversations.len().div_ceil(ROUND);
    let budgets = session.client.budgets();
    let limit = budgets.iter().find(|budget| budget.endpoint == Endpoint::Feedback).map(|budget| budget.limit);
    let seconds = match limit {
        // Each round reads once what it compares with, of both kinds.
        Some(limit) => (resolve + rounds * 2) * 60 / (limit.max(1) as usize),
        None => rounds.saturating_sub(1) * ROUND_SECONDS,
    };
    ResolvePlan {
        resolve: count(resolve),
        conversations: count(conversations.len()),
        left: count(chosen.len() - resolve),
        per_minute: limit,
        seconds: count(seconds),
    }
}
