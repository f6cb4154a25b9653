//! Hearing one message.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use earmark_audio::{Alarm, Layout, Output, Part, Player, PlayerState, Recording, Sound, Spot, Status, Timeline};
use earmark_review::{ConversationId, MessageId};

use crate::console::held;
use crate::view::{ClipView, PlayerStatus, PlayerView};
use crate::{Console, Problem, ProblemCode};

/// Pieces of the drawn waveform: one per two pixels of a wide window.
const PEAKS: usize = 600;
/// Recordings kept for hearing again, in bytes. The latest is kept whatever its size.
const KEPT: usize = 64 << 20;

/// Makes the output on the player's thread.
pub type MakeOutput = Box<dyn FnOnce(Alarm) -> Box<dyn Output> + Send>;
/// Is told what the player does: at every change, and four times a second while sound runs. Must not block.
pub type PlayerWatch = Box<dyn Fn(PlayerView) + Send>;

/// The player, and whose turn it is to play.
pub(crate) struct Playing {
    player: Player,
    watch: Arc<Mutex<Option<PlayerWatch>>>,
    /// Counts what was asked of the player, so that a slow request does not sound over a later one.
    turn: Mutex<u64>,
}

impl Playing {
    pub(crate) fn new(output: MakeOutput) -> Self {
        let watch: Arc<Mutex<Option<PlayerWatch>>> = Arc::default();
        let told = watch.clone();
        let player = Player::start(output, move |state| {
            if let Some(watch) = &*held(&told) {
                watch(view(state));
            }
        });
        Self { player, watch, turn: Mutex::default() }
    }

    /// Stops, and lets nothing start that is still being fetched.
    pub(crate) fn silence(&self) {
        self.next_turn(Player::stop);
    }

    /// Does something that overrules whatever was asked before.
    fn next_turn(&self, act: impl FnOnce(&Player)) -> u64 {
        let mut turn = held(&self.turn);
        *turn += 1;
        act(&self.player);
        *turn
    }

    /// Does something unless it was overruled meanwhile.
    fn in_turn(&self, asked: u64, act: impl FnOnce(&Player)) {
        let turn = held(&self.turn);
        if *turn == asked {
            act(&self.player);
        }
    }
}

/// Recordings kept for hearing again. Belongs to a session: another account may not be allowed to hear them.
#[derive(Default)]
pub(crate) struct Clips(Mutex<VecDeque<(MessageId, Arc<Recording>)>>);

impl Clips {
    fn find(&self, id: &MessageId) -> Option<Arc<Recording>> {
        let clips = held(&self.0);
        clips.iter().find(|(kept, _)| kept == id).map(|(_, clip)| clip.clone())
    }

    fn keep(&self, id: MessageId, clip: Arc<Recording>) {
        let mut clips = held(&self.0);
        clips.push_back((id, clip));
        let size = |clips: &VecDeque<(MessageId, Arc<Recording>)>| -> usize {
            clips.iter().map(|(_, clip)| clip.size_in_bytes()).sum()
        };
        while clips.len() > 1 && size(&clips) > KEPT {
            clips.pop_front();
        }
    }
}

impl Console {
    /// Fetches and decodes a message's sound and plays it from `from_ms` on, in place of whatever plays.
    ///
    /// # Errors
    /// A [`Problem`] when there is no sound to play. That no device plays it is told by the watch.
    pub async fn play_message(
        &self,
        conversation: ConversationId,
        message: MessageId,
        from_ms: u32,
    ) -> Result<ClipView, Problem> {
        let session = self.signed_in()?;
        let playing = &self.0.playing;
        let kept = session.clips.find(&message);
        // What plays belongs to another message while this one is fetched; the reviewer has moved on.
        let asked = playing.next_turn(|player| {
            if kept.is_none() {
                player.pause()
            }
        });
        let clip = match kept {
            Some(clip) => clip,
            None => {
                let fetched = session.client.fetch_audio(&conversation, &message).await;
                let bytes = fetched.map_err(crate::audio_problem::unfetched)?;
                let decoded = tokio::task::spawn_blocking(move || Recording::scan(bytes.into())).await;
                let clip = Arc::new(decoded.map_err(|_| crate::audio_problem::undecodable())??);
                session.clips.keep(message.clone(), clip.clone());
                clip
            }
        };
        let view = ClipView {
            message_id: message.clone(),
            duration_ms: clip.duration_ms(),
            peaks: clip.peaks().draw(0, clip.duration_ms(), PEAKS),
            notice: clip.flaw().map(|flaw| flaw.to_string()),
        };
        playing.in_turn(asked, |player| play_alone(player, message.into(), clip, from_ms));
        Ok(view)
    }

    /// Pauses; the position is kept. A message that is still being fetched will not start.
    pub fn pause(&self) {
        self.0.playing.next_turn(Player::pause);
    }

    /// Goes on after a pause or a lost device; starts over after the end.
    pub fn resume(&self) {
        self.0.playing.player.resume();
    }

    /// Jumps, in milliseconds of the message's own time.
    pub fn seek(&self, ms: u32) {
        self.0.playing.player.seek(ms);
    }

    /// Sets the volume, 0 to 100.
    pub fn set_volume(&self, percent: u8) {
        self.0.playing.player.set_volume(percent);
    }

    /// Tells this one, and no longer the one before, what the player does; at once what it does now.
    pub fn watch_player(&self, watch: PlayerWatch) {
        // Under one lock, so that no change falls between what it is told first and what it is told next.
        let mut told = held(&self.0.playing.watch);
        watch(view(self.0.playing.player.state()));
        *told = Some(watch);
    }
}

/// Plays one message as a conversation of its own.
fn play_alone(player: &Player, message: String, clip: Arc<Recording>, from_ms: u32) {
    let sound = Sound::Known { frames: clip.frames(), rate: clip.rate() };
    player.load(message.clone(), Timeline::new(vec![Part::new(message.clone(), sound)], Layout::EndToEnd));
    player.put(message, clip);
    player.play_from(Spot::Time(from_ms));
}

fn view(state: PlayerState) -> PlayerView {
    let (status, problem) = match state.status {
        Status::Idle => (PlayerStatus::Idle, None),
        // A message that is played alone is there before it is played.
        Status::Playing | Status::Waiting => (PlayerStatus::Playing, None),
        Status::Paused => (PlayerStatus::Paused, None),
        Status::Ended => (PlayerStatus::Ended, None),
        Status::Failed(error) => {
            (PlayerStatus::Paused, Some(Problem::new(ProblemCode::NoDevice, error.to_string()).retryable()))
        }
    };
    PlayerView {
        message_id: state.message.and_then(|id| MessageId::new(id).ok()),
        status,
        position_ms: state.position_ms,
        duration_ms: state.total_ms,
        problem,
    }
}
