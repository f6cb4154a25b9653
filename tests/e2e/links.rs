//! Links in what was said lead to another program, which gets nothing of the keys.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use anyhow::{Result, ensure};
use earmark_tests::stage::{Stage, eventually};
use serde_json::json;

use crate::steps::{conversations, row, server, signed_in};

/// Stands in for the system's own, and writes down how it was started.
const LAUNCHER: &str = r#"#!/bin/sh
{ echo "link=$1"; env; } > "$0.part"
mv "$0.part" "$0.told"
"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_link_is_opened_outside_by_a_program_that_sees_no_keys() -> Result<()> {
    const LINK: &str = "https://example.org/help?a=b";
    let stage = Stage::set("links")?;
    let launcher = stage.home().join("launchers/xdg-open");
    write_program(&launcher, LAUNCHER)?;
    let path = format!("{}:{}", stage.home().join("launchers").display(), std::env::var("PATH")?);
    let server = server().await?;
    let id = conversations(&server).await?.remove(0);
    let mut said = server.messages(&id).await?[0].clone();
    said["message"] = format!("All of it stands at {LINK} for you.").into();
    let body = json!({ "messages": [said], "has_more": false, "continuation_token": null });
    server.fault(json!([{ "path": "*/messages/", "kind": "status", "code": 200, "body": body }])).await?;

    let window = signed_in(stage.launch(), &server).variable("PATH", &path).open().await?;
    window.click(&row(&id)).await?;
    window.click(&format!("[data-part=message] button[data-tip=\"Open {LINK}\"]")).await?;
    let told = launcher.with_extension("told");
    let told = eventually("the link to be opened", async || Ok(fs::read_to_string(&told).ok())).await?;
    ensure!(told.lines().next() == Some(&format!("link={LINK}")), "another link was opened");
    // Everything else is handed down, so it is the same environment without the keys.
    ensure!(told.lines().any(|line| line == format!("PATH={path}")), "the environment was not told");
    let seen: Vec<_> = told.lines().filter_map(|line| line.split_once('=')).map(|(name, _)| name).collect();
    let keys: Vec<_> = seen.into_iter().filter(|name| name.starts_with("AMIGO_")).collect();
    ensure!(keys.is_empty(), "the other program sees {keys:?}");
    window.close().await
}

fn write_program(file: &Path, script: &str) -> Result<()> {
    if let Some(folder) = file.parent() {
        fs::create_dir(folder)?;
    }
    fs::write(file, script)?;
    Ok(fs::set_permissions(file, fs::Permissions::from_mode(0o700))?)
}
