//! What the window is shown of the changes.

use earmark_review::{ConversationId, Subject};

use super::cards::{card, wanted};
use super::entry::Stage;
use crate::browse::tags_view;
use crate::comments::view;
use crate::console::held;
use crate::session::Session;
use crate::view::{ChangeView, OutboxView, WorkView};
use crate::{Console, Problem};

/// Who is told where the reviewer's changes are.
pub type OutboxWatch = Box<dyn Fn(OutboxView) + Send>;

impl Console {
    /// Tells where the reviewer's changes are, now and whenever that changes, and no longer to whom it was told before.
    /// Whoever watches does so anew with the next session.
    ///
    /// # Errors
    /// A [`Problem`] when nobody is signed in, or nothing can be kept at all.
    pub async fn watch_outbox(&self, watch: OutboxWatch) -> Result<(), Problem> {
        let session = self.signed_in()?;
        *held(&session.outbox.watch) = Some(watch);
        self.open_outbox(&session).await?;
        session.outbox.tell();
        Ok(())
    }

    /// A conversation's tags and comments as they are known here, and the changes the server has not taken.
    ///
    /// # Errors
    /// A [`Problem`] when nobody is signed in.
    pub async fn read_work(&self, conversation: ConversationId) -> Result<WorkView, Problem> {
        let session = self.signed_in()?;
        session.know_comments(&conversation).await;
        Ok(session.work_view(&conversation))
    }
}

impl Session {
    pub(crate) fn work_view(&self, conversation: &ConversationId) -> WorkView {
        let mut comments = self.comments(conversation);
        comments.sort_by(|a, b| (a.created_at, &a.id).cmp(&(b.created_at, &b.id)));
        let tags = self.tags(conversation);
        let flags = held(&self.outbox.desk).flags.get(conversation).into_iter().flatten().cloned().collect();
        WorkView {
            review: self.review(conversation, &tags),
            tags: tags_view(&tags),
            comments: comments.iter().map(|comment| view(self, comment)).collect(),
            flags,
            changes: self.change_views(conversation),
        }
    }

    fn change_views(&self, conversation: &ConversationId) -> Vec<ChangeView> {
        let desk = held(&self.outbox.desk);
        let here = desk.only_here();
        let changes = desk.of(conversation).map(|entry| {
            let (tag, comment) = match entry.change.subject() {
                Subject::Tag(key) => (Some(key), None),
                Subject::Comment(id) => (None, Some(id)),
                Subject::Flag(_) => (None, None),
            };
            let card = match &entry.stage {
                Stage::NeedsYou(need) => card(&wanted(&desk.open, entry), &entry.before, need),
                Stage::Waiting | Stage::Sending(_) => None,
            };
            let only_here = here.contains(&(entry.conversation.clone(), entry.change.subject()));
            ChangeView { id: desk.name(entry.id), tag, comment, card, only_here }
        });
        changes.collect()
    }
}
