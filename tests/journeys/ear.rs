//! Listening in a journey: what the player says, what the device was given, and what it should have been given.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use earmark_audio::{OUTPUT_RATE, Recording, Resample, to_stereo};
use earmark_console::{ConversationFilter, ConversationId, MessageId, PlayerStatus, PlayerView, SoundView};

use crate::desk::Desk;

/// Far more than anything here takes; only a failure waits for it.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Everything the player said.
pub struct Ear(Arc<Mutex<Vec<PlayerView>>>);

impl Ear {
    pub fn at(desk: &Desk) -> Self {
        let seen: Arc<Mutex<Vec<PlayerView>>> = Arc::default();
        let told = seen.clone();
        desk.console.watch_player(Box::new(move |view| told.lock().unwrap().push(view)));
        Self(seen)
    }

    /// Waits until the player says what is asked of it, or has said so; the last word is given when it never does.
    pub async fn until(&self, wanted: impl Fn(&PlayerView) -> bool) -> PlayerView {
        let waited = tokio::time::timeout(PATIENCE, async {
            loop {
                if let Some(view) = self.0.lock().unwrap().iter().rev().find(|view| wanted(view)) {
                    return view.clone();
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        });
        waited.await.unwrap_or_else(|_| panic!("never said; last: {:?}", self.0.lock().unwrap().last()))
    }

    pub async fn until_status(&self, status: PlayerStatus) -> PlayerView {
        self.until(|view| view.status == status).await
    }

    /// Waits until it has played and then come to an end.
    pub async fn until_played(&self) {
        let waited = tokio::time::timeout(PATIENCE, async {
            let played = || {
                let seen = self.0.lock().unwrap();
                let began = seen.iter().position(|view| view.status == PlayerStatus::Playing);
                began.is_some_and(|began| seen[began..].iter().any(|view| view.status == PlayerStatus::Ended))
            };
            while !played() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        });
        waited.await.unwrap_or_else(|_| panic!("never played; last: {:?}", self.0.lock().unwrap().last()));
    }

    /// What it said so far.
    pub fn all(&self) -> Vec<PlayerView> {
        self.0.lock().unwrap().clone()
    }

    /// Forgets what it said so far.
    pub fn forget(&self) {
        self.0.lock().unwrap().clear();
    }
}

/// A customer's voice conversation and its voice messages in order.
pub struct Call {
    pub id: ConversationId,
    pub voices: Vec<MessageId>,
}

impl Call {
    pub async fn of(desk: &Desk, customer: &str) -> Self {
        let rows = desk.all(ConversationFilter { tags: vec!["channel:voice".into()], ..Default::default() }).await;
        let row = rows.into_iter().find(|row| row.user.name.as_deref() == Some(customer));
        let id = row.unwrap_or_else(|| panic!("the sample has a call of {customer}")).id;
        let messages = desk.messages(&id).await;
        let voices = messages.into_iter().filter(|message| message.voice).map(|message| message.id).collect();
        Self { id, voices }
    }

    /// What the server itself gives for its messages from number `from` on, as a device is given it.
    pub async fn as_played(&self, desk: &Desk, from: usize) -> Vec<f32> {
        let mut played = Vec::new();
        for voice in &self.voices[from..] {
            played.extend(as_played(&self.recording(desk, voice).await));
        }
        played
    }

    pub async fn recording(&self, desk: &Desk, voice: &MessageId) -> Arc<Recording> {
        desk.server.recording(self.id.as_str(), voice.as_str()).await.unwrap()
    }

    /// Waits until its sound is as wanted.
    pub async fn until(&self, desk: &Desk, wanted: impl Fn(&SoundView) -> bool) -> SoundView {
        let waited = tokio::time::timeout(PATIENCE, async {
            loop {
                let view = desk.console.read_sound(self.id.clone()).await.unwrap();
                if wanted(&view) {
                    return view;
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        });
        waited.await.expect("the sound never was as wanted")
    }
}

/// What a device is given that plays a recording of one or two channels from beginning to end.
pub fn as_played(recording: &Arc<Recording>) -> Vec<f32> {
    let mut resample = Resample::new(recording.rate(), OUTPUT_RATE, recording.channels());
    let mut reader = recording.read(0);
    while let Some(block) = reader.next_block() {
        resample.push(block);
    }
    resample.finish();
    let (mut samples, mut stereo) = (Vec::new(), Vec::new());
    resample.pull(&mut samples);
    to_stereo(&samples, recording.channels(), &mut stereo);
    stereo
}

/// Asserts that nothing but `expected` was heard; the samples themselves would fill the screen.
pub fn assert_heard(desk: &Desk, expected: &[f32]) {
    let heard = desk.device.heard();
    let differs = heard.iter().zip(expected).position(|(heard, expected)| heard != expected);
    assert_eq!((heard.len(), differs), (expected.len(), None), "length, and the first sample that differs");
}
