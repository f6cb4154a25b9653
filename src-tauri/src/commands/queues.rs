use earmark_console::{
    BulkPlan, ConversationId, Narrowing, QueueForm, QueueItemView, QueuePlan, QueueView, SavedView, TagView,
};

use super::{Answer, Shared};

/// The views that were saved.
#[tauri::command]
#[specta::specta]
pub(crate) async fn list_views(console: Shared<'_>) -> Answer<Vec<SavedView>> {
    console.list_views().await
}

/// Saves what the list is narrowed by under a name.
#[tauri::command]
#[specta::specta]
pub(crate) async fn save_view(console: Shared<'_>, name: String, narrowing: Narrowing) -> Answer<SavedView> {
    console.save_view(name, narrowing).await
}

/// Gives a view another name.
#[tauri::command]
#[specta::specta]
pub(crate) async fn rename_view(console: Shared<'_>, id: u32, name: String) -> Answer<()> {
    console.rename_view(id, name).await
}

/// Deletes a view, or takes that back.
#[tauri::command]
#[specta::specta]
pub(crate) async fn delete_view(console: Shared<'_>, id: u32, is_deleted: bool) -> Answer<()> {
    console.delete_view(id, is_deleted).await
}

/// The queues that were made.
#[tauri::command]
#[specta::specta]
pub(crate) async fn list_queues(console: Shared<'_>) -> Answer<Vec<QueueView>> {
    console.list_queues().await
}

/// What would be in a queue.
#[tauri::command]
#[specta::specta]
pub(crate) async fn plan_queue(console: Shared<'_>, form: QueueForm) -> Answer<QueuePlan> {
    console.plan_queue(form).await
}

/// No queue is planned any more.
#[tauri::command]
#[specta::specta]
pub(crate) async fn leave_plan(console: Shared<'_>) -> Answer<()> {
    console.leave_plan().await
}

/// Makes a queue.
#[tauri::command]
#[specta::specta]
pub(crate) async fn make_queue(console: Shared<'_>, name: String, form: QueueForm) -> Answer<QueueView> {
    console.make_queue(name, form).await
}

/// The conversations of a queue, in order.
#[tauri::command]
#[specta::specta]
pub(crate) async fn read_queue(console: Shared<'_>, id: u32) -> Answer<Vec<QueueItemView>> {
    console.read_queue(id).await
}

/// Gives a queue another name.
#[tauri::command]
#[specta::specta]
pub(crate) async fn rename_queue(console: Shared<'_>, id: u32, name: String) -> Answer<()> {
    console.rename_queue(id, name).await
}

/// Deletes a queue, or takes that back.
#[tauri::command]
#[specta::specta]
pub(crate) async fn delete_queue(console: Shared<'_>, id: u32, is_deleted: bool) -> Answer<()> {
    console.delete_queue(id, is_deleted).await
}

/// The conversations in which something is typed and not sent.
#[tauri::command]
#[specta::specta]
pub(crate) async fn drafted_conversations(console: Shared<'_>) -> Answer<Vec<ConversationId>> {
    console.drafted_conversations().await
}

/// What an edit of the tags of many conversations would do.
#[tauri::command]
#[specta::specta]
pub(crate) async fn plan_bulk_tags(
    console: Shared<'_>,
    conversations: Vec<ConversationId>,
    set: Vec<TagView>,
    remove: Vec<String>,
) -> Answer<BulkPlan> {
    console.plan_bulk_tags(conversations, set, remove).await
}

/// Edits the tags of many conversations at once.
#[tauri::command]
#[specta::specta]
pub(crate) async fn bulk_tags(
    console: Shared<'_>,
    conversations: Vec<ConversationId>,
    set: Vec<TagView>,
    remove: Vec<String>,
) -> Answer<BulkPlan> {
    console.bulk_tags(conversations, set, remove).await
}
