//! What the reviewer made of comments and the server does not know yet, laid over what is known of the server.

use std::collections::HashMap;

use earmark_review::{CommentId, Image, Subject};
use earmark_store::Overlaid;

use crate::session::Session;

impl Session {
    /// Every comment with a change that is not over, by the id the server knows it by.
    pub(crate) fn overlaid(&self) -> Vec<Overlaid> {
        let mut found: Vec<(CommentId, Image)> = Vec::new();
        let mut places: HashMap<CommentId, usize> = HashMap::new();
        self.outbox.each_open(|entry, ids| {
            let Subject::Comment(id) = entry.change.subject() else { return };
            let id = ids(&id);
            let Some(after) = entry.change.after(&entry.before) else { return };
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
