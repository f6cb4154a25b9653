use earmark_console::{Problem, ProblemCode};
use tauri::AppHandle;
use tauri::State;
use tauri::ipc::Channel;

use super::Answer;
use crate::menu::{Chosen, MenuGroup};

/// Puts a menu bar of these groups into the window; of none, takes it away.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_menu(app: AppHandle, groups: Vec<MenuGroup>) -> Answer<()> {
    crate::menu::set(&app, &groups)
        .map_err(|_| Problem::new(ProblemCode::Internal, "The menu bar could not be changed."))
}

/// Tells this channel the action of each item that is chosen in the menu bar, and no longer the one before.
#[tauri::command]
#[specta::specta]
pub(crate) async fn watch_menu(chosen: State<'_, Chosen>, channel: Channel<String>) -> Answer<()> {
    chosen.tell(channel);
    Ok(())
}
