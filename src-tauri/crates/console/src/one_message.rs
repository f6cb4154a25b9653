//! Hearing one message by itself.

use std::sync::Arc;

use earmark_audio::{Layout, Part, Player, Recording, Sound, Spot, Timeline};
use earmark_review::{ConversationId, MessageId};

use crate::console::held;
use crate::view::ClipView;
use crate::{Console, Problem};

/// Pieces of the drawn waveform: one per two pixels of a wide window.
const PEAKS: usize = 600;

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
        drop(playing.hearing().take());
        let kept = held(&session.sounds).find(&message);
        // What plays belongs to another message while this one is fetched; the reviewer has moved on.
        let asked = playing.next_turn(|player| {
            if kept.is_none() {
                player.pause()
            }
        });
        let recording = match kept {
            Some(recording) => recording,
            None => {
                let recording = crate::fetching::fetch(&session, &conversation, &message, false).await?;
                held(&session.sounds).keep(message.clone(), recording.clone());
                recording
            }
        };
        let view = ClipView {
            message_id: message.clone(),
            duration_ms: recording.duration_ms(),
            peaks: recording.peaks().draw(0, recording.duration_ms(), PEAKS),
            notice: recording.flaw().map(|flaw| flaw.to_string()),
        };
        playing.in_turn(asked, |player| play_alone(player, message.into(), recording, from_ms));
        Ok(view)
    }

    /// Jumps, in milliseconds of the message's own time.
    pub fn seek(&self, ms: u32) {
        self.0.playing.player.seek(ms);
    }
}

/// Plays one message as a conversation of its own.
fn play_alone(player: &Player, message: String, recording: Arc<Recording>, from_ms: u32) {
    let sound = Sound::Known { frames: recording.frames(), rate: recording.rate() };
    player.load(message.clone(), Timeline::new(vec![Part::new(message.clone(), sound)], Layout::EndToEnd));
    player.put(message, recording);
    player.play_from(Spot::Time(from_ms));
}
