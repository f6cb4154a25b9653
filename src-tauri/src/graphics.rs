//! How the web view draws where there is no graphics processor.
//!
//! WebKit draws through OpenGL even where only software answers to it: its buffers and the compiled shapes take a third of
//! the program's memory then, and no key is answered sooner by it (a virtual machine of two cores, WebKitGTK 2.50: `cargo
//! xtask bench memory frames keys`). Told by its environment it draws by itself. The policy `Never` of a window's settings
//! is no way to tell it: the wheel is dead then.

use std::path::Path;

/// Where the kernel lists graphics devices.
const DEVICES: &str = "/dev/dri";
/// What WebKit's processes are told by: they take over this one's environment.
const WITHOUT_OPENGL: &str = "WEBKIT_DISABLE_COMPOSITING_MODE";

/// Has WebKit draw by itself where software would have to pretend to be a graphics processor. To be called before this
/// program has a second thread, as everything that changes its environment.
pub(crate) fn suit() {
    if !has_processor(Path::new(DEVICES)) {
        // Whoever has set it already knows better. Where it cannot be set the window only takes more memory.
        let _ = glib::setenv(WITHOUT_OPENGL, "1", false);
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
