//! Nothing that was typed or received is in any file in plain text, nor is the key.
#![allow(clippy::unwrap_used)]

mod room;

use std::fs;

use earmark_review::{Conversation, Insight, InteractionId, MessageId, ToolId, ToolInvocation, ToolOutcome};
use earmark_store::{EditState, NameKind, ReadInsight, ReadInvocations};
use room::{Room, at, comment, edit, head, messages, spoil, talk};
use secrecy::ExposeSecret;

/// What every phrase has in it. Shorter than any of them, it is found even where one is cut in two.
const WORD: &str = "marmalade";

/// Fifty phrases nobody else says.
fn phrases() -> Vec<String> {
    (0..50).map(|n| format!("the patient asked for {WORD} number {n} and the {}th nurse", n * 7 + 3)).collect()
}

fn assert_silent(room: &Room, when: &str) {
    let hex = room.key.to_hex();
    let digits = hex.expose_secret().as_bytes();
    let pairs = digits.chunks(2).map(|pair| std::str::from_utf8(pair).unwrap());
    let bytes: Vec<u8> = pairs.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect();
    for name in room.names() {
        let file = fs::read(room.file(&name)).unwrap();
        for (what, needle) in [("a phrase", WORD.as_bytes()), ("the key", digits), ("the key", &bytes)] {
            let found = file.windows(needle.len()).any(|window| window == needle);
            assert!(!found, "{when}: {name} holds {what} in plain text");
        }
    }
}

#[test]
fn fifty_phrases_are_in_no_file() {
    let room = Room::new();
    let all = phrases();
    let store = room.open();
    for (n, phrase) in all.iter().enumerate() {
        match n % 8 {
            0 => store.put_transcript(&talk(n), &messages(n, &[phrase]), at(1)).unwrap(),
            1 => store.put_conversations(&[Conversation { final_message: phrase.clone(), ..head(n) }], at(1)).unwrap(),
            2 => store.put_comments(&talk(n), &[comment(n, phrase)], at(1)).unwrap(),
            3 => {
                let insight = Insight { objective: phrase.clone(), ..Insight::default() };
                store
                    .put_insight(
                        &talk(n),
                        &InteractionId::new("i").unwrap(),
                        &ReadInsight { insight, goes_on: false },
                        at(1),
                    )
                    .unwrap();
            }
            4 => store.put_names(NameKind::Person, &[(phrase.to_string(), format!("\"{phrase}\""))], at(1)).unwrap(),
            5 => {
                let call = ToolInvocation {
                    interaction_id: None,
                    tool_id: ToolId::new("t").unwrap(),
                    inputs: phrase.as_str().into(),
                    created_at: None,
                    outcome: ToolOutcome::Unknown,
                };
                store
                    .put_tool_invocations(&talk(n), &ReadInvocations { invocations: vec![call], goes_on: false }, at(1))
                    .unwrap();
                let message = MessageId::new(format!("m{n}")).unwrap();
                store.put_recording(&talk(n), &message, phrase.as_bytes(), phrase.as_bytes(), at(1)).unwrap();
            }
            6 => {
                store.save_draft(phrase, phrase, 3, at(1)).unwrap();
                store.alias(phrase, phrase).unwrap();
                store.set_review_state(&talk(n), phrase, at(1)).unwrap();
            }
            _ => {
                let id = store.record(&edit(n, phrase, 1)).unwrap();
                store.set_state(id, EditState::NeedsYou(phrase.clone()), at(2), phrase, Some(phrase)).unwrap();
            }
        }
    }
    assert_silent(&room, "while it is open");
    assert!(store.conversations(&earmark_store::ConversationQuery::default(), 100).unwrap().len() >= 6);
    drop(store);
    assert_silent(&room, "when it is closed");
    assert_eq!(room.names(), ["cache.db", "store.copy.json", "store.json", "store.lock", "work.db"]);

    spoil(&room.file("work.db"), 5 * 4096, 4096);
    let (_store, mended) = room.try_open().unwrap();
    assert_eq!(mended.len(), 1);
    assert_silent(&room, "after work was saved from damage");
}
