//! The bottom bar tells how much of the server's limits is used.

use anyhow::{Result, ensure};
use earmark_sandbox::{Limits, Options};
use earmark_tests::stage::{Server, Stage};
use thirtyfour::Key;

use crate::steps::signed_in;

#[tokio::test(flavor = "multi_thread")]
async fn the_bar_tells_what_the_server_still_allows() -> Result<()> {
    let stage = Stage::set("budgets")?;
    let server = Server::start(Options { limits: Limits::Sliding, ..Options::default() }).await?;
    let window = signed_in(stage.launch(), &server).open().await?;
    window.click("[data-part=conversation-row]").await?;
    window.part("state-path").await?;
    window.text_of("[data-part=budget]", |said| said.contains(" of ")).await?;
    for colours in ["light", "dark"] {
        window.theme(colours).await?;
        window.click("[data-part=budget]").await?;
        let told = window.text_of("[data-part=budgets]", |said| said.contains("insights")).await?;
        ensure!(told.contains("of 20") && told.contains("free"), "{told}");
        window.picture(&format!("budgets-{colours}")).await?;
        window.press(Key::Escape).await?;
    }
    window.close().await
}
