use earmark_console::{ClipView, PlayerView};
use earmark_console::{ConversationId, MessageId};
use tauri::ipc::Channel;

use super::{Answer, Shared};

/// Plays a message from a position on, in milliseconds.
#[tauri::command]
#[specta::specta]
pub(crate) async fn play_message(
    console: Shared<'_>,
    conversation: ConversationId,
    message: MessageId,
    from_ms: u32,
) -> Answer<ClipView> {
    console.play_message(conversation, message, from_ms).await
}

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

/// Jumps, in milliseconds of the message's own time.
#[tauri::command]
#[specta::specta]
pub(crate) fn seek(console: Shared<'_>, ms: u32) {
    console.seek(ms);
}

/// Tells this channel what the player does, and no longer the one before.
#[tauri::command]
#[specta::specta]
pub(crate) fn watch_player(console: Shared<'_>, channel: Channel<PlayerView>) {
    // A channel whose page is gone takes nothing; the next page watches anew.
    console.watch_player(Box::new(move |view| drop(channel.send(view))));
}
