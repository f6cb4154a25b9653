//! What was said in a conversation, where it sounds in the window, and finding it in what was heard.

use anyhow::{Context, Result, ensure};
use earmark_tests::stage::{Server, Sound, locate_words};
use serde_json::Value;

use crate::steps::{has_sound, message, text};

/// Seconds of a recording that are looked up in what was heard.
const WORDS: f64 = 2.0;
/// Likeness that counts as found.
pub const ALIKE: f32 = 0.6;
/// Seconds after the one before within which the next recording must begin: the longest lasts seven.
const NEXT: f64 = 16.0;

/// Whether the sound goes on, or stands.
pub const PLAYS: &str = "return document.querySelector('[data-part=play]').ariaLabel === 'Pause'";
pub const STANDS: &str = "return document.querySelector('[data-part=play]').ariaLabel === 'Play'";
/// Whether a message is all in view.
pub const IN_VIEW: &str = "const line = document.querySelector(arguments[0]).getBoundingClientRect();
    const view = document.querySelector('[data-part=transcript]').getBoundingClientRect();
    return line.top >= view.top - 1 && line.top < view.bottom";

/// A voice message and its recording.
pub struct Spoken {
    pub id: String,
    pub sound: Sound,
}

/// The selector of a message that sounds.
pub fn sounding(id: &str) -> String {
    format!("{}[data-sounding=true]", message(id))
}

/// The conversation's recordings in order.
pub async fn recordings(server: &Server, conversation: &str, messages: &[Value]) -> Result<Vec<Spoken>> {
    let mut recordings = Vec::new();
    for spoken in messages.iter().filter(|message| has_sound(message)) {
        let id = text(spoken, "id")?;
        let sound = Sound::from(&server.recording(conversation, id).await?);
        recordings.push(Spoken { id: id.to_owned(), sound });
    }
    Ok(recordings)
}

/// Finds each recording after the one before, by its loudest words at a speed: when it began to be heard.
///
/// By how their loudness rises and falls: a busy machine is late with a buffer now and then, which tears samples apart but
/// leaves words recognizable. That the samples are the right ones is for the tests of the sound itself.
pub fn in_order(heard: &Sound, recordings: &[Spoken], speed: f64) -> Result<Vec<f64>> {
    let mut places = Vec::new();
    let mut from = heard.onset().context("silence")?;
    for (number, Spoken { sound, .. }) in recordings.iter().enumerate() {
        let (offset, words) = sound.loudest(WORDS);
        let found = locate_words(&words, &heard.part(from, NEXT), speed);
        ensure!(found.likeness >= ALIKE, "recording {number} is not heard from {from:.1} s on: {found:?}");
        places.push(from + found.at - offset / speed);
        from += found.at + words.seconds() / speed;
    }
    Ok(places)
}
