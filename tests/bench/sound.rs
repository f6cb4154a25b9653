//! Measures the figures the project promises of its sound, beside the tools everyone has. Started by `cargo xtask bench audio`.
//!
//! Each figure is a ratio or a bound checked in one run on one machine, printed as a line of JSON.

mod cost;
mod decode;
mod mel;
mod report;
mod stretch;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;

use report::Figure;

/// What is measured.
#[derive(Parser)]
struct Options {
    /// How often each thing is measured.
    #[arg(long, default_value_t = 5)]
    runs: usize,
    /// Only scan this recording and print the most memory that was held, in kB: what a measured process does.
    #[arg(long, hide = true, conflicts_with = "seek")]
    scan: Option<PathBuf>,
    /// Only jump about in this recording and print the milliseconds that 95 of 100 jumps take at most.
    #[arg(long, hide = true)]
    seek: Option<PathBuf>,
}

fn main() -> Result<ExitCode> {
    let options = Options::parse();
    if let Some(file) = options.scan {
        println!("{}", decode::scan(&file)?);
        return Ok(ExitCode::SUCCESS);
    }
    if let Some(file) = options.seek {
        println!("{}", decode::seek(&file)?);
        return Ok(ExitCode::SUCCESS);
    }
    let mut figures = decode::measure(options.runs)?;
    figures.extend(stretch::measure(options.runs)?);
    report::print(&figures);
    Ok(if figures.iter().all(Figure::holds) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
