use earmark_console::{CommentSupport, CommentsView, ConversationId, InteractionId, ProblemCode};
use earmark_sandbox::{Edition, Options as Sandbox};

use crate::desk::{Desk, unlimited};

struct Place {
    desk: Desk,
    conversation: ConversationId,
    interaction: InteractionId,
}

impl Place {
    async fn find() -> Self {
        let desk = Desk::set(unlimited()).await;
        let conversation = desk.conversation_of("Daniel Reyes").await.id;
        let interaction = desk.messages(&conversation).await[0].interaction_id.clone();
        Self { desk, conversation, interaction }
    }

    async fn read(&self) -> CommentsView {
        self.desk.console.list_comments(self.conversation.clone()).await.unwrap()
    }
}

#[tokio::test]
async fn a_comment_on_an_interaction_lives_from_writing_to_deleting() {
    let place = Place::find().await;
    let (console, conversation) = (&place.desk.console, &place.conversation);
    let before = place.read().await.comments.len();
    let written = console
        .add_comment(conversation.clone(), Some(place.interaction.clone()), "  escalate this \n".into())
        .await
        .unwrap();
    assert_eq!((written.text.as_str(), written.resolved), ("escalate this", false));
    assert_eq!(written.author.name.as_deref(), Some("M. Ruiz"));

    let edited = console.edit_comment(conversation.clone(), written.id.clone(), "escalate now".into()).await.unwrap();
    assert_eq!(edited.text, "escalate now");

    let resolved = console.set_comment_resolved(conversation.clone(), written.id.clone(), true).await.unwrap();
    assert!(resolved.resolved);
    let problem =
        console.edit_comment(conversation.clone(), written.id.clone(), "another text".into()).await.unwrap_err();
    assert_eq!(problem.code, ProblemCode::CommentRefused);

    let reopened = console.set_comment_resolved(conversation.clone(), written.id.clone(), false).await.unwrap();
    assert_eq!((reopened.text.as_str(), reopened.resolved), ("escalate now", false), "reopening keeps the text");

    let read = place.read().await;
    let mine = read.comments.iter().find(|comment| comment.id == written.id).unwrap();
    assert_eq!((mine.text.as_str(), mine.resolved), ("escalate now", false));
    assert_eq!(mine.interaction_id.as_ref(), Some(&place.interaction));

    console.delete_comment(conversation.clone(), written.id.clone()).await.unwrap();
    assert_eq!(place.read().await.comments.len(), before);
}

#[tokio::test]
async fn a_comment_on_the_conversation_is_edited_and_deleted_but_not_resolved() {
    let place = Place::find().await;
    let (console, conversation) = (&place.desk.console, &place.conversation);
    let written = console.add_comment(conversation.clone(), None, "a good talk".into()).await.unwrap();
    assert_eq!(written.interaction_id, None);
    let edited = console.edit_comment(conversation.clone(), written.id.clone(), "a fair talk".into()).await.unwrap();
    assert_eq!(edited.text, "a fair talk");
    let problem = console.set_comment_resolved(conversation.clone(), written.id.clone(), true).await.unwrap_err();
    assert_eq!(problem.code, ProblemCode::CommentRefused);
    let read = place.read().await;
    assert!(read.comments.iter().any(|comment| comment.id == written.id && comment.text == "a fair talk"));
    console.delete_comment(conversation.clone(), written.id.clone()).await.unwrap();
    assert!(!place.read().await.comments.iter().any(|comment| comment.id == written.id));
}

#[tokio::test]
async fn empty_text_is_refused_before_the_call() {
    let place = Place::find().await;
    let written = place.desk.console.add_comment(place.conversation.clone(), None, " \n ".into()).await;
    assert_eq!(written.unwrap_err().code, ProblemCode::CommentRefused);
    assert_eq!(place.desk.calls_to(&format!("{}/feedback", place.conversation)).await, 0);
}

#[tokio::test]
async fn a_comment_somebody_else_deleted_is_no_trouble_to_delete_and_said_when_edited() {
    let place = Place::find().await;
    let (console, conversation) = (&place.desk.console, &place.conversation);
    let add = |text: &str| console.add_comment(conversation.clone(), Some(place.interaction.clone()), text.into());
    let (first, second) = (add("one").await.unwrap(), add("two").await.unwrap());
    for gone in [&first, &second] {
        let change = serde_json::json!({"feedback_id": gone.id.as_str(), "deleted": true});
        place.desk.server.edit(change).await.unwrap();
    }
    let edited = console.edit_comment(conversation.clone(), first.id.clone(), "changed".into()).await.unwrap_err();
    assert_eq!(edited.code, ProblemCode::NotFound);
    console.delete_comment(conversation.clone(), second.id.clone()).await.unwrap();
}

#[tokio::test]
async fn resolving_keeps_the_text_somebody_else_wrote_meanwhile() {
    let place = Place::find().await;
    let (console, conversation) = (&place.desk.console, &place.conversation);
    let written =
        console.add_comment(conversation.clone(), Some(place.interaction.clone()), "first words".into()).await.unwrap();
    let change = serde_json::json!({"feedback_id": written.id.as_str(), "comment": "better words"});
    place.desk.server.edit(change).await.unwrap();
    let resolved = console.set_comment_resolved(conversation.clone(), written.id.clone(), true).await.unwrap();
    assert_eq!((resolved.text.as_str(), resolved.resolved), ("better words", true));
    let read = place.read().await;
    let there = read.comments.iter().find(|comment| comment.id == written.id).unwrap();
    assert_eq!((there.text.as_str(), there.resolved), ("better words", true));
}

#[tokio::test]
async fn closing_deletes_what_could_still_be_taken_back() {
    let place = Place::find().await;
    let (console, conversation) = (&place.desk.console, &place.conversation);
    let add = |text: &str| console.add_comment(conversation.clone(), None, text.into());
    let (going, kept, gone) = (add("going").await.unwrap(), add("kept").await.unwrap(), add("gone").await.unwrap());
    for comment in [&going, &kept, &gone] {
        console.delete_when_closing(conversation, comment.id.clone()).unwrap();
    }
    console.keep_when_closing(&kept.id).unwrap();
    console.delete_comment(conversation.clone(), gone.id.clone()).await.unwrap();

    console.close().await;
    let left: Vec<_> = place.read().await.comments.into_iter().map(|comment| comment.id).collect();
    assert!(left.contains(&kept.id), "what was taken back was deleted");
    assert!(!left.contains(&going.id), "what could still be taken back was not deleted");
    assert_eq!(place.desk.calls_to(gone.id.as_str()).await, 1, "what was gone already was deleted again");
}

#[tokio::test]
async fn a_comment_the_server_kept_is_not_deleted_at_closing() {
    let place = Place::find().await;
    let (console, conversation) = (&place.desk.console, &place.conversation);
    let comment = console.add_comment(conversation.clone(), None, "kept".into()).await.unwrap();
    console.delete_when_closing(conversation, comment.id.clone()).unwrap();
    let path = format!("*{}*", comment.id);
    place.desk.server.fault(earmark_tests::stage::status(&path, 403)).await.unwrap();
    console.delete_comment(conversation.clone(), comment.id.clone()).await.unwrap_err();
    place.desk.server.fault(serde_json::json!([])).await.unwrap();
    console.close().await;
    assert!(
        place.read().await.comments.iter().any(|left| left.id == comment.id),
        "the reviewer was told that it stays"
    );
}

#[tokio::test]
async fn closing_does_not_wait_for_a_server_that_does_not_answer() {
    let place = Place::find().await;
    let (console, conversation) = (&place.desk.console, &place.conversation);
    let comment = console.add_comment(conversation.clone(), None, "slow".into()).await.unwrap();
    console.delete_when_closing(conversation, comment.id.clone()).unwrap();
    let slow = serde_json::json!([{ "path": format!("*{}*", comment.id), "kind": "delay", "ms": 60_000 }]);
    place.desk.server.fault(slow).await.unwrap();
    let closed = tokio::time::timeout(std::time::Duration::from_secs(5), console.close()).await;
    assert!(closed.is_ok(), "closing waited for the server");
}

#[tokio::test]
async fn a_server_without_the_calls_is_named_and_the_rest_works() {
    let desk = Desk::set(Sandbox { edition: Edition::Current, ..unlimited() }).await;
    let conversation = desk.conversation_of("Daniel Reyes").await.id;
    let comments = desk.console.list_comments(conversation.clone()).await.unwrap();
    assert_eq!(comments.support, CommentSupport::NotOnThisServer);
    assert!(!desk.messages(&conversation).await.is_empty());
}
