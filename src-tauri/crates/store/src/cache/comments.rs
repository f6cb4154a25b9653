//! Every comment of the organization, kept one by one: those of a conversation and those of all come from the same rows.

use std::collections::HashSet;

use earmark_review::{Comment, CommentId, CommentPlace, ConversationId, InteractionId, UserId};
use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, Transaction, params};

use super::Kept;
use crate::{Store, StoreError, time};

/// The columns [`comment`] reads, in its order.
pub(super) const COLUMNS: &str = "id, conversation, interaction, author, created_at, resolved, text";

pub(super) fn comment(row: &Row<'_>) -> Result<Comment, StoreError> {
    let conversation = ConversationId::new(row.get::<_, String>(1)?).map_err(StoreError::unreadable)?;
    let interaction = row.get::<_, Option<String>>(2)?.map(InteractionId::new).transpose();
    Ok(Comment {
        id: CommentId::new(row.get::<_, String>(0)?).map_err(StoreError::unreadable)?,
        author: UserId::new(row.get::<_, String>(3)?).map_err(StoreError::unreadable)?,
        created_at: time::from_column(row.get(4)?)?,
        text: row.get(6)?,
        place: match interaction.map_err(StoreError::unreadable)? {
            Some(interaction) => CommentPlace::Interaction(conversation, interaction),
            None => CommentPlace::Conversation(conversation),
        },
        resolved: row.get(5)?,
        message: None,
    })
}

/// Writes a comment in place of the one before, as met by the reading that goes on.
pub(super) fn put(transaction: &Transaction<'_>, comment: &Comment) -> Result<(), StoreError> {
    transaction
        .prepare_cached(
            "INSERT INTO comments VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, (SELECT number FROM comment_reading))
             ON CONFLICT (id) DO UPDATE SET conversation = excluded.conversation, interaction = excluded.interaction,
             author = excluded.author, created_at = excluded.created_at, resolved = excluded.resolved,
             text = excluded.text, met = excluded.met",
        )?
        .execute(params![
            comment.id.as_str(),
            comment.place.conversation().as_str(),
            comment.place.interaction().map(InteractionId::as_str),
            comment.author.as_str(),
            time::to_column(comment.created_at),
            comment.resolved,
            comment.text,
        ])?;
    Ok(())
}

fn of(transaction: &Transaction<'_>, conversation: &ConversationId) -> Result<Vec<Comment>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM comments WHERE conversation = ?1 ORDER BY created_at, id");
    transaction.prepare_cached(&sql)?.query_and_then([conversation.as_str()], comment)?.collect()
}

/// Puts these in place of all others of a conversation.
fn replace(
    transaction: &Transaction<'_>,
    conversation: &ConversationId,
    comments: &[Comment],
) -> Result<(), StoreError> {
    let there: HashSet<&str> = comments.iter().map(|comment| comment.id.as_str()).collect();
    for gone in of(transaction, conversation)?.iter().filter(|known| !there.contains(known.id.as_str())) {
        transaction.prepare_cached("DELETE FROM comments WHERE id = ?1")?.execute([gone.id.as_str()])?;
    }
    comments.iter().try_for_each(|comment| put(transaction, comment))
}

impl Store {
    /// Keeps all comments of a conversation in place of those kept before.
    ///
    /// # Errors
    /// That they cannot be written.
    pub fn put_comments(
        &self,
        conversation: &ConversationId,
        comments: &[Comment],
        read_at: Timestamp,
    ) -> Result<(), StoreError> {
        self.cached_at_once(|transaction| {
            replace(transaction, conversation, comments)?;
            transaction
                .prepare_cached(
                    "INSERT INTO comment_lists VALUES (?1, ?2)
                     ON CONFLICT (conversation) DO UPDATE SET read_at = excluded.read_at",
                )?
                .execute(params![conversation.as_str(), time::to_column(read_at)])?;
            Ok(())
        })
    }

    /// Changes what is kept of a conversation's comments: the server has taken something.
    ///
    /// # Errors
    /// That they cannot be written.
    pub fn change_comments(
        &self,
        conversation: &ConversationId,
        change: impl Fn(&mut Vec<Comment>),
    ) -> Result<(), StoreError> {
        self.cached_at_once(|transaction| {
            let mut comments = of(transaction, conversation)?;
            change(&mut comments);
            replace(transaction, conversation, &comments)
        })
    }

    /// A conversation's comments, oldest first, if they are here: they were read by themselves, or all of the organization
    /// were.
    ///
    /// # Errors
    /// That they cannot be read.
    pub fn comments(&self, conversation: &ConversationId) -> Result<Option<Kept<Vec<Comment>>>, StoreError> {
        self.cached_at_once(|transaction| {
            let read_at: Option<i64> = transaction
                .prepare_cached(
                    "SELECT max(at) FROM (SELECT read_at AS at FROM comment_lists WHERE conversation = ?1
                     UNION ALL SELECT complete_at FROM comment_reading)",
                )?
                .query_row([conversation.as_str()], |row| row.get(0))?;
            let Some(read_at) = read_at else { return Ok(None) };
            Ok(Some(Kept { value: of(transaction, conversation)?, read_at: time::from_column(read_at)? }))
        })
    }

    /// What is known of a conversation's comments, though it may not be all of them.
    ///
    /// # Errors
    /// That they cannot be read.
    pub fn known_comments(&self, conversation: &ConversationId) -> Result<Vec<Comment>, StoreError> {
        self.cached_at_once(|transaction| of(transaction, conversation))
    }

    /// One comment, if it is here.
    ///
    /// # Errors
    /// That it cannot be read.
    pub fn known_comment(&self, id: &CommentId) -> Result<Option<Comment>, StoreError> {
        self.cached_at_once(|transaction| {
            let sql = format!("SELECT {COLUMNS} FROM comments WHERE id = ?1");
            let mut asked = transaction.prepare_cached(&sql)?;
            asked.query_row([id.as_str()], |row| Ok(comment(row))).optional()?.transpose()
        })
    }
}
