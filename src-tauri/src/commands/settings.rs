use earmark_console::{Problem, ProblemCode, Settings};
use tauri::State;

use super::{Answer, Shared};
use crate::settings::Saved;

/// The settings.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn read_settings(saved: State<'_, Saved>) -> Settings {
    saved.read()
}

/// Changes the settings, which take effect at once.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn change_settings(console: Shared<'_>, saved: State<'_, Saved>, settings: Settings) -> Answer<Settings> {
    let settings = settings.valid();
    console.follow(&settings);
    saved.write(settings).map_err(|_| Problem::new(ProblemCode::Internal, "The settings could not be saved."))
}

/// Opens a link outside, if it is one that may lead outside.
#[tauri::command(async)]
#[specta::specta]
pub(crate) fn open_link(url: String) -> Answer<()> {
    let allowed = earmark_console::link_outside(&url)?;
    crate::outside::open(&allowed)
        .map_err(|_| Problem::new(ProblemCode::Internal, "No program on this computer opens this link."))
}
