//! Comments on a conversation and its interactions.

use std::collections::HashSet;

use earmark_amigo::{Client, Error as AmigoError, FeedbackFilter, FeedbackItem, FeedbackKind, follow_pages};
use earmark_review::{Change, Comment, CommentId, CommentPlace, CommentRefused, ConversationId, InteractionId};
use jiff::Timestamp;

use crate::console::held;
use crate::outbox::vanished;
use crate::session::Session;
use crate::view::{CommentSupport, CommentView, CommentsView, WorkView};
use crate::{Console, Problem, ProblemCode};

/// Comments in one call: the most the API gives (section 3).
const CALL: u32 = 50;

impl Console {
    /// All comments on a conversation and its interactions, oldest first, with the reviewer's changes.
    ///
    /// # Errors
    /// A [`Problem`] when they can neither be read nor were kept. A server without the calls is no problem: the view says
    /// so.
    pub async fn list_comments(&self, conversation: ConversationId) -> Result<CommentsView, Problem> {
        let session = self.signed_in()?;
        let (comments, unreadable, kept_since) = match settled(&session, &conversation).await {
            Ok((comments, unreadable)) => {
                let (id, kept, at) = (conversation.clone(), comments.clone(), session.now());
                session.remember(move |store| store.put_comments(&id, &kept, at));
                (comments, unreadable, None)
            }
            Err(AmigoError::NotSupported) => {
                return Ok(CommentsView {
                    support: CommentSupport::NotOnThisServer,
                    work: session.work_view(&conversation),
                    kept_since: None,
                    unreadable: 0,
                });
            }
            Err(cause) => {
                let problem = Problem::from(cause);
                match recall(&session, &conversation).await {
                    Some((comments, since)) if problem.is_no_connection() => (comments, 0, Some(since.to_string())),
                    _ => return Err(problem),
                }
            }
        };
        if kept_since.is_none() {
            let authors: Vec<_> = comments.iter().map(|comment| comment.author.clone()).collect();
            session.names.learn_people(&session.client, &authors).await;
        }
        {
            let mut library = held(&session.library);
            let known = &mut library.opened(&conversation).comments;
            // What this run knows is newer than what was kept.
            if kept_since.is_none() || known.is_empty() {
                *known = comments;
            }
        }
        let work = session.work_view(&conversation);
        Ok(CommentsView { support: CommentSupport::Available, work, kept_since, unreadable })
    }

    /// Writes a comment on an interaction, or on the whole conversation when none is named.
    ///
    /// # Errors
    /// [`ProblemCode::CommentRefused`] when there is no text; [`ProblemCode::Storage`] when it cannot be kept.
    pub async fn add_comment(
        &self,
        conversation: ConversationId,
        interaction: Option<InteractionId>,
        text: String,
    ) -> Result<WorkView, Problem> {
        let session = self.signed_in()?;
        let comment = Comment {
            id: CommentId::new(format!("here-{}", crate::reference::random_id())).map_err(|_| vanished())?,
            author: session.me.clone(),
            created_at: session.now(),
            text: Comment::check_text(&text)?.to_owned(),
            place: match interaction {
                Some(interaction) => CommentPlace::Interaction(conversation.clone(), interaction),
                None => CommentPlace::Conversation(conversation.clone()),
            },
            resolved: false,
        };
        self.make(&session, &conversation, || Ok(vec![Change::Write(comment)])).await
    }

    /// Changes a comment's text.
    ///
    /// # Errors
    /// [`ProblemCode::CommentRefused`] when it is resolved or there is no text; [`ProblemCode::Storage`] when it cannot be
    /// kept.
    pub async fn edit_comment(
        &self,
        conversation: ConversationId,
        comment: CommentId,
        text: String,
    ) -> Result<WorkView, Problem> {
        let session = self.signed_in()?;
        let plan = || {
            let known = session.comment(&conversation, &comment).ok_or_else(vanished)?;
            let text = known.check_edit(&text)?.to_owned();
            Ok(vec![Change::Reword { comment, text }])
        };
        self.make(&session, &conversation, plan).await
    }

    /// Resolves a comment on an interaction, or opens it again.
    ///
    /// # Errors
    /// [`ProblemCode::CommentRefused`] for a comment on a whole conversation; [`ProblemCode::Storage`] when it cannot be
    /// kept.
    pub async fn set_comment_resolved(
        &self,
        conversation: ConversationId,
        comment: CommentId,
        resolved: bool,
    ) -> Result<WorkView, Problem> {
        let session = self.signed_in()?;
        let plan = || {
            session.comment(&conversation, &comment).ok_or_else(vanished)?.check_resolve()?;
            Ok(vec![Change::Resolve { comment, resolved }])
        };
        self.make(&session, &conversation, plan).await
    }

    /// Deletes a comment.
    ///
    /// # Errors
    /// A [`Problem`] when it is not there, or [`ProblemCode::Storage`] when it cannot be kept.
    pub async fn delete_comment(&self, conversation: ConversationId, comment: CommentId) -> Result<WorkView, Problem> {
        let session = self.signed_in()?;
        self.make(&session, &conversation, || Ok(vec![Change::Delete { comment }])).await
    }
}

/// All comments on a conversation, read once more where a change was sent meanwhile that they may lack.
async fn settled(session: &Session, conversation: &ConversationId) -> Result<(Vec<Comment>, u32), AmigoError> {
    let before = session.outbox.sends();
    let read = listed(&session.client, conversation).await?;
    if session.outbox.sends() == before { Ok(read) } else { listed(&session.client, conversation).await }
}

/// All comments on a conversation, and how many pieces of feedback are of a kind that cannot be shown.
async fn listed(client: &Client, conversation: &ConversationId) -> Result<(Vec<Comment>, u32), AmigoError> {
    let (mut comments, mut unreadable) = read_all(client, of_kind(FeedbackKind::Interaction, conversation)).await?;
    let (others, unread) = read_all(client, of_kind(FeedbackKind::Conversation, conversation)).await?;
    comments.extend(others);
    unreadable += unread;
    Ok((comments, unreadable))
}

/// One kind of comment, each once, and how many pieces of feedback are of a kind that cannot be shown.
pub(crate) async fn read_all(client: &Client, filter: FeedbackFilter) -> Result<(Vec<Comment>, u32), AmigoError> {
    let all = follow_pages(CALL, |request| client.feedback_page(&filter, request)).await;
    if let Some(cause) = all.stopped {
        return Err(cause);
    }
    let mut unreadable = all.unreadable;
    let mut comments = Vec::new();
    // Pages shift while comments are written, so the same one can come twice.
    let mut seen = HashSet::new();
    for item in all.items {
        match item {
            FeedbackItem::Known(comment) if seen.insert(comment.id.clone()) => comments.push(comment),
            FeedbackItem::Known(_) => {}
            FeedbackItem::Unknown(_) => unreadable += 1,
        }
    }
    Ok((comments, unreadable))
}

fn of_kind(kind: FeedbackKind, conversation: &ConversationId) -> FeedbackFilter {
    FeedbackFilter { kind, conversation_ids: vec![conversation.clone()], interaction_ids: Vec::new() }
}

/// The comments as they were read last, and when.
async fn recall(session: &Session, conversation: &ConversationId) -> Option<(Vec<Comment>, Timestamp)> {
    let id = conversation.clone();
    let kept = session.recall(move |store| store.comments(&id)).await?;
    Some((kept.value, kept.read_at))
}

pub(crate) fn view(session: &Session, comment: &Comment) -> CommentView {
    CommentView {
        id: comment.id.clone(),
        author: session.names.person(&comment.author),
        created_at: comment.created_at.to_string(),
        text: comment.text.clone(),
        interaction_id: comment.place.interaction().cloned(),
        resolved: comment.resolved,
    }
}

impl From<CommentRefused> for Problem {
    fn from(refused: CommentRefused) -> Self {
        Self::new(ProblemCode::CommentRefused, refused.to_string())
    }
}
