//! Writing comments to a file: who, when, where, what, and whether it was dealt with.

use std::io::Write;
use std::path::{Path, PathBuf};

use earmark_review::Comment;
use earmark_store::ConversationQuery;
use serde::Serialize;

use crate::opening::count;
use crate::session::Session;
use crate::view::{FeedbackChoice, FileForm};
use crate::{Console, Problem, ProblemCode};

/// One comment as a line of the file.
#[derive(Serialize)]
struct Line {
    comment: String,
    conversation: String,
    person: String,
    service: String,
    /// Empty for one on the whole conversation.
    interaction: String,
    author: String,
    author_id: String,
    written_at: String,
    resolved: bool,
    text: String,
}

impl Console {
    /// Writes these comments to a file, in the order of the list. Answers how many.
    ///
    /// # Errors
    /// [`ProblemCode::Storage`] when they cannot be read or written; a file that was there before stays as it was.
    pub async fn export_feedback(&self, choice: FeedbackChoice, form: FileForm, path: PathBuf) -> Result<u32, Problem> {
        let session = self.signed_in()?;
        self.open_outbox(&session).await?;
        let comments = self.chosen(&session, &choice).await?;
        let lines = self.lines(&session, comments).await?;
        let written = tokio::task::spawn_blocking(move || write(&lines, form, &path).map(|()| count(lines.len())));
        let unwritten = || "The comments could not be written there. Choose another folder.".to_owned();
        written
            .await
            .map_err(|_| unwritten())
            .and_then(|written| written.map_err(|_| unwritten()))
            .map_err(|sentence| Problem::new(ProblemCode::Storage, sentence).retryable())
    }

    async fn lines(&self, session: &Session, comments: Vec<Comment>) -> Result<Vec<Line>, Problem> {
        let every = ConversationQuery::default();
        let heads = self.with_store(session, move |store| store.conversations(&every, u32::MAX)).await?;
        let of = heads
            .into_iter()
            .map(|kept| (kept.value.id.clone(), kept.value))
            .collect::<std::collections::HashMap<_, _>>();
        let line = |comment: Comment| {
            let head = of.get(comment.place.conversation());
            let author = session.names.person(&comment.author);
            Line {
                comment: comment.id.to_string(),
                conversation: comment.place.conversation().to_string(),
                person: head.map_or_else(String::new, |head| {
                    session.names.person(&head.user_id).name.unwrap_or_else(|| head.user_id.to_string())
                }),
                service: head.map_or_else(String::new, |head| {
                    session.names.service(&head.service_id).name.unwrap_or_else(|| head.service_id.to_string())
                }),
                interaction: comment.place.interaction().map_or_else(String::new, ToString::to_string),
                author: author.name.unwrap_or_else(|| comment.author.to_string()),
                author_id: comment.author.to_string(),
                written_at: comment.created_at.to_string(),
                resolved: comment.resolved,
                text: comment.text,
            }
        };
        Ok(comments.into_iter().map(line).collect())
    }
}

fn write(lines: &[Line], form: FileForm, path: &Path) -> std::io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // Beside it first, so that a full disk leaves nothing half-written under the name that was chosen.
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    match form {
        FileForm::Jsonl => {
            for line in lines {
                serde_json::to_writer(&mut file, line)?;
                file.write_all(b"\n")?;
            }
        }
        FileForm::Csv => write_csv(lines, &mut file)?,
    }
    file.flush()?;
    file.persist(path)?;
    Ok(())
}

fn write_csv(lines: &[Line], file: &mut impl Write) -> std::io::Result<()> {
    let mut table = csv::Writer::from_writer(file);
    for line in lines {
        table.serialize(Line {
            comment: harmless(&line.comment),
            conversation: harmless(&line.conversation),
            person: harmless(&line.person),
            service: harmless(&line.service),
            interaction: harmless(&line.interaction),
            author: harmless(&line.author),
            author_id: harmless(&line.author_id),
            written_at: line.written_at.clone(),
            resolved: line.resolved,
            text: harmless(&line.text),
        })?;
    }
    if lines.is_empty() {
        table.write_record([
            "comment",
            "conversation",
            "person",
            "service",
            "interaction",
            "author",
            "author_id",
            "written_at",
            "resolved",
            "text",
        ])?;
    }
    table.flush()
}

/// A text no spreadsheet takes for a formula.
fn harmless(text: &str) -> String {
    match text.chars().next() {
        Some('=' | '+' | '-' | '@' | '\t' | '\r') => format!("'{text}"),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn line(text: &str) -> Line {
        Line {
            comment: "f".into(),
            conversation: "c".into(),
            person: "@nobody".into(),
            service: "s".into(),
            interaction: String::new(),
            author: "Ana".into(),
            author_id: "ana".into(),
            written_at: "2026-03-04T05:06:07Z".into(),
            resolved: false,
            text: text.into(),
        }
    }

    #[test]
    fn no_text_is_a_formula_and_every_text_comes_back() {
        let texts = ["=1+1", "+1", "-1", "@a", "\tx", "\rx", "say \"no\", twice", "two\nlines", "as it is"];
        let lines: Vec<Line> = texts.iter().map(|text| line(text)).collect();
        let mut bytes = Vec::new();
        write_csv(&lines, &mut bytes).unwrap();
        let mut read = csv::Reader::from_reader(bytes.as_slice());
        let back: Vec<csv::StringRecord> = read.records().map(Result::unwrap).collect();
        assert_eq!(back.len(), texts.len());
        for (record, text) in back.iter().zip(texts) {
            let is_kept = record[9] == *text || record[9] == format!("'{text}");
            assert!(is_kept, "{record:?}");
            assert!(record.iter().all(|field| !field.starts_with(['=', '+', '-', '@', '\t', '\r'])), "{record:?}");
        }
    }

    #[test]
    fn without_a_comment_the_columns_stand_there() {
        let mut bytes = Vec::new();
        write_csv(&[], &mut bytes).unwrap();
        let mut one = Vec::new();
        write_csv(&[line("x")], &mut one).unwrap();
        let header = String::from_utf8(bytes).unwrap();
        assert!(String::from_utf8(one).unwrap().starts_with(&header));
    }
}
