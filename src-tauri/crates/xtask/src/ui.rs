//! Installs and builds the user interface when that is due.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::SystemTime;

use anyhow::{Context, Result};

use crate::project::Project;
use crate::shell;

/// What the built interface is made of, beside the packages.
const SOURCES: &[&str] = &["src", "index.html", "package.json", "svelte.config.js", "tsconfig.json", "vite.config.ts"];

/// Makes the packages those of the lock file.
pub fn install(project: &Project) -> Result<()> {
    let ui = project.ui();
    // A copy rather than a time: it also notices a lock file that was put back.
    let (lock, copy) = (ui.join("package-lock.json"), ui.join("node_modules/.earmark-package-lock.json"));
    let wanted = fs::read(&lock).context("ui/package-lock.json cannot be read")?;
    if fs::read(&copy).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    shell::succeed(npm(project).args(["ci", "--no-audit", "--no-fund"]))?;
    fs::write(&copy, wanted).context("ui/node_modules cannot be written")
}

/// Makes `ui/dist` newer than everything it is made of.
pub fn build(project: &Project) -> Result<()> {
    install(project)?;
    let ui = project.ui();
    let built = fs::metadata(ui.join("dist/index.html")).and_then(|file| file.modified()).ok();
    let changed =
        SOURCES.iter().map(|name| latest(&ui.join(name))).chain([latest(&ui.join("package-lock.json"))]).max();
    if built >= changed.flatten() && built.is_some() {
        return Ok(());
    }
    shell::succeed(npm(project).args(["run", "build"]))
}

/// npm in the interface's folder.
pub fn npm(project: &Project) -> Command {
    let mut npm = Command::new("npm");
    npm.current_dir(project.ui());
    npm
}

/// When the youngest file or folder below was changed; a folder is younger than what was removed from it.
fn latest(path: &Path) -> Option<SystemTime> {
    let own = fs::metadata(path).and_then(|file| file.modified()).ok();
    let below = fs::read_dir(path).into_iter().flatten().flatten().filter_map(|entry| latest(&entry.path()));
    below.chain(own).max()
}
