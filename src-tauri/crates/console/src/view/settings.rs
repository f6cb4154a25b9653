use serde::{Deserialize, Serialize};
use specta::Type;

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

/// The reviewer's preferences.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Settings {
    /// Light or dark.
    pub theme: Theme,
    /// Server the sign-in form starts with.
    pub base_url: String,
    /// Playback volume, 0 to 100.
    pub volume: u8,
    /// Text size in percent, 80 to 160.
    pub text_size: u8,
}

impl Default for Settings {
    fn default() -> Self {
        Self { theme: Theme::System, base_url: String::new(), volume: 100, text_size: 100 }
    }
}

impl Settings {
    /// Reads a settings file's content: each field that is missing or wrong is as at first, the others stay.
    pub fn from_untrusted(content: serde_json::Value) -> Self {
        fn field<T: serde::de::DeserializeOwned>(content: &serde_json::Value, name: &str) -> Option<T> {
            serde_json::from_value(content.get(name)?.clone()).ok()
        }
        let first = Self::default();
        Self {
            theme: field(&content, "theme").unwrap_or(first.theme),
            base_url: field(&content, "baseUrl").unwrap_or(first.base_url),
            volume: field(&content, "volume").unwrap_or(first.volume),
            text_size: field(&content, "textSize").unwrap_or(first.text_size),
        }
        .valid()
    }

    /// These settings with every number in range.
    #[must_use]
    pub fn valid(self) -> Self {
        Self { volume: self.volume.min(100), text_size: self.text_size.clamp(80, 160), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_wrong_field_costs_only_itself() {
        let read = Settings::from_untrusted(json!({"theme": "dark", "volume": "loud", "textSize": 250, "old": 1}));
        assert_eq!(read, Settings { theme: Theme::Dark, text_size: 160, ..Settings::default() });
        assert_eq!(Settings::from_untrusted(json!("nonsense")), Settings::default());
    }
}
