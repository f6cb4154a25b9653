use earmark_review::{Conversation, ConversationId, ServiceId, UserId};
use jiff::Timestamp;
use rusqlite::types::Value;
use rusqlite::{OptionalExtension, Transaction, params, params_from_iter};

use super::Kept;
use super::packing::{decode, encode};
use crate::{Store, StoreError, time};

/// Which conversations a list holds, in its order. Everything empty is every conversation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConversationQuery {
    /// Started by any of these.
    pub user_ids: Vec<UserId>,
    /// Held with any of these.
    pub service_ids: Vec<ServiceId>,
    /// Over or not; `None` for both.
    pub is_finished: Option<bool>,
    /// Any of these.
    pub ids: Vec<ConversationId>,
    /// Carrying all of these.
    pub tags: Vec<TagQuery>,
    /// Only what comes after this one.
    pub after: Option<AfterConversation>,
    /// Whether the oldest comes first.
    pub oldest_first: bool,
}

/// The last conversation of the page before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AfterConversation {
    /// When it started.
    pub created_at: Timestamp,
    /// Its id.
    pub id: ConversationId,
}

/// A tag to look for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagQuery {
    /// The key it stands under.
    pub key: String,
    /// Which values are meant.
    pub value: TagValueQuery,
}

/// Which values of a tag are meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TagValueQuery {
    /// Any, or none.
    Any,
    /// No value.
    Absent,
    /// Exactly this one.
    Is(String),
}

/// Conditions with the values they speak of.
#[derive(Default)]
struct Conditions {
    sql: String,
    values: Vec<Value>,
}

impl Conditions {
    fn add(&mut self, sql: &str, values: impl IntoIterator<Item = Value>) {
        self.sql.push_str(if self.values.is_empty() { " WHERE " } else { " AND " });
        self.sql.push_str(sql);
        self.values.extend(values);
    }

    /// A column is one of some words; no words, no condition.
    fn any_of<'a>(&mut self, column: &str, words: impl ExactSizeIterator<Item = &'a str>) {
        if words.len() > 0 {
            let places = vec!["?"; words.len()].join(", ");
            self.add(&format!("{column} IN ({places})"), words.map(|word| word.to_owned().into()));
        }
    }

    fn of(query: &ConversationQuery) -> Self {
        let mut conditions = Self::default();
        conditions.any_of("id", query.ids.iter().map(ConversationId::as_str));
        conditions.any_of("user", query.user_ids.iter().map(UserId::as_str));
        conditions.any_of("service", query.service_ids.iter().map(ServiceId::as_str));
        if let Some(finished) = query.is_finished {
            conditions.add("is_finished = ?", [finished.into()]);
        }
        for tag in &query.tags {
            let carried = "EXISTS (SELECT 1 FROM conversation_tags WHERE conversation = id AND key = ?";
            let key = || Value::from(tag.key.clone());
            match &tag.value {
                TagValueQuery::Any => conditions.add(&format!("{carried})"), [key()]),
                TagValueQuery::Absent => conditions.add(&format!("{carried} AND value IS NULL)"), [key()]),
                TagValueQuery::Is(value) => {
                    conditions.add(&format!("{carried} AND value = ?)"), [key(), value.clone().into()]);
                }
            }
        }
        if let Some(after) = &query.after {
            let values = [time::to_column(after.created_at).into(), after.id.as_str().to_owned().into()];
            let comes_after = if query.oldest_first { ">" } else { "<" };
            conditions.add(&format!("(created_at, id) {comes_after} (?, ?)"), values);
        }
        conditions
    }
}

fn put(transaction: &Transaction<'_>, conversation: &Conversation, read_at: Timestamp) -> Result<(), StoreError> {
    let id = conversation.id.as_str();
    transaction
        .prepare_cached(
            "INSERT INTO conversations VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (id) DO UPDATE SET
             user = excluded.user, service = excluded.service, created_at = excluded.created_at,
             is_finished = excluded.is_finished, value = excluded.value, read_at = excluded.read_at",
        )?
        .execute(params![
            id,
            conversation.user_id.as_str(),
            conversation.service_id.as_str(),
            time::to_column(conversation.created_at),
            conversation.is_finished,
            encode(conversation)?,
            time::to_column(read_at)
        ])?;
    transaction.prepare_cached("DELETE FROM conversation_tags WHERE conversation = ?1")?.execute([id])?;
    let mut tag = transaction.prepare_cached("INSERT INTO conversation_tags VALUES (?1, ?2, ?3)")?;
    for (key, value) in conversation.tags.iter() {
        tag.execute(params![id, key, value])?;
    }
    Ok(())
}

impl Store {
    /// Keeps heads of conversations in place of those kept before, all or none.
    ///
    /// # Errors
    /// That they cannot be written.
    pub fn put_conversations(&self, conversations: &[Conversation], read_at: Timestamp) -> Result<(), StoreError> {
        self.cached_at_once(|transaction| {
            conversations.iter().try_for_each(|conversation| put(transaction, conversation, read_at))
        })
    }

    /// At most `limit` conversations, newest first, ties by id with the greater first; or all the other way round.
    ///
    /// # Errors
    /// That they cannot be read.
    pub fn conversations(&self, query: &ConversationQuery, limit: u32) -> Result<Vec<Kept<Conversation>>, StoreError> {
        let conditions = Conditions::of(query);
        let way = if query.oldest_first { "ASC" } else { "DESC" };
        let sql = format!(
            "SELECT value, read_at FROM conversations{} ORDER BY created_at {way}, id {way} LIMIT {limit}",
            conditions.sql
        );
        self.cached(|file| {
            let connection = file.connection()?;
            let mut asked = connection.prepare_cached(&sql)?;
            let mut rows = asked.query(params_from_iter(&conditions.values))?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                found.extend(decode(row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?, row.get(1)?)?);
            }
            Ok(found)
        })
    }

    /// Every key of a tag with its values, as conversations kept here carry them: the most frequent first, at most `limit`.
    ///
    /// # Errors
    /// That they cannot be read.
    pub fn tags_in_use(&self, limit: u32) -> Result<Vec<(String, Option<String>)>, StoreError> {
        self.cached(|file| {
            let connection = file.connection()?;
            let mut asked = connection.prepare_cached(
                "SELECT key, value FROM conversation_tags GROUP BY key, value ORDER BY count(*) DESC, key, value LIMIT ?1",
            )?;
            Ok(asked.query_map([limit], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?)
        })
    }

    /// One conversation's head, if it is here.
    ///
    /// # Errors
    /// That it cannot be read.
    pub fn conversation(&self, id: &ConversationId) -> Result<Option<Kept<Conversation>>, StoreError> {
        self.cached(|file| {
            let found: Option<(Vec<u8>, i64)> = file
                .connection()?
                .prepare_cached("SELECT value, read_at FROM conversations WHERE id = ?1")?
                .query_row([id.as_str()], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?;
            found.map_or(Ok(None), |(value, read_at)| decode(&value, read_at))
        })
    }
}
