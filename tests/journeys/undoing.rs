//! Undo and redo, at once, later, and after a restart.

use std::time::Duration;

use earmark_console::{CommentView, ConversationFilter, TagView, WorkView};
use earmark_tests::stage::status;
use serde_json::json;

use crate::desk::{Desk, unlimited};
use crate::outbox::{cut, mend, on_server, tag, texts};

/// Tags, and words and state of comments: ids differ where a comment was written again.
fn looks(work: &WorkView) -> (Vec<TagView>, Vec<(String, bool)>) {
    let said = |comment: &CommentView| (comment.text.clone(), comment.resolved);
    let mut comments: Vec<_> = work.comments.iter().map(said).collect();
    comments.sort();
    (work.tags.clone(), comments)
}

#[tokio::test]
async fn within_the_grace_undo_costs_no_call() {
    let desk = Desk::set_with_grace(unlimited(), Duration::from_secs(60)).await;
    let row = desk.conversation_of("Daniel Reyes").await;
    desk.console.edit_tags(row.id.clone(), vec![tag("verdict", Some("high"))], vec![]).await.unwrap();
    let undone = desk.console.undo().await.unwrap().unwrap();
    assert_eq!((undone.conversation_id, undone.what.as_str()), (row.id.clone(), "tag “verdict”"));
    let work = desk.console.read_work(row.id.clone()).await.unwrap();
    assert_eq!((work.tags, work.changes.len()), (row.tags.clone(), 0));
    desk.console.redo().await.unwrap().unwrap();
    desk.console.undo().await.unwrap().unwrap();
    assert_eq!(desk.console.undo().await.unwrap(), None, "there is nothing else");
    desk.console.close().await;
    assert_eq!(desk.calls_to("/tags/").await, 0);
}

#[tokio::test]
async fn twenty_mixed_edits_are_undone_to_the_first_state_and_made_again_to_the_last() {
    let desk = Desk::set(unlimited()).await;
    let row = desk.conversation_of("Daniel Reyes").await;
    let interaction = desk.messages(&row.id).await[0].interaction_id.clone();
    let first = desk.console.list_comments(row.id.clone()).await.unwrap().work;
    let (console, id) = (&desk.console, &row.id);
    let mut edits = 0;
    for n in 0..4 {
        let value = n.to_string();
        console.edit_tags(id.clone(), vec![tag("step", Some(&value))], vec![]).await.unwrap();
        let work = console.add_comment(id.clone(), Some(interaction.clone()), format!("remark {n}")).await.unwrap();
        let comment = work.comments.iter().find(|it| it.text == format!("remark {n}")).unwrap().id.clone();
        console.edit_comment(id.clone(), comment.clone(), format!("better {n}")).await.unwrap();
        console.set_comment_resolved(id.clone(), comment.clone(), true).await.unwrap();
        if n % 2 == 0 {
            console.delete_comment(id.clone(), comment).await.unwrap();
        } else {
            console.edit_tags(id.clone(), vec![], vec!["step".into()]).await.unwrap();
        }
        edits += 5;
        if n == 1 {
            // Half of them are on the server before anything is undone.
            desk.sent().await;
        }
    }
    assert_eq!(edits, 20);
    let last = console.read_work(id.clone()).await.unwrap();
    for _ in 0..edits {
        console.undo().await.unwrap().unwrap();
    }
    assert_eq!(looks(&console.read_work(id.clone()).await.unwrap()), looks(&first));
    for _ in 0..edits {
        console.redo().await.unwrap().unwrap();
    }
    assert_eq!(looks(&console.read_work(id.clone()).await.unwrap()), looks(&last));
    let view = desk.sent().await;
    assert_eq!(view.needs_you, 0);
    let read = console.list_comments(id.clone()).await.unwrap().work;
    assert_eq!(looks(&read), looks(&last), "the server has it so");
    for _ in 0..edits {
        console.undo().await.unwrap().unwrap();
    }
    assert_eq!(desk.sent().await.needs_you, 0);
    assert_eq!(looks(&console.list_comments(id.clone()).await.unwrap().work), looks(&first));
    assert_eq!(on_server(&desk, &row, "step").await, None);
}

#[tokio::test]
async fn an_edit_sent_before_a_restart_is_undone_and_what_somebody_else_added_stays() {
    let desk = Desk::set(unlimited()).await;
    let row = desk.conversation_of("Daniel Reyes").await;
    desk.console.edit_tags(row.id.clone(), vec![tag("verdict", Some("high"))], vec![]).await.unwrap();
    desk.sent().await;
    let desk = desk.restart().await;
    desk.all(Default::default()).await;
    desk.server.edit(json!({ "conversation_id": row.id, "tags": { "set": { "theirs": "new" } } })).await.unwrap();
    desk.console.undo().await.unwrap().unwrap();
    assert_eq!(desk.sent().await.needs_you, 0);
    assert_eq!(on_server(&desk, &row, "verdict").await, None);
    assert_eq!(on_server(&desk, &row, "theirs").await, Some(json!("new")));
    desk.console.redo().await.unwrap().unwrap();
    desk.sent().await;
    assert_eq!(on_server(&desk, &row, "verdict").await, Some(json!("high")));
}

#[tokio::test]
async fn a_deleted_comment_comes_back_with_its_words_and_state() {
    let desk = Desk::set(unlimited()).await;
    let row = desk.conversation_of("Daniel Reyes").await;
    let interaction = desk.messages(&row.id).await[0].interaction_id.clone();
    let work = desk.console.add_comment(row.id.clone(), Some(interaction), "to be missed".into()).await.unwrap();
    let comment = work.comments.iter().find(|it| it.text == "to be missed").unwrap().id.clone();
    desk.console.set_comment_resolved(row.id.clone(), comment.clone(), true).await.unwrap();
    desk.sent().await;
    desk.console.delete_comment(row.id.clone(), comment.clone()).await.unwrap();
    desk.sent().await;
    assert!(!texts(&desk, &row).await.contains(&"to be missed".to_owned()));
    desk.console.undo().await.unwrap().unwrap();
    desk.sent().await;
    let comments = desk.server.comments(row.id.as_str()).await.unwrap();
    let back = comments.iter().find(|it| it["feedback_content"]["comment"] == "to be missed").unwrap();
    assert_eq!(back["feedback_content"]["resolved"], true);
    let work = desk.console.list_comments(row.id.clone()).await.unwrap().work;
    assert!(work.comments.iter().any(|it| it.id == comment), "and by the id it had");
}

#[tokio::test]
async fn what_was_undone_before_a_restart_is_made_again_without_a_look_at_the_list() {
    let desk = Desk::set(unlimited()).await;
    let row = desk.conversation_of("Daniel Reyes").await;
    let interaction = desk.messages(&row.id).await[0].interaction_id.clone();
    let work = desk.console.add_comment(row.id.clone(), Some(interaction), "first".into()).await.unwrap();
    let comment = work.comments.iter().find(|it| it.text == "first").unwrap().id.clone();
    desk.console.edit_comment(row.id.clone(), comment, "second".into()).await.unwrap();
    desk.sent().await;
    desk.console.undo().await.unwrap().unwrap();
    desk.sent().await;
    let desk = desk.restart().await;
    desk.console.redo().await.unwrap().unwrap();
    assert_eq!(desk.sent().await.needs_you, 0);
    assert!(texts(&desk, &row).await.contains(&"second".to_owned()));
}

#[tokio::test]
async fn half_of_it_sent_what_was_done_at_once_is_one_however_often_it_is_taken_back() {
    let desk = Desk::set(unlimited()).await;
    let rows: Vec<_> = desk.all(ConversationFilter::default()).await.into_iter().take(2).collect();
    desk.server.fault(status(&format!("*/{}/tags/", rows[1].id), 403)).await.unwrap();
    let ids = rows.iter().map(|row| row.id.clone()).collect();
    desk.console.bulk_tags(ids, vec![tag("batch", Some("seven"))], vec![]).await.unwrap();
    desk.outbox_until(|outbox| outbox.needs_you == 1 && outbox.saved_here == 0).await;
    cut(&desk).await;
    desk.console.undo().await.unwrap().unwrap();
    assert_eq!(desk.console.redo().await.unwrap().unwrap().conversations, 2);
    assert_eq!(desk.console.undo().await.unwrap().unwrap().conversations, 2, "both, as they were made");
    assert_eq!(desk.console.undo().await.unwrap(), None);
    mend(&desk).await;
    desk.sent().await;
    for row in &rows {
        assert_eq!(on_server(&desk, row, "batch").await, None);
    }
}
