//! Where things lie in this project.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::shell;

/// The part of `cargo metadata` that is needed here.
#[derive(Deserialize)]
pub struct Project {
    /// The folder of the root `Cargo.toml`.
    #[serde(rename = "workspace_root")]
    pub root: PathBuf,
    #[serde(rename = "target_directory")]
    target: PathBuf,
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    targets: Vec<Target>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
}

impl Project {
    /// Asks Cargo.
    pub fn find() -> Result<Self> {
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
        let arguments = ["metadata", "--no-deps", "--format-version", "1", "--manifest-path"];
        let answer = shell::output(shell::cargo().args(arguments).arg(manifest))?;
        serde_json::from_str(&answer).context("`cargo metadata` answered something unexpected")
    }

    /// The folder of the user interface.
    pub fn ui(&self) -> PathBuf {
        self.root.join("ui")
    }

    /// A program that was built without optimization.
    pub fn debug(&self, program: &str) -> PathBuf {
        self.target.join("debug").join(program)
    }

    /// A program that was built as it ships.
    pub fn release(&self, program: &str) -> PathBuf {
        self.target.join("release").join(program)
    }

    /// Programs that are installed for this project alone.
    pub fn tools(&self) -> PathBuf {
        self.target.join("tools")
    }

    /// Every file of integration tests in the workspace, by name and without repetition.
    pub fn test_targets(&self) -> Vec<&str> {
        let targets = self.packages.iter().flat_map(|package| &package.targets);
        let mut names: Vec<_> =
            targets.filter(|target| target.kind == ["test"]).map(|target| target.name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}
