//! A conversation's messages laid end to end: the one map between conversation time and a place in a recording.
//!
//! Invariants: everything is counted in integers; a place becomes a time and the same place again at any mix of rates, and
//! so does every millisecond; a later place never has an earlier time. Cut silences and speed change what is handed to the
//! output (see [`Order`](crate::Order)), never this map.
//!
//! ```
//! use earmark_audio::{Layout, Part, Place, Sound, Timeline};
//!
//! let voice = |id: &str, frames, rate| Part::new(id, Sound::Known { frames, rate });
//! let parts = vec![voice("question", 16_000, 8_000), Part::new("note", Sound::Mark), voice("answer", 72_000, 24_000)];
//! let mut timeline = Timeline::new(parts, Layout::EndToEnd);
//! assert_eq!(timeline.total_ms(), 5_000);
//! assert_eq!(timeline.place_at(2_500), Place { part: 2, frame: 12_000 });
//! timeline.fail("question");
//! assert_eq!(timeline.start_ms(2), 0);
//! ```

/// Conversation time is kept in nanoseconds: no two frames of any rate that is played share one.
const PER_SECOND: u64 = 1_000_000_000;
const PER_MS: u64 = 1_000_000;

/// One message on the line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The message's id; unique on one line.
    pub id: String,
    /// What there is to hear.
    pub sound: Sound,
    /// When the message began, in milliseconds of any clock that all parts share. Without it no gap comes before the part.
    pub began_ms: Option<i64>,
}

impl Part {
    /// A part whose time is not known.
    pub fn new(id: impl Into<String>, sound: Sound) -> Self {
        Self { id: id.into(), sound, began_ms: None }
    }
}

/// How long a part sounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sound {
    /// A recording whose frames were counted.
    Known {
        /// Frames, counted.
        frames: u64,
        /// Frames per second.
        rate: u32,
    },
    /// A recording that nobody has read yet.
    Estimated {
        /// What it may last, in milliseconds; at least 1.
        ms: u32,
    },
    /// A recording that cannot be played. It takes no time.
    Failed,
    /// A message without sound. It takes no time.
    Mark,
}

/// How parts follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// Without gaps.
    EndToEnd,
    /// As they were spoken, with silence between.
    ByRealTime {
        /// Longer gaps are shortened to this, in milliseconds.
        longest_gap_ms: u32,
    },
}

/// A frame of a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Place {
    /// Index of the part.
    pub part: usize,
    /// Frames of the recording before it, or milliseconds while the length is an estimate. Past the recording's own frames
    /// it lies in the gap that follows.
    pub frame: u64,
}

/// Parts in order, and where each begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timeline {
    parts: Vec<Part>,
    layout: Layout,
    stretches: Vec<Stretch>,
    total: u64,
}

/// What a part takes of the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stretch {
    start: u64,
    rate: u32,
    /// Of the recording.
    frames: u64,
    /// Of the gap after it, at the recording's rate.
    gap: u64,
}

impl Stretch {
    fn length(&self) -> u64 {
        self.frames + self.gap
    }

    fn time_of(&self, frame: u64) -> u64 {
        self.start + scale(frame, PER_SECOND, self.rate.into())
    }
}

impl Timeline {
    /// Lays parts out.
    pub fn new(parts: Vec<Part>, layout: Layout) -> Self {
        let mut timeline = Self { parts, layout, stretches: Vec::new(), total: 0 };
        timeline.lay_out();
        timeline
    }

    /// The parts in order.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// Index of the part with this id.
    pub fn find(&self, id: &str) -> Option<usize> {
        self.parts.iter().position(|part| part.id == id)
    }

    /// Length of the whole conversation in milliseconds, rounded down.
    pub fn total_ms(&self) -> u32 {
        as_ms(self.total)
    }

    /// Where a part begins, in milliseconds of conversation time, rounded down; the total when there is no such part.
    pub fn start_ms(&self, part: usize) -> u32 {
        as_ms(self.stretches.get(part).map_or(self.total, |stretch| stretch.start))
    }

    /// How long a part sounds, in milliseconds, rounded down; the gap after it does not count.
    pub fn duration_ms(&self, part: usize) -> u32 {
        self.stretches.get(part).map_or(0, |stretch| as_ms(scale(stretch.frames, PER_SECOND, stretch.rate.into())))
    }

    /// Notes that the recording with this id was read. Answers whether there is one.
    pub fn know(&mut self, id: &str, frames: u64, rate: u32) -> bool {
        self.change(id, Sound::Known { frames, rate })
    }

    /// Notes that the recording with this id cannot be played. Answers whether there is one.
    pub fn fail(&mut self, id: &str) -> bool {
        self.change(id, Sound::Failed)
    }

    fn change(&mut self, id: &str, sound: Sound) -> bool {
        let Some(part) = self.find(id).filter(|part| self.parts[*part].sound != Sound::Mark) else { return false };
        if self.parts[part].sound != sound {
            self.parts[part].sound = sound;
            self.lay_out();
        }
        true
    }

    /// The first frame that sounds at or after `ms` of conversation time, or the end when that is later.
    pub fn place_at(&self, ms: u32) -> Place {
        self.place_of(u64::from(ms) * PER_MS)
    }

    /// The conversation time of a place in milliseconds, rounded down.
    pub fn ms_at(&self, place: Place) -> u32 {
        as_ms(self.time_of(place))
    }

    /// The first frame of a part that sounds at or after `ms` of the recording's own time, or the recording's end when that
    /// is later.
    pub fn place_in(&self, part: usize, ms: u32) -> Place {
        let Some(stretch) = self.stretches.get(part) else { return self.end() };
        let frame = scale_up(u64::from(ms), stretch.rate.into(), 1_000).min(stretch.frames);
        self.settle(Place { part, frame })
    }

    /// Milliseconds of the place's own recording before it, rounded down; in a gap, the recording's length.
    pub fn ms_in_part(&self, place: Place) -> u32 {
        self.stretches
            .get(place.part)
            .map_or(0, |stretch| as_ms(scale(place.frame.min(stretch.frames), PER_SECOND, stretch.rate.into())))
    }

    /// Where the last sound ends.
    pub fn end(&self) -> Place {
        let last = self.stretches.iter().rposition(|stretch| stretch.length() > 0);
        last.map_or(Place::default(), |part| Place { part, frame: self.stretches[part].length() })
    }

    /// Moves past the end of a part to the beginning of the next that sounds.
    pub fn settle(&self, place: Place) -> Place {
        let Some(stretch) = self.stretches.get(place.part) else { return self.end() };
        if place.frame < stretch.length() {
            return place;
        }
        let next = self.stretches[place.part + 1..].iter().position(|stretch| stretch.length() > 0);
        next.map_or(self.end(), |skipped| Place { part: place.part + 1 + skipped, frame: 0 })
    }

    /// The place in this line that a place of an older one had: in the same message, or at the same time where that is gone.
    pub fn carry(&self, place: Place, older: &Self) -> Place {
        let was = older.parts.get(place.part).zip(older.stretches.get(place.part));
        let same = was.and_then(|(part, stretch)| Some((stretch, self.find(&part.id)?)));
        let Some((stretch, part)) = same else { return self.place_of(older.time_of(place)) };
        let now = &self.stretches[part];
        let frame = scale_up(place.frame, now.rate.into(), stretch.rate.into());
        self.settle(Place { part, frame: frame.min(now.length()) })
    }

    /// The first frame that sounds at or after `time`, in nanoseconds of conversation time, or the end when that is later.
    pub fn place_of(&self, time: u64) -> Place {
        if time >= self.total {
            return self.end();
        }
        // Never the first of several that begin at one time: those before the last take none.
        let part = self.stretches.partition_point(|stretch| stretch.start <= time).saturating_sub(1);
        let stretch = &self.stretches[part];
        let frame = scale_up(time - stretch.start, stretch.rate.into(), PER_SECOND);
        self.settle(Place { part, frame })
    }

    /// The conversation time of a place in nanoseconds, rounded down: exact enough that [`place_of`](Self::place_of) finds the
    /// very frame again.
    pub fn time_of(&self, place: Place) -> u64 {
        let Some(stretch) = self.stretches.get(place.part) else { return self.total };
        stretch.time_of(place.frame.min(stretch.length()))
    }

    /// Frames of a part's recording, of the gap after it, and how many of either there are in a second.
    pub(crate) fn lengths(&self, part: usize) -> (u64, u64, u32) {
        self.stretches.get(part).map_or((0, 0, 1), |stretch| (stretch.frames, stretch.gap, stretch.rate))
    }

    fn lay_out(&mut self) {
        self.total = 0;
        self.stretches = Vec::with_capacity(self.parts.len());
        for (index, part) in self.parts.iter().enumerate() {
            let (frames, rate) = match part.sound {
                Sound::Known { frames, rate } => (frames, rate.max(1)),
                // Without any length it would be passed over before it was read.
                Sound::Estimated { ms } => (u64::from(ms.max(1)), 1_000),
                Sound::Failed | Sound::Mark => (0, 1_000),
            };
            let gap_ms = gap_after(part, scale(frames, 1_000, rate.into()), self.parts.get(index + 1), self.layout);
            let gap = scale(gap_ms, rate.into(), 1_000);
            let stretch = Stretch { start: self.total, rate, frames, gap };
            self.total = stretch.time_of(stretch.length());
            self.stretches.push(stretch);
        }
    }
}

/// Milliseconds between the end of a part and the beginning of the next.
fn gap_after(part: &Part, duration_ms: u64, next: Option<&Part>, layout: Layout) -> u64 {
    let Layout::ByRealTime { longest_gap_ms } = layout else { return 0 };
    let (Some(began), Some(next_began)) = (part.began_ms, next.and_then(|next| next.began_ms)) else { return 0 };
    let gap = i128::from(next_began) - i128::from(began) - i128::from(duration_ms);
    // Who interrupts begins before the other ends.
    gap.clamp(0, longest_gap_ms.into()) as u64
}

/// `count × numerator / denominator`, rounded down.
pub(crate) fn scale(count: u64, numerator: u64, denominator: u64) -> u64 {
    let scaled = u128::from(count) * u128::from(numerator) / u128::from(denominator.max(1));
    scaled.try_into().unwrap_or(u64::MAX)
}

/// `count × numerator / denominator`, rounded up.
pub(crate) fn scale_up(count: u64, numerator: u64, denominator: u64) -> u64 {
    let scaled = (u128::from(count) * u128::from(numerator)).div_ceil(u128::from(denominator.max(1)));
    scaled.try_into().unwrap_or(u64::MAX)
}

fn as_ms(time: u64) -> u32 {
    (time / PER_MS).try_into().unwrap_or(u32::MAX)
}
