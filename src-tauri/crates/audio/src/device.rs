//! The default sound device: a PulseAudio or PipeWire server where one answers, the system's own devices otherwise.
//!
//! Invariants: opened at the first voice, closed on release; no rodio or cpal type leaves this file. rodio's mixer brings
//! voices to the device's rate and channels and lets a fade-out and the next voice overlap; its `Player` would add a second
//! idea of position and volume. The stream is made with cpal because rodio starts a stream before anything can be put into
//! it: the buffer of silence asked for first would come before every first sample.

use std::num::NonZero;
use std::sync::Arc;

use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use cpal::{BufferSize, ErrorKind, FromSample, SampleFormat, SizedSample, Stream, StreamConfig};
use rodio::Source;
use rodio::mixer::{Mixer, MixerSource, mixer};

use crate::output::{Alarm, Output, OutputError};
use crate::voice::Voice;

/// A PulseAudio stream keeps two of these filled. Shorter ones are heard sooner, but run dry while a web view keeps every core
/// busy: at 20 ms three recordings of three had gaps on two cores under load, at 50 ms two, of a few hundredths of a second.
const PERIODS_PER_SECOND: u32 = 20;

/// A new stream begins with this much silence: PulseAudio drops up to half a millisecond of what comes first, and some
/// hardware is slower to wake.
const LEAD_IN_PER_SECOND: u32 = 100;

/// Plays on the system's default device.
pub struct DeviceOutput {
    alarm: Arc<Alarm>,
    open: Option<Open>,
}

struct Open {
    mixer: Mixer,
    /// The rate of the voices it was opened for.
    voice_rate: u32,
    _stream: Stream,
}

impl DeviceOutput {
    /// An output that opens the device when it is first needed.
    pub fn new(alarm: Alarm) -> Self {
        Self { alarm: Arc::new(alarm), open: None }
    }

    fn open(&self, voice: Voice) -> Result<Open, cpal::Error> {
        let host = cpal::default_host();
        let device = host.default_output_device().ok_or(cpal::Error::new(ErrorKind::DeviceNotAvailable))?;
        let native = device.default_output_config()?;
        // A sound server resamples better than rodio, which draws straight lines between samples: it is given the voice's
        // own rate. Elsewhere another rate may be refused, or may change the device for everybody.
        let server = matches!(host.id().name(), "PulseAudio" | "PipeWire");
        let voice_rate = voice.rate();
        let rate = if server { voice_rate } else { native.sample_rate() };
        let (Some(channels), Some(sample_rate)) = (NonZero::new(native.channels()), NonZero::new(rate)) else {
            return Err(cpal::Error::new(ErrorKind::UnsupportedConfig));
        };
        if !can_convert(voice_rate, rate) {
            return Err(cpal::Error::new(ErrorKind::UnsupportedConfig));
        }

        let (mixer, samples) = mixer(channels, sample_rate);
        mixer.add(Frames(voice));
        let config = StreamConfig {
            channels: native.channels(),
            sample_rate: rate,
            buffer_size: BufferSize::Fixed(rate.div_ceil(PERIODS_PER_SECOND)),
        };
        let format = if server { SampleFormat::F32 } else { native.sample_format() };
        let stream = match format {
            SampleFormat::F32 => self.stream::<f32>(&device, config, samples),
            SampleFormat::F64 => self.stream::<f64>(&device, config, samples),
            SampleFormat::I16 => self.stream::<i16>(&device, config, samples),
            SampleFormat::I24 => self.stream::<cpal::I24>(&device, config, samples),
            SampleFormat::I32 => self.stream::<i32>(&device, config, samples),
            SampleFormat::U8 => self.stream::<u8>(&device, config, samples),
            SampleFormat::U16 => self.stream::<u16>(&device, config, samples),
            _ => Err(cpal::Error::new(ErrorKind::UnsupportedConfig)),
        }?;
        stream.play()?;
        tracing::debug!(host = host.id().name(), ?config, ?format, "sound device opened");
        Ok(Open { mixer, voice_rate, _stream: stream })
    }

    fn stream<T: SizedSample + FromSample<f32>>(
        &self,
        device: &cpal::Device,
        config: StreamConfig,
        mut samples: MixerSource,
    ) -> Result<Stream, cpal::Error> {
        let alarm = Arc::clone(&self.alarm);
        let lead_in = (config.sample_rate / LEAD_IN_PER_SECOND) as usize * usize::from(config.channels);
        let mut silence = std::iter::repeat_n(0.0, lead_in);
        let fill = move |buffer: &mut [T], _: &_| {
            for place in buffer {
                let sample = silence.next().or_else(|| samples.next()).unwrap_or(0.0);
                *place = T::from_sample_(sample);
            }
        };
        let fail = move |error: cpal::Error| match error.kind() {
            ErrorKind::Xrun | ErrorKind::DeviceChanged | ErrorKind::RealtimeDenied => {
                tracing::debug!(%error, "sound stream goes on");
            }
            _ => {
                tracing::warn!(%error, "sound stream lost");
                alarm.raise(OutputError::Lost);
            }
        };
        device.build_output_stream(config, fill, fail, None)
    }
}

impl Output for DeviceOutput {
    fn play(&mut self, voice: Voice) -> Result<(), OutputError> {
        if let Some(open) = self.open.as_ref().filter(|open| open.voice_rate == voice.rate()) {
            open.mixer.add(Frames(voice));
            return Ok(());
        }
        // Closed before another is opened: some devices take one stream only.
        self.open = None;
        self.open = Some(self.open(voice).map_err(explain)?);
        Ok(())
    }

    fn release(&mut self) {
        self.open = None;
    }
}

fn explain(error: cpal::Error) -> OutputError {
    tracing::warn!(%error, "sound device not opened");
    match error.kind() {
        ErrorKind::DeviceNotAvailable | ErrorKind::HostUnavailable => OutputError::NoDevice,
        ErrorKind::DeviceBusy => OutputError::Busy,
        ErrorKind::PermissionDenied => OutputError::Denied,
        _ => OutputError::Refused,
    }
}

/// rodio's rate converter multiplies the reduced rates in 32 bits; rates that no recorder uses would overflow it.
fn can_convert(from: u32, to: u32) -> bool {
    let (mut divisor, mut rest) = (from, to);
    while rest != 0 {
        (divisor, rest) = (rest, divisor % rest);
    }
    (from / divisor.max(1)).checked_mul(to / divisor.max(1)).is_some()
}

/// A voice as rodio's mixer takes it.
struct Frames(Voice);

impl Iterator for Frames {
    type Item = f32;

    fn next(&mut self) -> Option<f32> {
        self.0.next()
    }
}

impl Source for Frames {
    fn current_span_len(&self) -> Option<usize> {
        None
    }

    fn channels(&self) -> NonZero<u16> {
        NonZero::new(self.0.channels()).unwrap_or(NonZero::<u16>::MIN)
    }

    fn sample_rate(&self) -> NonZero<u32> {
        NonZero::new(self.0.rate()).unwrap_or(NonZero::<u32>::MIN)
    }

    fn total_duration(&self) -> Option<std::time::Duration> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_of_real_recorders_convert_to_rates_of_real_devices() {
        let recorders = [8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000];
        for from in recorders {
            for to in [44_100, 48_000, 96_000, 192_000] {
                assert!(can_convert(from, to), "{from} to {to}");
            }
        }
        assert!(!can_convert(191_999, 192_000), "would overflow in the sound thread");
    }

    #[test]
    fn each_cause_has_the_sentence_that_helps() {
        let sentence = |kind| explain(cpal::Error::new(kind));
        assert_eq!(sentence(ErrorKind::DeviceNotAvailable), OutputError::NoDevice);
        assert_eq!(sentence(ErrorKind::DeviceBusy), OutputError::Busy);
        assert_eq!(sentence(ErrorKind::PermissionDenied), OutputError::Denied);
        assert_eq!(sentence(ErrorKind::UnsupportedConfig), OutputError::Refused);
    }
}
