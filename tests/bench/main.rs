//! Measures the figures the project promises on the program as it ships. Started by `cargo xtask bench`.
//!
//! Each figure is a ratio or a bound checked in one run on one machine, printed as a line of JSON.

mod click;
mod cursor;
mod edit;
mod feedback;
mod fill;
mod hour;
mod keys;
mod memory;
mod next;
mod open;
mod report;
mod resolve;
mod scroll;
mod startup;
mod three_hours;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, ValueEnum};
use earmark_sandbox::{Limits, Options as Sandbox};
use earmark_tests::stage::{Launch, Server};

use report::Figure;

/// What is measured and on what.
#[derive(Parser)]
pub struct Options {
    /// What to measure.
    #[arg(required = true)]
    figures: Vec<Measured>,
    /// The console as it ships.
    #[arg(long)]
    console: PathBuf,
    /// The bare window.
    #[arg(long)]
    bare: PathBuf,
    /// How often each thing is measured.
    #[arg(long, default_value_t = 9)]
    runs: usize,
    /// Length of the server's rate window in milliseconds, where limits are part of what is measured.
    #[arg(long, default_value_t = 3_000)]
    minute: u32,
}

#[derive(Clone, Copy, ValueEnum)]
enum Measured {
    Startup,
    Open,
    Scroll,
    Click,
    Edit,
    Keys,
    Feedback,
    Resolve,
    Next,
    Memory,
    Fill,
    Hour,
    ThreeHours,
    Cursor,
}

#[tokio::main]
async fn main() -> Result<ExitCode> {
    let options = Options::parse();
    let mut figures: Vec<Figure> = Vec::new();
    for measured in &options.figures {
        figures.extend(match measured {
            Measured::Startup => startup::measure(&options).await?,
            Measured::Open => open::measure(&options).await?,
            Measured::Scroll => scroll::measure(&options).await?,
            Measured::Click => click::measure(&options).await?,
            Measured::Edit => edit::measure(&options).await?,
            Measured::Keys => keys::measure(&options).await?,
            Measured::Feedback => feedback::measure(&options).await?,
            Measured::Resolve => resolve::measure(&options).await?,
            Measured::Memory => memory::measure(&options).await?,
            Measured::Next => next::measure(&options).await?,
            Measured::Fill => fill::measure(&options).await?,
            Measured::Hour => hour::measure(&options).await?,
            Measured::ThreeHours => three_hours::measure(&options).await?,
            Measured::Cursor => cursor::measure(&options).await?,
        });
    }
    report::print(&figures);
    Ok(if figures.iter().all(Figure::holds) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A sandbox without limits.
async fn server(conversations: u32) -> Result<Server> {
    Server::start(Sandbox { limits: Limits::Off, conversations: Some(conversations), ..Sandbox::default() }).await
}

/// The console as it ships, signed in by the environment.
fn signed_in<'stage>(launch: Launch<'stage>, options: &Options, server: &Server) -> Launch<'stage> {
    let launch = launch.program(options.console.clone());
    server.variables().into_iter().fold(launch, |launch, (name, value)| launch.variable(name, value))
}
