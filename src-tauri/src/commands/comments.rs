use earmark_console::{CommentId, ConversationId, InteractionId, MessageId};
use earmark_console::{CommentsView, WorkView};

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
) -> Answer<WorkView> {
    console.add_comment(conversation, interaction, text).await
}

/// Writes a comment on a message of an interaction.
#[tauri::command]
#[specta::specta]
pub(crate) async fn comment_on_turn(
    console: Shared<'_>,
    conversation: ConversationId,
    interaction: InteractionId,
    message: MessageId,
    text: String,
) -> Answer<WorkView> {
    console.comment_on_turn(conversation, interaction, message, text).await
}

/// Resolves a comment with a reason, which is a reply.
#[tauri::command]
#[specta::specta]
pub(crate) async fn resolve_with_reason(
    console: Shared<'_>,
    conversation: ConversationId,
    comment: CommentId,
    reason: String,
) -> Answer<WorkView> {
    console.resolve_with_reason(conversation, comment, reason).await
}

/// Sends the comments that were kept on this computer.
#[tauri::command]
#[specta::specta]
pub(crate) async fn send_kept_comments(console: Shared<'_>) -> Answer<()> {
    console.send_kept_comments().await
}

/// Changes a comment's text.
#[tauri::command]
#[specta::specta]
pub(crate) async fn edit_comment(
    console: Shared<'_>,
    conversation: ConversationId,
    comment: CommentId,
    text: String,
) -> Answer<WorkView> {
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
) -> Answer<WorkView> {
    console.set_comment_resolved(conversation, comment, resolved).await
}

/// Deletes a comment.
#[tauri::command]
#[specta::specta]
pub(crate) async fn delete_comment(
    console: Shared<'_>,
    conversation: ConversationId,
    comment: CommentId,
) -> Answer<WorkView> {
    console.delete_comment(conversation, comment).await
}
