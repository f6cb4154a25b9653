//! Comments on a conversation and its interactions.

use std::collections::HashSet;
use std::sync::Arc;

use earmark_amigo::{Client, Error as AmigoError, FeedbackFilter, FeedbackItem, FeedbackKind, Order, follow_pages};
use earmark_review::{
    Change, Comment, CommentId, CommentPlace, CommentRefused, ConversationId, InteractionId, MessageId,
};
use jiff::Timestamp;

use crate::console::held;
use crate::outbox::{Dealt, vanished};
use crate::session::Session;
use crate::view::{CommentSupport, CommentView, CommentsView, DealtView, WorkView};
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
        // Those that were written here go by the ids they were given here. Where it cannot be opened, whoever does something in
        // it is told why.
        let _ = self.open_outbox(&session).await;
        let (comments, unreadable, kept_since) = match settled(&session, &conversation).await {
            Ok((comments, unreadable)) => {
                keep(&session, &conversation, &comments);
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
            let opened = library.opened(&conversation);
            // What this run knows is newer than what was kept.
            if kept_since.is_none() || !opened.knows_comments {
                opened.comments = comments;
                opened.knows_comments = true;
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
        let place = match interaction {
            Some(interaction) => CommentPlace::Interaction(conversation.clone(), interaction),
            None => CommentPlace::Conversation(conversation.clone()),
        };
        let comment = session.new_comment(place, &text)?;
        self.make(&session, &conversation, || Ok(vec![Change::Write(comment)])).await
    }

    /// Writes a comment on a message of an interaction. Which message stays known on this computer; others see the interaction.
    ///
    /// # Errors
    /// As [`Console::add_comment`].
    pub async fn comment_on_turn(
        &self,
        conversation: ConversationId,
        interaction: InteractionId,
        message: MessageId,
        text: String,
    ) -> Result<WorkView, Problem> {
        let session = self.signed_in()?;
        let written = session.new_comment(CommentPlace::Interaction(conversation.clone(), interaction), &text)?;
        let comment = Comment { message: Some(message), ..written };
        self.make(&session, &conversation, || Ok(vec![Change::Write(comment)])).await
    }

    /// Resolves a comment with a reason, which is a reply that goes before; both are undone at once.
    ///
    /// # Errors
    /// [`ProblemCode::CommentRefused`] when there is no text, or for a comment on a whole conversation;
    /// [`ProblemCode::Storage`] when it cannot be kept.
    pub async fn resolve_with_reason(
        &self,
        conversation: ConversationId,
        comment: CommentId,
        reason: String,
    ) -> Result<WorkView, Problem> {
        let session = self.signed_in()?;
        session.know_comments(&conversation).await;
        let plan = || {
            let known = session.comment(&conversation, &comment).ok_or_else(vanished)?;
            known.check_resolve()?;
            let written = session.new_comment(known.place.clone(), &reason)?;
            // A reply to what is over needs nobody any more.
            let reply = Comment { message: known.message.clone(), resolved: true, ..written };
            Ok(vec![Change::Write(reply), Change::Resolve { comment, resolved: true }])
        };
        self.make(&session, &conversation, plan).await
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
        session.know_comments(&conversation).await;
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
        session.know_comments(&conversation).await;
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
        session.know_comments(&conversation).await;
        self.make(&session, &conversation, || Ok(vec![Change::Delete { comment }])).await
    }
}

/// Keeps what was read, behind the reviewer's back, and tells the window where others have done something.
fn keep(session: &Arc<Session>, conversation: &ConversationId, comments: &[Comment]) {
    let (id, read, at) = (conversation.clone(), comments.to_vec(), session.now());
    let left = Arc::downgrade(session);
    session.remember(move |store| {
        let is_news = said(&store.known_comments(&id)?) != said(&read);
        store.put_comments(&id, &read, at)?;
        if let Some(session) = left.upgrade().filter(|_| is_news) {
            session.feedback.read_anew([&id]);
            tokio::spawn(async move { session.tell_feedback().await });
        }
        Ok(())
    });
}

/// What they say, whatever else the server tells of what was written here.
fn said(comments: &[Comment]) -> HashSet<(&CommentId, &str, bool)> {
    comments.iter().map(|comment| (&comment.id, comment.text.as_str(), comment.resolved)).collect()
}

/// All comments on a conversation, read once more where a change was sent meanwhile that they may lack.
async fn settled(session: &Session, conversation: &ConversationId) -> Result<(Vec<Comment>, u32), AmigoError> {
    let before = session.outbox.sends();
    let read = listed(&session.client, conversation).await?;
    if session.outbox.sends() == before { Ok(read) } else { listed(&session.client, conversation).await }
}

/// All comments on a conversation, and how many pieces of feedback are of a kind that cannot be shown.
async fn listed(client: &Client, conversation: &ConversationId) -> Result<(Vec<Comment>, u32), AmigoError> {
    let (mut comments, mut unreadable) =
        read_all(client, of_kind(FeedbackKind::Interaction, std::slice::from_ref(conversation))).await?;
    let (others, unread) =
        read_all(client, of_kind(FeedbackKind::Conversation, std::slice::from_ref(conversation))).await?;
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

/// All comments of a kind on these conversations, oldest first.
pub(crate) fn of_kind(kind: FeedbackKind, conversations: &[ConversationId]) -> FeedbackFilter {
    let conversation_ids = conversations.to_vec();
    FeedbackFilter { kind, conversation_ids, interaction_ids: Vec::new(), order: Order::OldestFirst }
}

impl Session {
    /// A comment as it is written now, under an id that is given here.
    fn new_comment(&self, place: CommentPlace, text: &str) -> Result<Comment, Problem> {
        Ok(Comment {
            id: CommentId::new(format!("here-{}", crate::reference::random_id())).map_err(|_| vanished())?,
            author: self.me.clone(),
            created_at: self.now(),
            text: Comment::check_text(text)?.to_owned(),
            place,
            resolved: false,
            message: None,
        })
    }

    /// A comment where another one stands, on its very message where that is known.
    pub(crate) fn copy_of(&self, of: &Comment, text: &str) -> Result<Comment, Problem> {
        let message = self.outbox.known_of(of).0;
        Ok(Comment { message, ..self.new_comment(of.place.clone(), text)? })
    }

    /// Takes over what is kept of a conversation's comments, where this run has not read them.
    pub(crate) async fn know_comments(&self, conversation: &ConversationId) {
        if held(&self.library).opened(conversation).knows_comments {
            return;
        }
        let of = conversation.clone();
        let Some(kept) = self.recall(move |store| store.known_comments(&of).map(Some)).await else { return };
        let mut library = held(&self.library);
        let opened = library.opened(conversation);
        if !opened.knows_comments && !kept.is_empty() {
            opened.comments = kept;
            opened.knows_comments = true;
        }
    }
}

/// The comments as they were read last, and when.
async fn recall(session: &Session, conversation: &ConversationId) -> Option<(Vec<Comment>, Timestamp)> {
    let id = conversation.clone();
    let kept = session.recall(move |store| store.comments(&id)).await?;
    Some((kept.value, kept.read_at))
}

pub(crate) fn view(session: &Session, comment: &Comment) -> CommentView {
    let (message_id, dealt) = session.outbox.known_of(comment);
    CommentView {
        id: comment.id.clone(),
        author: session.names.person(&comment.author),
        created_at: comment.created_at.to_string(),
        text: comment.text.clone(),
        interaction_id: comment.place.interaction().cloned(),
        message_id,
        resolved: comment.resolved,
        dealt: dealt.map(|dealt| dealt_view(session, &dealt)),
    }
}

/// Who dealt with a comment, by name.
pub(crate) fn dealt_view(session: &Session, dealt: &Dealt) -> DealtView {
    DealtView { by: session.names.person(&dealt.by), at: dealt.at.to_string() }
}

impl From<CommentRefused> for Problem {
    fn from(refused: CommentRefused) -> Self {
        Self::new(ProblemCode::CommentRefused, refused.to_string())
    }
}
