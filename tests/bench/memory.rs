//! Memory: the proportional set sizes of the program and all it starts, against the bare window's; and what it does when
//! there is nothing to do.

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use earmark_tests::stage::{Server, Stage};
use serde_json::Value;
use thirtyfour::Key;

use crate::report::{Figure, tick_ms};
use crate::{Options, server, signed_in};

/// Conversations opened one after another.
const OPENED: usize = 200;
/// Rows of the long list.
const LISTED: u32 = 100_000;
/// How long nobody does anything.
const IDLE: Duration = Duration::from_secs(10);
/// For how long nothing is asked of the server when everything is read.
const QUIET: Duration = Duration::from_secs(3);
/// For so long memory has to stay the same.
const SETTLED_SECONDS: u32 = 10;
/// Reads one page more; answers the number of the last row that is drawn: how many there are is not known before the end.
const ANOTHER_PAGE: &str = "const list = document.querySelector('[data-part=conversation-list]');
    list.scrollTop = list.scrollHeight;
    const rows = [...document.querySelectorAll('[data-part=conversation-row]')];
    return Math.max(0, ...rows.map((row) => Number(row.ariaPosInSet)))";

/// See the module.
pub async fn measure(options: &Options) -> Result<Vec<Figure>> {
    let stage = Stage::set("bench-memory")?;
    let window = stage.launch().bare_program(options.bare.clone()).open().await?;
    let bare = settled(&options.bare).await?;
    window.close().await?;
    let (opened, idle) = opened(&stage, options).await?;
    let listed = listed(&stage, options).await?;
    let figure = |name, memory: f64, at_most, what: String| Figure {
        name,
        value: memory / bare,
        unit: "times",
        at_most: Some(at_most),
        how: format!("{what}: {memory:.0} MiB, the bare window {bare:.0} MiB"),
    };
    Ok(vec![
        figure("memory: many opened, against bare", opened, 1.4, format!("{OPENED} conversations")),
        figure("memory: a long list, against bare", listed, 1.6, format!("{LISTED} rows")),
        Figure {
            name: "idle: CPU",
            value: idle,
            unit: "%",
            at_most: Some(1.0),
            how: format!("of a core, over {IDLE:?} with everything read"),
        },
    ])
}

/// Goes through conversations as a reviewer does, each shown whole before the next.
async fn opened(stage: &Stage, options: &Options) -> Result<(f64, f64)> {
    let server = server(OPENED as u32 * 2).await?;
    let window = signed_in(stage.launch(), options, &server).argument("--minute=0").open().await?;
    window.part("conversation-row").await?;
    let page = server.read("/conversation/?sort_by=-created_at&limit=150").await?;
    let mut ids = ids(&page)?;
    let next = page["continuation_token"].as_i64().context("a second page")?;
    let more = server.read(&format!("/conversation/?sort_by=-created_at&limit=150&continuation_token={next}")).await?;
    ids.extend(self::ids(&more)?);
    for id in &ids[..OPENED] {
        window.chord(Key::Shift, "j").await?;
        window.find(&format!("section.what[data-id=\"{id}\"] [data-part=message]")).await?;
        window.part("state-path").await?;
    }
    let memory = settled(&options.console).await?;
    quiet(&server).await?;
    let before = cpu_ms(&options.console)?;
    tokio::time::sleep(IDLE).await;
    let idle = (cpu_ms(&options.console)? - before) / IDLE.as_millis() as f64 * 100.0;
    window.close().await?;
    Ok((memory, idle))
}

/// Waits until the server is asked nothing any more but for new comments, which never ends: what follows is still being read
/// ahead.
async fn quiet(server: &Server) -> Result<()> {
    let is_ahead = |call: &&Value| call["path"].as_str().is_some_and(|path| !path.ends_with("/feedback/"));
    let mut before = 0;
    for _ in 0..100 {
        let now = server.calls().await?.iter().filter(is_ahead).count();
        if now == before {
            return Ok(());
        }
        before = now;
        tokio::time::sleep(QUIET).await;
    }
    anyhow::bail!("the server is asked without end")
}

/// Has the window read all pages of a long list.
async fn listed(stage: &Stage, options: &Options) -> Result<f64> {
    let server = server(LISTED).await?;
    let window = signed_in(stage.launch(), options, &server).argument("--minute=0").open().await?;
    window.part("conversation-row").await?;
    let mut rows = 0;
    let mut tries = 0;
    while rows < u64::from(LISTED) {
        rows = window.ask::<u64>(ANOTHER_PAGE, &[]).await?;
        tries += 1;
        ensure!(tries < 20_000, "{rows} of {LISTED} rows were read");
    }
    let memory = settled(&options.console).await?;
    window.close().await?;
    Ok(memory)
}

fn ids(page: &Value) -> Result<Vec<String>> {
    let all = page["conversations"].as_array().context("a list")?;
    all.iter().map(|one| Ok(one["id"].as_str().context("an id")?.to_owned())).collect()
}

/// Mebibytes once they stay the same but for a hundredth: a web view collects its garbage when it has nothing else to do.
async fn settled(program: &Path) -> Result<f64> {
    let (mut memory, mut alike) = (proportional(program)?, 0);
    for _ in 0..90 {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let now = proportional(program)?;
        if (now - memory).abs() < memory / 100.0 {
            alike += 1;
        } else {
            (memory, alike) = (now, 0);
        }
        if alike == SETTLED_SECONDS {
            break;
        }
    }
    Ok(memory)
}

/// The proportional set sizes of a program and all it started, in mebibytes.
fn proportional(program: &Path) -> Result<f64> {
    let kibibytes = |id: &u32| -> Option<f64> {
        let rollup = fs::read_to_string(format!("/proc/{id}/smaps_rollup")).ok()?;
        rollup.lines().find_map(|line| line.strip_prefix("Pss:")?.trim().strip_suffix(" kB")?.trim().parse().ok())
    };
    Ok(family(program)?.iter().filter_map(kibibytes).sum::<f64>() / 1024.0)
}

/// The CPU time a program and all it started have taken so far, in milliseconds.
fn cpu_ms(program: &Path) -> Result<f64> {
    let ticks = |id: &u32| -> Option<f64> {
        let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
        let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
        Some(fields.get(11)?.parse::<f64>().ok()? + fields.get(12)?.parse::<f64>().ok()?)
    };
    Ok(family(program)?.iter().filter_map(ticks).sum::<f64>() * tick_ms())
}

/// The process ids of a program and all it started.
fn family(program: &Path) -> Result<Vec<u32>> {
    let program = fs::canonicalize(program)?;
    let mut parents: HashMap<u32, u32> = HashMap::new();
    let mut roots = Vec::new();
    for entry in fs::read_dir("/proc")?.flatten() {
        let Some(id) = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
        let Ok(status) = fs::read_to_string(entry.path().join("status")) else { continue };
        let parent = status.lines().find_map(|line| line.strip_prefix("PPid:")?.trim().parse().ok());
        parents.insert(id, parent.unwrap_or(0));
        if fs::read_link(entry.path().join("exe")).is_ok_and(|exe| exe == program) {
            roots.push(id);
        }
    }
    ensure!(!roots.is_empty(), "{} does not run", program.display());
    let belongs = |mut id: u32| loop {
        if roots.contains(&id) {
            return true;
        }
        match parents.get(&id) {
            Some(parent) if *parent != 0 => id = *parent,
            _ => return false,
        }
    };
    Ok(parents.keys().copied().filter(|id| belongs(*id)).collect())
}
