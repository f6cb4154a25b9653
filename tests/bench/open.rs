//! From the key press to the painted conversation of 500 messages that was already read in this run. It is the one before, which
//! is not drawn ahead as the next one is.

use anyhow::{Context, Result};
use earmark_tests::stage::{Expected, Stage};
use serde_json::json;
use thirtyfour::Key;

use crate::report::{Figure, median, spread};
use crate::scroll::{SCROLL, Scrolled};
use crate::{Options, server, signed_in};

/// From the first message to about the last.
const FRAMES: u32 = 600;
const PIXELS_PER_FRAME: u32 = 40;

/// See the module.
pub async fn measure(options: &Options) -> Result<Vec<Figure>> {
    let server = server(0).await?;
    let stage = Stage::set("bench-open")?;
    let page = server.read("/conversation/?sort_by=-created_at").await?;
    let conversations = page["conversations"].as_array().context("a list")?;
    let long = conversations
        .iter()
        .position(|one| one["num_messages"].as_u64() >= Some(500))
        .context("one of 500 messages")?;
    let id = |index: usize| conversations.get(index).and_then(|one| one["id"].as_str()).context("one at its place");
    let (long, after) = (id(long)?.to_owned(), id(long + 1)?.to_owned());
    let expected = Expected::of(&server, &long).await?;

    let launch = signed_in(stage.launch(), options, &server);
    let window = launch.open().await?;
    window.part("conversation-row").await?;
    // Both are read once, so that from then on nothing is fetched.
    window.narrow(&[&long, &after]).await?;
    window.click(&format!("[data-part=conversation-row][data-id=\"{long}\"]")).await?;
    window.part("state-path").await?;
    let mut times = Vec::new();
    for _ in 0..options.runs {
        window.chord(Key::Shift, "j").await?;
        window.find(&format!("section.what:not(.ahead)[data-id=\"{after}\"] [data-part=message]")).await?;
        window.part("state-path").await?;
        window.watch_for(&expected).await?;
        window.chord(Key::Shift, "k").await?;
        times.push(window.painted().await?);
    }
    let scroll =
        [json!("[data-part=transcript]"), json!("[data-part=interaction]"), json!(FRAMES), json!(PIXELS_PER_FRAME)];
    let scrolled: Scrolled = window.ask_later(SCROLL, &scroll).await?;
    window.close().await?;
    Ok(vec![
        Figure {
            name: "open: key press to painted",
            value: median(&times),
            unit: "ms",
            at_most: Some(50.0),
            how: format!("500 messages, second frame after it is there; {}", spread(&times)),
        },
        Figure {
            name: "open: frames over 32 ms while it scrolls",
            value: scrolled.late(),
            unit: "%",
            at_most: Some(1.0),
            how: format!("{FRAMES} frames of {PIXELS_PER_FRAME} pixels"),
        },
    ])
}
