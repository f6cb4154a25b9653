//! The list of conversations.

use std::sync::Arc;
use std::time::Duration;

use earmark_amigo::{Client, Endpoint, Order, Page, PageRequest, TagFilter, TagValue};
use earmark_review::{Conversation, Tags, UserId};
use earmark_store::NameKind;

use crate::console::held;
use crate::first_page::is_late;
use crate::kept;
use crate::session::Session;
use crate::view::{ConversationFilter, ConversationPage, ConversationRow, PageToken, TagView, WaitView};
use crate::{Console, Problem, ProblemCode};

/// Rows in a page: the most the API gives (2.1), so that a list costs the fewest calls.
pub(crate) const PAGE: u32 = 150;
/// A row's text is one line; longer texts would only cost memory.
const SNIPPET: usize = 160;
/// How long a page waits for names before it is shown without them.
const NAMES_PATIENCE: Duration = Duration::from_millis(400);

/// One page as the window shows it.
pub(crate) async fn read(
    session: &Arc<Session>,
    filter: &ConversationFilter,
    continuation: Option<i64>,
) -> Result<ConversationPage, Problem> {
    let listed = page(&session.client, filter, continuation).await?;
    session.outbox.server_is_there();
    learn_names(session, &listed.items).await;
    let rows = listed.items.iter().map(|conversation| row(session, conversation)).collect();
    let (kept, at) = (listed.items.clone(), session.now());
    session.remember(move |store| store.put_conversations(&kept, at));
    held(&session.library).know(listed.items);
    Ok(ConversationPage {
        rows,
        next: listed.continuation.map(|token| PageToken(token.to_string())),
        unreadable: listed.unreadable,
        kept_since: None,
        late: None,
    })
}

async fn page(
    client: &Client,
    filter: &ConversationFilter,
    continuation: Option<i64>,
) -> Result<Page<Conversation>, earmark_amigo::Error> {
    let filter = earmark_amigo::ConversationFilter {
        user_ids: filter.user_ids.clone(),
        service_ids: filter.service_ids.clone(),
        is_finished: filter.is_finished,
        ids: filter.ids.clone(),
        tags: filter.tags.iter().map(|tag| tag_filter(tag)).collect(),
        order: if filter.oldest_first { Order::OldestFirst } else { Order::NewestFirst },
    };
    client.list_conversations(&filter, PageRequest { limit: PAGE, continuation }).await
}

/// `key:value`, `key:*` or a bare `key` for any value, `key:` for none.
pub(crate) fn tag_filter(text: &str) -> TagFilter {
    let (key, value) = text.split_once(':').unwrap_or((text, "*"));
    let value = match value.trim() {
        "*" => TagValue::Any,
        "" => TagValue::Absent,
        value => TagValue::Is(value.to_owned()),
    };
    TagFilter { key: key.trim().to_owned(), value }
}

impl Console {
    /// One page of the list, newest first unless the filter says otherwise; the first one when `next` is absent. Where the
    /// server is late it is what is kept, with the token of the server's own.
    ///
    /// # Errors
    /// A [`Problem`] when it cannot be read.
    pub async fn list_conversations(
        &self,
        filter: ConversationFilter,
        next: Option<PageToken>,
    ) -> Result<ConversationPage, Problem> {
        let session = self.signed_in()?;
        let Some(token) = next else {
            // What is looked up by its id is looked up beside the list, which goes on being read.
            return match filter.ids.is_empty() {
                true => self.first_page(&session, filter).await,
                false => self.or_kept(&session, &filter, read(&session, &filter, None).await).await,
            };
        };
        if is_late(&token) {
            return self.late_page(&session, &token).await;
        }
        if let Some(after) = kept::after(&token) {
            return self.kept_page(&session, &filter, Some(after)).await?.ok_or_else(kept::nothing);
        }
        let continuation = token
            .0
            .parse::<i64>()
            .map_err(|_| Problem::new(ProblemCode::BadInput, "The next page cannot be asked for. Reload the list."))?;
        read(&session, &filter, Some(continuation)).await
    }

    /// What the program waits for right now because of the server's limits.
    ///
    /// # Errors
    /// A [`Problem`] when nobody is signed in.
    pub async fn wait_times(&self) -> Result<Vec<WaitView>, Problem> {
        let session = self.signed_in()?;
        let mut waits: Vec<WaitView> = Vec::new();
        for (endpoint, wait) in session.client.waits() {
            let what = plain_name(endpoint);
            let wait_ms = millis(wait);
            // Two calls of one name are one thing to the reviewer: whatever takes longer.
            match waits.iter_mut().find(|known| known.what == what) {
                Some(known) => known.wait_ms = known.wait_ms.max(wait_ms),
                None => waits.push(WaitView {
                    what: what.to_owned(),
                    per_minute: endpoint.per_minute().unwrap_or_default(),
                    wait_ms,
                }),
            }
        }
        Ok(waits)
    }
}

/// What a call reads or writes, in the reviewer's words.
pub(crate) fn plain_name(endpoint: Endpoint) -> &'static str {
    match endpoint {
        Endpoint::SignIn => "sign-ins",
        Endpoint::Organization => "the organization",
        Endpoint::Conversations => "lists of conversations",
        Endpoint::Messages => "transcripts",
        Endpoint::MessageSource => "recordings",
        Endpoint::Insights => "insights",
        Endpoint::ModifyTags => "changes of tags",
        Endpoint::Feedback => "comments",
        Endpoint::Users | Endpoint::SearchUsers => "names of people",
        Endpoint::Services => "names of services",
        Endpoint::Agents => "names of agents",
        Endpoint::ToolInvocations => "records of tool calls",
        Endpoint::Create | Endpoint::Interact | Endpoint::Finish | Endpoint::Simulate => "conversations with an agent",
        Endpoint::RecommendResponses | Endpoint::ConversationStarters => "suggestions",
    }
}

/// Names for a page, waited for a moment only. They go on being learned; what is missing, the window asks for.
async fn learn_names(session: &Arc<Session>, conversations: &[Conversation]) {
    let people: Vec<UserId> = conversations.iter().map(|conversation| conversation.user_id.clone()).collect();
    let session = session.clone();
    let learn = tokio::spawn(async move {
        let asked = people;
        let people = session.names.learn_people(&session.client, &asked);
        let services = session.names.learn_services(&session.client);
        let ((), services) = tokio::join!(people, services);
        if let Err(problem) = services {
            tracing::info!(code = ?problem.code, "names of services could not be read");
        }
        keep_names(&session, &asked);
    });
    let _ = tokio::time::timeout(NAMES_PATIENCE, learn).await;
}

/// Keeps names for later runs.
pub(crate) fn keep_names(session: &Session, people: &[UserId]) {
    let (people, services) = session.names.to_keep(people);
    let at = session.now();
    session.remember(move |store| {
        store.put_names(NameKind::Person, &people, at)?;
        store.put_names(NameKind::Service, &services, at)
    });
}

pub(crate) fn row(session: &Session, conversation: &Conversation) -> ConversationRow {
    let tags = session.with_changed_tags(&conversation.id, conversation.tags.clone());
    ConversationRow {
        id: conversation.id.clone(),
        user: session.names.person(&conversation.user_id),
        service: session.names.service(&conversation.service_id),
        version: conversation.version.as_ref().map(|version| version.name.clone()),
        created_at: conversation.created_at.to_string(),
        is_finished: conversation.is_finished,
        final_message: conversation.final_message.chars().take(SNIPPET).collect(),
        num_messages: conversation.num_messages,
        review: session.review(&conversation.id, &tags),
        tags: tags_view(&tags),
    }
}

pub(crate) fn tags_view(tags: &Tags) -> Vec<TagView> {
    tags.iter().map(|(key, value)| TagView { key: key.to_owned(), value: value.map(str::to_owned) }).collect()
}

/// Whole milliseconds; what does not fit is as good as for ever.
pub(crate) fn millis(duration: Duration) -> u32 {
    u32::try_from(duration.as_millis()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_tag_filter_as_it_is_typed() {
        for (typed, meant) in [
            ("risk", "risk:*"),
            ("risk:*", "risk:*"),
            (" risk : high ", "risk:high"),
            ("risk:", "risk:"),
            ("a:b:c", "a:b:c"),
        ] {
            assert_eq!(tag_filter(typed).to_string(), meant, "{typed:?}");
        }
    }
}
