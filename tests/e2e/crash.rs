//! The program ends without being asked: what was typed is there again.

use std::time::Duration;

use anyhow::{Result, ensure};
use earmark_tests::stage::{Keyring, Stage, Window};
use serde_json::Value;
use thirtyfour::Key;

use crate::steps::{open, server, signed_in, voice_conversation_of};

const TYPED: &str = "She asked twice for the same date, and the agent answered the first time as if it had not heard; \
    the second time it repeated the question word for word, which the customer noticed. Tone: hurried – see 0:42.";
/// How many letters from the end the caret is left.
const BACK: usize = 9;

/// The text in the place for a new comment, and where its caret stands, if it has the focus.
async fn written(window: &Window<'_>) -> Result<(String, Option<usize>)> {
    let script = "const field = document.querySelector('[data-part=comment-input]');
        return [field.value, field === document.activeElement ? field.selectionEnd : null]";
    window.ask(script, &[]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_comment_that_was_being_written_is_there_after_a_kill() -> Result<()> {
    let stage = Stage::set("crash-draft")?;
    let server = server().await?;
    let (conversation, _) = voice_conversation_of(&server, 7).await?;
    ensure!(TYPED.chars().count() >= 200);
    let window = signed_in(stage.launch(), &server).open().await?;
    open(&window, &conversation).await?;
    window.press("c").await?;
    let focused = "return document.activeElement.dataset.part === 'comment-input'";
    window.until("the place to write", focused, &[]).await?;
    window.press(TYPED).await?;
    ensure!(written(&window).await?.0 == TYPED);
    // In the middle of the text, where something is typed once more.
    let back = "const field = document.activeElement;
        field.setSelectionRange(field.value.length - arguments[0], field.value.length - arguments[0])";
    window.ask::<Value>(back, &[BACK.into()]).await?;
    window.press("x").await?;
    let (text, caret) = written(&window).await?;
    // A second, as a reviewer has it; it is kept within a third of one.
    tokio::time::sleep(Duration::from_secs(1)).await;
    stage.kill_program()?;
    window.was_closed()?;

    let again = signed_in(stage.launch(), &server).open().await?;
    again.find(&format!("section[data-id=\"{conversation}\"] [data-part=message]")).await?;
    again.until("the place to write", focused, &[]).await?;
    ensure!(
        written(&again).await? == (text.clone(), caret),
        "found {:?} instead of {text:?} at {caret:?}",
        written(&again).await?
    );
    again.picture("again").await?;
    ensure!(server.comments(&conversation).await?.iter().all(|comment| comment["feedback_content"]["comment"] != text));
    again.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_keyring_a_passphrase_brings_back_what_was_done_before_a_kill() -> Result<()> {
    const PHRASE: &str = "four patient herons";
    let stage = Stage::set_with("passphrase", Keyring::Absent)?;
    let server = server().await?;
    let (conversation, _) = voice_conversation_of(&server, 7).await?;
    let window = signed_in(stage.launch(), &server).open().await?;
    window.text_of(".banner", |said| said.contains("until you leave the account or Earmark closes")).await?;
    open(&window, &conversation).await?;
    window.press("c").await?;
    window.part("comment-input").await?.send_keys("half a thought").await?;
    window.click("[data-part=use-passphrase]").await?;
    window.picture("choose").await?;
    window.press(format!("{PHRASE}{}{PHRASE}{}", Key::Tab.value(), Key::Enter.value()).as_str()).await?;
    window.gone("[data-part=passphrase]").await?;
    stage.kill_program()?;
    window.was_closed()?;

    let again = signed_in(stage.launch(), &server).open().await?;
    again.text_of(".banner", |said| said.contains("locked with your passphrase")).await?;
    again.click("[data-part=use-passphrase]").await?;
    again.press(format!("{PHRASE} and more{}", Key::Enter.value()).as_str()).await?;
    again.text_of("[data-part=passphrase]", |said| said.contains("does not open what is kept here")).await?;
    again.picture("enter").await?;
    again.press(format!("{PHRASE}{}", Key::Enter.value()).as_str()).await?;
    again.gone("[data-part=passphrase]").await?;
    again.find(&format!("section[data-id=\"{conversation}\"] [data-part=message]")).await?;
    let back = "return document.querySelector('[data-part=comment-input]')?.value === 'half a thought'";
    again.until("what was typed", back, &[]).await?;
    again.close().await
}
