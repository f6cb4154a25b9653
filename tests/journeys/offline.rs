//! The cable is out: what was read before can be reviewed, and goes out when it is back.

use earmark_console::ConversationFilter;
use serde_json::json;

use crate::desk::{Desk, unlimited};
use crate::outbox::{cut, mend, on_server, tag, texts};

#[tokio::test]
async fn thirty_cached_conversations_are_reviewed_offline_quit_and_reopened_and_all_arrives_once() {
    let desk = Desk::set(unlimited()).await;
    desk.kept().await;
    let rows: Vec<_> =
        desk.all(ConversationFilter::default()).await.into_iter().filter(|row| row.is_finished).take(30).collect();
    assert_eq!(rows.len(), 30);
    for row in &rows {
        desk.messages(&row.id).await;
        desk.console.list_comments(row.id.clone()).await.unwrap();
    }
    let desk = desk.restart().await;
    cut(&desk).await;
    let desk = desk.restart().await;
    let page = desk.page(ConversationFilter::default(), None).await.unwrap();
    assert!(page.kept_since.is_some(), "it says that the list is not of now");
    for row in &rows {
        let shown = page.rows.iter().find(|shown| shown.id == row.id).unwrap();
        assert_eq!((&shown.user.name, &shown.service.name), (&row.user.name, &row.service.name));
        let messages = desk.messages(&row.id).await;
        assert!(!messages.is_empty());
        let comments = desk.console.list_comments(row.id.clone()).await.unwrap();
        assert!(comments.kept_since.is_some());
        desk.console.edit_tags(row.id.clone(), vec![tag("offline", Some("done"))], vec![]).await.unwrap();
        let interaction = messages[0].interaction_id.clone();
        desk.console.add_comment(row.id.clone(), Some(interaction), "seen offline".into()).await.unwrap();
    }
    let desk = desk.restart().await;
    let view = desk.outbox_until(|outbox| outbox.trouble.is_some()).await;
    assert_eq!(view.saved_here, 60);
    // One of them is a clash: somebody else was at it meanwhile.
    let clash = json!({ "conversation_id": rows[0].id, "tags": { "set": { "offline": "theirs" } } });
    desk.server.edit(clash).await.unwrap();
    mend(&desk).await;
    let view = desk.sent().await;
    assert_eq!((view.needs_you, &view.needing_you), (1, &vec![rows[0].id.clone()]), "none silent");
    for row in &rows[1..] {
        assert_eq!(on_server(&desk, row, "offline").await, Some(json!("done")));
    }
    for row in &rows {
        let seen = texts(&desk, row).await.iter().filter(|text| *text == "seen offline").count();
        assert_eq!(seen, 1, "{}", row.id);
    }
}

#[tokio::test]
async fn somebody_who_was_never_here_cannot_sign_in_without_the_server() {
    let desk = Desk::set_signed_out(unlimited()).await;
    cut(&desk).await;
    let refused = desk.console.sign_in(crate::desk::form(desk.server.credentials())).await;
    assert_eq!(refused.unwrap_err().code, earmark_console::ProblemCode::Unreachable);
}

#[tokio::test]
async fn what_was_sent_is_there_without_the_server_too() {
    let desk = Desk::set(unlimited()).await;
    desk.kept().await;
    let row = desk.conversation_of("Daniel Reyes").await;
    let interaction = desk.messages(&row.id).await[0].interaction_id.clone();
    desk.console.list_comments(row.id.clone()).await.unwrap();
    let details = desk.console.conversation_details(row.id.clone()).await.unwrap();
    desk.console.edit_tags(row.id.clone(), vec![tag("verdict", Some("good"))], vec![]).await.unwrap();
    desk.console.add_comment(row.id.clone(), Some(interaction), "well done".into()).await.unwrap();
    desk.sent().await;
    cut(&desk).await;
    let desk = desk.restart().await;
    let page = desk.page(ConversationFilter::default(), None).await.unwrap();
    let shown = page.rows.iter().find(|shown| shown.id == row.id).unwrap();
    assert!(shown.tags.contains(&tag("verdict", Some("good"))), "{:?}", shown.tags);
    let comments = desk.console.list_comments(row.id.clone()).await.unwrap().work.comments;
    assert_eq!(comments.iter().filter(|comment| comment.text == "well done").count(), 1);
    let offline = desk.console.conversation_details(row.id.clone()).await.unwrap();
    assert!(details.agent.is_some());
    assert_eq!(offline.agent, details.agent, "by the agent's name");
}
