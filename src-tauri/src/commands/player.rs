use earmark_console::{ConversationId, MessageId};
use earmark_console::{MarkerView, OutputView, PlayerView, SoundView};
use tauri::WebviewWindow;
use tauri::ipc::Channel;

use super::{Answer, Shared};
use crate::save_as::{self, Kind};

/// Opens a conversation to be heard and begins to fetch its recordings.
#[tauri::command]
#[specta::specta]
pub(crate) async fn open_sound(console: Shared<'_>, conversation: ConversationId) -> Answer<SoundView> {
    console.open_sound(conversation).await
}

/// A conversation's sound as it is now.
#[tauri::command]
#[specta::specta]
pub(crate) async fn read_sound(console: Shared<'_>, conversation: ConversationId) -> Answer<SoundView> {
    console.read_sound(conversation).await
}

/// The loudest sample, 0 to 255, of each of at most 4000 equal stretches of conversation time; 0 where nothing was read.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn draw_peaks(
    console: Shared<'_>,
    conversation: ConversationId,
    from_ms: u32,
    to_ms: u32,
    buckets: u32,
) -> Answer<Vec<u8>> {
    console.draw_peaks(&conversation, from_ms, to_ms, buckets)
}

/// Plays from `from_ms` of a message on, or of the whole conversation without a message.
#[tauri::command]
#[specta::specta]
pub(crate) async fn play_sound(
    console: Shared<'_>,
    conversation: ConversationId,
    message: Option<MessageId>,
    from_ms: u32,
) -> Answer<()> {
    console.play_sound(conversation, message, from_ms).await
}

/// What happened in a conversation, turn by turn, as far as it is known.
#[tauri::command]
#[specta::specta]
pub(crate) async fn read_markers(console: Shared<'_>, conversation: ConversationId) -> Answer<Vec<MarkerView>> {
    console.read_markers(conversation).await
}

// These are not async, so that they take effect in the order in which the window asked.

/// Pauses.
#[tauri::command]
#[specta::specta]
pub(crate) fn pause(console: Shared<'_>) {
    console.pause();
}

/// Resumes, or starts over after the end.
#[tauri::command]
#[specta::specta]
pub(crate) fn resume(console: Shared<'_>) {
    console.resume();
}

/// Jumps, in milliseconds of conversation time.
#[tauri::command]
#[specta::specta]
pub(crate) fn seek_sound(console: Shared<'_>, ms: u32) {
    console.seek_sound(ms);
}

/// The devices sound can go to.
#[tauri::command]
#[specta::specta]
pub(crate) async fn list_outputs(console: Shared<'_>) -> Answer<Vec<OutputView>> {
    Ok(console.list_outputs().await)
}

/// Asks where to, and writes a message's sound there, or the whole conversation's; answers where, or nothing when the
/// reviewer thought better of it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn export_sound(
    console: Shared<'_>,
    window: WebviewWindow,
    conversation: ConversationId,
    message: Option<MessageId>,
) -> Answer<Option<String>> {
    let kind = if message.is_some() { Kind::Message } else { Kind::Conversation };
    let Some(path) = save_as::ask(&window, kind).await? else { return Ok(None) };
    console.export_sound(conversation, message, path.clone()).await?;
    Ok(Some(path.display().to_string()))
}

/// Tells this channel what the player does, and no longer the one before.
#[tauri::command]
#[specta::specta]
pub(crate) fn watch_player(console: Shared<'_>, channel: Channel<PlayerView>) {
    // A channel whose page is gone takes nothing; the next page watches anew.
    console.watch_player(Box::new(move |view| drop(channel.send(view))));
}
