//! `--data-dir`: a folder of its own for everything the program writes, and with it an instance of its own.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use tauri::utils::config::AppDirectoriesOverride;
use tauri::{Context, Wry};

/// Points every folder of the program there: settings, window state, log, the web view's data.
///
/// A second start is recognized by the identifier, so the folder is made part of it.
pub(crate) fn use_folder(given: &Path, context: &mut Context<Wry>) -> Result<(), String> {
    let folder = prepare(given).map_err(|cause| format!("The data folder cannot be used: {}.", cause.kind()))?;
    let mut hasher = DefaultHasher::new();
    folder.hash(&mut hasher);
    let config = context.config_mut();
    config.identifier = format!("{}.d{:016x}", config.identifier, hasher.finish());
    config.app.app_directories_override = Some(AppDirectoriesOverride::Root(folder));
    Ok(())
}

fn prepare(given: &Path) -> std::io::Result<PathBuf> {
    std::fs::create_dir_all(given)?;
    given.canonicalize()
}
