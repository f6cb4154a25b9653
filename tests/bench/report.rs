//! How figures are printed.

use serde::Serialize;

/// One figure and the bound it must keep.
#[derive(Debug, Clone, Serialize)]
pub struct Figure {
    /// What was measured.
    pub name: &'static str,
    /// The value.
    pub value: f64,
    /// Its unit.
    pub unit: &'static str,
    /// The largest value allowed; absent where it only explains another one.
    pub at_most: Option<f64>,
    /// How it was measured.
    pub how: String,
}

impl Figure {
    /// Whether the bound is kept.
    pub fn holds(&self) -> bool {
        self.at_most.is_none_or(|bound| self.value <= bound)
    }
}

/// Prints each as a line of JSON; `cargo xtask bench` makes a table of them.
pub fn print(figures: &[Figure]) {
    for figure in figures {
        println!("{}", serde_json::json!(figure));
    }
}

/// The middle of several values.
pub fn median(values: &[f64]) -> f64 {
    percentile(values, 0.5)
}

/// The value that a share of several values does not exceed.
pub fn percentile(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let place = (sorted.len() as f64 * share) as usize;
    sorted.get(place.min(sorted.len().saturating_sub(1))).copied().unwrap_or(f64::NAN)
}

/// As in `9 runs, 410–530`.
pub fn spread(values: &[f64]) -> String {
    let (least, most) =
        values.iter().fold((f64::MAX, f64::MIN), |(least, most), value| (least.min(*value), most.max(*value)));
    format!("{} runs, {least:.0} to {most:.0}", values.len())
}

/// Milliseconds per clock tick in what the kernel tells of CPU time (proc(5)).
pub fn tick_ms() -> f64 {
    1_000.0 / rustix::param::clock_ticks_per_second() as f64
}
