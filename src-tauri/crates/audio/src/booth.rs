//! The player's thread: it owns the output and carries out what the pure `deck::step` decides.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use crate::deck::{Deck, Effect, Input, Now, step};
use crate::feed::{Feed, Run, Shelf};
use crate::output::{Lag, Output, OutputError};
use crate::player::{Message, PlayerState, lock};
use crate::timeline::Place;

/// What the handle shows between two reports.
pub(crate) struct View {
    deck: Deck,
    /// What is newer than the deck while sound runs.
    running: Option<Run>,
    lag: Arc<Lag>,
}

impl View {
    pub(crate) fn new(lag: Arc<Lag>) -> Self {
        Self { deck: Deck::default(), running: None, lag }
    }

    pub(crate) fn state(&self) -> PlayerState {
        let heard = self.running.as_ref().map(|run| run.heard(&self.lag));
        describe(&self.deck, heard.unwrap_or(self.deck.place))
    }
}

fn describe(deck: &Deck, place: Place) -> PlayerState {
    let idle = PlayerState {
        conversation: None,
        status: deck.status,
        message: None,
        position_ms: 0,
        message_ms: 0,
        total_ms: 0,
        speed_percent: deck.settings.percent,
        awaits: None,
    };
    let Some(reel) = &deck.reel else { return idle };
    let place = reel.timeline.settle(place);
    PlayerState {
        conversation: Some(reel.conversation.clone()),
        message: reel.id_at(place).map(str::to_owned),
        position_ms: reel.timeline.ms_at(place),
        message_ms: reel.timeline.ms_in_part(place),
        total_ms: reel.timeline.total_ms(),
        awaits: reel.awaited(place).map(str::to_owned),
        ..idle
    }
}

/// What the thread owns.
pub(crate) struct Booth<W> {
    output: Box<dyn Output>,
    deck: Deck,
    /// Of the voice that runs.
    feed: Option<Feed>,
    shelf: Shelf,
    inputs: Sender<Message>,
    view: Arc<Mutex<View>>,
    lag: Arc<Lag>,
    watch: W,
}

impl<W: Fn(PlayerState)> Booth<W> {
    pub(crate) fn new(output: Box<dyn Output>, inputs: Sender<Message>, view: Arc<Mutex<View>>, watch: W) -> Self {
        let lag = Arc::clone(&lock(&view).lag);
        Self { output, deck: Deck::default(), feed: None, shelf: Shelf::default(), inputs, view, lag, watch }
    }

    pub(crate) fn run(&mut self, messages: &Receiver<Message>) {
        loop {
            let received = match self.deck.wakes_at() {
                Some(at) => messages.recv_timeout(at.saturating_duration_since(Instant::now())),
                None => messages.recv().map_err(|_| RecvTimeoutError::Disconnected),
            };
            match received {
                Ok(Message::Input(input)) => self.take(input),
                Ok(Message::Devices(answer)) => drop(answer.send(self.output.devices())),
                Err(RecvTimeoutError::Timeout) => self.take(Input::Tick),
                Ok(Message::Quit) | Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    fn take(&mut self, input: Input) {
        let run = self.feed.as_ref().map(|feed| &feed.run);
        let (place, heard) = (run.map(Run::place), run.map(|run| run.heard(&self.lag)));
        let now = Now { at: Instant::now(), place, heard };
        let (deck, effects) = step(std::mem::take(&mut self.deck), now, input);
        self.deck = deck;
        self.shelve();
        for effect in effects {
            if let Err(error) = self.carry_out(effect) {
                // The rest of the effects would tell of playing.
                self.take(Input::Failed(error));
                return;
            }
        }
        self.show();
    }

    /// Shows feeders what is loaded now.
    fn shelve(&self) {
        let mut shelf = lock(&self.shelf);
        let same = match (&*shelf, &self.deck.reel) {
            (Some(shelved), Some(loaded)) => Arc::ptr_eq(shelved, loaded),
            (None, None) => true,
            _ => false,
        };
        if !same {
            shelf.clone_from(&self.deck.reel);
            if let Some(feed) = &self.feed {
                feed.wake();
            }
        }
    }

    fn carry_out(&mut self, effect: Effect) -> Result<(), OutputError> {
        match effect {
            Effect::Start { run, place } => {
                let (gain, settings) = (self.deck.gain(), self.deck.settings);
                self.feed = Some(Feed::start(run, place, gain, settings, self.shelf.clone(), self.inputs.clone()));
            }
            Effect::Sound => {
                if let Some(voice) = self.feed.as_mut().and_then(|feed| feed.voice.take()) {
                    self.output.play(voice)?;
                }
            }
            Effect::Halt => self.feed = None,
            Effect::Gain(gain) => {
                if let Some(feed) = &self.feed {
                    feed.run.cursor.set_gain(gain);
                }
            }
            Effect::Choose => self.output.choose(self.deck.device.clone()),
            Effect::Release => self.output.release(),
            Effect::Tell => self.tell(),
        }
        Ok(())
    }

    fn tell(&self) {
        self.show();
        let state = lock(&self.view).state();
        (self.watch)(state);
    }

    fn show(&self) {
        let running = self.feed.as_ref().map(|feed| feed.run.clone());
        let mut view = lock(&self.view);
        view.deck = self.deck.clone();
        view.running = running;
    }
}
