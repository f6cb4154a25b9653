//! The reviewer's preferences in the settings file.

use std::sync::Arc;

use earmark_console::Settings;
use tauri::{AppHandle, Wry};
use tauri_plugin_store::{Store, StoreExt};

const FILE: &str = "settings.json";
const KEY: &str = "settings";

/// The settings file.
pub(crate) struct Saved(Arc<Store<Wry>>);

impl Saved {
    /// Opens the file; one that cannot be read counts as empty.
    pub(crate) fn open(app: &AppHandle) -> Result<Self, tauri_plugin_store::Error> {
        Ok(Self(app.store(FILE)?))
    }

    /// The settings; what is missing or out of range is as at first.
    pub(crate) fn read(&self) -> Settings {
        self.0.get(KEY).map(Settings::from_untrusted).unwrap_or_default()
    }

    /// Keeps valid settings and answers them.
    pub(crate) fn write(&self, settings: Settings) -> Result<Settings, tauri_plugin_store::Error> {
        let settings = settings.valid();
        self.0.set(KEY, serde_json::to_value(&settings).unwrap_or_default());
        self.0.save()?;
        Ok(settings)
    }
}
