//! The comments of all conversations as a list: filtered, in order, page by page, with the reviewer's own changes over them.

use earmark_review::{Comment, CommentId, ConversationId, InteractionId, ServiceId, UserId};
use jiff::Timestamp;
use rusqlite::params_from_iter;
use rusqlite::types::Value;
use serde_json::json;

use super::comments::{COLUMNS, comment};
use crate::{Store, StoreError, time};

/// Which comments are meant. Everything empty is every comment.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CommentQuery {
    /// On interactions, and open or resolved; `None` for all, those on whole conversations too.
    pub is_resolved: Option<bool>,
    /// Written by any of these.
    pub authors: Vec<UserId>,
    /// In conversations with any of these; one whose conversation is not known here is in none.
    pub services: Vec<ServiceId>,
    /// Any of these.
    pub ids: Vec<CommentId>,
    /// In any of these conversations.
    pub conversations: Vec<ConversationId>,
    /// Written at this time or later.
    pub since: Option<Timestamp>,
    /// Written before this time.
    pub until: Option<Timestamp>,
    /// The latest first.
    pub newest_first: bool,
    /// Only what comes after this one.
    pub after: Option<AfterComment>,
}

/// The last comment of the page before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AfterComment {
    /// When it was written.
    pub created_at: Timestamp,
    /// Its id.
    pub id: CommentId,
}

/// What the reviewer made of a comment, which the server does not know yet.
#[derive(Debug, Clone, PartialEq)]
pub enum Overlaid {
    /// It reads so.
    Reads(Comment),
    /// It is not there any more.
    Gone(CommentId),
}

/// The overlay as the statement takes it.
fn to_json(overlaid: &[Overlaid]) -> String {
    let rows = overlaid.iter().map(|one| match one {
        Overlaid::Gone(id) => json!([id.as_str()]),
        Overlaid::Reads(comment) => json!([
            comment.id.as_str(),
            comment.place.conversation().as_str(),
            comment.place.interaction().map(InteractionId::as_str),
            comment.author.as_str(),
            time::to_column(comment.created_at),
            i32::from(comment.resolved),
            comment.text,
        ]),
    });
    serde_json::Value::Array(rows.collect()).to_string()
}

/// The comments as the reviewer has them; its first value is the overlay.
const SHOWN: &str = "WITH mine AS MATERIALIZED (
        SELECT value ->> 0 AS id, value ->> 1 AS conversation, value ->> 2 AS interaction, value ->> 3 AS author,
            value ->> 4 AS created_at, value ->> 5 AS resolved, value ->> 6 AS text FROM json_each(?)
    ), shown AS (
        SELECT id, conversation, interaction, author, created_at, resolved, text FROM comments
            WHERE id NOT IN (SELECT id FROM mine)
        UNION ALL SELECT * FROM mine WHERE conversation IS NOT NULL
    )";

struct Statement {
    conditions: Vec<String>,
    values: Vec<Value>,
}

impl Statement {
    fn of(query: &CommentQuery, overlaid: &[Overlaid]) -> Self {
        let mut statement = Self { conditions: Vec::new(), values: vec![to_json(overlaid).into()] };
        if let Some(is_resolved) = query.is_resolved {
            statement.conditions.push(format!("resolved = {} AND interaction IS NOT NULL", i32::from(is_resolved)));
        }
        statement.any_of("id IN", query.ids.iter().map(CommentId::as_str));
        statement.any_of("author IN", query.authors.iter().map(UserId::as_str));
        statement.any_of("conversation IN", query.conversations.iter().map(ConversationId::as_str));
        let with = "(SELECT service FROM conversations WHERE conversations.id = shown.conversation) IN";
        statement.any_of(with, query.services.iter().map(ServiceId::as_str));
        if let Some(since) = query.since {
            statement.add("created_at >= ?", [time::to_column(since).into()]);
        }
        if let Some(until) = query.until {
            statement.add("created_at < ?", [time::to_column(until).into()]);
        }
        if let Some(after) = &query.after {
            let values = [time::to_column(after.created_at).into(), after.id.as_str().to_owned().into()];
            let past = if query.newest_first { "<" } else { ">" };
            statement.add(&format!("(created_at, id) {past} (?, ?)"), values);
        }
        statement
    }

    fn add(&mut self, condition: &str, values: impl IntoIterator<Item = Value>) {
        self.conditions.push(condition.to_owned());
        self.values.extend(values);
    }

    /// Something is one of some words; no words, no condition.
    fn any_of<'a>(&mut self, what: &str, words: impl ExactSizeIterator<Item = &'a str>) {
        if words.len() > 0 {
            let places = vec!["?"; words.len()].join(", ");
            self.add(&format!("{what} ({places})"), words.map(|word| word.to_owned().into()));
        }
    }

    fn sql(&self, what: &str, end: &str) -> String {
        let conditions = match self.conditions.as_slice() {
            [] => String::new(),
            some => format!(" WHERE {}", some.join(" AND ")),
        };
        format!("{SHOWN} SELECT {what} FROM shown{conditions}{end}")
    }
}

impl Store {
    /// At most `limit` comments, oldest first unless asked otherwise, as the reviewer has them.
    ///
    /// # Errors
    /// That they cannot be read.
    pub fn list_comments(
        &self,
        query: &CommentQuery,
        overlaid: &[Overlaid],
        limit: u32,
    ) -> Result<Vec<Comment>, StoreError> {
        let statement = Statement::of(query, overlaid);
        let way = if query.newest_first { "DESC" } else { "ASC" };
        let sql = statement.sql(COLUMNS, &format!(" ORDER BY created_at {way}, id {way} LIMIT {limit}"));
        self.cached_at_once(|transaction| {
            let mut asked = transaction.prepare_cached(&sql)?;
            asked.query_and_then(params_from_iter(&statement.values), comment)?.collect()
        })
    }

    /// How many comments are meant, as the reviewer has them.
    ///
    /// # Errors
    /// That they cannot be read.
    pub fn count_comments(&self, query: &CommentQuery, overlaid: &[Overlaid]) -> Result<u32, StoreError> {
        let statement = Statement::of(query, overlaid);
        let sql = statement.sql("count(*)", "");
        self.cached_at_once(|transaction| {
            let mut asked = transaction.prepare_cached(&sql)?;
            Ok(asked.query_one(params_from_iter(&statement.values), |row| row.get(0))?)
        })
    }

    /// How many comments are open in each of these conversations, as the reviewer has them: only those where any is.
    ///
    /// # Errors
    /// That they cannot be read.
    pub fn open_comments(
        &self,
        conversations: &[ConversationId],
        overlaid: &[Overlaid],
    ) -> Result<Vec<(ConversationId, u32)>, StoreError> {
        if conversations.is_empty() {
            return Ok(Vec::new());
        }
        let (is_resolved, conversations) = (Some(false), conversations.to_vec());
        let query = CommentQuery { is_resolved, conversations, ..CommentQuery::default() };
        let statement = Statement::of(&query, overlaid);
        let sql = statement.sql("conversation, count(*)", " GROUP BY conversation ORDER BY conversation");
        self.cached_at_once(|transaction| {
            transaction
                .prepare_cached(&sql)?
                .query_and_then(params_from_iter(&statement.values), |row| {
                    Ok((ConversationId::new(row.get::<_, String>(0)?).map_err(StoreError::unreadable)?, row.get(1)?))
                })?
                .collect()
        })
    }

    /// Everybody who wrote a comment that is known here, with how many of theirs are open: most of them first.
    ///
    /// # Errors
    /// That they cannot be read.
    pub fn comment_authors(&self, overlaid: &[Overlaid]) -> Result<Vec<(UserId, u32)>, StoreError> {
        let sql = format!(
            "{SHOWN} SELECT author, sum(resolved = 0 AND interaction IS NOT NULL) AS open FROM shown GROUP BY author
             ORDER BY open DESC, author"
        );
        self.cached_at_once(|transaction| {
            transaction
                .prepare_cached(&sql)?
                .query_and_then([to_json(overlaid)], |row| {
                    Ok((UserId::new(row.get::<_, String>(0)?).map_err(StoreError::unreadable)?, row.get(1)?))
                })?
                .collect()
        })
    }

    /// Conversations with comments whose heads are not here, at most `limit`.
    ///
    /// # Errors
    /// That they cannot be read.
    pub fn unknown_conversations(&self, limit: u32) -> Result<Vec<ConversationId>, StoreError> {
        self.cached_at_once(|transaction| {
            transaction
                .prepare_cached(
                    "SELECT DISTINCT conversation FROM comments
                     WHERE conversation NOT IN (SELECT id FROM conversations) LIMIT ?1",
                )?
                .query_and_then([limit], |row| {
                    ConversationId::new(row.get::<_, String>(0)?).map_err(StoreError::unreadable)
                })?
                .collect()
        })
    }
}
