//! `cargo xtask bench`: measures the figures the project promises.
//!
//! The windows are the programs as they ship (release); what drives and times them lives with the tests.

use std::process::Command;

use anyhow::Result;
use clap::{Args, ValueEnum};

use crate::packages::Purpose;
use crate::project::Project;
use crate::{shell, system, tools, ui};

/// What `cargo xtask bench` may be told.
#[derive(Args)]
pub struct Options {
    /// What to measure; everything when left out.
    figures: Vec<Figure>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Figure {
    /// First list painted, against the first paint of a bare window.
    Startup,
    /// Key press to painted, for a conversation of 500 messages that was already read.
    Open,
    /// Frames and unfilled rows while a list of 100,000 rows scrolls.
    Scroll,
    /// Click to first sample, for a clip of 10 s.
    Click,
    /// Key press to durable and painted, while 1,000 edits wait.
    Edit,
    /// Key press to painted, for the next of twenty written and twenty spoken conversations within the server's limits.
    Next,
    /// A hundred spoken conversations read ahead of time, against the least the server's limits allow.
    Fill,
    /// The store: encrypted against plain, and a cached conversation of 10,000.
    Store,
    /// Body bytes to the domain, against plain structs.
    Parse,
    /// Hours of sound opened and heard in the window; scanned, against ffmpeg; speech at another speed, against rubberband.
    Audio,
}

/// See the module.
pub fn run(options: &Options) -> Result<()> {
    let all = [
        Figure::Startup,
        Figure::Open,
        Figure::Scroll,
        Figure::Click,
        Figure::Edit,
        Figure::Next,
        Figure::Fill,
        Figure::Store,
        Figure::Parse,
        Figure::Audio,
    ];
    let figures = if options.figures.is_empty() { &all[..] } else { &options.figures[..] };
    let project = Project::find()?;
    let windows: Vec<_> = figures.iter().flat_map(|figure| windows(*figure)).collect();
    system::prepare(if windows.is_empty() { Purpose::Build } else { Purpose::Window })?;
    if figures.contains(&Figure::Audio) {
        system::prepare(Purpose::Compare)?;
    }
    // One bound that is broken must not hide the other figures.
    let mut broken = Vec::new();
    if !windows.is_empty() {
        tools::tauri_driver(&project)?;
        ui::build(&project)?;
        // In one call and in release all of them: a slow sandbox would be measured along with the console.
        let programs = ["--package", "earmark", "--package", "earmark-tests", "--bin", "earmark", "--bin", "measure"];
        shell::succeed(shell::cargo().args(["build", "--release", "--example", "bare"]).args(programs))?;
        let measured = shell::succeed(
            Command::new(project.release("measure"))
                .args(&windows)
                .arg("--console")
                .arg(project.release("earmark"))
                .arg("--bare")
                .arg(project.release("examples/bare")),
        );
        broken.extend(measured.err());
    }
    if figures.contains(&Figure::Parse) {
        broken.extend(criterion("earmark-amigo", "parse").err());
    }
    if figures.contains(&Figure::Store) {
        broken.extend(criterion("earmark-store", "bulk_insert").err());
    }
    if figures.contains(&Figure::Audio) {
        shell::succeed(shell::cargo().args([
            "build",
            "--release",
            "--package",
            "earmark-tests",
            "--bin",
            "measure-sound",
        ]))?;
        broken.extend(shell::succeed(&mut Command::new(project.release("measure-sound"))).err());
    }
    broken.into_iter().next().map_or(Ok(()), Err)
}

fn criterion(package: &str, bench: &str) -> Result<()> {
    shell::succeed(shell::cargo().args(["bench", "--package", package, "--bench", bench]))
}

/// What is measured on a window for a figure.
fn windows(figure: Figure) -> &'static [&'static str] {
    match figure {
        Figure::Startup => &["startup"],
        Figure::Open => &["open"],
        Figure::Scroll => &["scroll"],
        Figure::Click => &["click"],
        Figure::Edit => &["edit"],
        Figure::Next => &["next"],
        Figure::Fill => &["fill"],
        Figure::Audio => &["hour", "three-hours", "cursor"],
        Figure::Parse | Figure::Store => &[],
    }
}
