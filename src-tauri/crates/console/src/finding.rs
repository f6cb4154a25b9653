//! Finding what an id belongs to: a conversation, an interaction or a message.
//!
//! The server tells of conversations only; the rest is looked for in what was read before.

use std::collections::HashSet;

use earmark_review::{ConversationId, Message, MessageId};

use crate::console::held;
use crate::opening::count;
use crate::session::Session;
use crate::view::{ConversationFilter, FoundPlace, FoundView};
use crate::{Console, Problem, ProblemCode};

/// How long the server's ids are: 12 bytes in hexadecimal digits.
const DIGITS: usize = 24;
/// Conversations looked through before the store is free for others again.
const AT_ONCE: u32 = 200;

impl Console {
    /// What an id belongs to.
    ///
    /// # Errors
    /// [`ProblemCode::BadInput`] when it is none of the server's ids; else that the store or the server cannot be asked.
    pub async fn find_id(&self, id: &str) -> Result<FoundView, Problem> {
        let session = self.signed_in()?;
        let id = id.trim().to_ascii_lowercase();
        if id.len() != DIGITS || !id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(Problem::new(ProblemCode::BadInput, "An id has 24 hexadecimal digits."));
        }
        let conversation = ConversationId::new(id.as_str())
            .map_err(|_| Problem::new(ProblemCode::BadInput, "An id has 24 hexadecimal digits."))?;
        if held(&session.library).head(&conversation).is_some() {
            return Ok(FoundView { place: Some(whole(conversation)), searched: 0 });
        }
        let (place, searched) = self.find_in_read(&session, &id).await?;
        if place.is_some() {
            return Ok(FoundView { place, searched });
        }
        let filter = ConversationFilter { ids: vec![conversation.clone()], ..ConversationFilter::default() };
        let is_there = !self.list_conversations(filter, None).await?.rows.is_empty();
        Ok(FoundView { place: is_there.then(|| whole(conversation)), searched })
    }

    /// Looks through the transcripts that were read, in this run and before; answers how many these are.
    async fn find_in_read(&self, session: &Session, id: &str) -> Result<(Option<FoundPlace>, u32), Problem> {
        let mut searched = HashSet::new();
        for (conversation, read) in held(&session.library).read() {
            searched.insert(conversation.clone());
            let messages = read.transcript.interactions.iter().flat_map(|interaction| &interaction.messages);
            if let Some(message) = meant(id, messages) {
                return Ok((Some(at(conversation.clone(), message)), count(searched.len())));
            }
        }
        let mut after = None;
        loop {
            let (text, from) = (id.to_owned(), after.clone());
            let looked = move |store: &earmark_store::Store| store.transcripts_with(&text, from.as_ref(), AT_ONCE);
            let page = self.with_store(session, looked).await?;
            let Some((last, _)) = page.last() else { return Ok((None, count(searched.len()))) };
            after = Some(last.clone());
            for (conversation, transcript) in page {
                searched.insert(conversation.clone());
                if let Some(message) = transcript.as_ref().and_then(|kept| meant(id, kept.messages.iter())) {
                    return Ok((Some(at(conversation, message)), count(searched.len())));
                }
            }
        }
    }
}

fn whole(conversation_id: ConversationId) -> FoundPlace {
    FoundPlace { conversation_id, message_id: None }
}

fn at(conversation_id: ConversationId, message: MessageId) -> FoundPlace {
    FoundPlace { conversation_id, message_id: Some(message) }
}

/// The message of this id, or the first of the interaction of this id.
fn meant<'a>(id: &str, mut messages: impl Iterator<Item = &'a Message>) -> Option<MessageId> {
    let is_meant = |message: &&Message| message.id.as_str() == id || message.interaction_id.as_str() == id;
    messages.find(is_meant).map(|message| message.id.clone())
}
