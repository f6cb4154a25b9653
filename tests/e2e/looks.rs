//! How it looks: nothing `axe` objects to in any place, light, dark and in high contrast; and the pictures of the README.

use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use earmark_tests::stage::{Server, Stage, Window, eventually, part};
use serde_json::Value;
use thirtyfour::Key;

use crate::steps::{message, row, server, signed_in, tab, text};

/// What `axe` objects to, one line for each kind; of the dialog alone where one is open: whoever is read to hears nothing else.
pub async fn objections(window: &Window<'_>) -> Result<Vec<String>> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/node_modules/axe-core/axe.min.js");
    let source = std::fs::read_to_string(source).context("axe-core is not installed: run `npm ci` in ui/")?;
    // Half-way through a change of colours any contrast may be too low.
    window.until("an end of motion", "return document.getAnimations().length === 0", &[]).await?;
    let run = "const done = arguments[arguments.length - 1];
        const told = ({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => node.html).join(' … ')}`;
        axe.run(document.querySelector('dialog[aria-modal=true]') ?? document, { rules: { 'target-size': { enabled: true } } })
            .then(({ violations }) => done(violations.map(told)), (error) => done([String(error)]));";
    window.ask_later(&format!("{source}\n{run}"), &[]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn axe_objects_to_nothing_in_any_place() -> Result<()> {
    let stage = Stage::set("axe")?;
    let window = stage.launch().open().await?;
    let mut found: Vec<String> = Vec::new();
    window.part("welcome").await?;
    for colours in ["light", "dark"] {
        // Nobody is signed in, so there are no settings yet: the system's colours are stood in for.
        window.ask::<Value>("document.documentElement.dataset.theme = arguments[0]", &[colours.into()]).await?;
        found.extend(objections(&window).await?.into_iter().map(|line| format!("welcome, {colours}: {line}")));
    }
    window.click("[data-part=sample]").await?;
    window.part("conversation-row").await?;
    for (colours, contrast) in [("light", "system"), ("dark", "system"), ("dark", "high"), ("light", "high")] {
        window.theme(colours).await?;
        window.contrast(contrast).await?;
        let worn = if contrast == "high" { format!("{colours}-high") } else { colours.to_owned() };
        window.click("[data-part=conversation-row]").await?;
        window.part("message").await?;
        window.part("state-path").await?;
        for place in ["Insights", "Comments", "Details"] {
            tab(&window, place).await?;
            found.extend(objections(&window).await?.into_iter().map(|line| format!("{place}, {worn}: {line}")));
            window.picture(&format!("{}-{worn}", place.to_lowercase())).await?;
        }
        tab(&window, "Insights").await?;
        window.click("[data-part=rail] [aria-label=Settings]").await?;
        window.part("settings").await?;
        found.extend(objections(&window).await?.into_iter().map(|line| format!("settings, {worn}: {line}")));
        window.picture(&format!("settings-{worn}")).await?;
        window.ask::<Value>("document.querySelector('[data-part=settings]').scrollTop = 1e6", &[]).await?;
        window.picture(&format!("settings-{worn}-end")).await?;
        window.click("[data-part=rail] [aria-label^=Feedback]").await?;
        window.part("feedback-position").await?;
        window.part("state-path").await?;
        found.extend(objections(&window).await?.into_iter().map(|line| format!("feedback, {worn}: {line}")));
        for (width, height) in [(1_280, 800), (1_440, 900)] {
            window.resize(width, height).await?;
            window.picture(&format!("feedback-{worn}-{width}")).await?;
        }
        window.click("[data-part=rail] [aria-label=Conversations]").await?;
        window.part("conversation-row").await?;
        for (name, opens) in [("help", "?"), ("palette", "k")] {
            if name == "help" {
                window.press(opens).await?;
            } else {
                window.chord(Key::Control, opens).await?;
            }
            window.part(name).await?;
            found.extend(objections(&window).await?.into_iter().map(|line| format!("{name}, {worn}: {line}")));
            window.picture(&format!("{name}-{worn}")).await?;
            window.press(Key::Escape).await?;
            window.gone(&part(name)).await?;
        }
    }
    found.sort();
    found.dedup();
    ensure!(found.is_empty(), "axe objects:\n{}", found.join("\n"));
    window.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_three_panes_are_photographed_in_light_and_dark() -> Result<()> {
    let stage = Stage::set("pictures")?;
    let server = server().await?;
    let (conversation, spoken, interaction) = commented_answer(&server).await?;
    let window = signed_in(stage.launch(), &server).open().await?;
    let opened = format!("return document.querySelector('section[data-id=\"{conversation}\"]') !== null");
    for colours in ["light", "dark"] {
        window.theme(colours).await?;
        // After the settings the list takes its place anew, and a click meanwhile hits another row.
        eventually("the conversation to open", async || {
            window.click(&row(&conversation)).await?;
            Ok(window.ask::<bool>(&opened, &[]).await?.then_some(()))
        })
        .await?;
        window.click(&format!("{} button:not([data-part=flag])", message(&spoken))).await?;
        let into = "return Number(document.querySelector('[data-part=waveform]')?.ariaValueNow) >= 2";
        window.until("two seconds of sound", into, &[]).await?;
        window.find(&format!("[data-interaction=\"{interaction}\"] [data-part=state-path]")).await?;
        let name = format!("screenshot-{colours}");
        window.picture(&name).await?;
        if std::env::var_os("EARMARK_UPDATE_SCREENSHOTS").is_some() {
            let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("../.github");
            std::fs::create_dir_all(&kept)?;
            std::fs::copy(stage.artifacts().join(&name).with_extension("png"), kept.join(name).with_extension("png"))?;
        }
    }
    window.close().await
}

/// A conversation, the spoken answer in it that somebody has commented on and not resolved yet, and its interaction.
async fn commented_answer(server: &Server) -> Result<(String, String, String)> {
    let page = server.read("/conversation/feedback/?type=interaction&limit=50&sort_by=-created_at").await?;
    for comment in page["feedbacks"].as_array().context("a list of feedback")? {
        let conversation = text(comment, "conversation_id")?;
        let about = &comment["feedback_content"];
        let answer = server.messages(conversation).await?.into_iter().find(|message| {
            message["interaction_id"] == about["interaction_id"]
                && message["message_type"] == "agent-message"
                && message["format"] == "voice"
        });
        if let (Some(answer), false) = (answer, about["resolved"] == true) {
            let interaction = text(&answer, "interaction_id")?.to_owned();
            return Ok((conversation.to_owned(), text(&answer, "id")?.to_owned(), interaction));
        }
    }
    bail!("no comment is open on anything spoken")
}
