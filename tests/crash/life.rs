//! One life of a reviewer's process, as it is watched from outside.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use earmark_tests::stage::Server;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;
use tokio::time::timeout;

use crate::model::Edit;

/// Longest until a reviewer is at work, or has sent everything.
const PATIENCE: Duration = Duration::from_secs(90);

/// How a life is made hard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hardship<'a> {
    None,
    /// No file can grow beyond so many KiB.
    NoRoom(u32),
    /// As somebody who may read the data folder and not write to it.
    ReadOnly,
    /// With what it writes and syncs noted in a file.
    Watched(&'a Path),
}

/// What was seen of a life.
#[derive(Debug, Default)]
pub struct Seen {
    /// What was tried, in order, and whether it was acknowledged.
    pub edits: Vec<(Edit, bool)>,
    /// Edits that were refused with a sentence.
    pub refused: usize,
    /// What the program said about its store.
    pub notice: Option<String>,
}

/// What a reviewer is to do.
pub struct Task<'a> {
    pub server: &'a Server,
    pub data: &'a Path,
    pub seed: u64,
    pub first: u64,
    pub conversations: &'a [String],
    pub hardship: Hardship<'a>,
}

impl Task<'_> {
    fn command(&self, part: &str) -> Result<Command> {
        let own = std::env::current_exe()?;
        let mut command = match self.hardship {
            Hardship::None => Command::new(own),
            Hardship::NoRoom(kib) => {
                let mut shell = Command::new("bash");
                // Ignored, the signal becomes an error of the write, as on a full disk.
                shell.args(["-c", &format!("trap '' XFSZ; ulimit -f {kib}; exec \"$0\" \"$@\"")]).arg(own);
                shell
            }
            Hardship::Watched(log) => {
                let mut strace = Command::new("strace");
                strace.args(["-f", "-e", "trace=fsync,fdatasync,write", "-s", "16", "-o"]).arg(log).arg(own);
                strace
            }
            Hardship::ReadOnly => {
                let mut nobody = Command::new("setpriv");
                nobody.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(own);
                nobody
            }
        };
        command.arg(part).arg("--data").arg(self.data).args(["--seed", &self.seed.to_string()]);
        command.args(["--first", &self.first.to_string()]);
        for id in self.conversations {
            command.args(["--conversation", id]);
        }
        command.envs(self.server.variables()).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        // Whoever watches it dies with it.
        command.process_group(0).kill_on_drop(true);
        Ok(command)
    }

    /// Lets a reviewer edit and kills it after so long.
    pub async fn edit_for(&self, span: Duration) -> Result<Seen> {
        let mut child = self.command("edit")?.spawn().context("a reviewer cannot be started")?;
        let mut lines = BufReader::new(child.stdout.take().context("its output")?).lines();
        let mut seen = Seen::default();
        let begun = timeout(PATIENCE, async {
            while let Some(line) = lines.next_line().await? {
                if line == "ready" {
                    return Ok::<_, std::io::Error>(true);
                }
                seen.hear(&line);
            }
            Ok(false)
        });
        let begun = begun.await.context("a reviewer did not begin")??;
        if begun {
            let _ = timeout(span, async {
                while let Ok(Some(line)) = lines.next_line().await {
                    seen.hear(&line);
                }
            })
            .await;
        }
        if let Some(group) = child.id().and_then(|id| rustix::process::Pid::from_raw(id as i32)) {
            // It may have ended by itself.
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
        // What it said before it died is in the pipe still.
        while let Ok(Some(line)) = lines.next_line().await {
            seen.hear(&line);
        }
        let output = child.wait_with_output().await?;
        ensure!(
            begun || self.hardship != Hardship::None,
            "a reviewer gave up: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        Ok(seen)
    }

    /// Lets a reviewer send everything; answers how many changes wait for an answer, and what was said of the store.
    pub async fn drain(&self, damaged: bool) -> Result<(u32, Option<String>)> {
        let mut drain = self.command("drain")?;
        if damaged {
            drain.arg("--damaged");
        }
        let output = timeout(PATIENCE, drain.output()).await.context("it never ends")??;
        let said = String::from_utf8_lossy(&output.stdout);
        let left = said.lines().find_map(|line| line.strip_prefix("left ")?.parse().ok());
        let left = left.with_context(|| format!("{said}{}", String::from_utf8_lossy(&output.stderr)))?;
        Ok((left, said.lines().find_map(|line| line.strip_prefix("notice ")).map(str::to_owned)))
    }
}

impl Seen {
    fn hear(&mut self, line: &str) {
        let Some((word, rest)) = line.split_once(' ') else { return };
        // A process that is killed may leave half a line.
        let edit = || serde_json::from_str::<Edit>(rest).ok();
        match word {
            "try" => self.edits.extend(edit().map(|edit| (edit, false))),
            "done" => {
                if let (Some(last), Some(_)) = (self.edits.last_mut(), edit()) {
                    last.1 = true;
                }
            }
            "refused" => {
                self.refused += 1;
            }
            "notice" => self.notice = Some(rest.to_owned()),
            _ => {}
        }
    }
}
