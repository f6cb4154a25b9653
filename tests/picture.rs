//! Opens the console on the sample organization without a display and saves a picture of its three panes.
//!
//! ```text
//! picture review.png --size 1440x900 --theme dark
//! ```

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::{Parser, ValueEnum};
use earmark_tests::stage::{Stage, part};

#[derive(Parser)]
struct Options {
    /// Where the picture is saved (PNG).
    file: PathBuf,
    /// Width and height in pixels.
    #[arg(long, default_value = "1440x900", value_parser = size)]
    size: (u32, u32),
    /// Colours.
    #[arg(long, default_value = "light")]
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

#[tokio::main]
async fn main() -> Result<()> {
    let options = Options::parse();
    let stage = Stage::set("picture")?;
    let mut launch = stage.launch().argument("--sample").size(options.size.0, options.size.1);
    for argument in &options.arguments {
        launch = launch.argument(argument);
    }
    let window = launch.open().await?;
    window.theme(if matches!(options.theme, Theme::Dark) { "dark" } else { "light" }).await?;
    window.part("conversation-row").await?.click().await?;
    for piece in ["message", "state-path"] {
        window.find(&part(piece)).await?;
    }
    window.picture_at(&options.file).await?;
    window.close().await?;
    println!("Saved {}", options.file.display());
    Ok(())
}

fn size(text: &str) -> Result<(u32, u32)> {
    let (width, height) = text.split_once('x').unwrap_or_default();
    match (width.parse(), height.parse()) {
        (Ok(width @ 320..=1920), Ok(height @ 240..=1200)) => Ok((width, height)),
        _ => bail!("a size is WxH in pixels, from 320x240 to 1920x1200"),
    }
}
