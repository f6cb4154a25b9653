//! How the web view draws its first frames where there is no graphics processor.
//!
//! WebKit draws through OpenGL even where only software answers to it, and that software first compiles each kind of shape:
//! a window's first frame took 100 ms longer so (a virtual machine of two cores, WebKitGTK 2.50). Without OpenGL the first
//! list is there sooner. Later the usual way is taken again: under the policy `Never` a driver's picture of a window in
//! which nothing moves does not come.

use std::path::Path;
use std::thread;
use std::time::Duration;

use tauri::WebviewWindow;
use webkit2gtk::{HardwareAccelerationPolicy, SettingsExt, WebViewExt};

/// Where the kernel lists graphics devices.
const DEVICES: &str = "/dev/dri";
/// By now the window has shown what it begins with.
const BEGUN: Duration = Duration::from_secs(2);

/// Keeps OpenGL out of the first frames where software would have to pretend to be a graphics processor.
pub(crate) fn suit(window: &WebviewWindow) -> tauri::Result<()> {
    if has_processor(Path::new(DEVICES)) {
        return Ok(());
    }
    let later = window.clone();
    window.with_webview(move |view| {
        let Some(settings) = view.inner().settings() else { return };
        let usual = settings.hardware_acceleration_policy();
        settings.set_hardware_acceleration_policy(HardwareAccelerationPolicy::Never);
        thread::spawn(move || {
            thread::sleep(BEGUN);
            // A window that is gone draws no more.
            let _ = later.with_webview(move |view| {
                if let Some(settings) = view.inner().settings() {
                    settings.set_hardware_acceleration_policy(usual);
                }
            });
        });
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
