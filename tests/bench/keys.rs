//! From a key press to its painted effect, for what a reviewer presses all day; the network has no part in it.

use anyhow::{Context, Result};
use earmark_tests::stage::{Stage, WHEN_PRESSED, Window};
use serde_json::Value;
use thirtyfour::Key;

use crate::report::{Figure, median, percentile};
use crate::{Options, server, signed_in};

const ROUNDS: usize = 15;
const BOUND_MS: f64 = 50.0;

/// What a key is seen to do: an expression whose value is another one then.
struct Effect {
    name: &'static str,
    held: Option<Key>,
    key: &'static str,
    seen_in: &'static str,
    /// Leads back to where the key does the same again.
    back: Option<Key>,
}

const CURRENT: &str = "document.querySelector('[data-part=message][aria-current]')?.dataset.id";
const EFFECTS: [Effect; 7] = [
    Effect { name: "next turn", held: None, key: "j", seen_in: CURRENT, back: None },
    Effect { name: "previous turn", held: None, key: "k", seen_in: CURRENT, back: None },
    Effect {
        name: "flag",
        held: None,
        key: "!",
        seen_in: "document.querySelectorAll('[data-part=flag][aria-pressed=true]').length",
        back: None,
    },
    Effect {
        name: "comment",
        held: None,
        key: "c",
        seen_in: "document.activeElement?.matches('[data-part=comments] textarea')",
        back: Some(Key::Escape),
    },
    Effect {
        name: "tag",
        held: None,
        key: "t",
        seen_in: "document.activeElement?.matches('[data-part=tags] input')",
        back: Some(Key::Escape),
    },
    Effect {
        name: "help",
        held: None,
        key: "?",
        seen_in: "document.querySelector('[data-part=help]') !== null",
        back: Some(Key::Escape),
    },
    Effect {
        name: "palette",
        held: Some(Key::Control),
        key: "k",
        seen_in: "document.querySelector('[data-part=palette]') !== null",
        back: Some(Key::Escape),
    },
];

/// See the module.
pub async fn measure(options: &Options) -> Result<Vec<Figure>> {
    let server = server(0).await?;
    let stage = Stage::set("bench-keys")?;
    let launch = signed_in(stage.launch(), options, &server);
    let window = launch.open().await?;
    window.click("[data-part=conversation-row]").await?;
    window.part("state-path").await?;
    let (mut all, mut each) = (Vec::new(), Vec::new());
    // Down and up in turn, so that neither comes to an end.
    for _ in 0..ROUNDS {
        for effect in &EFFECTS {
            let took = pressed(&window, effect).await.with_context(|| effect.name)?;
            all.push(took);
            each.push((effect.name, took));
        }
    }
    window.close().await?;
    let of = |name| median(&each.iter().filter(|(of, _)| *of == name).map(|(_, took)| *took).collect::<Vec<_>>());
    let told: Vec<String> = EFFECTS.iter().map(|effect| format!("{} {:.0}", effect.name, of(effect.name))).collect();
    Ok(vec![Figure {
        name: "keys: press to painted",
        value: percentile(&all, 0.95),
        unit: "ms",
        at_most: Some(BOUND_MS),
        how: format!("95th percentile of {}; medians: {}", all.len(), told.join(", ")),
    }])
}

/// Milliseconds from the press to the frame in which its effect is drawn: what a frame asks for at its beginning comes when it
/// is drawn.
async fn pressed(window: &Window<'_>, effect: &Effect) -> Result<f64> {
    let watch = format!(
        "{WHEN_PRESSED}
        const state = () => {};
        const before = state();
        window.__painted = null;
        whenPressed(({{ timeStamp: pressed }}) => {{
            const drawn = () => (window.__painted = performance.now() - pressed);
            const look = () => {{
                // The frame that finds it draws it.
                if (state() === before) requestAnimationFrame(look);
                else setTimeout(drawn);
            }};
            requestAnimationFrame(look);
        }}, true);",
        effect.seen_in
    );
    window.ask::<Value>(&watch, &[]).await?;
    match &effect.held {
        Some(held) => window.chord(held.clone(), effect.key).await?,
        None => window.press(effect.key).await?,
    }
    window.until("the effect", "return window.__painted !== null", &[]).await?;
    let took = window.ask("return window.__painted", &[]).await?;
    if let Some(back) = &effect.back {
        window.press(back.clone()).await?;
        let left = "return document.querySelector('[data-part=help], [data-part=palette]') === null
            && !document.activeElement.matches('input, textarea')";
        window.until("the way back", left, &[]).await?;
    }
    Ok(took)
}
