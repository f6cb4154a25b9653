//! From the key press to the painted next comment in another conversation, of those that are ready: by the key that goes on, and
//! by the one that resolves first, which waits until that is on the disk. One with a recording that cannot be had is never ready.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use earmark_sandbox::{Limits, Options as Sandbox};
use earmark_tests::stage::{Expected, Server, Stage, Window};
use serde_json::Value;
use thirtyfour::Key;

use crate::report::{Figure, median, percentile};
use crate::{Options, signed_in};

/// Conversations with so many comments between them, of which some are resolved.
const CONVERSATIONS: u32 = 120;
const COMMENTS: u32 = 180;
/// As many open ones are cleared.
const CLEARED: usize = 100;
/// By each key so many conversations are opened.
const AT_LEAST: usize = 20;
/// What somebody takes at least to read a comment.
const READING: Duration = Duration::from_millis(300);
/// The server's window: the reading in the background takes as long as that lets it.
const MINUTE_MS: u32 = 3_000;
const BOUND_MS: f64 = 50.0;

const RESOLVED: &str = "return document.querySelector('[data-part=feedback-row].opened')?.dataset.resolved === 'true'";
const READY: &str = "return document.querySelector('section.what.ahead')?.dataset.id === arguments[0]";

/// See the module.
pub async fn measure(options: &Options) -> Result<Vec<Figure>> {
    let sandbox = Sandbox {
        limits: Limits::Off,
        conversations: Some(CONVERSATIONS),
        comments: Some(COMMENTS),
        ..Sandbox::default()
    };
    let server = Server::start(sandbox).await?;
    let open: Vec<Comment> = server.all_comments().await?.iter().filter_map(Comment::open).take(CLEARED).collect();
    ensure!(open.len() == CLEARED, "only {} are open", open.len());
    let stage = Stage::set("bench-resolve")?;
    let launch = signed_in(stage.launch(), options, &server).argument(&format!("--minute={MINUTE_MS}"));
    let window = launch.open().await?;
    window.go_to_feedback().await?;
    // The list has the keyboard from then on.
    window.press("j").await?;
    window.press("k").await?;
    window.looks_at(&open[0].id).await?;
    let (mut opened, mut resolved) = (Vec::new(), Vec::new());
    for pair in open.windows(2) {
        let next = &pair[1];
        let opens = next.conversation != pair[0].conversation && is_ready(&window, &next.conversation).await?;
        let goes_on = opened.len() < resolved.len();
        if goes_on {
            window.press("e").await?;
            window.until("the comment to be resolved", RESOLVED, &[]).await?;
        }
        tokio::time::sleep(READING).await;
        if opens {
            window.watch_for(&Expected::at(&server, &next.conversation, Some(&next.interaction)).await?).await?;
        }
        if goes_on {
            window.press("n").await?;
        } else {
            window.chord(Key::Shift, "e").await?;
        }
        if opens {
            let took = window.painted().await.with_context(|| format!("comment {}", next.id))?;
            if goes_on { &mut opened } else { &mut resolved }.push(took);
        }
        window.looks_at(&next.id).await?;
    }
    window.close().await?;
    ensure!(opened.len().min(resolved.len()) >= AT_LEAST, "only {} and {}", opened.len(), resolved.len());
    let figure = |name, times: &[f64], at_most| Figure {
        name,
        value: percentile(times, 1.0),
        unit: "ms",
        at_most,
        how: format!(
            "the longest of {} that were ready; median {:.0}, 95th percentile {:.0}",
            times.len(),
            median(times),
            percentile(times, 0.95)
        ),
    };
    Ok(vec![
        figure("feedback: next to painted", &opened, Some(BOUND_MS)),
        figure("feedback: resolved, on the disk and next painted", &resolved, None),
    ])
}

/// Whether a conversation is ready within three seconds, a whole one of the server's windows.
async fn is_ready(window: &Window<'_>, conversation: &str) -> Result<bool> {
    for _ in 0..60 {
        if window.ask(READY, &[conversation.into()]).await? {
            return Ok(true);
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(false)
}

/// An open comment on an interaction.
struct Comment {
    id: String,
    conversation: String,
    interaction: String,
}

impl Comment {
    /// A comment as the server tells it, if it is open.
    fn open(told: &Value) -> Option<Self> {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let content = &told["feedback_content"];
        (content["resolved"] != true).then_some(())?;
        Some(Self {
            id: text(&told["id"])?,
            conversation: text(&told["conversation_id"])?,
            interaction: text(&content["interaction_id"])?,
        })
    }
}
