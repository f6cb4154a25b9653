//! Opening a conversation and reading its transcript.

use std::sync::Arc;

use earmark_amigo::{Client, MessageFilter, follow_pages};
use earmark_review::{ConversationId, MessageFormat, MessageKind, Transcript, VersionRef};
use earmark_store::CompleteMessages;

use crate::console::held;
use crate::opened::Read;
use crate::session::Session;
use crate::view::{ConversationDetails, MessageView, OpenedConversation, TranscriptPage};
use crate::{Console, Problem};

/// Messages in one answer to the window.
const PAGE: usize = 200;
/// Messages in one call: the most the API gives (2.2).
const CALL: u32 = 500;

impl Console {
    /// Opens a conversation at its beginning. A finished one that was read before is not asked for again, unless
    /// `refresh` says so; where the server cannot be asked, what was read before is shown of any.
    ///
    /// # Errors
    /// A [`Problem`] when nothing of it can be read and nothing was.
    pub async fn open_conversation(&self, id: ConversationId, refresh: bool) -> Result<OpenedConversation, Problem> {
        let session = self.signed_in()?;
        self.silence_others(&id);
        self.look_into(&session, &id);
        let (read, is_now) = match session.transcript(&session.client, &id, refresh).await {
            Err(problem) if problem.is_no_connection() => (session.read_before(&id).await.ok_or(problem)?, false),
            read => (read?, true),
        };
        let kept_since = (!is_now).then(|| read.at.to_string());
        Ok(OpenedConversation { kept_since, ..opened(&session, id, &read) })
    }

    /// The messages of an opened conversation from number `from` on.
    ///
    /// # Errors
    /// A [`Problem`] when it is not open any more and cannot be read again.
    pub async fn read_transcript(&self, id: ConversationId, from: u32) -> Result<TranscriptPage, Problem> {
        let session = self.signed_in()?;
        let read = self.as_opened(&session, &id).await?;
        Ok(page(&read.transcript, from as usize))
    }

    /// The details with the agent by name, which costs a call of its own the first time.
    ///
    /// # Errors
    /// A [`Problem`] when they cannot be read.
    pub async fn conversation_details(&self, id: ConversationId) -> Result<ConversationDetails, Problem> {
        let session = self.signed_in()?;
        session.learn_agents().await?;
        let read = self.as_opened(&session, &id).await?;
        Ok(details(&session, &id, &read))
    }

    /// The transcript as the reviewer sees it; read again only if it is not kept any more.
    pub(crate) async fn as_opened(&self, session: &Session, id: &ConversationId) -> Result<Arc<Read>, Problem> {
        let kept = held(&session.library).opened(id).read.clone();
        match kept {
            Some(read) => Ok(read),
            None => session.transcript(&session.client, id, false).await,
        }
    }
}

impl Session {
    /// A transcript; one that cannot change any more is not asked for again, unless `refresh`.
    pub(crate) async fn transcript(
        &self,
        client: &Client,
        id: &ConversationId,
        refresh: bool,
    ) -> Result<Arc<Read>, Problem> {
        held(&self.library).opened(id);
        if let Some(read) = self.known_transcript(id).filter(|_| !refresh) {
            return Ok(read);
        }
        let request = self.transcripts_under_way.join(id.clone(), client);
        let (client, _turn) = request.turn().await;
        if !refresh {
            if let Some(read) = self.known_transcript(id) {
                return Ok(read);
            }
            if let Some(read) = self.kept_transcript(id).await {
                return Ok(read);
            }
        }
        let read = Arc::new(self.look_ahead.unless_left(client, id, self.fetch_transcript(client, id)).await?);
        held(&self.library).opened(id).read = Some(read.clone());
        self.look_ahead.look_again();
        Ok(read)
    }

    /// The whole transcript of a conversation that cannot change any more, if it is in memory. Looking does not use it.
    pub(crate) fn known_transcript(&self, id: &ConversationId) -> Option<Arc<Read>> {
        let library = held(&self.library);
        let finished = library.is_finished(id);
        library.peek(id)?.read.clone().filter(|read| finished && read.partial.is_none())
    }

    /// A finished conversation's transcript as an earlier run read it.
    pub(crate) async fn kept_transcript(&self, id: &ConversationId) -> Option<Arc<Read>> {
        if !held(&self.library).is_finished(id) {
            return None;
        }
        self.recall_transcript(id, |kept| !kept.goes_on).await
    }

    /// A transcript as it was read before, though there may be more by now.
    async fn read_before(&self, id: &ConversationId) -> Option<Arc<Read>> {
        let known = held(&self.library).opened(id).read.clone();
        match known {
            Some(read) => Some(read),
            None => self.recall_transcript(id, |_| true).await,
        }
    }

    /// A transcript that is kept, if it will do.
    async fn recall_transcript(
        &self,
        id: &ConversationId,
        will_do: impl FnOnce(&CompleteMessages) -> bool,
    ) -> Option<Arc<Read>> {
        let of = id.clone();
        let kept = self.recall(move |store| store.transcript(&of)).await.filter(|kept| will_do(&kept.value))?;
        let CompleteMessages { messages, unreadable, .. } = kept.value;
        let transcript = Transcript::from_messages(messages);
        let read = Arc::new(Read { transcript, unreadable, partial: None, at: kept.read_at });
        held(&self.library).opened(id).read = Some(read.clone());
        self.look_ahead.look_again();
        Some(read)
    }

    /// Reads it from the server and keeps it for later runs: one that is finished for good, any other for when the server
    /// cannot be asked.
    async fn fetch_transcript(&self, client: &Client, id: &ConversationId) -> Result<Read, Problem> {
        let finished = held(&self.library).is_finished(id);
        let filter = MessageFilter::default();
        let all = follow_pages(CALL, |request| client.messages(id, &filter, request)).await;
        let partial = match all.stopped {
            Some(cause) if all.items.is_empty() => return Err(cause.into()),
            stopped => stopped.map(Problem::from),
        };
        let at = self.now();
        if partial.is_none() {
            let (messages, unreadable) = (all.items.clone(), all.unreadable);
            let whole = CompleteMessages { messages, unreadable, goes_on: !finished };
            let id = id.clone();
            self.remember(move |store| store.put_transcript(&id, &whole, at));
        }
        Ok(Read { transcript: Transcript::from_messages(all.items), unreadable: all.unreadable, partial, at })
    }
}

/// A conversation as it is shown when it is opened.
pub(crate) fn opened(session: &Session, id: ConversationId, read: &Read) -> OpenedConversation {
    OpenedConversation {
        kept_since: None,
        details: details(session, &id, read),
        interactions: count(read.transcript.interactions.len()),
        messages: count(read.transcript.len()),
        unreadable: read.unreadable,
        partial: read.partial.clone(),
        first: page(&read.transcript, 0),
        id,
    }
}

fn page(transcript: &Transcript, from: usize) -> TranscriptPage {
    let numbered = transcript
        .interactions
        .iter()
        .zip(1u32..)
        .flat_map(|(interaction, number)| interaction.messages.iter().map(move |message| (number, message)));
    let messages: Vec<MessageView> = numbered
        .skip(from)
        .take(PAGE)
        .map(|(number, message)| MessageView {
            id: message.id.clone(),
            interaction_id: message.interaction_id.clone(),
            interaction: number,
            created_at: message.created_at.to_string(),
            sender: message.sender.clone(),
            text: message.text.clone(),
            voice: message.format == MessageFormat::Voice,
            kind: kind(&message.kind).to_owned(),
        })
        .collect();
    let end = from + messages.len();
    TranscriptPage { next: (end < transcript.len()).then(|| count(end)), messages }
}

fn kind(kind: &MessageKind) -> &str {
    match kind {
        MessageKind::User => "user-message",
        MessageKind::Agent => "agent-message",
        MessageKind::InnerThought => "agent-inner-thought",
        MessageKind::ExternalEvent => "external-event",
        MessageKind::Other(name) => name,
    }
}

fn details(session: &Session, id: &ConversationId, read: &Read) -> ConversationDetails {
    let library = held(&session.library);
    let head = library.head(id);
    let version = head.and_then(|head| head.version.as_ref());
    let agent = version.and_then(|version| version.agent.as_ref()).map(|agent| {
        let name = session.names.agent(&agent.id).unwrap_or_else(|| agent.id.clone());
        numbered(&name, agent)
    });
    ConversationDetails {
        is_analyzed: head.is_some_and(|head| head.is_analyzed),
        completed_post_processings: head.map(|head| head.completed_post_processings.to_vec()).unwrap_or_default(),
        agent,
        state_machine: version.and_then(|version| version.state_machine.as_ref()).map(|it| numbered(&it.id, it)),
        models: version
            .map(|version| {
                version.models.iter().map(|(interaction, model)| format!("{interaction}: {model}")).collect()
            })
            .unwrap_or_default(),
        read_at: read.at.to_string(),
    }
}

fn numbered(name: &str, version: &VersionRef) -> String {
    format!("{name}, version {}", version.version)
}

pub(crate) fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
