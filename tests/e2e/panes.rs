//! The three panes: side by side, as wide as the reviewer made them, and the third as a drawer in a narrow window.

use anyhow::{Result, ensure};
use earmark_tests::stage::{Stage, Window};
use serde::Deserialize;
use serde_json::json;
use thirtyfour::Key;

use crate::steps::{server, signed_in};

/// Left and right edge of what can be seen of a pane.
#[derive(Debug, Deserialize)]
struct Seen {
    left: f64,
    right: f64,
    visible: bool,
}

impl Seen {
    fn width(&self) -> f64 {
        if self.visible { (self.right - self.left).max(0.0) } else { 0.0 }
    }
}

async fn seen(window: &Window<'_>, pane: &str) -> Result<Seen> {
    let script = "const pane = document.querySelector(arguments[0]);
        const { left, right } = pane.getBoundingClientRect();
        const visible = getComputedStyle(pane).visibility === 'visible';
        return { left: Math.max(0, left), right: Math.min(innerWidth, right), visible }";
    window.ask(script, &[json!(pane)]).await
}

async fn press_on(window: &Window<'_>, label: &str, key: Key, times: usize) -> Result<()> {
    let focus = "document.querySelector(`[role=separator][aria-label=\"${arguments[0]}\"]`).focus()";
    window.ask::<serde_json::Value>(focus, &[json!(label)]).await?;
    for _ in 0..times {
        window.press(key.clone()).await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_nobody_scrolled_fills_a_window_that_grows() -> Result<()> {
    let stage = Stage::set("growing")?;
    let server = server().await?;
    let window = signed_in(stage.launch(), &server).size(1_280, 480).open().await?;
    window.part("conversation-row").await?;
    window.resize(1_280, 1_100).await?;
    let filled = "const list = document.querySelector('[data-part=conversation-list]').getBoundingClientRect();
        const rows = [...document.querySelectorAll('[data-part=conversation-row]')];
        const end = Math.max(...rows.map((row) => row.getBoundingClientRect().bottom));
        return list.height > 700 && end >= list.bottom";
    window.until("rows down to the end of the list", filled, &[]).await?;
    window.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn they_stand_side_by_side_keep_their_widths_and_the_third_becomes_a_drawer() -> Result<()> {
    let stage = Stage::set("panes")?;
    let server = server().await?;
    let window = signed_in(stage.launch(), &server).size(1_280, 800).open().await?;
    window.click("[data-part=conversation-row]").await?;
    window.part("state-path").await?;
    let [list, what, why] = [".which", ".what", ".why"];
    let (first, second, third) = (seen(&window, list).await?, seen(&window, what).await?, seen(&window, why).await?);
    ensure!(first.right <= second.left + 1.0 && second.right <= third.left + 1.0, "{first:?} {second:?} {third:?}");
    ensure!([&first, &second, &third].iter().all(|pane| pane.width() >= 240.0), "{first:?} {second:?} {third:?}");

    press_on(&window, "Width of the list", Key::Right, 3).await?;
    let wider = seen(&window, list).await?.width();
    ensure!((wider - first.width() - 48.0).abs() < 1.0, "from {} to {wider}", first.width());
    press_on(&window, "Width of the right pane", Key::Enter, 1).await?;
    ensure!(seen(&window, why).await?.width() == 0.0, "the right pane is not folded away");
    ensure!(seen(&window, what).await?.right > second.right + 200.0, "the transcript did not take its place");
    window.close().await?;

    let window = signed_in(stage.launch(), &server).size(1_280, 800).open().await?;
    window.click("[data-part=conversation-row]").await?;
    window.part("message").await?;
    ensure!((seen(&window, list).await?.width() - wider).abs() < 1.0, "the list's width is forgotten");
    ensure!(seen(&window, why).await?.width() == 0.0, "that the right pane was folded away is forgotten");
    press_on(&window, "Width of the right pane", Key::Enter, 1).await?;
    ensure!(seen(&window, why).await?.width() >= 240.0, "the right pane does not come back");

    window.resize(1_024, 768).await?;
    window.until("a narrow window", "return document.querySelector('.panes.narrow') !== null", &[]).await?;
    ensure!(seen(&window, why).await?.width() == 0.0, "the third pane is in the way");
    for colours in ["light", "dark"] {
        window.theme(colours).await?;
        window.part("message").await?;
        window.click(".edge button").await?;
        let in_view = "const { right, width } = document.querySelector('.why').getBoundingClientRect();
            return right <= innerWidth && width >= 240 && document.getAnimations().length === 0";
        window.until("the drawer", in_view, &[]).await?;
        window.part("state-path").await?;
        window.picture(&format!("drawer-{colours}")).await?;
        window.press(Key::Escape).await?;
        window.until("no drawer", "return document.querySelector('.panes.drawer') === null", &[]).await?;
    }
    window.close().await
}
