//! One packet in, its samples out.
//!
//! Invariants: samples lie in −1.0 to 1.0, whatever a float file or a damaged one holds; a packet of another rate or channel
//! count than its recording's yields nothing, because it could only be played at the wrong pitch; no packet panics.

use std::panic::{AssertUnwindSafe, catch_unwind};

use symphonia::core::audio::{Channels, SampleBuffer, SignalSpec};
use symphonia::core::codecs::{CodecParameters, Decoder, DecoderOptions};
use symphonia::core::formats::Packet;

use crate::recording::DecodeError;

pub(crate) struct Codec {
    decoder: Box<dyn Decoder>,
    samples: SampleBuffer<f32>,
}

impl Codec {
    pub(crate) fn new(params: &CodecParameters) -> Result<Self, DecodeError> {
        let decoder = symphonia::default::get_codecs()
            .make(params, &DecoderOptions::default())
            .map_err(|_| DecodeError::Unsupported)?;
        Ok(Self { decoder, samples: SampleBuffer::new(0, SignalSpec::new(1, Channels::FRONT_LEFT)) })
    }

    /// The packet's samples, interleaved, and what they are; `None` when it cannot be decoded.
    pub(crate) fn decode(&mut self, packet: &Packet) -> Option<(SignalSpec, &mut [f32])> {
        // Symphonia has arithmetic that overflows on hostile input, which panics where overflow checks are on. A decoder
        // that did starts over, so a half-done one is never used.
        let decoded = catch_unwind(AssertUnwindSafe(|| self.decode_trusting(packet)));
        let spec = decoded.unwrap_or_else(|_| {
            self.decoder.reset();
            None
        })?;
        Some((spec, self.samples.samples_mut()))
    }

    fn decode_trusting(&mut self, packet: &Packet) -> Option<SignalSpec> {
        let decoded = self.decoder.decode(packet).ok()?;
        let spec = *decoded.spec();
        if decoded.frames() * spec.channels.count() > self.samples.capacity() {
            self.samples = SampleBuffer::new(decoded.capacity() as u64, spec);
        }
        self.samples.copy_interleaved_ref(decoded);
        for sample in self.samples.samples_mut() {
            // Also turns what is no number into silence.
            *sample = if sample.abs() <= 1.0 {
                *sample
            } else if *sample > 0.0 {
                1.0
            } else if *sample < 0.0 {
                -1.0
            } else {
                0.0
            };
        }
        Some(spec)
    }
}
