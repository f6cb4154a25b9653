//! What follows is read while the reviewer reads, and the bottom bar says how far that is and what the server still allows.

use anyhow::{Result, ensure};
use earmark_sandbox::{Limits, Options};
use earmark_tests::stage::{Server, Stage, Window};
use thirtyfour::Key;

use crate::steps::{row, signed_in, text};

#[tokio::test(flavor = "multi_thread")]
async fn the_next_one_is_ready_and_the_bar_says_so() -> Result<()> {
    let stage = Stage::set("ahead")?;
    let server = Server::start(Options { limits: Limits::Sliding, ..Options::default() }).await?;
    let window = signed_in(stage.launch(), &server).open().await?;
    window.part("conversation-row").await?;
    let page = window.ask::<Vec<String>>(
        "return [...document.querySelectorAll('[data-part=conversation-row]')].map((row) => row.dataset.id)",
        &[],
    );
    let ids = page.await?;
    window.text_of("[data-part=budget]", |said| said.contains("ready") && said.contains(" of ")).await?;
    tells_of(&window, "transcripts").await?;
    window.click(&row(&ids[0])).await?;
    window.part("state-path").await?;
    let asked = server.calls().await?.iter().filter(|call| is_of(call, &ids[1])).count();
    ensure!(asked > 1, "the next one is not being read");
    window.chord(Key::Shift, "j").await?;
    window.find(&format!("section.what[data-id=\"{}\"] [data-part=message]", ids[1])).await?;
    window.part("state-path").await?;
    let transcripts = server.calls().await?.iter().filter(|call| is_of(call, &ids[1]) && is_transcript(call)).count();
    ensure!(transcripts == 1, "its text was asked for {transcripts} times");
    window.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bar_tells_what_the_server_still_allows() -> Result<()> {
    let stage = Stage::set("budgets")?;
    let server = Server::start(Options { limits: Limits::Sliding, ..Options::default() }).await?;
    let window = signed_in(stage.launch(), &server).open().await?;
    window.click("[data-part=conversation-row]").await?;
    window.part("state-path").await?;
    window.text_of("[data-part=budget]", |said| said.contains(" of ")).await?;
    tells_of(&window, "insights").await?;
    window.close().await
}

/// The bar's details name a limit with what is used of it and when it is free again, in both themes.
async fn tells_of(window: &Window<'_>, limit: &str) -> Result<()> {
    for colours in ["light", "dark"] {
        window.theme(colours).await?;
        window.click("[data-part=budget]").await?;
        let told = window.text_of("[data-part=budgets]", |said| said.contains(limit)).await?;
        ensure!(told.contains("of 20") && told.contains("free"), "{told}");
        window.picture(&format!("budgets-{colours}")).await?;
        window.press(Key::Escape).await?;
    }
    Ok(())
}

fn is_of(call: &serde_json::Value, id: &str) -> bool {
    text(call, "path").is_ok_and(|path| path.contains(id))
}

fn is_transcript(call: &serde_json::Value) -> bool {
    text(call, "path").is_ok_and(|path| path.ends_with("/messages/"))
}
