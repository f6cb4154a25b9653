use earmark_console::{
    CommentSupport, CommentView, CommentsView, ConversationId, InteractionId, ProblemCode, WorkView,
};
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

    /// Writes one, on the interaction or on the whole conversation.
    async fn write(&self, on_interaction: bool, text: &str) -> CommentView {
        let interaction = on_interaction.then(|| self.interaction.clone());
        let work = self.desk.console.add_comment(self.conversation.clone(), interaction, text.into()).await.unwrap();
        work.comments.into_iter().rev().find(|comment| comment.text == text.trim()).unwrap()
    }
}

fn find<'a>(work: &'a WorkView, comment: &CommentView) -> Option<&'a CommentView> {
    work.comments.iter().find(|other| other.id == comment.id)
}

#[tokio::test]
async fn a_comment_on_an_interaction_lives_from_writing_to_deleting() {
    let place = Place::find().await;
    let (console, conversation) = (&place.desk.console, &place.conversation);
    let before = place.read().await.work.comments.len();
    let written = place.write(true, "  escalate this \n").await;
    assert_eq!((written.text.as_str(), written.resolved), ("escalate this", false));
    assert_eq!(written.author.name.as_deref(), Some("M. Ruiz"));

    let work = console.edit_comment(conversation.clone(), written.id.clone(), "escalate now".into()).await.unwrap();
    assert_eq!(find(&work, &written).unwrap().text, "escalate now");
    let work = console.set_comment_resolved(conversation.clone(), written.id.clone(), true).await.unwrap();
    assert!(find(&work, &written).unwrap().resolved);
    let problem =
        console.edit_comment(conversation.clone(), written.id.clone(), "another text".into()).await.unwrap_err();
    assert_eq!(problem.code, ProblemCode::CommentRefused);
    console.set_comment_resolved(conversation.clone(), written.id.clone(), false).await.unwrap();

    place.desk.sent().await;
    let on_server = place.desk.server.comments(conversation.as_str()).await.unwrap();
    let mine = on_server.iter().find(|comment| comment["feedback_content"]["comment"] == "escalate now").unwrap();
    assert_eq!(mine["feedback_content"]["resolved"], false, "{mine}");
    let read = place.read().await.work;
    let mine = find(&read, &written).expect("it keeps the id it was shown by");
    assert_eq!((mine.text.as_str(), mine.resolved), ("escalate now", false));
    assert_eq!(mine.interaction_id.as_ref(), Some(&place.interaction));

    console.delete_comment(conversation.clone(), written.id.clone()).await.unwrap();
    place.desk.sent().await;
    assert_eq!(place.read().await.work.comments.len(), before);
}

#[tokio::test]
async fn a_comment_on_the_conversation_is_edited_and_deleted_but_not_resolved() {
    let place = Place::find().await;
    let (console, conversation) = (&place.desk.console, &place.conversation);
    let written = place.write(false, "a good talk").await;
    assert_eq!(written.interaction_id, None);
    console.edit_comment(conversation.clone(), written.id.clone(), "a fair talk".into()).await.unwrap();
    let problem = console.set_comment_resolved(conversation.clone(), written.id.clone(), true).await.unwrap_err();
    assert_eq!(problem.code, ProblemCode::CommentRefused);
    place.desk.sent().await;
    assert_eq!(find(&place.read().await.work, &written).unwrap().text, "a fair talk");
    console.delete_comment(conversation.clone(), written.id.clone()).await.unwrap();
    place.desk.sent().await;
    assert_eq!(find(&place.read().await.work, &written), None);
}

#[tokio::test]
async fn empty_text_is_refused_and_nothing_is_kept_or_sent() {
    let place = Place::find().await;
    let written = place.desk.console.add_comment(place.conversation.clone(), None, " \n ".into()).await;
    assert_eq!(written.unwrap_err().code, ProblemCode::CommentRefused);
    place.desk.sent().await;
    assert_eq!(place.desk.calls_to(&format!("{}/feedback", place.conversation)).await, 0);
}

#[tokio::test]
async fn resolving_keeps_the_text_somebody_else_wrote_meanwhile() {
    let place = Place::find().await;
    let (console, conversation) = (&place.desk.console, &place.conversation);
    let written = place.write(true, "first words").await;
    place.desk.sent().await;
    let on_server = place.desk.server.comments(conversation.as_str()).await.unwrap();
    let there = on_server.iter().find(|comment| comment["feedback_content"]["comment"] == "first words").unwrap();
    let change = serde_json::json!({"feedback_id": there["id"], "comment": "better words"});
    place.desk.server.edit(change).await.unwrap();
    console.set_comment_resolved(conversation.clone(), written.id.clone(), true).await.unwrap();
    place.desk.sent().await;
    let read = place.read().await.work;
    let there = find(&read, &written).unwrap();
    assert_eq!((there.text.as_str(), there.resolved), ("better words", true));
}

#[tokio::test]
async fn a_server_without_the_calls_is_named_and_the_rest_works() {
    let desk = Desk::set(Sandbox { edition: Edition::Current, ..unlimited() }).await;
    let conversation = desk.conversation_of("Daniel Reyes").await.id;
    let comments = desk.console.list_comments(conversation.clone()).await.unwrap();
    assert_eq!(comments.support, CommentSupport::NotOnThisServer);
    assert!(!desk.messages(&conversation).await.is_empty());
}
