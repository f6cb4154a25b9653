//! Fetching the open conversation's recordings one after another: what is about to sound first and alone, then the others
//! in playing order, as far as the server's limits leave room.

use std::sync::{Arc, Weak};
use std::time::Duration;

use earmark_amigo::{Client, Urgency};
use earmark_audio::Recording;
use earmark_review::{ConversationId, MessageId};
use tokio::sync::Notify;
use tokio::time::timeout;

use crate::Problem;
use crate::console::{Inner, held};
use crate::hearing::{Hearing, Next};
use crate::session::Session;
use crate::sound_line::Wanted;

/// How often it is told how long the server still holds a recording back.
const TELL_EVERY: Duration = Duration::from_millis(500);

/// Fetches for one opened conversation, and for no other that takes its place.
pub(crate) struct Fetching {
    /// The program may end meanwhile.
    console: Weak<Inner>,
    /// The opened conversation's own: another one has another.
    changed: Arc<Notify>,
}

impl Fetching {
    pub(crate) fn new(console: &Arc<Inner>, changed: &Arc<Notify>) -> Self {
        Self { console: Arc::downgrade(console), changed: changed.clone() }
    }

    /// Goes on until another conversation is opened.
    pub(crate) async fn run(self) {
        while let Some(next) = self.with(|hearing| hearing.next()) {
            match next {
                Next::Fetch(wanted) => self.fetch(wanted).await,
                Next::Look(after) => drop(timeout(after, self.changed.notified()).await),
                Next::Rest => self.changed.notified().await,
            }
        }
    }

    async fn fetch(&self, wanted: Wanted) {
        let Some((session, conversation)) =
            self.with(|hearing| (hearing.session.clone(), hearing.conversation.clone()))
        else {
            return;
        };
        let Some(even) = self.console.upgrade().map(|inner| inner.playing.settings().even_loudness) else { return };
        let client = if wanted.soon { session.client.clone() } else { session.client.with_urgency(Urgency::Open) };
        let fetched = tokio::select! {
            fetched = fetch(&session, &client, &conversation, &wanted.id, even) => fetched,
            () = self.overtaken(&wanted.id, &session) => return,
        };
        let Some(console) = self.console.upgrade() else { return };
        let playing = &console.playing;
        let settings = playing.settings();
        if self.with(|hearing| hearing.take(&wanted.id, fetched, &settings, &playing.player)).is_some() {
            playing.tell_change();
        }
    }

    /// Comes back when another recording must be fetched first, and hurries when this one must; tells meanwhile how long the
    /// server holds it back.
    async fn overtaken(&self, id: &MessageId, session: &Session) {
        let mut waited = false;
        loop {
            let told = timeout(TELL_EVERY, self.changed.notified()).await.is_err();
            let Some((next, waits)) = self.with(|hearing| (hearing.next(), hearing.waits().is_some())) else { return };
            if let Next::Fetch(first) = next
                && first.soon
            {
                if first.id != *id {
                    return;
                }
                session.recordings_under_way.raise(id, Urgency::Now);
            }
            if let Some(console) = self.console.upgrade().filter(|_| (told && waits) || waited != waits) {
                waited = waits;
                console.playing.tell();
            }
        }
    }

    /// Does something with the conversation this is for, while it is open.
    fn with<T>(&self, act: impl FnOnce(&mut Hearing) -> T) -> Option<T> {
        let console = self.console.upgrade()?;
        let mut hearing = console.playing.hearing();
        hearing.as_mut().filter(|hearing| Arc::ptr_eq(&hearing.changed, &self.changed)).map(act)
    }
}

/// A message's recording, read through once.
pub(crate) async fn fetch(
    session: &Session,
    client: &Client,
    conversation: &ConversationId,
    message: &MessageId,
    even: bool,
) -> Result<Arc<Recording>, Problem> {
    let request = session.recordings_under_way.join(message.clone(), client);
    let (client, _turn) = request.turn().await;
    if let Some(recording) = held(&session.sounds).find(message) {
        return Ok(recording);
    }
    let of = message.clone();
    let kept = session.recall(move |store| store.recording(&of)).await.map(|recorded| recorded.bytes);
    if let Some(bytes) = kept
        && let Ok(recording) = scan(bytes, even).await
    {
        return Ok(recording);
    }
    let bytes = call(session, client, conversation, message).await?;
    scan(bytes, even).await
}

/// Fetches a message's recording into memory, for being heard at once.
pub(crate) async fn into_memory(
    session: &Session,
    client: &Client,
    conversation: &ConversationId,
    message: &MessageId,
) -> Result<(), Problem> {
    let even = held(&session.settings).even_loudness;
    let recording = fetch(session, client, conversation, message, even).await?;
    held(&session.sounds).keep_if_it_fits(message.clone(), recording);
    Ok(())
}

/// Fetches a message's recording onto this computer, unread.
pub(crate) async fn keep(
    session: &Session,
    client: &Client,
    conversation: &ConversationId,
    message: &MessageId,
) -> Result<(), Problem> {
    let request = session.recordings_under_way.join(message.clone(), client);
    let (client, _turn) = request.turn().await;
    // What is in memory was handed to the store when it came, which may still be writing it.
    if held(&session.sounds).peek(message).is_some() {
        return Ok(());
    }
    call(session, client, conversation, message).await.map(drop)
}

/// Asks the server for a recording, and keeps its bytes.
async fn call(
    session: &Session,
    client: &Client,
    conversation: &ConversationId,
    message: &MessageId,
) -> Result<Vec<u8>, Problem> {
    let fetched = client.fetch_audio(conversation, message).await;
    let bytes = Vec::from(fetched.map_err(crate::audio_problem::unfetched)?);
    let (conversation, message, kept) = (conversation.clone(), message.clone(), bytes.clone());
    let at = session.now();
    session.remember(move |store| store.put_recording(&conversation, &message, &kept, &[], at));
    Ok(bytes)
}

async fn scan(bytes: Vec<u8>, even: bool) -> Result<Arc<Recording>, Problem> {
    let read = tokio::task::spawn_blocking(move || {
        let recording = Arc::new(Recording::scan(bytes)?);
        if even {
            // It is measured here once, so that playing does not have to wait for it.
            recording.loudness();
        }
        Ok::<_, earmark_audio::DecodeError>(recording)
    });
    Ok(read.await.map_err(|_| crate::audio_problem::undecodable())??)
}
