//! How the web view draws where there is no graphics processor.
//!
//! WebKit draws through OpenGL even where only software answers to it, and that software first compiles each kind of shape:
//! a window's first frame took 100 ms longer so (a virtual machine of two cores, WebKitGTK 2.50). Told to, it draws shapes
//! and text by itself and leaves to OpenGL only putting the pieces together; and under the policy `Never` it uses none at
//! all. That is how the first frames come, but it cannot stay: a driver's picture of a window in which nothing moves never
//! comes then.

use std::path::Path;
use std::time::Duration;

use tauri::WebviewWindow;
use webkit2gtk::{HardwareAccelerationPolicy, SettingsExt, WebViewExt};

/// Where the kernel lists graphics devices.
const DEVICES: &str = "/dev/dri";
/// What WebKit's processes are told by: they take over this one's environment.
const DRAW_THEMSELVES: &str = "WEBKIT_SKIA_ENABLE_CPU_RENDERING";
/// By then the window has shown what it begins with.
const BEGUN: Duration = Duration::from_secs(2);

/// Has WebKit draw by itself where software would have to pretend to be a graphics processor. To be called before this
/// program has a second thread, as everything that changes its environment.
pub(crate) fn suit() {
    if !has_processor(Path::new(DEVICES)) {
        // Whoever has set it already knows better. Where it cannot be set the window only comes later.
        let _ = glib::setenv(DRAW_THEMSELVES, "1", false);
    }
}

/// Keeps OpenGL out of a new window's first frames where only software would answer to it.
pub(crate) fn begin_plainly(window: &WebviewWindow) -> tauri::Result<()> {
    if has_processor(Path::new(DEVICES)) {
        return Ok(());
    }
    window.with_webview(|view| {
        let view = view.inner();
        let Some(settings) = view.settings() else { return };
        let usual = settings.hardware_acceleration_policy();
        settings.set_hardware_acceleration_policy(HardwareAccelerationPolicy::Never);
        glib::timeout_add_local_once(BEGUN, move || settings.set_hardware_acceleration_policy(usual));
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
