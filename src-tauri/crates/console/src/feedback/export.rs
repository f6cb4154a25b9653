//! Writing comments to a file: who, when, where, what, and whether it was dealt with.

use std::collections::HashMap;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use earmark_review::{Comment, Conversation};
use earmark_store::{AfterComment, CommentQuery, Overlaid, Store, StoreError};
use serde::Serialize;
use tempfile::NamedTempFile;

use super::bulk::chosen;
use super::listing::read;
use crate::beside::beside;
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

/// Comments that are in memory at once.
const PAGE: u32 = 1_000;
const UNWRITTEN: &str = "The comments could not be written there. Choose another folder.";

impl Console {
    /// Writes these comments to a file, in the order of the list. Answers how many.
    ///
    /// # Errors
    /// [`ProblemCode::Storage`] when they cannot be read or written; a file that was there before stays as it was.
    pub async fn export_feedback(&self, choice: FeedbackChoice, form: FileForm, path: PathBuf) -> Result<u32, Problem> {
        let session = self.signed_in()?;
        self.open_outbox(&session).await?;
        let (query, overlaid) = (chosen(&session, &choice)?, session.overlaid());
        let of = session.clone();
        let line = move |comment, head: Option<&Conversation>| line(&of, comment, head);
        self.with_store(&session, move |store| export(store, &query, &overlaid, form, &path, line))
            .await?
            .map_err(|_| Problem::new(ProblemCode::Storage, UNWRITTEN).retryable())
    }
}

fn line(session: &Session, comment: Comment, head: Option<&Conversation>) -> Line {
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
}

/// Writes page after page, so that no more than one is in memory however many there are.
fn export(
    store: &Store,
    query: &CommentQuery,
    overlaid: &[Overlaid],
    form: FileForm,
    path: &Path,
    line: impl Fn(Comment, Option<&Conversation>) -> Line,
) -> Result<std::io::Result<u32>, StoreError> {
    let mut file = match Export::begin(form, path) {
        Ok(file) => file,
        Err(error) => return Ok(Err(error)),
    };
    let mut query = query.clone();
    let mut written = 0;
    loop {
        let (comments, heads) = read(store, &query, overlaid, PAGE)?;
        let Some(last) = comments.last() else { break };
        query.after = Some(AfterComment { created_at: last.created_at, id: last.id.clone() });
        let of: HashMap<_, _> = heads.iter().map(|head| (&head.id, head)).collect();
        written += count(comments.len());
        for comment in comments {
            let head = of.get(comment.place.conversation()).copied();
            if let Err(error) = file.put(&line(comment, head)) {
                return Ok(Err(error));
            }
        }
    }
    Ok(file.end(path).map(|()| written))
}

/// A file that is being written beside the one that was chosen.
enum Export {
    Csv(Box<csv::Writer<NamedTempFile>>),
    Jsonl(BufWriter<NamedTempFile>),
}

impl Export {
    fn begin(form: FileForm, path: &Path) -> std::io::Result<Self> {
        let file = beside(path)?;
        match form {
            FileForm::Jsonl => Ok(Self::Jsonl(BufWriter::new(file))),
            FileForm::Csv => {
                let mut table = csv::WriterBuilder::new().has_headers(false).from_writer(file);
                table.write_record(COLUMNS)?;
                Ok(Self::Csv(Box::new(table)))
            }
        }
    }

    fn put(&mut self, line: &Line) -> std::io::Result<()> {
        match self {
            Self::Jsonl(file) => {
                serde_json::to_writer(&mut *file, line)?;
                file.write_all(b"\n")
            }
            Self::Csv(table) => Ok(table.serialize(line.harmless())?),
        }
    }

    fn end(self, path: &Path) -> std::io::Result<()> {
        let file = match self {
            Self::Jsonl(file) => file.into_inner()?,
            Self::Csv(table) => table.into_inner().map_err(|error| error.into_error())?,
        };
        file.persist(path)?;
        Ok(())
    }
}

/// In the order of a line.
const COLUMNS: [&str; 10] = [
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
];

impl Line {
    /// With no field that a spreadsheet takes for a formula.
    fn harmless(&self) -> Self {
        Self {
            comment: harmless(&self.comment),
            conversation: harmless(&self.conversation),
            person: harmless(&self.person),
            service: harmless(&self.service),
            interaction: harmless(&self.interaction),
            author: harmless(&self.author),
            author_id: harmless(&self.author_id),
            written_at: self.written_at.clone(),
            resolved: self.resolved,
            text: harmless(&self.text),
        }
    }
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
    use earmark_review::{CommentId, CommentPlace, ConversationId, UserId};
    use earmark_store::{Key, ReadingStage};
    use jiff::Timestamp;

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

    /// A file of these lines, read again.
    fn table(lines: &[Line]) -> String {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("comments.csv");
        let mut file = Export::begin(FileForm::Csv, &path).unwrap();
        lines.iter().for_each(|line| file.put(line).unwrap());
        file.end(&path).unwrap();
        std::fs::read_to_string(path).unwrap()
    }

    #[test]
    fn no_text_is_a_formula_and_every_text_comes_back() {
        let texts = ["=1+1", "+1", "-1", "@a", "\tx", "\rx", "say \"no\", twice", "two\nlines", "as it is"];
        let lines: Vec<Line> = texts.iter().map(|text| line(text)).collect();
        let written = table(&lines);
        let mut read = csv::Reader::from_reader(written.as_bytes());
        let back: Vec<csv::StringRecord> = read.records().map(Result::unwrap).collect();
        assert_eq!(back.len(), texts.len());
        for (record, text) in back.iter().zip(texts) {
            let is_kept = record[9] == *text || record[9] == format!("'{text}");
            assert!(is_kept, "{record:?}");
            assert!(record.iter().all(|field| !field.starts_with(['=', '+', '-', '@', '\t', '\r'])), "{record:?}");
        }
    }

    #[test]
    fn the_columns_are_named_as_the_fields_are() {
        let mut table = csv::Writer::from_writer(Vec::new());
        table.serialize(line("x")).unwrap();
        let named = String::from_utf8(table.into_inner().unwrap()).unwrap();
        assert_eq!(self::table(&[]).lines().next(), named.lines().next());
    }

    #[test]
    fn however_many_there_are_all_are_written() {
        let folder = tempfile::tempdir().unwrap();
        let (store, _) = Store::open(folder.path(), &Key::random(&mut rand::rng()), Timestamp::UNIX_EPOCH).unwrap();
        let comment = |n: u32| Comment {
            id: CommentId::new(format!("f{n:05}")).unwrap(),
            author: UserId::new("ana").unwrap(),
            created_at: Timestamp::from_second((n / 3).into()).unwrap(),
            text: n.to_string(),
            place: CommentPlace::Conversation(ConversationId::new("c").unwrap()),
            resolved: false,
            message: None,
        };
        let comments: Vec<Comment> = (0..20_500).map(comment).collect();
        store.put_comment_page(&comments, ReadingStage::Over, None, Timestamp::UNIX_EPOCH).unwrap();
        let path = folder.path().join("comments.jsonl");
        let told = |comment: Comment, _: Option<&Conversation>| line(&comment.text);
        let written = export(&store, &CommentQuery::default(), &[], FileForm::Jsonl, &path, told).unwrap().unwrap();
        assert_eq!(written, 20_500);
        let text = std::fs::read_to_string(path).unwrap();
        let of = |line: &str| serde_json::from_str::<serde_json::Value>(line).unwrap()["text"].clone();
        assert!(text.lines().map(of).eq((0..20_500).map(|n| serde_json::Value::from(n.to_string()))));
    }
}
