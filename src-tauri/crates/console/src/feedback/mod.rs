//! The comments of all conversations: read in the background, listed from the store, with the reviewer's changes over them.

mod bulk;
mod export;
mod filling;
mod listing;
mod meanwhile;
mod overlay;
mod watching;

use std::collections::{BTreeSet, HashSet};
use std::sync::{Arc, Mutex};

use earmark_review::{CommentId, ConversationId};
use tokio::sync::Notify;
use tokio::task::AbortHandle;

use crate::console::held;
use crate::view::CommentSupport;
use crate::{Problem, ProblemCode};

pub use watching::FeedbackWatch;

/// What a session knows of the reading of all comments.
pub(crate) struct Feedback {
    state: Mutex<State>,
    watch: Mutex<Option<FeedbackWatch>>,
    /// All is to be read again, or trouble may be over.
    again: Arc<Notify>,
    reader: Mutex<Option<AbortHandle>>,
}

struct State {
    support: CommentSupport,
    trouble: Option<Problem>,
    /// Whether the next reading is wanted before its time.
    is_wanted: bool,
    /// Comments the server took a change of since what is on its way was asked for: that may lack it.
    sent: HashSet<CommentId>,
    /// Whether one was deleted since this reading began, so that the pages after it moved up by one.
    has_shifted: bool,
    /// How often something new was read.
    revision: u32,
    /// Conversations of which something new was read since the window was told.
    changed: BTreeSet<ConversationId>,
}

impl Default for Feedback {
    fn default() -> Self {
        Self {
            state: Mutex::new(State {
                support: CommentSupport::Available,
                trouble: None,
                is_wanted: false,
                sent: HashSet::new(),
                has_shifted: false,
                revision: 0,
                changed: BTreeSet::new(),
            }),
            watch: Mutex::default(),
            again: Arc::default(),
            reader: Mutex::default(),
        }
    }
}

impl Feedback {
    /// The server took a change of a comment, which goes by the server's id.
    pub(crate) fn sent(&self, comment: CommentId, deleted: bool) {
        let mut state = held(&self.state);
        state.sent.insert(comment);
        state.has_shifted |= deleted;
    }

    /// Something of these conversations was read that was not known, or not so.
    pub(crate) fn read_anew<'a>(&self, conversations: impl IntoIterator<Item = &'a ConversationId>) {
        let mut conversations = conversations.into_iter().peekable();
        let mut state = held(&self.state);
        state.revision += u32::from(conversations.peek().is_some());
        state.changed.extend(conversations.cloned());
    }

    /// Ends the reading: the session is left.
    pub(crate) fn stop(&self) {
        if let Some(reader) = held(&self.reader).take() {
            reader.abort();
        }
    }

    fn failed(&self, problem: Problem) {
        let mut state = held(&self.state);
        if problem.code == ProblemCode::NotSupported {
            state.support = CommentSupport::NotOnThisServer;
            state.trouble = None;
        } else {
            state.trouble = Some(problem);
        }
    }

    fn succeeded(&self) {
        let mut state = held(&self.state);
        state.support = CommentSupport::Available;
        state.trouble = None;
    }
}

impl Drop for Feedback {
    fn drop(&mut self) {
        self.stop();
    }
}
