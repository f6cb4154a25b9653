//! Changes on their way: kept here first, sent once, in order, whatever the network does.

use std::time::Duration;

use earmark_console::{ConversationRow, TagView};
use serde_json::{Value, json};

use crate::desk::{Desk, unlimited};

pub fn tag(key: &str, value: Option<&str>) -> TagView {
    TagView { key: key.into(), value: value.map(Into::into) }
}

/// The network is away.
pub async fn cut(desk: &Desk) {
    desk.server.fault(json!([{ "path": "*", "kind": "drop" }])).await.unwrap();
}

/// The network is back.
pub async fn mend(desk: &Desk) {
    desk.server.fault(json!([])).await.unwrap();
}

/// A tag's value on the server: `None` where the tag is not there.
pub async fn on_server(desk: &Desk, row: &ConversationRow, key: &str) -> Option<Value> {
    desk.server.conversation(row.id.as_str()).await.unwrap()["tags"].get(key).cloned()
}

/// What comments on a conversation's interactions say on the server, oldest first.
pub async fn texts(desk: &Desk, row: &ConversationRow) -> Vec<String> {
    let comments = desk.server.comments(row.id.as_str()).await.unwrap();
    comments.iter().map(|comment| comment["feedback_content"]["comment"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn thirty_edits_without_a_network_arrive_once_and_in_order_after_a_restart() {
    let desk = Desk::set(unlimited()).await;
    let row = desk.conversation_of("Daniel Reyes").await;
    let other = desk.conversation_of("Layla Haddad").await;
    let interaction = desk.messages(&row.id).await[0].interaction_id.clone();
    desk.sent().await;
    let before = texts(&desk, &row).await.len();
    cut(&desk).await;
    for n in 0..10 {
        let value = n.to_string();
        desk.console.edit_tags(row.id.clone(), vec![tag("step", Some(&value))], vec![]).await.unwrap();
        desk.console.edit_tags(other.id.clone(), vec![tag(&format!("k{n}"), None)], vec![]).await.unwrap();
        desk.console.add_comment(row.id.clone(), Some(interaction.clone()), format!("remark {n}")).await.unwrap();
    }
    let waiting = desk.outbox_until(|outbox| outbox.trouble.is_some()).await;
    assert_eq!((waiting.saved_here, waiting.needs_you), (30, 0));
    let work = desk.console.read_work(row.id.clone()).await.unwrap();
    assert!(work.tags.contains(&tag("step", Some("9"))), "what was done is shown: {:?}", work.tags);

    let desk = desk.restart().await;
    let waiting = desk.outbox_until(|outbox| outbox.saved_here == 30).await;
    assert_eq!(waiting.needs_you, 0);
    mend(&desk).await;
    desk.sent().await;
    assert_eq!(on_server(&desk, &row, "step").await, Some(json!("9")));
    for n in 0..10 {
        assert_eq!(on_server(&desk, &other, &format!("k{n}")).await, Some(Value::Null));
    }
    let expected: Vec<String> = (0..10).map(|n| format!("remark {n}")).collect();
    assert_eq!(texts(&desk, &row).await[before..], expected, "each once, in order");
    let calls = desk.server.calls().await.unwrap();
    let taken = |part: &str| {
        calls
            .iter()
            .filter(|call| {
                call["path"].as_str().unwrap().contains(part)
                    && call["status"].as_u64().is_some_and(|status| status < 300)
            })
            .count()
    };
    assert_eq!(taken(&format!("{}/tags/", row.id)), 10);
}

#[tokio::test]
async fn a_write_whose_answer_was_lost_is_read_back_and_not_sent_twice() {
    let desk = Desk::set(unlimited()).await;
    let row = desk.conversation_of("Daniel Reyes").await;
    let interaction = desk.messages(&row.id).await[0].interaction_id.clone();
    let lost = |path: &str| json!([{ "path": path, "method": "POST", "kind": "drop", "applied": true, "times": 1 }]);

    desk.server.fault(lost("*/tags/*")).await.unwrap();
    desk.console.edit_tags(row.id.clone(), vec![tag("verdict", Some("high"))], vec![]).await.unwrap();
    desk.sent().await;
    assert_eq!(on_server(&desk, &row, "verdict").await, Some(json!("high")));
    assert_eq!(desk.calls_to("/tags/").await, 1, "it was there: nothing was sent again");

    desk.server.fault(lost("*/feedback*")).await.unwrap();
    desk.console.add_comment(row.id.clone(), Some(interaction.clone()), "only once".into()).await.unwrap();
    desk.sent().await;
    assert_eq!(texts(&desk, &row).await.iter().filter(|text| *text == "only once").count(), 1);
    let comments = desk.console.list_comments(row.id.clone()).await.unwrap().work.comments;
    assert_eq!(comments.iter().filter(|comment| comment.text == "only once").count(), 1, "nor is it shown twice");
}

#[tokio::test]
async fn two_identical_comments_written_on_purpose_both_arrive_though_answers_are_lost() {
    let desk = Desk::set(unlimited()).await;
    let row = desk.conversation_of("Daniel Reyes").await;
    let interaction = desk.messages(&row.id).await[0].interaction_id.clone();
    let faults = json!([{ "path": "*/feedback*", "method": "POST", "kind": "drop", "applied": true, "times": 2 }]);
    desk.server.fault(faults).await.unwrap();
    for _ in 0..2 {
        desk.console.add_comment(row.id.clone(), Some(interaction.clone()), "again".into()).await.unwrap();
    }
    desk.sent().await;
    assert_eq!(texts(&desk, &row).await.iter().filter(|text| *text == "again").count(), 2);
}

#[tokio::test]
async fn one_refused_write_waits_for_the_reviewer_and_the_rest_go_on() {
    let desk = Desk::set(unlimited()).await;
    let row = desk.conversation_of("Daniel Reyes").await;
    let other = desk.conversation_of("Layla Haddad").await;
    desk.server.fault(earmark_tests::stage::status(&format!("*{}/tags/*", row.id), 403)).await.unwrap();
    let work = desk.console.edit_tags(row.id.clone(), vec![tag("verdict", Some("high"))], vec![]).await.unwrap();
    let change = work.changes[0].id.clone();
    desk.console.edit_tags(other.id.clone(), vec![tag("verdict", Some("low"))], vec![]).await.unwrap();
    let view = desk.outbox_until(|outbox| outbox.saved_here == 0 && outbox.needs_you == 1).await;
    assert_eq!(view.needing_you, std::slice::from_ref(&row.id));
    assert_eq!(on_server(&desk, &other, "verdict").await, Some(json!("low")));
    let work = desk.console.read_work(row.id.clone()).await.unwrap();
    let card = work.changes[0].card.as_ref().unwrap();
    assert!(card.sentence.contains("not allowed") && card.sentence.contains("kept"), "{card:?}");
    assert!(work.tags.contains(&tag("verdict", Some("high"))), "the reviewer's own is shown");

    desk.server.fault(json!([])).await.unwrap();
    desk.console.choose_side(change, earmark_console::Choice::Mine).await.unwrap();
    desk.outbox_until(|outbox| outbox.saved_here == 0 && outbox.needs_you == 0).await;
    assert_eq!(on_server(&desk, &row, "verdict").await, Some(json!("high")));
}

#[tokio::test]
async fn a_key_refused_in_the_middle_loses_nothing_and_goes_on_when_it_is_taken_again() {
    let desk = Desk::set(unlimited()).await;
    let row = desk.conversation_of("Daniel Reyes").await;
    desk.server.fault(earmark_tests::stage::status("*", 401)).await.unwrap();
    desk.console.edit_tags(row.id.clone(), vec![tag("verdict", Some("high"))], vec![]).await.unwrap();
    let view = desk.outbox_until(|outbox| outbox.trouble.is_some()).await;
    assert_eq!((view.saved_here, view.needs_you), (1, 0));
    assert!(view.trouble.unwrap().contains("does not accept this key"));
    mend(&desk).await;
    desk.sent().await;
    assert_eq!(on_server(&desk, &row, "verdict").await, Some(json!("high")));
}

#[tokio::test]
async fn a_conversation_deleted_on_the_server_is_said_and_the_change_is_kept() {
    let desk = Desk::set(unlimited()).await;
    let row = desk.conversation_of("Daniel Reyes").await;
    desk.sent().await;
    let gone = json!([{ "path": "*/conversation/", "kind": "status", "code": 200, "body": { "conversations": [], "has_more": false, "continuation_token": null } }]);
    desk.server.fault(gone).await.unwrap();
    desk.console.edit_tags(row.id.clone(), vec![tag("verdict", None)], vec![]).await.unwrap();
    desk.outbox_until(|outbox| outbox.needs_you == 1).await;
    let work = desk.console.read_work(row.id.clone()).await.unwrap();
    assert!(work.changes[0].card.as_ref().unwrap().sentence.contains("not on the server any more"), "{work:?}");
}

#[tokio::test]
async fn a_twenty_first_tag_somebody_else_added_first_is_said() {
    let desk = Desk::set(unlimited()).await;
    let row = desk.conversation_of("Daniel Reyes").await;
    desk.sent().await;
    let fill: serde_json::Map<String, Value> =
        (row.tags.len()..20).map(|n| (format!("filler {n}"), Value::Null)).collect();
    desk.server.edit(json!({ "conversation_id": row.id, "tags": { "set": fill } })).await.unwrap();
    desk.console.edit_tags(row.id.clone(), vec![tag("one more", None)], vec![]).await.unwrap();
    desk.outbox_until(|outbox| outbox.needs_you == 1).await;
    let work = desk.console.read_work(row.id.clone()).await.unwrap();
    assert!(work.changes[0].card.as_ref().unwrap().sentence.contains("at most 20 tags"), "{work:?}");
    assert_eq!(desk.calls_to("/tags/").await, 0, "it was known before the call");
}

#[tokio::test]
async fn closing_sends_what_could_still_be_taken_back_and_does_not_wait_for_a_server_that_is_silent() {
    let desk = Desk::set_with_grace(unlimited(), Duration::from_secs(60)).await;
    let row = desk.conversation_of("Daniel Reyes").await;
    desk.outbox_until(|outbox| outbox.saved_here == 0).await;
    desk.console.edit_tags(row.id.clone(), vec![tag("verdict", None)], vec![]).await.unwrap();
    desk.console.close().await;
    assert_eq!(on_server(&desk, &row, "verdict").await, Some(Value::Null));

    desk.server.fault(json!([{ "path": "*", "kind": "delay", "ms": 60_000 }])).await.unwrap();
    desk.console.edit_tags(row.id.clone(), vec![tag("other", None)], vec![]).await.unwrap();
    let closed = tokio::time::timeout(Duration::from_secs(5), desk.console.close()).await;
    assert!(closed.is_ok(), "closing waited for the server");
}

#[tokio::test]
async fn an_edit_the_server_keeps_failing_on_holds_up_nothing_else_and_is_asked_about() {
    let desk = Desk::set(unlimited()).await;
    let row = desk.conversation_of("Daniel Reyes").await;
    let other = desk.conversation_of("Layla Haddad").await;
    desk.sent().await;
    desk.server.fault(earmark_tests::stage::status(&format!("*{}/tags/*", row.id), 500)).await.unwrap();
    let work = desk.console.edit_tags(row.id.clone(), vec![tag("verdict", Some("high"))], vec![]).await.unwrap();
    desk.console.edit_tags(other.id.clone(), vec![tag("verdict", Some("low"))], vec![]).await.unwrap();
    let view = desk.outbox_until(|outbox| outbox.saved_here == 0 && outbox.needs_you == 1).await;
    assert_eq!(view.needing_you, std::slice::from_ref(&row.id));
    assert_eq!(on_server(&desk, &other, "verdict").await, Some(json!("low")));
    mend(&desk).await;
    desk.console.choose_side(work.changes[0].id.clone(), earmark_console::Choice::Mine).await.unwrap();
    desk.outbox_until(|outbox| outbox.saved_here == 0 && outbox.needs_you == 0).await;
    assert_eq!(on_server(&desk, &row, "verdict").await, Some(json!("high")));
}

#[tokio::test]
async fn trouble_is_over_when_nothing_waits_any_more_and_closing_tries_once_more() {
    let desk = Desk::set(unlimited()).await;
    let row = desk.conversation_of("Daniel Reyes").await;
    desk.sent().await;
    cut(&desk).await;
    desk.console.edit_tags(row.id.clone(), vec![tag("verdict", None)], vec![]).await.unwrap();
    desk.outbox_until(|outbox| outbox.trouble.is_some()).await;
    mend(&desk).await;
    desk.console.close().await;
    assert_eq!(on_server(&desk, &row, "verdict").await, Some(Value::Null), "an old trouble keeps nothing back");
    desk.outbox_until(|outbox| outbox.trouble.is_none()).await;
}
