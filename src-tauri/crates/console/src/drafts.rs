//! What a reviewer has typed and not sent: kept as it is typed, so that neither a crash nor a closed window loses it.

use earmark_review::{ConversationId, InteractionId};
use earmark_store::{Draft, Store, StoreError};
use serde::{Deserialize, Serialize};

use crate::view::DraftView;
use crate::{Console, Problem};

/// The longest text that is kept, in bytes: a comment of a megabyte is a mistake, or an attack.
const LONGEST: usize = 1 << 20;

/// A draft as the store holds it.
#[derive(Serialize, Deserialize)]
struct Stored {
    text: String,
    #[serde(default)]
    interaction: Option<InteractionId>,
}

impl Console {
    /// Keeps what is typed in a field of a conversation; a blank text forgets it.
    ///
    /// # Errors
    /// [`ProblemCode::Storage`](crate::ProblemCode::Storage) when it cannot be written; what was kept before stands.
    pub async fn save_draft(&self, draft: DraftView) -> Result<(), Problem> {
        let session = self.signed_in()?;
        let at = (self.0.now)();
        let place = place(&draft.conversation_id, &draft.field);
        if draft.text.trim().is_empty() {
            return self.with_store(&session, move |store| store.drop_draft(&place)).await;
        }
        if draft.text.len() > LONGEST {
            return Err(Problem::new(crate::ProblemCode::BadInput, "This text is too long to be kept."));
        }
        let stored = Stored { text: draft.text, interaction: draft.interaction_id };
        let text = serde_json::to_string(&stored).map_err(|_| crate::storage::unkept())?;
        self.with_store(&session, move |store| store.save_draft(&place, &text, draft.caret, at)).await
    }

    /// Everything that was typed in a conversation's fields and not sent.
    ///
    /// # Errors
    /// [`ProblemCode::Storage`](crate::ProblemCode::Storage) when it cannot be read.
    pub async fn read_drafts(&self, conversation: ConversationId) -> Result<Vec<DraftView>, Problem> {
        let session = self.signed_in()?;
        let prefix = place(&conversation, "");
        let drafts = self.with_store(&session, move |store| store.drafts_under(&prefix)).await?;
        Ok(drafts.iter().filter_map(view).collect())
    }

    /// What was typed last and not sent, in any conversation.
    ///
    /// # Errors
    /// [`ProblemCode::Storage`](crate::ProblemCode::Storage) when it cannot be read.
    pub async fn latest_draft(&self) -> Result<Option<DraftView>, Problem> {
        let session = self.signed_in()?;
        let mut drafts = self.with_store(&session, |store| store.drafts_under("")).await?;
        drafts.sort_by_key(|draft| draft.at);
        Ok(drafts.iter().rev().find_map(view))
    }
}

/// Joins what was typed at the same places in two stores, in the one whose drafts count as later: neither text is lost where
/// both are comments.
pub(crate) fn join_drafts(later: &Store, earlier: &Store) -> Result<(), StoreError> {
    let before = earlier.drafts_under("")?;
    for draft in later.drafts_under("")? {
        let Some(text) = before.iter().find(|other| other.place == draft.place).and_then(|other| joined(other, &draft))
        else {
            continue;
        };
        later.save_draft(&draft.place, &text, draft.caret, draft.at)?;
    }
    Ok(())
}

/// Both texts, the earlier one first; nothing where the later one is enough.
fn joined(earlier: &Draft, later: &Draft) -> Option<String> {
    let read = |draft: &Draft| serde_json::from_str::<Stored>(&draft.text).ok();
    let (old, new) = (read(earlier)?, read(later)?);
    // A tag is one line, and there is one at a time.
    if earlier.place.ends_with("/tag") || new.text.contains(&old.text) {
        return None;
    }
    serde_json::to_string(&Stored { text: format!("{}\n\n{}", old.text, new.text), interaction: new.interaction }).ok()
}

/// Where a field's draft is kept. Ids hold no slash.
fn place(conversation: &ConversationId, field: &str) -> String {
    format!("{conversation}/{field}")
}

/// The conversation a draft is kept in the field of.
pub(crate) fn conversation_of(place: &str) -> Option<ConversationId> {
    ConversationId::new(place.split_once('/')?.0).ok()
}

/// Nothing where another program wrote what cannot be read.
fn view(draft: &Draft) -> Option<DraftView> {
    let (conversation, field) = draft.place.split_once('/')?;
    let stored: Stored = serde_json::from_str(&draft.text).ok()?;
    Some(DraftView {
        conversation_id: ConversationId::new(conversation).ok()?,
        field: field.to_owned(),
        text: stored.text,
        interaction_id: stored.interaction,
        caret: draft.caret,
    })
}
