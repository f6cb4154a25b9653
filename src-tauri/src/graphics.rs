//! How the web view draws where there is no graphics processor.
//!
//! WebKit draws through OpenGL even where only software answers to it: its buffers and the compiled shapes take a third of
//! the program's memory then, and no key is answered sooner by it (a virtual machine of two cores, WebKitGTK 2.50: `cargo
//! xtask bench memory frames keys`). Under the policy `Never` it draws by itself.

use std::path::Path;

use tauri::WebviewWindow;
use webkit2gtk::{HardwareAccelerationPolicy, SettingsExt, WebViewExt};

/// Where the kernel lists graphics devices.
const DEVICES: &str = "/dev/dri";

/// Keeps OpenGL out of a window where only software would answer to it.
pub(crate) fn suit(window: &WebviewWindow) -> tauri::Result<()> {
    if has_processor(Path::new(DEVICES)) {
        return Ok(());
    }
    window.with_webview(|view| {
        if let Some(settings) = view.inner().settings() {
            settings.set_hardware_acceleration_policy(HardwareAccelerationPolicy::Never);
        }
    })
}

/// Whether one of the devices can draw: `card` devices alone only show what is drawn.
fn has_processor(devices: &Path) -> bool {
    let Ok(entries) = devices.read_dir() else { return false };
    entries.flatten().any(|entry| entry.file_name().to_string_lossy().starts_with("renderD"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn only_a_device_that_draws_is_a_processor() {
        let folder = tempfile::tempdir().unwrap();
        let devices = folder.path().join("dri");
        assert!(!has_processor(&devices), "no folder at all");
        std::fs::create_dir(&devices).unwrap();
        std::fs::write(devices.join("card0"), "").unwrap();
        assert!(!has_processor(&devices), "a screen alone");
        std::fs::write(devices.join("renderD128"), "").unwrap();
        assert!(has_processor(&devices));
    }
}
