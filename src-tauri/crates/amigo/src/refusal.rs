//! The server's own words in a refusal (section 0.1): their shape is not contractual, and a reviewer will read them.

use serde_json::Value;

const LONGEST: usize = 300;

/// What the body says, as text for a reviewer: short, on one line, without addresses, ids and secrets. Empty if it
/// says nothing.
pub(crate) fn reason(body: &[u8]) -> String {
    let text = match serde_json::from_slice::<Value>(body) {
        Ok(json) => spoken(&json).unwrap_or_default(),
        // A page of HTML is from something in between, and says nothing to a reviewer.
        Err(_) => match std::str::from_utf8(body) {
            Ok(text) if !text.trim_start().starts_with(['<', '{', '[']) => text.to_owned(),
            _ => String::new(),
        },
    };
    clean(&text)
}

/// Whether a 404 speaks of the route, not of a thing: the framework's own words, or none at all.
pub(crate) fn is_unknown_route(body: &[u8]) -> bool {
    match serde_json::from_slice::<Value>(body) {
        Ok(json) => spoken(&json).is_none_or(|text| text.is_empty() || text == "Not Found"),
        Err(_) => true,
    }
}

/// The message in any of the places servers put it.
fn spoken(json: &Value) -> Option<String> {
    match json {
        Value::String(text) => Some(text.clone()),
        Value::Array(fields) => {
            let mut said: Vec<String> = fields.iter().filter_map(spoken).collect();
            said.dedup();
            (!said.is_empty()).then(|| said.join("; "))
        }
        // `input` and `ctx` hold what was sent; only the words are taken.
        Value::Object(map) => {
            let places = ["message", "error", "detail", "msg", "errors", "field_errors", "description"];
            places.iter().find_map(|place| spoken(map.get(*place)?))
        }
        _ => None,
    }
}

/// Text for a reviewer: one line, short, without addresses, ids and secrets.
pub(crate) fn clean(text: &str) -> String {
    let mut clean = String::new();
    for word in text.split_whitespace() {
        if !clean.is_empty() {
            clean.push(' ');
        }
        if looks_secret(word) {
            clean.push('…');
        } else {
            clean.extend(word.chars().filter(|c| !is_invisible(*c)));
        }
        if clean.chars().count() > LONGEST {
            return clean.chars().take(LONGEST).chain(['…']).collect();
        }
    }
    clean
}

/// Addresses, ids, tokens: anything with a scheme or a host's path, and long runs with digits in them.
fn looks_secret(word: &str) -> bool {
    let run = word.split(|c: char| !(c.is_ascii_alphanumeric() || "+/_-.=".contains(c)));
    word.contains("://")
        || word.starts_with("www.")
        || run.into_iter().any(|run| run.len() >= 12 && run.contains(|c: char| c.is_ascii_digit()))
}

/// Characters that would change how the words around them are read.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn finds_the_message_wherever_it_stands() {
        for (body, expected) in [
            (r#"{"detail":"Too many tags."}"#, "Too many tags."),
            (r#"{"message":"first","error":"second","detail":"third"}"#, "first"),
            (r#"{"error":{"message":"inside"}}"#, "inside"),
            (r#"{"detail":[{"loc":["query","limit"],"msg":"Too high","type":"x","input":"9"}]}"#, "Too high"),
            (r#"{"detail":[{"msg":"One"},{"msg":"One"},{"msg":"Two"}]}"#, "One; Two"),
            (r#"{"detail":{"reason":"unknown shape"}}"#, ""),
            (r#"{"errors":[{"message":"field"}]}"#, "field"),
            ("plain words", "plain words"),
            ("<html>502</html>", ""),
            (r#"{"detail":"ha"#, ""),
            ("", ""),
            ("null", ""),
        ] {
            assert_eq!(reason(body.as_bytes()), expected, "{body}");
        }
        assert_eq!(reason(b"\xff\xfe"), "");
    }

    #[test]
    fn addresses_ids_and_secrets_are_cut_out() {
        let body = r#"{"detail":"Conversation 64d1f0c2a9b3e8d7f6a5b4c3 at https://bucket/x?sig=1 with eyJhbGciOiJIUzI1NiJ9.e30.x is\u202e busy"}"#;
        assert_eq!(reason(body.as_bytes()), "Conversation … at … with … is busy");
    }

    #[test]
    fn a_long_message_is_cut() {
        let said = reason("word ".repeat(200).as_bytes());
        assert_eq!(said.chars().count(), LONGEST + 1);
        assert!(said.ends_with('…'));
    }

    #[test]
    fn a_missing_route_is_told_from_a_missing_thing() {
        assert!(is_unknown_route(br#"{"detail":"Not Found"}"#));
        assert!(is_unknown_route(b""));
        assert!(is_unknown_route(b"<html>"));
        assert!(!is_unknown_route(br#"{"detail":"Conversation not found."}"#));
    }
}
