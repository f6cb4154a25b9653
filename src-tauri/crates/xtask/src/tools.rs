//! Programs that are built from the package registry and installed for this project alone.

use anyhow::Result;

use crate::project::Project;
use crate::shell;

/// The version of `tauri-driver` the tests were written against.
const TAURI_DRIVER: &str = "2.0.6";

/// Installs `tauri-driver` unless this version is there.
pub fn tauri_driver(project: &Project) -> Result<()> {
    let tools = project.tools();
    let installed = std::fs::read_to_string(tools.join(".crates.toml")).unwrap_or_default();
    if installed.contains(&format!("\"tauri-driver {TAURI_DRIVER} ")) && tools.join("bin/tauri-driver").is_file() {
        return Ok(());
    }
    println!("Installing tauri-driver {TAURI_DRIVER} for this project");
    shell::succeed(
        shell::cargo().args(["install", "tauri-driver", "--locked", "--version", TAURI_DRIVER, "--root"]).arg(tools),
    )
}
