//! The palette: everything by its name, and whatever has a pasted id.

use anyhow::{Context, Result, ensure};
use earmark_tests::stage::{Stage, Window};
use serde_json::Value;
use thirtyfour::Key;

use crate::looks::objections;
use crate::steps::{conversations, message, open, server, signed_in, text, voice_conversation};

/// No sandbox gives this id to anything.
const NOBODYS: &str = "0123456789abcdef01234567";

async fn choose(window: &Window<'_>, words: &str) -> Result<()> {
    window.chord(Key::Control, "k").await?;
    window.find("[data-part=palette] input").await?;
    window.press(words).await?;
    window.find("[data-part=palette] [role=option][aria-selected=true]").await?;
    window.press(Key::Enter).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pasted_id_leads_to_its_conversation_interaction_or_message() -> Result<()> {
    let stage = Stage::set("palette")?;
    let server = server().await?;
    let (conversation, messages) = voice_conversation(&server).await?;
    let last = messages.last().context("a message")?;
    let interaction = text(last, "interaction_id")?;
    let begun =
        messages.iter().find(|message| message["interaction_id"] == interaction).context("its first message")?;
    let others = conversations(&server).await?;
    let other = others.iter().find(|id| **id != conversation).context("another conversation")?;

    let window = signed_in(stage.launch(), &server).open().await?;
    window.part("conversation-row").await?;
    choose(&window, &conversation).await?;
    window.find(&format!("section[data-id=\"{conversation}\"] [data-part=message]")).await?;
    let focused = "return document.activeElement?.dataset.id === arguments[0]";
    // The conversation at hand first, then from another one.
    for away in [false, true] {
        for (id, message) in [(text(last, "id")?, text(last, "id")?), (interaction, text(begun, "id")?)] {
            if away {
                choose(&window, other).await?;
                window.find(&format!("section[data-id=\"{other}\"] [data-part=message]")).await?;
            }
            choose(&window, id).await?;
            window.until(&format!("the message of {id}"), focused, &[message.into()]).await?;
            window.gone("[data-part=palette]").await?;
        }
    }
    window.find(&message(text(begun, "id")?)).await?;

    choose(&window, NOBODYS).await?;
    let said = window.text_of("[data-part=palette] [role=status]", |said| said.contains("searched")).await?;
    ensure!(said.contains("not among what was read"), "{said}");
    window.picture("nobodys").await?;
    window.press(Key::Escape).await?;
    window.until("the focus where it was", focused, &[text(begun, "id")?.into()]).await?;
    window.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_are_found_by_name_and_looked_at() -> Result<()> {
    let stage = Stage::set("palette-looks")?;
    let server = server().await?;
    let (conversation, _) = voice_conversation(&server).await?;
    let window = signed_in(stage.launch(), &server).size(1_280, 800).open().await?;
    open(&window, &conversation).await?;
    window.part("state-path").await?;
    let mut found = Vec::new();
    for (colours, width) in [("light", 1_280), ("dark", 1_024)] {
        window.resize(width, 800).await?;
        choose(&window, &format!("theme {colours}")).await?;
        let worn = "return getComputedStyle(document.documentElement).colorScheme === arguments[0]";
        window.until(&format!("{colours} colours"), worn, &[colours.into()]).await?;
        window.gone("[data-part=palette]").await?;
        window.picture(&format!("top-bar-{colours}")).await?;
        window.chord(Key::Control, "k").await?;
        window.find("[data-part=palette] input").await?;
        window.picture(&format!("palette-{colours}")).await?;
        found.extend(objections(&window).await?);
        window.press("comment").await?;
        window
            .until(
                "what fits",
                "return document.querySelectorAll('[data-part=palette] [role=option]').length < 20",
                &[],
            )
            .await?;
        window.picture(&format!("palette-found-{colours}")).await?;
        window.press(Key::Escape).await?;
        window.gone("[data-part=palette]").await?;
        window.press("?").await?;
        window.part("help").await?;
        window.picture(&format!("help-{colours}")).await?;
        found.extend(objections(&window).await?);
        window.press(Key::Escape).await?;
        window.gone("[data-part=help]").await?;
    }
    ensure!(found.is_empty(), "axe objects:\n{}", found.join("\n"));

    choose(&window, "skip this conversation").await?;
    window.text_of("[data-part=row-review]", |said| said.contains("skipped")).await?;
    choose(&window, "go to settings").await?;
    window.part("settings").await?;
    let focused = "return document.activeElement !== document.body";
    window.until("the focus in the place", focused, &[]).await?;
    choose(&window, "show the keys").await?;
    window.part("help").await?;
    let not_here: Value = window
        .ask("return document.querySelector('[data-part=help] [data-id=next-turn]').dataset.applies", &[])
        .await?;
    ensure!(not_here == "false", "turns are walked in the settings");
    window.close().await
}
