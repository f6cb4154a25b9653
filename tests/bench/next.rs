//! From the key press to the painted next conversation, for a reviewer who takes his time over each, within the server's
//! limits.

use std::time::Duration;

use anyhow::{Context, Result};
use earmark_sandbox::{Limits, Options as Sandbox};
use earmark_tests::stage::{Expected, Server, Stage};
use serde_json::Value;
use thirtyfour::Key;

use crate::report::{Figure, percentile};
use crate::{Options, signed_in};

/// Conversations of each kind.
const EACH: usize = 20;
/// Conversations in the sandbox: every third one of the grown ones is spoken.
const CONVERSATIONS: u32 = 90;
/// What a reviewer takes for one, of a minute.
const TEXT: f64 = 45.0 / 60.0;
const SPOKEN: f64 = 75.0 / 60.0;
/// Before the third there is no time to read ahead.
const READY_FROM: usize = 2;

/// See the module.
pub async fn measure(options: &Options) -> Result<Vec<Figure>> {
    let minute = Duration::from_millis(options.minute.into());
    let grown = Sandbox { conversations: Some(CONVERSATIONS), ..Sandbox::default() };
    // What it gives is asked of one like it, so that asking uses up none of its limits.
    let like_it = Server::start(Sandbox { limits: Limits::Off, ..grown.clone() }).await?;
    let queue = queue(&like_it).await?;
    let server = Server::start(Sandbox { limits: Limits::Sliding, minute, ..grown }).await?;

    let stage = Stage::set("bench-next")?;
    let launch = signed_in(stage.launch(), options, &server).argument(&format!("--minute={}", options.minute));
    let window = launch.open().await?;
    window.part("conversation-row").await?;
    let chip = "[...document.querySelectorAll('[data-part=filters] button')].find((chip) => chip.innerText === 'Finished').click()";
    window.ask::<Value>(chip, &[]).await?;
    window.find(&format!("[data-part=conversation-row][data-id=\"{}\"]", queue[0].id)).await?;
    // From the top of the list the first key leads to the first.
    let (mut times, mut slow) = (Vec::new(), Vec::new());
    for (index, next) in queue.iter().enumerate() {
        window.watch_for(next).await?;
        window.chord(Key::Shift, "j").await?;
        let took = window.painted().await.with_context(|| format!("number {index}, {}", next.id))?;
        if index >= READY_FROM {
            times.push(took);
            if took > 50.0 {
                slow.push(format!("{index}{}: {took:.0}", if next.seconds.is_some() { "v" } else { "" }));
            }
        }
        tokio::time::sleep(minute.mul_f64(if next.seconds.is_some() { SPOKEN } else { TEXT })).await;
    }
    window.close().await?;
    let calls = server.calls().await?;
    let refused = calls.iter().filter(|call| call["status"] == 429).count();
    let spoken = queue.iter().filter(|one| one.seconds.is_some()).count();
    let how = format!("{} written, {spoken} spoken; a minute of {} ms", queue.len() - spoken, options.minute);
    Ok(vec![
        Figure {
            name: "next: key press to painted, 95 of 100",
            value: percentile(&times, 0.95),
            unit: "ms",
            at_most: Some(50.0),
            how: format!("{how}; over 50: {}", slow.join(", ")),
        },
        Figure {
            name: "next: the same, 50 of 100",
            value: percentile(&times, 0.5),
            unit: "ms",
            at_most: None,
            how: format!("from the third of {} on", queue.len()),
        },
        Figure {
            name: "next: calls the server refused",
            value: refused as f64,
            unit: "calls",
            at_most: Some(0.0),
            how: format!("of {}", calls.len()),
        },
    ])
}

/// The newest finished conversations up to the twentieth of each kind.
async fn queue(server: &Server) -> Result<Vec<Expected>> {
    let page = server.read("/conversation/?sort_by=-created_at&is_finished=true&limit=150").await?;
    let listed = page["conversations"].as_array().context("a list")?;
    let (mut written, mut spoken, mut queue) = (0, 0, Vec::new());
    for conversation in listed {
        let expected = Expected::of(server, conversation["id"].as_str().context("an id")?).await?;
        *(if expected.seconds.is_some() { &mut spoken } else { &mut written }) += 1;
        queue.push(expected);
        if written >= EACH && spoken >= EACH {
            return Ok(queue);
        }
    }
    anyhow::bail!("{written} written and {spoken} spoken are too few")
}
