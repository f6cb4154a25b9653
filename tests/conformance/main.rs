//! The official SDK judges the sandbox: `conformance.py` reads everything through `amigo_sdk`, and no answer may fail its
//! models. The SDK is installed from PyPI into a virtual environment under the target folder, once per `requirements.txt`.
#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use earmark_sandbox::{Limits, Options};
use earmark_tests::stage::python_with_sdk;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

/// The judge's own files.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_official_sdk_accepts_every_answer() -> anyhow::Result<()> {
    let python = python_with_sdk()?;
    let everything = Options {
        limits: Limits::Off,
        conversations: Some(80),
        comments: Some(40),
        control: true,
        ..Options::default()
    };
    let everything = earmark_sandbox::start(everything).await?;
    let hurried = Options { minute: Duration::from_secs(2), control: true, ..Options::default() };
    let hurried = earmark_sandbox::start(hurried).await?;
    let lines = format!(
        "{}\n{}\n",
        serde_json::to_string(everything.credentials())?,
        serde_json::to_string(hurried.credentials())?
    );

    let mut judge = Command::new(python);
    // Away from the project, so that no `.env` there is read, and without the reader's own account or proxy.
    judge.current_dir(env!("CARGO_TARGET_TMPDIR")).env("NO_PROXY", "127.0.0.1").env("no_proxy", "127.0.0.1");
    for name in ["API_KEY", "API_KEY_ID", "USER_ID", "ORGANIZATION_ID", "BASE_URL"] {
        judge.env_remove(format!("AMIGO_{name}"));
    }
    judge.arg("-B").arg(folder().join("conformance.py"));
    let mut judge = judge.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true).spawn()?;
    judge.stdin.take().context("the judge listens")?.write_all(lines.as_bytes()).await?;
    let Ok(verdict) = tokio::time::timeout(Duration::from_secs(300), judge.wait_with_output()).await else {
        bail!("the judge did not come to an end within five minutes");
    };
    let verdict = verdict?;
    let said = String::from_utf8_lossy(&verdict.stdout);
    println!("{said}");
    ensure!(verdict.status.success(), "the official SDK refuses the sandbox:\n{said}");
    ensure!(said.contains(" passed, 0 failed"), "the judge said nothing of its tests:\n{said}");
    everything.shut_down().await;
    hurried.shut_down().await;
    Ok(())
}
