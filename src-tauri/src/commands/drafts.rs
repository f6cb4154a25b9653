use earmark_console::{ConversationId, DraftView};

use super::{Answer, Shared};

/// Keeps what is typed in a field; an empty text forgets it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn save_draft(console: Shared<'_>, draft: DraftView) -> Answer<()> {
    console.save_draft(draft).await
}

/// Everything that was typed in a conversation and not sent.
#[tauri::command]
#[specta::specta]
pub(crate) async fn read_drafts(console: Shared<'_>, conversation: ConversationId) -> Answer<Vec<DraftView>> {
    console.read_drafts(conversation).await
}

/// What was typed last and not sent, in any conversation.
#[tauri::command]
#[specta::specta]
pub(crate) async fn latest_draft(console: Shared<'_>) -> Answer<Option<DraftView>> {
    console.latest_draft().await
}
