//! A supervisor clears what reviewers found, by keyboard alone.

use anyhow::{Context, Result, ensure};
use earmark_sandbox::{Limits, Options};
use earmark_tests::stage::{Server, Stage};
use serde_json::{Value, json};
use thirtyfour::Key;

use crate::steps::{signed_in, text};

/// Conversations with so many comments between them, of which some are resolved.
const CONVERSATIONS: u32 = 60;
const COMMENTS: u32 = 90;
/// A short window of the server's: the reading in the background takes as long as that lets it.
const QUICKLY: &str = "--minute=3000";
/// As many as are cleared.
const CLEARED: usize = 50;

const FOCUS_IS_KEPT: &str = "return document.activeElement !== null && document.activeElement !== document.body";
const AT_ITS_TURN: &str = "const [interaction] = arguments;
    const current = document.querySelector('[data-part=message][aria-current]');
    return current?.closest('[data-part=interaction]')?.dataset.id === interaction";

fn is_open(comment: &Value) -> bool {
    comment["feedback_content"]["resolved"] != true
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_open_comments_are_cleared_by_keyboard_though_the_network_is_cut() -> Result<()> {
    let stage = Stage::set("feedback")?;
    let options = Options {
        limits: Limits::Off,
        conversations: Some(CONVERSATIONS),
        comments: Some(COMMENTS),
        ..Options::default()
    };
    let server = Server::start(options).await?;
    let open: Vec<Value> = server.all_comments().await?.into_iter().filter(is_open).take(CLEARED).collect();
    let mut conversations: Vec<&str> = open.iter().filter_map(|one| one["conversation_id"].as_str()).collect();
    conversations.sort_unstable();
    conversations.dedup();
    ensure!(open.len() == CLEARED && conversations.len() >= 20, "{} in {}", open.len(), conversations.len());

    let window = signed_in(stage.launch(), &server).argument(QUICKLY).open().await?;
    window.go_to_feedback().await?;
    window.press("j").await?;
    window.press("k").await?;
    for (at, comment) in open.iter().enumerate() {
        let id = text(comment, "id")?;
        window.looks_at(id).await.with_context(|| format!("number {at}"))?;
        let interaction = text(&comment["feedback_content"], "interaction_id")?;
        window.until("its turn", AT_ITS_TURN, &[interaction.into()]).await?;
        ensure!(window.ask::<bool>(FOCUS_IS_KEPT, &[]).await?, "the focus was lost at {at}");
        if at == 20 {
            window.picture("queue").await?;
        }
        if at == 25 {
            // What is open by then is on this computer; what is done is kept and sent later.
            server.fault(json!([{ "path": "*", "method": "POST", "kind": "drop" }])).await?;
        }
        if at == 40 {
            server.fault(json!([])).await?;
        }
        window.chord(Key::Shift, "e").await?;
    }
    window.gone("[data-part=outbox]").await?;
    let there = server.all_comments().await?;
    let left = open.iter().filter(|one| there.iter().any(|now| now["id"] == one["id"] && is_open(now))).count();
    ensure!(left == 0, "{left} are still open on the server");
    let calls = server.calls().await?;
    for comment in &open {
        let id = text(comment, "id")?;
        let is_its = |call: &&Value| {
            call["method"] == "POST"
                && call["status"] == 204
                && call["path"].as_str().is_some_and(|path| path.ends_with(id))
        };
        let sent = calls.iter().filter(is_its).count();
        ensure!(sent == 1, "{id} was sent {sent} times");
    }
    let today = |said: &str| said.ends_with(&format!("{CLEARED} resolved today"));
    window.text_of("[data-part=feedback-today]", today).await?;
    window.picture("cleared").await?;
    // Taken back from anywhere, the last one is looked at again.
    window.press("u").await?;
    let one_less = |said: &str| said.ends_with(&format!("{} resolved today", CLEARED - 1));
    window.text_of("[data-part=feedback-today]", one_less).await?;
    let last = text(&open[CLEARED - 1], "id")?;
    window.looks_at(last).await?;
    window.find(&format!("[data-part=feedback-row][data-id=\"{last}\"][data-resolved=false]")).await?;
    // The list of conversations counts the same.
    let of_last = text(&open[CLEARED - 1], "conversation_id")?;
    let still_open = there.iter().filter(|one| one["conversation_id"] == of_last && is_open(one)).count() + 1;
    window.click("[data-part=rail] button[aria-label^=Conversations]").await?;
    window.narrow(&[of_last]).await?;
    let row = format!("{} [data-part=row-open]", crate::steps::row(of_last));
    let words = format!("{still_open} open comment");
    window.text_of(&row, |said| said.contains(&words)).await?;
    window.theme("dark").await?;
    window.click("[data-part=rail] button[aria-label^=Feedback]").await?;
    window.text_of("[data-part=feedback-today]", one_less).await?;
    window.picture("cleared-dark").await?;
    window.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn one_resolved_by_somebody_else_asks_and_keeps_the_text() -> Result<()> {
    let stage = Stage::set("feedback-clash")?;
    let server = crate::steps::server().await?;
    let open: Vec<Value> = server.all_comments().await?.into_iter().filter(is_open).collect();
    let comment = open.get(2).context("a third open comment")?;
    let id = text(comment, "id")?;
    let window = signed_in(stage.launch(), &server).argument(QUICKLY).open().await?;
    window.go_to_feedback().await?;
    window.press("j").await?;
    window.press("j").await?;
    window.looks_at(id).await?;
    window.click("section.what .comment [data-edit]").await?;
    let field = "section.what .comment textarea";
    window.enter(field, "These are my own words.").await?;
    server.edit(json!({ "feedback_id": id, "resolved": true })).await?;
    window.chord(Key::Control, Key::Enter).await?;
    window.says("clash", "These are my own words.").await?;
    window.picture("clash").await?;
    let there = server.all_comments().await?;
    let now = there.iter().find(|one| one["id"] == *id).context("it is there")?;
    ensure!(now["feedback_content"]["comment"] == comment["feedback_content"]["comment"], "it was overwritten");
    window.theme("dark").await?;
    window.click("[data-part=rail] button[aria-label^=Feedback]").await?;
    window.says("clash", "These are my own words.").await?;
    window.picture("clash-dark").await?;
    // It becomes a comment of its own.
    window.text_of("[data-part=clash] [data-choice=copy]", |said| said.contains("Copy mine to a new comment")).await?;
    window.press("3").await?;
    window.gone("[data-part=clash]").await?;
    window.gone("[data-part=outbox]").await?;
    let after = server.all_comments().await?;
    let mine = after.iter().filter(|one| one["feedback_content"]["comment"] == "These are my own words.").count();
    ensure!(mine == 1 && after.len() == there.len() + 1, "{mine} of mine, {} of {}", after.len(), there.len());
    ensure!(after.iter().any(|one| one == now), "theirs does not stand as it was");
    window.close().await
}
