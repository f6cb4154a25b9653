//! `cargo xtask run`: opens the console on the sample organization, or takes a picture of it.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, bail};
use clap::{Args, ValueEnum};

use crate::packages::Purpose;
use crate::project::Project;
use crate::system::{self, Missing};
use crate::{shell, tools, ui};

/// What `cargo xtask run` may be told.
#[derive(Args)]
pub struct Options {
    /// Runs without a display, and saves a picture of the three panes here (PNG).
    #[arg(long, value_name = "FILE")]
    screenshot: Option<PathBuf>,
    /// The picture's width and height in pixels.
    #[arg(long, value_name = "WxH", default_value = "1440x900", requires = "screenshot")]
    size: String,
    /// The picture's colours.
    #[arg(long, default_value = "light", requires = "screenshot")]
    theme: Theme,
    /// Handed to the console.
    #[arg(last = true)]
    arguments: Vec<String>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Theme {
    Light,
    Dark,
}

/// See the module.
pub fn run(options: &Options) -> Result<()> {
    let project = Project::find()?;
    let Some(file) = &options.screenshot else {
        return open(&project, options);
    };
    system::prepare(Purpose::Window)?;
    tools::tauri_driver(&project)?;
    ui::build(&project)?;
    let programs = ["--package", "earmark", "--package", "earmark-tests", "--bin", "earmark", "--bin", "picture"];
    shell::succeed(shell::cargo().arg("build").args(programs))?;
    let theme = match options.theme {
        Theme::Light => "light",
        Theme::Dark => "dark",
    };
    shell::succeed(
        Command::new(project.debug("picture"))
            .arg(file)
            .args(["--size", &options.size, "--theme", theme, "--"])
            .args(&options.arguments),
    )
}

fn open(project: &Project, options: &Options) -> Result<()> {
    let display =
        ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()));
    if !display && std::env::consts::OS == "linux" {
        bail!(Missing(
            "There is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set), so no window can open.\n\
             To see the console all the same, save a picture of it: cargo xtask run --screenshot earmark.png"
                .into()
        ));
    }
    system::prepare(Purpose::Build)?;
    ui::build(project)?;
    shell::succeed(shell::cargo().args(["build", "--package", "earmark", "--bin", "earmark"]))?;
    shell::succeed(Command::new(project.debug("earmark")).arg("--sample").args(&options.arguments))
}
