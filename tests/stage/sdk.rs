//! The official SDK, to judge the sandbox and to be measured against.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use super::target_dir;

/// A Python with the SDK, installed under the target folder as `tests/conformance/requirements.txt` says; made when there is
/// none for these requirements yet.
///
/// # Errors
/// There is no Python 3.11 or newer, or the SDK cannot be installed.
pub fn python_with_sdk() -> Result<PathBuf> {
    let is_new_enough = "import sys; sys.exit(sys.version_info < (3, 11))";
    let found = Command::new("python3").args(["-c", is_new_enough]).status();
    ensure!(found.is_ok_and(|status| status.success()), "the SDK needs python3, version 3.11 or newer");

    let requirements = Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance/requirements.txt");
    let wanted = std::fs::read_to_string(&requirements)?;
    let environment = target_dir()?.join("tmp/conformance");
    let python = environment.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    let installed = environment.join("installed.txt");
    if std::fs::read_to_string(&installed).is_ok_and(|installed| installed == wanted) {
        return Ok(python);
    }
    std::fs::create_dir_all(&environment)?;
    run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&environment))
        .context("Debian and Ubuntu keep it in the package python3-venv")?;
    run(Command::new(&python).args(["-m", "pip", "install", "--disable-pip-version-check", "-r"]).arg(requirements))?;
    std::fs::write(&installed, wanted)?;
    Ok(python)
}

fn run(command: &mut Command) -> Result<()> {
    let output = command.stdin(Stdio::null()).output().with_context(|| format!("cannot run {command:?}"))?;
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    ensure!(output.status.success(), "{command:?} failed:\n{said}");
    Ok(())
}
