//! The server is late: what is kept stands meanwhile, and its own page comes without moving anybody.

use anyhow::{Context, Result, ensure};
use earmark_tests::stage::{Stage, Window};
use serde_json::{Value, json};

use crate::steps::{server, signed_in};

const LIST: &str = "/v1/*/conversation/";
const FAR: &str = ".which .far";

/// The row that stands at the top of the list, and how far below its edge.
async fn at_the_top(window: &Window<'_>) -> Result<(String, f64)> {
    let script = "const { top } = document.querySelector('[data-part=conversation-list]').getBoundingClientRect();
        const rows = [...document.querySelectorAll('[data-part=conversation-row]')];
        const row = rows.map((row) => [row.dataset.id, row.getBoundingClientRect().top - top])
            .sort((a, b) => a[1] - b[1]).find(([, px]) => px >= 0);
        return row;";
    window.ask(script, &[]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_servers_page_comes_in_the_place_of_the_kept_one_without_moving_anybody() -> Result<()> {
    let stage = Stage::set("late")?;
    let server = server().await?;
    // Three conversations begin between the two runs.
    let mut before = server.read("/conversation/?limit=150&sort_by=-created_at").await?;
    before["conversations"].as_array_mut().context("a page")?.drain(..3);
    server.fault(json!([{ "path": LIST, "kind": "status", "code": 200, "body": before }])).await?;
    let window = signed_in(stage.launch(), &server).open().await?;
    window.click("[data-part=conversation-row]").await?;
    window.part("message").await?;
    window.close().await?;

    server.fault(json!([{ "path": LIST, "kind": "delay", "ms": 15_000 }])).await?;
    let window = signed_in(stage.launch(), &server).open().await?;
    window.text_of(FAR, |said| said.starts_with("as of") && said.ends_with("reading anew…")).await?;
    window.text_of("footer", |said| said.contains("Connected to")).await?;
    window.picture("light").await?;
    window.theme("dark").await?;
    window.picture("dark").await?;
    window.ask::<Value>("document.querySelector('[data-part=conversation-list]').scrollTop = 700", &[]).await?;
    let stood = at_the_top(&window).await?;
    window.text_of(FAR, |said| said.ends_with("conversations")).await?;
    let stands = at_the_top(&window).await?;
    ensure!(stands == stood, "{stood:?} moved to {stands:?}");
    window.picture("came").await?;
    window.close().await
}
