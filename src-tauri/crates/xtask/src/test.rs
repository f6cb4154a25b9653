//! `cargo xtask test`: installs what the tests need, runs everything, and ends with what failed.
//!
//! Every call of Cargo covers the whole workspace, so that all of them agree on features and nothing is compiled twice.

use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};

use crate::packages::Purpose;
use crate::project::Project;
use crate::{shell, system, tools, ui};

/// What `cargo xtask test` may be told.
#[derive(Args)]
pub struct Options {
    #[command(subcommand)]
    only: Option<Only>,
    /// Leaves out the window and the official SDK.
    #[arg(long)]
    fast: bool,
}

/// A part that can be run by itself, and for longer.
#[derive(Subcommand)]
enum Only {
    /// Kills reviewers at random moments and looks whether each edit arrived exactly once.
    Crash {
        /// How many.
        #[arg(long, default_value_t = 300)]
        runs: u64,
        /// The seed of the first, as a failure prints it.
        #[arg(long)]
        seed: Option<u64>,
    },
}

/// Test files that have a step of their own.
const APART: [&str; 4] = ["journeys", "conformance", "e2e", "crash"];
/// Reviewers that are killed when everything is tested.
const CRASHES: u64 = 50;

/// See the module.
pub fn run(options: &Options) -> Result<()> {
    if let Some(Only::Crash { runs, seed }) = options.only {
        system::prepare(Purpose::Build)?;
        return crash(runs, seed);
    }
    let project = Project::find()?;
    let mut steps = Steps { began: Instant::now(), passed: 0, failed: Vec::new() };

    steps.take("What the machine needs", || {
        system::prepare(if options.fast { Purpose::Build } else { Purpose::Test })?;
        if options.fast { Ok(()) } else { tools::tauri_driver(&project) }
    });
    // Whoever has to install something by hand is not helped by twelve failures that follow from it.
    if let Some((_, error)) = steps.failed.pop() {
        return Err(error);
    }
    steps.take("User interface: build", || ui::build(&project));
    steps.take("Format", || shell::succeed(shell::cargo().args(["fmt", "--all", "--", "--check"])));
    steps.take("Clippy", || cargo("clippy", &["--all-targets", "--", "--deny", "warnings"]));
    steps.take("Build", || cargo("build", &["--all-targets"]));

    let bindings = project.ui().join("src/backend/bindings.ts");
    let before = std::fs::read(&bindings).ok();
    steps.take("Rust tests", || {
        let files = project.test_targets().into_iter().filter(|name| !APART.contains(name));
        let files: Vec<_> = files.flat_map(|name| ["--test", name]).collect();
        cargo("test", &[&["--no-fail-fast", "--lib", "--bins"], files.as_slice()].concat())
    });
    steps.take("Rust examples in the documentation", || cargo("test", &["--doc"]));
    steps.take("Generated bindings", || {
        // The test that exports them has just run.
        let after = std::fs::read(&bindings).context("ui/src/backend/bindings.ts is missing")?;
        if before.as_ref() != Some(&after) {
            bail!("ui/src/backend/bindings.ts was not what the commands say. It has been written anew: look at it and commit it.");
        }
        println!("ui/src/backend/bindings.ts is what the commands say.");
        Ok(())
    });

    for (name, script) in [("types", "check"), ("format", "lint"), ("tests", "test")] {
        steps.take(&format!("User interface: {name}"), || shell::succeed(ui::npm(&project).args(["run", script])));
    }
    steps.take("Journeys", || cargo("test", &["--test", "journeys"]));
    steps.take("Crashes", || crash(CRASHES, None));
    if !options.fast {
        steps.take("Conformance with the official SDK", || cargo("test", &["--test", "conformance"]));
        steps.take("The real window", || cargo("test", &["--test", "e2e"]));
    }
    steps.close()
}

fn crash(runs: u64, seed: Option<u64>) -> Result<()> {
    let (runs, seed) = (runs.to_string(), seed.map(|seed| seed.to_string()));
    let mut rest = vec!["--test", "crash", "--", "--runs", &runs];
    rest.extend(seed.iter().flat_map(|seed| ["--seed", seed]));
    cargo("test", &rest)
}

fn cargo(verb: &str, rest: &[&str]) -> Result<()> {
    let mut command: Command = shell::cargo();
    shell::succeed(command.args([verb, "--workspace", "--locked"]).args(rest))
}

struct Steps {
    began: Instant,
    passed: usize,
    failed: Vec<(String, anyhow::Error)>,
}

impl Steps {
    /// Runs a step under a heading. A failure is kept, and the next steps run all the same.
    fn take(&mut self, name: &str, step: impl FnOnce() -> Result<()>) {
        println!("\n━━ {name}");
        let began = Instant::now();
        match step() {
            Ok(()) => {
                self.passed += 1;
                println!("━━ {name}: passed in {}", spoken(began.elapsed()));
            }
            Err(error) => {
                println!("━━ {name}: FAILED after {}: {error:#}", spoken(began.elapsed()));
                self.failed.push((name.to_owned(), error));
            }
        }
    }

    fn close(self) -> Result<()> {
        let elapsed = spoken(self.began.elapsed());
        let total = self.passed + self.failed.len();
        println!();
        if self.failed.is_empty() {
            println!("All {total} steps passed in {elapsed}.");
            return Ok(());
        }
        let names: Vec<_> = self.failed.iter().map(|(name, _)| name.as_str()).collect();
        bail!("{} of {total} steps failed in {elapsed}: {}.", names.len(), names.join(", "))
    }
}

/// As in `3 m 20 s`.
fn spoken(duration: Duration) -> String {
    match duration.as_secs() {
        seconds @ 0..60 => format!("{seconds} s"),
        seconds => format!("{} m {:02} s", seconds / 60, seconds % 60),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_failed_step_does_not_hide_the_others_and_is_named_at_the_end() {
        let mut steps = Steps { began: Instant::now(), passed: 0, failed: Vec::new() };
        steps.take("first", || bail!("broken"));
        steps.take("second", || Ok(()));
        let end = steps.close().unwrap_err().to_string();
        assert_eq!(end, "1 of 2 steps failed in 0 s: first.");
    }

    #[test]
    fn durations_are_spoken_in_minutes_and_seconds() {
        assert_eq!(spoken(Duration::from_secs(59)), "59 s");
        assert_eq!(spoken(Duration::from_secs(200)), "3 m 20 s");
        assert_eq!(spoken(Duration::from_secs(605)), "10 m 05 s");
    }
}
