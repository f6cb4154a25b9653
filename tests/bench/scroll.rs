//! Scrolling a list of 100,000 rows: late frames and rows that are not filled in.
//!
//! The server gives 15 pages of 150 rows a minute, so the rows are handed to the window at once, in place of the answer to
//! its next question for a page. Everything after that is the program as it ships.

use anyhow::Result;
use earmark_tests::stage::Stage;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::report::Figure;
use crate::{Options, server, signed_in};

const ROWS: u32 = 100_000;
const FRAMES: u32 = 1_800;
/// About one row a frame, far faster than reading.
const PIXELS_PER_FRAME: u32 = 90;

/// Answers the next page with copies of the rows of the first one.
const HAND_OVER: &str = "const [count] = arguments;
    const asked = window.fetch;
    window.fetch = async (...call) => {
        const answer = await asked(...call);
        if (!String(call[0]?.url ?? call[0]).includes('list_conversations')) return answer;
        window.fetch = asked;
        const page = await answer.json();
        const rows = Array.from({ length: count }, (_, at) => ({
            ...page.rows[at % page.rows.length],
            id: at.toString(16).padStart(24, '0'),
        }));
        return new Response(JSON.stringify({ ...page, rows, next: null }), { status: 200, headers: answer.headers });
    };";

/// Scrolls a part frame by frame; answers the lengths of the frames and how many of those looked at showed a gap between
/// its rows.
pub const SCROLL: &str = "const [part, row, frames, step, done] = arguments;
    const list = document.querySelector(part);
    const box = list.getBoundingClientRect();
    const lengths = [];
    let looked = 0, unfilled = 0, last = null;
    // By place and not by what a pointer would hit: the list ignores pointers while it scrolls.
    const filled = () => {
        const rows = [...list.querySelectorAll(row)].filter((row) => row.textContent.length > 0);
        const places = rows.map((row) => row.getBoundingClientRect()).sort((one, other) => one.top - other.top);
        let covered = box.top;
        for (const { top, bottom } of places) if (top <= covered + 1) covered = Math.max(covered, bottom);
        return covered >= box.bottom;
    };
    const frame = (now) => {
        if (last !== null) lengths.push(now - last);
        last = now;
        if (lengths.length === frames) return done({ lengths, looked, unfilled });
        list.scrollTop += step;
        if (lengths.length % 5 === 0) {
            looked += 1;
            if (!filled()) unfilled += 1;
        }
        requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);";

/// What was seen while scrolling.
#[derive(Deserialize)]
pub struct Scrolled {
    lengths: Vec<f64>,
    looked: u32,
    unfilled: u32,
}

impl Scrolled {
    /// How many of a hundred frames took longer than 32 ms.
    pub fn late(&self) -> f64 {
        let late = self.lengths.iter().filter(|length| **length > 32.0).count();
        100.0 * late as f64 / self.lengths.len() as f64
    }
}

/// See the module.
pub async fn measure(options: &Options) -> Result<Vec<Figure>> {
    let server = server(1_000).await?;
    let stage = Stage::set("bench-scroll")?;
    let window = signed_in(stage.launch(), options, &server).open().await?;
    window.part("conversation-row").await?;
    window.ask::<Value>(HAND_OVER, &[json!(ROWS)]).await?;
    window.click("[aria-label=\"Read the list again\"]").await?;
    let all = "return document.querySelector('[data-part=conversation-list]').scrollHeight > arguments[0]";
    window.until("all rows", all, &[json!(ROWS * 50)]).await?;
    let scrolled: Scrolled = window
        .ask_later(
            SCROLL,
            &[
                json!("[data-part=conversation-list]"),
                json!("[data-part=conversation-row]"),
                json!(FRAMES),
                json!(PIXELS_PER_FRAME),
            ],
        )
        .await?;
    window.picture("scrolled").await?;
    window.close().await?;

    let total: f64 = scrolled.lengths.iter().sum();
    Ok(vec![
        Figure {
            name: "scroll: frames over 32 ms",
            value: scrolled.late(),
            unit: "%",
            at_most: Some(1.0),
            how: format!("{ROWS} rows, {FRAMES} frames, {PIXELS_PER_FRAME} pixels each"),
        },
        Figure {
            name: "scroll: frames with an unfilled row",
            value: 100.0 * f64::from(scrolled.unfilled) / f64::from(scrolled.looked.max(1)),
            unit: "%",
            at_most: Some(1.0),
            how: format!("{} frames looked at, by the places of the rows", scrolled.looked),
        },
        Figure {
            name: "scroll: frames a second",
            value: 1_000.0 * scrolled.lengths.len() as f64 / total,
            unit: "fps",
            at_most: None,
            how: String::new(),
        },
    ])
}
