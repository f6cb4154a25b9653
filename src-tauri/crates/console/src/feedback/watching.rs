//! Telling how far the reading of all comments is, and how many there are.

use std::sync::Arc;

use earmark_store::{CommentQuery, NameKind, Store};
use jiff::Timestamp;

use super::filling;
use crate::console::held;
use crate::opening::count;
use crate::session::Session;
use crate::view::FeedbackView;
use crate::{Console, Problem, ProblemCode};

/// Who is told how far the reading of all comments is.
pub type FeedbackWatch = Box<dyn Fn(FeedbackView) + Send>;

impl Console {
    /// Reads all comments of the organization in the background, from where an earlier run stopped, and tells how far that is
    /// whenever something came, no longer to whom it was told before.
    ///
    /// # Errors
    /// A [`Problem`] when nobody is signed in, or nothing can be kept at all.
    pub async fn watch_feedback(&self, watch: FeedbackWatch) -> Result<(), Problem> {
        let session = self.signed_in()?;
        self.open_outbox(&session).await?;
        let names = |store: &Store| Ok((store.names(NameKind::Person)?, store.names(NameKind::Service)?));
        let (people, services) = self.with_store(&session, names).await?;
        session.names.recall(people, services);
        let view = session.feedback_view().await?;
        watch(view);
        *held(&session.feedback.watch) = Some(watch);
        let mut reader = held(&session.feedback.reader);
        if reader.as_ref().is_none_or(tokio::task::AbortHandle::is_finished) {
            *reader = Some(filling::start(&session, self.0.minute));
        }
        Ok(())
    }

    /// How many comments there are, with the reviewer's changes, and how far the reading is.
    ///
    /// # Errors
    /// A [`Problem`] when nobody is signed in or they cannot be read.
    pub async fn read_feedback(&self) -> Result<FeedbackView, Problem> {
        let session = self.signed_in()?;
        self.open_outbox(&session).await?;
        session.feedback_view().await
    }

    /// How many comments the reviewer resolved here since a time (RFC 3339), such as the midnight before, and that nobody opened
    /// again here.
    ///
    /// # Errors
    /// A [`Problem`] when nobody is signed in, what was done cannot be read, or the time is none.
    pub async fn count_resolved(&self, since: String) -> Result<u32, Problem> {
        let since: Timestamp = since
            .parse()
            .map_err(|_| Problem::new(ProblemCode::BadInput, "This time cannot be read. Choose another one."))?;
        let session = self.signed_in()?;
        self.open_outbox(&session).await?;
        Ok(count(session.outbox.resolved_since(since, &session.me)))
    }

    /// Reads all comments again from the beginning.
    ///
    /// # Errors
    /// A [`Problem`] when nobody is signed in.
    pub fn read_feedback_again(&self) -> Result<(), Problem> {
        let session = self.signed_in()?;
        held(&session.feedback.state).is_wanted = true;
        session.feedback.again.notify_one();
        Ok(())
    }
}

impl Session {
    pub(super) async fn feedback_view(&self) -> Result<FeedbackView, Problem> {
        let overlaid = self.overlaid();
        let read = move |store: &Store| {
            let counted = |is_resolved| {
                let query = CommentQuery { is_resolved, ..CommentQuery::default() };
                store.count_comments(&query, &overlaid)
            };
            Ok((counted(None)?, counted(Some(false))?, counted(Some(true))?, store.comment_reading()?))
        };
        let (known, open, resolved, reading) =
            self.in_store(read).await.map_err(|sentence| Problem::storage(&sentence))?;
        let state = held(&self.feedback.state);
        Ok(FeedbackView {
            support: state.support,
            known,
            open,
            resolved,
            read_since: reading.complete_at.map(|at| at.to_string()),
            asked_at: reading.asked_at.map(|at| at.to_string()),
            trouble: state.trouble.clone(),
            revision: state.revision,
            changed: Vec::new(),
        })
    }

    /// Tells the window how far the reading is.
    pub(crate) async fn tell_feedback(self: &Arc<Self>) {
        let Ok(view) = self.feedback_view().await else { return };
        let watch = held(&self.feedback.watch);
        let Some(watch) = &*watch else { return };
        let changed = std::mem::take(&mut held(&self.feedback.state).changed);
        watch(FeedbackView { changed: changed.into_iter().collect(), ..view });
    }
}
