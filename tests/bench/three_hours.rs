//! What a conversation of three hours takes in memory, beside the same conversation as it is.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use earmark_tests::stage::Stage;
use serde_json::json;

use crate::report::Figure;
use crate::{Options, server, signed_in};

/// How often each of the conversation's recordings of some seconds is repeated.
const TIMES: u32 = 110;
const HOURS: f64 = 3.0;
/// Whether the length of the whole is known to the second.
const WHOLE: &str =
    "return Math.abs(Number(document.querySelector('[data-part=waveform]')?.ariaValueMax ?? 0) - arguments[0]) < 1";

/// See the module.
pub async fn measure(options: &Options) -> Result<Vec<Figure>> {
    let server = server(0).await?;
    let page = server.read("/conversation/?sort_by=-created_at&tag=channel:voice").await?;
    let mut longest: (String, Vec<String>) = Default::default();
    for conversation in page["conversations"].as_array().context("a list")? {
        let id = conversation["id"].as_str().context("an id")?;
        let messages = server.messages(id).await?;
        let voices = messages.iter().filter(|message| message["format"] == "voice");
        let voices: Vec<String> = voices.filter_map(|message| Some(message["id"].as_str()?.to_owned())).collect();
        if voices.len() > longest.1.len() {
            longest = (id.to_owned(), voices);
        }
    }
    let (conversation, voices) = longest;
    let (mut held, mut seconds) = (Vec::new(), 0.0);
    for bodies in [1, TIMES] {
        let stage = Stage::set("bench-three-hours")?;
        server.fault(json!([{ "path": "*.mp3", "times": 0, "kind": "repeat", "bodies": bodies }])).await?;
        seconds = 0.0;
        for voice in &voices {
            seconds += f64::from(server.recording(&conversation, voice).await?.duration_ms()) / 1_000.0;
        }
        let window = signed_in(stage.launch(), options, &server).open().await?;
        window.narrow(&[&conversation]).await?;
        window.click(&format!("[data-part=conversation-row][data-id=\"{conversation}\"]")).await?;
        window.until("all recordings", WHOLE, &[json!(seconds)]).await?;
        window.picture(&format!("{bodies}-times")).await?;
        held.push(memory_kb(&options.console)?);
        window.close().await?;
    }
    ensure!(seconds >= HOURS * 3_600.0, "{seconds} s are not three hours");
    let [usual, whole] = held[..] else { anyhow::bail!("two windows were measured") };
    Ok(vec![Figure {
        name: "three hours: memory they take",
        value: (whole - usual) / 1_024.0,
        unit: "MiB",
        at_most: Some(256.0),
        how: format!(
            "{:.1} h in {} recordings; PSS of the program {:.0} MiB",
            seconds / 3_600.0,
            voices.len(),
            whole / 1_024.0
        ),
    }])
}

/// The proportional share of memory of the program's own process, in kB (proc(5): smaps_rollup).
fn memory_kb(program: &Path) -> Result<f64> {
    let program = program.canonicalize()?;
    for entry in std::fs::read_dir("/proc")? {
        let process = entry?.path();
        if std::fs::read_link(process.join("exe")).is_ok_and(|exe| exe == program) {
            let rollup = std::fs::read_to_string(process.join("smaps_rollup"))?;
            let pss = rollup.lines().find_map(|line| line.strip_prefix("Pss:")).context("a line Pss")?;
            return Ok(pss.trim_end_matches("kB").trim().parse()?);
        }
    }
    anyhow::bail!("the program does not run")
}
