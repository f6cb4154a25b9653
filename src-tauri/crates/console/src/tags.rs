//! Tagging a conversation.

use earmark_review::{Change, ConversationId, TagEdit, TagRefused, TagState};

use crate::view::{KnownTag, TagView, WorkView};
use crate::{Console, Problem, ProblemCode};

/// Keys and values together that are offered to whoever types a tag.
const KNOWN: u32 = 2_000;

impl Console {
    /// Sets and removes tags.
    ///
    /// # Errors
    /// [`ProblemCode::TagRefused`] when a rule forbids it; [`ProblemCode::Storage`] when it cannot be kept.
    pub async fn edit_tags(
        &self,
        conversation: ConversationId,
        set: Vec<TagView>,
        remove: Vec<String>,
    ) -> Result<WorkView, Problem> {
        let session = self.signed_in()?;
        let edit = checked(set, remove)?;
        let plan = || {
            session.tags(&conversation).apply(&edit)?;
            let removed = edit.remove.iter().map(|key| Change::Tag { key: key.clone(), to: TagState::Absent });
            let set = edit.set.iter().map(|(key, value)| Change::Tag {
                key: key.clone(),
                to: value.clone().map_or(TagState::Bare, TagState::Value),
            });
            // Removed first: a conversation that holds all it can takes another only then.
            Ok(removed.chain(set).collect())
        };
        self.make(&session, &conversation, plan).await
    }

    /// Tags that conversations carry which were read before, the most frequent first.
    ///
    /// # Errors
    /// A [`Problem`] when nobody is signed in. A cache that cannot be read knows none.
    pub async fn known_tags(&self) -> Result<Vec<KnownTag>, Problem> {
        let session = self.signed_in()?;
        let used = session.recall(|store| store.tags_in_use(KNOWN).map(Some)).await.unwrap_or_default();
        let mut known: Vec<KnownTag> = Vec::new();
        for (key, value) in used {
            match known.iter_mut().find(|tag| tag.key == key) {
                Some(tag) => tag.values.extend(value),
                None => known.push(KnownTag { key, values: value.into_iter().collect() }),
            }
        }
        Ok(known)
    }
}

/// An edit as the window asks for it, if no rule forbids it.
pub(crate) fn checked(set: Vec<TagView>, remove: Vec<String>) -> Result<TagEdit, Problem> {
    Ok(TagEdit { set: set.into_iter().map(|tag| (tag.key, tag.value)).collect(), remove }.check()?)
}

impl From<TagRefused> for Problem {
    fn from(refused: TagRefused) -> Self {
        Self::new(ProblemCode::TagRefused, refused.to_string())
    }
}
