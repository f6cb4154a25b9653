//! Tags of many conversations at once: what it would do, within the limit, as one, and without touching another key.

use std::collections::BTreeMap;
use std::time::Duration;

use earmark_console::{ConversationFilter, ConversationRow, ProblemCode, TagView};
use earmark_sandbox::{Limits, Options as Sandbox};
use serde_json::{Map, Value, json};

use crate::desk::{Desk, unlimited};
use crate::outbox::tag;

/// The window calls are counted in.
const MINUTE: Duration = Duration::from_secs(4);
/// Calls that change tags in one window.
const ALLOWED: usize = 50;
const MANY: usize = 60;

async fn desk_of(conversations: u32) -> Desk {
    Desk::set(Sandbox { conversations: Some(conversations), ..unlimited() }).await
}

async fn selected(desk: &Desk) -> Vec<ConversationRow> {
    let mut rows = desk.all(ConversationFilter::default()).await;
    // One of the made-up ones carries as many tags as it can.
    rows.retain(|row| row.tags.len() < 15 || row.tags.iter().any(|tag| tag.key.starts_with("filler")));
    rows.truncate(MANY);
    assert_eq!(rows.len(), MANY);
    rows
}

fn ids(rows: &[ConversationRow]) -> Vec<earmark_console::ConversationId> {
    rows.iter().map(|row| row.id.clone()).collect()
}

/// The tags of conversations as the server has them.
async fn on_server(desk: &Desk, rows: &[ConversationRow]) -> BTreeMap<String, Map<String, Value>> {
    let mut tags = BTreeMap::new();
    for row in rows {
        let conversation = desk.server.conversation(row.id.as_str()).await.unwrap();
        tags.insert(row.id.to_string(), conversation["tags"].as_object().unwrap().clone());
    }
    tags
}

#[tokio::test]
async fn sixty_are_tagged_with_no_more_than_fifty_calls_in_any_window_and_no_other_key_touched() {
    let sandbox = Sandbox { limits: Limits::Sliding, minute: MINUTE, conversations: Some(80), ..unlimited() };
    let desk = Desk::set_limited(sandbox, MINUTE).await;
    let rows = selected(&desk).await;
    let before: BTreeMap<String, Vec<TagView>> =
        rows.iter().map(|row| (row.id.to_string(), row.tags.clone())).collect();
    let plan = desk.console.bulk_tags(ids(&rows), vec![tag("batch", Some("seven"))], vec![]).await.unwrap();
    assert_eq!((plan.added, plan.calls, plan.per_minute as usize), (60, 60, ALLOWED));
    let shown = desk.console.read_work(rows[59].id.clone()).await.unwrap();
    assert!(shown.tags.contains(&tag("batch", Some("seven"))), "shown before it is sent");
    let progress = desk.outbox_until(|outbox| outbox.bulk.is_some()).await.bulk.unwrap();
    assert_eq!(progress.total, 60);
    let view = desk.sent().await;
    assert_eq!((view.bulk, view.needs_you), (None, 0));

    let calls = desk.server.calls().await.unwrap();
    let tagging: Vec<_> =
        calls.iter().filter(|call| call["path"].as_str().is_some_and(|path| path.contains("/tags/"))).collect();
    assert_eq!(tagging.len(), MANY, "one call each");
    assert!(calls.iter().all(|call| call["status"] != 429));
    let times: Vec<u64> = tagging.iter().map(|call| call["at_ms"].as_u64().unwrap()).collect();
    let window = u64::try_from(MINUTE.as_millis()).unwrap();
    for begin in &times {
        let within = times.iter().filter(|at| (*begin..begin + window).contains(*at)).count();
        assert!(within <= ALLOWED, "{within} calls in one window");
    }
    let names: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    for row in desk.all(ConversationFilter::default()).await.iter().filter(|row| names.contains(&row.id.as_str())) {
        let mut expected = before[row.id.as_str()].clone();
        expected.push(tag("batch", Some("seven")));
        expected.sort_by(|one, other| one.key.cmp(&other.key));
        assert_eq!(row.tags, expected);
    }
}

#[tokio::test]
async fn the_preview_says_how_many_are_added_changed_stay_and_refused() {
    let desk = desk_of(80).await;
    let rows = selected(&desk).await;
    let edit =
        |n: usize, set: Value| desk.server.edit(json!({ "conversation_id": rows[n].id, "tags": { "set": set } }));
    edit(0, json!({ "batch": "seven" })).await.unwrap();
    edit(1, json!({ "batch": "six" })).await.unwrap();
    edit(2, json!({ "batch": null })).await.unwrap();
    let full: Map<String, Value> = (rows[3].tags.len()..20).map(|n| (format!("filler {n}"), Value::Null)).collect();
    edit(3, Value::Object(full)).await.unwrap();
    let rows = selected(&desk).await;
    let before = on_server(&desk, &rows).await;
    let set = vec![tag(" batch ", Some("seven"))];
    let plan = desk.console.plan_bulk_tags(ids(&rows), set.clone(), vec![]).await.unwrap();
    assert_eq!((plan.added, plan.changed, plan.removed, plan.stay), (56, 2, 0, 1));
    assert_eq!((plan.refused.as_slice(), plan.calls, plan.ahead), (&[rows[3].id.clone()][..], 58, 0));
    assert_eq!(desk.calls_to("/tags/").await, 0, "a preview costs nothing");

    assert_eq!(desk.console.bulk_tags(ids(&rows), set.clone(), vec![]).await.unwrap(), plan);
    desk.sent().await;
    assert_eq!(desk.calls_to("/tags/").await, 58);
    let again = desk.console.plan_bulk_tags(ids(&rows), set, vec![]).await.unwrap();
    assert_eq!((again.stay, again.calls), (59, 0));
    let removal = desk.console.plan_bulk_tags(ids(&rows), vec![], vec!["batch".into()]).await.unwrap();
    assert_eq!((removal.removed, removal.stay, removal.refused.len()), (59, 1, 0));

    // Taken back at once, what stood there stands again.
    let undone = desk.console.undo().await.unwrap().unwrap();
    assert_eq!((undone.what.as_str(), undone.conversations), ("tag “batch” of 58 conversations", 58));
    assert_eq!(desk.sent().await.needs_you, 0);
    assert_eq!(on_server(&desk, &rows).await, before);
    assert_eq!(desk.console.undo().await.unwrap(), None, "it was one");
    desk.console.redo().await.unwrap().unwrap();
    desk.sent().await;
    assert_eq!(on_server(&desk, &rows).await[rows[1].id.as_str()]["batch"], "seven");
}

#[tokio::test]
async fn what_no_conversation_can_take_is_refused_and_reviews_do_not_begin() {
    let desk = desk_of(80).await;
    desk.console.follow(&earmark_console::Settings::default());
    let rows = selected(&desk).await;
    let refused = desk.console.plan_bulk_tags(ids(&rows), vec![tag("risk:high", None)], vec![]).await.unwrap_err();
    assert_eq!(refused.code, ProblemCode::TagRefused);
    desk.console.bulk_tags(ids(&rows), vec![tag("batch", None)], vec![]).await.unwrap();
    desk.sent().await;
    for (id, tags) in on_server(&desk, &rows).await {
        assert!(tags.contains_key("batch"), "{id}");
        let was = rows.iter().find(|row| row.id.as_str() == id).unwrap();
        assert_eq!(tags.len(), was.tags.len() + 1, "{id}: no review is begun by it");
    }
}

#[tokio::test]
async fn without_the_server_it_is_kept_and_sent_once_later_and_undone_before_costs_nothing() {
    let desk = desk_of(80).await;
    let rows = selected(&desk).await;
    desk.server.fault(json!([{ "path": "*", "kind": "drop" }])).await.unwrap();
    desk.console.bulk_tags(ids(&rows), vec![tag("batch", None)], vec![]).await.unwrap();
    desk.outbox_until(|outbox| outbox.trouble.is_some() && outbox.saved_here == 60).await;
    desk.console.bulk_tags(ids(&rows), vec![tag("other", None)], vec![]).await.unwrap();
    desk.console.undo().await.unwrap().unwrap();
    desk.server.fault(json!([])).await.unwrap();
    let desk = desk.restart().await;
    assert_eq!(desk.sent().await.needs_you, 0);
    let tags = on_server(&desk, &rows).await;
    assert!(tags.values().all(|tags| tags.contains_key("batch") && !tags.contains_key("other")));
}
