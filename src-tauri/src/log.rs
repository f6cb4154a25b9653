//! The log: one file a day, seven kept, in the log folder. No secret or transcript is ever given to it.

use std::path::Path;

use tracing_appender::non_blocking::WorkerGuard;
use tracing_appender::rolling::{RollingFileAppender, Rotation};
use tracing_subscriber::EnvFilter;

const KEPT: usize = 7;

/// Starts writing; stops when the guard is dropped. A folder that cannot be written is no reason not to start.
pub(crate) fn start(folder: &Path) -> Option<WorkerGuard> {
    std::fs::create_dir_all(folder).ok()?;
    let file = RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .filename_prefix("earmark")
        .filename_suffix("log")
        .max_log_files(KEPT)
        .build(folder)
        .ok()?;
    let (writer, guard) = tracing_appender::non_blocking(file);
    // Only this program's own words: a library at a finer level may print addresses with tokens in them.
    let filter = EnvFilter::new(
        "off,earmark=info,earmark_shell=info,earmark_console=info,earmark_amigo=info,earmark_audio=info",
    );
    tracing_subscriber::fmt().with_writer(writer).with_ansi(false).with_env_filter(filter).try_init().ok()?;
    tracing::info!(version = env!("CARGO_PKG_VERSION"), "started");
    // Where it happened is enough: what a panic says may hold what was being read.
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        tracing::error!(place = panic.location().map(ToString::to_string), "a fault of this program");
        usual(panic);
    }));
    Some(guard)
}
