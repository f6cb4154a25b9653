//! One run: three lives, a last one that sends everything, and a look at the server.

use std::fmt;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use earmark_sandbox::{Limits, Options};
use earmark_tests::stage::Server;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::json;

use crate::life::{Hardship, Task};
use crate::model::{Edit, Model};
use crate::reviewer::keyring_of;

/// What happens beside the killing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mishap {
    None,
    /// The server takes some writes and loses the answers.
    LostAnswers,
    /// The disk fills up in the second life.
    DiskFull,
    /// The data folder cannot be written to in the second life.
    ReadOnly,
    /// The database is cut short after the second life.
    Truncated,
}

impl Mishap {
    /// Each comes up in every ten runs.
    pub fn of(run: u64) -> Self {
        match run % 10 {
            1 | 4 | 6 => Self::LostAnswers,
            3 => Self::DiskFull,
            5 => Self::ReadOnly,
            8 => Self::Truncated,
            _ => Self::None,
        }
    }
}

/// What the runs did, for the one who reads the last line.
#[derive(Debug, Default)]
pub struct Tally {
    acknowledged: usize,
    refused: usize,
    kills: usize,
}

impl Tally {
    pub fn add(&mut self, other: &Self) {
        self.acknowledged += other.acknowledged;
        self.refused += other.refused;
        self.kills += other.kills;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { acknowledged, refused, kills } = self;
        write!(f, "{kills} kills, {acknowledged} edits acknowledged, {refused} refused with a sentence")
    }
}

pub async fn run(seed: u64, mishap: Mishap) -> Result<Tally> {
    let mut random = StdRng::seed_from_u64(seed);
    let server = Server::start(Options { limits: Limits::Off, ..Options::default() }).await?;
    let folder = tempfile::tempdir()?;
    // A reader who may not write must be able to get there.
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755))?;
    let data = folder.path().join("data");
    fs::create_dir(&data)?;
    let page = server.read("/conversation/?limit=40").await?;
    let conversations = page["conversations"].as_array().context("conversations")?;
    let conversations: Vec<String> =
        conversations.iter().take(4).filter_map(|it| it["id"].as_str().map(str::to_owned)).collect();
    // What is done where nothing lasts is another reviewer's work, who must not get in this one's way.
    let (elsewhere, conversations) = conversations.split_last().context("conversations")?;
    if mishap == Mishap::LostAnswers {
        server
            .fault(json!([
                { "path": "*/tags/*", "method": "POST", "kind": "drop", "applied": true, "after": 1, "times": 2 },
                { "path": "*/feedback*", "method": "POST", "kind": "drop", "applied": true, "after": 2, "times": 3 },
            ]))
            .await?;
    }

    let (mut model, mut tally) = (Model::default(), Tally::default());
    let mut first = 0;
    for life in 0..3 {
        let hardship = match (mishap, life) {
            (Mishap::DiskFull, 1) => Hardship::NoRoom(random.random_range(200..2_000)),
            (Mishap::ReadOnly, 1) => Hardship::ReadOnly,
            _ => Hardship::None,
        };
        let conversations =
            if hardship == Hardship::ReadOnly { std::slice::from_ref(elsewhere) } else { conversations };
        let task = Task { server: &server, data: &data, seed: random.random(), first, conversations, hardship };
        let seen = task.edit_for(Duration::from_millis(random.random_range(5..400))).await?;
        tally.kills += 1;
        tally.refused += seen.refused;
        first += seen.edits.iter().filter(|(edit, _)| matches!(edit, Edit::Write { .. })).count() as u64;
        if hardship == Hardship::ReadOnly {
            // Nothing lasts there, and the program says so: what it acknowledged is only for that life.
            ensure!(seen.notice.is_some() || seen.edits.iter().all(|(_, done)| !done), "it was not said: {seen:?}");
            continue;
        }
        let may_be_said = hardship != Hardship::None || mishap == Mishap::Truncated;
        ensure!(seen.notice.is_none() || may_be_said, "{:?}", seen.notice);
        for (edit, done) in seen.edits {
            model.take(edit, done);
        }
        if (mishap, life) == (Mishap::Truncated, 1) {
            cut_short(&data, &mut random)?;
        }
    }
    tally.acknowledged = model.acknowledged;

    let damaged = mishap == Mishap::Truncated;
    let seed = random.random();
    let last = Task { server: &server, data: &data, seed, first, conversations: &[], hardship: Hardship::None };
    let (needs_you, notice) = last.drain(damaged).await?;
    ensure!(needs_you == 0 || damaged, "{needs_you} changes wait for an answer though nobody else was there");
    ensure!(notice.is_none() || damaged, "{notice:?}");
    ensure!(keyring_of(&data).is_file(), "the key is not in the keyring");
    for (at, id) in conversations.iter().enumerate() {
        let tags = server.conversation(id).await?["tags"].clone();
        let comments = server.comments(id).await?;
        model.check(at, &tags, &comments, damaged)?;
    }
    Ok(tally)
}

/// Cuts a database, or what is written beside it, somewhere.
fn cut_short(data: &Path, random: &mut StdRng) -> Result<()> {
    let mut files = Vec::new();
    let mut folders = vec![data.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            match path.is_dir() {
                true => folders.push(path),
                false if name.starts_with("work.db") && !name.ends_with("-shm") => files.push(path),
                false => {}
            }
        }
    }
    files.sort();
    ensure!(!files.is_empty(), "there is no database");
    let file = fs::File::options().write(true).open(&files[random.random_range(0..files.len())])?;
    let length = file.metadata()?.len();
    file.set_len(random.random_range(0..=length))?;
    Ok(())
}
