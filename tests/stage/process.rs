//! Programs that are ended when they are no longer needed, with everything they started.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process, kill_process_group, test_kill_process_group};

/// How long a program may take to come up. Long, because two cores may be busy compiling.
const START: Duration = Duration::from_secs(30);
/// How long a program may take to end by itself.
const END: Duration = Duration::from_secs(3);

/// A running program in a process group of its own.
#[derive(Debug)]
pub struct Process {
    child: Child,
    name: String,
}

impl Process {
    /// Starts a program; what it prints goes to `<name>.log` in the folder.
    pub(crate) fn start(name: &str, command: &mut Command, logs: &Path) -> Result<Self> {
        command.stdout(log(name, logs)?);
        Self::spawn(name, command, logs)
    }

    /// Starts a program that says on its first line where it can be reached.
    pub(crate) fn start_answering(name: &str, command: &mut Command, logs: &Path) -> Result<(Self, String)> {
        let mut process = Self::spawn(name, command.stdout(Stdio::piped()), logs)?;
        let output = process.child.stdout.take().context("standard output is piped")?;
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        if line.trim().is_empty() {
            bail!("{name} ended at once; see {name}.log");
        }
        Ok((process, line.trim().to_owned()))
    }

    fn spawn(name: &str, command: &mut Command, logs: &Path) -> Result<Self> {
        command.stderr(log(name, logs)?).process_group(0);
        let child =
            command.spawn().with_context(|| format!("{name} could not be started; `cargo xtask test` installs it"))?;
        Ok(Self { child, name: name.to_owned() })
    }

    /// Blocks until the program is ready.
    pub(crate) fn wait_until(&mut self, ready: impl Fn() -> bool) -> Result<()> {
        let began = Instant::now();
        while !ready() {
            if let Some(status) = self.child.try_wait()? {
                bail!("{} ended while it came up ({status})", self.name);
            }
            if began.elapsed() > START {
                bail!("{} did not come up in {START:?}", self.name);
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(())
    }

    /// What is written here is what the program reads.
    pub(crate) fn input(&mut self) -> Result<std::process::ChildStdin> {
        self.child.stdin.take().context("standard input is piped and taken once")
    }

    /// Whether it has ended by itself.
    pub(crate) fn has_ended(&mut self) -> bool {
        !matches!(self.status(), Ok(None))
    }

    /// How it ended by itself, if it has.
    ///
    /// # Errors
    /// The system does not tell.
    pub fn status(&mut self) -> Result<Option<ExitStatus>> {
        Ok(self.child.try_wait()?)
    }

    /// Holds it still: it answers nobody, and nobody is told.
    pub fn freeze(&self) {
        self.signal(Signal::STOP);
    }

    /// Ends it on the spot, without a chance to tidy up.
    ///
    /// # Errors
    /// The system does not let it end.
    pub fn kill(&mut self) -> Result<()> {
        self.signal(Signal::KILL);
        self.child.wait()?;
        Ok(())
    }

    fn group(&self) -> Option<Pid> {
        i32::try_from(self.child.id()).ok().and_then(Pid::from_raw)
    }

    fn signal(&self, signal: Signal) {
        if let Some(group) = self.group() {
            // Nobody left to signal is what is wanted.
            let _ = kill_process_group(group, signal);
        }
    }

    /// Whether neither it nor anything it started is left.
    fn is_gone(&mut self) -> bool {
        self.has_ended() && self.group().is_none_or(|group| test_kill_process_group(group).is_err())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.signal(Signal::TERM);
        let began = Instant::now();
        while began.elapsed() < END && !self.is_gone() {
            std::thread::sleep(Duration::from_millis(5));
        }
        self.signal(Signal::KILL);
        let _ = self.child.wait();
    }
}

fn log(name: &str, folder: &Path) -> Result<File> {
    File::options()
        .create(true)
        .append(true)
        .open(folder.join(name).with_extension("log"))
        .context("no log can be written")
}

/// Signals the console that was started with this data folder, by its id (proc(5): cmdline).
pub(super) fn signal_console(data_dir: &Path, signal: Signal) -> Result<()> {
    let folder = data_dir.as_os_str().as_encoded_bytes();
    for entry in std::fs::read_dir("/proc")? {
        let process = entry?.path();
        // It may have ended meanwhile, or be no process at all.
        let Ok(line) = std::fs::read(process.join("cmdline")) else { continue };
        let mut words = line.split(|byte| *byte == 0);
        let is_console = words.next().is_some_and(|program| program.ends_with(b"/earmark"));
        if is_console && words.any(|word| word == folder) {
            let id = process.file_name().and_then(|name| name.to_str()?.parse().ok()).and_then(Pid::from_raw);
            return Ok(kill_process(id.context("a process has a number")?, signal)?);
        }
    }
    bail!("no console runs with {}", data_dir.display())
}
