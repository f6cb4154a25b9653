//! How long the program takes to read a hundred spoken conversations ahead of time, against the least the server's limits
//! allow: with nobody there, and with somebody for whom a reserve is kept.

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use earmark_sandbox::{Limits, Options as Sandbox};
use earmark_tests::stage::{Server, Stage, python_with_sdk};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

use crate::report::Figure;
use crate::{Options, signed_in};

/// Conversations that are filled in.
const FILLED: usize = 100;
/// Conversations in the sandbox, of which every third is spoken and most are finished.
const CONVERSATIONS: u32 = 400;
/// Recordings the server gives in a minute (2.3), which is what takes longest: 24 of each conversation.
const PER_MINUTE: usize = 30;
/// Lists all that are finished, so that the program knows them, and has it read these ahead as the list does.
const FILL: &str = "const [ids] = arguments, { invoke } = window.__TAURI_INTERNALS__;
    const filter = { userIds: [], serviceIds: [], isFinished: true, ids: [], tags: [], oldestFirst: false };
    window.__listed = false;
    const page = ({ next }) => (next === null ? null : invoke('list_conversations', { filter, next }).then(page));
    invoke('list_conversations', { filter, next: null }).then(page)
        .then(() => invoke('look_ahead', { following: ids })).then(() => (window.__listed = true));";
/// Says that somebody is there. The window itself says so every fifteen seconds, whatever a minute is.
const SOMEBODY: &str = "window.__TAURI_INTERNALS__.invoke('somebody_is_there')";

/// See the module.
pub async fn measure(options: &Options) -> Result<Vec<Figure>> {
    let python = python_with_sdk()?;
    let (alone, watched, loop_over_sdk) =
        tokio::try_join!(fill(options, false), fill(options, true), sdk(options, &python))?;
    let against_sdk = alone.took.as_secs_f64() / loop_over_sdk.as_secs_f64();
    let loop_took = format!("{:.1} s", loop_over_sdk.as_secs_f64());
    let figure = |name, at_most, filled: Filled| Figure {
        name,
        value: filled.took.as_secs_f64() / filled.least.as_secs_f64(),
        unit: "times",
        at_most: Some(at_most),
        how: format!(
            "{} recordings in {:.1} s, at least {:.1} s; a minute of {} ms; {} refused",
            filled.recordings,
            filled.took.as_secs_f64(),
            filled.least.as_secs_f64(),
            options.minute,
            filled.refused
        ),
    };
    Ok(vec![
        figure("fill: against the least, nobody there", 1.03, alone),
        figure("fill: the same with the reserve held", 1.15, watched),
        Figure {
            name: "fill: against a loop over amigo_sdk",
            value: against_sdk,
            unit: "times",
            at_most: None,
            how: format!("the loop took {loop_took} on a sandbox of its own"),
        },
    ])
}

/// How long a plain loop over the official SDK takes for the same.
async fn sdk(options: &Options, python: &Path) -> Result<Duration> {
    let grown = grown(options);
    let like_it = Server::start(Sandbox { limits: Limits::Off, ..grown.clone() }).await?;
    let ids: Vec<String> = spoken(&like_it).await?.into_iter().map(|(id, _)| id).collect();
    let server = Server::start(grown).await?;
    let mut command = Command::new(python);
    command.arg("-B").arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("bench/sdk.py")).arg("fill");
    command.current_dir(std::env::temp_dir()).envs(server.variables()).env("NO_PROXY", "127.0.0.1");
    let began = Instant::now();
    let mut running = command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true).spawn()?;
    running.stdin.take().context("standard input is piped")?.write_all(ids.join(" ").as_bytes()).await?;
    let done = running.wait_with_output().await?;
    let read = String::from_utf8_lossy(&done.stdout).trim().to_owned();
    ensure!(done.status.success() && read.parse::<usize>().is_ok_and(|read| read > FILLED), "it read {read:?}");
    Ok(began.elapsed())
}

fn grown(options: &Options) -> Sandbox {
    let minute = Duration::from_millis(options.minute.into());
    Sandbox { conversations: Some(CONVERSATIONS), minute, limits: Limits::Sliding, ..Sandbox::default() }
}

struct Filled {
    recordings: usize,
    took: Duration,
    least: Duration,
    refused: usize,
}

async fn fill(options: &Options, somebody: bool) -> Result<Filled> {
    let minute = Duration::from_millis(options.minute.into());
    let grown = grown(options);
    let like_it = Server::start(Sandbox { limits: Limits::Off, ..grown.clone() }).await?;
    let spoken = spoken(&like_it).await?;
    let server = Server::start(grown).await?;
    let stage = Stage::set(if somebody { "bench-fill-watched" } else { "bench-fill" })?;
    let launch = signed_in(stage.launch(), options, &server).argument(&format!("--minute={}", options.minute));
    let window = launch.open().await?;
    window.part("conversation-row").await?;
    let ids: Vec<&str> = spoken.iter().map(|(id, _)| id.as_str()).collect();
    let recordings: usize = spoken.iter().map(|(_, voices)| voices).sum();
    let sources = async || -> Result<(usize, usize)> {
        let calls = server.calls().await?;
        let source = |call: &&Value| call["path"].as_str().is_some_and(|path| path.ends_with("/source"));
        let of_these = |call: &&Value| ids.iter().any(|id| call["path"].as_str().is_some_and(|path| path.contains(id)));
        let refused = calls.iter().filter(|call| call["status"] == 429).count();
        Ok((calls.iter().filter(source).filter(of_these).filter(|call| call["status"] == 200).count(), refused))
    };
    let (before, _) = sources().await?;
    let began = Instant::now();
    window.ask::<Value>(FILL, &[json!(ids)]).await?;
    window.until("all to be listed", "return window.__listed", &[]).await?;
    let wanted = recordings - before;
    let least = minute * u32::try_from((wanted - 1) / PER_MINUTE)?;
    let refused = loop {
        if somebody {
            window.ask::<Value>(SOMEBODY, &[]).await?;
        }
        let (read, refused) = sources().await?;
        if read >= recordings {
            break refused;
        }
        ensure!(began.elapsed() < least * 2, "{read} of {recordings} after twice the least");
        tokio::time::sleep(minute / 10).await;
    };
    let took = began.elapsed();
    window.close().await?;
    Ok(Filled { recordings: wanted, took, least, refused })
}

/// Finished spoken conversations with how many recordings they have.
async fn spoken(server: &Server) -> Result<Vec<(String, usize)>> {
    let (mut spoken, mut next) = (Vec::new(), None);
    loop {
        let from: String = next.map(|token: i64| format!("&continuation_token={token}")).unwrap_or_default();
        let page = server.read(&format!("/conversation/?sort_by=-created_at&is_finished=true&limit=150{from}")).await?;
        for conversation in page["conversations"].as_array().context("a list")? {
            let id = conversation["id"].as_str().context("an id")?;
            let voices = server.messages(id).await?.iter().filter(|message| message["format"] == "voice").count();
            if voices == 24 {
                spoken.push((id.to_owned(), voices));
            }
            if spoken.len() == FILLED {
                return Ok(spoken);
            }
        }
        next = page["continuation_token"].as_i64();
        ensure!(next.is_some(), "{} spoken conversations are too few", spoken.len());
    }
}
