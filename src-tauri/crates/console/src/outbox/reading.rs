//! What the server has now of everything that is about to be changed, in as few calls as it takes.

use std::collections::{BTreeSet, HashMap};

use earmark_amigo::{ConversationFilter, Error as AmigoError, FeedbackKind, PageRequest};
use earmark_review::{Change, Comment, CommentPlace, ConversationId, Image, Tags};

use crate::comments::{of_kind, read_all};
use crate::session::Session;

/// Conversations in one call: their ids must fit into an address.
const AT_ONCE: usize = 40;

/// What has to be read.
#[derive(Default)]
pub(super) struct Wanted {
    tags: BTreeSet<ConversationId>,
    on_interactions: BTreeSet<ConversationId>,
    on_conversations: BTreeSet<ConversationId>,
}

/// What the server has.
#[derive(Default)]
pub(super) struct Read {
    tags: HashMap<ConversationId, Tags>,
    comments: HashMap<ConversationId, Vec<Comment>>,
    /// Conversations of which something could not be read: nothing is known of them.
    unknown: BTreeSet<ConversationId>,
}

impl Wanted {
    /// What a change has to be compared with.
    pub(super) fn add(&mut self, conversation: &ConversationId, change: &Change, before: &Image) {
        let place = match (change, before) {
            (Change::Tag { .. }, _) => {
                self.tags.insert(conversation.clone());
                return;
            }
            (Change::Write(comment), _) | (_, Image::Comment(comment)) => &comment.place,
            _ => return,
        };
        match place {
            CommentPlace::Interaction(..) => self.on_interactions.insert(conversation.clone()),
            CommentPlace::Conversation(_) => self.on_conversations.insert(conversation.clone()),
        };
    }

    pub(super) async fn read_tags(&self, session: &Session, read: &mut Read) -> Result<(), AmigoError> {
        let client = session.client_for_work();
        let ids: Vec<_> = self.tags.iter().cloned().collect();
        for ids in ids.chunks(AT_ONCE) {
            let filter = ConversationFilter { ids: ids.to_vec(), ..ConversationFilter::default() };
            let ask = PageRequest { limit: AT_ONCE as u32, continuation: None };
            let page = client.list_conversations(&filter, ask).await?;
            if page.unreadable > 0 {
                read.unknown.extend(ids.iter().cloned());
            }
            for conversation in page.items {
                read.unknown.remove(&conversation.id);
                read.tags.insert(conversation.id, conversation.tags);
            }
        }
        Ok(())
    }

    pub(super) async fn read_comments(&self, session: &Session, read: &mut Read) -> Result<(), AmigoError> {
        let client = session.client_for_work();
        for (kind, wanted) in
            [(FeedbackKind::Interaction, &self.on_interactions), (FeedbackKind::Conversation, &self.on_conversations)]
        {
            let ids: Vec<_> = wanted.iter().cloned().collect();
            for ids in ids.chunks(AT_ONCE) {
                let (comments, _) = read_all(&client, of_kind(kind, ids)).await?;
                for comment in comments {
                    read.comments.entry(comment.place.conversation().clone()).or_default().push(comment);
                }
            }
        }
        Ok(())
    }
}

impl Read {
    /// A conversation's tags; `Ok(None)` where the server does not have it any more, an error where it could not be read.
    pub(super) fn tags(&self, conversation: &ConversationId) -> Result<Option<&Tags>, Unread> {
        if self.unknown.contains(conversation) { Err(Unread) } else { Ok(self.tags.get(conversation)) }
    }

    pub(super) fn tags_mut(&mut self, conversation: &ConversationId) -> Option<&mut Tags> {
        self.tags.get_mut(conversation)
    }

    pub(super) fn comments(&mut self, conversation: &ConversationId) -> &mut Vec<Comment> {
        self.comments.entry(conversation.clone()).or_default()
    }

    /// Everything that was read, by conversation.
    pub(super) fn all_tags(&self) -> impl Iterator<Item = (&ConversationId, &Tags)> {
        self.tags.iter()
    }
}

/// A conversation the server has, in a form that cannot be read.
#[derive(Debug)]
pub(super) struct Unread;
