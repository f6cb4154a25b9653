//! What follows is read while the reviewer reads, and the bottom bar says how far that is and what the server still allows.

use std::time::Duration;

use anyhow::{Result, ensure};
use earmark_sandbox::{Limits, Options};
use earmark_tests::stage::{Expected, Server, Stage, WHEN_PRESSED, Window, eventually, status};
use serde_json::Value;
use thirtyfour::Key;

use crate::steps::{conversations, row, server, signed_in, text};

/// How many are walked through.
const WALKED: usize = 5;

#[tokio::test(flavor = "multi_thread")]
async fn the_next_one_is_ready_and_the_bar_says_so() -> Result<()> {
    let stage = Stage::set("ahead")?;
    let server = Server::start(Options { limits: Limits::Sliding, ..Options::default() }).await?;
    let window = signed_in(stage.launch(), &server).open().await?;
    window.part("conversation-row").await?;
    let page = window.ask::<Vec<String>>(
        "return [...document.querySelectorAll('[data-part=conversation-row]')].map((row) => row.dataset.id)",
        &[],
    );
    let ids = page.await?;
    window.text_of("[data-part=budget]", |said| said.contains("ready") && said.contains(" of ")).await?;
    tells_of(&window, "transcripts").await?;
    window.click(&row(&ids[0])).await?;
    window.part("state-path").await?;
    let asked = server.calls().await?.iter().filter(|call| is_of(call, &ids[1])).count();
    ensure!(asked > 1, "the next one is not being read");
    window.chord(Key::Shift, "j").await?;
    window.find(&format!("section.what[data-id=\"{}\"] [data-part=message]", ids[1])).await?;
    window.part("state-path").await?;
    let transcripts = server.calls().await?.iter().filter(|call| is_of(call, &ids[1]) && is_transcript(call)).count();
    ensure!(transcripts == 1, "its text was asked for {transcripts} times");
    window.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_read_ahead_is_painted_without_the_server() -> Result<()> {
    let stage = Stage::set("painted")?;
    let server = server().await?;
    let window = signed_in(stage.launch(), &server).argument("--minute=0").open().await?;
    window.part("conversation-row").await?;
    let ids = conversations(&server).await?;
    let mut queue = Vec::new();
    for id in &ids[1..=WALKED] {
        queue.push(Expected::of(&server, id).await?);
    }
    window.click(&row(&ids[0])).await?;
    window.part("state-path").await?;
    window.text_of("[data-part=budget]", |said| ready(said) >= WALKED).await?;
    server.fault(status("/v1/", 503)).await?;
    let mut times = Vec::new();
    for next in &queue {
        window.watch_for(next).await?;
        window.chord(Key::Shift, "j").await?;
        times.push(window.painted().await?);
    }
    times.sort_by(f64::total_cmp);
    println!(
        "key press to painted: {:.0} ms at the median of {WALKED}, {:.0} at most",
        times[WALKED / 2],
        times[WALKED - 1]
    );
    window.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_at_hand_is_shown_with_the_key_press() -> Result<()> {
    const DRAWN_AHEAD: &str = "window.__ahead = document.querySelector('section.what.ahead');
        return window.__ahead?.dataset.id === arguments[0] &&
            getComputedStyle(window.__ahead).visibility === 'hidden' &&
            document.querySelector('section.why.ahead [data-part=state-path]') !== null;";
    // What the shell is asked for by the key is answered in a later task: until then only promises that are kept go on.
    const PRESSED: &str = "window.__drawn = null;
        whenPressed(async () => {
            for (let turn = 0; turn < 20; turn += 1) await null;
            const name = document.querySelector('[data-part=state-path] li.last code')?.innerText;
            const shown = document.querySelector('section.what');
            const how = shown === window.__ahead ? getComputedStyle(shown).visibility : 'made anew';
            window.__drawn = `${shown.dataset.id} ${name} ${how}`;
        });";
    let stage = Stage::set("at-hand")?;
    let server = server().await?;
    let window = signed_in(stage.launch(), &server).argument("--minute=0").open().await?;
    window.part("conversation-row").await?;
    let ids = conversations(&server).await?;
    window.click(&row(&ids[0])).await?;
    window.part("state-path").await?;
    for id in &ids[1..=WALKED] {
        let next = Expected::of(&server, id).await?;
        window.until("the next one to be at hand", DRAWN_AHEAD, &[id.as_str().into()]).await?;
        window.ask::<Value>(&format!("{WHEN_PRESSED}\n{PRESSED}"), &[]).await?;
        window.chord(Key::Shift, "j").await?;
        window.until("the key press", "return window.__drawn !== null", &[]).await?;
        let drawn: String = window.ask("return window.__drawn", &[]).await?;
        ensure!(drawn == format!("{id} {} visible", next.state), "drawn with the key press: {drawn}");
    }
    window.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_that_slept_asks_for_no_more_than_it_may() -> Result<()> {
    let stage = Stage::set("slept")?;
    let minute = Duration::from_secs(3);
    let server = Server::start(Options { limits: Limits::Sliding, minute, ..Options::default() }).await?;
    let window =
        signed_in(stage.launch(), &server).argument(&format!("--minute={}", minute.as_millis())).open().await?;
    window.click("[data-part=conversation-row]").await?;
    window.part("state-path").await?;
    // In the midst of reading ahead, and for longer than any window of the server lasts.
    stage.hold_program(true)?;
    let before = server.calls().await?.len();
    tokio::time::sleep(minute * 3).await;
    ensure!(server.calls().await?.len() == before, "it was to sleep");
    stage.hold_program(false)?;
    window.chord(Key::Shift, "j").await?;
    window.part("state-path").await?;
    let awake = eventually("the reading to go on", async || {
        let calls = server.calls().await?;
        Ok((calls.len() > before + 20).then_some(calls))
    });
    let refused = awake.await?.iter().filter(|call| call["status"] == 429).count();
    ensure!(refused == 0, "{refused} calls were refused");
    window.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bar_tells_what_the_server_still_allows() -> Result<()> {
    let stage = Stage::set("budgets")?;
    let server = Server::start(Options { limits: Limits::Sliding, ..Options::default() }).await?;
    let window = signed_in(stage.launch(), &server).open().await?;
    window.click("[data-part=conversation-row]").await?;
    window.part("state-path").await?;
    window.text_of("[data-part=budget]", |said| said.contains(" of ")).await?;
    tells_of(&window, "insights").await?;
    window.close().await
}

/// The bar's details name a limit with what is used of it and when it is free again, in both themes.
async fn tells_of(window: &Window<'_>, limit: &str) -> Result<()> {
    for colours in ["light", "dark"] {
        window.theme(colours).await?;
        window.click("[data-part=budget]").await?;
        let told = window.text_of("[data-part=budgets]", |said| said.contains(limit)).await?;
        ensure!(told.contains("of 20") && told.contains("free"), "{told}");
        window.picture(&format!("budgets-{colours}")).await?;
        window.press(Key::Escape).await?;
    }
    Ok(())
}

/// How many the bar says are ready.
fn ready(said: &str) -> usize {
    let told = said.split("The next ").nth(1).and_then(|rest| rest.split(' ').next());
    told.and_then(|number| number.parse().ok()).unwrap_or_default()
}

fn is_of(call: &serde_json::Value, id: &str) -> bool {
    text(call, "path").is_ok_and(|path| path.contains(id))
}

fn is_transcript(call: &serde_json::Value) -> bool {
    text(call, "path").is_ok_and(|path| path.ends_with("/messages/"))
}
