//! Speech at another speed: how much of its sound is kept and what it costs, beside rubberband on the same files.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use anyhow::Result;
use earmark_audio::{Recording, Tempo};
use rustix::time::{ClockId, clock_gettime};

use crate::cost::{cpu_ms, succeed};
use crate::mel;
use crate::report::{Figure, median};

/// Of the sandbox's recordings, one or two of each voice.
const SPEECH: [&str; 8] = [
    "amara-okafor-03-user",
    "frank-long-call-03-agent",
    "frank-long-call-04-user",
    "george-cancel-call-02-user",
    "helen-zhou-03-agent",
    "jonas-auf-deutsch-03-agent",
    "sofia-booking-call-02-user",
    "walter-refill-call-05-user",
];

/// What is played three times as fast.
struct Load {
    file: &'static str,
    /// For ffmpeg.
    format: &'static [&'static str],
    ours: &'static str,
    theirs: &'static str,
}

const LOADS: [Load; 2] = [
    Load {
        file: "mono.wav",
        format: &["-ac", "1", "-ar", "24000"],
        ours: "stretch: 300 %, mono, 24 kHz",
        theirs: "stretch: the same, rubberband",
    },
    Load {
        file: "stereo.wav",
        format: &["-ac", "2", "-ar", "48000", "-af", "aformat=channel_layouts=stereo,adelay=0|700"],
        ours: "stretch: 300 %, stereo, 48 kHz",
        theirs: "stretch: the same, rubberband",
    },
];
/// Of one core.
const MOST_PERCENT: f64 = 25.0;

/// See the module.
pub fn measure(runs: usize) -> Result<Vec<Figure>> {
    let folder = tempfile::tempdir()?;
    let speech = SPEECH.map(|clip| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../src-tauri/crates/sandbox/data/audio");
        folder.join(clip).with_extension("mp3")
    });
    let mut figures = Vec::new();
    for (percent, name) in [(150, "stretch: 150 % against rubberband"), (200, "stretch: 200 % against rubberband")] {
        figures.push(likeness(name, &speech, percent, folder.path())?);
    }
    for load in &LOADS {
        figures.extend(cost(load, &speech, folder.path(), runs)?);
    }
    Ok(figures)
}

/// How far speech is from the original, against the better of rubberband's two ways.
fn likeness(name: &'static str, speech: &[PathBuf], percent: u16, folder: &Path) -> Result<Figure> {
    let (mut ours, mut plain, mut fine) = (0.0, 0.0, 0.0);
    for clip in speech {
        let file = folder.join("clip.wav");
        convert(&[clip], &[], &file)?;
        let original = Sound::read(&file)?;
        let distance = |samples: &[f32]| mel::distance(&original.samples, samples, original.rate, percent);
        ours += distance(&original.stretched(percent))?;
        plain += distance(&Sound::read(&rubberband(&file, percent, &[])?.0)?.samples)?;
        fine += distance(&Sound::read(&rubberband(&file, percent, &["--fine"])?.0)?.samples)?;
    }
    let clips = speech.len() as f64;
    Ok(Figure {
        name,
        value: ours / f64::min(plain, fine),
        unit: "times",
        at_most: Some(1.1),
        how: format!(
            "mean log-mel difference {:.2} dB; rubberband {:.2}, --fine {:.2}; {clips} clips",
            ours / clips,
            plain / clips,
            fine / clips
        ),
    })
}

/// What a second of output costs.
fn cost(load: &Load, speech: &[PathBuf], folder: &Path, runs: usize) -> Result<[Figure; 2]> {
    let file = folder.join(load.file);
    convert(&speech.iter().collect::<Vec<_>>(), load.format, &file)?;
    let sound = Sound::read(&file)?;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    // The first of each fills caches and is not counted.
    for run in 0..=runs {
        let began = thread_ms();
        let heard = sound.stretched(300);
        let took = thread_ms() - began;
        let lasts_ms = heard.len() as f64 * 1_000.0 / f64::from(sound.rate) / f64::from(sound.channels);
        let (_, rubberband_took) = rubberband(&file, 300, &[])?;
        if run > 0 {
            ours.push(took / lasts_ms * 100.0);
            theirs.push(rubberband_took / lasts_ms * 100.0);
        }
    }
    let figure = |name, values: &[f64], at_most| Figure {
        name,
        value: median(values),
        unit: "% of core",
        at_most,
        how: format!("CPU time by length of output, {} runs", values.len()),
    };
    Ok([figure(load.ours, &ours, Some(MOST_PERCENT)), figure(load.theirs, &theirs, None)])
}

struct Sound {
    samples: Vec<f32>,
    rate: u32,
    channels: u16,
}

impl Sound {
    fn read(file: &Path) -> Result<Self> {
        let recording = Arc::new(Recording::scan(fs::read(file)?)?);
        let (mut reader, mut samples) = (recording.read(0), Vec::new());
        while let Some(block) = reader.next_block() {
            samples.extend_from_slice(block);
        }
        Ok(Self { samples, rate: recording.rate(), channels: recording.channels() })
    }

    /// In blocks as they come from a decoder.
    fn stretched(&self, percent: u16) -> Vec<f32> {
        let (mut tempo, mut output) = (Tempo::new(self.rate, self.channels, percent), Vec::new());
        for block in self.samples.chunks(1_152 * usize::from(self.channels)) {
            tempo.push(block);
            tempo.pull(&mut output);
        }
        tempo.finish();
        tempo.pull(&mut output);
        output
    }
}

/// Writes recordings one after another into a WAV file.
fn convert(recordings: &[&PathBuf], format: &[&str], file: &Path) -> Result<()> {
    let all: Vec<_> = recordings.iter().map(|recording| recording.display().to_string()).collect();
    let input = format!("concat:{}", all.join("|"));
    succeed(Command::new("ffmpeg").args(["-v", "error", "-y", "-i", &input]).args(format).arg(file))?;
    Ok(())
}

/// Has rubberband stretch a file; answers where the result is and the CPU time it took, in ms.
fn rubberband(file: &Path, percent: u16, options: &[&str]) -> Result<(PathBuf, f64)> {
    let result = file.with_extension("rubberband.wav");
    let tempo = (f64::from(percent) / 100.0).to_string();
    let mut command = Command::new("rubberband");
    let (took, _) = cpu_ms(command.args(["--quiet", "--tempo", &tempo]).args(options).arg(file).arg(&result))?;
    Ok((result, took))
}

/// The CPU time of this thread, in ms.
fn thread_ms() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 * 1e3 + time.tv_nsec as f64 / 1e6
}
