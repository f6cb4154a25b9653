//! A reviewer's whole round without a pointer: read, flag, comment, tag, complete, and on to the next, ten times over.

use anyhow::{Result, bail, ensure};
use earmark_tests::stage::{Stage, Window, eventually};
use thirtyfour::Key;

use crate::steps::{comment_at, conversations, message, server, signed_in, text};

const ROUNDS: usize = 10;
const FOCUS: &str = "const at = document.activeElement;
    const box = at?.getBoundingClientRect();
    return at !== null && at !== document.body && box.width > 0 && box.height > 0 && at.matches(':focus-visible')";

#[tokio::test(flavor = "multi_thread")]
async fn ten_conversations_are_reviewed_by_keyboard_alone() -> Result<()> {
    let stage = Stage::set("by-keyboard")?;
    let server = server().await?;
    let window = signed_in(stage.launch(), &server).argument("--minute=0").open().await?;
    window.part("conversation-row").await?;
    window.chord(Key::Shift, "j").await?;
    let mut reviewed = Vec::new();
    for round in 0..ROUNDS {
        let id = opened(&window, reviewed.last()).await?;
        ensure!(!reviewed.contains(&id), "{id} came a second time");
        let messages = server.messages(&id).await?;
        let ids = messages.iter().map(|message| text(message, "id")).collect::<Result<Vec<_>>>()?;
        let [.., before_last, last] = ids[..] else { bail!("{id} has too few messages") };
        for _ in 1..ids.len() {
            window.press("j").await?;
        }
        window.find(&format!("{}[aria-current]", message(last))).await?;
        window.press("!").await?;
        window.press("k").await?;
        window.press("!").await?;
        for flagged in [before_last, last] {
            window.find(&format!("{} [data-part=flag][aria-pressed=true]", message(flagged))).await?;
        }
        has_focus(&window, "after two flags").await?;

        let words = format!("Remark {round}");
        window.press("c").await?;
        window.find("[data-part=comment-input]:focus").await?;
        window.press(words.as_str()).await?;
        window.chord_of(&[Key::Control, Key::Shift], Key::Enter).await?;
        window.says("comments", &words).await?;
        has_focus(&window, "after a comment").await?;
        window.press(Key::Escape).await?;

        window.press("t").await?;
        window.find("[data-part=tag-input]:focus, [data-part=tag-input] :focus").await?;
        window.press("quality:good").await?;
        window.press(Key::Enter).await?;
        window.says("tags", "good").await?;
        has_focus(&window, "after a tag").await?;
        window.press(Key::Escape).await?;

        window.chord(Key::Control, Key::Enter).await?;
        reviewed.push(id);
    }
    let next = opened(&window, reviewed.last()).await?;
    let listed = conversations(&server).await?;
    let expected: Vec<_> = listed.iter().filter(|id| !reviewed.contains(id)).take(1).cloned().collect();
    ensure!(expected == [next], "the next unreviewed one follows");
    for (round, id) in reviewed.iter().enumerate() {
        eventually(&format!("{id} as it was reviewed"), async || {
            let tags = server.conversation(id).await?["tags"].clone();
            let comment = comment_at(&server, id, &format!("Remark {round}")).await?;
            Ok((tags["quality"] == "good" && tags["review"] == "done" && comment.is_some()).then_some(()))
        })
        .await?;
    }
    window.close().await
}

/// Waits until another conversation than the last is open and can be worked on.
async fn opened(window: &Window<'_>, before: Option<&String>) -> Result<String> {
    let script = "const what = document.querySelector('section.what');
        return what?.querySelector('[data-part=message][aria-current]') ? what.dataset.id : null";
    let id = eventually("the next conversation", async || {
        Ok(window.ask::<Option<String>>(script, &[]).await?.filter(|id| Some(id) != before))
    })
    .await?;
    has_focus(window, "in the next conversation").await?;
    Ok(id)
}

async fn has_focus(window: &Window<'_>, when: &str) -> Result<()> {
    window.until(&format!("the focus to be seen {when}"), FOCUS, &[]).await
}
