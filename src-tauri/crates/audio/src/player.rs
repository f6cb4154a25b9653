//! The player's handle, and what it tells.
//!
//! Invariants: no method but [`Player::outputs`] blocks, whatever the device does; inputs take effect in the order of the
//! calls.

use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use crate::booth::{Booth, View};
use crate::deck::{Input, Silence, Spot, Status};
use crate::output::{Alarm, Lag, Output, OutputDevice};
use crate::recording::Recording;
use crate::timeline::Timeline;

/// How long [`Player::outputs`] waits for a system that does not answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// What a listener may know at one moment. Times are in milliseconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlayerState {
    /// Which conversation is loaded, in the caller's words.
    pub conversation: Option<String>,
    /// What is being done with it.
    pub status: Status,
    /// The message that sounds, or from which playing will go on.
    pub message: Option<String>,
    /// Position in conversation time: while it plays, what is heard now; otherwise where playing will go on.
    pub position_ms: u32,
    /// Position in the message's own time.
    pub message_ms: u32,
    /// Length of the conversation.
    pub total_ms: u32,
    /// Speed in percent of the recordings' own.
    pub speed_percent: u16,
    /// The first message from the position on whose recording the player lacks.
    pub awaits: Option<String>,
}

/// A handle to the player's thread. Dropping it ends playback and the thread.
pub struct Player {
    inputs: Sender<Message>,
    view: Arc<Mutex<View>>,
}

pub(crate) enum Message {
    Input(Input),
    Devices(Sender<Vec<OutputDevice>>),
    Quit,
}

impl Player {
    /// Starts the thread. `make_output` is called on it, with the alarm the output raises when it breaks. `watch` is called
    /// on it too, at every change of state and four times a second while playing; it must not block.
    pub fn start(
        make_output: impl FnOnce(Alarm) -> Box<dyn Output> + Send + 'static,
        watch: impl Fn(PlayerState) + Send + 'static,
    ) -> Self {
        let (inputs, messages) = channel();
        let lag = Arc::new(Lag::new());
        let view = Arc::new(Mutex::new(View::new(Arc::clone(&lag))));
        let (sender, shared) = (inputs.clone(), Arc::clone(&view));
        thread::spawn(move || {
            let reports = sender.clone();
            let alarm = Alarm::new(lag, move |trouble| {
                let input = trouble.map_or_else(Input::Failed, |()| Input::DefaultChanged);
                drop(reports.send(Message::Input(input)));
            });
            Booth::new(make_output(alarm), sender, shared, watch).run(&messages);
        });
        Self { inputs, view }
    }

    /// Loads a conversation in place of the one before, and holds at its beginning. When it is the same one, laid out anew or
    /// with other messages, recordings and position are kept and sound goes on.
    pub fn load(&self, conversation: impl Into<String>, timeline: Timeline) {
        self.send(Input::Load { conversation: conversation.into(), timeline });
    }

    /// Gives a message its recording. What waited for it goes on. Without such a message in what is loaded nothing happens.
    pub fn put(&self, id: impl Into<String>, recording: Arc<Recording>) {
        self.send(Input::Put { id: id.into(), recording });
    }

    /// Says that a message has no recording that can be played: it is passed over.
    pub fn fail(&self, id: impl Into<String>) {
        self.send(Input::Fail { id: id.into() });
    }

    /// Lets go of a message's recording, whose length stays known. What of it plays is played to its end.
    pub fn forget(&self, id: impl Into<String>) {
        self.send(Input::Forget { id: id.into() });
    }

    /// Plays from there on, in place of whatever plays, to the end of the conversation.
    pub fn play_from(&self, from: Spot) {
        self.send(Input::Play(from));
    }

    /// Holds; the position is kept.
    pub fn pause(&self) {
        self.send(Input::Pause);
    }

    /// Goes on after a pause or a failure; starts over after the end.
    pub fn resume(&self) {
        self.send(Input::Resume);
    }

    /// Jumps to the frame that sounds at `ms` of conversation time, or to the end when that is later. Does not start what is
    /// paused.
    pub fn seek(&self, ms: u32) {
        self.send(Input::Seek { ms });
    }

    /// Plays at 50 to 300 percent of the recordings' speed (what is beyond counts as the nearest), at their pitch.
    pub fn set_speed(&self, percent: u16) {
        self.send(Input::Speed { percent });
    }

    /// Cuts pauses, or plays them.
    pub fn set_skip(&self, silence: Option<Silence>) {
        self.send(Input::Skip(silence));
    }

    /// Plays all recordings equally loud, or as they are.
    pub fn set_even(&self, even: bool) {
        self.send(Input::Even(even));
    }

    /// Sets the volume, 0 to 100 (higher counts as 100).
    pub fn set_volume(&self, percent: u8) {
        self.send(Input::Volume { percent });
    }

    /// Makes no sound while it is `true`; what plays goes on.
    pub fn set_mute(&self, muted: bool) {
        self.send(Input::Mute(muted));
    }

    /// Plays on the device of this name, or on whichever is the system's default.
    pub fn choose_output(&self, name: Option<String>) {
        self.send(Input::Choose { device: name });
    }

    /// The devices there are. Blocks while the system looks for them, 5 seconds at most: then there are none.
    pub fn outputs(&self) -> Vec<OutputDevice> {
        let (found, devices) = channel();
        let _ = self.inputs.send(Message::Devices(found));
        devices.recv_timeout(PATIENCE).unwrap_or_default()
    }

    /// Ends playback and forgets what is loaded, but no setting.
    pub fn stop(&self) {
        self.send(Input::Stop);
    }

    /// The state now. A call made just before may not have taken effect yet.
    pub fn state(&self) -> PlayerState {
        lock(&self.view).state()
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

pub(crate) fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
