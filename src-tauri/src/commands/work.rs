use earmark_console::{Choice, ConversationId, MessageId, OutboxView, ReviewStep, ShownIn, UndoneView, WorkView};
use tauri::WebviewWindow;
use tauri::ipc::Channel;

use super::{Answer, Shared};
use crate::save_as::{self, Kind};

/// A conversation's tags and comments as they are known here, without asking the server.
#[tauri::command]
#[specta::specta]
pub(crate) async fn read_work(console: Shared<'_>, conversation: ConversationId) -> Answer<WorkView> {
    console.read_work(conversation).await
}

/// Says how far a conversation's review is; nothing takes the state away.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_review(
    console: Shared<'_>,
    conversation: ConversationId,
    step: Option<ReviewStep>,
) -> Answer<WorkView> {
    console.set_review(conversation, step).await
}

/// Says in which place a conversation is shown from now on.
#[tauri::command]
#[specta::specta]
pub(crate) async fn show_in(console: Shared<'_>, conversation: ConversationId, place: ShownIn) -> Answer<()> {
    console.show_in(conversation, place)
}

/// Flags a message, or takes its flag away.
#[tauri::command]
#[specta::specta]
pub(crate) async fn flag_message(
    console: Shared<'_>,
    conversation: ConversationId,
    message: MessageId,
    is_set: bool,
) -> Answer<WorkView> {
    console.flag_message(conversation, message, is_set).await
}

/// Takes the reviewer's latest change back.
#[tauri::command]
#[specta::specta]
pub(crate) async fn undo(console: Shared<'_>) -> Answer<Option<UndoneView>> {
    console.undo().await
}

/// Makes the change again that was undone last.
#[tauri::command]
#[specta::specta]
pub(crate) async fn redo(console: Shared<'_>) -> Answer<Option<UndoneView>> {
    console.redo().await
}

/// Answers the card of a change.
#[tauri::command]
#[specta::specta]
pub(crate) async fn choose_side(console: Shared<'_>, change: String, choice: Choice) -> Answer<WorkView> {
    console.choose_side(change, choice).await
}

/// Tells this channel where the reviewer's changes are, now and whenever that changes, and no longer the one before.
#[tauri::command]
#[specta::specta]
pub(crate) async fn watch_outbox(console: Shared<'_>, channel: Channel<OutboxView>) -> Answer<()> {
    // A channel whose page is gone takes nothing; the next page watches anew.
    console.watch_outbox(Box::new(move |view| drop(channel.send(view)))).await
}

/// Asks where to, and writes the history of the reviewer's changes there; answers where, or nothing when the reviewer
/// thought better of it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn export_history(console: Shared<'_>, window: WebviewWindow) -> Answer<Option<String>> {
    let Some(path) = save_as::ask(&window, Kind::History).await? else { return Ok(None) };
    console.export_history(path.clone()).await?;
    Ok(Some(path.display().to_string()))
}

/// Forgets everything that can be fetched again; what the reviewer did stays.
#[tauri::command]
#[specta::specta]
pub(crate) async fn clear_cache(console: Shared<'_>) -> Answer<()> {
    console.clear_cache().await
}
