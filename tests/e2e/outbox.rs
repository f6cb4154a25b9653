//! The network is away and the program is killed: everything that was done arrives once.

use anyhow::{Context, Result, ensure};
use earmark_tests::stage::{Stage, Window, eventually};
use serde_json::json;
use thirtyfour::Key;

use crate::steps::{open, server, signed_in, voice_conversation_of};

const TAGS: usize = 12;
const REMARKS: usize = 18;

/// Sets tags and writes comments, by the keyboard alone.
async fn edit(window: &Window<'_>) -> Result<()> {
    window.press("t").await?;
    for n in 0..TAGS {
        window.part("tag-input").await?.send_keys(format!("step {n}: v{n}")).await?;
        window.press(Key::Enter).await?;
        window.says("tags", &format!("v{n}")).await?;
    }
    window.press(Key::Escape).await?;
    window.press(Key::Escape).await?;
    for n in 0..REMARKS {
        window.press("c").await?;
        let focused = "return document.activeElement.dataset.part === 'comment-input'";
        window.until("the place to write", focused, &[]).await?;
        window.press(format!("Remark {n}.")).await?;
        window.send().await?;
        window.says("comments", &format!("Remark {n}.")).await?;
        window.press(Key::Escape).await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn thirty_edits_outlive_a_cut_network_and_a_kill_and_arrive_once() -> Result<()> {
    let stage = Stage::set("outbox")?;
    let server = server().await?;
    let (conversation, _) = voice_conversation_of(&server, 7).await?;
    let window = signed_in(stage.launch(), &server).open().await?;
    open(&window, &conversation).await?;
    server.fault(json!([{ "path": "*", "kind": "drop" }])).await?;
    edit(&window).await?;
    window.says("outbox", "saved here").await?;
    window.text_of("[data-part=outbox]", |said| said.contains("cannot be reached")).await?;
    window.picture("cut").await?;
    stage.kill_program()?;
    window.was_closed()?;

    // Each call that is dropped tries to sign in first, and only five of those are allowed in a minute.
    let again = signed_in(stage.launch(), &server).argument("--minute=0").open().await?;
    again.says("outbox", "saved here").await?;
    again.picture("again").await?;
    server.fault(json!([])).await?;
    // What is read anew tells that the server is there again.
    again.click("[aria-label=\"Read the list again\"]").await?;
    again.gone("[data-part=outbox]").await?;
    let comments = server.comments(&conversation).await?;
    let said = comments.iter().filter_map(|comment| comment["feedback_content"]["comment"].as_str());
    let remarks: Vec<&str> = said.filter(|said| said.starts_with("Remark ")).collect();
    let expected: Vec<String> = (0..REMARKS).map(|n| format!("Remark {n}.")).collect();
    ensure!(remarks == expected, "{remarks:?}");
    let tags = server.conversation(&conversation).await?["tags"].clone();
    for n in 0..TAGS {
        ensure!(tags[format!("step {n}")] == format!("v{n}"), "{tags}");
    }

    // Somebody else adds a tag, and what was done before the kill is taken back.
    let theirs = json!({ "conversation_id": conversation, "tags": { "set": { "theirs": "new" } } });
    server.edit(theirs).await?;
    for _ in 0..=REMARKS {
        again.chord(Key::Control, "z").await?;
        again.text_of("[data-part=toast]", |said| said.contains("Undone")).await?;
    }
    let last = format!("step {}", TAGS - 1);
    eventually("the tag to go at the server", async || {
        let tags = server.conversation(&conversation).await?["tags"].clone();
        Ok(tags.get(&last).is_none().then_some(()))
    })
    .await?;
    let tags = server.conversation(&conversation).await?["tags"].clone();
    ensure!(tags["theirs"] == "new", "somebody else's tag is gone: {tags}");
    let left = server.comments(&conversation).await?;
    ensure!(
        !left.iter().any(|it| it["feedback_content"]["comment"]
            .as_str()
            .context("text")
            .is_ok_and(|it| it.starts_with("Remark"))),
        "a comment that was taken back is still there"
    );
    again.close().await
}
