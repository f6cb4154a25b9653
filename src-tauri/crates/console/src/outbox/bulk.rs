//! One edit of the tags of many conversations: what it would do, and doing it.

use std::sync::Arc;

use earmark_amigo::Endpoint;
use earmark_review::{Change, ConversationId, Image, TagEdit, TagState};

use super::record::New;
use crate::console::held;
use crate::opening::count;
use crate::session::Session;
use crate::tags::checked;
use crate::view::{BulkPlan, TagView};
use crate::{Console, Problem};

impl Console {
    /// What an edit of the tags of conversations would do, with those that are on their way. Costs no call.
    ///
    /// # Errors
    /// [`ProblemCode::TagRefused`](crate::ProblemCode::TagRefused) when no conversation could take it.
    pub async fn plan_bulk_tags(
        &self,
        conversations: Vec<ConversationId>,
        set: Vec<TagView>,
        remove: Vec<String>,
    ) -> Result<BulkPlan, Problem> {
        let session = self.signed_in()?;
        self.open_outbox(&session).await?;
        Ok(plan(&session, &conversations, &checked(set, remove)?).0)
    }

    /// Makes the edit in each conversation that can take it, all or none; undone at once. Answers what it did.
    ///
    /// A conversation whose review nobody has begun stays so: what is done to many at once is no review of each.
    ///
    /// # Errors
    /// As [`Console::plan_bulk_tags`], or [`ProblemCode::Storage`](crate::ProblemCode::Storage).
    pub async fn bulk_tags(
        &self,
        conversations: Vec<ConversationId>,
        set: Vec<TagView>,
        remove: Vec<String>,
    ) -> Result<BulkPlan, Problem> {
        let session = self.signed_in()?;
        self.open_outbox(&session).await?;
        let edit = checked(set, remove)?;
        let _turn = session.outbox.recording.lock().await;
        let (plan, new) = plan(&session, &conversations, &edit);
        if new.is_empty() {
            return Ok(plan);
        }
        let ids = self.write_down(&session, new, Vec::new(), |store, rows, _| store.record_all(rows)).await?;
        session.outbox.change(|desk| desk.bulk = ids.into_iter().collect());
        Ok(plan)
    }
}

/// What would be done, and the changes that do it.
fn plan(
    session: &Arc<Session>,
    conversations: &[ConversationId],
    edit: &TagEdit,
) -> (BulkPlan, Vec<(ConversationId, New)>) {
    let mut plan = BulkPlan {
        per_minute: Endpoint::ModifyTags.per_minute().unwrap_or_default(),
        ahead: count(held(&session.outbox.desk).unheld().filter(|it| matches!(it.change, Change::Tag { .. })).count()),
        ..BulkPlan::default()
    };
    let removed = edit.remove.iter().map(|key| (key, TagState::Absent));
    let set = edit.set.iter().map(|(key, value)| (key, value.clone().map_or(TagState::Bare, TagState::Value)));
    let wanted: Vec<(&String, TagState)> = removed.chain(set).collect();
    let mut new = Vec::new();
    for conversation in conversations {
        let tags = session.tags(conversation);
        if tags.apply(edit).is_err() {
            plan.refused.push(conversation.clone());
            continue;
        }
        let mut is_so = true;
        for (key, to) in &wanted {
            let before = TagState::of(&tags, key);
            if before == *to {
                continue;
            }
            is_so = false;
            match (&before, to) {
                (_, TagState::Absent) => plan.removed += 1,
                (TagState::Absent, _) => plan.added += 1,
                _ => plan.changed += 1,
            }
            let change = Change::Tag { key: (*key).clone(), to: to.clone() };
            let before = Image::Tag(before);
            new.push((conversation.clone(), New { change, before, undoes: None, redoes: None }));
        }
        plan.stay += u32::from(is_so);
    }
    plan.calls = count(new.len());
    (plan, new)
}
