//! What somebody says to an agent: the body of interact (section 2.7), text or sound, in both editions.

use axum::http::StatusCode;
use bytes::Bytes;
use jiff::Timestamp;
use serde_json::Value;

use crate::ask::{Ask, Field};
use crate::conversation::Clip;
use crate::problem::{Invalid, Problem};

/// What a caller sends to interact.
#[derive(Debug, Default)]
pub(super) struct Input {
    /// `user-message`, `external-event` or `skip`.
    pub(super) kind: String,
    pub(super) message: Bytes,
    pub(super) events: Vec<String>,
}

impl Input {
    pub(super) fn skips(&self) -> bool {
        self.kind == "skip"
    }

    pub(super) fn of_form(ask: &mut Ask<'_>) -> Self {
        let Some(form) = ask.form.take() else {
            let msg = r"String should match pattern '^multipart\/form-data; boundary=.+$'";
            ask.invalid.push(Invalid::new(["header", "content-type"], "string_pattern_mismatch", msg, Value::Null));
            return Self::default();
        };
        let all = |name: &str| -> Vec<&Field> { form.iter().filter(|field| field.name == name).collect() };
        let texts = |name: &str| -> Vec<String> {
            all(name).iter().map(|field| String::from_utf8_lossy(&field.bytes).into_owned()).collect()
        };
        let kind = texts("initial_message_type").pop().unwrap_or_default();
        if !["user-message", "external-event", "skip"].contains(&kind.as_str()) {
            let msg = "Input should be user-message, external-event or skip";
            ask.invalid.push(Invalid::new(["body", "initial_message_type"], "enum", msg, kind.as_str()));
        }
        let message = all("recorded_message").first().map(|field| field.bytes.clone());
        let (events, times) = (texts("external_event_message_content"), texts("external_event_message_timestamp"));
        let past = |time: &String| time.parse::<Timestamp>().is_ok_and(|at| at <= Timestamp::now());
        if events.len() != times.len() || !times.iter().all(past) {
            let msg = "Each external event needs a time in the past";
            ask.invalid.push(Invalid::new(
                ["body", "external_event_message_timestamp"],
                "value_error",
                msg,
                Value::Null,
            ));
        }
        match &message {
            None => ask.invalid.push(Invalid::missing(["body", "recorded_message"])),
            Some(message) if message.is_empty() != (kind == "skip") || (kind == "skip" && !events.is_empty()) => {
                let msg = "Empty for skip, and only then";
                ask.invalid.push(Invalid::new(["body", "recorded_message"], "value_error", msg, Value::Null));
            }
            Some(_) => {}
        }
        Self { kind, message: message.unwrap_or_default(), events }
    }

    /// The older edition takes text as the field of a form and voice as the bare body.
    pub(super) fn of_older(ask: &mut Ask<'_>, heard: bool) -> Self {
        let message = if heard {
            Some(ask.body.clone())
        } else if let Some(form) = ask.form.take() {
            form.into_iter().find(|field| field.name == "recorded_message").map(|field| field.bytes)
        } else {
            let mut pairs = url::form_urlencoded::parse(&ask.body);
            pairs.find(|(key, _)| key == "recorded_message").map(|(_, value)| Bytes::from(value.into_owned()))
        };
        if message.as_ref().is_none_or(Bytes::is_empty) {
            ask.invalid.push(Invalid::missing(["body", "recorded_message"]));
        }
        Self { kind: "user-message".into(), message: message.unwrap_or_default(), events: Vec::new() }
    }

    pub(super) fn check_audio(&self, ask: &mut Ask<'_>) {
        let config: Option<Value> = ask.text("request_audio_config").and_then(|text| serde_json::from_str(text).ok());
        let number = |name: &str| config.as_ref().and_then(|config| config.get(name)).and_then(Value::as_u64);
        let fits = match config.as_ref().and_then(|config| config.get("type")).and_then(Value::as_str) {
            Some("mp3") => true,
            Some("pcm") => {
                number("frame_rate").is_some_and(|rate| (4000..=44_100).contains(&rate))
                    && number("n_channels") == Some(1)
                    && number("sample_width").is_some_and(|width| [2, 4].contains(&width))
            }
            _ => false,
        };
        if !fits {
            let msg = r#"Input should be {"type":"mp3"} or {"type":"pcm",…}"#;
            ask.invalid.push(Invalid::new(["query", "request_audio_config"], "value_error", msg, Value::Null));
        }
    }

    /// The sound as it will be handed out again.
    pub(super) fn recording(&self, ask: &Ask<'_>) -> Result<Clip, Problem> {
        let content_type = match self.message.get(..3) {
            Some(b"RIF") => "audio/wav",
            Some(b"ID3" | [0xFF, 0xE0..=0xFF, _]) => "audio/mpeg",
            _ if ask.text("request_audio_config").is_some_and(|config| config.contains("pcm")) => {
                return Ok(Clip::Recorded { bytes: wav(&self.message, ask), content_type: "audio/wav" });
            }
            _ => return Err(Problem::Status(StatusCode::UNSUPPORTED_MEDIA_TYPE, "The audio cannot be read.".into())),
        };
        Ok(Clip::Recorded { bytes: self.message.clone(), content_type })
    }
}

/// Bare PCM as a WAV file.
fn wav(pcm: &Bytes, ask: &Ask<'_>) -> Bytes {
    let config: Value =
        ask.text("request_audio_config").and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    let number = |name: &str, usual: u32| {
        config.get(name).and_then(Value::as_u64).and_then(|n| u32::try_from(n).ok()).unwrap_or(usual)
    };
    let (rate, width) = (number("frame_rate", 16_000), number("sample_width", 2));
    let size = u32::try_from(pcm.len()).unwrap_or(u32::MAX);
    let mut file = Vec::with_capacity(pcm.len() + 44);
    file.extend_from_slice(b"RIFF");
    file.extend_from_slice(&(size.saturating_add(36)).to_le_bytes());
    file.extend_from_slice(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    file.extend_from_slice(&rate.to_le_bytes());
    file.extend_from_slice(&(rate * width).to_le_bytes());
    file.extend_from_slice(&[u8::try_from(width).unwrap_or(2), 0, u8::try_from(width * 8).unwrap_or(16), 0]);
    file.extend_from_slice(b"data");
    file.extend_from_slice(&size.to_le_bytes());
    file.extend_from_slice(pcm);
    Bytes::from(file)
}
