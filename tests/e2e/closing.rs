//! How the program ends: what the reviewer did goes out, although it could still be taken back.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use earmark_tests::stage::{Server, Stage, Window, eventually};
use serde_json::json;

use crate::steps::{TITLE, button, card_of, comment_at, open, server, signed_in, tab, text, voice_conversation};

/// How long a deletion can be taken back; the window does not delete by itself before.
const UNDO: Duration = Duration::from_secs(5);

#[tokio::test(flavor = "multi_thread")]
async fn a_comment_deleted_just_before_the_window_closes_is_deleted() -> Result<()> {
    let stage = Stage::set("closing")?;
    let server = server().await?;
    let (conversation, _) = voice_conversation(&server).await?;
    let window = signed_in(stage.launch(), &server).open().await?;
    open(&window, &conversation).await?;
    let kept = write(&window, &server, &conversation, "This one stays.").await?;
    let deleted = write(&window, &server, &conversation, "This one goes.").await?;

    let clicked = Instant::now();
    button(&window, &kept, "Delete").await?;
    button(&window, "[data-part=toast]", "Undo").await?;
    window.find(&kept).await?;
    button(&window, &deleted, "Delete").await?;
    window.gone(&deleted).await?;
    let desktop = stage.desktop()?;
    let native = desktop.window(TITLE).await?;
    native.close()?;
    native.gone().await?;
    ensure!(clicked.elapsed() < UNDO, "the window took so long that the deletion was due anyway");
    eventually("the comment to go at the server", async || {
        Ok(comment_at(&server, &conversation, "This one goes.").await?.is_none().then_some(()))
    })
    .await?;
    let stays = comment_at(&server, &conversation, "This one stays.").await?;
    ensure!(stays.is_some(), "the comment that was taken back is gone");
    window.was_closed()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_while_the_program_still_sends_opens_a_window_of_its_own() -> Result<()> {
    let stage = Stage::set("closing-slowly")?;
    let server = server().await?;
    let (conversation, _) = voice_conversation(&server).await?;
    let window = signed_in(stage.launch(), &server).open().await?;
    open(&window, &conversation).await?;
    let deleted = write(&window, &server, &conversation, "This one goes slowly.").await?;
    let there = comment_at(&server, &conversation, "This one goes slowly.").await?.context("the comment")?;
    let slow = format!("*{}*", text(&there, "id")?);
    server.fault(json!([{ "path": slow, "method": "DELETE", "kind": "delay", "ms": 60_000 }])).await?;
    button(&window, &deleted, "Delete").await?;
    window.gone(&deleted).await?;

    let desktop = stage.desktop()?;
    let native = desktop.window(TITLE).await?;
    native.close()?;
    let mut next = signed_in(stage.launch(), &server).start_plainly("next")?;
    native.gone().await?;
    desktop.window(TITLE).await.with_context(|| format!("the next start ended: {:?}", next.status()))?;
    ensure!(next.status()?.is_none(), "the window is not the next start's");
    window.was_closed()
}

/// Writes a comment, waits until it is at the server, and answers the selector of its card.
async fn write(window: &Window<'_>, server: &Server, conversation: &str, words: &str) -> Result<String> {
    tab(window, "Comments").await?;
    window.part("comment-input").await?.send_keys(words).await?;
    window.send().await?;
    eventually("the comment at the server", async || comment_at(server, conversation, words).await).await?;
    card_of(window, words).await
}
