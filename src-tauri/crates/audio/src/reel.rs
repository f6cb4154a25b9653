//! A conversation's timeline together with those of its recordings that are there.

use std::collections::HashMap;
use std::sync::Arc;

use crate::recording::Recording;
use crate::timeline::{Place, Timeline};

#[derive(Debug, Clone)]
pub(crate) struct Reel {
    pub(crate) conversation: String,
    pub(crate) timeline: Timeline,
    recordings: HashMap<String, Arc<Recording>>,
}

/// What sounds from a place on.
pub(crate) enum Next {
    /// A recording from one of its frames on.
    Recording { recording: Arc<Recording>, from: u64 },
    /// Silence up to the next part: frames of a gap at the part's rate.
    Gap { from: u64, to: u64, rate: u32 },
    /// A recording that is not there.
    Missing,
    /// Nothing.
    End,
}

impl Reel {
    pub(crate) fn new(conversation: String, timeline: Timeline) -> Self {
        Self { conversation, timeline, recordings: HashMap::new() }
    }

    /// The same conversation laid out anew, with the recordings of those messages that are still in it.
    pub(crate) fn relaid(&self, mut timeline: Timeline) -> Self {
        let mut recordings = self.recordings.clone();
        recordings.retain(|id, recording| timeline.know(id, recording.frames(), recording.rate()));
        Self { conversation: self.conversation.clone(), timeline, recordings }
    }

    /// Puts a recording in its place. Answers whether it has one.
    pub(crate) fn put(&mut self, id: &str, recording: Arc<Recording>) -> bool {
        let has_place = self.timeline.know(id, recording.frames(), recording.rate());
        if has_place {
            self.recordings.insert(id.to_owned(), recording);
        }
        has_place
    }

    /// Passes over a recording from now on. Answers whether it has a place.
    pub(crate) fn fail(&mut self, id: &str) -> bool {
        self.recordings.remove(id);
        self.timeline.fail(id)
    }

    /// Lets go of a recording, whose length stays known.
    pub(crate) fn forget(&mut self, id: &str) {
        self.recordings.remove(id);
    }

    pub(crate) fn id_at(&self, place: Place) -> Option<&str> {
        self.timeline.parts().get(place.part).map(|part| part.id.as_str())
    }

    /// What sounds at `place`, which must have been settled.
    pub(crate) fn next(&self, place: Place) -> Next {
        let (frames, gap, rate) = self.timeline.lengths(place.part);
        if place.frame >= frames + gap {
            return Next::End;
        }
        if place.frame >= frames {
            return Next::Gap { from: place.frame, to: frames + gap, rate };
        }
        match self.id_at(place).and_then(|id| self.recordings.get(id)) {
            Some(recording) => Next::Recording { recording: Arc::clone(recording), from: place.frame },
            None => Next::Missing,
        }
    }

    /// The first recording from `place` on that is not there.
    pub(crate) fn awaited(&self, place: Place) -> Option<&str> {
        let place = self.timeline.settle(place);
        let parts = self.timeline.parts().iter().enumerate().skip(place.part);
        let sounding = parts.filter(|(index, _)| {
            let heard = if *index == place.part { place.frame } else { 0 };
            heard < self.timeline.lengths(*index).0
        });
        sounding.map(|(_, part)| part.id.as_str()).find(|id| !self.recordings.contains_key(*id))
    }
}
