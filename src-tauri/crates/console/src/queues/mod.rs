//! Views of the list and queues, which have a name and are kept in the store.
//!
//! The conversations of a queue are fixed when it is made; how far each is, its tags say: the same queue agrees on two
//! computers.

mod counting;
mod drawing;

use std::collections::BTreeSet;
use std::sync::Arc;

use earmark_review::ConversationId;
use earmark_store::{Named, NamedKind, QueueItem};

pub(crate) use counting::Counted;
use counting::is_superseded;

use crate::opening::count;
use crate::session::Session;
use crate::view::{ItemReason, Narrowing, QueueForm, QueueItemView, QueuePlan, QueueView, SavedView};
use crate::{Console, Problem, ProblemCode};

/// The longest name, in characters.
const LONGEST_NAME: usize = 100;

impl Console {
    /// The views that were saved, in the order they were.
    ///
    /// # Errors
    /// [`ProblemCode::Storage`] when they cannot be read.
    pub async fn list_views(&self) -> Result<Vec<SavedView>, Problem> {
        let view = |id, name, narrowing| SavedView { id, name, narrowing };
        Ok(self.named(NamedKind::View).await?.into_iter().filter_map(|named| read(named, view)).collect())
    }

    /// Saves what the list is narrowed by under a name.
    ///
    /// # Errors
    /// [`ProblemCode::BadInput`] for a name that is none; [`ProblemCode::Storage`] when it cannot be kept.
    pub async fn save_view(&self, name: String, narrowing: Narrowing) -> Result<SavedView, Problem> {
        let session = self.signed_in()?;
        let (name, now) = (checked(&name)?, (self.0.now)());
        let (kept, content) = (name.clone(), json(&narrowing)?);
        let id = self.with_store(&session, move |store| store.add_view(&kept, &content, now)).await?;
        Ok(SavedView { id: short(id).ok_or_else(crate::storage::unkept)?, name, narrowing })
    }

    /// Gives a view another name.
    ///
    /// # Errors
    /// As [`Console::save_view`]; [`ProblemCode::NotFound`] when it is gone.
    pub async fn rename_view(&self, id: u32, name: String) -> Result<(), Problem> {
        self.rename(NamedKind::View, id, &name).await
    }

    /// Deletes a view, or takes that back, which is possible until the program ends.
    ///
    /// # Errors
    /// [`ProblemCode::NotFound`] when it is gone; [`ProblemCode::Storage`] when it cannot be kept.
    pub async fn delete_view(&self, id: u32, is_deleted: bool) -> Result<(), Problem> {
        self.set_deleted(NamedKind::View, id, is_deleted).await
    }

    /// The queues that were made, in the order they were.
    ///
    /// # Errors
    /// [`ProblemCode::Storage`] when they cannot be read.
    pub async fn list_queues(&self) -> Result<Vec<QueueView>, Problem> {
        let view = |id, name, form| QueueView { id, name, form };
        Ok(self.named(NamedKind::Queue).await?.into_iter().filter_map(|named| read(named, view)).collect())
    }

    /// What would be in a queue. The first time for a rule it reads the list, until a queue of another rule is planned or
    /// made, or none is planned any more.
    ///
    /// # Errors
    /// [`ProblemCode::Left`] then; else that the list cannot be read.
    pub async fn plan_queue(&self, form: QueueForm) -> Result<QueuePlan, Problem> {
        let session = self.signed_in()?;
        let mut planned = session.planned.subscribe();
        session.planned.send_replace(Some(form.clone()));
        let is_left = |latest: &Option<QueueForm>| latest.as_ref().is_none_or(|latest| is_superseded(&form, latest));
        let counted = tokio::select! {
            biased;
            () = async { drop(planned.wait_for(is_left).await) } => {
                return Err(Problem::new(ProblemCode::Left, "This queue is not planned any more."));
            }
            counted = self.count_for(&session, &form) => counted?,
        };
        let items = drawing::compose(&counted.matching, counted.all(), form.draw);
        let by = |reason| count(items.iter().filter(|(_, why)| *why == reason).count());
        Ok(QueuePlan {
            by_rule: by(ItemReason::Rule),
            at_random: by(ItemReason::Random),
            matching: count(counted.matching.len()),
            others: counted
                .others
                .as_ref()
                .map(|all| count(all.len() - all.iter().filter(|id| counted.is_matching(id)).count())),
            goes_on: counted.goes_on,
        })
    }

    /// No queue is planned any more: the list is not read further for one.
    ///
    /// # Errors
    /// A [`Problem`] when nobody is signed in.
    pub async fn leave_plan(&self) -> Result<(), Problem> {
        self.signed_in()?.planned.send_replace(None);
        Ok(())
    }

    /// Makes a queue: its conversations are fixed from now on.
    ///
    /// # Errors
    /// [`ProblemCode::BadInput`] for a name that is none, or where nothing would be in it; [`ProblemCode::Storage`] when it
    /// cannot be kept; else that the list cannot be read.
    pub async fn make_queue(&self, name: String, form: QueueForm) -> Result<QueueView, Problem> {
        let session = self.signed_in()?;
        let name = checked(&name)?;
        session.planned.send_replace(Some(form.clone()));
        let counted = self.count_for(&session, &form).await?;
        let items: Vec<QueueItem> = drawing::compose(&counted.matching, counted.all(), form.draw)
            .into_iter()
            .map(|(conversation, reason)| QueueItem { conversation, reason: word(reason).into() })
            .collect();
        if items.is_empty() {
            return Err(Problem::new(ProblemCode::BadInput, "Nothing would be in this queue."));
        }
        let (kept, content, now) = (name.clone(), json(&form)?, (self.0.now)());
        let id = self.with_store(&session, move |store| store.add_queue(&kept, &content, &items, now)).await?;
        Ok(QueueView { id: short(id).ok_or_else(crate::storage::unkept)?, name, form })
    }

    /// The conversations of a queue, in order.
    ///
    /// # Errors
    /// [`ProblemCode::Storage`] when they cannot be read.
    pub async fn read_queue(&self, id: u32) -> Result<Vec<QueueItemView>, Problem> {
        let session = self.signed_in()?;
        let items = self.with_store(&session, move |store| store.queue_items(id.into())).await?;
        let view = |item: QueueItem| {
            let reason = if item.reason == word(ItemReason::Random) { ItemReason::Random } else { ItemReason::Rule };
            QueueItemView { id: item.conversation, reason }
        };
        Ok(items.into_iter().map(view).collect())
    }

    /// Gives a queue another name.
    ///
    /// # Errors
    /// As [`Console::rename_view`].
    pub async fn rename_queue(&self, id: u32, name: String) -> Result<(), Problem> {
        self.rename(NamedKind::Queue, id, &name).await
    }

    /// Deletes a queue, or takes that back, which is possible until the program ends. What was done in its conversations
    /// stays.
    ///
    /// # Errors
    /// As [`Console::delete_view`].
    pub async fn delete_queue(&self, id: u32, is_deleted: bool) -> Result<(), Problem> {
        self.set_deleted(NamedKind::Queue, id, is_deleted).await
    }

    /// The conversations in which something is typed and not sent.
    ///
    /// # Errors
    /// [`ProblemCode::Storage`] when that cannot be read.
    pub async fn drafted_conversations(&self) -> Result<Vec<ConversationId>, Problem> {
        let session = self.signed_in()?;
        let places = self.with_store(&session, |store| store.draft_places()).await?;
        let ids: BTreeSet<_> = places.iter().filter_map(|place| crate::drafts::conversation_of(place)).collect();
        Ok(ids.into_iter().collect())
    }

    async fn named(&self, kind: NamedKind) -> Result<Vec<Named>, Problem> {
        let session = self.signed_in()?;
        self.with_store(&session, move |store| store.named(kind)).await
    }

    async fn rename(&self, kind: NamedKind, id: u32, name: &str) -> Result<(), Problem> {
        let (session, name) = (self.signed_in()?, checked(name)?);
        self.with_store(&session, move |store| store.rename(kind, id.into(), &name)).await.and_then(found)
    }

    async fn set_deleted(&self, kind: NamedKind, id: u32, is_deleted: bool) -> Result<(), Problem> {
        let session = self.signed_in()?;
        self.with_store(&session, move |store| store.set_deleted(kind, id.into(), is_deleted)).await.and_then(found)
    }

    /// What there is for a rule: as it was counted before, or counted now.
    async fn count_for(&self, session: &Arc<Session>, form: &QueueForm) -> Result<Arc<Counted>, Problem> {
        let mut known = session.counted.lock().await;
        if let Some(counted) = known.as_ref().filter(|counted| counted.is_of(form, (self.0.now)())) {
            return Ok(counted.clone());
        }
        Ok(known.insert(Arc::new(self.count(session, form).await?)).clone())
    }
}

/// What another program wrote and this one cannot read is left alone.
fn read<C: serde::de::DeserializeOwned, T>(named: Named, view: impl Fn(u32, String, C) -> T) -> Option<T> {
    Some(view(short(named.id)?, named.name, serde_json::from_str(&named.content).ok()?))
}

fn json(content: &impl serde::Serialize) -> Result<String, Problem> {
    serde_json::to_string(content).map_err(|_| crate::storage::unkept())
}

/// As the window knows it.
fn short(id: i64) -> Option<u32> {
    u32::try_from(id).ok()
}

fn word(reason: ItemReason) -> &'static str {
    match reason {
        ItemReason::Rule => "rule",
        ItemReason::Random => "random",
    }
}

fn checked(name: &str) -> Result<String, Problem> {
    match name.trim() {
        "" => Err(Problem::new(ProblemCode::BadInput, "It needs a name.")),
        name if name.chars().count() > LONGEST_NAME => {
            Err(Problem::new(ProblemCode::BadInput, "A name may be at most 100 characters long."))
        }
        name => Ok(name.to_owned()),
    }
}

fn found(is_there: bool) -> Result<(), Problem> {
    if is_there { Ok(()) } else { Err(Problem::new(ProblemCode::NotFound, "It is not there any more.")) }
}
