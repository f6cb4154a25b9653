//! What is fetched is there again, whole; the list answers as the server would.
#![allow(clippy::unwrap_used)]

mod room;

use std::cmp::Ordering;

use earmark_review::{
    Conversation, Insight, InteractionId, MessageId, ServiceId, ToolCall, ToolId, ToolInvocation, ToolOutcome,
    Transition, TransitionKind, UserId, Version, VersionRef,
};
use earmark_store::{
    AfterConversation, ConversationQuery, NameKind, ReadInsight, ReadInvocations, Recorded, TagQuery, TagValueQuery,
};
use proptest::prelude::*;
use room::{Room, at, comment, head, messages, talk};
use serde_json::json;

#[test]
fn everything_is_read_back_as_it_was() {
    let room = Room::new();
    let conversation = Conversation {
        version: Some(Version {
            name: "release".into(),
            agent: Some(VersionRef { id: "a".into(), version: 3 }),
            state_machine: None,
            models: vec![("engage".into(), "model".into())],
        }),
        created_at: "2026-11-20T10:00:00.123456789Z".parse().unwrap(),
        ..head(1)
    };
    let call = ToolCall {
        name: "find".into(),
        tool_id: ToolId::new("t").unwrap(),
        version: "1.0".into(),
        input: json!({"n": [1, 2.5, null]}),
        output: None,
        duration_ms: 7,
        outcome: ToolOutcome::Failed { kind: "Timeout".into(), message: "no answer".into() },
    };
    let step = |kind| Transition { from: "a".into(), to: "b".into(), kind };
    let insight = Insight {
        state: "greeting".into(),
        transitions: vec![
            step(TransitionKind::Action { exit_condition: "x".into(), calls: vec![vec![call.clone()]] }),
            step(TransitionKind::ToolCall { calls: vec![], designated: Some(Box::new(call.clone())) }),
            step(TransitionKind::Annotation { thought: Some(MessageId::new("m").unwrap()) }),
            step(TransitionKind::Jumpback),
            step(TransitionKind::Other("leap".into())),
        ],
        unreadable: 2,
        ..Insight::default()
    };
    let insight = ReadInsight { insight, goes_on: true };
    let invocation = ToolInvocation {
        interaction_id: Some(InteractionId::new("i").unwrap()),
        tool_id: ToolId::new("t").unwrap(),
        inputs: json!({"a": 1}),
        created_at: Some(at(3)),
        outcome: ToolOutcome::Succeeded,
    };
    let interaction = InteractionId::new("i").unwrap();
    let message = MessageId::new("m").unwrap();
    let store = room.open();
    store.put_conversations(std::slice::from_ref(&conversation), at(1)).unwrap();
    store.put_transcript(&talk(1), &messages(1, &["hello", "and\n\"more\" größe"]), at(2)).unwrap();
    store.put_insight(&talk(1), &interaction, &insight, at(3)).unwrap();
    let invocations = ReadInvocations { invocations: vec![invocation], goes_on: true };
    store.put_tool_invocations(&talk(1), &ReadInvocations::default(), at(3)).unwrap();
    store.put_tool_invocations(&talk(1), &invocations, at(4)).unwrap();
    store.put_comments(&talk(1), &[comment(1, "good")], at(5)).unwrap();
    store.put_recording(&talk(1), &message, b"\0sound", b"peaks", at(6)).unwrap();
    store.put_names(NameKind::Agent, &[("a", "1"), ("b", "2")], at(7)).unwrap();
    store.put_names(NameKind::Agent, &[("b", "3")], at(8)).unwrap();
    drop(store);

    let store = room.open();
    let head = store.conversation(&talk(1)).unwrap().unwrap();
    assert_eq!((head.value, head.read_at), (conversation, at(1)));
    let transcript = store.transcript(&talk(1)).unwrap().unwrap();
    assert_eq!((transcript.value, transcript.read_at), (messages(1, &["hello", "and\n\"more\" größe"]), at(2)));
    assert_eq!(store.insight(&talk(1), &interaction).unwrap().unwrap().value, insight);
    let record = store.tool_invocations(&talk(1)).unwrap().unwrap();
    assert_eq!((record.value, record.read_at), (invocations, at(4)));
    assert_eq!(store.comments(&talk(1)).unwrap().unwrap().value, [comment(1, "good")]);
    let recorded = Recorded { bytes: b"\0sound".to_vec(), facts: b"peaks".to_vec() };
    assert_eq!(store.recording(&message).unwrap(), Some(recorded));
    assert_eq!(store.recorded_messages(&talk(1)).unwrap(), [(message.clone(), 11)]);
    assert_eq!(store.names(NameKind::Agent).unwrap(), [("a".into(), "1".into()), ("b".into(), "3".into())]);

    store.drop_conversation(&talk(1)).unwrap();
    assert!(store.conversation(&talk(1)).unwrap().is_none());
    assert!(store.transcript(&talk(1)).unwrap().is_none());
    assert_eq!(store.recording(&message).unwrap(), None);
    assert_eq!(store.cache_size().unwrap().bytes, 0);
}

#[test]
fn a_value_of_another_version_is_as_good_as_absent() {
    let room = Room::new();
    let store = room.open();
    store.put_conversations(&[head(1), head(2)], at(1)).unwrap();
    store.put_transcript(&talk(1), &messages(1, &["hello"]), at(1)).unwrap();
    drop(store);
    let raw = room.raw("cache.db");
    let other = zstd::bulk::compress(b"{\"id\": \"c1\"}", 1).unwrap();
    raw.execute("UPDATE conversations SET value = ?1 WHERE id = 'c1'", [other]).unwrap();
    raw.execute("UPDATE pieces SET value = CAST('{\"messages\": []}' AS BLOB)", []).unwrap();
    drop(raw);
    let store = room.open();
    assert!(store.transcript(&talk(1)).unwrap().is_none());
    let all = store.conversations(&ConversationQuery::default(), 10).unwrap();
    assert_eq!(all.into_iter().map(|kept| kept.value).collect::<Vec<_>>(), [head(2)]);
}

#[test]
fn an_older_value_is_read_with_what_it_lacks() {
    let older = json!({"id": "c1", "user_id": "u", "service_id": "s", "created_at": "2026-01-01T00:00:00Z",
        "is_finished": true});
    let read: Conversation = serde_json::from_value(older).unwrap();
    assert_eq!((read.num_messages, read.tags.len(), read.version), (0, 0, None));
    assert_eq!(serde_json::from_value::<Insight>(json!({"state": "s"})).unwrap().state, "s");
}

fn query() -> impl Strategy<Value = ConversationQuery> {
    let tag = prop_oneof![
        Just(TagValueQuery::Any),
        Just(TagValueQuery::Absent),
        (0..30usize).prop_map(|n| TagValueQuery::Is(n.to_string())),
    ];
    let tag = (prop_oneof![Just("number"), Just("plain"), Just("none")], tag)
        .prop_map(|(key, value)| TagQuery { key: key.into(), value });
    (
        proptest::collection::vec((0..4usize).prop_map(|n| UserId::new(format!("user{n}")).unwrap()), 0..3),
        proptest::collection::vec((0..3usize).prop_map(|n| ServiceId::new(format!("service{n}")).unwrap()), 0..3),
        any::<Option<bool>>(),
        proptest::collection::vec((0..40usize).prop_map(talk), 0..5),
        proptest::collection::vec(tag, 0..3),
        proptest::option::of(
            (0..15i64, 0..40usize).prop_map(|(second, n)| AfterConversation { created_at: at(second), id: talk(n) }),
        ),
        any::<bool>(),
    )
        .prop_map(|(user_ids, service_ids, is_finished, ids, tags, after, oldest_first)| ConversationQuery {
            user_ids,
            service_ids,
            is_finished,
            ids,
            tags,
            after,
            oldest_first,
        })
}

/// The same in plain words.
fn is_meant(query: &ConversationQuery, conversation: &Conversation) -> bool {
    let any = |listed: bool, empty: bool| empty || listed;
    any(query.user_ids.contains(&conversation.user_id), query.user_ids.is_empty())
        && any(query.service_ids.contains(&conversation.service_id), query.service_ids.is_empty())
        && any(query.ids.contains(&conversation.id), query.ids.is_empty())
        && query.is_finished.is_none_or(|finished| finished == conversation.is_finished)
        && query.after.as_ref().is_none_or(|after| {
            let comes_after = (conversation.created_at, &conversation.id).cmp(&(after.created_at, &after.id));
            comes_after == if query.oldest_first { Ordering::Greater } else { Ordering::Less }
        })
        && query.tags.iter().all(|tag| match (conversation.tags.get(&tag.key), &tag.value) {
            (None, _) => false,
            (Some(_), TagValueQuery::Any) => true,
            (Some(value), TagValueQuery::Absent) => value.is_none(),
            (Some(value), TagValueQuery::Is(expected)) => value == Some(expected),
        })
}

#[test]
fn the_list_is_what_the_filter_says() {
    let room = Room::new();
    let store = room.open();
    let mut all: Vec<Conversation> = (0..30).map(head).collect();
    store.put_conversations(&all, at(1)).unwrap();
    // Kept twice is kept once, with the tags it has now.
    store.put_conversations(&all, at(2)).unwrap();
    all.sort_by(|a, b| (b.created_at, &b.id).cmp(&(a.created_at, &a.id)));
    proptest!(ProptestConfig { cases: 300, ..ProptestConfig::default() }, |(query in query(), limit in 1..20u32)| {
        let found = store.conversations(&query, limit).unwrap();
        let found: Vec<Conversation> = found.into_iter().map(|kept| kept.value).collect();
        let mut expected: Vec<Conversation> =
            all.iter().filter(|conversation| is_meant(&query, conversation)).cloned().collect();
        if query.oldest_first {
            expected.reverse();
        }
        expected.truncate(limit as usize);
        prop_assert_eq!(found, expected);
    });
}

#[test]
fn transcripts_are_looked_through_page_by_page() {
    let room = Room::new();
    let store = room.open();
    for n in 1..=5 {
        store.put_transcript(&talk(n), &messages(n, &[if n == 4 { "the needle" } else { "hay" }]), at(1)).unwrap();
    }
    store.put_comments(&talk(9), &[comment(9, "the needle")], at(1)).unwrap();
    let (mut looked, mut found, mut after) = (Vec::new(), Vec::new(), None);
    loop {
        let page = store.transcripts_with("needle", after.as_ref(), 2).unwrap();
        let Some((last, _)) = page.last() else { break };
        after = Some(last.clone());
        for (conversation, transcript) in page {
            found.extend(transcript.map(|transcript| (conversation.clone(), transcript)));
            looked.push(conversation);
        }
    }
    assert_eq!(looked, (1..=5).map(talk).collect::<Vec<_>>(), "each once, and nothing but transcripts");
    assert_eq!(found, [(talk(4), messages(4, &["the needle"]))]);
}
