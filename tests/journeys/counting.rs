//! How many comments are open in each conversation of the list: as the server has them with what the reviewer did, told when it
//! changes.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use earmark_console::{
    Choice, ConversationFilter, ConversationId, FeedbackFilter, FeedbackRow, FeedbackView, ProblemCode,
};
use earmark_sandbox::Options as Sandbox;
use earmark_tests::stage::status;
use serde_json::json;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::desk::{Desk, unlimited};

/// Hears everything that is told of the reading of all comments.
pub async fn listen(desk: &Desk) -> UnboundedReceiver<FeedbackView> {
    let (tell, told) = unbounded_channel();
    desk.console.watch_feedback(Box::new(move |view| drop(tell.send(view)))).await.unwrap();
    told
}

pub async fn until(
    told: &mut UnboundedReceiver<FeedbackView>,
    mut so: impl FnMut(&FeedbackView) -> bool,
) -> FeedbackView {
    let heard = tokio::time::timeout(Duration::from_secs(60), async {
        loop {
            let view = told.recv().await.expect("the session goes on");
            if so(&view) {
                return view;
            }
        }
    });
    heard.await.expect("it is told")
}

/// The conversations something new was read of until so many are open.
async fn until_open(told: &mut UnboundedReceiver<FeedbackView>, open: u32) -> BTreeSet<ConversationId> {
    let mut changed = BTreeSet::new();
    until(told, |view| {
        changed.extend(view.changed.clone());
        view.open == open
    })
    .await;
    changed
}

pub async fn open_rows(desk: &Desk) -> Vec<FeedbackRow> {
    let open = FeedbackFilter { resolved: Some(false), ..FeedbackFilter::default() };
    desk.console.list_feedback(open, None).await.unwrap().rows
}

async fn counted(desk: &Desk, conversations: &[ConversationId]) -> BTreeMap<ConversationId, u32> {
    let counted = desk.console.open_comments(conversations.to_vec()).await.unwrap();
    counted.into_iter().map(|one| (one.conversation_id, one.open)).collect()
}

#[tokio::test]
async fn every_row_has_as_many_as_the_server_knows_and_none_says_zero() {
    let desk = Desk::set(Sandbox { conversations: Some(150), comments: Some(200), ..unlimited() }).await;
    let mut told = listen(&desk).await;
    until(&mut told, |view| view.read_since.is_some()).await;
    let ids: Vec<_> = desk.all(ConversationFilter::default()).await.into_iter().map(|row| row.id).collect();
    let mut expected = BTreeMap::new();
    for id in &ids {
        let there = desk.server.comments(id.as_str()).await.unwrap();
        let is_open = |comment: &&serde_json::Value| comment["feedback_content"]["resolved"] != true;
        let open = there.iter().filter(is_open).count();
        if open > 0 {
            expected.insert(id.clone(), u32::try_from(open).unwrap());
        }
    }
    assert!(expected.len() > 20 && expected.len() < ids.len(), "{} of {}", expected.len(), ids.len());
    assert_eq!(counted(&desk, &ids).await, expected);
    let some = &ids[..10];
    let of_some: BTreeMap<_, _> = expected.into_iter().filter(|(id, _)| some.contains(id)).collect();
    assert_eq!(counted(&desk, some).await, of_some, "only of those that were asked for");
}

#[tokio::test]
async fn what_the_reviewer_does_counts_at_once_and_after_a_restart() {
    let desk = Desk::set_with_grace(unlimited(), Duration::from_secs(3_600)).await;
    let mut told = listen(&desk).await;
    until(&mut told, |view| view.read_since.is_some()).await;
    let row = desk.conversation_of("Daniel Reyes").await;
    let conversation = row.id.clone();
    let open = async |desk: &Desk| {
        let all = counted(desk, std::slice::from_ref(&conversation)).await;
        all.get(&conversation).copied().unwrap_or_default()
    };
    let before = open(&desk).await;
    let messages = desk.messages(&conversation).await;
    let interaction = messages[0].interaction_id.clone();
    let work = desk.console.add_comment(conversation.clone(), Some(interaction), "escalate this".into()).await.unwrap();
    let written = work.comments.iter().find(|comment| comment.text == "escalate this").unwrap().id.clone();
    assert_eq!(open(&desk).await, before + 1);
    desk.console.add_comment(conversation.clone(), None, "a good talk".into()).await.unwrap();
    assert_eq!(open(&desk).await, before + 1, "one on the whole conversation is never open");
    desk.console.undo().await.unwrap();

    let resolve = |resolved| desk.console.set_comment_resolved(conversation.clone(), written.clone(), resolved);
    resolve(true).await.unwrap();
    assert_eq!(open(&desk).await, before);
    resolve(false).await.unwrap();
    assert_eq!(open(&desk).await, before + 1);
    desk.console.undo().await.unwrap();
    assert_eq!(open(&desk).await, before, "reopening was taken back");
    desk.console.redo().await.unwrap();
    desk.console.delete_comment(conversation.clone(), written.clone()).await.unwrap();
    assert_eq!(open(&desk).await, before);
    desk.console.undo().await.unwrap();
    assert_eq!(open(&desk).await, before + 1);

    let desk = desk.restart().await;
    assert_eq!(open(&desk).await, before + 1);
}

const LONG_AGO: &str = "2026-01-01T00:00:00Z";

async fn resolved_since(desk: &Desk, since: &str) -> u32 {
    desk.console.count_resolved(since.to_owned()).await.unwrap()
}

#[tokio::test]
async fn what_the_reviewer_resolved_since_midnight_is_counted_with_undo_and_after_a_restart() {
    let desk = Desk::set(Sandbox { conversations: Some(60), comments: Some(90), ..unlimited() }).await;
    let mut told = listen(&desk).await;
    until(&mut told, |view| view.read_since.is_some()).await;
    let rows = open_rows(&desk).await;
    assert_eq!(resolved_since(&desk, LONG_AGO).await, 0, "what others resolved is not the reviewer's");
    let resolve = async |at: usize| {
        let (of, id) = (rows[at].conversation_id.clone(), rows[at].id.clone());
        let work = desk.console.set_comment_resolved(of, id.clone(), true).await.unwrap();
        work.comments.iter().find(|comment| comment.id == id).unwrap().dealt.as_ref().unwrap().at.clone()
    };
    let first = resolve(0).await;
    // A whole millisecond, as a midnight is.
    let first: jiff::Timestamp = first.parse().unwrap();
    let midnight = jiff::Timestamp::from_millisecond(first.as_millisecond() + 1).unwrap();
    while jiff::Timestamp::now() <= midnight {
        tokio::task::yield_now().await;
    }
    let midnight = midnight.to_string();
    resolve(1).await;
    resolve(2).await;
    assert_eq!([resolved_since(&desk, LONG_AGO).await, resolved_since(&desk, &midnight).await], [3, 2]);
    desk.console.undo().await.unwrap();
    assert_eq!(resolved_since(&desk, &midnight).await, 1, "taken back, whether it was sent or not");
    desk.sent().await;
    desk.console.undo().await.unwrap();
    assert_eq!(resolved_since(&desk, &midnight).await, 0, "taken back after it was sent");
    desk.console.redo().await.unwrap();
    let (of, id) = (rows[3].conversation_id.clone(), rows[3].id.clone());
    desk.console.resolve_with_reason(of, id, "It was the plan.".into()).await.unwrap();
    assert_eq!(resolved_since(&desk, &midnight).await, 2, "the reason is no second one");

    desk.sent().await;
    let desk = desk.restart().await;
    assert_eq!([resolved_since(&desk, LONG_AGO).await, resolved_since(&desk, &midnight).await], [3, 2]);
    let refused = desk.console.count_resolved("midnight".into()).await.unwrap_err();
    assert_eq!(refused.code, ProblemCode::BadInput);
}

/// The change the reviewer is asked about.
async fn question(desk: &Desk, conversation: &ConversationId) -> String {
    let work = desk.console.read_work(conversation.clone()).await.unwrap();
    work.changes.into_iter().find(|change| change.card.is_some()).unwrap().id
}

#[tokio::test]
async fn a_resolve_that_was_tried_twice_counts_once_and_not_at_all_once_given_up() {
    let desk = Desk::set(unlimited()).await;
    let mut told = listen(&desk).await;
    until(&mut told, |view| view.read_since.is_some()).await;
    let row = open_rows(&desk).await.remove(0);
    let (conversation, id) = (row.conversation_id, row.id);
    desk.server.fault(status(&format!("*/feedback/{id}"), 403)).await.unwrap();
    desk.console.set_comment_resolved(conversation.clone(), id, true).await.unwrap();
    desk.outbox_until(|outbox| outbox.needs_you == 1).await;
    desk.console.choose_side(question(&desk, &conversation).await, Choice::Mine).await.unwrap();
    desk.outbox_until(|outbox| outbox.needs_you == 1).await;
    assert_eq!(resolved_since(&desk, LONG_AGO).await, 1);
    let desk = desk.restart().await;
    assert_eq!(resolved_since(&desk, LONG_AGO).await, 1);
    // Read anew, the change has another name.
    desk.outbox_until(|outbox| outbox.needs_you == 1).await;
    desk.console.choose_side(question(&desk, &conversation).await, Choice::Theirs).await.unwrap();
    assert_eq!(resolved_since(&desk, LONG_AGO).await, 0);
    assert_eq!(resolved_since(&desk.restart().await, LONG_AGO).await, 0);
}

#[tokio::test]
async fn what_others_do_is_told_with_the_conversations_it_was_in() {
    let desk = Desk::set(Sandbox { conversations: Some(60), comments: Some(90), ..unlimited() }).await;
    let mut told = listen(&desk).await;
    let complete = until(&mut told, |view| view.read_since.is_some()).await;
    let rows = open_rows(&desk).await;
    let (first, other) = (&rows[0], rows.iter().find(|row| row.conversation_id != rows[0].conversation_id).unwrap());
    let both = [first.conversation_id.clone(), other.conversation_id.clone()];
    let before = counted(&desk, &both).await;

    // Opening a conversation reads its comments by themselves.
    desk.server.edit(json!({ "feedback_id": first.id, "resolved": true })).await.unwrap();
    desk.console.list_comments(both[0].clone()).await.unwrap();
    let changed = until_open(&mut told, complete.open - 1).await;
    assert!(changed.contains(&both[0]), "{changed:?}");
    let now = counted(&desk, &both).await;
    assert_eq!(now.get(&both[0]).copied().unwrap_or_default(), before[&both[0]] - 1);

    // The reading of all finds the rest, also what is not there any more.
    desk.server.edit(json!({ "feedback_id": other.id, "deleted": true })).await.unwrap();
    desk.console.read_feedback_again().unwrap();
    let changed = until_open(&mut told, complete.open - 2).await;
    assert!(changed.contains(&both[1]), "{changed:?}");
    let now = counted(&desk, &both).await;
    assert_eq!(now.get(&both[1]).copied().unwrap_or_default(), before[&both[1]] - 1);
}

#[tokio::test]
async fn reading_what_is_known_already_is_no_news() {
    let desk = Desk::set(unlimited()).await;
    let mut told = listen(&desk).await;
    let complete = until(&mut told, |view| view.read_since.is_some()).await;
    let row = desk.conversation_of("Daniel Reyes").await;
    let messages = desk.messages(&row.id).await;
    let interaction = Some(messages[0].interaction_id.clone());
    desk.console.add_comment(row.id.clone(), interaction, "my own".into()).await.unwrap();
    desk.sent().await;
    desk.console.list_comments(row.id.clone()).await.unwrap();
    // Kept behind the reviewer's back, before anything that is asked of the store later.
    counted(&desk, std::slice::from_ref(&row.id)).await;
    assert_eq!(desk.console.read_feedback().await.unwrap().revision, complete.revision);
}
