//! What the reviewer made of comments and the server does not know yet, laid over what is known of the server.

use std::collections::HashMap;

use earmark_review::{CommentId, Image, Subject};
use earmark_store::Overlaid;

use crate::outbox::{Need, Stage};
use crate::session::Session;

impl Session {
    /// Every comment with a change that is not over, by the id the server knows it by.
    pub(crate) fn overlaid(&self) -> Vec<Overlaid> {
        let mut found: Vec<(CommentId, Image)> = Vec::new();
        let mut places: HashMap<CommentId, usize> = HashMap::new();
        self.outbox.each_open(|entry, ids| {
            let Subject::Comment(id) = entry.change.subject() else { return };
            let id = ids(&id);
            // Where somebody else changed it meanwhile, what stands there goes on standing beside what the reviewer made.
            let theirs = match &entry.stage {
                Stage::NeedsYou(Need::Clash(theirs)) => entry.change.after(theirs),
                _ => None,
            };
            let Some(after) = theirs.or_else(|| entry.change.after(&entry.before)) else { return };
            if let Some(place) = places.get(&id) {
                found[*place].1 = after;
            } else {
                places.insert(id.clone(), found.len());
                found.push((id, after));
            }
        });
        let laid = |(id, image)| match image {
            Image::Comment(mut comment) => {
                comment.id = id;
                Some(Overlaid::Reads(comment))
            }
            Image::Nothing => Some(Overlaid::Gone(id)),
            Image::Tag(_) | Image::Flag(_) => None,
        };
        found.into_iter().filter_map(laid).collect()
    }
}
