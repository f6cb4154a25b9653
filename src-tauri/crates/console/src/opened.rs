//! What was read of conversations in this run, so that it is not asked for twice.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use earmark_review::{Comment, Conversation, ConversationId, Insight, InteractionId, Tags, Transcript, Version};
use earmark_store::ReadInvocations;
use jiff::Timestamp;

use crate::Problem;
use crate::ahead::MOST as READ_AHEAD;

/// Opened conversations kept in memory; beyond it the one opened longest ago goes, and the store answers for it.
const KEPT: usize = 200;
// What is read ahead would otherwise push itself out, and be read again without end.
const _: () = assert!(KEPT >= 2 * READ_AHEAD);
/// Values looked through for one that is known already: an organization has few versions in use.
const COMMON: usize = 32;

/// One conversation's transcript as it was read.
pub(crate) struct Read {
    pub(crate) transcript: Transcript,
    pub(crate) unreadable: u32,
    /// Why the rest is missing, when reading stopped in the middle.
    pub(crate) partial: Option<Problem>,
    pub(crate) at: Timestamp,
}

/// What is kept of one opened conversation.
#[derive(Default)]
pub(crate) struct Opened {
    pub(crate) read: Option<Arc<Read>>,
    pub(crate) insights: HashMap<InteractionId, Insight>,
    pub(crate) invocations: Option<Arc<ReadInvocations>>,
    /// Why the server does not give them.
    pub(crate) no_invocations: Option<earmark_amigo::Error>,
    pub(crate) comments: Vec<Comment>,
    /// Whether those are the server's, or what is kept of them.
    pub(crate) knows_comments: bool,
}

/// What is remembered of every conversation that was listed: little, as there may be a hundred thousand.
pub(crate) struct Head {
    pub(crate) is_finished: bool,
    pub(crate) is_analyzed: bool,
    pub(crate) completed_post_processings: Arc<Vec<String>>,
    pub(crate) tags: Arc<Tags>,
    pub(crate) version: Option<Arc<Version>>,
}

/// What many conversations have in common, each value once.
struct Common<T>(VecDeque<Arc<T>>);

impl<T> Default for Common<T> {
    fn default() -> Self {
        Self(VecDeque::new())
    }
}

impl<T: PartialEq> Common<T> {
    fn share(&mut self, value: T) -> Arc<T> {
        if let Some(known) = self.0.iter().find(|known| ***known == value) {
            return known.clone();
        }
        let new = Arc::new(value);
        self.0.push_back(new.clone());
        if self.0.len() > COMMON {
            self.0.pop_front();
        }
        new
    }
}

/// Conversations by id: heads of all that were listed, the rest of those that were opened.
#[derive(Default)]
pub(crate) struct Library {
    heads: HashMap<ConversationId, Head>,
    versions: Common<Version>,
    post_processings: Common<Vec<String>>,
    tags: Common<Tags>,
    opened: HashMap<ConversationId, Opened>,
    order: VecDeque<ConversationId>,
    /// Stays however long ago it was opened.
    held: Option<ConversationId>,
}

impl Library {
    /// Takes heads that were just listed.
    pub(crate) fn know(&mut self, conversations: Vec<Conversation>) {
        for conversation in conversations {
            let head = Head {
                is_finished: conversation.is_finished,
                is_analyzed: conversation.is_analyzed,
                completed_post_processings: self.post_processings.share(conversation.completed_post_processings),
                tags: self.tags.share(conversation.tags),
                version: conversation.version.map(|version| self.versions.share(version)),
            };
            self.heads.insert(conversation.id, head);
        }
    }

    /// Takes heads an earlier run listed, where this one knows none.
    pub(crate) fn recall(&mut self, conversations: Vec<Conversation>) {
        let unknown = conversations.into_iter().filter(|known| !self.heads.contains_key(&known.id)).collect();
        self.know(unknown);
    }

    pub(crate) fn head(&self, id: &ConversationId) -> Option<&Head> {
        self.heads.get(id)
    }

    pub(crate) fn set_tags(&mut self, id: &ConversationId, tags: Tags) {
        if let Some(head) = self.heads.get_mut(id) {
            head.tags = Arc::new(tags);
        }
    }

    /// Lets this one not go until another is held.
    pub(crate) fn hold(&mut self, id: &ConversationId) {
        self.held = Some(id.clone());
    }

    /// What is kept of a conversation, which becomes the latest opened.
    pub(crate) fn opened(&mut self, id: &ConversationId) -> &mut Opened {
        self.order.retain(|known| known != id);
        self.order.push_back(id.clone());
        while self.order.len() > KEPT {
            match self.order.pop_front() {
                Some(oldest) if self.held.as_ref() == Some(&oldest) => self.order.push_back(oldest),
                oldest => drop(oldest.and_then(|oldest| self.opened.remove(&oldest))),
            }
        }
        self.opened.entry(id.clone()).or_default()
    }

    /// What is kept of a conversation, without using it.
    pub(crate) fn peek(&self, id: &ConversationId) -> Option<&Opened> {
        self.opened.get(id)
    }

    /// The transcripts that are kept of opened conversations.
    pub(crate) fn read(&self) -> impl Iterator<Item = (&ConversationId, &Arc<Read>)> {
        self.opened.iter().filter_map(|(id, opened)| Some((id, opened.read.as_ref()?)))
    }

    /// Whether a conversation cannot change any more but for tags and comments.
    pub(crate) fn is_finished(&self, id: &ConversationId) -> bool {
        self.heads.get(id).is_some_and(|head| head.is_finished)
    }

    /// Whether an interaction is over: its conversation is, or another interaction followed it.
    pub(crate) fn is_settled(&self, id: &ConversationId, interaction: &InteractionId) -> bool {
        let read = self.opened.get(id).and_then(|opened| opened.read.as_ref());
        let last = read.and_then(|read| read.transcript.interactions.last());
        self.is_finished(id) || last.is_some_and(|last| &last.id != interaction)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_conversations_have_in_common_is_there_once() {
        let mut common = Common::default();
        let known = common.share("release".to_owned());
        assert!(Arc::ptr_eq(&common.share("release".to_owned()), &known));
        assert_eq!(*common.share("edge".to_owned()), "edge");
        for n in 0..COMMON * 2 {
            common.share(n.to_string());
        }
        assert_eq!(common.0.len(), COMMON, "what is no two alike is not kept for all");
    }

    #[test]
    fn keeps_the_latest_opened() {
        let mut library = Library::default();
        let id = |n: usize| ConversationId::new(format!("{n}")).unwrap();
        library.opened(&id(0)).comments.clear();
        for n in 1..=KEPT {
            library.opened(&id(n));
            library.opened(&id(0)).insights.insert(InteractionId::new("i").unwrap(), Insight::default());
        }
        assert_eq!(library.opened.len(), KEPT);
        assert_eq!(library.opened(&id(0)).insights.len(), 1, "what is used stays");
        assert!(!library.opened.contains_key(&id(1)), "what was opened longest ago goes");
        library.hold(&id(0));
        for n in 1..=KEPT * 2 {
            library.opened(&id(n));
        }
        assert_eq!(library.opened.len(), KEPT);
        assert_eq!(library.opened(&id(0)).insights.len(), 1, "what is held stays");
    }
}
