//! What of the wanted conversations is missing, and in which order it is read.

use std::collections::{HashMap, HashSet};

use earmark_amigo::Urgency;
use earmark_review::{ConversationId, InteractionId, MessageFormat, MessageId, ToolOutcome, Transcript};

use super::Wanted;
use crate::opened::{Library, Opened};
use crate::sound_cache::SoundCache;

/// How many of the conversations that follow are made ready at their beginning, before any of them is read whole: somebody
/// may go on quickly.
const QUICKLY: usize = 3;

/// Something to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Missing<I> {
    pub(super) conversation: ConversationId,
    pub(super) item: I,
    pub(super) urgency: Urgency,
}

/// A message's recording, and what for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct MissingRecording {
    pub(super) message: MessageId,
    /// Whether it is wanted in memory, to be heard at once; else it is enough to have it on this computer.
    pub(super) in_memory: bool,
    /// Whether it is on this computer.
    pub(super) is_kept: bool,
}

/// Recordings on this computer, by conversation, of those that were looked up.
pub(super) type KeptRecordings = HashMap<ConversationId, HashSet<MessageId>>;

/// The first conversation that follows whose transcript is not there. One that goes on would have changed once it is opened.
pub(super) fn transcript(library: &Library, wanted: &Wanted, given_up: &HashSet<String>) -> Option<ConversationId> {
    let missing = |id: &&ConversationId| {
        let read = library.peek(id).and_then(|opened| opened.read.as_ref());
        library.is_finished(id) && read.is_none_or(|read| read.partial.is_some()) && !given_up.contains(id.as_str())
    };
    wanted.following.iter().find(missing).cloned()
}

/// The insight that is wanted most.
pub(super) fn insight(
    library: &Library,
    wanted: &Wanted,
    given_up: &HashSet<String>,
) -> Option<Missing<InteractionId>> {
    let missing =
        |opened: &Opened, id: &InteractionId| !opened.insights.contains_key(id) && !given_up.contains(id.as_str());
    let find =
        |conversation: &ConversationId, urgency, order: &dyn for<'o> Fn(&'o Opened) -> Vec<&'o InteractionId>| {
            let opened = library.peek(conversation)?;
            // What goes on is read when it is asked for: it would have changed by then.
            let settled = |id: &&InteractionId| library.is_settled(conversation, id);
            let item = order(opened).into_iter().filter(settled).find(|id| missing(opened, id))?.clone();
            Some(Missing { conversation: conversation.clone(), item, urgency })
        };
    let of_open = wanted.open.as_ref().and_then(|open| find(open, Urgency::Open, &telling_first));
    of_open
        .or_else(|| {
            wanted
                .following
                .iter()
                .take(QUICKLY)
                .find_map(|id| find(id, Urgency::Later, &|opened| beginning(opened, wanted.turns.get(id))))
        })
        .or_else(|| wanted.following.iter().find_map(|id| find(id, Urgency::Later, &interactions)))
}

/// How many of those that follow, one after the other, can be opened without waiting.
pub(super) fn ready(library: &Library, wanted: &Wanted) -> usize {
    let begins = |opened: &Opened, turn| {
        beginning(opened, turn).first().is_some_and(|first| opened.insights.contains_key(*first))
    };
    let is_ready = |id: &&ConversationId| library.peek(id).is_some_and(|opened| begins(opened, wanted.turns.get(*id)));
    wanted.following.iter().take_while(is_ready).count()
}

/// The interaction a conversation is opened at: the one that is wanted, else its first.
fn beginning<'o>(opened: &'o Opened, turn: Option<&InteractionId>) -> Vec<&'o InteractionId> {
    let all = interactions(opened);
    let at = all.iter().position(|id| Some(*id) == turn).unwrap_or(0);
    all.into_iter().skip(at).take(1).collect()
}

fn interactions(opened: &Opened) -> Vec<&InteractionId> {
    let all = opened.read.as_ref().map(|read| &read.transcript.interactions);
    all.into_iter().flatten().map(|interaction| &interaction.id).collect()
}

/// Those with a comment, then those in which a tool failed, then the others.
fn telling_first(opened: &Opened) -> Vec<&InteractionId> {
    let marked = |id: &InteractionId| opened.comments.iter().any(|comment| comment.place.interaction() == Some(id));
    let failing = |id: &InteractionId| {
        let calls = opened.invocations.iter().flat_map(|read| &read.invocations);
        let mut here = calls.filter(|call| call.interaction_id.as_ref() == Some(id));
        here.any(|call| matches!(call.outcome, ToolOutcome::Failed { .. }))
    };
    let mut all = interactions(opened);
    all.sort_by_cached_key(|id| (!marked(id), !failing(id)));
    all
}

/// The recording that is wanted most: the beginnings of those that follow and all of the next in memory, then all on this
/// computer where something can be kept. The open conversation's are fetched as they are about to sound, elsewhere.
pub(super) fn recording(
    library: &Library,
    sounds: &SoundCache,
    kept: Option<&KeptRecordings>,
    wanted: &Wanted,
    given_up: &HashSet<String>,
) -> Option<Missing<MissingRecording>> {
    let find = |conversation: &ConversationId, in_memory: bool, most: usize| {
        let read = library.peek(conversation)?.read.as_ref()?;
        let here = kept.and_then(|kept| kept.get(conversation));
        let is_kept = |id: &MessageId| here.is_some_and(|here| here.contains(id));
        let there = |id: &MessageId| if in_memory { sounds.peek(id).is_some() } else { is_kept(id) };
        let message =
            voices(&read.transcript).take(most).find(|id| !there(id) && !given_up.contains(id.as_str()))?.clone();
        let item = MissingRecording { is_kept: is_kept(&message), message, in_memory };
        Some(Missing { conversation: conversation.clone(), item, urgency: Urgency::Later })
    };
    let in_memory = |most_following: usize, most: usize| {
        let following = wanted.following.iter().take(most_following);
        following.filter(|_| !sounds.is_full()).find_map(|id| find(id, true, most))
    };
    in_memory(QUICKLY, 1)
        .or_else(|| in_memory(1, usize::MAX))
        .or_else(|| kept.and_then(|_| wanted.following.iter().find_map(|id| find(id, false, usize::MAX))))
}

/// The recordings of what was left just now, of what is open, and of those that follow soon.
pub(super) fn near(library: &Library, left: Option<&ConversationId>, wanted: &Wanted) -> HashSet<MessageId> {
    let conversations = left.into_iter().chain(&wanted.open).chain(wanted.following.iter().take(QUICKLY));
    let read = conversations.filter_map(|id| library.peek(id)?.read.as_ref());
    read.flat_map(|read| voices(&read.transcript)).cloned().collect()
}

/// The first conversation that follows whose recordings were not looked up.
pub(super) fn not_looked_up(library: &Library, kept: &KeptRecordings, wanted: &Wanted) -> Option<ConversationId> {
    let read = |id: &&ConversationId| library.peek(id).is_some_and(|opened| opened.read.is_some());
    wanted.following.iter().filter(read).find(|id| !kept.contains_key(*id)).cloned()
}

pub(super) fn voices(transcript: &Transcript) -> impl Iterator<Item = &MessageId> {
    let messages = transcript.interactions.iter().flat_map(|interaction| &interaction.messages);
    messages.filter(|message| message.format == MessageFormat::Voice).map(|message| &message.id)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::sync::Arc;

    use earmark_review::{Comment, Conversation, Insight, Message, ToolInvocation};
    use earmark_store::ReadInvocations;
    use serde_json::json;

    use super::*;
    use crate::opened::Read;
    use crate::wav;

    fn id(name: &str) -> ConversationId {
        ConversationId::new(name).unwrap()
    }

    fn turn(conversation: &str, number: usize) -> InteractionId {
        InteractionId::new(format!("{conversation}{number}")).unwrap()
    }

    /// Its voice message: one a turn.
    fn voice(conversation: &str, number: usize) -> MessageId {
        MessageId::new(format!("{conversation}{number}")).unwrap()
    }

    /// A finished conversation of so many turns, each of one voice message.
    fn know(library: &mut Library, name: &str, finished: bool) {
        let listed: Conversation = serde_json::from_value(json!({
            "id": name, "user_id": "u", "service_id": "s", "created_at": "2026-03-04T05:06:07Z", "tags": {},
            "is_finished": finished, "final_message": "", "num_messages": 0, "is_analyzed": false,
            "completed_post_processings": [],
        }))
        .unwrap();
        library.know(vec![listed]);
    }

    fn read(library: &mut Library, name: &str, turns: usize) {
        let said = |number| -> Message {
            serde_json::from_value(json!({
                "id": voice(name, number), "interaction_id": turn(name, number), "sender": "user", "text": "",
                "format": "voice", "kind": "user", "created_at": "2026-03-04T05:06:07Z",
            }))
            .unwrap()
        };
        let transcript = Transcript::from_messages((1..=turns).map(said).collect());
        let read = Read { transcript, unreadable: 0, partial: None, at: "2026-03-04T05:06:07Z".parse().unwrap() };
        library.opened(&id(name)).read = Some(Arc::new(read));
    }

    /// Finished conversations of two turns each, read.
    fn library_of(names: &[&str]) -> Library {
        let mut library = Library::default();
        for name in names {
            know(&mut library, name, true);
            read(&mut library, name, 2);
        }
        library
    }

    fn wanted(open: Option<&str>, following: &[&str]) -> Wanted {
        Wanted { open: open.map(id), following: following.iter().map(|name| id(name)).collect(), ..Wanted::default() }
    }

    /// Takes what is wanted most until nothing is.
    fn insights(library: &mut Library, wanted: &Wanted) -> Vec<(String, Urgency)> {
        let mut order = Vec::new();
        while let Some(missing) = insight(library, wanted, &HashSet::new()) {
            order.push((missing.item.to_string(), missing.urgency));
            library.opened(&missing.conversation).insights.insert(missing.item, Insight::default());
        }
        order
    }

    #[test]
    fn transcripts_come_in_the_order_of_the_list_and_only_of_what_is_finished() {
        let mut library = Library::default();
        for (name, finished) in [("a", true), ("b", false), ("c", true), ("d", true)] {
            know(&mut library, name, finished);
        }
        read(&mut library, "a", 2);
        let wanted = wanted(None, &["a", "b", "c", "d", "unknown"]);
        assert_eq!(transcript(&library, &wanted, &HashSet::new()), Some(id("c")));
        assert_eq!(transcript(&library, &wanted, &["c".to_owned()].into()), Some(id("d")), "trouble is passed over");
        read(&mut library, "c", 2);
        read(&mut library, "d", 2);
        assert_eq!(transcript(&library, &wanted, &HashSet::new()), None);
    }

    #[test]
    fn insights_of_what_is_open_come_first_and_the_telling_ones_before_all() {
        let mut library = Library::default();
        for name in ["o", "a"] {
            know(&mut library, name, true);
        }
        read(&mut library, "o", 4);
        read(&mut library, "a", 1);
        let open = library.opened(&id("o"));
        let failed: ToolInvocation = serde_json::from_value(json!({
            "interaction_id": turn("o", 3), "tool_id": "t", "outcome": {"failed": {"kind": "k", "message": "m"}},
        }))
        .unwrap();
        open.invocations = Some(Arc::new(ReadInvocations { invocations: vec![failed], goes_on: false }));
        let comment: Comment = serde_json::from_value(json!({
            "id": "c", "author": "u", "created_at": "2026-03-04T05:06:07Z", "text": "t",
            "place": {"interaction": ["o", turn("o", 4)]},
        }))
        .unwrap();
        open.comments.push(comment);
        let order = insights(&mut library, &wanted(Some("o"), &["a"]));
        let expected = ["o4", "o3", "o1", "o2"].map(|turn| (turn.to_owned(), Urgency::Open));
        assert_eq!(order[..4], expected);
        assert_eq!(order[4..], [("a1".to_owned(), Urgency::Later)]);
    }

    #[test]
    fn the_beginnings_of_the_next_three_come_before_the_rest() {
        let mut library = library_of(&["a", "b", "c", "d"]);
        let order = insights(&mut library, &wanted(None, &["a", "b", "c", "d"]));
        let order: Vec<_> = order.iter().map(|(turn, _)| turn.as_str()).collect();
        assert_eq!(order, ["a1", "b1", "c1", "a2", "b2", "c2", "d1", "d2"]);
    }

    #[test]
    fn those_are_ready_whose_beginning_is_there() {
        let mut library = library_of(&["a", "b", "c"]);
        let wanted = wanted(None, &["a", "b", "c"]);
        assert_eq!(ready(&library, &wanted), 0, "text alone is not enough");
        for name in ["a", "c"] {
            library.opened(&id(name)).insights.insert(turn(name, 1), Insight::default());
        }
        assert_eq!(ready(&library, &wanted), 1, "only as far as one can go on");
    }

    #[test]
    fn recordings_are_ready_to_be_heard_for_the_next_and_then_kept_for_all() {
        let library = library_of(&["a", "b"]);
        let wanted = wanted(None, &["a", "b"]);
        let (mut sounds, mut kept) = (SoundCache::default(), KeptRecordings::new());
        assert_eq!(not_looked_up(&library, &kept, &wanted), Some(id("a")));
        kept.insert(id("a"), [voice("a", 2)].into());
        kept.insert(id("b"), HashSet::new());
        assert_eq!(not_looked_up(&library, &kept, &wanted), None);
        let mut order = Vec::new();
        while let Some(missing) = recording(&library, &sounds, Some(&kept), &wanted, &HashSet::new()) {
            let MissingRecording { message, in_memory, is_kept } = missing.item;
            order.push((message.to_string(), in_memory, is_kept));
            if in_memory {
                sounds.keep(message.clone(), wav::recording(&[128; 800]));
            }
            kept.entry(missing.conversation).or_default().insert(message);
        }
        let order: Vec<_> = order.iter().map(|(message, memory, kept)| (message.as_str(), *memory, *kept)).collect();
        assert_eq!(order, [("a1", true, false), ("b1", true, false), ("a2", true, true), ("b2", false, false)]);
        let again = recording(&library, &SoundCache::default(), None, &wanted, &HashSet::new());
        assert!(again.unwrap().item.in_memory, "what was let go is taken again");
    }

    #[test]
    fn recordings_of_what_is_far_away_are_not_near() {
        let library = library_of(&["a", "b", "c", "d", "e", "f", "g"]);
        let near = near(&library, Some(&id("a")), &wanted(Some("b"), &["c", "d", "e", "f"]));
        let expected = ["a", "b", "c", "d", "e"].into_iter().flat_map(|name| [voice(name, 1), voice(name, 2)]);
        assert_eq!(near, expected.collect());
    }

    #[test]
    fn where_nothing_can_be_kept_only_what_comes_next_is_fetched() {
        let library = library_of(&["a", "b"]);
        let wanted = wanted(None, &["a", "b"]);
        let mut sounds = SoundCache::default();
        for message in [voice("a", 1), voice("a", 2), voice("b", 1)] {
            sounds.keep(message, wav::recording(&[128; 800]));
        }
        assert_eq!(recording(&library, &sounds, None, &wanted, &HashSet::new()), None);
    }
}
