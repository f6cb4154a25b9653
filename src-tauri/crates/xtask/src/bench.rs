//! `cargo xtask bench`: measures the figures the project promises.
//!
//! The programs are those that ship (release); what drives and times them lives with the tests and prints each figure as a
//! line of JSON.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};

use crate::figures::{self, Known};
use crate::packages::Purpose;
use crate::project::Project;
use crate::{shell, system, tools, ui};

/// What `cargo xtask bench` may be told.
#[derive(Args)]
pub struct Options {
    /// What to measure; everything but the cursor when left out.
    figures: Vec<Figure>,
    /// Fails when a ratio is worse than the known one by more than a quarter.
    #[arg(long, conflicts_with = "keep")]
    check: bool,
    /// Makes what is measured the known ratios.
    #[arg(long)]
    keep: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Figure {
    /// First list painted, against the first paint of a bare window.
    Startup,
    /// Key press to painted for a reviewer at work, within the server's limits.
    Next,
    /// Key press to painted for what is pressed all day.
    Keys,
    /// Frames and unfilled rows while a long list and a long transcript scroll; opening one that was read.
    Frames,
    /// The list of ten thousand comments opened and filtered.
    Feedback,
    /// Of the program and all it starts, against the bare window.
    Memory,
    /// CPU of the client, against plain requests, `serde_json` and the official SDK.
    Client,
    /// Reading a hundred conversations ahead of time, against the least the server's limits allow.
    Fill,
    /// The store, encrypted against plain; an edit on the disk and painted while 1,000 wait.
    Store,
    /// Hours of sound opened, heard and scanned, against ffmpeg; speech at another speed, against rubberband.
    Audio,
    /// Of the program and its package.
    Size,
    /// How far the cursor is off the sound after ten minutes, which it takes.
    Cursor,
}

const ALL: [Figure; 11] = [
    Figure::Startup,
    Figure::Next,
    Figure::Keys,
    Figure::Frames,
    Figure::Feedback,
    Figure::Memory,
    Figure::Client,
    Figure::Fill,
    Figure::Store,
    Figure::Audio,
    Figure::Size,
];

/// See the module.
pub fn run(options: &Options) -> Result<()> {
    let wanted = if options.figures.is_empty() { &ALL[..] } else { &options.figures[..] };
    let has = |figure| wanted.contains(&figure);
    let project = Project::find()?;
    let windows: Vec<_> = wanted.iter().flat_map(|figure| windows(*figure)).copied().collect();
    let on_stage = !windows.is_empty() || has(Figure::Fill);
    system::prepare(if on_stage || has(Figure::Client) { Purpose::Test } else { Purpose::Build })?;
    if has(Figure::Audio) {
        system::prepare(Purpose::Compare)?;
    }
    build(&project)?;

    let mut run = Run { figures: Vec::new(), broken: Vec::new() };
    let on_windows = |measured: &[&str]| {
        let mut measure = Command::new(project.release("measure"));
        measure.args(measured).arg("--console").arg(project.release("earmark"));
        measure.arg("--bare").arg(project.release("examples/bare"));
        measure
    };
    if on_stage {
        tools::tauri_driver(&project)?;
    }
    if !windows.is_empty() {
        run.measure(on_windows(&windows))?;
    }
    // It waits for the server's limits most of the time, and what follows counts CPU time or compares in one run.
    let filling = has(Figure::Fill).then(|| begin(on_windows(&["fill"]))).transpose()?;
    if has(Figure::Client) {
        run.criterion(&["--package", "earmark-amigo", "--bench", "parse"])?;
        run.measure(Command::new(project.release("measure-client")))?;
    }
    if has(Figure::Store) {
        run.criterion(&["--package", "earmark-store", "--features", "plain", "--bench", "bulk_insert"])?;
    }
    if has(Figure::Audio) {
        run.measure(Command::new(project.release("measure-sound")))?;
    }
    if let Some(filling) = filling {
        run.take(filling)?;
    }
    // The package is made of the program itself, which nothing may run meanwhile.
    if has(Figure::Size) {
        match size(&project) {
            Ok(figures) => run.figures.extend(figures),
            Err(error) => run.broken.push(format!("the size was not measured: {error:#}")),
        }
    }
    figures::print(&run.figures)?;
    let known = Known::of(&project);
    if options.keep {
        known.keep(&run.figures)?;
    }
    if options.check {
        known.check(&run.figures)?;
    }
    if !run.broken.is_empty() {
        bail!("{}", run.broken.join("; "));
    }
    Ok(())
}

/// Builds the interface and then, in one call and in release, all programs: a slow sandbox would be measured along.
fn build(project: &Project) -> Result<()> {
    ui::build(project)?;
    let packages = ["--package", "earmark", "--package", "earmark-tests", "--bin", "earmark"];
    let measuring = ["--bin", "measure", "--bin", "measure-client", "--bin", "measure-sound"];
    shell::succeed(shell::cargo().args(["build", "--release", "--example", "bare"]).args(packages).args(measuring))
}

/// What was measured, and what broke a bound: one that is broken must not hide the other figures.
struct Run {
    figures: Vec<figures::Figure>,
    broken: Vec<String>,
}

impl Run {
    /// Has a program measure.
    fn measure(&mut self, program: Command) -> Result<()> {
        self.take(begin(program)?)
    }

    /// Takes what a program measures until it ends; whatever it prints beside figures is shown.
    fn take(&mut self, Measuring { line, mut running }: Measuring) -> Result<()> {
        for said in BufReader::new(running.stdout.take().context("standard output is piped")?).lines() {
            let said = said?;
            match serde_json::from_str(&said) {
                Ok(figure) => self.figures.push(figure),
                Err(_) => println!("{said}"),
            }
        }
        let status = running.wait()?;
        if !status.success() {
            self.broken.push(format!("`{line}` failed ({status})"));
        }
        Ok(())
    }

    fn criterion(&mut self, bench: &[&str]) -> Result<()> {
        let mut criterion = shell::cargo();
        criterion.arg("bench").args(bench);
        self.measure(criterion)
    }
}

/// A program that measures.
struct Measuring {
    line: String,
    running: Child,
}

fn begin(mut program: Command) -> Result<Measuring> {
    let line = shell::line(&program);
    let running = program.stdout(Stdio::piped()).spawn().with_context(|| format!("`{line}` could not be started"))?;
    Ok(Measuring { line, running })
}

/// What is measured on a window for a figure.
fn windows(figure: Figure) -> &'static [&'static str] {
    match figure {
        Figure::Startup => &["startup"],
        Figure::Next => &["next"],
        Figure::Keys => &["keys"],
        Figure::Frames => &["open", "scroll"],
        Figure::Feedback => &["feedback", "resolve"],
        Figure::Memory => &["memory"],
        Figure::Store => &["edit"],
        Figure::Audio => &["click", "hour", "three-hours"],
        Figure::Cursor => &["cursor"],
        Figure::Client | Figure::Fill | Figure::Size => &[],
    }
}

/// The program against the bare window, and its package.
fn size(project: &Project) -> Result<Vec<figures::Figure>> {
    let mut bundle = Command::new(project.ui().join("node_modules/.bin/tauri"));
    shell::succeed(bundle.current_dir(&project.root).args(["bundle", "--bundles", "deb"]))?;
    let packages = fs::read_dir(project.release("bundle/deb"))?.flatten().map(|entry| entry.path());
    let package = packages.filter(|path| path.extension().is_some_and(|end| end == "deb")).max();
    let mebibytes = |path| -> Result<f64> { Ok(fs::metadata(path)?.len() as f64 / f64::from(1 << 20)) };
    let console = mebibytes(project.release("earmark"))?;
    let bare = mebibytes(project.release("examples/bare"))?;
    let figure = |name: &str, value, unit: &str, how| figures::Figure {
        name: name.to_owned(),
        value,
        unit: unit.to_owned(),
        at_most: None,
        how,
    };
    Ok(vec![
        figure(
            "size: program against bare window",
            console / bare,
            "times",
            format!("{console:.1} MiB, {bare:.1} MiB"),
        ),
        figure("size: package", mebibytes(package.context("no package was made")?)?, "MiB", ".deb".to_owned()),
    ])
}
