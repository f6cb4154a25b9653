//! What comes into a deck and what it asks for.

use std::sync::Arc;
use std::time::Instant;

use super::{Silence, Spot};
use crate::output::OutputError;
use crate::recording::Recording;
use crate::timeline::{Place, Timeline};

/// The facts of the moment in which an input arrives.
#[derive(Clone, Copy)]
pub(crate) struct Now {
    pub(crate) at: Instant,
    /// How far the running voice has come, while one runs.
    pub(crate) place: Option<Place>,
    /// How much of it was heard.
    pub(crate) heard: Option<Place>,
}

impl Now {
    /// Where playing would go on after an input.
    pub(super) fn place_after(&self, input: &Input) -> Option<Place> {
        match input {
            // What such a device still holds is not heard any more.
            Input::Failed(_) | Input::DefaultChanged | Input::Choose { .. } => self.heard,
            _ => self.place,
        }
    }
}

pub(crate) enum Input {
    Load {
        conversation: String,
        timeline: Timeline,
    },
    Put {
        id: String,
        recording: Arc<Recording>,
    },
    Fail {
        id: String,
    },
    Forget {
        id: String,
    },
    Play(Spot),
    Pause,
    Resume,
    Seek {
        ms: u32,
    },
    Speed {
        percent: u16,
    },
    Skip(Option<Silence>),
    Even(bool),
    Volume {
        percent: u8,
    },
    Mute(bool),
    Choose {
        device: Option<String>,
    },
    Stop,
    /// A voice has enough ahead of it to be handed to the output.
    Primed {
        run: u64,
    },
    /// A voice handed out the last frame before a recording that is not there.
    Dry {
        run: u64,
    },
    /// A voice handed out the conversation's last frame.
    Ended {
        run: u64,
    },
    /// The output refused a voice or stopped working.
    Failed(OutputError),
    /// The system prefers another device than the one that plays.
    DefaultChanged,
    /// The time [`Deck::wakes_at`](super::Deck::wakes_at) asked for has come.
    Tick,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Effect {
    /// Begin to feed voice `run`.
    Start { run: u64, place: Place },
    /// Hand the voice to the output.
    Sound,
    /// Let the running voice end.
    Halt,
    /// Change the running voice's gain.
    Gain(f32),
    /// Play on another device from now on.
    Choose,
    /// Close the output.
    Release,
    /// Report the state.
    Tell,
}
