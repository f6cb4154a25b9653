//! One round of sending: read what the server has, compare, send, and note each step before and after.
//!
//! Whether a change arrived whose answer was lost is found out by the reading at the beginning of the next round. The race
//! between the reading and a write, a few seconds at most, cannot be closed, as the server has no versions: the next round reads
//! back and reports it.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use earmark_amigo::Error as AmigoError;
use earmark_review::{Change, ConversationId, Image, Subject, TagState};
use earmark_store::EditId;

use super::entry::{Entry, Need, Stage};
use super::only_here::stays_here;
use super::reading::{Read, Wanted};
use super::sending::{find, is_refusal, send};
use super::steps::{Halt, ask};
use crate::console::held;
use crate::session::Session;

/// Conversations in one round.
const CONVERSATIONS: usize = 40;
/// For how long what was read at the beginning of a round is good enough to compare with.
const FRESH: Duration = Duration::from_secs(5);

/// What was sent in the round before, to be read back.
#[derive(Default)]
pub(super) struct Written(HashMap<(ConversationId, Subject), (EditId, Change, Image)>);

impl Written {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn add(&mut self, entry: &Entry) {
        if let Some(after) = entry.change.after(&entry.before) {
            let subject = (entry.conversation.clone(), entry.change.subject());
            self.0.insert(subject, (entry.id, entry.change.clone(), after));
        }
    }
}

/// Sends what is due.
pub(super) async fn round(session: &Arc<Session>, written: &mut Written) -> Result<(), Halt> {
    let (ready, entries) = {
        let desk = held(&session.outbox.desk);
        let mut ready = desk.ready(session.now(), session.outbox.grace);
        ready.truncate(CONVERSATIONS);
        let entries: Vec<Entry> =
            ready.iter().flat_map(|(_, ids)| ids).filter_map(|id| desk.entry(*id).cloned()).collect();
        (ready, entries)
    };
    let mut wanted = Wanted::default();
    for entry in &entries {
        wanted.add(&entry.conversation, &entry.change, &entry.before);
    }
    for ((conversation, _), (_, change, after)) in &written.0 {
        wanted.add(conversation, change, after);
    }
    let mut read = Read::default();
    let of_tags = |entry: &&Entry| matches!(entry.change, Change::Tag { .. });
    if let Err(error) = wanted.read_tags(session, &mut read).await {
        refuse(session, entries.iter().filter(of_tags), error).await?;
    }
    if let Err(error) = wanted.read_comments(session, &mut read).await {
        refuse(session, entries.iter().filter(|entry| !of_tags(entry)), error).await?;
    }
    learn(session, &read);
    read_back(session, &mut read, written).await?;
    let began = Instant::now();
    let mut trouble = None;
    for (_, ids) in ready {
        for id in ids {
            // What was read is too old to compare with: the next round reads again.
            if began.elapsed() > FRESH {
                return trouble.map_or(Ok(()), Err);
            }
            match send(session, &mut read, written, id).await {
                Ok(()) => {}
                Err(halt) if halt.only_here => {
                    trouble = Some(halt);
                    break;
                }
                Err(halt) => return Err(halt),
            }
        }
    }
    trouble.map_or(Ok(()), Err)
}

/// What cannot be compared cannot be sent: it waits for the reviewer where the server forbids the reading.
async fn refuse(session: &Session, entries: impl Iterator<Item = &Entry>, error: AmigoError) -> Result<(), Halt> {
    if !is_refusal(&error) {
        return Err(error.into());
    }
    for entry in entries {
        let sent = if let Stage::Sending(sent) = &entry.stage { Some(sent.clone()) } else { None };
        let need = match stays_here(entry, &error) {
            true => Need::OnlyHere,
            false => Need::Refused { sentence: error.to_string(), sent },
        };
        ask(session, entry, need).await?;
    }
    Ok(())
}

/// Takes what was read over into what is shown.
fn learn(session: &Session, read: &Read) {
    let mut changed = Vec::new();
    {
        let mut library = held(&session.library);
        for (conversation, tags) in read.all_tags() {
            if library.head(conversation).is_some_and(|head| &*head.tags != tags) {
                library.set_tags(conversation, tags.clone());
                changed.push(conversation.clone());
            }
        }
    }
    if !changed.is_empty() {
        session.outbox.change(|desk| changed.iter().for_each(|conversation| desk.touch(conversation)));
    }
}

/// Reports what somebody else wrote over since it was sent.
async fn read_back(session: &Session, read: &mut Read, written: &mut Written) -> Result<(), Halt> {
    for ((conversation, subject), (id, change, after)) in std::mem::take(&mut written.0) {
        let (now, outcome, report) = match (&subject, &after) {
            (Subject::Tag(key), Image::Tag(after)) => {
                let Ok(Some(tags)) = read.tags(&conversation) else { continue };
                let now = TagState::of(tags, key);
                let report = format!("Somebody else changed the tag “{key}” just after you did. Theirs stands now.");
                (&now == after, "read back: somebody else changed the tag", report)
            }
            (Subject::Comment(comment), Image::Comment(after)) if matches!(change, Change::Reword { .. }) => {
                let now = find(session, read, &conversation, comment);
                let report = "Somebody else changed a comment just after you did. Theirs stands now.".to_owned();
                (now.is_some_and(|now| now.text == after.text), "read back: somebody else changed the comment", report)
            }
            _ => continue,
        };
        if now {
            continue;
        }
        let at = session.now();
        session.in_store(move |store| store.note(id, at, outcome)).await?;
        session.outbox.change(|desk| {
            desk.reports.push(report);
            desk.touch(&conversation);
        });
    }
    Ok(())
}
