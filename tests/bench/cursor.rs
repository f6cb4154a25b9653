//! Whether the cursor still stands where the sound is after ten minutes of playing.
//!
//! The device is a null sink whose monitor is read as it is written; each piece carries the time at which it was read. The
//! window notes the moment at which each tenth of a second is shown. What was heard around that moment is looked up in the
//! recording itself.

use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result, ensure};
use earmark_tests::stage::{Server, Sound, Stage, locate};
use serde_json::Value;

use crate::hour::{HOUR, an_hour, voice_conversation};
use crate::report::Figure;
use crate::{Options, server, signed_in};

/// How long it plays before it is looked at.
const PLAYED: Duration = Duration::from_secs(600);
/// Seconds of what was heard that are looked up at once.
const PIECE: f64 = 1.5;
/// How far from what is shown the sound is looked for, in seconds.
const AROUND: f64 = 1.0;
/// Likeness that counts as found.
const ALIKE: f32 = 0.9;
const RATE: u32 = 48_000;

/// Keeps the moment (milliseconds since 1970) at which each tenth of a second comes to be shown.
const WATCH: &str = "window.__shown = [];
    let last = null;
    const frame = () => {
        const text = document.querySelector('[data-part=position] strong').innerText;
        if (text !== last) window.__shown.push([performance.timeOrigin + performance.now(), text]);
        last = text;
        requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);";

/// See the module.
pub async fn measure(options: &Options) -> Result<Vec<Figure>> {
    let server = server(0).await?;
    let conversation = voice_conversation(&server).await?;
    let recording = first_recording(&server, &conversation).await?;
    let stage = Stage::set("bench-cursor")?;
    server.fault(an_hour()).await?;
    let window = signed_in(stage.launch(), options, &server).open().await?;
    window.narrow(&[&conversation]).await?;
    window.click(&format!("[data-part=conversation-row][data-id=\"{conversation}\"]")).await?;
    window.until("an hour of sound", HOUR, &[]).await?;
    let listener = Listener::start(stage.sound_server())?;
    window.press(" ").await?;
    // Asked now and then, because the driver closes a connection on which nothing is said.
    let began = SystemTime::now();
    while began.elapsed()? < PLAYED {
        tokio::time::sleep(Duration::from_secs(5)).await;
        let plays = "return document.querySelector('[data-part=play]').ariaLabel === 'Pause'";
        ensure!(window.ask::<bool>(plays, &[]).await?, "it stopped playing");
    }
    window.ask::<Value>(WATCH, &[]).await?;
    tokio::time::sleep(Duration::from_secs(6)).await;
    let shown: Vec<(f64, String)> = window.ask("return window.__shown", &[]).await?;
    let heard = listener.stop();
    window.close().await?;

    let mut off: Vec<f64> = Vec::new();
    // The first was not seen to begin, and what belongs to the last is not all recorded.
    for (at_ms, text) in shown.iter().skip(1).filter(|(at, _)| *at < shown[shown.len() - 1].0 - 1_000.0) {
        let position = seconds(text)?;
        let Some(piece) = heard.around(*at_ms / 1_000.0) else { continue };
        let from = position - PIECE / 2.0 - AROUND;
        let found = locate(&piece, &recording.part(from, PIECE + 2.0 * AROUND));
        if found.likeness >= ALIKE {
            let sound = from + found.at + PIECE / 2.0;
            off.push((position - sound) * 1_000.0);
        }
    }
    ensure!(off.len() >= 10, "found {} of {} moments only", off.len(), shown.len());
    off.sort_by(f64::total_cmp);
    let (least, most) = (off[0], off[off.len() - 1]);
    Ok(vec![Figure {
        name: "cursor: off the sound after 10 min",
        value: least.abs().max(most.abs()),
        unit: "ms",
        at_most: Some(80.0),
        how: format!("{} moments, {least:.0} to {most:.0} ms ahead of the sound", off.len()),
    }])
}

/// The conversation's first recording, an hour long.
async fn first_recording(server: &Server, conversation: &str) -> Result<Sound> {
    let messages = server.messages(conversation).await?;
    let first = messages.iter().find(|message| message["format"] == "voice").context("a voice message")?;
    server.fault(an_hour()).await?;
    let recording = server.recording(conversation, first["id"].as_str().context("an id")?).await?;
    ensure!(recording.duration_ms() > 3_600_000, "the first recording is no hour but {} ms", recording.duration_ms());
    Ok(Sound::from(&recording))
}

/// Seconds shown as in `10:03.4`.
fn seconds(shown: &str) -> Result<f64> {
    let (minutes, seconds) = shown.trim().split_once(':').context("minutes and seconds")?;
    Ok(minutes.parse::<f64>()? * 60.0 + seconds.parse::<f64>()?)
}

/// Listens to the device and keeps the last seconds.
struct Listener {
    recorder: Child,
    heard: Arc<Mutex<Heard>>,
}

/// The latest samples, and when the last of them was read, in seconds since 1970.
#[derive(Default, Clone)]
struct Heard {
    samples: Vec<i16>,
    until: f64,
}

impl Heard {
    const SECONDS: usize = 12;

    fn take(&mut self, bytes: &[u8]) {
        self.samples.extend(bytes.chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])));
        let most = Self::SECONDS * RATE as usize;
        if self.samples.len() > 2 * most {
            self.samples.drain(..self.samples.len() - most);
        }
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        self.until = now.as_secs_f64();
    }

    /// What was heard half a piece before and after a moment; nothing where that is not all there.
    fn around(&self, moment: f64) -> Option<Sound> {
        let begin = self.until - self.samples.len() as f64 / f64::from(RATE);
        let from = ((moment - PIECE / 2.0 - begin) * f64::from(RATE)) as isize;
        let from = usize::try_from(from).ok()?;
        let piece = self.samples.get(from..from + (PIECE * f64::from(RATE)) as usize)?;
        Some(Sound::new(piece, 1, RATE))
    }
}

impl Listener {
    fn start(address: &str) -> Result<Self> {
        let mut recorder = Command::new("parec")
            .args(["--device=earmark.monitor", "--format=s16le", "--latency-msec=5", "--raw", "--channels=1"])
            .arg(format!("--rate={RATE}"))
            .env("PULSE_SERVER", address)
            .stdout(Stdio::piped())
            .spawn()?;
        let mut output = recorder.stdout.take().context("standard output is piped")?;
        let heard: Arc<Mutex<Heard>> = Arc::default();
        let keep = heard.clone();
        std::thread::spawn(move || {
            // 5 ms at a time: what is read was heard that short a time ago.
            let mut block = [0; 480];
            while output.read_exact(&mut block).is_ok() {
                keep.lock().unwrap_or_else(PoisonError::into_inner).take(&block);
            }
        });
        Ok(Self { recorder, heard })
    }

    fn stop(mut self) -> Heard {
        let heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let _ = self.recorder.kill();
        let _ = self.recorder.wait();
        heard
    }
}
