//! Flags of messages: the reviewer's own, kept on this computer, never sent.

use earmark_console::{MessageId, ReviewStep, Settings, WorkView};
use earmark_sandbox::{Edition, Options as Sandbox};

use crate::desk::{Desk, unlimited};

fn flags(work: &WorkView) -> Vec<&str> {
    work.flags.iter().map(MessageId::as_str).collect()
}

/// How many calls changed something.
async fn writes(desk: &Desk) -> usize {
    let calls = desk.server.calls().await.unwrap();
    calls.iter().filter(|call| call["method"] != "GET").count()
}

#[tokio::test]
async fn a_flag_outlives_the_program_and_is_never_sent() {
    // A server without tags, so that beginning a review writes nothing either.
    let desk = Desk::set(Sandbox { edition: Edition::Older, ..unlimited() }).await;
    let row = desk.conversation_of("Daniel Reyes").await;
    let messages = desk.messages(&row.id).await;
    let before = writes(&desk).await;
    for message in &messages[..2] {
        desk.console.flag_message(row.id.clone(), message.id.clone(), true).await.unwrap();
    }
    let work = desk.console.flag_message(row.id.clone(), messages[0].id.clone(), false).await.unwrap();
    assert_eq!(flags(&work), [messages[1].id.as_str()]);
    assert_eq!(work.changes, [], "nothing waits to be sent");
    desk.sent().await;
    assert_eq!(writes(&desk).await, before);

    let file = tempfile::NamedTempFile::new().unwrap();
    desk.console.export_history(file.path().to_owned()).await.unwrap();
    let told = std::fs::read_to_string(file.path()).unwrap();
    let lines = told.lines().filter(|line| line.contains("\"flag\"")).count();
    assert_eq!(lines, 3, "it is exported: {told}");

    let desk = desk.restart().await;
    desk.console.read_work(row.id.clone()).await.unwrap();
    desk.sent().await;
    assert_eq!(flags(&desk.console.read_work(row.id).await.unwrap()), [messages[1].id.as_str()]);
}

#[tokio::test]
async fn a_flag_is_undone_and_made_again_also_after_a_restart() {
    let desk = Desk::set(unlimited()).await;
    desk.console.follow(&Settings::default());
    let row = desk.conversation_of("Daniel Reyes").await;
    let message = desk.messages(&row.id).await[3].id.clone();
    let work = desk.console.flag_message(row.id.clone(), message.clone(), true).await.unwrap();
    assert_eq!(work.review.map(|review| review.step), Some(ReviewStep::InProgress), "a flag begins a review");
    desk.sent().await;
    let desk = desk.restart().await;
    desk.conversation_of("Daniel Reyes").await;
    let undone = desk.console.undo().await.unwrap().unwrap();
    assert_eq!((undone.conversation_id, undone.what.as_str()), (row.id.clone(), "flagging a message"));
    let work = desk.console.read_work(row.id.clone()).await.unwrap();
    assert_eq!((flags(&work), &work.review), (vec![], &None), "with the review it began");
    desk.console.redo().await.unwrap().unwrap();
    let work = desk.console.read_work(row.id.clone()).await.unwrap();
    assert_eq!(flags(&work), [message.as_str()]);
    assert_eq!(work.review.map(|review| review.step), Some(ReviewStep::InProgress));
}
