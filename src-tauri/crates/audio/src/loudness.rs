//! How loud a recording is to the ear, and what brings all to one loudness.
//!
//! Measured as EBU R128 (ITU-R BS.1770) says, by a library. It takes about half as long as decoding and the whole sound must
//! be decoded for it, so it is done when it is asked for and not with every scan.

use std::sync::Arc;

use ebur128::{Channel, EbuR128, Mode};

use crate::recording::Recording;

/// The loudness all recordings are brought to: what AES TD1008 recommends for speech. EBU's −23 LUFS is made for quiet
/// living rooms and would leave nearly every recording fainter than it was.
pub const EVEN_LUFS: f64 = -18.0;
/// The most that is amplified, 20 dB: what is fainter is noise rather than speech.
const MOST_GAIN: f32 = 10.0;

/// Integrated loudness in LUFS; `None` for silence, and for what is too short (under 0.4 s) to be measured.
pub(crate) fn integrated(recording: &Arc<Recording>) -> Option<f64> {
    // The histogram keeps memory the same for any length.
    let mode = Mode::I | Mode::HISTOGRAM;
    let mut meter = EbuR128::new(u32::from(recording.channels()), recording.rate(), mode).ok()?;
    if recording.channels() == 1 {
        // It is played on both loudspeakers.
        meter.set_channel(0, Channel::DualMono).ok()?;
    }
    let mut reader = recording.read(0);
    while let Some(samples) = reader.next_block() {
        meter.add_frames_f32(samples).ok()?;
    }
    meter.loudness_global().ok().filter(|lufs| lufs.is_finite())
}

/// What samples are multiplied with to become [`EVEN_LUFS`] loud, but not clipped.
pub(crate) fn gain(lufs: Option<f64>, loudest: f32) -> f32 {
    let Some(lufs) = lufs else { return 1.0 };
    let wanted = 10_f64.powf((EVEN_LUFS - lufs) / 20.0) as f32;
    wanted.min(MOST_GAIN).min(1.0 / loudest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gain_makes_up_for_the_difference() {
        assert!((gain(Some(-24.0), 0.1) - 1.9953).abs() < 1e-4, "6 dB");
        assert!((gain(Some(-8.0), 1.0) - 0.316_23).abs() < 1e-4, "−10 dB");
    }

    #[test]
    fn the_gain_neither_clips_nor_blows_up_noise() {
        assert_eq!(gain(Some(-30.0), 0.8), 1.25);
        assert_eq!(gain(Some(-69.0), 0.001), MOST_GAIN);
        assert_eq!(gain(None, 0.0), 1.0, "silence");
    }
}
