//! A session bus, with a keyring or without.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::Result;

use super::process::Process;

/// Nothing is started on demand: which services exist is the test's decision, not the machine's.
const CONFIGURATION: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:dir=DIRECTORY</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#;

/// What of a keyring there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keyring {
    /// One that is open.
    Unlocked,
    /// A session bus without one.
    Absent,
    /// Not even a session bus.
    NoBus,
}

/// A running session bus.
#[derive(Debug)]
pub(crate) struct Bus {
    _keyring: Option<Process>,
    _daemon: Process,
    address: String,
}

impl Bus {
    pub(crate) fn start(home: &Path, logs: &Path, keyring: Keyring) -> Result<Self> {
        let configuration = home.join("bus.conf");
        fs::write(&configuration, CONFIGURATION.replace("DIRECTORY", &home.join("runtime").to_string_lossy()))?;
        let mut command = Command::new("dbus-daemon");
        command.arg("--config-file").arg(&configuration).args(["--nofork", "--print-address=1"]);
        let (daemon, address) = Process::start_answering("dbus", &mut command, logs)?;
        let keyring = match keyring {
            Keyring::Unlocked => Some(unlocked_keyring(home, logs, &address)?),
            Keyring::Absent | Keyring::NoBus => None,
        };
        Ok(Self { _keyring: keyring, _daemon: daemon, address })
    }

    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// Listens for messages a match rule picks, from now on.
    pub(crate) fn overhear(&self, rule: &str, logs: &Path) -> Result<Overheard> {
        let log = logs.join("overheard.log");
        let mut command = Command::new("dbus-monitor");
        // `--profile` prints one line a message as it comes; the others hold lines back.
        command.args(["--address", &self.address, "--profile", rule]);
        let mut monitor = Process::start("overheard", &mut command, logs)?;
        // Its own loss of a name is the first thing a monitor hears: it listens then.
        monitor.wait_until(|| fs::read_to_string(&log).is_ok_and(|heard| heard.contains("NameLost")))?;
        Ok(Overheard { _monitor: monitor, log })
    }
}

/// What passes on a bus.
#[derive(Debug)]
pub struct Overheard {
    _monitor: Process,
    log: PathBuf,
}

impl Overheard {
    /// Whether a message of this name has passed.
    ///
    /// # Errors
    /// What was heard cannot be read.
    pub fn has_passed(&self, member: &str) -> Result<bool> {
        Ok(fs::read_to_string(&self.log)?.contains(member))
    }
}

fn unlocked_keyring(home: &Path, logs: &Path, address: &str) -> Result<Process> {
    let mut command = Command::new("gnome-keyring-daemon");
    command
        .args(["--foreground", "--unlock", "--components=secrets"])
        .env("DBUS_SESSION_BUS_ADDRESS", address)
        .env("HOME", home)
        .env("XDG_RUNTIME_DIR", home.join("runtime"))
        // Empty, so that a keyring is made with the password that is given.
        .env("XDG_DATA_HOME", home.join("keyring"))
        .stdin(Stdio::piped());
    let mut daemon = Process::start("keyring", &mut command, logs)?;
    // The password ends where the input does.
    daemon.input()?.write_all(b"a password for this run\n")?;
    daemon.wait_until(|| has_owner(address, "org.freedesktop.secrets"))?;
    Ok(daemon)
}

fn has_owner(address: &str, name: &str) -> bool {
    let method = "org.freedesktop.DBus.NameHasOwner";
    let asked = Command::new("dbus-send")
        .args([&format!("--bus={address}"), "--print-reply=literal", "--dest=org.freedesktop.DBus", "/", method])
        .arg(format!("string:{name}"))
        .output();
    asked.is_ok_and(|answer| String::from_utf8_lossy(&answer.stdout).contains("true"))
}
