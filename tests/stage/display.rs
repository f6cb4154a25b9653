//! A screen nobody sees.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use super::process::Process;

/// A running Xvfb.
#[derive(Debug)]
pub(crate) struct Display {
    _server: Process,
    name: String,
}

impl Display {
    pub(crate) fn start(logs: &Path) -> Result<Self> {
        let mut command = Command::new("Xvfb");
        // It takes the first free number and prints it on the file given, here standard output.
        command.args(["-displayfd", "1", "-screen", "0", "1920x1200x24", "-nolisten", "tcp", "-noreset"]);
        let (server, number) = Process::start_answering("xvfb", &mut command, logs)?;
        Ok(Self { _server: server, name: format!(":{number}") })
    }

    /// As in `:99`.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Saves what the screen shows.
    pub(crate) fn photograph(&self, file: &Path) -> Result<PathBuf> {
        let taken = Command::new("import").args(["-display", &self.name, "-window", "root"]).arg(file).status()?;
        if !taken.success() {
            bail!("the display could not be photographed");
        }
        Ok(file.to_path_buf())
    }
}
