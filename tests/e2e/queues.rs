//! Queues and many conversations at once, by keyboard: a queue is made, reviewed to its end, and taken back.

use anyhow::{Result, ensure};
use earmark_tests::stage::{Stage, Window, eventually};
use serde_json::json;
use thirtyfour::Key;

use crate::looks::objections;
use crate::steps::{conversations, server, signed_in};

/// Opens the menu of views and queues and chooses what begins with these letters.
async fn choose(window: &Window<'_>, letters: &str) -> Result<()> {
    window.find("[data-part=named]").await?.focus().await?;
    window.press(Key::Enter).await?;
    window.find("[role=menuitem]:focus").await?;
    window.press(letters).await?;
    window.press(Key::Enter).await
}

/// Waits until a conversation is open and its transcript has the focus.
async fn reads(window: &Window<'_>, id: &str) -> Result<()> {
    let script = "const focused = document.activeElement;
        return focused.dataset.part === 'message' && focused.closest('section.what')?.dataset.id === arguments[0]";
    window.until(&format!("the focus in the transcript of {id}"), script, &[id.into()]).await
}

async fn says(window: &Window<'_>, progress: &str) -> Result<()> {
    window.text_of("[data-part=reviewing]", |said| said.ends_with(progress)).await?;
    window.text_of("[data-part=queue-progress]", |said| said == progress).await.map(|_| ())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queue_is_made_and_reviewed_to_its_end_by_keyboard() -> Result<()> {
    let stage = Stage::set("queue")?;
    let server = server().await?;
    let ids: Vec<String> = conversations(&server).await?.into_iter().take(4).collect();
    let [first, second, third, fourth] = &ids[..] else { anyhow::bail!("the sandbox has four conversations") };
    let step = async |id: &str| anyhow::Ok(server.conversation(id).await?["tags"]["review"].clone());
    let window = signed_in(stage.launch(), &server).open().await?;
    window.narrow(&ids.iter().map(String::as_str).collect::<Vec<_>>()).await?;
    window.press(Key::Escape).await?;

    choose(&window, "m").await?;
    window.find("[data-part=make-queue] input:focus").await?;
    window.press("Four of them").await?;
    window.text_of("[data-part=queue-plan]", |said| said.starts_with("4 conversations")).await?;
    window.picture("making").await?;
    window.press(Key::Enter).await?;
    says(&window, "0 of 4 done").await?;
    window.gone("[data-part=make-queue]").await?;

    window.chord(Key::Shift, "j").await?;
    window.find(&format!("section.what[data-id=\"{first}\"] [data-part=message]")).await?;
    window.picture("queue-light").await?;
    window.chord(Key::Control, Key::Enter).await?;
    reads(&window, second).await?;
    window.says("toast", "Next:").await?;
    says(&window, "1 of 4 done").await?;
    eventually("the tag at the server", async || Ok((step(first).await? == "done").then_some(()))).await?;

    // Somebody else reviews the third: it is passed over. What is typed and left is a draft.
    server.edit(json!({ "conversation_id": third, "tags": { "set": { "review": "done" } } })).await?;
    window.press("c").await?;
    window.find("[data-part=comment-input]:focus").await?;
    window.press("Half a thought").await?;
    window.press(Key::Escape).await?;
    reads(&window, second).await?;
    window.click("[aria-label=\"Read the list again\"]").await?;
    says(&window, "2 of 4 done, 1 draft").await?;
    window.press("c").await?;
    window.find("[data-part=comment-input]:focus").await?;
    window.chord(Key::Control, Key::Enter).await?;
    reads(&window, fourth).await?;
    let comments = server.comments(second).await?;
    let sent = async || {
        let comments = server.comments(second).await?;
        Ok(comments.iter().any(|it| it["feedback_content"]["comment"] == "Half a thought").then_some(()))
    };
    eventually(&format!("what was typed, after {} comments", comments.len()), sent).await?;
    says(&window, "3 of 4 done").await?;

    window.chord(Key::Control, Key::Enter).await?;
    window.find("[data-part=queue-done] h2:focus").await?;
    says(&window, "4 of 4 done").await?;
    window.picture("done").await?;
    window.press("u").await?;
    reads(&window, fourth).await?;
    window.says("toast", "You are back").await?;
    says(&window, "3 of 4 done").await?;
    eventually("what was taken back", async || Ok((step(fourth).await? != "done").then_some(()))).await?;

    window.theme("dark").await?;
    window.find("[data-part=queue]").await?;
    window.picture("queue-dark").await?;
    window.resize(1280, 800).await?;
    window.picture("queue-dark-small").await?;
    window.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_else_does_in_the_same_queue_is_said_and_passed_over() -> Result<()> {
    let stage = Stage::set("meanwhile")?;
    let server = server().await?;
    let ids: Vec<String> = conversations(&server).await?.into_iter().take(4).collect();
    let [first, second, third, fourth] = &ids[..] else { anyhow::bail!("the sandbox has four conversations") };
    let window = signed_in(stage.launch(), &server).open().await?;
    window.narrow(&ids.iter().map(String::as_str).collect::<Vec<_>>()).await?;
    window.press(Key::Escape).await?;
    choose(&window, "m").await?;
    window.find("[data-part=make-queue] input:focus").await?;
    window.press("The same on two").await?;
    window.text_of("[data-part=queue-plan]", |said| said.starts_with("4 conversations")).await?;
    window.press(Key::Enter).await?;
    says(&window, "0 of 4 done").await?;
    window.chord(Key::Shift, "j").await?;
    window.find(&format!("section.what[data-id=\"{first}\"] [data-part=message]")).await?;

    // The other computer is ahead: it has finished the second by now, and skips the third while this one looks at the second.
    let other = async |id: &str, step: &str| {
        let tags = json!({ "set": { "review": step, "reviewer": "A. Osei" } });
        server.edit(json!({ "conversation_id": id, "tags": tags })).await
    };
    other(second, "done").await?;
    other(third, "skipped").await?;
    window.chord(Key::Control, Key::Enter).await?;
    reads(&window, second).await?;
    let finished = "A. Osei has finished the review of this conversation meanwhile.";
    window.text_of("[data-part=meanwhile]", |said| said.contains(finished)).await?;
    says(&window, "2 of 4 done").await?;
    window.picture("said-light").await?;
    window.theme("dark").await?;
    window.find("[data-part=meanwhile]").await?;
    window.picture("said-dark").await?;
    ensure!(objections(&window).await?.is_empty(), "{:?}", objections(&window).await?);
    window.chord(Key::Control, Key::Enter).await?;
    reads(&window, fourth).await?;
    window.says("toast", "A. Osei has skipped it meanwhile").await?;
    window.gone("[data-part=meanwhile]").await?;
    let reviewer = server.conversation(second).await?["tags"]["reviewer"].clone();
    ensure!(reviewer == "A. Osei", "going by does not make it mine: {reviewer}");
    window.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_view_is_there_again_and_a_deleted_conversation_is_passed_over() -> Result<()> {
    let stage = Stage::set("views")?;
    let server = server().await?;
    let ids: Vec<String> = conversations(&server).await?.into_iter().take(3).collect();
    let window = signed_in(stage.launch(), &server).open().await?;
    window.narrow(&ids.iter().map(String::as_str).collect::<Vec<_>>()).await?;
    window.press(Key::Escape).await?;
    choose(&window, "s").await?;
    window.find("[data-part=save-view] input:focus").await?;
    window.press("The three").await?;
    window.press(Key::Enter).await?;
    window.says("toast", "saved").await?;
    choose(&window, "m").await?;
    window.find("[data-part=make-queue] input:focus").await?;
    window.press("Queue of three").await?;
    window.text_of("[data-part=queue-plan]", |said| said.starts_with("3 conversations")).await?;
    window.press(Key::Enter).await?;
    says(&window, "0 of 3 done").await?;
    server.edit(json!({ "conversation_id": ids[1], "deleted": true })).await?;
    window.click("[aria-label=\"Read the list again\"]").await?;
    says(&window, "0 of 2 done").await?;
    window.text_of(&crate::steps::row(&ids[1]), |said| said.contains("Gone")).await?;
    window.chord(Key::Shift, "j").await?;
    window.find(&format!("section.what[data-id=\"{}\"] [data-part=message]", ids[0])).await?;
    window.chord(Key::Control, Key::Enter).await?;
    reads(&window, &ids[2]).await?;
    window.close().await?;

    let again = signed_in(stage.launch(), &server).open().await?;
    again.part("conversation-row").await?;
    choose(&again, "t").await?;
    let rows = "return [...document.querySelectorAll('[data-part=conversation-row]')].map((row) => row.dataset.id)";
    eventually("the same rows", async || {
        let shown: Vec<String> = again.ask(rows, &[]).await?;
        Ok((shown == [ids[0].clone(), ids[2].clone()]).then_some(()))
    })
    .await?;
    again.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn many_are_tagged_at_once_and_nothing_stands_beside_the_conversation() -> Result<()> {
    let stage = Stage::set("bulk")?;
    let server = server().await?;
    let ids: Vec<String> = conversations(&server).await?.into_iter().take(3).collect();
    let window = signed_in(stage.launch(), &server).open().await?;
    window.find("[data-part=conversation-row][tabindex=\"0\"]").await?.focus().await?;
    window.chord(Key::Shift, Key::Down).await?;
    window.chord(Key::Shift, Key::Down).await?;
    window.says("selection", "3 selected").await?;
    window.chord(Key::Shift, "t").await?;
    window.find("[data-part=bulk-tags] input[type=text]").await?.focus().await?;
    window.press("batch: seven").await?;
    window.text_of("[data-part=bulk-plan]", |said| said.contains("3 conversations get it")).await?;
    window.picture("preview").await?;
    window.press(Key::Enter).await?;
    window.gone("[data-part=selection]").await?;
    let tags = async || {
        let mut found = Vec::new();
        for id in &ids {
            found.push(server.conversation(id).await?["tags"]["batch"].clone());
        }
        anyhow::Ok(found)
    };
    eventually("the tags at the server", async || Ok((tags().await? == vec![json!("seven"); 3]).then_some(()))).await?;
    window.press("u").await?;
    window.says("toast", "3 conversations").await?;
    eventually("none of them", async || Ok((tags().await? == vec![json!(null); 3]).then_some(()))).await?;

    window.press(Key::Enter).await?;
    window.part("message").await?;
    window.press("w").await?;
    let hidden = "return ['.which', '.rail'].every((part) =>
        getComputedStyle(document.querySelector(part)).visibility === 'hidden') === arguments[0]";
    window.until("the list and the rail to go", hidden, &[true.into()]).await?;
    let focused: bool = window.ask("return document.activeElement !== document.body", &[]).await?;
    ensure!(focused, "the focus was lost");
    window.picture("focus").await?;
    window.press(Key::Escape).await?;
    window.until("the list and the rail to come back", hidden, &[false.into()]).await?;
    let wide: f64 = window.ask("return document.querySelector('.which').clientWidth", &[]).await?;
    ensure!(wide > 200.0, "{wide}");
    window.close().await
}
