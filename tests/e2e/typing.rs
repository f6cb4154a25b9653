//! While something is typed no letter moves anything, and chords still do.

use anyhow::{Context, Result, ensure};
use earmark_tests::stage::{Stage, eventually};
use thirtyfour::Key;

use crate::keys::{CONVERSATION, DIALOG, PLAYS, REVIEW, SECONDS, SPEED, TURN, at_work, leave, value};
use crate::steps::{comment_at, row, server};

#[tokio::test(flavor = "multi_thread")]
async fn nothing_moves_while_typing_and_chords_still_do() -> Result<()> {
    const SENTENCE: &str = "jjkk 123 [ ] ? e";
    let stage = Stage::set("typing")?;
    let server = server().await?;
    let (window, _) = at_work(&stage, &server).await?;
    let still = async || {
        value(&window, &format!("[{TURN}, {CONVERSATION}, {PLAYS}, {SECONDS}, {SPEED}, {REVIEW}, {DIALOG}]")).await
    };
    let before = still().await?;
    let caret = "return document.activeElement?.dataset.part === arguments[0]";
    let typed = "return document.activeElement.value === arguments[0]";

    window.press("t").await?;
    window.until("the caret in the tag", caret, &["tag-input".into()]).await?;
    let tag = format!("note: {SENTENCE}");
    window.press(tag.as_str()).await?;
    window.until("the tag as it was typed", typed, &[tag.into()]).await?;
    ensure!(still().await? == before, "typing a tag moved something");
    window.press(Key::Escape).await?;

    window.click("[data-part=filters] button[aria-expanded=false]:not([aria-haspopup])").await?;
    window.click("[data-part=filters] form:last-of-type input").await?;
    window.press(SENTENCE).await?;
    window.until("the filter as it was typed", typed, &[SENTENCE.into()]).await?;
    ensure!(still().await? == before, "typing a filter moved something");
    window.press(Key::Escape).await?;

    leave(&window).await?;
    window.press("c").await?;
    window.until("the caret in the comment", caret, &["comment-input".into()]).await?;
    window.press(SENTENCE).await?;
    window.until("the comment as it was typed", typed, &[SENTENCE.into()]).await?;
    ensure!(still().await? == before, "typing a comment moved something");

    let conversation = value(&window, CONVERSATION).await?;
    let moved = format!("return ({CONVERSATION}) !== arguments[0]");
    window.chord_of(&[Key::Control, Key::Alt], Key::Down).await?;
    window.until("the next conversation", &moved, std::slice::from_ref(&conversation)).await?;
    window.chord_of(&[Key::Control, Key::Alt], Key::Up).await?;
    let back = format!("return ({CONVERSATION}) === arguments[0]");
    window.until("the conversation before", &back, std::slice::from_ref(&conversation)).await?;
    window.press("c").await?;
    window.until("the comment as it was left", typed, &[SENTENCE.into()]).await?;
    window.chord(Key::Control, "k").await?;
    window.part("palette").await?;
    window.press(Key::Escape).await?;
    window.until("the caret back in the comment", typed, &[SENTENCE.into()]).await?;

    // What is written is sent first, and then the review is over.
    window.chord(Key::Control, Key::Enter).await?;
    window.until("the next conversation", &moved, std::slice::from_ref(&conversation)).await?;
    let id = conversation.as_str().context("an id")?;
    window.text_of(&format!("{} [data-part=row-review]", row(id)), |said| said.contains("done")).await?;
    eventually("the comment at the server", async || comment_at(&server, id, SENTENCE).await).await?;
    window.close().await
}
