//! Opening a conversation with a recording of an hour: does the window stutter while it is fetched, read and drawn?

use anyhow::{Context, Result};
use earmark_tests::stage::{Server, Stage};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::report::{Figure, median};
use crate::{Options, server, signed_in};

/// How often the sandbox's recording of a few seconds is repeated.
const TIMES: u32 = 730;
/// No frame may last longer, in milliseconds.
const LONGEST: f64 = 50.0;

/// Keeps the lengths of all frames from here on.
const WATCH: &str = "window.__frames = [];
    let last = null;
    const frame = (now) => {
        if (last !== null) window.__frames.push(now - last);
        last = now;
        requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);";
/// The lengths of frames in which nothing happens but that the panes are laid out and drawn anew: no opening can be faster.
const ANEW: &str = "const done = arguments[0];
    const panes = document.querySelector('.panes');
    const [parent, before, lengths] = [panes.parentNode, panes.nextSibling, []];
    let last = null;
    const frame = (now) => {
        if (last !== null) lengths.push(now - last);
        last = now;
        if (lengths.length === 10) return done(lengths);
        panes.remove();
        parent.insertBefore(panes, before);
        requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);";
/// Whether an hour and more is laid out, and drawn.
pub const HOUR: &str =
    "return /\\d:\\d\\d:\\d\\d/.test(document.querySelector('[data-part=position]')?.innerText ?? '')
    && document.querySelector('[data-part=waveform]') !== null";

/// Makes the next recording an hour long.
pub fn an_hour() -> Value {
    json!([{ "path": "*.mp3", "times": 1, "kind": "repeat", "bodies": TIMES }])
}

/// The newest voice conversation.
pub async fn voice_conversation(server: &Server) -> Result<String> {
    let page = server.read("/conversation/?sort_by=-created_at&tag=channel:voice").await?;
    Ok(page["conversations"][0]["id"].as_str().context("a voice conversation")?.to_owned())
}

#[derive(Deserialize)]
struct Frames {
    longest: f64,
    late: u32,
    count: u32,
}

/// See the module.
pub async fn measure(options: &Options) -> Result<Vec<Figure>> {
    let server = server(0).await?;
    let conversation = voice_conversation(&server).await?;
    let stage = Stage::set("bench-hour")?;
    let (mut longest, mut anew): (Vec<f64>, Vec<f64>) = Default::default();
    let (mut late, mut count) = (0, 0);
    for run in 0..options.runs {
        server.fault(an_hour()).await?;
        let launch = signed_in(stage.launch(), options, &server);
        let window = launch.open().await?;
        window.narrow(&[&conversation]).await?;
        window.ask::<Value>(WATCH, &[]).await?;
        window.click(&format!("[data-part=conversation-row][data-id=\"{conversation}\"]")).await?;
        window.until("an hour of sound", HOUR, &[]).await?;
        let frames: Frames = window
            .ask(
                "const frames = window.__frames;
                return { longest: Math.max(...frames), late: frames.filter((length) => length > arguments[0]).length,
                    count: frames.length }",
                &[json!(LONGEST)],
            )
            .await?;
        longest.push(frames.longest);
        late += frames.late;
        count += frames.count;
        anew.extend(window.ask_later::<Vec<f64>>(ANEW, &[]).await?);
        if run == 0 {
            window.picture("hour").await?;
        }
        window.close().await?;
    }
    Ok(vec![Figure {
        name: "hour: frames over 50 ms while it opens",
        value: f64::from(late),
        unit: "frames",
        at_most: Some(0.0),
        how: format!(
            "of {count} in {} runs, the longest of a run {:.0} ms (median); the panes laid out and drawn anew take {:.0} ms",
            options.runs,
            median(&longest),
            median(&anew)
        ),
    }])
}
