//! A killed process proves nothing about a power cut, as the kernel keeps what was written: whether each acknowledged edit was
//! synced to the disk before it was acknowledged is seen by strace.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use earmark_sandbox::{Limits, Options};
use earmark_tests::stage::Server;

use crate::life::{Hardship, Task};

/// Edits that must have been seen for the look to count.
const ENOUGH: usize = 20;

/// Has a reviewer edit under strace and looks at what it did between trying and acknowledging.
pub async fn check(seed: u64) -> Result<()> {
    let server = Server::start(Options { limits: Limits::Off, ..Options::default() }).await?;
    let folder = tempfile::tempdir()?;
    let (data, log) = (folder.path().join("data"), folder.path().join("calls"));
    std::fs::create_dir(&data)?;
    let page = server.read("/conversation/?limit=1").await?;
    let id = page["conversations"][0]["id"].as_str().context("a conversation")?.to_owned();
    let conversations = [id];
    let hardship = Hardship::Watched(&log);
    let task = Task { server: &server, data: &data, seed, first: 0, conversations: &conversations, hardship };
    let seen = task.edit_for(Duration::from_secs(3)).await?;
    let acknowledged = seen.edits.iter().filter(|(_, done)| *done).count();
    let (looked_at, unsynced) = read(&log)?;
    ensure!(acknowledged >= ENOUGH && looked_at >= ENOUGH, "only {acknowledged} edits, {looked_at} of them in the log");
    ensure!(unsynced == 0, "{unsynced} of {looked_at} edits were acknowledged before they were synced");
    println!("{looked_at} edits, each synced to the disk before it was acknowledged");
    Ok(())
}

/// Counts acknowledgements, and those without a sync since the edit was tried.
fn read(log: &Path) -> Result<(usize, usize)> {
    let calls = std::fs::read_to_string(log)?;
    let (mut looked_at, mut unsynced, mut synced, mut tried) = (0, 0, false, false);
    for call in calls.lines() {
        if call.contains("write(1, \"try ") {
            (synced, tried) = (false, true);
        // Either may be told in one line, or in two as it begins and ends.
        } else if call.contains("sync") && call.trim_end().ends_with("= 0") {
            synced = true;
        } else if call.contains("write(1, \"done ") && tried {
            looked_at += 1;
            unsynced += usize::from(!synced);
            tried = false;
        }
    }
    Ok((looked_at, unsynced))
}
