//! The comments of all conversations: listed as the reviewer has them, read in parts that a restart does not lose.
#![allow(clippy::unwrap_used)]

mod room;

use std::collections::BTreeMap;

use earmark_review::{Comment, CommentId, CommentPlace, ConversationId, InteractionId, UserId};
use earmark_store::{AfterComment, CommentQuery, Overlaid, ReadingStage, Store};
use proptest::prelude::*;
use room::{Room, at, head, talk};

/// A comment with a number: on an interaction unless that is divisible by seven, resolved where it is by three.
fn comment(number: usize) -> Comment {
    let conversation = talk(number % 5);
    Comment {
        id: CommentId::new(format!("f{number:03}")).unwrap(),
        author: UserId::new(format!("reviewer{}", number % 3)).unwrap(),
        created_at: at((number * 7919 % 101) as i64),
        text: format!("comment {number}"),
        place: match number.is_multiple_of(7) {
            true => CommentPlace::Conversation(conversation),
            false => CommentPlace::Interaction(conversation, InteractionId::new(format!("i{number}")).unwrap()),
        },
        resolved: number.is_multiple_of(3) && !number.is_multiple_of(7),
        message: None,
    }
}

fn fill(store: &Store, numbers: impl Iterator<Item = usize>) -> Vec<Comment> {
    let comments: Vec<Comment> = numbers.map(comment).collect();
    store.put_comment_page(&comments, ReadingStage::Interactions, Some(50), at(1)).unwrap();
    comments
}

/// The same without SQL.
fn expected(comments: &[Comment], overlaid: &[Overlaid], query: &CommentQuery) -> Vec<Comment> {
    let mut all: Vec<Comment> = comments.to_vec();
    for one in overlaid {
        let id = match one {
            Overlaid::Gone(id) => id,
            Overlaid::Reads(comment) => &comment.id,
        };
        all.retain(|comment| comment.id != *id);
        if let Overlaid::Reads(comment) = one {
            all.push(comment.clone());
        }
    }
    all.retain(|comment| {
        let is_on_interaction = comment.place.interaction().is_some();
        query.is_resolved.is_none_or(|resolved| is_on_interaction && comment.resolved == resolved)
            && (query.authors.is_empty() || query.authors.contains(&comment.author))
            && (query.conversations.is_empty() || query.conversations.contains(comment.place.conversation()))
            && query.since.is_none_or(|since| comment.created_at >= since)
            && query.until.is_none_or(|until| comment.created_at < until)
    });
    all.sort_by(|a, b| (a.created_at, &a.id).cmp(&(b.created_at, &b.id)));
    if query.newest_first {
        all.reverse();
    }
    all
}

/// Every page of a list.
fn pages(store: &Store, overlaid: &[Overlaid], query: &CommentQuery) -> Vec<Comment> {
    let mut all: Vec<Comment> = Vec::new();
    loop {
        let after = all.last().map(|last| AfterComment { created_at: last.created_at, id: last.id.clone() });
        let page = store.list_comments(&CommentQuery { after, ..query.clone() }, overlaid, 7).unwrap();
        if page.is_empty() {
            return all;
        }
        all.extend(page);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn the_list_is_what_the_server_has_with_what_the_reviewer_did(
        resolved in proptest::option::of(any::<bool>()),
        author in proptest::option::of(0..3usize),
        conversation in proptest::option::of(0..5usize),
        since in proptest::option::of(0..101i64),
        until in proptest::option::of(0..101i64),
        newest_first in any::<bool>(),
        mine in proptest::collection::vec((0..80usize, 0..3usize), 0..8),
    ) {
        let room = Room::new();
        let store = room.open();
        let comments = fill(&store, 0..60);
        let mut overlaid: Vec<Overlaid> = Vec::new();
        for (number, what) in mine {
            let was = comment(number);
            overlaid.retain(|one| !matches!(one, Overlaid::Gone(id) | Overlaid::Reads(Comment { id, .. }) if *id == was.id));
            overlaid.push(match what {
                0 => Overlaid::Gone(was.id),
                1 => Overlaid::Reads(Comment { resolved: !was.resolved, ..was }),
                _ => Overlaid::Reads(Comment { text: "in \"other\" words\n".into(), ..was }),
            });
        }
        let query = CommentQuery {
            is_resolved: resolved,
            authors: author.map(|n| UserId::new(format!("reviewer{n}")).unwrap()).into_iter().collect(),
            conversations: conversation.map(talk).into_iter().collect(),
            since: since.map(at),
            until: until.map(at),
            newest_first,
            ..CommentQuery::default()
        };
        let wanted = expected(&comments, &overlaid, &query);
        prop_assert_eq!(pages(&store, &overlaid, &query), wanted.clone());
        prop_assert_eq!(store.count_comments(&query, &overlaid).unwrap() as usize, wanted.len());

        let open = CommentQuery { is_resolved: Some(false), ..CommentQuery::default() };
        let mut by_hand: BTreeMap<ConversationId, u32> = BTreeMap::new();
        for comment in expected(&comments, &overlaid, &open) {
            *by_hand.entry(comment.place.conversation().clone()).or_default() += 1;
        }
        let asked: Vec<ConversationId> = (1..7).map(talk).collect();
        by_hand.retain(|id, _| asked.contains(id));
        let counted = store.open_comments(&asked, &overlaid).unwrap();
        prop_assert_eq!(counted, by_hand.into_iter().collect::<Vec<_>>());
    }
}

#[test]
fn open_ones_are_counted_only_where_there_are_any() {
    let room = Room::new();
    let store = room.open();
    // Of the second conversation only what is resolved, of the third only what is about all of it.
    let resolved = Comment { resolved: true, ..comment(6) };
    let whole = Comment { place: CommentPlace::Conversation(talk(2)), ..comment(2) };
    store.put_new_comments(&[comment(5), comment(10), resolved.clone(), whole], at(1)).unwrap();
    let asked: Vec<ConversationId> = (0..4).map(talk).collect();
    assert_eq!(store.open_comments(&asked, &[]).unwrap(), [(talk(0), 2)]);
    let mine = [Overlaid::Gone(comment(5).id), Overlaid::Reads(Comment { resolved: false, ..resolved })];
    assert_eq!(store.open_comments(&asked, &mine).unwrap(), [(talk(0), 1), (talk(1), 1)]);
    assert_eq!(store.open_comments(&[], &mine).unwrap(), []);
}

#[test]
fn a_service_is_that_of_the_conversation() {
    let room = Room::new();
    let store = room.open();
    let comments = fill(&store, 1..30);
    let heads: Vec<_> = (0..3).map(head).collect();
    store.put_conversations(&heads, at(1)).unwrap();
    let query = CommentQuery { services: vec![heads[1].service_id.clone()], ..CommentQuery::default() };
    let of: Vec<_> = heads.iter().filter(|one| one.service_id == heads[1].service_id).map(|one| &one.id).collect();
    let wanted = comments.iter().filter(|comment| of.contains(&comment.place.conversation())).count();
    assert_eq!(store.count_comments(&query, &[]).unwrap() as usize, wanted);
    assert!(wanted > 0);
    let unknown = store.unknown_conversations(50).unwrap();
    assert_eq!(unknown.len(), 2, "{unknown:?}");
}

#[test]
fn a_reading_goes_on_where_it_stopped_and_tells_what_it_did_not_meet() {
    let room = Room::new();
    let store = room.open();
    fill(&store, 1..20);
    drop(store);
    let store = room.open();
    let reading = store.comment_reading().unwrap();
    assert_eq!((reading.stage, reading.token, reading.complete_at), (ReadingStage::Interactions, Some(50), None));
    assert_eq!(store.unmet_comments().unwrap(), []);
    store.end_comment_reading().unwrap();
    let over = store.comment_reading().unwrap();
    assert_eq!((over.stage, over.complete_at), (ReadingStage::Over, Some(at(1))), "as old as its beginning");

    store.begin_comment_reading().unwrap();
    let met: Vec<Comment> = (1..20).filter(|number| number % 5 != 2).map(comment).collect();
    store.put_comment_page(&met, ReadingStage::Conversations, None, at(9)).unwrap();
    assert_eq!(store.unmet_comments().unwrap(), [talk(2)]);
    store.put_comments(&talk(2), &[comment(2)], at(9)).unwrap();
    assert_eq!(store.unmet_comments().unwrap(), []);
    assert_eq!(store.known_comments(&talk(2)).unwrap(), [comment(2)], "the others of it are gone");
    store.end_comment_reading().unwrap();
    assert_eq!(store.comment_reading().unwrap().complete_at, Some(at(9)));
}

#[test]
fn a_conversations_comments_are_the_same_rows() {
    let room = Room::new();
    let store = room.open();
    assert!(store.comments(&talk(1)).unwrap().is_none(), "nothing was read");
    fill(&store, 1..12);
    assert!(store.comments(&talk(1)).unwrap().is_none(), "not all of them were");
    store.end_comment_reading().unwrap();
    let kept = store.comments(&talk(1)).unwrap().unwrap();
    assert_eq!(kept.value.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(), ["f001", "f006", "f011"]);
    store.change_comments(&talk(1), |comments| comments.retain(|one| one.id.as_str() != "f001")).unwrap();
    let ids: Vec<CommentId> = store.known_comments(&talk(1)).unwrap().into_iter().map(|one| one.id).collect();
    assert_eq!(ids.len(), 2);
    store.clear_cache().unwrap();
    assert_eq!(store.count_comments(&CommentQuery::default(), &[]).unwrap(), 0);
    assert_eq!(store.comment_reading().unwrap().stage, ReadingStage::Interactions, "it begins again");
}
