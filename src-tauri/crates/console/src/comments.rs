//! Comments on a conversation and its interactions.

use std::collections::HashSet;

use earmark_amigo::{Client, Error as AmigoError, FeedbackFilter, FeedbackItem, FeedbackKind, follow_pages};
use earmark_review::{Comment, CommentId, CommentPlace, CommentRefused, ConversationId, InteractionId};

use crate::console::held;
use crate::session::Session;
use crate::view::{CommentSupport, CommentView, CommentsView};
use crate::{Console, Problem, ProblemCode};

/// Comments in one call: the most the API gives (section 3).
const CALL: u32 = 50;

impl Console {
    /// All comments on a conversation and its interactions, oldest first.
    ///
    /// # Errors
    /// A [`Problem`] when they cannot be read. A server without the calls is no problem: the view says so.
    pub async fn list_comments(&self, conversation: ConversationId) -> Result<CommentsView, Problem> {
        let session = self.signed_in()?;
        let mut comments = Vec::new();
        let mut unreadable = 0;
        for kind in [FeedbackKind::Interaction, FeedbackKind::Conversation] {
            match read_all(&session.client, &of_kind(kind, &conversation)).await {
                Ok((read, unread)) => {
                    comments.extend(read);
                    unreadable += unread;
                }
                Err(AmigoError::NotSupported) => {
                    return Ok(CommentsView {
                        support: CommentSupport::NotOnThisServer,
                        comments: Vec::new(),
                        unreadable: 0,
                    });
                }
                Err(cause) => return Err(cause.into()),
            }
        }
        comments.sort_by(|a, b| (a.created_at, &a.id).cmp(&(b.created_at, &b.id)));
        let authors: Vec<_> = comments.iter().map(|comment| comment.author.clone()).collect();
        session.names.learn_people(&session.client, &authors).await;
        let views = comments.iter().map(|comment| view(&session, comment)).collect();
        held(&session.library).opened(&conversation).comments = comments;
        Ok(CommentsView { support: CommentSupport::Available, comments: views, unreadable })
    }

    /// Writes a comment on an interaction, or on the whole conversation when none is named.
    ///
    /// # Errors
    /// [`ProblemCode::CommentRefused`] before any call when there is no text; another [`Problem`] when the server
    /// did not take it.
    pub async fn add_comment(
        &self,
        conversation: ConversationId,
        interaction: Option<InteractionId>,
        text: String,
    ) -> Result<CommentView, Problem> {
        let session = self.signed_in()?;
        let text = Comment::check_text(&text)?;
        let id = match &interaction {
            Some(interaction) => session.client.create_interaction_comment(&conversation, interaction, text).await?,
            None => session.client.create_conversation_comment(&conversation, text).await?,
        };
        let comment = Comment {
            id,
            author: session.me.clone(),
            created_at: (self.0.now)(),
            text: text.to_owned(),
            place: match interaction {
                Some(interaction) => CommentPlace::Interaction(conversation, interaction),
                None => CommentPlace::Conversation(conversation),
            },
            resolved: false,
        };
        Ok(keep(&session, comment))
    }

    /// Changes a comment's text.
    ///
    /// # Errors
    /// [`ProblemCode::CommentRefused`] before any call when it is resolved or there is no text; another [`Problem`]
    /// when the server did not take it.
    pub async fn edit_comment(
        &self,
        conversation: ConversationId,
        comment: CommentId,
        text: String,
    ) -> Result<CommentView, Problem> {
        let session = self.signed_in()?;
        let known = known(&session, &conversation, &comment)?;
        let text = known.check_edit(&text)?.to_owned();
        match known.place.interaction() {
            Some(interaction) => {
                let call =
                    session.client.update_interaction_comment(&conversation, interaction, &comment, &text, false);
                call.await?;
            }
            None => session.client.update_conversation_comment(&conversation, &comment, &text).await?,
        }
        Ok(keep(&session, Comment { text, ..known }))
    }

    /// Resolves a comment on an interaction, or opens it again.
    ///
    /// # Errors
    /// [`ProblemCode::CommentRefused`] before any call for a comment on a whole conversation; another [`Problem`]
    /// when the server did not take it.
    pub async fn set_comment_resolved(
        &self,
        conversation: ConversationId,
        comment: CommentId,
        resolved: bool,
    ) -> Result<CommentView, Problem> {
        let session = self.signed_in()?;
        let known = known(&session, &conversation, &comment)?;
        let interaction = known.check_resolve()?.clone();
        // The API takes text and state together: sending the text as it was listed would undo somebody's later edit.
        let now = on_server(&session, &known, &interaction).await?;
        let call =
            session.client.update_interaction_comment(&conversation, &interaction, &comment, &now.text, resolved);
        call.await?;
        Ok(keep(&session, Comment { resolved, ..now }))
    }

    /// Deletes a comment.
    ///
    /// # Errors
    /// A [`Problem`] when the server did not take it; one that is gone already is no problem.
    pub async fn delete_comment(&self, conversation: ConversationId, comment: CommentId) -> Result<(), Problem> {
        let session = self.signed_in()?;
        let deleted = match known(&session, &conversation, &comment) {
            Ok(known) => delete(&session, &known).await,
            Err(vanished) => Err(vanished),
        };
        // Whatever came of it, and only now: a call that is under way ends with the program.
        held(&session.leaving).remove(&comment);
        deleted
    }
}

/// Deletes a comment; one that is gone already is no problem.
pub(crate) async fn delete(session: &Session, comment: &Comment) -> Result<(), Problem> {
    let conversation = comment.place.conversation();
    let deleted = match comment.place.interaction() {
        Some(interaction) => session.client.delete_interaction_comment(conversation, interaction, &comment.id).await,
        None => session.client.delete_conversation_comment(conversation, &comment.id).await,
    };
    match deleted {
        Ok(()) | Err(AmigoError::NotFound) => {
            held(&session.library).opened(conversation).comments.retain(|kept| kept.id != comment.id);
            Ok(())
        }
        Err(cause) => Err(cause.into()),
    }
}

/// One kind of comment on a conversation, and how many pieces of feedback are of a kind that cannot be shown.
async fn read_all(client: &Client, filter: &FeedbackFilter) -> Result<(Vec<Comment>, u32), AmigoError> {
    let all = follow_pages(CALL, |request| client.feedback_page(filter, request)).await;
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

/// A comment as the server has it at this moment.
async fn on_server(session: &Session, known: &Comment, interaction: &InteractionId) -> Result<Comment, Problem> {
    let mut filter = of_kind(FeedbackKind::Interaction, known.place.conversation());
    filter.interaction_ids.push(interaction.clone());
    let (comments, _) = read_all(&session.client, &filter).await?;
    comments.into_iter().find(|comment| comment.id == known.id).ok_or_else(vanished)
}

fn vanished() -> Problem {
    Problem::new(ProblemCode::NotFound, "This comment is not there any more.").retryable()
}

/// A comment as it was listed.
pub(crate) fn known(session: &Session, conversation: &ConversationId, comment: &CommentId) -> Result<Comment, Problem> {
    let mut library = held(&session.library);
    let comments = &library.opened(conversation).comments;
    comments.iter().find(|kept| &kept.id == comment).cloned().ok_or_else(vanished)
}

fn keep(session: &Session, comment: Comment) -> CommentView {
    let shown = view(session, &comment);
    let mut library = held(&session.library);
    let comments = &mut library.opened(comment.place.conversation()).comments;
    match comments.iter_mut().find(|kept| kept.id == comment.id) {
        Some(kept) => *kept = comment,
        None => comments.push(comment),
    }
    shown
}

fn view(session: &Session, comment: &Comment) -> CommentView {
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
