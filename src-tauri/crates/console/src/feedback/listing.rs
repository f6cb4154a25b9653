//! The list of all comments, from the store: nothing is asked of the server for it.

use std::collections::HashSet;

use earmark_review::{Comment, CommentId, ConversationId, Subject};
use earmark_store::{AfterComment, CommentQuery, ConversationQuery, Overlaid, Store, StoreError};
use jiff::Timestamp;

use crate::browse::row as conversation_row;
use crate::comments::dealt_view;
use crate::console::held;
use crate::session::Session;
use crate::view::{FeedbackAuthor, FeedbackFilter, FeedbackPage, FeedbackRow, OpenComments, PageToken};
use crate::{Console, Problem, ProblemCode};

/// Comments in a page: some screens of them, so that the first one is there at once.
const PAGE: u32 = 60;
/// The most that are read anew in one call.
const ANEW: u32 = 200;
/// The most authors the window offers.
const AUTHORS: usize = 200;

impl Console {
    /// A page of the comments of all conversations as the reviewer has them; the first one when `next` is absent.
    ///
    /// # Errors
    /// A [`Problem`] when nobody is signed in or they cannot be read.
    pub async fn list_feedback(
        &self,
        filter: FeedbackFilter,
        next: Option<PageToken>,
    ) -> Result<FeedbackPage, Problem> {
        let session = self.signed_in()?;
        self.open_outbox(&session).await?;
        let query = query(&filter)?;
        let after = next.as_ref().map(|token| after(token).ok_or_else(unreadable)).transpose()?;
        let overlaid = session.overlaid();
        let (comments, heads, total) = self
            .with_store(&session, move |store| {
                let total = store.count_comments(&query, &overlaid)?;
                let (comments, heads) = read(store, &CommentQuery { after, ..query }, &overlaid, PAGE + 1)?;
                Ok((comments, heads, total))
            })
            .await?;
        Ok(page(&session, comments, heads, total))
    }

    /// Comments of these conversations as the reviewer has them, at most 200, oldest first: what a list that stands shows anew.
    ///
    /// # Errors
    /// A [`Problem`] when nobody is signed in or they cannot be read.
    pub async fn feedback_of(&self, conversations: Vec<ConversationId>) -> Result<Vec<FeedbackRow>, Problem> {
        let session = self.signed_in()?;
        if conversations.is_empty() {
            return Ok(Vec::new());
        }
        let query = CommentQuery { conversations, ..CommentQuery::default() };
        let overlaid = session.overlaid();
        let comments = self.with_store(&session, move |store| store.list_comments(&query, &overlaid, ANEW)).await?;
        Ok(rows(&session, comments))
    }

    /// How many comments are open in each of these conversations as the reviewer has them: only those where any is.
    ///
    /// # Errors
    /// A [`Problem`] when nobody is signed in or they cannot be read.
    pub async fn open_comments(&self, conversations: Vec<ConversationId>) -> Result<Vec<OpenComments>, Problem> {
        let session = self.signed_in()?;
        self.open_outbox(&session).await?;
        let overlaid = session.overlaid();
        let counted = self.with_store(&session, move |store| store.open_comments(&conversations, &overlaid)).await?;
        Ok(counted.into_iter().map(|(conversation_id, open)| OpenComments { conversation_id, open }).collect())
    }

    /// Everybody who wrote comments, those with the most open ones first.
    ///
    /// # Errors
    /// A [`Problem`] when nobody is signed in or they cannot be read.
    pub async fn feedback_authors(&self) -> Result<Vec<FeedbackAuthor>, Problem> {
        let session = self.signed_in()?;
        let overlaid = session.overlaid();
        let mut authors = self.with_store(&session, move |store| store.comment_authors(&overlaid)).await?;
        authors.truncate(AUTHORS);
        let named = authors.into_iter().map(|(id, open)| FeedbackAuthor { person: session.names.person(&id), open });
        Ok(named.collect())
    }
}

/// Comments, and the heads of their conversations that are known.
pub(super) fn read(
    store: &Store,
    query: &CommentQuery,
    overlaid: &[Overlaid],
    limit: u32,
) -> Result<(Vec<Comment>, Vec<earmark_review::Conversation>), StoreError> {
    let comments = store.list_comments(query, overlaid, limit)?;
    let ids: HashSet<&ConversationId> = comments.iter().map(|comment| comment.place.conversation()).collect();
    if ids.is_empty() {
        return Ok((comments, Vec::new()));
    }
    let of = ConversationQuery { ids: ids.into_iter().cloned().collect(), ..ConversationQuery::default() };
    let heads = store.conversations(&of, limit)?.into_iter().map(|kept| kept.value).collect();
    Ok((comments, heads))
}

fn page(
    session: &Session,
    mut comments: Vec<Comment>,
    heads: Vec<earmark_review::Conversation>,
    total: u32,
) -> FeedbackPage {
    let goes_on = comments.len() > PAGE as usize;
    comments.truncate(PAGE as usize);
    let next = comments.last().filter(|_| goes_on).map(token);
    let conversations = heads.iter().map(|head| conversation_row(session, head)).collect();
    held(&session.library).recall(heads);
    FeedbackPage { rows: rows(session, comments), conversations, next, total }
}

fn rows(session: &Session, comments: Vec<Comment>) -> Vec<FeedbackRow> {
    let (shown, asked) = session.outbox.shown_and_asked();
    let library = held(&session.library);
    let row = |comment: Comment| {
        let id = shown(&comment.id);
        let comment = Comment { id: id.clone(), ..comment };
        let (message_id, dealt) = session.outbox.known_of(&comment);
        let conversation_id = comment.place.conversation().clone();
        let interaction_id = comment.place.interaction().cloned();
        let read = library.peek(&conversation_id).and_then(|opened| opened.read.as_ref());
        let number = read
            .zip(interaction_id.as_ref())
            .and_then(|(read, id)| read.transcript.interactions.iter().position(|interaction| &interaction.id == id));
        FeedbackRow {
            needs_you: asked.contains(&Subject::Comment(id.clone())),
            id,
            conversation_id,
            interaction_id,
            interaction: number.and_then(|at| u32::try_from(at + 1).ok()),
            message_id,
            author: session.names.person(&comment.author),
            created_at: comment.created_at.to_string(),
            text: comment.text,
            resolved: comment.resolved,
            dealt: dealt.map(|dealt| dealt_view(session, &dealt)),
        }
    };
    comments.into_iter().map(row).collect()
}

pub(super) fn query(filter: &FeedbackFilter) -> Result<CommentQuery, Problem> {
    let time = |text: &Option<String>| {
        let read = text.as_ref().map(|text| text.parse::<Timestamp>()).transpose();
        read.map_err(|_| Problem::new(ProblemCode::BadInput, "This time cannot be read. Choose another one."))
    };
    Ok(CommentQuery {
        is_resolved: filter.resolved,
        authors: filter.authors.clone(),
        services: filter.services.clone(),
        since: time(&filter.since)?,
        until: time(&filter.until)?,
        newest_first: filter.newest_first,
        ..CommentQuery::default()
    })
}

fn token(last: &Comment) -> PageToken {
    PageToken(format!("{} {}", last.created_at, last.id))
}

fn after(token: &PageToken) -> Option<AfterComment> {
    let (at, id) = token.0.split_once(' ')?;
    Some(AfterComment { created_at: at.parse().ok()?, id: CommentId::new(id).ok()? })
}

fn unreadable() -> Problem {
    Problem::new(ProblemCode::BadInput, "The next page cannot be asked for. Reload the list.")
}
