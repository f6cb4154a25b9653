//! Keys are changed in the settings, for good; and the menu bar does what the keys do.

use anyhow::{Result, ensure};
use earmark_tests::stage::{Desktop, Stage, Window};
use serde_json::Value;
use thirtyfour::Key;

use crate::looks::objections;
use crate::steps::{TITLE, open, row, server, signed_in, voice_conversation};

const DONE: &str = "[data-action=done]";

async fn keys_page(window: &Window<'_>) -> Result<()> {
    window.chord(Key::Control, "k").await?;
    window.find("[data-part=palette] input").await?;
    window.press("change the keys").await?;
    window.find("[data-part=palette] [data-id=change-keys][aria-selected=true]").await?;
    window.press(Key::Enter).await?;
    window.part("key-list").await.map(drop)
}

/// Ends the review of the only conversation in the list by a key.
async fn ends(window: &Window<'_>, conversation: &str, key: Key) -> Result<()> {
    open(window, conversation).await?;
    window.press(key).await?;
    window.part("queue-done").await.map(drop)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_changed_refused_kept_and_reset() -> Result<()> {
    let stage = Stage::set("rebinding")?;
    let server = server().await?;
    let (conversation, _) = voice_conversation(&server).await?;
    let window = signed_in(stage.launch(), &server).size(1_280, 800).open().await?;
    window.part("conversation-row").await?;
    keys_page(&window).await?;
    for colours in ["light", "dark"] {
        window
            .ask::<Value>(
                "document.querySelector('input[name=theme][value=' + arguments[0] + ']').click()",
                &[colours.into()],
            )
            .await?;
        window.picture(&format!("keys-{colours}")).await?;
        let found = objections(&window).await?;
        ensure!(found.is_empty(), "axe objects:\n{}", found.join("\n"));
    }
    window.click(&format!("{DONE} [aria-pressed]")).await?;
    window.press("j").await?;
    window.text_of(&format!("{DONE} [role=status]"), |said| said == "J is already: Next turn").await?;
    window.picture("refused").await?;
    window.press(Key::F9).await?;
    window.text_of(&format!("{DONE} [role=status]"), |said| said.contains("F9 now does it")).await?;
    window.press(Key::Escape).await?;
    ends(&window, &conversation, Key::F9).await?;
    window.press("?").await?;
    window.text_of("[data-part=help] [data-id=done]", |said| said.contains("F9")).await?;
    window.close().await?;

    let window = signed_in(stage.launch(), &server).size(1_280, 800).open().await?;
    window.part("conversation-row").await?;
    ends(&window, &conversation, Key::F9).await?;
    keys_page(&window).await?;
    window.click("[data-part=key-list] .top button").await?;
    window.gone(&format!("{DONE} [aria-label^=\"Take F9\"]")).await?;
    window.click("[data-part=rail] [aria-label=Conversations]").await?;
    window.click(&row(&conversation)).await?;
    window.part("message").await?;
    window.press(Key::F9).await?;
    ensure!(
        window.ask::<bool>("return document.querySelector('section.what') !== null", &[]).await?,
        "F9 did it still"
    );
    window.chord(Key::Control, Key::Enter).await?;
    window.part("queue-done").await?;
    window.close().await
}

/// The height of the page: less where a menu bar stands above it.
async fn height(window: &Window<'_>) -> Result<f64> {
    window.ask("return innerHeight", &[]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_menu_bar_comes_by_its_key_does_what_is_chosen_once_and_stays() -> Result<()> {
    let stage = Stage::set("menu-bar")?;
    let server = server().await?;
    let (conversation, _) = voice_conversation(&server).await?;
    let window = signed_in(stage.launch(), &server).size(1_280, 800).open().await?;
    open(&window, &conversation).await?;
    let without = height(&window).await?;
    window.press(Key::F10).await?;
    window.until("a menu bar", "return innerHeight < arguments[0]", &[without.into()]).await?;
    stage.photograph("menu-bar")?;

    // A key that stands in the menu too acts once.
    let turns =
        "return [...document.querySelectorAll('[data-part=message]')].findIndex((turn) => turn.ariaCurrent !== null)";
    let before: i64 = window.ask(turns, &[]).await?;
    window.press("j").await?;
    window
        .until(
            "the next turn",
            &format!("{turns} === arguments[0]", turns = turns.replacen("return ", "return (", 1) + ")"),
            &[(before + 1).into()],
        )
        .await?;

    let desktop = stage.desktop()?;
    desktop.window(TITLE).await?.take_keyboard()?;
    desktop.press(Desktop::F10)?;
    stage.photograph("menu-open")?;
    // To the settings, or the keys in them where the first item is not chosen yet.
    for _ in 0..8 {
        desktop.press(Desktop::DOWN)?;
    }
    desktop.press(Desktop::RETURN)?;
    window.part("settings").await?;
    window.close().await?;

    let window = signed_in(stage.launch(), &server).size(1_280, 800).open().await?;
    window.part("conversation-row").await?;
    window.until("the menu bar again", "return innerHeight < arguments[0]", &[without.into()]).await?;
    window.chord(Key::Control, "k").await?;
    window.find("[data-part=palette] input").await?;
    window.press("menu bar").await?;
    window.find("[data-part=palette] [data-id=menu-bar][aria-selected=true]").await?;
    window.press(Key::Enter).await?;
    window.until("no menu bar", "return innerHeight === arguments[0]", &[without.into()]).await?;
    ensure!((height(&window).await? - without).abs() < 0.5);
    window.close().await
}
