//! How many comments are open in each conversation of the list: as the server has them with what the reviewer did, told when it
//! changes.

use std::collections::BTreeMap;
use std::time::Duration;

use earmark_console::{ConversationFilter, ConversationId, FeedbackView};
use earmark_sandbox::Options as Sandbox;
use serde_json::json;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::desk::{Desk, unlimited};

/// Hears everything that is told of the reading of all comments.
async fn listen(desk: &Desk) -> UnboundedReceiver<FeedbackView> {
    let (tell, told) = unbounded_channel();
    desk.console.watch_feedback(Box::new(move |view| drop(tell.send(view)))).await.unwrap();
    told
}

async fn until(told: &mut UnboundedReceiver<FeedbackView>, so: impl Fn(&FeedbackView) -> bool) -> FeedbackView {
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

#[tokio::test]
async fn what_others_do_is_told_with_the_conversations_it_was_in() {
    let desk = Desk::set(Sandbox { conversations: Some(60), comments: Some(90), ..unlimited() }).await;
    let mut told = listen(&desk).await;
    let complete = until(&mut told, |view| view.read_since.is_some()).await;
    let rows = desk
        .console
        .list_feedback(earmark_console::FeedbackFilter { resolved: Some(false), ..Default::default() }, None);
    let rows = rows.await.unwrap().rows;
    let (first, other) = (&rows[0], rows.iter().find(|row| row.conversation_id != rows[0].conversation_id).unwrap());
    let both = [first.conversation_id.clone(), other.conversation_id.clone()];
    let before = counted(&desk, &both).await;

    // Opening a conversation reads its comments by themselves.
    desk.server.edit(json!({ "feedback_id": first.id, "resolved": true })).await.unwrap();
    desk.console.list_comments(both[0].clone()).await.unwrap();
    let view = until(&mut told, |view| view.changed.contains(&both[0])).await;
    assert_eq!(view.open, complete.open - 1);
    assert_ne!(view.revision, complete.revision, "what is listed of all of them may be old");
    let now = counted(&desk, &both).await;
    assert_eq!(now.get(&both[0]).copied().unwrap_or_default(), before[&both[0]] - 1);

    // The reading of all finds the rest, also what is not there any more.
    desk.server.edit(json!({ "feedback_id": other.id, "deleted": true })).await.unwrap();
    desk.console.read_feedback_again().unwrap();
    until(&mut told, |view| view.changed.contains(&both[1]) && view.open == complete.open - 2).await;
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
