//! The state of a conversation's review: shared by the team through tags, or kept on this computer where that cannot be.

use earmark_review::{Change, ConversationId, ReviewState, TagState, Tags};

use crate::console::held;
use crate::session::Session;
use crate::view::{ReviewStep, ReviewView, Settings, ShownIn, WorkView};
use crate::{Console, Problem};

/// Why a state is on this computer only.
pub(crate) const NO_ROOM: &str =
    "The conversation has no room for two more tags, so the state of its review is kept on this computer only.";
pub(crate) const NOT_TAKEN: &str =
    "The server does not take the tags of a review, so its state is kept on this computer only.";

impl Session {
    /// How far a conversation's review is, given the tags that are shown.
    pub(crate) fn review(&self, conversation: &ConversationId, tags: &Tags) -> Option<ReviewView> {
        if let Some(state) = self.outbox.state_here(conversation) {
            return Some(ReviewView { step: step(state), reviewer: None, here_only: true });
        }
        let settings = held(&self.settings);
        let state = ReviewState::from_tag_value(tags.get(&settings.review_tag)??)?;
        let reviewer = tags.get(&settings.reviewer_tag).flatten().map(str::to_owned);
        Some(ReviewView { step: step(state), reviewer, here_only: false })
    }

    /// The changes of tags that say how far the review is; nothing where the state has to stay on this computer.
    pub(crate) fn review_changes(&self, tags: &Tags, state: Option<ReviewState>) -> Option<Vec<Change>> {
        let settings = held(&self.settings);
        if !settings.share_review || self.outbox.refuses_review_tags() {
            return None;
        }
        let name = self.names.person(&self.me).name.unwrap_or_else(|| self.me.to_string());
        let value = |text: Option<String>| text.map_or(TagState::Bare, TagState::Value);
        let (review, reviewer) = match state {
            Some(state) => (TagState::Value(state.tag_value().into()), value(ReviewState::reviewer(&name))),
            None => (TagState::Absent, TagState::Absent),
        };
        let changes = [(&settings.review_tag, review), (&settings.reviewer_tag, reviewer)];
        let changes: Vec<Change> = changes.into_iter().map(|(key, to)| Change::Tag { key: key.clone(), to }).collect();
        let mut after = tags.clone();
        for edit in changes.iter().filter_map(Change::as_tag_edit) {
            after = after.apply(&edit).ok()?;
        }
        Some(changes)
    }

    /// Whether a change is of a review's tags.
    pub(crate) fn is_of_review(&self, change: &Change) -> bool {
        let settings = held(&self.settings);
        matches!(change, Change::Tag { key, .. } if *key == settings.review_tag || *key == settings.reviewer_tag)
    }

    /// Keeps a state on this computer, or lets it go; answers why it could not in a sentence.
    pub(crate) async fn keep_state_here(
        &self,
        conversation: &ConversationId,
        state: Option<ReviewState>,
    ) -> Result<(), String> {
        let (id, at) = (conversation.clone(), self.now());
        self.in_store(move |store| match state {
            Some(state) => store.set_review_state(&id, state.tag_value(), at),
            None => store.drop_review_state(&id),
        })
        .await?;
        self.outbox.set_state_here(conversation, state);
        Ok(())
    }
}

impl Console {
    /// Says how far a conversation's review is; nothing takes the state away.
    ///
    /// # Errors
    /// [`ProblemCode::Storage`](crate::ProblemCode::Storage) when it cannot be kept.
    pub async fn set_review(
        &self,
        conversation: ConversationId,
        wanted: Option<ReviewStep>,
    ) -> Result<WorkView, Problem> {
        let session = self.signed_in()?;
        self.open_outbox(&session).await?;
        let state = wanted.map(state);
        if session.review_changes(&session.tags(&conversation), state).is_none() {
            let shared = held(&session.settings).share_review && !session.outbox.refuses_review_tags();
            self.keep_review_here(&session, &conversation, state).await?;
            if shared {
                session.outbox.report(NO_ROOM);
            }
            return Ok(session.work_view(&conversation));
        }
        let plan = || {
            let changes = session.review_changes(&session.tags(&conversation), state);
            changes.ok_or_else(|| Problem::storage(NO_ROOM))
        };
        self.make(&session, &conversation, plan).await?;
        self.keep_review_here(&session, &conversation, None).await?;
        Ok(session.work_view(&conversation))
    }

    /// Keeps a state on this computer, or lets it go.
    pub(crate) async fn keep_review_here(
        &self,
        session: &Session,
        conversation: &ConversationId,
        state: Option<ReviewState>,
    ) -> Result<(), Problem> {
        if state.is_none() && session.outbox.state_here(conversation).is_none() {
            return Ok(());
        }
        self.open_store(session).await?;
        session.keep_state_here(conversation, state).await.map_err(|why| Problem::storage(&why))
    }

    /// Says in which place a conversation is shown from now on: what is edited of it there begins a review or does not.
    ///
    /// # Errors
    /// A [`Problem`] when nobody is signed in.
    pub fn show_in(&self, conversation: ConversationId, place: ShownIn) -> Result<(), Problem> {
        self.signed_in()?.outbox.show_in(conversation, place);
        Ok(())
    }

    /// Follows the settings at once.
    pub fn follow(&self, settings: &Settings) {
        self.play_as(settings);
        if let Ok(session) = self.signed_in() {
            session.outbox.tell();
        }
    }
}

fn step(state: ReviewState) -> ReviewStep {
    match state {
        ReviewState::InProgress => ReviewStep::InProgress,
        ReviewState::Done => ReviewStep::Done,
        ReviewState::Skipped => ReviewStep::Skipped,
    }
}

fn state(step: ReviewStep) -> ReviewState {
    match step {
        ReviewStep::InProgress => ReviewState::InProgress,
        ReviewStep::Done => ReviewState::Done,
        ReviewStep::Skipped => ReviewState::Skipped,
    }
}
