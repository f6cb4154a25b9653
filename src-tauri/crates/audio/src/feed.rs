//! The thread that fills a voice's queue, a second and more ahead of the output.
//!
//! Invariants: frames of one recording follow those of another without a frame between; the feeder ends when its voice was
//! halted or nothing follows; it waits for a recording that is not there as long as frames before it are still to be heard.

use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use rtrb::Producer;

use crate::deck::{Input, Settings};
use crate::ledger::Ledger;
use crate::line::Line;
use crate::order::{OUTPUT_RATE, Order};
use crate::output::Lag;
use crate::player::Message;
use crate::reel::{Next, Reel};
use crate::timeline::Place;
use crate::voice::{Cursor, Frame, Outlook, Voice};

/// A voice is handed to the output with this much in its queue, or with all there is: an output that opens asks for 100 ms.
const PRIMED_FRAMES: u64 = OUTPUT_RATE as u64 * 15 / 100;
/// The longest sleep between two looks at what changed. Whoever changes something wakes the feeder.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// What is left of a gap between two messages when silence is skipped, in milliseconds: as much as of a pause in one.
const SKIPPED_GAP_MS: u64 = 300;

/// What the player and its feeders share: the newest state of what is loaded.
pub(crate) type Shelf = Arc<Mutex<Option<Arc<Reel>>>>;

/// How far a voice has come.
#[derive(Clone)]
pub(crate) struct Run {
    pub(crate) cursor: Arc<Cursor>,
    ledger: Ledger,
}

impl Run {
    /// Where the next frame that is handed out lies.
    pub(crate) fn place(&self) -> Place {
        self.ledger.place_at(self.cursor.frames())
    }

    /// What is heard now: the output holds some of what it was handed.
    pub(crate) fn heard(&self, lag: &Lag) -> Place {
        let (taken, left) = lag.between_takes(|| (self.cursor.frames(), lag.left(Instant::now())));
        let unheard = left.as_nanos() * u128::from(OUTPUT_RATE) / 1_000_000_000;
        self.ledger.place_at(taken.saturating_sub(unheard as u64))
    }
}

/// A run that is fed, from the player's side.
pub(crate) struct Feed {
    pub(crate) run: Run,
    /// Until it is handed to the output.
    pub(crate) voice: Option<Voice>,
    thread: Thread,
}

impl Feed {
    /// Starts filling the queue of a new voice. It is reported as [`Input::Primed`] when it can be handed to the output, or at
    /// once as at its end when there is nothing to be heard.
    pub(crate) fn start(
        run: u64,
        from: Place,
        gain: f32,
        settings: Settings,
        shelf: Shelf,
        inputs: Sender<Message>,
    ) -> Self {
        let report = inputs.clone();
        let on_end = move |why| drop(report.send(ended(run, why)));
        let (mut voice, queue) = Voice::new(gain, from.frame == 0, on_end);
        let (cursor, ledger) = (voice.cursor(), Ledger::new(from));
        let mut feeder = Feeder {
            run,
            settings,
            shelf,
            inputs,
            queue,
            cursor: Arc::clone(&cursor),
            ledger: ledger.clone(),
            fed: 0,
            primed: false,
        };
        let thread = thread::spawn(move || {
            // Nobody listens any more when the voice was halted.
            let _ = feeder.feed(from);
        });
        let thread = thread.thread().clone();
        voice.fed_by(thread.clone());
        Self { run: Run { cursor, ledger }, voice: Some(voice), thread }
    }

    /// Lets the feeder see what changed.
    pub(crate) fn wake(&self) {
        self.thread.unpark();
    }
}

impl Drop for Feed {
    fn drop(&mut self) {
        self.run.cursor.halt();
        self.thread.unpark();
    }
}

fn ended(run: u64, why: Outlook) -> Message {
    Message::Input(match why {
        Outlook::Missing => Input::Dry { run },
        Outlook::More | Outlook::End => Input::Ended { run },
    })
}

/// The voice was halted.
struct Halted;

struct Feeder {
    run: u64,
    settings: Settings,
    shelf: Shelf,
    inputs: Sender<Message>,
    queue: Producer<Frame>,
    cursor: Arc<Cursor>,
    ledger: Ledger,
    /// Frames put into the queue so far.
    fed: u64,
    primed: bool,
}

impl Feeder {
    fn feed(&mut self, from: Place) -> Result<(), Halted> {
        let mut place = from;
        loop {
            let Some(reel) = self.reel() else { return Ok(()) };
            place = reel.timeline.settle(place);
            place.frame = match reel.next(place) {
                Next::Recording { recording, from } => {
                    let cuts =
                        self.settings.skip.map_or(vec![], |skip| recording.silences(skip.threshold_db, skip.margin_ms));
                    let gain = if self.settings.even { recording.even_gain() } else { 1.0 };
                    let percent = self.settings.percent;
                    let order = Order::new(from..recording.frames(), &cuts, recording.rate(), percent);
                    let mut line = Line::new(&recording, &order, percent, gain);
                    self.ledger.enter(self.fed, place.part, order);
                    while let Some(frames) = line.next_block() {
                        self.push(frames)?;
                    }
                    recording.frames()
                }
                Next::Gap { from, to, rate } => {
                    self.be_silent(place.part, from, to, rate)?;
                    to
                }
                Next::Missing => {
                    if !self.wait(place)? {
                        return Ok(());
                    }
                    place.frame
                }
                Next::End => {
                    self.look_out(Outlook::End);
                    return Ok(());
                }
            };
        }
    }

    fn reel(&self) -> Option<Arc<Reel>> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn be_silent(&mut self, part: usize, from: u64, to: u64, rate: u32) -> Result<(), Halted> {
        let left = u64::from(rate) * SKIPPED_GAP_MS / 1_000;
        let cut = from.saturating_add(left).min(to)..to;
        let cuts = if self.settings.skip.is_some() { vec![cut] } else { vec![] };
        let order = Order::new(from..to, &cuts, rate, self.settings.percent);
        let mut left = order.frames();
        self.ledger.enter(self.fed, part, order);
        let silence = [[0.0; 2]; 1_024];
        while left > 0 {
            let frames = left.min(silence.len() as u64);
            self.push(&silence[..frames as usize])?;
            left -= frames;
        }
        Ok(())
    }

    /// Waits until the recording at `place` is there or has failed. `false` when nothing is in the queue that is worth
    /// waiting with.
    fn wait(&mut self, place: Place) -> Result<bool, Halted> {
        self.look_out(Outlook::Missing);
        if self.fed == 0 {
            return Ok(false);
        }
        while let Some(reel) = self.reel() {
            let settled = reel.timeline.settle(place);
            if settled != place || !matches!(reel.next(settled), Next::Missing) {
                self.cursor.set_outlook(Outlook::More);
                return Ok(true);
            }
            self.park()?;
        }
        Ok(false)
    }

    fn push(&mut self, mut frames: &[Frame]) -> Result<(), Halted> {
        loop {
            if self.cursor.is_halted() {
                return Err(Halted);
            }
            let (pushed, rest) = self.queue.push_partial_slice(frames);
            self.fed += pushed.len() as u64;
            frames = rest;
            if self.fed >= PRIMED_FRAMES {
                self.prime();
            }
            if frames.is_empty() {
                return Ok(());
            }
            self.park()?;
        }
    }

    /// Says what comes after the frames in the queue. When there are none the output need not hear of it.
    fn look_out(&mut self, outlook: Outlook) {
        self.cursor.set_outlook(outlook);
        if self.fed > 0 {
            self.prime();
        } else {
            self.send(ended(self.run, outlook));
        }
    }

    fn prime(&mut self) {
        if !self.primed {
            self.primed = true;
            self.send(Message::Input(Input::Primed { run: self.run }));
        }
    }

    fn send(&self, message: Message) {
        // A player that is gone has halted the voice.
        let _ = self.inputs.send(message);
    }

    fn park(&self) -> Result<(), Halted> {
        if self.cursor.is_halted() || self.queue.is_abandoned() {
            return Err(Halted);
        }
        thread::park_timeout(LOOK_EVERY);
        Ok(())
    }
}
