use earmark_console::UserId;
use earmark_console::{ConversationFilter, ConversationPage, FoundView, PageToken, PersonView, ServiceView, WaitView};

use super::{Answer, Shared};

/// One page of the list, newest first.
#[tauri::command]
#[specta::specta]
pub(crate) async fn list_conversations(
    console: Shared<'_>,
    filter: ConversationFilter,
    next: Option<PageToken>,
) -> Answer<ConversationPage> {
    console.list_conversations(filter, next).await
}

/// Names for at most 100 people.
#[tauri::command]
#[specta::specta]
pub(crate) async fn name_people(console: Shared<'_>, ids: Vec<UserId>) -> Answer<Vec<PersonView>> {
    console.name_people(ids).await
}

/// All services by name.
#[tauri::command]
#[specta::specta]
pub(crate) async fn list_services(console: Shared<'_>) -> Answer<Vec<ServiceView>> {
    console.list_services().await
}

/// People whose name matches.
#[tauri::command]
#[specta::specta]
pub(crate) async fn search_people(console: Shared<'_>, text: String) -> Answer<Vec<PersonView>> {
    console.search_people(&text).await
}

/// What the id of a conversation, an interaction or a message belongs to.
#[tauri::command]
#[specta::specta]
pub(crate) async fn find_id(console: Shared<'_>, id: String) -> Answer<FoundView> {
    console.find_id(&id).await
}

/// What is waited for because of the server's limits.
#[tauri::command]
#[specta::specta]
pub(crate) async fn wait_times(console: Shared<'_>) -> Answer<Vec<WaitView>> {
    console.wait_times().await
}
