//! Hearing a conversation as one piece.

use std::sync::Arc;

use earmark_audio::Player;
use earmark_review::{ConversationId, MessageId};

use crate::fetching::Fetching;
use crate::hearing::Hearing;
use crate::session::Session;
use crate::sound_line::SoundLine;
use crate::view::SoundView;
use crate::{Console, Problem, ProblemCode};

/// The most values drawn at once: more than any screen is wide.
const MOST_BUCKETS: u32 = 4_000;

impl Console {
    /// Opens a conversation to be heard, in place of the one before, and begins to fetch its recordings in order. Opened
    /// already, it is laid out anew with the messages it has now.
    ///
    /// # Errors
    /// A [`Problem`] when its transcript cannot be read.
    pub async fn open_sound(&self, conversation: ConversationId) -> Result<SoundView, Problem> {
        let session = self.signed_in()?;
        let playing = &self.0.playing;
        // What is asked of the same conversation meanwhile still holds.
        let asked = (!self.hears(&session, &conversation)).then(|| playing.next_turn(Player::pause));
        let line = self.line_of(&session, &conversation).await?;
        let view = line.view(conversation.clone());
        match asked {
            Some(asked) => playing.in_turn(asked, |_| self.hear(&session, &conversation, line)),
            None => _ = self.heard(&session, &conversation, |hearing| hearing.renew(line, &playing.player)),
        }
        self.fetch_ahead();
        playing.tell_change();
        Ok(self.heard(&session, &conversation, |hearing| hearing.view()).unwrap_or(view))
    }

    /// A conversation's sound as it is now; one that is not open to be heard as nothing of it were read.
    ///
    /// # Errors
    /// A [`Problem`] when its transcript cannot be read.
    pub async fn read_sound(&self, conversation: ConversationId) -> Result<SoundView, Problem> {
        let session = self.signed_in()?;
        match self.heard(&session, &conversation, |hearing| hearing.view()) {
            Some(view) => Ok(view),
            None => Ok(self.line_of(&session, &conversation).await?.view(conversation)),
        }
    }

    /// The loudest sample, 0 to 255, of each of `buckets` equal stretches between two times of the conversation; 0 where
    /// nothing was read. Of one that is not open to be heard, what was read ahead of time.
    ///
    /// # Errors
    /// [`ProblemCode::BadInput`] for over 4000 of them, [`ProblemCode::SignedOut`].
    pub fn draw_peaks(
        &self,
        conversation: &ConversationId,
        from_ms: u32,
        to_ms: u32,
        buckets: u32,
    ) -> Result<Vec<u8>, Problem> {
        let session = self.signed_in()?;
        if buckets > MOST_BUCKETS {
            return Err(Problem::new(ProblemCode::BadInput, "This is more of a waveform than is drawn at once."));
        }
        // Drawn outside the lock that the player takes.
        let within = self.heard(&session, conversation, |hearing| hearing.recordings_within(from_ms, to_ms));
        let within = match within {
            Some(within) => within,
            None => self.recordings_ahead(&session, conversation, from_ms, to_ms),
        };
        Ok(crate::peaks::draw(&within, from_ms, to_ms, buckets as usize))
    }

    /// Plays a conversation from `from_ms` of a message on, or of the whole without a message, in place of whatever plays;
    /// opens it first if need be. What is not there yet is fetched first, and sounds when it is.
    ///
    /// # Errors
    /// A [`Problem`] when the transcript cannot be read or has no such message. What becomes of its recording is told by
    /// [`Console::read_sound`].
    pub async fn play_sound(
        &self,
        conversation: ConversationId,
        message: Option<MessageId>,
        from_ms: u32,
    ) -> Result<(), Problem> {
        let session = self.signed_in()?;
        let playing = &self.0.playing;
        let open = self.hears(&session, &conversation);
        // What plays belongs to another conversation while this one is opened; the reviewer has moved on.
        let asked = playing.next_turn(|player| {
            if !open {
                player.pause()
            }
        });
        if !open {
            let line = self.line_of(&session, &conversation).await?;
            playing.in_turn(asked, |_| self.hear(&session, &conversation, line));
        }
        let mut played = Ok(());
        playing.unless_paused(asked, |player| {
            let play = |hearing: &mut Hearing| hearing.play(message.as_ref(), from_ms, player);
            played = self.heard(&session, &conversation, play).unwrap_or(Ok(()));
        });
        // Only now is it known what comes first.
        self.fetch_ahead();
        played?;
        playing.tell_change();
        Ok(())
    }

    /// Jumps, in milliseconds of conversation time. Does not start what is paused.
    pub fn seek_sound(&self, ms: u32) {
        let playing = &self.0.playing;
        if let Some(hearing) = &mut *playing.hearing() {
            hearing.seek(ms, &playing.player);
        }
    }

    /// Falls silent unless this is the conversation that is open to be heard.
    pub(crate) fn silence_others(&self, conversation: &ConversationId) {
        let other = self.0.playing.hearing().as_ref().is_some_and(|hearing| hearing.conversation != *conversation);
        if other {
            self.0.playing.silence();
        }
    }

    pub(crate) async fn line_of(
        &self,
        session: &Arc<Session>,
        conversation: &ConversationId,
    ) -> Result<SoundLine, Problem> {
        let read = self.as_opened(session, conversation).await?;
        Ok(SoundLine::new(&read.transcript, self.0.playing.settings().by_real_time))
    }

    pub(crate) fn hears(&self, session: &Arc<Session>, conversation: &ConversationId) -> bool {
        self.heard(session, conversation, |_| ()).is_some()
    }

    /// Does something with a conversation if it is open to be heard.
    pub(crate) fn heard<T>(
        &self,
        session: &Arc<Session>,
        conversation: &ConversationId,
        act: impl FnOnce(&mut Hearing) -> T,
    ) -> Option<T> {
        let mut hearing = self.0.playing.hearing();
        let open =
            |hearing: &&mut Hearing| hearing.conversation == *conversation && Arc::ptr_eq(&hearing.session, session);
        hearing.as_mut().filter(open).map(act)
    }

    /// Begins to fetch what is open, unless that has begun.
    fn fetch_ahead(&self) {
        if let Some(hearing) = self.0.playing.hearing().as_mut()
            && !std::mem::replace(&mut hearing.fetches, true)
        {
            hearing.tasks.spawn(Fetching::new(&self.0, &hearing.changed).run());
        }
    }

    fn hear(&self, session: &Arc<Session>, conversation: &ConversationId, line: SoundLine) {
        let playing = &self.0.playing;
        let (settings, player) = (playing.settings(), &playing.player);
        let hearing = Hearing::begin(session.clone(), conversation.clone(), line, &settings, player);
        // Dropped outside its lock: what it was reading is given up with it.
        let left = playing.hearing().replace(hearing);
        drop(left);
    }
}
