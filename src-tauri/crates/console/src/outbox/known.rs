//! What the outbox knows of comments, for whoever lists them.

use std::collections::HashSet;

use earmark_review::{Comment, CommentId, MessageId, Subject, UserId};
use jiff::Timestamp;

use super::deeds::Dealt;
use super::entry::Entry;
use super::{Outbox, asks};
use crate::console::held;

impl Outbox {
    /// Goes through the changes that are not over, in the order they were made, with what tells a comment's id on the server.
    pub(crate) fn each_open(&self, mut each: impl FnMut(&Entry, &dyn Fn(&CommentId) -> CommentId)) {
        let desk = held(&self.desk);
        let on_server = |id: &CommentId| desk.ids.on_server(id).clone();
        desk.open.iter().for_each(|entry| each(entry, &on_server));
    }

    /// The message a comment is about, and who brought it into the state it is in, as far as this computer knows.
    pub(crate) fn known_of(&self, comment: &Comment) -> (Option<MessageId>, Option<Dealt>) {
        let desk = held(&self.desk);
        let message = comment.message.as_ref().or_else(|| desk.deeds.turn(&comment.id));
        (message.cloned(), desk.deeds.dealt(&comment.id, comment.resolved).cloned())
    }

    /// How many comments somebody resolved here at that time or later, and that still are as far as this computer knows.
    pub(crate) fn resolved_since(&self, since: Timestamp, by: &UserId) -> usize {
        held(&self.desk).deeds.resolved_since(since, by)
    }

    /// The ids the server knows these comments by.
    pub(crate) fn on_server(&self, comments: &[CommentId]) -> Vec<CommentId> {
        let desk = held(&self.desk);
        comments.iter().map(|id| desk.ids.on_server(id).clone()).collect()
    }

    /// The ids these comments of the server are shown by, and what the reviewer is asked about.
    pub(crate) fn shown_and_asked(&self) -> (impl Fn(&CommentId) -> CommentId + '_, HashSet<Subject>) {
        let asked =
            held(&self.desk).open.iter().filter(|entry| asks(entry)).map(|entry| entry.change.subject()).collect();
        (|id: &CommentId| held(&self.desk).ids.shown(id).clone(), asked)
    }
}
