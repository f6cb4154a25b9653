//! A sound server whose only device swallows everything and can be recorded.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result};

use super::listen::Sound;
use super::process::Process;
use super::window::eventually;

/// Frames per second of the device, and of every recording.
pub(crate) const RATE: u32 = 48_000;
const CHANNELS: usize = 2;

/// A running PulseAudio with a null sink.
#[derive(Debug)]
pub(crate) struct Sink {
    _server: Process,
    address: String,
}

impl Sink {
    pub(crate) fn start(home: &Path, logs: &Path) -> Result<Self> {
        let socket = home.join("pulse.sock");
        let script = home.join("pulse.pa");
        fs::write(
            &script,
            format!(
                "load-module module-native-protocol-unix auth-anonymous=1 socket={}\n\
                 load-module module-null-sink sink_name=earmark rate={RATE} channels={CHANNELS} format=s16le\n\
                 set-default-sink earmark\n",
                socket.display()
            ),
        )?;
        let mut command = Command::new("pulseaudio");
        command
            .args(["-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "--disallow-exit"])
            .args(["--high-priority=no", "--realtime=no", "-F"])
            .arg(&script)
            .env("HOME", home)
            .env("XDG_RUNTIME_DIR", home.join("runtime"))
            .env_remove("PULSE_SERVER")
            .stdin(Stdio::null());
        let mut server = Process::start("pulseaudio", &mut command, logs)?;
        let address = format!("unix:{}", socket.display());
        server.wait_until(|| has_sink(&address))?;
        Ok(Self { _server: server, address })
    }

    /// For `PULSE_SERVER`.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    pub(crate) fn record(&self, name: &str, folder: &Path) -> Result<Recording> {
        let file = folder.join(name).with_extension("s16");
        let mut command = Command::new("parec");
        command
            .args(["--device=earmark.monitor", "--format=s16le", "--latency-msec=10", "--raw"])
            .arg(format!("--rate={RATE}"))
            .arg(format!("--channels={CHANNELS}"))
            .arg(&file)
            .env("PULSE_SERVER", &self.address)
            .stdin(Stdio::null());
        let mut recorder = Process::start("parec", &mut command, folder)?;
        // Silence is recorded as well, so the file grows as soon as the recorder listens.
        recorder.wait_until(|| fs::metadata(&file).is_ok_and(|file| file.len() > 0))?;
        Ok(Recording { _recorder: recorder, file })
    }
}

fn has_sink(address: &str) -> bool {
    let asked = Command::new("pactl").args(["list", "short", "sinks"]).env("PULSE_SERVER", address).output();
    asked.is_ok_and(|answer| String::from_utf8_lossy(&answer.stdout).contains("earmark"))
}

/// A recording under way.
#[derive(Debug)]
pub struct Recording {
    _recorder: Process,
    file: PathBuf,
}

impl Recording {
    /// What was heard until now.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn heard(&self) -> Result<Sound> {
        let bytes = fs::read(&self.file).context("the recording cannot be read")?;
        let samples: Vec<i16> = bytes.chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect();
        Ok(Sound::new(&samples, CHANNELS, RATE))
    }

    /// Waits until this much more has been recorded, and answers all of it.
    ///
    /// # Errors
    /// The recorder has stopped.
    pub async fn hear(&self, more: Duration) -> Result<Sound> {
        let began = self.heard()?.seconds();
        eventually("the recorder to go on", async || {
            let heard = self.heard()?;
            Ok((heard.seconds() >= began + more.as_secs_f64()).then_some(heard))
        })
        .await
    }
}
