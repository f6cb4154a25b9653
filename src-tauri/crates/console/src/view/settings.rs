use earmark_review::TagEdit;
use serde::{Deserialize, Serialize};
use specta::Type;

use super::Keyboard;

/// What the tags of a review are called at first.
const REVIEW_TAG: &str = "review";
const REVIEWER_TAG: &str = "reviewer";
/// The longest name of a device that is kept.
const LONGEST_NAME: usize = 300;

/// Light or dark.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Theme {
    /// As the system is.
    #[default]
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

/// How strongly colours differ.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum Contrast {
    /// As the system wants it.
    #[default]
    System,
    /// Always strongly.
    High,
}

/// The reviewer's preferences.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Settings {
    /// Light or dark.
    pub theme: Theme,
    /// How strongly colours differ.
    pub contrast: Contrast,
    /// Server the sign-in form starts with.
    pub base_url: String,
    /// Playback volume, 0 to 100.
    pub volume: u8,
    /// Text size in percent, 80 to 160.
    pub text_size: u8,
    /// Speed of playback in percent of the recordings' own, 50 to 300.
    pub speed_percent: u16,
    /// Whether pauses are cut short.
    pub skip_silence: bool,
    /// What is softer than this is silence, in dBFS, -70 to -20.
    pub silence_db: i8,
    /// What is left of a pause before and after each voice, in milliseconds, 150 to 1000.
    pub silence_margin_ms: u16,
    /// Whether all recordings are played equally loud.
    pub even_loudness: bool,
    /// Whether messages follow each other with the pauses they had, long ones shortened.
    pub by_real_time: bool,
    /// Whether playback pauses while a comment is typed.
    pub pause_while_typing: bool,
    /// Whether a new comment begins with the time that is heard.
    pub stamp_comments: bool,
    /// The device sound goes to; absent for whichever the system prefers.
    pub output: Option<String>,
    /// Whether playback is silent.
    pub muted: bool,
    /// Whether the state of a review is kept in tags, for everybody in the organization to see.
    pub share_review: bool,
    /// The tag it is kept in.
    pub review_tag: String,
    /// The tag that names who set it.
    pub reviewer_tag: String,
    /// Whether a review that is done opens the next conversation without one.
    pub auto_advance: bool,
    /// Whether the sound goes on in the next conversation without a review when it ends.
    pub sound_goes_on: bool,
    /// The keys.
    pub keyboard: Keyboard,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: Theme::System,
            contrast: Contrast::System,
            base_url: String::new(),
            volume: 100,
            text_size: 100,
            speed_percent: 100,
            skip_silence: false,
            silence_db: -45,
            silence_margin_ms: 150,
            even_loudness: false,
            by_real_time: false,
            pause_while_typing: false,
            stamp_comments: false,
            output: None,
            muted: false,
            share_review: true,
            review_tag: REVIEW_TAG.into(),
            reviewer_tag: REVIEWER_TAG.into(),
            auto_advance: true,
            sound_goes_on: false,
            keyboard: Keyboard::default(),
        }
    }
}

impl Settings {
    /// Reads a settings file's content: each field that is missing or wrong is as at first, the others stay.
    pub fn from_untrusted(content: serde_json::Value) -> Self {
        fn field<T: serde::de::DeserializeOwned>(content: &serde_json::Value, name: &str, first: T) -> T {
            content.get(name).and_then(|value| T::deserialize(value).ok()).unwrap_or(first)
        }
        let first = Self::default();
        Self {
            theme: field(&content, "theme", first.theme),
            contrast: field(&content, "contrast", first.contrast),
            base_url: field(&content, "baseUrl", first.base_url),
            volume: field(&content, "volume", first.volume),
            text_size: field(&content, "textSize", first.text_size),
            speed_percent: field(&content, "speedPercent", first.speed_percent),
            skip_silence: field(&content, "skipSilence", first.skip_silence),
            silence_db: field(&content, "silenceDb", first.silence_db),
            silence_margin_ms: field(&content, "silenceMarginMs", first.silence_margin_ms),
            even_loudness: field(&content, "evenLoudness", first.even_loudness),
            by_real_time: field(&content, "byRealTime", first.by_real_time),
            pause_while_typing: field(&content, "pauseWhileTyping", first.pause_while_typing),
            stamp_comments: field(&content, "stampComments", first.stamp_comments),
            output: field(&content, "output", first.output),
            muted: field(&content, "muted", first.muted),
            share_review: field(&content, "shareReview", first.share_review),
            review_tag: field(&content, "reviewTag", first.review_tag),
            reviewer_tag: field(&content, "reviewerTag", first.reviewer_tag),
            auto_advance: field(&content, "autoAdvance", first.auto_advance),
            sound_goes_on: field(&content, "soundGoesOn", first.sound_goes_on),
            keyboard: content.get("keyboard").map(Keyboard::from_untrusted).unwrap_or_default(),
        }
        .valid()
    }

    /// These settings with every number in range, and names a tag can have.
    #[must_use]
    pub fn valid(self) -> Self {
        let mut review_tag = key_or(&self.review_tag, REVIEW_TAG);
        let mut reviewer_tag = key_or(&self.reviewer_tag, REVIEWER_TAG);
        if review_tag == reviewer_tag {
            (review_tag, reviewer_tag) = (REVIEW_TAG.into(), REVIEWER_TAG.into());
        }
        Self {
            volume: self.volume.min(100),
            text_size: self.text_size.clamp(80, 160),
            speed_percent: self.speed_percent.clamp(50, 300),
            silence_db: self.silence_db.clamp(-70, -20),
            silence_margin_ms: self.silence_margin_ms.clamp(150, 1_000),
            review_tag,
            reviewer_tag,
            keyboard: self.keyboard.valid(),
            output: self.output.filter(|name| !name.is_empty() && name.len() <= LONGEST_NAME),
            ..self
        }
    }
}

/// A name as a tag can have it, or the usual one.
fn key_or(typed: &str, usual: &str) -> String {
    let checked = TagEdit::set(typed, None).check();
    checked.ok().and_then(|edit| edit.set.into_keys().next()).unwrap_or_else(|| usual.into())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    #[test]
    fn a_wrong_field_costs_only_itself() {
        let read = Settings::from_untrusted(json!({"theme": "dark", "volume": "loud", "textSize": 250, "old": 1}));
        assert_eq!(read, Settings { theme: Theme::Dark, text_size: 160, ..Settings::default() });
        assert_eq!(Settings::from_untrusted(json!("nonsense")), Settings::default());
    }

    #[test]
    fn what_is_kept_is_read_again() {
        let kept = Settings {
            contrast: Contrast::High,
            speed_percent: 175,
            skip_silence: true,
            silence_db: -50,
            silence_margin_ms: 200,
            even_loudness: true,
            by_real_time: true,
            pause_while_typing: true,
            stamp_comments: true,
            output: Some("Speakers".into()),
            muted: true,
            share_review: false,
            review_tag: "state".into(),
            reviewer_tag: "by".into(),
            auto_advance: false,
            sound_goes_on: true,
            keyboard: Keyboard { single_keys: false, ..Keyboard::default() },
            ..Settings::default()
        };
        assert_eq!(Settings::from_untrusted(serde_json::to_value(&kept).unwrap()), kept);
    }

    #[test]
    fn a_hostile_file_cannot_leave_the_ranges() {
        let read = Settings::from_untrusted(json!({
            "speedPercent": 65535, "silenceDb": 100, "silenceMarginMs": 60000, "output": "x".repeat(LONGEST_NAME + 1),
            "skipSilence": "yes", "muted": 1, "volume": 255, "reviewTag": "a:b", "reviewerTag": "",
        }));
        let expected =
            Settings { speed_percent: 300, silence_db: -20, silence_margin_ms: 1_000, ..Settings::default() };
        assert_eq!(read, expected);
        let read = Settings::from_untrusted(json!({"speedPercent": 0, "silenceDb": -128, "silenceMarginMs": 0}));
        assert_eq!((read.speed_percent, read.silence_db, read.silence_margin_ms), (50, -70, 150));
        let read = Settings::from_untrusted(json!({"speedPercent": -5, "silenceDb": 1e9, "output": 7}));
        assert_eq!(read, Settings::default());
    }
}
