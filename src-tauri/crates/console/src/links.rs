//! Links in transcripts: text from outside that a reviewer may follow.

use url::Url;

use crate::{Problem, ProblemCode};

/// The link as it may be opened outside this program.
///
/// # Errors
/// [`ProblemCode::BadInput`] for anything but a web or mail address.
pub fn link_outside(text: &str) -> Result<String, Problem> {
    match Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "https" | "http" | "mailto") => Ok(url.into()),
        _ => Err(Problem::new(ProblemCode::BadInput, "Only web and mail addresses are opened.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_web_and_mail() {
        for good in ["https://example.org/a?b=c", "http://example.org/", "mailto:a@example.org"] {
            assert_eq!(link_outside(good).as_deref(), Ok(good));
        }
        for bad in ["file:///etc/passwd", "javascript:alert(1)", "smb://host/share", "not a link", ""] {
            assert!(link_outside(bad).is_err(), "{bad}");
        }
    }
}
