//! The menu bar: what it says comes from the window, and what is chosen in it is told to the window, which does it.
//!
//! Items carry their keys as text only: the window takes the keys itself, and would act twice.

use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use specta::Type;
use tauri::ipc::Channel;
use tauri::menu::{Menu, MenuBuilder, MenuEvent, MenuItemBuilder, Submenu, SubmenuBuilder};
use tauri::{AppHandle, Manager, Wry};

/// One menu of the bar.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MenuGroup {
    label: String,
    items: Vec<MenuEntry>,
}

/// One item of a menu.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MenuEntry {
    /// The action, as the window names it.
    action: String,
    label: String,
    /// Its key, as it is shown beside what it does; absent when it has none.
    keys: Option<String>,
}

/// Who hears what is chosen.
#[derive(Default)]
pub(crate) struct Chosen(Mutex<Option<Channel<String>>>);

impl Chosen {
    /// Tells this channel from now on.
    pub(crate) fn tell(&self, channel: Channel<String>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(channel);
    }
}

/// An item was chosen.
pub(crate) fn chosen(app: &AppHandle, event: MenuEvent) {
    let chosen = app.state::<Chosen>();
    let told = chosen.0.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(channel) = told.as_ref() {
        // A channel whose page is gone takes nothing; the next page watches anew.
        drop(channel.send(event.id.0));
    }
}

/// Puts a menu bar of these groups into the window; of none, takes it away.
pub(crate) fn set(app: &AppHandle, groups: &[MenuGroup]) -> tauri::Result<()> {
    if groups.is_empty() {
        app.remove_menu()?;
        return Ok(());
    }
    app.set_menu(bar(app, groups)?)?;
    Ok(())
}

fn bar(app: &AppHandle, groups: &[MenuGroup]) -> tauri::Result<Menu<Wry>> {
    let mut bar = MenuBuilder::new(app);
    // On macOS the first menu is the program's own, and copying and the window's size work by the menu alone.
    if cfg!(target_os = "macos") {
        bar = bar.item(&program(app)?).item(&edit(app)?);
    }
    for group in groups {
        bar = bar.item(&menu(app, group)?);
    }
    if cfg!(target_os = "macos") {
        bar = bar.item(&window(app)?);
    }
    bar.build()
}

fn menu(app: &AppHandle, group: &MenuGroup) -> tauri::Result<Submenu<Wry>> {
    let mut menu = SubmenuBuilder::new(app, literal(&group.label));
    for entry in &group.items {
        menu = menu.item(&MenuItemBuilder::with_id(&entry.action, words(entry)).build(app)?);
    }
    menu.build()
}

/// Label and key, as one text.
fn words(entry: &MenuEntry) -> String {
    let label = literal(&entry.label);
    match &entry.keys {
        // Windows draws what follows a tab at the right edge, as it does accelerators.
        Some(keys) if cfg!(windows) => format!("{label}\t{}", literal(keys)),
        Some(keys) => format!("{label}  ({})", literal(keys)),
        None => label,
    }
}

/// A text in which no `&` underlines a letter.
fn literal(text: &str) -> String {
    text.replace('&', "&&")
}

fn program(app: &AppHandle) -> tauri::Result<Submenu<Wry>> {
    SubmenuBuilder::new(app, "Earmark")
        .about(None)
        .separator()
        .services()
        .separator()
        .hide()
        .hide_others()
        .show_all()
        .separator()
        .quit()
        .build()
}

/// Undoing is the window's own: it is not about text alone.
fn edit(app: &AppHandle) -> tauri::Result<Submenu<Wry>> {
    SubmenuBuilder::new(app, "Edit").cut().copy().paste().select_all().build()
}

fn window(app: &AppHandle) -> tauri::Result<Submenu<Wry>> {
    SubmenuBuilder::new(app, "Window").minimize().maximize().fullscreen().separator().close_window().build()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(label: &str, keys: Option<&str>) -> MenuEntry {
        MenuEntry { action: "an-action".into(), label: label.into(), keys: keys.map(Into::into) }
    }

    #[test]
    fn the_key_is_text_beside_the_label() {
        let said = words(&entry("Next turn", Some("J")));
        assert!(said.starts_with("Next turn") && said.contains('J'), "{said:?}");
        assert_eq!(words(&entry("Export history", None)), "Export history");
        assert_eq!(words(&entry("Q & A", None)), "Q && A", "or the space would be underlined");
    }
}
