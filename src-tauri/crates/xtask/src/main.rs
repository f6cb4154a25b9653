//! `cargo xtask run | test | bench`: the project's own commands.
//!
//! It depends on no other member and on few libraries, because it runs before the system packages they need are there.
//!
//! ```text
//! cargo xtask run                          # open the console on the sample organization
//! cargo xtask run --screenshot review.png  # the same without a display
//! cargo xtask test --fast                  # everything but the window and the official SDK
//! cargo xtask test crash --runs 300        # kill reviewers at random moments
//! cargo xtask bench startup                # measure one figure
//! ```
//!
//! Exit code 1 says that something was tried and failed, 2 that something is missing which the reader has to provide.

mod bench;
mod figures;
mod packages;
mod project;
mod run;
mod shell;
mod system;
mod test;
mod tools;
mod ui;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(bin_name = "cargo xtask", about = "The project's own commands")]
struct Options {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Installs what is missing, builds the console and opens it on the sample organization.
    Run(run::Options),
    /// Installs what the tests need and runs everything.
    Test(test::Options),
    /// Measures the figures the project promises and compares them with their limits.
    Bench(bench::Options),
}

fn main() -> ExitCode {
    let outcome = match Options::parse().command {
        Command::Run(options) => run::run(&options),
        Command::Test(options) => test::run(&options),
        Command::Bench(options) => bench::run(&options),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::from(if error.is::<system::Missing>() { 2 } else { 1 })
        }
    }
}
