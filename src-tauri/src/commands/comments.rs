use earmark_console::{CommentId, ConversationId, InteractionId};
use earmark_console::{CommentView, CommentsView};

use super::{Answer, Shared};

/// All comments on a conversation.
#[tauri::command]
#[specta::specta]
pub(crate) async fn list_comments(console: Shared<'_>, conversation: ConversationId) -> Answer<CommentsView> {
    console.list_comments(conversation).await
}

/// Writes a comment on an interaction, or on the whole conversation.
#[tauri::command]
#[specta::specta]
pub(crate) async fn add_comment(
    console: Shared<'_>,
    conversation: ConversationId,
    interaction: Option<InteractionId>,
    text: String,
) -> Answer<CommentView> {
    console.add_comment(conversation, interaction, text).await
}

/// Changes a comment's text.
#[tauri::command]
#[specta::specta]
pub(crate) async fn edit_comment(
    console: Shared<'_>,
    conversation: ConversationId,
    comment: CommentId,
    text: String,
) -> Answer<CommentView> {
    console.edit_comment(conversation, comment, text).await
}

/// Resolves a comment or opens it again.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_comment_resolved(
    console: Shared<'_>,
    conversation: ConversationId,
    comment: CommentId,
    resolved: bool,
) -> Answer<CommentView> {
    console.set_comment_resolved(conversation, comment, resolved).await
}

/// Deletes a comment.
#[tauri::command]
#[specta::specta]
pub(crate) async fn delete_comment(
    console: Shared<'_>,
    conversation: ConversationId,
    comment: CommentId,
) -> Answer<()> {
    console.delete_comment(conversation, comment).await
}

// These two are not async, so that they take effect in the order in which the window asked.

/// Has a comment deleted when the program closes, unless it is deleted or kept before.
#[tauri::command]
#[specta::specta]
pub(crate) fn delete_comment_when_closing(
    console: Shared<'_>,
    conversation: ConversationId,
    comment: CommentId,
) -> Answer<()> {
    console.delete_when_closing(&conversation, comment)
}

/// Takes that back.
#[tauri::command]
#[specta::specta]
pub(crate) fn keep_comment_when_closing(console: Shared<'_>, comment: CommentId) -> Answer<()> {
    console.keep_when_closing(&comment)
}
