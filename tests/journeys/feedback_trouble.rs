//! What a supervisor is told where a comment cannot be dealt with, or where something it belongs to is not known any more.

use earmark_console::{
    CardView, Choice, CommentId, ConversationId, FeedbackChoice, FeedbackFilter, FeedbackRow, FileForm,
};
use earmark_tests::stage::status;
use serde_json::{Value, json};

use crate::counting::{listen, open_rows, until};
use crate::desk::{Desk, unlimited};

/// The open comments, once all are read.
async fn all_read(desk: &Desk) -> Vec<FeedbackRow> {
    let mut told = listen(desk).await;
    until(&mut told, |view| view.read_since.is_some()).await;
    open_rows(desk).await
}

/// The question about a change, and the change's name.
async fn asked(desk: &Desk, conversation: &ConversationId) -> (String, CardView) {
    desk.outbox_until(|outbox| outbox.needs_you == 1 && outbox.saved_here == 0).await;
    let work = desk.console.read_work(conversation.clone()).await.unwrap();
    let change = work.changes.into_iter().find(|change| change.card.is_some()).unwrap();
    (change.id, change.card.unwrap())
}

fn labels(card: &CardView) -> Vec<&str> {
    card.choices.iter().map(|offer| offer.label.as_str()).collect()
}

async fn is_open(desk: &Desk, id: &CommentId) -> bool {
    open_rows(desk).await.iter().any(|row| &row.id == id)
}

#[tokio::test]
async fn a_resolve_that_is_forbidden_says_why_and_is_tried_again_or_given_up() {
    let desk = Desk::set(unlimited()).await;
    let row = all_read(&desk).await.remove(0);
    let (conversation, id) = (row.conversation_id, row.id);
    let forbid = || desk.server.fault(status(&format!("*/feedback/{id}"), 403));
    forbid().await.unwrap();
    desk.console.set_comment_resolved(conversation.clone(), id.clone(), true).await.unwrap();
    let (change, card) = asked(&desk, &conversation).await;
    assert!(card.sentence.contains("not allowed") && card.sentence.contains("resolving a comment"), "{card:?}");
    assert_eq!(labels(&card), ["Try again", "Give it up"]);
    let all = desk.console.list_feedback(FeedbackFilter::default(), None).await.unwrap().rows;
    assert!(all.iter().any(|row| row.id == id && row.needs_you && row.resolved), "the list says so");

    desk.console.choose_side(change, Choice::Theirs).await.unwrap();
    assert!(is_open(&desk, &id).await, "it stands as the server has it");

    desk.console.set_comment_resolved(conversation.clone(), id.clone(), true).await.unwrap();
    let (change, _) = asked(&desk, &conversation).await;
    desk.server.fault(json!([])).await.unwrap();
    desk.console.choose_side(change, Choice::Mine).await.unwrap();
    assert_eq!(desk.sent().await.needs_you, 0);
    assert!(!is_open(&desk, &id).await);
}

#[tokio::test]
async fn a_comment_on_an_interaction_that_is_gone_keeps_its_text_and_says_what_is_gone() {
    let desk = Desk::set(unlimited()).await;
    let row = all_read(&desk).await.remove(0);
    let (conversation, interaction) = (row.conversation_id, row.interaction_id.unwrap());
    desk.server.fault(status(&format!("*/interaction/{interaction}/feedback"), 404)).await.unwrap();
    desk.console.add_comment(conversation.clone(), Some(interaction), "on what is gone".into()).await.unwrap();
    let (change, card) = asked(&desk, &conversation).await;
    assert!(card.sentence.contains("interaction") && card.sentence.contains("not on the server"), "{card:?}");
    assert_eq!(card.sides[0].text, "on what is gone");
    assert_eq!(labels(&card), ["Try again", "Give it up"]);
    desk.console.choose_side(change, Choice::Theirs).await.unwrap();
    let work = desk.console.read_work(conversation).await.unwrap();
    assert!(work.comments.iter().all(|comment| comment.text != "on what is gone"));
    assert!(work.changes.is_empty());
}

#[tokio::test]
async fn a_resolve_on_an_interaction_that_is_gone_is_said_and_given_up() {
    let desk = Desk::set(unlimited()).await;
    let row = all_read(&desk).await.remove(0);
    let (conversation, id) = (row.conversation_id, row.id);
    desk.server.fault(status(&format!("*/feedback/{id}"), 404)).await.unwrap();
    desk.console.set_comment_resolved(conversation.clone(), id.clone(), true).await.unwrap();
    let (change, card) = asked(&desk, &conversation).await;
    assert!(card.sentence.contains("deleted meanwhile"), "{card:?}");
    desk.console.choose_side(change, Choice::Theirs).await.unwrap();
    assert_eq!(desk.sent().await.needs_you, 0);
}

#[tokio::test]
async fn a_reviewer_the_server_does_not_name_goes_by_id_until_it_does() {
    let desk = Desk::set(unlimited()).await;
    desk.server.fault(status("*/user/*", 500)).await.unwrap();
    let rows = all_read(&desk).await;
    let unnamed = rows.iter().find(|row| row.author.name.is_none()).expect("nobody can be named");
    let authors = desk.console.feedback_authors().await.unwrap();
    assert!(authors.iter().any(|author| author.person.id == unnamed.author.id && author.open > 0), "{authors:?}");
    let theirs = FeedbackFilter { authors: vec![unnamed.author.id.clone()], ..FeedbackFilter::default() };
    let listed = desk.console.list_feedback(theirs.clone(), None).await.unwrap();
    assert!(listed.total > 0 && listed.rows.iter().all(|row| row.author.id == unnamed.author.id), "found all the same");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("comments.jsonl");
    let choice = FeedbackChoice { filter: theirs, comments: Vec::new() };
    desk.console.export_feedback(choice, FileForm::Jsonl, file.clone()).await.unwrap();
    let line: Value = serde_json::from_str(std::fs::read_to_string(file).unwrap().lines().next().unwrap()).unwrap();
    assert_eq!(line["author"], json!(unnamed.author.id), "also in a file");

    desk.server.fault(json!([])).await.unwrap();
    let desk = desk.restart().await;
    all_read(&desk).await;
    desk.console.list_comments(unnamed.conversation_id.clone()).await.unwrap();
    let named = open_rows(&desk).await.into_iter().find(|row| row.id == unnamed.id).unwrap();
    assert!(named.author.name.is_some(), "{named:?}");
}
