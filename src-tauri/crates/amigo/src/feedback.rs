//! Comments, which the API calls feedback (section 3): the older edition's calls. The current one has none of them, and
//! then each answers [`Error::NotSupported`].
//!
//! One kind of feedback on an interaction is known publicly; any other is kept as it came and never sent back.

use earmark_review::{Comment, CommentId, CommentPlace, ConversationId, InteractionId, UserId};
use jiff::Timestamp;
use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::call::Call;
use crate::wire::{document, or_default, page};
use crate::{Client, Endpoint, Error, Order, Page, PageRequest};

/// What feedback is about; the two are listed apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FeedbackKind {
    /// Whole conversations.
    Conversation,
    /// Single interactions.
    Interaction,
}

/// Which feedback to list; empty lists mean any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedbackFilter {
    /// What it is about.
    pub kind: FeedbackKind,
    /// The conversations it belongs to.
    pub conversation_ids: Vec<ConversationId>,
    /// The interactions it is about; for [`FeedbackKind::Interaction`] only.
    pub interaction_ids: Vec<InteractionId>,
    /// Which comes first.
    pub order: Order,
}

/// One piece of feedback.
#[derive(Debug, Clone, PartialEq)]
pub enum FeedbackItem {
    /// A comment.
    Known(Comment),
    /// Something of a kind this program does not know.
    Unknown(UnknownFeedback),
}

/// Feedback of a kind this program does not know.
#[derive(Debug, Clone, PartialEq)]
pub struct UnknownFeedback {
    /// Its id.
    pub id: CommentId,
    /// The conversation it belongs to.
    pub conversation_id: ConversationId,
    /// Who gave it.
    pub author: UserId,
    /// When.
    pub created_at: Timestamp,
    /// The server's name for the kind.
    pub kind: String,
    /// Its content as it came.
    pub content: Value,
}

impl Client {
    /// A page of feedback. `limit` is at most 50.
    ///
    /// # Errors
    /// [`Error::NotSupported`] on servers of the current edition; else see [`Error`].
    pub async fn feedback_page(
        &self,
        filter: &FeedbackFilter,
        page_request: PageRequest,
    ) -> Result<Page<FeedbackItem>, Error> {
        let kind = match filter.kind {
            FeedbackKind::Conversation => "conversation",
            FeedbackKind::Interaction => "interaction",
        };
        let call = page_request
            .on(Call::get(Endpoint::Feedback, &["conversation", "feedback", ""]))
            .query("type", kind)
            .each("conversation_id", &filter.conversation_ids)
            .each("interaction_id", &filter.interaction_ids)
            .query("sort_by", filter.order.sort_by());
        match self.fetch(&call).await {
            Ok(bytes) => page::<WireFeedback, _>(&bytes, "feedbacks"),
            // A list is never gone: only the call can be.
            Err(Error::NotFound) => Err(Error::NotSupported),
            Err(error) => Err(error),
        }
    }

    /// Comments on an interaction.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn create_interaction_comment(
        &self,
        conversation: &ConversationId,
        interaction: &InteractionId,
        text: &str,
    ) -> Result<CommentId, Error> {
        #[derive(Deserialize)]
        struct Created {
            interaction_feedback_id: CommentId,
        }
        let body = json!({ "feedback": { "type": "interaction_comment", "comment": text } });
        let call = on_interaction(Method::POST, conversation, interaction, None).json(&body);
        Ok(document::<Created>(&self.fetch(&call).await?)?.interaction_feedback_id)
    }

    /// Rewrites a comment on an interaction, resolves it or reopens it. A resolved one keeps its text: the server
    /// refuses another with 400.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn update_interaction_comment(
        &self,
        conversation: &ConversationId,
        interaction: &InteractionId,
        comment: &CommentId,
        text: &str,
        resolved: bool,
    ) -> Result<(), Error> {
        let body = json!({ "feedback": { "type": "interaction_comment", "comment": text, "resolved": resolved } });
        let call = on_interaction(Method::POST, conversation, interaction, Some(comment)).json(&body);
        self.fetch(&call).await.map(drop)
    }

    /// Deletes a comment on an interaction.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn delete_interaction_comment(
        &self,
        conversation: &ConversationId,
        interaction: &InteractionId,
        comment: &CommentId,
    ) -> Result<(), Error> {
        self.fetch(&on_interaction(Method::DELETE, conversation, interaction, Some(comment))).await.map(drop)
    }

    /// Comments on a whole conversation.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn create_conversation_comment(
        &self,
        conversation: &ConversationId,
        text: &str,
    ) -> Result<CommentId, Error> {
        #[derive(Deserialize)]
        struct Created {
            conversation_feedback_id: CommentId,
        }
        let call = on_conversation(Method::POST, conversation, None).json(&json!({ "comment": text }));
        Ok(document::<Created>(&self.fetch(&call).await?)?.conversation_feedback_id)
    }

    /// Rewrites a comment on a whole conversation.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn update_conversation_comment(
        &self,
        conversation: &ConversationId,
        comment: &CommentId,
        text: &str,
    ) -> Result<(), Error> {
        // The field is `comment` on creation and `feedback` here; so the API has it.
        let call = on_conversation(Method::POST, conversation, Some(comment)).json(&json!({ "feedback": text }));
        self.fetch(&call).await.map(drop)
    }

    /// Deletes a comment on a whole conversation.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn delete_conversation_comment(
        &self,
        conversation: &ConversationId,
        comment: &CommentId,
    ) -> Result<(), Error> {
        self.fetch(&on_conversation(Method::DELETE, conversation, Some(comment))).await.map(drop)
    }
}

fn on_interaction(
    method: Method,
    conversation: &ConversationId,
    interaction: &InteractionId,
    comment: Option<&CommentId>,
) -> Call {
    let mut path = vec!["conversation", conversation.as_str(), "interaction", interaction.as_str(), "feedback"];
    path.extend(comment.map(CommentId::as_str));
    Call::new(Endpoint::Feedback, method, &path)
}

fn on_conversation(method: Method, conversation: &ConversationId, comment: Option<&CommentId>) -> Call {
    let mut path = vec!["conversation", conversation.as_str(), "feedback"];
    path.extend(comment.map(CommentId::as_str));
    Call::new(Endpoint::Feedback, method, &path)
}

#[derive(Deserialize)]
struct WireFeedback {
    id: CommentId,
    user_id: UserId,
    conversation_id: ConversationId,
    created_at: Timestamp,
    feedback_content: Value,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum WireContent {
    Conversation {
        comment: String,
    },
    InteractionComment {
        comment: String,
        interaction_id: InteractionId,
        /// Absent until it was resolved for the first time.
        #[serde(default, deserialize_with = "or_default")]
        resolved: bool,
    },
}

impl From<WireFeedback> for FeedbackItem {
    fn from(wire: WireFeedback) -> Self {
        let (text, place, resolved) = match WireContent::deserialize(&wire.feedback_content) {
            Ok(WireContent::Conversation { comment }) => {
                (comment, CommentPlace::Conversation(wire.conversation_id), false)
            }
            Ok(WireContent::InteractionComment { comment, interaction_id, resolved }) => {
                (comment, CommentPlace::Interaction(wire.conversation_id, interaction_id), resolved)
            }
            Err(_) => {
                let kind = wire.feedback_content.get("type").and_then(Value::as_str).unwrap_or_default().to_owned();
                return Self::Unknown(UnknownFeedback {
                    id: wire.id,
                    conversation_id: wire.conversation_id,
                    author: wire.user_id,
                    created_at: wire.created_at,
                    kind,
                    content: wire.feedback_content,
                });
            }
        };
        Self::Known(Comment {
            id: wire.id,
            author: wire.user_id,
            created_at: wire.created_at,
            text,
            place,
            resolved,
            message: None,
        })
    }
}
