use earmark_console::{
    ConversationId, FeedbackAuthor, FeedbackChoice, FeedbackFilter, FeedbackPage, FeedbackRow, FeedbackView, FileForm,
    OpenComments, PageToken, ResolvePlan, Turn,
};
use tauri::WebviewWindow;
use tauri::ipc::Channel;

use super::{Answer, Shared};
use crate::save_as::{self, Kind};

/// Reads all comments in the background, and tells this channel how far that is, and no longer the one before.
#[tauri::command]
#[specta::specta]
pub(crate) async fn watch_feedback(console: Shared<'_>, channel: Channel<FeedbackView>) -> Answer<()> {
    // A channel whose page is gone takes nothing; the next page watches anew.
    console.watch_feedback(Box::new(move |view| drop(channel.send(view)))).await
}

/// How many comments there are, and how far they are read.
#[tauri::command]
#[specta::specta]
pub(crate) async fn read_feedback(console: Shared<'_>) -> Answer<FeedbackView> {
    console.read_feedback().await
}

/// Reads all comments again from the beginning.
#[tauri::command]
#[specta::specta]
pub(crate) async fn read_feedback_again(console: Shared<'_>) -> Answer<()> {
    console.read_feedback_again()
}

/// A page of the comments of all conversations.
#[tauri::command]
#[specta::specta]
pub(crate) async fn list_feedback(
    console: Shared<'_>,
    filter: FeedbackFilter,
    next: Option<PageToken>,
) -> Answer<FeedbackPage> {
    console.list_feedback(filter, next).await
}

/// The comments of these conversations as a list shows them.
#[tauri::command]
#[specta::specta]
pub(crate) async fn feedback_of(console: Shared<'_>, conversations: Vec<ConversationId>) -> Answer<Vec<FeedbackRow>> {
    console.feedback_of(conversations).await
}

/// How many comments are open in each of these conversations: only those where any is.
#[tauri::command]
#[specta::specta]
pub(crate) async fn open_comments(
    console: Shared<'_>,
    conversations: Vec<ConversationId>,
) -> Answer<Vec<OpenComments>> {
    console.open_comments(conversations).await
}

/// How many comments the reviewer resolved here since a time.
#[tauri::command]
#[specta::specta]
pub(crate) async fn count_resolved(console: Shared<'_>, since: String) -> Answer<u32> {
    console.count_resolved(since).await
}

/// Everybody who wrote comments.
#[tauri::command]
#[specta::specta]
pub(crate) async fn feedback_authors(console: Shared<'_>) -> Answer<Vec<FeedbackAuthor>> {
    console.feedback_authors().await
}

/// Tells which turns will be opened next.
#[tauri::command]
#[specta::specta]
pub(crate) async fn look_ahead_at(console: Shared<'_>, following: Vec<Turn>) -> Answer<()> {
    console.look_ahead_at(following)
}

/// What resolving these comments would do.
#[tauri::command]
#[specta::specta]
pub(crate) async fn plan_resolve(console: Shared<'_>, choice: FeedbackChoice) -> Answer<ResolvePlan> {
    console.plan_resolve(choice).await
}

/// Resolves these comments.
#[tauri::command]
#[specta::specta]
pub(crate) async fn resolve_all(console: Shared<'_>, choice: FeedbackChoice) -> Answer<ResolvePlan> {
    console.resolve_all(choice).await
}

/// Asks where to, and writes these comments there; answers how many, or nothing when the reviewer thought better of it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn export_feedback(
    console: Shared<'_>,
    window: WebviewWindow,
    choice: FeedbackChoice,
    form: FileForm,
) -> Answer<Option<u32>> {
    let Some(path) = save_as::ask(&window, Kind::Comments(form)).await? else { return Ok(None) };
    console.export_feedback(choice, form, path).await.map(Some)
}
