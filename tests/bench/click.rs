//! From the click to the first sample at the device, for a clip of 10 s that was never fetched before.
//!
//! The device is a null sink whose monitor is read as it is written. Each piece carries the time at which it was read, which
//! is after it sounded, so the figure is rather too large than too small. The silence a clip begins with is taken off.

use std::io::Read;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result};
use earmark_audio::Recording;
use earmark_tests::stage::{Server, Sound, Stage};
use serde_json::Value;

use crate::report::{Figure, median, spread};
use crate::{Options, server, signed_in};

const WISHED_MS: u32 = 10_000;

/// Keeps the moment of the next click, in milliseconds since 1970.
const WATCH: &str = "window.__clicked = null;
    addEventListener('click', (event) => (window.__clicked = performance.timeOrigin + event.timeStamp), { once: true, capture: true })";

/// See the module.
pub async fn measure(options: &Options) -> Result<Vec<Figure>> {
    let server = server(0).await?;
    let (conversation, message, clip) = longest_clip(&server).await?;
    let silence_ms = Sound::from(&clip).onset().context("a clip with sound")? * 1_000.0;
    let stage = Stage::set("bench-click")?;
    let mut times = Vec::new();
    for _ in 0..options.runs {
        // A new window each time, so that nothing is kept from the run before.
        let window = signed_in(stage.launch(), options, &server).open().await?;
        window.narrow(&[&conversation]).await?;
        window.click(&format!("[data-part=conversation-row][data-id=\"{conversation}\"]")).await?;
        window.part("state-path").await?;
        let button = format!("[data-part=message][data-id=\"{message}\"] button");
        let first = first_sound(stage.sound_server())?;
        window.ask::<Value>(WATCH, &[]).await?;
        window.click(&button).await?;
        let heard = tokio::task::spawn_blocking(move || first.recv_timeout(Duration::from_secs(10))).await??;
        let clicked = window.ask::<f64>("return window.__clicked", &[]).await?;
        let heard_ms = heard.duration_since(SystemTime::UNIX_EPOCH)?.as_secs_f64() * 1_000.0;
        times.push(heard_ms - clicked - silence_ms);
        window.close().await?;
    }
    Ok(vec![Figure {
        name: "click: click to first sample",
        value: median(&times),
        unit: "ms",
        at_most: Some(100.0),
        how: format!(
            "clip of {:.1} s, fetched, at the device's monitor; {}",
            f64::from(clip.duration_ms()) / 1_000.0,
            spread(&times)
        ),
    }])
}

/// The clip whose length is nearest to 10 s.
async fn longest_clip(server: &Server) -> Result<(String, String, Arc<Recording>)> {
    let page = server.read("/conversation/?sort_by=-created_at&tag=channel:voice").await?;
    let mut nearest: Option<(String, String, Arc<Recording>)> = None;
    for conversation in page["conversations"].as_array().context("a list")? {
        let id = conversation["id"].as_str().context("an id")?;
        for message in server.messages(id).await?.iter().filter(|message| message["format"] == "voice") {
            let message = message["id"].as_str().context("an id")?;
            let clip = server.recording(id, message).await?;
            let off = |clip: &Recording| clip.duration_ms().abs_diff(WISHED_MS);
            if nearest.as_ref().is_none_or(|(_, _, other)| off(&clip) < off(other)) {
                nearest = Some((id.to_owned(), message.to_owned(), clip));
            }
        }
    }
    nearest.context("the sandbox has no clip")
}

/// Listens to the device; the moment at which the first sound was read is sent once.
fn first_sound(address: &str) -> Result<Receiver<SystemTime>> {
    let mut recorder = Command::new("parec")
        .args([
            "--device=earmark.monitor",
            "--format=s16le",
            "--latency-msec=5",
            "--raw",
            "--rate=48000",
            "--channels=1",
        ])
        .env("PULSE_SERVER", address)
        .stdout(Stdio::piped())
        .spawn()?;
    let mut output = recorder.stdout.take().context("standard output is piped")?;
    let (listens, listening) = channel();
    let (send, first) = channel();
    std::thread::spawn(move || {
        let mut buffer = [0; 4_096];
        while let Ok(read @ 1..) = output.read(&mut buffer) {
            let now = SystemTime::now();
            let _ = listens.send(());
            // 0.1 % of full scale, as where the clip's own silence ends.
            let sounds = buffer[..read]
                .chunks_exact(2)
                .position(|pair| i16::from_le_bytes([pair[0], pair[1]]).unsigned_abs() > 32);
            if let Some(frame) = sounds {
                // The frames after it were read at the same time and sounded later.
                let after = (read / 2 - frame) as f64 / 48_000.0;
                let _ = send.send(now - Duration::from_secs_f64(after));
                break;
            }
        }
        let _ = recorder.kill();
        let _ = recorder.wait();
    });
    listening.recv_timeout(Duration::from_secs(10)).context("the recorder does not listen")?;
    Ok(first)
}
