//! From the key press or the click to the painted list of comments, of ten thousand that were read.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use earmark_sandbox::{Limits, Options as Sandbox};
use earmark_tests::stage::{Server, Stage};
use serde_json::{Value, json};

use crate::report::{Figure, median, spread};
use crate::{Options, signed_in};

const COMMENTS: u32 = 10_000;
const CONVERSATIONS: u32 = 1_000;
/// The server's window for the reading in the background: two hundred calls take a while otherwise.
const MINUTE_MS: u32 = 300;
const OPENS_MS: f64 = 150.0;
const FILTER_MS: f64 = 50.0;

/// Watches from the next click on; `window.__painted` holds the milliseconds once the second frame is drawn after a new list is
/// there whose rows are all in the state that is told.
const WATCH: &str = "const [state] = arguments;
    window.__painted = null;
    const before = document.querySelector('[data-part=feedback-list]');
    addEventListener('click', ({ timeStamp: pressed }) => {
        const holds = () => {
            const list = document.querySelector('[data-part=feedback-list]');
            const rows = [...(list?.querySelectorAll('[data-part=feedback-row]') ?? [])];
            const is = rows.length > 0 && list !== before && rows.every((row) => row.dataset.resolved === state);
            return is && rows.some((row) => row.getBoundingClientRect().bottom <= innerHeight);
        };
        const look = () => {
            // The frame that finds it is the first one after it is there.
            if (holds()) requestAnimationFrame(() => (window.__painted = performance.now() - pressed));
            else requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
    }, { once: true, capture: true });";
const PLACE: &str = "[...document.querySelectorAll('[data-part=rail] button')]
    .find((button) => button.ariaLabel.startsWith(arguments[0])).click()";
const CHIP: &str = "[...document.querySelectorAll('section[aria-label=Feedback] [data-part=filters] button')]
    .find((chip) => chip.innerText === arguments[0]).click()";
const READ: &str =
    "return document.querySelector('[data-part=feedback-reading]')?.innerText.startsWith('All ') ?? false";

/// See the module.
pub async fn measure(options: &Options) -> Result<Vec<Figure>> {
    let sandbox = Sandbox {
        limits: Limits::Off,
        conversations: Some(CONVERSATIONS),
        comments: Some(COMMENTS),
        minute: Duration::from_millis(MINUTE_MS.into()),
        ..Sandbox::default()
    };
    let server = Server::start(sandbox).await?;
    let stage = Stage::set("bench-feedback")?;
    let launch = signed_in(stage.launch(), options, &server).argument(&format!("--minute={MINUTE_MS}"));
    let window = launch.open().await?;
    window.part("conversation-row").await?;
    window.ask::<Value>(PLACE, &[json!("Feedback")]).await?;
    // In parts, as each may take as long as a window is waited for.
    let mut is_read = false;
    for _ in 0..20 {
        is_read = window.until("all comments to be read", READ, &[]).await.is_ok();
        if is_read {
            break;
        }
    }
    ensure!(is_read, "the comments were not read");
    window.part("feedback-row").await?;
    let (mut opens, mut filters) = (Vec::new(), Vec::new());
    for _ in 0..options.runs {
        window.ask::<Value>(PLACE, &[json!("Conversations")]).await?;
        window.part("conversation-row").await?;
        window.gone("[data-part=feedback-list]").await?;
        window.ask::<Value>(WATCH, &[json!("false")]).await?;
        window.ask::<Value>(PLACE, &[json!("Feedback")]).await?;
        opens.push(painted(&window).await?);
        for (chip, state) in [("Resolved", "true"), ("Open", "false")] {
            window.ask::<Value>(WATCH, &[json!(state)]).await?;
            window.ask::<Value>(CHIP, &[json!(chip)]).await?;
            filters.push(painted(&window).await?);
        }
    }
    window.close().await?;
    let figure = |name, values: &[f64], at_most| Figure {
        name,
        value: median(values),
        unit: "ms",
        at_most: Some(at_most),
        how: format!("{COMMENTS} comments, second frame after its rows are there; {}", spread(values)),
    };
    Ok(vec![
        figure("feedback: place opened to painted", &opens, OPENS_MS),
        figure("feedback: filter to painted", &filters, FILTER_MS),
    ])
}

async fn painted(window: &earmark_tests::stage::Window<'_>) -> Result<f64> {
    window.until("the list", "return window.__painted !== null", &[]).await.context("it was not painted")?;
    window.ask::<f64>("return window.__painted", &[]).await
}
