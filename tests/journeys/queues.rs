//! Saved views and queues: what is in them, that it stays so, and that two computers agree.

use std::time::Duration;

use earmark_console::{
    ConversationFilter, ConversationId, ConversationRow, DraftView, DrawView, ItemReason, Narrowing, ProblemCode,
    QueueForm, ReviewStep, Settings, Started,
};
use earmark_sandbox::Options as Sandbox;
use serde_json::json;

use crate::desk::{Desk, form as sign_in_form, unlimited};
use crate::talking::{begin, client};

fn unfinished() -> Narrowing {
    Narrowing { is_finished: Some(false), ..Narrowing::default() }
}

fn form(narrowing: Narrowing) -> QueueForm {
    QueueForm { narrowing, started: Started::AnyTime, unreviewed_only: false, draw: None }
}

fn sample(narrowing: Narrowing, size: u32, rule_percent: u8, seed: u32) -> QueueForm {
    QueueForm { draw: Some(DrawView { size, rule_percent, seed }), ..form(narrowing) }
}

/// A desk at an organization of so many conversations.
async fn large(conversations: u32) -> Desk {
    Desk::set(Sandbox { conversations: Some(conversations), ..unlimited() }).await
}

fn ids(rows: &[ConversationRow]) -> Vec<ConversationId> {
    rows.iter().map(|row| row.id.clone()).collect()
}

#[tokio::test]
async fn a_view_is_there_with_the_same_rows_after_a_restart_and_not_in_the_settings() {
    let desk = Desk::set(unlimited()).await;
    let reyes = desk.conversation_of("Daniel Reyes").await;
    let narrowing = Narrowing { people: vec![reyes.user.clone()], oldest_first: true, ..unfinished() };
    let before = desk.all(narrowing.filter()).await;
    let saved = desk.console.save_view(" Of one person ".into(), narrowing.clone()).await.unwrap();
    assert_eq!((saved.name.as_str(), &saved.narrowing), ("Of one person", &narrowing));
    let refused = desk.console.save_view("  ".into(), narrowing).await.unwrap_err();
    assert_eq!(refused.code, ProblemCode::BadInput);

    let desk = desk.restart().await;
    let views = desk.console.list_views().await.unwrap();
    assert_eq!(views, std::slice::from_ref(&saved));
    assert_eq!(ids(&desk.all(views[0].narrowing.filter()).await), ids(&before));
    for file in desk.files() {
        let bytes = std::fs::read(&file).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        assert!(
            !text.contains("Of one person") && !text.contains(reyes.user.id.as_str()) || is_owner_list(&file),
            "{}",
            file.display()
        );
    }

    desk.console.rename_view(saved.id, "Theirs".into()).await.unwrap();
    desk.console.delete_view(saved.id, true).await.unwrap();
    assert_eq!(desk.console.list_views().await.unwrap(), []);
    desk.console.delete_view(saved.id, false).await.unwrap();
    assert_eq!(desk.console.list_views().await.unwrap()[0].name, "Theirs");
    desk.console.delete_view(saved.id, true).await.unwrap();
    let desk = desk.restart().await;
    desk.sent().await;
    let gone = desk.console.delete_view(saved.id, false).await.unwrap_err();
    assert_eq!(gone.code, ProblemCode::NotFound, "it can be taken back until the program ends");
}

/// Whose a store is stands beside it: the reviewer's own id, which may be a customer's here.
fn is_owner_list(file: &std::path::Path) -> bool {
    file.extension().is_some_and(|extension| extension == "json")
}

#[tokio::test]
async fn the_list_can_begin_with_the_oldest() {
    let desk = large(320).await;
    let newest = ids(&desk.all(ConversationFilter::default()).await);
    let mut oldest = ids(&desk.all(ConversationFilter { oldest_first: true, ..ConversationFilter::default() }).await);
    oldest.reverse();
    assert_eq!(newest.len(), oldest.len());
    assert_eq!(newest[..5], oldest[..5]);
    assert_eq!(newest[newest.len() - 5..], oldest[oldest.len() - 5..]);
}

#[tokio::test]
async fn eighty_by_rule_and_twenty_at_random_are_the_same_twice_and_say_why() {
    let desk = large(400).await;
    let matching = ids(&desk.all(unfinished().filter()).await);
    let all = ids(&desk.all(ConversationFilter::default()).await);
    assert!(matching.len() >= 20 && all.len() - matching.len() >= 20, "{} of {}", matching.len(), all.len());

    let form = sample(unfinished(), 25, 80, 7);
    let plan = desk.console.plan_queue(form.clone()).await.unwrap();
    assert_eq!((plan.by_rule, plan.at_random, plan.goes_on), (20, 5, false));
    assert_eq!(plan.matching as usize, matching.len());
    assert_eq!(plan.others.map(|others| others as usize), Some(all.len() - matching.len()));
    let calls = desk.calls_to("/conversation/").await;
    desk.console.plan_queue(sample(unfinished(), 10, 50, 8)).await.unwrap();
    assert_eq!(desk.calls_to("/conversation/").await, calls, "another size, share or seed costs no call");

    let one = desk.console.make_queue("One".into(), form.clone()).await.unwrap();
    let two = desk.console.make_queue("Two".into(), form).await.unwrap();
    let items = desk.console.read_queue(one.id).await.unwrap();
    assert_eq!(items, desk.console.read_queue(two.id).await.unwrap());
    assert_eq!(items.len(), 25);
    for item in &items {
        assert_eq!(matching.contains(&item.id), item.reason == ItemReason::Rule);
        assert!(all.contains(&item.id));
    }
    let other = desk.console.make_queue("Other".into(), sample(unfinished(), 25, 80, 8)).await.unwrap();
    assert_ne!(items, desk.console.read_queue(other.id).await.unwrap());
}

#[tokio::test]
async fn a_queue_is_fixed_and_outlives_the_program() {
    let desk = large(200).await;
    let made = desk.console.make_queue("Unfinished".into(), form(unfinished())).await.unwrap();
    let items = desk.console.read_queue(made.id).await.unwrap();
    let expected = ids(&desk.all(unfinished().filter()).await);
    assert_eq!(items.iter().map(|item| item.id.clone()).collect::<Vec<_>>(), expected, "in the order of the list");
    assert!(items.iter().all(|item| item.reason == ItemReason::Rule));
    // One that is over meanwhile does not fit the rule any more, and stays.
    desk.server.edit(json!({ "conversation_id": items[0].id, "is_finished": true })).await.unwrap();
    let desk = desk.restart().await;
    assert_eq!(desk.console.list_queues().await.unwrap(), std::slice::from_ref(&made));
    assert_eq!(desk.console.read_queue(made.id).await.unwrap(), items);
    let nothing = Narrowing { tags: vec!["nobody:has it".into()], ..Narrowing::default() };
    let refused = desk.console.make_queue("Nothing".into(), form(nothing)).await.unwrap_err();
    assert_eq!(refused.code, ProblemCode::BadInput);
}

#[tokio::test]
async fn a_conversation_that_was_deleted_meanwhile_stays_in_it_and_is_not_read() {
    let desk = Desk::set(unlimited()).await;
    let made = desk.console.make_queue("All".into(), form(Narrowing::default())).await.unwrap();
    let items = desk.console.read_queue(made.id).await.unwrap();
    desk.server.edit(json!({ "conversation_id": items[1].id, "deleted": true })).await.unwrap();
    assert_eq!(desk.console.read_queue(made.id).await.unwrap(), items);
    let filter =
        ConversationFilter { ids: items.iter().map(|item| item.id.clone()).collect(), ..ConversationFilter::default() };
    let there = ids(&desk.all(filter).await);
    let expected: Vec<_> = items.iter().map(|item| item.id.clone()).filter(|id| *id != items[1].id).collect();
    assert_eq!(there, expected);
}

#[tokio::test]
async fn what_is_reviewed_is_left_out_and_what_began_long_ago() {
    let desk = Desk::set(unlimited()).await;
    desk.console.follow(&Settings::default());
    let all = desk.all(ConversationFilter::default()).await;
    for (row, step) in all.iter().zip([ReviewStep::Done, ReviewStep::Skipped, ReviewStep::InProgress]) {
        desk.console.set_review(row.id.clone(), Some(step)).await.unwrap();
    }
    desk.sent().await;
    let wanted = QueueForm { unreviewed_only: true, ..form(Narrowing::default()) };
    let plan = desk.console.plan_queue(wanted.clone()).await.unwrap();
    assert_eq!(plan.by_rule as usize, all.len() - 2);
    let since = |started| desk.console.plan_queue(QueueForm { started, ..form(Narrowing::default()) });
    let (day, month) = (since(Started::LastDay).await.unwrap(), since(Started::LastMonth).await.unwrap());
    let by_hand = |hours: i64| {
        let since = jiff::Timestamp::now() - jiff::SignedDuration::from_hours(hours);
        all.iter().filter(|row| row.created_at.parse::<jiff::Timestamp>().unwrap() >= since).count() as u32
    };
    assert_eq!((day.by_rule, month.by_rule), (by_hand(24), by_hand(30 * 24)));
}

#[tokio::test]
async fn the_state_of_its_conversations_is_the_same_on_two_computers() {
    let desk = Desk::set(unlimited()).await;
    desk.console.follow(&Settings::default());
    let all = desk.all(ConversationFilter::default()).await;
    let made = desk.console.make_queue("All".into(), form(Narrowing::default())).await.unwrap();
    let items = desk.console.read_queue(made.id).await.unwrap();
    assert_eq!(items.len(), all.len());
    for (item, step) in items.iter().zip([ReviewStep::Done, ReviewStep::Skipped, ReviewStep::InProgress]) {
        desk.console.set_review(item.id.clone(), Some(step)).await.unwrap();
    }
    desk.sent().await;

    let elsewhere = Desk::set_signed_out(unlimited()).await;
    elsewhere.console.sign_in(sign_in_form(desk.server.credentials())).await.unwrap();
    elsewhere.console.follow(&Settings::default());
    let filter =
        ConversationFilter { ids: items.iter().map(|item| item.id.clone()).collect(), ..ConversationFilter::default() };
    let steps = |rows: Vec<ConversationRow>| {
        let mut steps: Vec<_> = rows.into_iter().map(|row| (row.id, row.review.map(|review| review.step))).collect();
        steps.sort_by(|(one, _), (other, _)| one.cmp(other));
        steps
    };
    let (here, there) = (steps(desk.all(filter.clone()).await), steps(elsewhere.all(filter).await));
    assert_eq!(here, there);
    assert_eq!(here.iter().filter(|(_, step)| *step == Some(ReviewStep::Done)).count(), 1);
}

#[tokio::test]
async fn conversations_with_something_typed_are_known() {
    let desk = Desk::set(unlimited()).await;
    let row = desk.conversation_of("Daniel Reyes").await;
    let draft = |field: &str, text: &str| DraftView {
        conversation_id: row.id.clone(),
        field: field.into(),
        text: text.into(),
        interaction_id: None,
        caret: 0,
    };
    assert_eq!(desk.console.drafted_conversations().await.unwrap(), []);
    desk.console.save_draft(draft("comment", "Half a")).await.unwrap();
    desk.console.save_draft(draft("tag", "qual")).await.unwrap();
    assert_eq!(desk.console.drafted_conversations().await.unwrap(), std::slice::from_ref(&row.id));
    desk.console.save_draft(draft("comment", "")).await.unwrap();
    desk.console.save_draft(draft("tag", " \n")).await.unwrap();
    assert_eq!(desk.console.drafted_conversations().await.unwrap(), []);
}

#[tokio::test]
async fn what_began_lately_is_found_with_the_oldest_first_however_many_there_are() {
    let desk = large(3_600).await;
    // The sample has a date of its own: these begin today.
    let service = desk.console.list_services().await.unwrap().remove(0).id;
    let somebody = client(&desk.server).await;
    for _ in 0..2 {
        let (begun, _) = begin(&somebody, service.clone()).await;
        // One person has one conversation at a time with a service.
        desk.server.finish(begun.as_str()).await.unwrap();
    }
    let narrowing = Narrowing { oldest_first: true, ..Narrowing::default() };
    let day = |narrowing| QueueForm { started: Started::LastDay, ..form(narrowing) };
    let newest = desk.console.plan_queue(day(Narrowing::default())).await.unwrap();
    assert!((2..500).contains(&newest.matching) && !newest.goes_on, "{newest:?}");
    let before = desk.calls_to("/conversation/").await;
    let plan = desk.console.plan_queue(day(narrowing.clone())).await.unwrap();
    assert_eq!((plan.matching, plan.goes_on), (newest.matching, false));
    assert!(desk.calls_to("/conversation/").await - before < 5, "no further than it has to be");
    let one = desk.console.make_queue("Oldest first".into(), day(narrowing)).await.unwrap();
    let other = desk.console.make_queue("Newest first".into(), day(Narrowing::default())).await.unwrap();
    let mut newest = desk.console.read_queue(other.id).await.unwrap();
    newest.reverse();
    assert_eq!(desk.console.read_queue(one.id).await.unwrap(), newest);
}

/// Has a queue be counted that the server is slow about, does something else once the server was asked, and answers what came
/// of that: the counting is given up.
async fn instead_of_counting<T>(desk: &Desk, what: impl AsyncFnOnce() -> T) -> T {
    let slow = json!([{ "path": "*/conversation/", "kind": "delay", "ms": 60_000, "times": 1 }]);
    desk.server.fault(slow).await.unwrap();
    let before = desk.calls_to("/conversation/").await;
    let planned = desk.console.plan_queue(form(unfinished()));
    let instead = async {
        while desk.calls_to("/conversation/").await == before {
            tokio::task::yield_now().await;
        }
        what().await
    };
    let both = async { tokio::join!(planned, instead) };
    let (planned, came) = tokio::time::timeout(Duration::from_secs(30), both).await.expect("nobody waits for it");
    assert_eq!(planned.unwrap_err().code, ProblemCode::Left);
    came
}

#[tokio::test]
async fn what_is_counted_for_a_queue_nobody_plans_any_more_is_given_up() {
    let desk = Desk::set(unlimited()).await;
    instead_of_counting(&desk, async || desk.console.leave_plan().await).await.unwrap();
    desk.console.plan_queue(form(unfinished())).await.expect("it is planned anew");
}

#[tokio::test]
async fn what_is_counted_for_another_queue_by_now_is_given_up() {
    let desk = Desk::set(unlimited()).await;
    let all = desk.all(ConversationFilter::default()).await.len();
    let next = instead_of_counting(&desk, async || desk.console.plan_queue(form(Narrowing::default())).await).await;
    assert_eq!(next.unwrap().matching as usize, all);
}
