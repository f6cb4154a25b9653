//! The list as it was read before, for when the server is late or cannot be asked.

use earmark_amigo::TagValue;
use earmark_review::ConversationId;
use earmark_store::{AfterConversation, ConversationQuery, NameKind, TagQuery, TagValueQuery};
use jiff::Timestamp;

use crate::browse::{PAGE, row, tag_filter};
use crate::console::held;
use crate::session::Session;
use crate::view::{ConversationFilter, ConversationPage, PageToken};
use crate::{Console, Problem, ProblemCode};

/// What a page token of this list begins with; the server's are numbers.
const MARK: &str = "kept ";

/// Where the next page begins, if the token is of this list.
pub(crate) fn after(token: &PageToken) -> Option<AfterConversation> {
    let (at, id) = token.0.strip_prefix(MARK)?.split_once(' ')?;
    Some(AfterConversation { created_at: at.parse().ok()?, id: ConversationId::new(id).ok()? })
}

/// That nothing is left of what was kept.
pub(crate) fn nothing() -> Problem {
    Problem::new(ProblemCode::NotFound, "The list that was kept here is not there any more. Reload the list.")
}

impl Console {
    /// A page of the conversations that were read before, with the same filter; nothing where there is none.
    ///
    /// # Errors
    /// [`ProblemCode::Storage`] when they cannot be read.
    pub(crate) async fn kept_page(
        &self,
        session: &Session,
        filter: &ConversationFilter,
        after: Option<AfterConversation>,
    ) -> Result<Option<ConversationPage>, Problem> {
        let query = query(filter, after);
        let (people, services, mut listed) = self
            .with_store(session, move |store| {
                let listed = store.conversations(&query, PAGE + 1)?;
                Ok((store.names(NameKind::Person)?, store.names(NameKind::Service)?, listed))
            })
            .await?;
        session.names.recall(people, services);
        let goes_on = listed.len() > PAGE as usize;
        listed.truncate(PAGE as usize);
        let Some(oldest) = listed.iter().map(|kept| kept.read_at).min() else { return Ok(None) };
        let next = listed.last().filter(|_| goes_on).map(|last| token(last.value.created_at, &last.value.id));
        let rows = listed.iter().map(|kept| row(session, &kept.value)).collect();
        held(&session.library).recall(listed.into_iter().map(|kept| kept.value).collect());
        Ok(Some(ConversationPage { rows, next, unreadable: 0, kept_since: Some(oldest.to_string()), late: None }))
    }
}

fn token(created_at: Timestamp, id: &ConversationId) -> PageToken {
    PageToken(format!("{MARK}{created_at} {id}"))
}

fn query(filter: &ConversationFilter, after: Option<AfterConversation>) -> ConversationQuery {
    let tag = |text: &String| {
        let asked = tag_filter(text);
        TagQuery {
            key: asked.key,
            value: match asked.value {
                TagValue::Any => TagValueQuery::Any,
                TagValue::Absent => TagValueQuery::Absent,
                TagValue::Is(value) => TagValueQuery::Is(value),
            },
        }
    };
    ConversationQuery {
        user_ids: filter.user_ids.clone(),
        service_ids: filter.service_ids.clone(),
        is_finished: filter.is_finished,
        ids: filter.ids.clone(),
        tags: filter.tags.iter().map(tag).collect(),
        after,
        oldest_first: filter.oldest_first,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_token_leads_back_and_the_servers_are_left_alone() {
        let at: Timestamp = "2026-03-04T05:06:07.123456Z".parse().unwrap();
        let id = ConversationId::new("a b").unwrap();
        assert_eq!(after(&token(at, &id)), Some(AfterConversation { created_at: at, id }));
        assert_eq!(after(&PageToken("1700000000".into())), None);
    }
}
