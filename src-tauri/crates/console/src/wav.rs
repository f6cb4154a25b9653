//! Recordings for tests.

use std::sync::Arc;

use earmark_audio::Recording;

/// Samples a second.
pub(crate) const RATE: u32 = 8_000;

/// A recording of these samples of 8 bits at [`RATE`]; 128 is silence.
pub(crate) fn recording(samples: &[u8]) -> Arc<Recording> {
    let length = u32::try_from(samples.len()).expect("a recording for a test is short");
    let mut file = Vec::new();
    file.extend_from_slice(b"RIFF");
    file.extend_from_slice(&(36 + length).to_le_bytes());
    file.extend_from_slice(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    file.extend_from_slice(&RATE.to_le_bytes());
    file.extend_from_slice(&RATE.to_le_bytes());
    file.extend_from_slice(b"\x01\0\x08\0data");
    file.extend_from_slice(&length.to_le_bytes());
    file.extend_from_slice(samples);
    Arc::new(Recording::scan(file).expect("the file was just made"))
}
