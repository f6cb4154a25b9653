//! How the program starts: with keys in the environment, without a keyring, without a bus, twice.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use earmark_tests::stage::{Keyring, Stage, eventually};

use crate::steps::{TITLE, server, sign_in, signed_in};

#[tokio::test(flavor = "multi_thread")]
async fn keys_in_the_environment_sign_in_for_this_run_only() -> Result<()> {
    let stage = Stage::set("environment")?;
    let server = server().await?;
    let window = signed_in(stage.launch(), &server).open().await?;
    window.part("conversation-row").await?;
    window.close().await?;
    // Nothing was kept: without the variables nobody is signed in.
    let window = stage.launch().open().await?;
    window.part("welcome").await?;
    window.gone("[data-part=conversation-row]").await?;
    window.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_keyring_the_keys_last_for_this_run_and_a_banner_says_so() -> Result<()> {
    let stage = Stage::set_with("no-keyring", Keyring::Absent)?;
    let server = server().await?;
    let window = stage.launch().open().await?;
    sign_in(&window, server.credentials(), &server.credentials().api_key).await?;
    window.part("conversation-row").await?;
    window.text_of(".banner", |said| said.contains("forgotten when Earmark closes")).await?;
    window.picture("banner").await?;
    window.close().await?;
    let again = stage.launch().open().await?;
    again.part("welcome").await?;
    again.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_session_bus_it_starts_all_the_same() -> Result<()> {
    let stage = Stage::set_with("no-bus", Keyring::NoBus)?;
    let window = stage.launch().argument("--sample").open().await?;
    window.part("conversation-row").await?.click().await?;
    window.part("message").await?;
    window.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_welcome_offers_the_sample_organization() -> Result<()> {
    let stage = Stage::set("sample")?;
    let window = stage.launch().open().await?;
    window.click("[data-part=sample]").await?;
    window.part("conversation-row").await?;
    window.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn one_instance_runs_for_each_data_folder() -> Result<()> {
    let stage = Stage::set("instances")?;
    let window = stage.launch().argument("--sample").open().await?;
    window.part("conversation-row").await?;

    steps_back(&stage).await?;
    // The first one is still there and still answers.
    window.part("conversation-row").await?;

    let elsewhere: PathBuf = stage.home().join("elsewhere");
    let mut other = stage.launch().argument("--sample").data_dir(elsewhere).start_plainly("elsewhere")?;
    // Longer than the second start took to step back, with room to spare.
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs(3) {
        let ended = other.status()?;
        ensure!(ended.is_none(), "a start in another folder stepped back: {ended:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    drop(other);
    window.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_start_brings_the_first_to_the_front() -> Result<()> {
    let stage = Stage::set("front")?;
    let _first = stage.launch().argument("--sample").start_plainly("first")?;
    let desktop = stage.desktop()?;
    let window = desktop.window(TITLE).await?;

    desktop.cover()?;
    ensure!(!window.is_in_front()?, "the window is in front although another covers it");
    steps_back(&stage).await?;
    eventually("the covered window to come to the front", async || Ok(window.is_in_front()?.then_some(()))).await?;

    desktop.cover()?;
    window.minimize()?;
    ensure!(!window.is_shown()?, "the window is shown although it is minimized");
    steps_back(&stage).await?;
    eventually("the minimized window to come to the front", async || Ok(window.is_in_front()?.then_some(()))).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_whose_forerunner_ends_without_an_answer_takes_its_place() -> Result<()> {
    let stage = Stage::set("forerunner")?;
    let mut first = stage.launch().argument("--sample").start_plainly("first")?;
    let desktop = stage.desktop()?;
    desktop.window(TITLE).await?;

    first.freeze();
    let bus = stage.overhear("type='method_call'")?;
    let mut second = stage.launch().argument("--sample").start_plainly("second")?;
    eventually("the second start to ask the first", async || Ok(bus.has_passed("ExecuteCallback")?.then_some(())))
        .await?;
    first.kill()?;
    desktop.window(TITLE).await.with_context(|| format!("the second start ended: {:?}", second.status()))?;
    ensure!(second.status()?.is_none(), "the window is not the second start's");
    // Whoever comes now finds it.
    steps_back(&stage).await
}

/// Starts once more, which hands over to the one that runs.
async fn steps_back(stage: &Stage) -> Result<()> {
    let mut start = stage.launch().argument("--sample").start_plainly("another")?;
    let status = eventually("another start to step back", async || start.status()).await?;
    ensure!(status.success(), "another start failed ({status}); see another.log");
    Ok(())
}
