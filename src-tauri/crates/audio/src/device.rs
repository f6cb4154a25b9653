//! The system's sound devices: those of a PulseAudio or PipeWire server where one answers, its own otherwise.
//!
//! Invariants: opened at the first voice, closed on release; no rodio or cpal type leaves this file. rodio's mixer brings
//! voices to the device's rate and channels and lets a fade-out and the next voice overlap; its `Player` would add a second
//! idea of position and volume. The stream is made with cpal because rodio starts a stream before anything can be put into
//! it: the buffer of silence asked for first would come before every first sample.

use std::num::NonZero;
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use cpal::{
    BufferSize, Device, DeviceId, ErrorKind, FromSample, Host, OutputCallbackInfo, SampleFormat, SizedSample, Stream,
    StreamConfig,
};
use rodio::Source;
use rodio::mixer::{Mixer, MixerSource, mixer};

use crate::order::OUTPUT_RATE;
use crate::output::{Alarm, Output, OutputDevice, OutputError};
use crate::voice::{Heard, Voice};

/// A PulseAudio stream keeps two of these filled. Shorter ones are heard sooner, but run dry while a web view keeps every core
/// busy: at 20 ms three recordings of three had gaps on two cores under load, at 50 ms two, of a few hundredths of a second.
const PERIODS_PER_SECOND: u32 = 20;

/// A new stream begins with this much silence: PulseAudio drops up to half a millisecond of what comes first, and some
/// hardware is slower to wake.
const LEAD_IN_PER_SECOND: u32 = 100;

/// How often a PulseAudio server is asked which device it prefers and whether the one that plays is still there: it moves
/// sound by itself, and not always where it should be heard.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// Plays on the system's default device, or on the one that was chosen.
pub struct DeviceOutput {
    alarm: Arc<Alarm>,
    chosen: Option<String>,
    open: Option<Open>,
}

struct Open {
    mixer: Mixer,
    _stream: Stream,
    /// Ends the watch over the device.
    _watch: Sender<()>,
}

impl DeviceOutput {
    /// An output that opens the device when it is first needed.
    pub fn new(alarm: Alarm) -> Self {
        Self { alarm: Arc::new(alarm), chosen: None, open: None }
    }

    fn device(&self, host: &Host) -> Result<Device, OutputError> {
        match &self.chosen {
            Some(chosen) => {
                let mut found = named(host).into_iter().filter(|(name, _)| name == chosen);
                found.next().map(|(_, device)| device).ok_or(OutputError::NotConnected)
            }
            None => host.default_output_device().ok_or(OutputError::NoDevice),
        }
    }

    fn open(&self, voice: Voice) -> Result<Open, OutputError> {
        let host = cpal::default_host();
        let device = self.device(&host)?;
        self.open_device(&host, &device, voice).map_err(explain)
    }

    fn open_device(&self, host: &Host, device: &Device, voice: Voice) -> Result<Open, cpal::Error> {
        let native = device.default_output_config()?;
        // A sound server resamples better than rodio, which draws straight lines between samples: it is given the voice's
        // own rate. Elsewhere another rate may be refused, or may change the device for everybody.
        let server = matches!(host.id().name(), "PulseAudio" | "PipeWire");
        let rate = if server { OUTPUT_RATE } else { native.sample_rate() };
        let (Some(channels), Some(sample_rate)) = (NonZero::new(native.channels()), NonZero::new(rate)) else {
            return Err(cpal::Error::new(ErrorKind::UnsupportedConfig));
        };
        if !can_convert(OUTPUT_RATE, rate) {
            return Err(cpal::Error::new(ErrorKind::UnsupportedConfig));
        }

        let (mixer, samples) = mixer(channels, sample_rate);
        mixer.add(Samples::of(voice));
        let config = StreamConfig {
            channels: native.channels(),
            sample_rate: rate,
            buffer_size: BufferSize::Fixed(rate.div_ceil(PERIODS_PER_SECOND)),
        };
        let format = if server { SampleFormat::F32 } else { native.sample_format() };
        let stream = match format {
            SampleFormat::F32 => self.stream::<f32>(device, config, samples),
            SampleFormat::F64 => self.stream::<f64>(device, config, samples),
            SampleFormat::I16 => self.stream::<i16>(device, config, samples),
            SampleFormat::I24 => self.stream::<cpal::I24>(device, config, samples),
            SampleFormat::I32 => self.stream::<i32>(device, config, samples),
            SampleFormat::U8 => self.stream::<u8>(device, config, samples),
            SampleFormat::U16 => self.stream::<u16>(device, config, samples),
            _ => Err(cpal::Error::new(ErrorKind::UnsupportedConfig)),
        }?;
        stream.play()?;
        tracing::debug!(host = host.id().name(), ?config, ?format, "sound device opened");
        Ok(Open { mixer, _stream: stream, _watch: self.watch(host, device.id()?) })
    }

    /// Raises the alarm when the device is gone, or when none was chosen and the system prefers another. Other hosts than
    /// PulseAudio move or end the stream themselves.
    fn watch(&self, host: &Host, opened: DeviceId) -> Sender<()> {
        let (closes, closed) = channel();
        if host.id().name() == "PulseAudio" {
            let (alarm, follows) = (Arc::clone(&self.alarm), self.chosen.is_none());
            thread::spawn(move || {
                let host = cpal::default_host();
                while closed.recv_timeout(LOOK_EVERY) == Err(RecvTimeoutError::Timeout) {
                    // A server that does not answer any more has ended the stream.
                    let Ok(mut devices) = host.output_devices() else { return };
                    if !devices.any(|device| device.id().is_ok_and(|id| id == opened)) {
                        tracing::warn!("sound device gone");
                        return alarm.raise(OutputError::Lost);
                    }
                    let default = host.default_output_device().and_then(|device| device.id().ok());
                    if follows && default.is_some_and(|default| default != opened) {
                        return alarm.default_changed();
                    }
                }
            });
        }
        closes
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
        let told = Arc::clone(&self.alarm);
        let samples_per_second = f64::from(config.sample_rate) * f64::from(config.channels);
        let mut heard_by = Instant::now();
        let fill = move |buffer: &mut [T], info: &OutputCallbackInfo| {
            told.taking(|| {
                for place in &mut *buffer {
                    let sample = silence.next().or_else(|| samples.next()).unwrap_or(0.0);
                    *place = T::from_sample_(sample);
                }
                let (now, length) = (Instant::now(), Duration::from_secs_f64(buffer.len() as f64 / samples_per_second));
                let begins = match info.timestamp().playback.duration_since(info.timestamp().callback) {
                    // Not known, or not yet: then at most one buffer comes before this one.
                    Duration::ZERO => heard_by.clamp(now, now + length),
                    latency => now + latency,
                };
                heard_by = begins + length;
                heard_by
            });
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
        match &self.open {
            Some(open) => open.mixer.add(Samples::of(voice)),
            None => self.open = Some(self.open(voice)?),
        }
        Ok(())
    }

    fn release(&mut self) {
        self.open = None;
    }

    fn choose(&mut self, name: Option<String>) {
        self.chosen = name;
        self.open = None;
    }

    fn devices(&mut self) -> Vec<OutputDevice> {
        let host = cpal::default_host();
        let default = host.default_output_device().and_then(|device| device.id().ok());
        let described = |(name, device): (String, Device)| OutputDevice {
            name,
            is_default: default.is_some() && device.id().ok() == default,
        };
        named(&host).into_iter().map(described).collect()
    }
}

/// The devices with names that tell them apart: where two are called the same, each bears its number.
fn named(host: &Host) -> Vec<(String, Device)> {
    let devices: Vec<Device> = host.output_devices().map(Iterator::collect).unwrap_or_default();
    let names = devices.iter().map(|device| device.description().map_or(String::new(), |text| text.name().to_owned()));
    number_namesakes(names.collect()).into_iter().zip(devices).collect()
}

fn number_namesakes(names: Vec<String>) -> Vec<String> {
    let number = |(index, name): (usize, &String)| match names[..index].iter().filter(|other| *other == name).count() {
        0 => name.clone(),
        before => format!("{name} ({})", before + 1),
    };
    names.iter().enumerate().map(number).collect()
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

/// A voice as rodio's mixer takes it: sample by sample, with silence where frames are late.
struct Samples {
    voice: Voice,
    right: Option<f32>,
}

impl Samples {
    fn of(voice: Voice) -> Self {
        Self { voice, right: None }
    }
}

impl Iterator for Samples {
    type Item = f32;

    fn next(&mut self) -> Option<f32> {
        if let Some(right) = self.right.take() {
            return Some(right);
        }
        let [left, right] = match self.voice.next_frame() {
            Heard::Frame(frame) => frame,
            Heard::Nothing => [0.0; 2],
            Heard::Over => return None,
        };
        self.right = Some(right);
        Some(left)
    }
}

impl Source for Samples {
    fn current_span_len(&self) -> Option<usize> {
        None
    }

    fn channels(&self) -> NonZero<u16> {
        const { NonZero::new(2).expect("2 is not 0") }
    }

    fn sample_rate(&self) -> NonZero<u32> {
        const { NonZero::new(OUTPUT_RATE).expect("the rate is not 0") }
    }

    fn total_duration(&self) -> Option<std::time::Duration> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_of_every_real_device_can_be_made() {
        for rate in [8_000, 16_000, 22_050, 44_100, 48_000, 88_200, 96_000, 176_400, 192_000] {
            assert!(can_convert(OUTPUT_RATE, rate), "{rate}");
        }
        assert!(!can_convert(OUTPUT_RATE, 191_999), "would overflow in the sound thread");
    }

    #[test]
    fn namesakes_are_told_apart() {
        let names = ["Headset", "Speakers", "Headset", "Headset"].map(str::to_owned).to_vec();
        assert_eq!(number_namesakes(names), ["Headset", "Speakers", "Headset (2)", "Headset (3)"]);
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
