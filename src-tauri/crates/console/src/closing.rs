//! What goes out when the program closes, because the reviewer could still take it back until then.

use std::time::Duration;

use earmark_review::{CommentId, ConversationId};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::comments::{delete, known};
use crate::console::held;
use crate::{Console, Problem};

/// Longest that closing is held up.
const PATIENCE: Duration = Duration::from_secs(1);

impl Console {
    /// Has [`Console::close`] delete a comment, unless it is deleted or kept before.
    ///
    /// # Errors
    /// A [`Problem`] when nobody is signed in or the comment was not listed.
    pub fn delete_when_closing(&self, conversation: &ConversationId, comment: CommentId) -> Result<(), Problem> {
        let session = self.signed_in()?;
        // Taken as it is known now: by the time of closing its conversation may not be.
        let known = known(&session, conversation, &comment)?;
        held(&session.leaving).insert(comment, known);
        Ok(())
    }

    /// Takes [`Console::delete_when_closing`] back.
    ///
    /// # Errors
    /// A [`Problem`] when nobody is signed in.
    pub fn keep_when_closing(&self, comment: &CommentId) -> Result<(), Problem> {
        held(&self.signed_in()?.leaving).remove(comment);
        Ok(())
    }

    /// Sends what has been put off until now. Takes a second at most; what the server did not take by then is lost.
    pub async fn close(&self) {
        let Ok(session) = self.signed_in() else { return };
        let leaving = std::mem::take(&mut *held(&session.leaving));
        let mut deletions = JoinSet::new();
        for comment in leaving.into_values() {
            let session = session.clone();
            deletions.spawn(async move { delete(&session, &comment).await });
        }
        let asked = deletions.len();
        let done = async {
            let mut deleted = 0;
            while let Some(answer) = deletions.join_next().await {
                deleted += usize::from(matches!(answer, Ok(Ok(()))));
            }
            deleted
        };
        match timeout(PATIENCE, done).await {
            Ok(deleted) if deleted == asked => {}
            Ok(deleted) => tracing::warn!(asked, deleted, "comments were not deleted at closing"),
            Err(_) => tracing::warn!(asked, "closed before the server had answered"),
        }
    }
}
