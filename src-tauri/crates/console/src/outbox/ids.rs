use std::collections::HashMap;

use earmark_review::CommentId;

/// The two ids of comments that were written here: the one they were given here, and the server's.
#[derive(Debug, Default)]
pub(super) struct Ids {
    server: HashMap<CommentId, CommentId>,
    here: HashMap<CommentId, CommentId>,
}

impl Ids {
    /// Notes which id the server gave a comment. Said again, the later one holds.
    pub(super) fn name(&mut self, here: CommentId, server: CommentId) {
        if let Some(earlier) = self.server.insert(here.clone(), server.clone()) {
            self.here.remove(&earlier);
        }
        self.here.insert(server, here);
    }

    /// The id the server knows a comment by.
    pub(super) fn on_server<'a>(&'a self, id: &'a CommentId) -> &'a CommentId {
        self.server.get(id).unwrap_or(id)
    }

    /// The id a comment is shown by: the one it was given here, where there is one.
    pub(super) fn shown<'a>(&'a self, id: &'a CommentId) -> &'a CommentId {
        self.here.get(id).unwrap_or(id)
    }

    /// Whether a comment of the server goes by an id it was given here.
    pub(super) fn is_named(&self, server: &CommentId) -> bool {
        self.here.contains_key(server)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn id(text: &str) -> CommentId {
        CommentId::new(text).unwrap()
    }

    #[test]
    fn a_comment_is_shown_by_the_id_it_was_given_here() {
        let mut ids = Ids::default();
        ids.name(id("here-1"), id("f1"));
        assert_eq!((ids.shown(&id("f1")), ids.on_server(&id("here-1"))), (&id("here-1"), &id("f1")));
        assert_eq!((ids.shown(&id("f2")), ids.on_server(&id("f2"))), (&id("f2"), &id("f2")));
        ids.name(id("here-1"), id("f3"));
        assert_eq!((ids.shown(&id("f3")), ids.on_server(&id("here-1"))), (&id("here-1"), &id("f3")));
        assert!(ids.is_named(&id("f3")) && !ids.is_named(&id("f1")), "written again, it has another");
    }
}
