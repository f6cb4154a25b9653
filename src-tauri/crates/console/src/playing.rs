//! The player: whose turn it is, how it plays, and who is told.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use earmark_audio::{Alarm, Output, Player, PlayerState, Silence, Status};
use earmark_review::{ConversationId, MessageId};

use crate::console::held;
use crate::hearing::Hearing;
use crate::view::{OutputView, PlayerStatus, PlayerView, Settings};
use crate::{Console, Problem, ProblemCode};

/// Makes the output on the player's thread.
pub type MakeOutput = Box<dyn FnOnce(Alarm) -> Box<dyn Output> + Send>;
/// Is told what the player does: at every change, and four times a second while sound runs. Must not block.
pub type PlayerWatch = Box<dyn Fn(PlayerView) + Send>;

/// The player, and whose turn it is to play.
pub(crate) struct Playing {
    pub(crate) player: Player,
    shared: Arc<Shared>,
    turn: Mutex<Asked>,
}

/// Counts what was asked of the player, so that a slow request does not sound over a later one.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Asked {
    turn: u64,
    pauses: u64,
}

/// What the player's thread reaches as well. Locked in this order: `watch`, `hearing`.
#[derive(Default)]
struct Shared {
    watch: Mutex<Option<PlayerWatch>>,
    hearing: Mutex<Option<Hearing>>,
    settings: Arc<Mutex<Settings>>,
    revision: AtomicU32,
}

impl Playing {
    pub(crate) fn new(output: MakeOutput) -> Self {
        let shared: Arc<Shared> = Arc::default();
        let told = shared.clone();
        let player = Player::start(output, move |state| {
            let watch = held(&told.watch);
            if let Some(hearing) = &mut *held(&told.hearing) {
                hearing.follow(&state);
            }
            told.tell(watch.as_ref(), state);
        });
        Self { player, shared, turn: Mutex::default() }
    }

    /// The conversation that is open to be heard.
    pub(crate) fn hearing(&self) -> MutexGuard<'_, Option<Hearing>> {
        held(&self.shared.hearing)
    }

    /// The settings, followed as they change.
    pub(crate) fn shared_settings(&self) -> Arc<Mutex<Settings>> {
        self.shared.settings.clone()
    }

    /// How it is played.
    pub(crate) fn settings(&self) -> Settings {
        held(&self.shared.settings).clone()
    }

    /// Tells what the player does now.
    pub(crate) fn tell(&self) {
        let watch = held(&self.shared.watch);
        self.shared.tell(watch.as_ref(), self.player.state());
    }

    /// Tells that what is shown of the sound has changed.
    pub(crate) fn tell_change(&self) {
        self.shared.revision.fetch_add(1, Ordering::Relaxed);
        self.tell();
    }

    /// Stops, forgets what is open, and lets nothing start that was asked for before.
    pub(crate) fn silence(&self) {
        // Dropped outside its lock: what it was reading is given up with it.
        let left = self.hearing().take();
        self.next_turn(Player::stop);
        drop(left);
    }

    /// Does something that overrules whatever was asked before.
    pub(crate) fn next_turn(&self, act: impl FnOnce(&Player)) -> Asked {
        let mut now = held(&self.turn);
        now.turn += 1;
        act(&self.player);
        *now
    }

    /// Does something unless it was overruled meanwhile.
    pub(crate) fn in_turn(&self, asked: Asked, act: impl FnOnce(&Player)) {
        let now = held(&self.turn);
        if now.turn == asked.turn {
            act(&self.player);
        }
    }

    /// Does something unless it was overruled meanwhile, or silence was asked for.
    pub(crate) fn unless_paused(&self, asked: Asked, act: impl FnOnce(&Player)) {
        let now = held(&self.turn);
        if *now == asked {
            act(&self.player);
        }
    }

    fn pause(&self) {
        let mut now = held(&self.turn);
        now.pauses += 1;
        self.player.pause();
    }
}

impl Shared {
    fn tell(&self, watch: Option<&PlayerWatch>, state: PlayerState) {
        if let Some(watch) = watch {
            let waits = held(&self.hearing).as_ref().and_then(Hearing::waits);
            watch(view(state, waits, self.revision.load(Ordering::Relaxed)));
        }
    }
}

impl Console {
    /// Pauses; the position is kept. What is still being opened will be there, and not start.
    pub fn pause(&self) {
        self.0.playing.pause();
    }

    /// Goes on after a pause or a lost device; starts over after the end.
    pub fn resume(&self) {
        self.0.playing.player.resume();
    }

    /// Plays as the settings say, at once: speed, skipping, loudness, volume, device and order.
    pub(crate) fn play_as(&self, settings: &Settings) {
        let playing = &self.0.playing;
        let player = &playing.player;
        player.set_volume(settings.volume);
        player.set_mute(settings.muted);
        player.set_speed(settings.speed_percent);
        player.set_skip(settings.skip_silence.then(|| silence(settings)));
        player.set_even(settings.even_loudness);
        player.choose_output(settings.output.clone());
        let before = std::mem::replace(&mut *held(&playing.shared.settings), settings.clone());
        let measured = silence(&before) != silence(settings);
        if measured || before.by_real_time != settings.by_real_time {
            if let Some(hearing) = &mut *playing.hearing() {
                hearing.lay_out(settings, player);
            }
            playing.tell_change();
        }
    }

    /// The devices sound can go to. Takes up to five seconds where the system is slow to find them.
    pub async fn list_outputs(&self) -> Vec<OutputView> {
        let console = self.clone();
        let found = tokio::task::spawn_blocking(move || console.0.playing.player.outputs()).await;
        let view =
            |device: earmark_audio::OutputDevice| OutputView { name: device.name, is_default: device.is_default };
        found.unwrap_or_default().into_iter().map(view).collect()
    }

    /// Tells this one, and no longer the one before, what the player does; at once what it does now.
    pub fn watch_player(&self, watch: PlayerWatch) {
        // Under one lock, so that no change falls between what it is told first and what it is told next.
        let mut told = held(&self.0.playing.shared.watch);
        self.0.playing.shared.tell(Some(&watch), self.0.playing.player.state());
        *told = Some(watch);
    }
}

/// Which pauses these settings cut.
pub(crate) fn silence(settings: &Settings) -> Silence {
    Silence { threshold_db: settings.silence_db, margin_ms: settings.silence_margin_ms.into() }
}

/// What holds sound back, and for how many milliseconds.
pub(crate) type Wait = (Option<u32>, Option<Problem>);

fn view(state: PlayerState, waits: Option<Wait>, revision: u32) -> PlayerView {
    let (mut wait_ms, mut problem) = (None, None);
    let status = match state.status {
        Status::Idle => PlayerStatus::Idle,
        Status::Playing => PlayerStatus::Playing,
        Status::Waiting => {
            (wait_ms, problem) = waits.unwrap_or_default();
            PlayerStatus::Waiting
        }
        Status::Paused => PlayerStatus::Paused,
        Status::Ended => PlayerStatus::Ended,
        Status::Failed(error) => {
            problem = Some(Problem::new(ProblemCode::NoDevice, error.to_string()).retryable());
            PlayerStatus::Paused
        }
    };
    PlayerView {
        conversation_id: state.conversation.and_then(|id| ConversationId::new(id).ok()),
        message_id: state.message.and_then(|id| MessageId::new(id).ok()),
        status,
        position_ms: state.position_ms,
        message_ms: state.message_ms,
        total_ms: state.total_ms,
        speed_percent: state.speed_percent,
        wait_ms,
        revision,
        problem,
    }
}
