//! How far the reading of all comments has come, so that it goes on there after a restart.

use earmark_review::{Comment, ConversationId};
use jiff::Timestamp;
use rusqlite::params;

use super::comments::put;
use crate::{Store, StoreError, time};

/// The reading of all comments: it goes through those on interactions, then through those on conversations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CommentReading {
    /// Where it is.
    pub stage: ReadingStage,
    /// Where the next page of that stage begins, as the server spells it; absent at its beginning.
    pub token: Option<i64>,
    /// When the last one that came to its end began; absent until one did.
    pub complete_at: Option<Timestamp>,
    /// When anything new was last asked for.
    pub asked_at: Option<Timestamp>,
}

/// What a reading of all comments is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadingStage {
    /// Those on interactions.
    Interactions,
    /// Those on whole conversations.
    Conversations,
    /// It is over.
    Over,
}

impl ReadingStage {
    fn column(self) -> i64 {
        match self {
            Self::Interactions => 0,
            Self::Conversations => 1,
            Self::Over => 2,
        }
    }

    fn from_column(column: i64) -> Self {
        match column {
            0 => Self::Interactions,
            1 => Self::Conversations,
            _ => Self::Over,
        }
    }
}

impl Store {
    /// How far the reading of all comments is.
    ///
    /// # Errors
    /// That it cannot be read.
    pub fn comment_reading(&self) -> Result<CommentReading, StoreError> {
        self.cached_at_once(|transaction| {
            let (stage, token, complete_at, asked_at): (i64, Option<i64>, Option<i64>, Option<i64>) = transaction
                .prepare_cached("SELECT stage, token, complete_at, asked_at FROM comment_reading")?
                .query_one([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?;
            Ok(CommentReading {
                stage: ReadingStage::from_column(stage),
                token,
                complete_at: complete_at.map(time::from_column).transpose()?,
                asked_at: asked_at.map(time::from_column).transpose()?,
            })
        })
    }

    /// Keeps a page of it and where the next one begins, both or neither.
    ///
    /// # Errors
    /// That they cannot be written.
    pub fn put_comment_page(
        &self,
        comments: &[Comment],
        stage: ReadingStage,
        token: Option<i64>,
        read_at: Timestamp,
    ) -> Result<(), StoreError> {
        self.cached_at_once(|transaction| {
            comments.iter().try_for_each(|comment| put(transaction, comment))?;
            transaction
                .prepare_cached("UPDATE comment_reading SET stage = ?1, token = ?2, began_at = coalesce(began_at, ?3)")?
                .execute(params![stage.column(), token, time::to_column(read_at)])?;
            Ok(())
        })
    }

    /// Keeps comments that are newer than the last reading.
    ///
    /// # Errors
    /// That they cannot be written.
    pub fn put_new_comments(&self, comments: &[Comment], asked_at: Timestamp) -> Result<(), StoreError> {
        self.cached_at_once(|transaction| {
            comments.iter().try_for_each(|comment| put(transaction, comment))?;
            transaction
                .prepare_cached("UPDATE comment_reading SET asked_at = ?1")?
                .execute([time::to_column(asked_at)])?;
            Ok(())
        })
    }

    /// Conversations with comments that no page of this reading brought: they were deleted, or slipped through between two
    /// pages.
    ///
    /// # Errors
    /// That they cannot be read.
    pub fn unmet_comments(&self) -> Result<Vec<ConversationId>, StoreError> {
        self.cached_at_once(|transaction| {
            transaction
                .prepare_cached(
                    "SELECT DISTINCT conversation FROM comments WHERE met < (SELECT number FROM comment_reading)",
                )?
                .query_and_then([], |row| {
                    ConversationId::new(row.get::<_, String>(0)?).map_err(StoreError::unreadable)
                })?
                .collect()
        })
    }

    /// Ends a reading: everything that is kept is at least as fresh as its beginning.
    ///
    /// # Errors
    /// That it cannot be written.
    pub fn end_comment_reading(&self) -> Result<(), StoreError> {
        self.cached_at_once(|transaction| {
            transaction.execute(
                "UPDATE comment_reading SET stage = 2, token = NULL, complete_at = began_at, asked_at = began_at",
                [],
            )?;
            Ok(())
        })
    }

    /// Begins another reading.
    ///
    /// # Errors
    /// That it cannot be written.
    pub fn begin_comment_reading(&self) -> Result<(), StoreError> {
        self.cached_at_once(|transaction| {
            transaction.execute(
                "UPDATE comment_reading SET number = number + 1, stage = 0, token = NULL, began_at = NULL",
                [],
            )?;
            Ok(())
        })
    }
}
