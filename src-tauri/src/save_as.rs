//! Asking the reviewer where a file goes.

use std::path::PathBuf;

use earmark_console::{FileForm, Problem, ProblemCode};
use tauri::WebviewWindow;
use tauri_plugin_dialog::DialogExt;
use tokio::sync::oneshot;

/// What is to be written.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    /// The sound of one message.
    Message,
    /// A conversation's sound.
    Conversation,
    /// The history of the reviewer's changes.
    History,
    /// Comments.
    Comments(FileForm),
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Message => "message.wav",
            Self::Conversation => "conversation.wav",
            Self::History => "history.jsonl",
            Self::Comments(FileForm::Csv) => "comments.csv",
            Self::Comments(FileForm::Jsonl) => "comments.jsonl",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Message | Self::Conversation => "Save sound as",
            Self::History => "Save history as",
            Self::Comments(_) => "Save comments as",
        }
    }

    fn filter(self) -> (&'static str, &'static str) {
        match self {
            Self::Message | Self::Conversation => ("WAV", "wav"),
            Self::History | Self::Comments(FileForm::Jsonl) => ("JSON Lines", "jsonl"),
            Self::Comments(FileForm::Csv) => ("CSV", "csv"),
        }
    }
}

/// Where something is to be written, by the system's own dialog; nothing when it was closed without an answer.
///
/// # Errors
/// The answer is no path on this computer.
pub(crate) async fn ask(window: &WebviewWindow, kind: Kind) -> Result<Option<PathBuf>, Problem> {
    let (answer, answered) = oneshot::channel();
    let dialog = window.dialog().file().set_parent(window).set_title(kind.title()).set_file_name(kind.name());
    let (name, ending) = kind.filter();
    dialog.add_filter(name, &[ending]).save_file(move |chosen| drop(answer.send(chosen)));
    match answered.await.ok().flatten() {
        None => Ok(None),
        Some(chosen) => chosen
            .into_path()
            .map(Some)
            .map_err(|_| Problem::new(ProblemCode::BadInput, "A file can only be saved in a folder of this computer.")),
    }
}
