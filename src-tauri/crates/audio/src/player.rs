//! The player: one thread that owns the output, the clip and the position.
//!
//! Invariants: no method blocks, whatever the device does; inputs take effect in the order of the calls; the rules are all
//! in the pure `deck::step`, here is only what carries them out.

use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Instant;

use crate::clip::Clip;
use crate::deck::{Deck, Effect, Input, Now, Status, step};
use crate::output::{Alarm, Output};
use crate::voice::{Cursor, Voice};

/// What a listener may know at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlayerState {
    /// What is loaded, in the caller's words.
    pub tag: Option<String>,
    /// What is being done with it.
    pub status: Status,
    /// Position in the recording's own time, counted in frames handed to the output; sound is heard up to a tenth of a second
    /// later.
    pub position_ms: u32,
    /// Length of the recording, counted.
    pub duration_ms: u32,
}

/// A handle to the player's thread. Dropping it ends playback and the thread.
pub struct Player {
    inputs: Sender<Message>,
    view: Arc<Mutex<View>>,
}

enum Message {
    Input(Input),
    Quit,
}

struct View {
    state: PlayerState,
    /// What is newer than `state` while sound runs.
    running: Option<(Arc<Cursor>, Arc<Clip>)>,
}

impl Player {
    /// Starts the thread. `make_output` is called on it, with the alarm the output raises when it breaks. `watch` is called
    /// on it too, at every change of state and four times a second while playing; it must not block.
    pub fn start(
        make_output: impl FnOnce(Alarm) -> Box<dyn Output> + Send + 'static,
        watch: impl Fn(PlayerState) + Send + 'static,
    ) -> Self {
        let (inputs, messages) = channel();
        let view = Arc::new(Mutex::new(View { state: describe(&Deck::default()), running: None }));
        let (sender, shared) = (inputs.clone(), Arc::clone(&view));
        thread::spawn(move || {
            let reports = sender.clone();
            let alarm = Alarm::new(move |error| drop(reports.send(Message::Input(Input::Failed(error)))));
            let output = make_output(alarm);
            let mut booth = Booth { output, deck: Deck::default(), cursor: None, inputs: sender, view: shared, watch };
            booth.run(&messages);
        });
        Self { inputs, view }
    }

    /// Plays `clip` from `from_ms` on, in place of whatever plays. `tag` comes back in every state.
    pub fn play(&self, clip: Arc<Clip>, tag: String, from_ms: u32) {
        self.send(Input::Play { clip, tag, from_ms });
    }

    /// Holds; the position is kept.
    pub fn pause(&self) {
        self.send(Input::Pause);
    }

    /// Goes on after a pause or a failure; starts over after the end.
    pub fn resume(&self) {
        self.send(Input::Resume);
    }

    /// Jumps to the frame that sounds at `ms`, or to the end when that is later. Does not start what is paused.
    pub fn seek(&self, ms: u32) {
        self.send(Input::Seek { ms });
    }

    /// Sets the volume, 0 to 100 (higher counts as 100); kept for everything that plays later.
    pub fn set_volume(&self, percent: u8) {
        self.send(Input::Volume { percent });
    }

    /// Ends playback and forgets the clip.
    pub fn stop(&self) {
        self.send(Input::Stop);
    }

    /// The state now. A call made just before may not have taken effect yet.
    pub fn state(&self) -> PlayerState {
        let view = lock(&self.view);
        let mut state = view.state.clone();
        if let Some((cursor, clip)) = &view.running {
            state.position_ms = clip.ms_at(cursor.frame());
        }
        state
    }

    fn send(&self, input: Input) {
        // The thread outlives this handle; were it gone there would be nothing to tell it.
        let _ = self.inputs.send(Message::Input(input));
    }
}

impl Drop for Player {
    fn drop(&mut self) {
        let _ = self.inputs.send(Message::Quit);
    }
}

fn lock(view: &Mutex<View>) -> MutexGuard<'_, View> {
    view.lock().unwrap_or_else(PoisonError::into_inner)
}

fn describe(deck: &Deck) -> PlayerState {
    let clip = deck.loaded.as_ref().map(|loaded| &loaded.clip);
    PlayerState {
        tag: deck.loaded.as_ref().map(|loaded| loaded.tag.clone()),
        status: deck.status,
        position_ms: clip.map_or(0, |clip| clip.ms_at(deck.frame)),
        duration_ms: clip.map_or(0, |clip| clip.duration_ms()),
    }
}

/// What the thread owns.
struct Booth<W> {
    output: Box<dyn Output>,
    deck: Deck,
    /// Of the voice that runs.
    cursor: Option<Arc<Cursor>>,
    inputs: Sender<Message>,
    view: Arc<Mutex<View>>,
    watch: W,
}

impl<W: Fn(PlayerState)> Booth<W> {
    fn run(&mut self, messages: &Receiver<Message>) {
        loop {
            let received = match self.deck.wakes_at() {
                Some(at) => messages.recv_timeout(at.saturating_duration_since(Instant::now())),
                None => messages.recv().map_err(|_| RecvTimeoutError::Disconnected),
            };
            match received {
                Ok(Message::Input(input)) => self.take(input),
                Err(RecvTimeoutError::Timeout) => self.take(Input::Tick),
                Ok(Message::Quit) | Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    fn take(&mut self, input: Input) {
        let now = Now { at: Instant::now(), frame: self.cursor.as_ref().map(|cursor| cursor.frame()) };
        let (deck, effects) = step(std::mem::take(&mut self.deck), now, input);
        self.deck = deck;
        let mut effects = VecDeque::from(effects);
        while let Some(effect) = effects.pop_front() {
            match effect {
                Effect::Start { run, frame } => {
                    if let Err(error) = self.start(run, frame) {
                        // The rest of the effects would tell of playing.
                        return self.take(Input::Failed(error));
                    }
                }
                Effect::Halt => {
                    if let Some(cursor) = self.cursor.take() {
                        cursor.halt();
                    }
                }
                Effect::Gain(gain) => {
                    if let Some(cursor) = &self.cursor {
                        cursor.set_gain(gain);
                    }
                }
                Effect::Release => self.output.release(),
                Effect::Tell => self.tell(),
            }
        }
    }

    fn start(&mut self, run: u64, frame: usize) -> Result<(), crate::OutputError> {
        let Some(loaded) = &self.deck.loaded else { return Ok(()) };
        let inputs = self.inputs.clone();
        let on_end = move || drop(inputs.send(Message::Input(Input::Ended { run })));
        let voice = Voice::new(Arc::clone(&loaded.clip), frame, self.deck.gain, on_end);
        let cursor = voice.cursor();
        self.output.play(voice)?;
        self.cursor = Some(cursor);
        Ok(())
    }

    fn tell(&mut self) {
        if self.deck.status != Status::Playing {
            self.cursor = None;
        }
        let state = describe(&self.deck);
        let running = self.cursor.clone().zip(self.deck.loaded.as_ref().map(|loaded| Arc::clone(&loaded.clip)));
        *lock(&self.view) = View { state: state.clone(), running };
        (self.watch)(state);
    }
}
