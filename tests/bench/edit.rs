//! From the key press that makes an edit to its painted mark, while 1,000 edits wait because the network is away.
//!
//! The mark is painted only when the shell has answered, and the shell answers only when the edit is on the disk: what is
//! measured is durable.

use anyhow::{Context, Result, ensure};
use earmark_tests::stage::Stage;
use serde_json::{Value, json};
use thirtyfour::Key;

use crate::report::{Figure, median, percentile};
use crate::{Options, server, signed_in};

/// Edits that wait.
const WAITING: usize = 1_000;
/// Edits that are measured.
const MEASURED: usize = 60;
/// At most so many tags fit: each is removed again.
const BOUND_MS: f64 = 30.0;

/// Has the shell record comments on a conversation, as the window would.
const FILL: &str = "const [id, count] = arguments;
    window.__filled = 0;
    (async () => {
        for (let at = 0; at < count; at += 1) {
            await window.__TAURI_INTERNALS__.invoke('add_comment', { conversation: id, interaction: null, text: `filler ${at}` });
            window.__filled = at + 1;
        }
    })();";
/// Watches from the next Enter on; `window.__painted` holds the milliseconds once the frame that has the tag is drawn: what a
/// frame asks for at its beginning comes when it is drawn.
const WATCH: &str = "const value = arguments[0];
    window.__painted = null;
    const row = document.querySelector('[data-part=tags]');
    addEventListener('keydown', ({ timeStamp: pressed }) => {
        const drawn = () => (window.__painted = performance.now() - pressed);
        new MutationObserver((_, watch) => {
            const there = [...row.querySelectorAll('[data-part=tag]')].some((tag) => tag.innerText.includes(value));
            if (!there) return;
            watch.disconnect();
            requestAnimationFrame(() => setTimeout(drawn));
        }).observe(row, { childList: true, subtree: true, characterData: true });
    }, { once: true, capture: true });";

/// See the module.
pub async fn measure(options: &Options) -> Result<Vec<Figure>> {
    let server = server(0).await?;
    let stage = Stage::set("bench-edit")?;
    let page = server.read("/conversation/?sort_by=-created_at").await?;
    let id = page["conversations"][0]["id"].as_str().context("a conversation")?.to_owned();
    let other = page["conversations"][1]["id"].as_str().context("another conversation")?.to_owned();
    let launch = signed_in(stage.launch(), options, &server);
    let window = launch.open().await?;
    window.narrow(&[&other]).await?;
    window.click(&format!("[data-part=conversation-row][data-id=\"{other}\"]")).await?;
    window.part("state-path").await?;
    server.fault(json!([{ "path": "*", "method": "POST", "kind": "drop" }])).await?;
    window.ask::<Value>(FILL, &[json!(id), json!(WAITING)]).await?;
    // In parts, as each may take as long as a window is waited for.
    for part in 1..=10 {
        let filled = "return window.__filled >= arguments[0]";
        window.until("the edits to wait", filled, &[(WAITING / 10 * part).into()]).await?;
    }
    window.text_of("[data-part=outbox]", |said| said.contains("saved here")).await?;
    window.press("t").await?;
    let mut times = Vec::new();
    for n in 0..MEASURED {
        let value = format!("w{n}x");
        window.part("tag-input").await?.send_keys(format!("bench: {value}")).await?;
        window.ask::<Value>(WATCH, &[json!(value)]).await?;
        window.press(Key::Enter).await?;
        window.until("the tag", "return window.__painted !== null", &[]).await?;
        times.push(window.ask::<f64>("return window.__painted", &[]).await?);
    }
    window.close().await?;
    ensure!(times.len() == MEASURED, "{} edits", times.len());
    Ok(vec![Figure {
        name: "edit: key press to durable and painted",
        value: percentile(&times, 0.95),
        unit: "ms",
        at_most: Some(BOUND_MS),
        how: format!(
            "95th percentile of {MEASURED} while {WAITING} wait; median {:.1}, longest {:.1}",
            median(&times),
            percentile(&times, 1.0)
        ),
    }])
}
