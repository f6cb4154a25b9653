use earmark_console::{
    BeginningView, ConversationDetails, InsightView, KnownTag, OpenedConversation, ReadingView, TagView,
    TranscriptPage, WorkView,
};
use earmark_console::{ConversationId, InteractionId};

use super::{Answer, Shared};

/// Opens a conversation at its beginning.
#[tauri::command]
#[specta::specta]
pub(crate) async fn open_conversation(
    console: Shared<'_>,
    id: ConversationId,
    refresh: bool,
) -> Answer<OpenedConversation> {
    console.open_conversation(id, refresh).await
}

/// The messages of an opened conversation from a number on.
#[tauri::command]
#[specta::specta]
pub(crate) async fn read_transcript(console: Shared<'_>, id: ConversationId, from: u32) -> Answer<TranscriptPage> {
    console.read_transcript(id, from).await
}

/// The details with names in them.
#[tauri::command]
#[specta::specta]
pub(crate) async fn conversation_details(console: Shared<'_>, id: ConversationId) -> Answer<ConversationDetails> {
    console.conversation_details(id).await
}

/// One interaction's insight.
#[tauri::command]
#[specta::specta]
pub(crate) async fn read_insight(
    console: Shared<'_>,
    conversation: ConversationId,
    interaction: InteractionId,
    refresh: bool,
) -> Answer<InsightView> {
    console.read_insight(conversation, interaction, refresh).await
}

/// Sets and removes tags.
#[tauri::command]
#[specta::specta]
pub(crate) async fn edit_tags(
    console: Shared<'_>,
    conversation: ConversationId,
    set: Vec<TagView>,
    remove: Vec<String>,
) -> Answer<WorkView> {
    console.edit_tags(conversation, set, remove).await
}

/// Tags known from the conversations of this organization, for completion.
#[tauri::command]
#[specta::specta]
pub(crate) async fn known_tags(console: Shared<'_>) -> Answer<Vec<KnownTag>> {
    console.known_tags().await
}

/// Reads these ahead of time: they will be opened next, the likeliest first.
#[tauri::command]
#[specta::specta]
pub(crate) async fn look_ahead(console: Shared<'_>, following: Vec<ConversationId>) -> Answer<()> {
    console.look_ahead(following)
}

/// The beginning of one that will be opened next, as soon as it was read; nothing when another is asked for meanwhile.
#[tauri::command]
#[specta::specta]
pub(crate) async fn await_beginning(
    console: Shared<'_>,
    id: ConversationId,
    turn: Option<InteractionId>,
) -> Answer<Option<BeginningView>> {
    console.await_beginning(id, turn).await
}

/// How far that is, and what of the server's limits is used.
#[tauri::command]
#[specta::specta]
pub(crate) fn reading(console: Shared<'_>) -> Answer<ReadingView> {
    console.reading()
}

/// Somebody did something in the window.
#[tauri::command]
#[specta::specta]
pub(crate) fn somebody_is_there(console: Shared<'_>) {
    console.somebody_is_there();
}
