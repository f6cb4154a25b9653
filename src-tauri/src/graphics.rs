//! How the web view draws where there is no graphics processor.
//!
//! WebKit draws shapes and text through OpenGL even where only software answers to it, and that software first compiles each
//! kind of shape: a window's first frame took 100 ms longer so (a virtual machine of two cores, WebKitGTK 2.50).
//! Told to, it draws them itself. (`HardwareAccelerationPolicy::Never` does so as well, but then a driver's picture of a
//! window in which nothing moves never comes.)

use std::path::Path;

use crate::start;

/// Where the kernel lists graphics devices.
const DEVICES: &str = "/dev/dri";
/// What WebKit's processes are told by.
const DRAW_THEMSELVES: &str = "WEBKIT_SKIA_ENABLE_CPU_RENDERING";

/// Where software would have to pretend to be a graphics processor: puts a start of the program in this one's place that has
/// WebKit draw by itself. Comes back where nothing is to be done, or nothing can be.
pub(crate) fn suit() {
    if std::env::var_os(DRAW_THEMSELVES).is_none() && !has_processor(Path::new(DEVICES)) {
        // WebKit's processes see what this one was started with; to change it later is not safe.
        let _ = start::instead(|program| program.env(DRAW_THEMSELVES, "1"));
    }
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
