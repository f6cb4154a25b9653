//! Asking the reviewer where a file goes.

use std::path::PathBuf;

use earmark_console::{Problem, ProblemCode};
use tauri::WebviewWindow;
use tauri_plugin_dialog::DialogExt;
use tokio::sync::oneshot;

/// Where sound is to be written, by the system's own dialog; nothing when it was closed without an answer.
///
/// # Errors
/// The answer is no path on this computer.
pub(crate) async fn ask(window: &WebviewWindow, one_message: bool) -> Result<Option<PathBuf>, Problem> {
    let name = if one_message { "message.wav" } else { "conversation.wav" };
    let (answer, answered) = oneshot::channel();
    let dialog = window.dialog().file().set_parent(window).set_title("Save sound as").set_file_name(name);
    dialog.add_filter("WAV", &["wav"]).save_file(move |chosen| drop(answer.send(chosen)));
    match answered.await.ok().flatten() {
        None => Ok(None),
        Some(chosen) => chosen
            .into_path()
            .map(Some)
            .map_err(|_| Problem::new(ProblemCode::BadInput, "Sound can only be saved in a folder of this computer.")),
    }
}
