//! Tagging a conversation.

use earmark_review::{ConversationId, TagEdit, TagRefused};

use crate::browse::tags_view;
use crate::console::held;
use crate::view::TagView;
use crate::{Console, Problem, ProblemCode};

impl Console {
    /// Sets and removes tags, and answers all tags the conversation has then.
    ///
    /// # Errors
    /// [`ProblemCode::TagRefused`] before any call when a rule forbids it; another [`Problem`] when the server did
    /// not take it.
    pub async fn edit_tags(
        &self,
        conversation: ConversationId,
        set: Vec<TagView>,
        remove: Vec<String>,
    ) -> Result<Vec<TagView>, Problem> {
        let session = self.signed_in()?;
        let edit = TagEdit { set: set.into_iter().map(|tag| (tag.key, tag.value)).collect(), remove }.check()?;
        let known = held(&session.library).head(&conversation).map(|head| head.tags.clone()).unwrap_or_default();
        let after = known.apply(&edit)?;
        session.client.modify_tags(&conversation, &edit).await?;
        // Another edit may have been answered meanwhile: apply this one to what is known now.
        let mut library = held(&session.library);
        let now = library.head(&conversation).map(|head| head.tags.apply(&edit));
        let tags = match now {
            Some(Ok(tags)) => tags,
            _ => after,
        };
        library.set_tags(&conversation, tags.clone());
        Ok(tags_view(&tags))
    }
}

impl From<TagRefused> for Problem {
    fn from(refused: TagRefused) -> Self {
        Self::new(ProblemCode::TagRefused, refused.to_string())
    }
}
