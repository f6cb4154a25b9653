//! An hour of MP3, scanned with its waveform and pauses, against ffmpeg that decodes it and throws it away.
//!
//! Both run as processes of their own, in turn; what counts is the CPU time of all their threads, as the kernel added it up
//! when they ended.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use earmark_audio::Recording;

use crate::cost::{cpu_ms, succeed};
use crate::report::{Figure, median, spread};

const JUMPS: u64 = 200;
/// Spoken over and over, by one voice or two.
const SAID: &str = "Thank you for calling, how may I help you today? My parcel was to come on Tuesday, and it is still not here. \
    I am sorry to hear that. Could you give me the number of your order, please? Yes, one moment, I have it somewhere. \
    It is seven, four, nine, two, double five. Let me see. It left our warehouse this morning, so you should have it tomorrow \
    before noon. Would you like a message when the driver is near? That would be wonderful, thank you very much. \
    Is there anything else that I can do for you? No, that was all. Then I wish you a pleasant afternoon. Goodbye!";

/// A kind of recording that is measured.
struct Kind {
    file: &'static str,
    voices: &'static [&'static str],
    encoding: &'static [&'static str],
    ratio: &'static str,
    ours: &'static str,
    theirs: &'static str,
    memory: &'static str,
    jump: &'static str,
    at_most: f64,
}

const KINDS: [Kind; 2] = [
    Kind {
        file: "mono.mp3",
        voices: &["en-us"],
        encoding: &["-ac", "1", "-ar", "24000", "-b:a", "64k"],
        ratio: "decode: mono against ffmpeg",
        ours: "decode: mono, scanned",
        theirs: "decode: mono, ffmpeg",
        memory: "decode: mono, most memory",
        jump: "decode: mono, jump",
        at_most: 1.1,
    },
    Kind {
        file: "stereo.mp3",
        voices: &["en-us", "en-gb"],
        encoding: &["-ac", "2", "-ar", "44100", "-b:a", "128k"],
        ratio: "decode: stereo against ffmpeg",
        ours: "decode: stereo, scanned",
        theirs: "decode: stereo, ffmpeg",
        memory: "decode: stereo, most memory",
        jump: "decode: stereo, jump",
        at_most: 1.5,
    },
];

/// See the module.
pub fn measure(runs: usize) -> Result<Vec<Figure>> {
    let folder = tempfile::tempdir()?;
    let mut figures = Vec::new();
    for kind in &KINDS {
        let file = record(kind, folder.path())?;
        figures.extend(compare(kind, &file, runs)?);
    }
    Ok(figures)
}

/// What the scanning process does; answers the most memory it held, in kB.
pub fn scan(file: &Path) -> Result<u64> {
    let recording = Recording::scan(fs::read(file)?)?;
    ensure!(recording.duration_ms() == 3_600_000, "not an hour: {recording:?}");
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("the kernel tells no VmHWM")?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}

/// Jumps about; answers what 95 of 100 jumps take at most, from asking for a place to its first samples, in ms.
pub fn seek(file: &Path) -> Result<f64> {
    let recording = Arc::new(Recording::scan(fs::read(file)?)?);
    let mut took = Vec::new();
    for jump in 0..JUMPS {
        // Far apart and never twice the same.
        let from = recording.frames() / JUMPS * (jump * 77 % JUMPS);
        let began = Instant::now();
        recording.read(from).next_block().context("there is sound everywhere")?;
        took.push(began.elapsed().as_secs_f64() * 1_000.0);
    }
    took.sort_by(f64::total_cmp);
    took.get(took.len() * 95 / 100).copied().context("no jump was made")
}

/// Has an hour spoken and encoded.
fn record(kind: &Kind, folder: &Path) -> Result<PathBuf> {
    let file = folder.join(kind.file);
    let mut encoder = Command::new("ffmpeg");
    encoder.args(["-v", "error"]);
    for voice in kind.voices {
        let spoken = folder.join(format!("{voice}.wav"));
        succeed(Command::new("espeak-ng").args(["-v", voice, "-w"]).arg(&spoken).arg(SAID))?;
        encoder.args(["-stream_loop", "-1", "-i"]).arg(spoken);
    }
    if kind.voices.len() == 2 {
        encoder.args(["-filter_complex", "[0:a][1:a]join=inputs=2:channel_layout=stereo"]);
    }
    succeed(encoder.args(["-t", "3600", "-c:a", "libmp3lame"]).args(kind.encoding).arg(&file))?;
    Ok(file)
}

fn compare(kind: &Kind, file: &Path, runs: usize) -> Result<[Figure; 5]> {
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    let mut most_kb: f64 = 0.0;
    // The first of each fills caches and is not counted.
    for run in 0..=runs {
        let (scanned, kb) = cpu_ms(&mut myself("--scan", file)?)?;
        let (decoded, _) =
            cpu_ms(Command::new("ffmpeg").args(["-v", "error", "-i"]).arg(file).args(["-f", "null", "-"]))?;
        most_kb = most_kb.max(kb.trim().parse()?);
        if run > 0 {
            ours.push(scanned);
            theirs.push(decoded);
        }
    }
    let (_, jump_ms) = cpu_ms(&mut myself("--seek", file)?)?;
    let megabytes = fs::metadata(file)?.len() as f64 / 1e6;
    let plain = |name, value, unit, how: String| Figure { name, value, unit, at_most: None, how };
    let bound = |name, value, unit, at_most, how: String| Figure { name, value, unit, at_most: Some(at_most), how };
    let ratio = median(&ours) / median(&theirs);
    Ok([
        bound(kind.ratio, ratio, "times", kind.at_most, "medians of CPU time, alternating runs".into()),
        plain(kind.ours, median(&ours), "ms", spread(&ours)),
        plain(kind.theirs, median(&theirs), "ms", spread(&theirs)),
        bound(
            kind.memory,
            most_kb * 1_024.0 / 1e6 / megabytes,
            "times",
            3.0,
            format!("of the file's {megabytes:.1} MB"),
        ),
        bound(kind.jump, jump_ms.trim().parse()?, "ms", 20.0, format!("95 of 100, of {JUMPS} jumps")),
    ])
}

/// This program, asked to do one thing.
fn myself(what: &str, file: &Path) -> Result<Command> {
    let mut program = Command::new(std::env::current_exe()?);
    program.arg(what).arg(file);
    Ok(program)
}
