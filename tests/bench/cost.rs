//! What programs that are run to their end cost.

use std::fs;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use crate::report::tick_ms;

/// The milliseconds of CPU time a program took, and what it printed.
pub fn cpu_ms(program: &mut Command) -> Result<(f64, String)> {
    let before = children_ticks()?;
    let printed = succeed(program)?;
    Ok(((children_ticks()? - before) * tick_ms(), printed))
}

/// Ticks that children which were waited for took in all, in user mode and in the kernel (proc(5): cutime, cstime).
fn children_ticks() -> Result<f64> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    // The second field is the program's name, which may hold anything.
    let (_, fields) = stat.rsplit_once(')').context("a name in brackets")?;
    let fields: Vec<&str> = fields.split_whitespace().collect();
    let ticks = |at: usize| anyhow::Ok(fields.get(at).context("a field")?.parse::<f64>()?);
    Ok(ticks(13)? + ticks(14)?)
}

/// Runs a program to its end; answers what it printed.
pub fn succeed(program: &mut Command) -> Result<String> {
    let output = program
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("{} could not be started", program.get_program().to_string_lossy()))?;
    ensure!(
        output.status.success(),
        "{} failed: {}\n{}",
        program.get_program().to_string_lossy(),
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(String::from_utf8(output.stdout)?)
}
