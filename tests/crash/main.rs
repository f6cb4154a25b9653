//! Whatever happens to the program, each edit it acknowledged reaches the server exactly once and in order.
//!
//! Every run is a reviewer in a process of its own that edits at random and is killed at a random moment, three times over,
//! against a sandbox that now and then takes a write and loses the answer. Some runs fill the disk, some make it read-only,
//! some damage the database in between. `cargo xtask test crash --runs 300` runs it; a failure prints its seed.
#![allow(clippy::unwrap_used)]

mod life;
mod model;
mod reviewer;
mod run;
mod sync;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

/// Kills reviewers at random moments.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    part: Option<Part>,
    /// How many runs.
    #[arg(long, default_value_t = 50)]
    runs: u64,
    /// The seed of the first run; the others count on from it. Random without one.
    #[arg(long)]
    seed: Option<u64>,
}

#[derive(Subcommand)]
enum Part {
    /// Is a reviewer: edits until it is killed.
    Edit(reviewer::Arguments),
    /// Is a reviewer who only waits until everything is sent.
    Drain(reviewer::Arguments),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let done = runtime.block_on(async {
        match arguments.part {
            Some(Part::Edit(as_told)) => reviewer::edit(as_told).await,
            Some(Part::Drain(as_told)) => reviewer::drain(as_told).await,
            None => all(arguments.runs, arguments.seed.unwrap_or_else(rand::random)).await,
        }
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:?}");
            ExitCode::FAILURE
        }
    }
}

async fn all(runs: u64, first: u64) -> Result<()> {
    sync::check(first).await?;
    let mut tally = run::Tally::default();
    let mut failed = Vec::new();
    for number in 0..runs {
        let seed = first.wrapping_add(number);
        match run::run(seed, run::Mishap::of(number)).await {
            Ok(one) => tally.add(&one),
            Err(error) => {
                println!("run {number} ({:?}) failed, seed {seed}: {error:?}", run::Mishap::of(number));
                failed.push(seed);
            }
        }
    }
    println!("{runs} runs: {tally}");
    anyhow::ensure!(failed.is_empty(), "{} of {runs} runs failed; seeds {failed:?}", failed.len());
    Ok(())
}
