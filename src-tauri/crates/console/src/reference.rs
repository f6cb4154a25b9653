//! Short names: of log entries that tell more about a problem, and of accounts.

use std::sync::atomic::{AtomicU32, Ordering};

static NEXT: AtomicU32 = AtomicU32::new(1);

/// A reference unique within this run, as in "E-0007"; the log's lines carry the time that tells runs apart.
pub(crate) fn fresh() -> String {
    format!("E-{:04}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// A random id, so that two data folders never share a keyring entry.
pub(crate) fn random_id() -> String {
    format!("{:016x}", rand::random::<u64>())
}
