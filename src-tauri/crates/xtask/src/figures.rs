//! What was measured: told as a table and as lines of JSON, and held against what was measured before.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};

use crate::project::Project;

/// How much worse a ratio may get before `--check` objects: machines are noisy.
const WORSE: f64 = 1.25;

/// One figure, as what measures prints it: a line of JSON.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Figure {
    pub name: String,
    pub value: f64,
    /// `times` for a ratio of two things measured in one run.
    pub unit: String,
    /// The largest value allowed; absent where it only explains another one.
    pub at_most: Option<f64>,
    /// How it was measured.
    pub how: String,
}

impl Figure {
    fn is_ratio(&self) -> bool {
        self.unit == "times"
    }
}

/// Prints a table and then a line of JSON for each figure.
pub fn print(figures: &[Figure]) -> Result<()> {
    println!();
    for figure in figures {
        let bound = match figure.at_most {
            Some(bound) if figure.value <= bound => format!("at most {bound}: kept"),
            Some(bound) => format!("at most {bound}: BROKEN"),
            None => String::new(),
        };
        let Figure { name, value, unit, how, .. } = figure;
        println!("{name:<42} {value:>9.2} {unit:<8} {bound:<22} {how}");
    }
    for figure in figures {
        println!("{}", serde_json::to_string(figure)?);
    }
    Ok(())
}

/// The ratios of an earlier run, by name: `tests/bench/known.json`.
pub struct Known {
    file: PathBuf,
}

impl Known {
    pub fn of(project: &Project) -> Self {
        Self { file: project.root.join("tests/bench/known.json") }
    }

    /// Objects to ratios that got worse by more than a quarter.
    pub fn check(&self, figures: &[Figure]) -> Result<()> {
        let known = read(&self.file)?;
        let worse = |figure: &&Figure| known.get(&figure.name).is_some_and(|known| figure.value > known * WORSE);
        let worse: Vec<String> = figures
            .iter()
            .filter(|figure| figure.is_ratio())
            .filter(worse)
            .map(|figure| format!("{} ({:.2}, was {:.2})", figure.name, figure.value, known[&figure.name]))
            .collect();
        if !worse.is_empty() {
            bail!("worse by more than a quarter: {}", worse.join("; "));
        }
        Ok(())
    }

    /// Keeps the ratios for later checks, beside those that were not measured now.
    pub fn keep(&self, figures: &[Figure]) -> Result<()> {
        let mut known = read(&self.file)?;
        for figure in figures.iter().filter(|figure| figure.is_ratio()) {
            known.insert(figure.name.clone(), (figure.value * 1000.0).round() / 1000.0);
        }
        fs::write(&self.file, serde_json::to_string_pretty(&known)? + "\n").context("the ratios cannot be kept")
    }
}

fn read(file: &Path) -> Result<BTreeMap<String, f64>> {
    match fs::read(file) {
        Ok(text) => serde_json::from_slice(&text).with_context(|| format!("{} cannot be read", file.display())),
        Err(_) => Ok(BTreeMap::new()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn figure(value: f64, unit: &str) -> Figure {
        Figure { name: "f".into(), value, unit: unit.into(), at_most: None, how: String::new() }
    }

    #[test]
    fn a_ratio_may_get_worse_by_a_quarter_and_no_more() {
        let file = std::env::temp_dir().join(format!("earmark-known-{}.json", std::process::id()));
        let known = Known { file: file.clone() };
        known.check(&[figure(9.0, "times")]).unwrap();
        known.keep(&[figure(2.0, "times")]).unwrap();
        known.check(&[figure(2.5, "times")]).unwrap();
        known.check(&[figure(9.0, "ms")]).unwrap();
        assert!(known.check(&[figure(2.51, "times")]).unwrap_err().to_string().contains("2.51, was 2.00"));
        fs::remove_file(file).unwrap();
    }
}
