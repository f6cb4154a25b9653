//! Somebody else works on the same conversation.

use std::time::Duration;

use earmark_console::{CardView, Choice, ConversationRow, InteractionId};
use serde_json::{Value, json};

use crate::counting::open_rows;
use crate::desk::{Desk, unlimited};
use crate::outbox::{on_server, tag, texts};

pub async fn somebody_tags(desk: &Desk, row: &ConversationRow, updates: Value) {
    desk.server.edit(json!({ "conversation_id": row.id, "tags": { "set": updates } })).await.unwrap();
}

/// The first card of a conversation, and the change it is about.
pub async fn card(desk: &Desk, row: &ConversationRow) -> (String, CardView) {
    desk.outbox_until(|outbox| outbox.needs_you == 1 && outbox.saved_here == 0).await;
    let work = desk.console.read_work(row.id.clone()).await.unwrap();
    let change = work.changes.into_iter().find(|change| change.card.is_some()).unwrap();
    (change.id, change.card.unwrap())
}

#[tokio::test]
async fn different_keys_merge_without_a_question() {
    let desk = Desk::set(unlimited()).await;
    let row = desk.conversation_of("Daniel Reyes").await;
    somebody_tags(&desk, &row, json!({ "a": "theirs" })).await;
    desk.console.edit_tags(row.id.clone(), vec![tag("b", Some("mine"))], vec![]).await.unwrap();
    assert_eq!(desk.sent().await.needs_you, 0);
    assert_eq!(on_server(&desk, &row, "a").await, Some(json!("theirs")));
    assert_eq!(on_server(&desk, &row, "b").await, Some(json!("mine")));
    let work = desk.console.read_work(row.id.clone()).await.unwrap();
    assert!(work.tags.contains(&tag("a", Some("theirs"))), "theirs is shown too: {:?}", work.tags);
}

#[tokio::test]
async fn the_same_key_asks_and_each_answer_does_what_it_says() {
    for (choice, stands) in [
        (Choice::Before, Some(json!("before"))),
        (Choice::Mine, Some(json!("mine"))),
        (Choice::Theirs, Some(json!("theirs"))),
    ] {
        // Rounds are half a second apart, so that theirs is not seen before mine is made.
        let desk = Desk::set_limited(unlimited(), Duration::from_secs(6)).await;
        let row = desk.conversation_of("Daniel Reyes").await;
        desk.console.edit_tags(row.id.clone(), vec![tag("a", Some("before"))], vec![]).await.unwrap();
        desk.sent().await;
        somebody_tags(&desk, &row, json!({ "a": "theirs" })).await;
        desk.console.edit_tags(row.id.clone(), vec![tag("a", Some("mine"))], vec![]).await.unwrap();
        let (change, card) = card(&desk, &row).await;
        let sides: Vec<_> = card.sides.iter().map(|side| side.text.as_str()).collect();
        assert_eq!(sides, ["before", "mine", "theirs"]);
        assert_eq!(card.choices.len(), 3);
        assert_eq!(on_server(&desk, &row, "a").await, Some(json!("theirs")), "nothing is overwritten unasked");
        desk.console.choose_side(change, choice).await.unwrap();
        desk.outbox_until(|outbox| outbox.needs_you == 0 && outbox.saved_here == 0).await;
        assert_eq!(on_server(&desk, &row, "a").await, stands, "{choice:?}");
        let work = desk.console.read_work(row.id.clone()).await.unwrap();
        let shown = work.tags.iter().find(|tag| tag.key == "a").unwrap().value.clone();
        assert_eq!(shown.map(Value::from), stands);
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("history.jsonl");
        desk.console.export_history(file.clone()).await.unwrap();
        let history = std::fs::read_to_string(file).unwrap();
        assert!(history.contains("the reviewer"), "the choice is in the audit trail: {history}");
        for line in history.lines() {
            let row: Value = serde_json::from_str(line).unwrap();
            assert!(row["who"].is_string() && row["at"].is_string() && row["change"].is_object(), "{row}");
        }
    }
}

/// A desk with a comment of the reviewer's on the server, and its id there.
async fn commented() -> (Desk, ConversationRow, earmark_console::CommentId, Value) {
    let desk = Desk::set(unlimited()).await;
    let row = desk.conversation_of("Daniel Reyes").await;
    let interaction: InteractionId = desk.messages(&row.id).await[0].interaction_id.clone();
    let work = desk.console.add_comment(row.id.clone(), Some(interaction), "as it was".into()).await.unwrap();
    let local = work.comments.iter().find(|comment| comment.text == "as it was").unwrap().id.clone();
    desk.sent().await;
    let comments = desk.server.comments(row.id.as_str()).await.unwrap();
    let there = comments.iter().find(|comment| comment["feedback_content"]["comment"] == "as it was").unwrap();
    let server = there["id"].clone();
    (desk, row, local, server)
}

#[tokio::test]
async fn an_edit_against_a_resolve_keeps_my_text_until_i_choose() {
    let (desk, row, local, server) = commented().await;
    desk.server.edit(json!({ "feedback_id": server, "resolved": true })).await.unwrap();
    desk.console.edit_comment(row.id.clone(), local.clone(), "mine".into()).await.unwrap();
    let (change, shown) = card(&desk, &row).await;
    assert!(open_rows(&desk).await.iter().all(|open| open.id != local), "it counts as resolved, as it stands there");
    assert!(shown.sentence.contains("resolved meanwhile"), "{shown:?}");
    assert!(shown.sides.iter().any(|side| side.text == "mine"));
    desk.console.choose_side(change, Choice::Mine).await.unwrap();
    desk.outbox_until(|outbox| outbox.needs_you == 0 && outbox.saved_here == 0).await;
    assert!(texts(&desk, &row).await.contains(&"mine".to_owned()));
}

#[tokio::test]
async fn what_i_wrote_can_become_a_comment_of_its_own_sent_once_and_taken_back() {
    for theirs in [json!({ "resolved": true }), json!({ "comment": "theirs" })] {
        let (desk, row, local, server) = commented().await;
        let mut edit = json!({ "feedback_id": server });
        edit.as_object_mut().unwrap().extend(theirs.as_object().unwrap().clone());
        desk.server.edit(edit).await.unwrap();
        let there = async || desk.server.comments(row.id.as_str()).await.unwrap();
        let before = there().await;
        desk.console.edit_comment(row.id.clone(), local.clone(), "mine".into()).await.unwrap();
        let (change, shown) = card(&desk, &row).await;
        let offered: Vec<_> = shown.choices.iter().map(|offer| (offer.choice, offer.label.as_str())).collect();
        assert_eq!(offered[2], (Choice::Copy, "Copy mine to a new comment"), "{theirs}");
        desk.console.choose_side(change.clone(), Choice::Copy).await.unwrap();
        // Pressed twice, it is answered once.
        assert!(desk.console.choose_side(change, Choice::Copy).await.is_err());
        desk.outbox_until(|outbox| outbox.needs_you == 0 && outbox.saved_here == 0).await;

        let after = there().await;
        let (old, new): (Vec<_>, Vec<_>) =
            after.iter().partition(|one| before.iter().any(|was| was["id"] == one["id"]));
        assert_eq!(old, before.iter().collect::<Vec<_>>(), "theirs stands as it was");
        assert_eq!(new.len(), 1);
        let (is, was) = (&new[0]["feedback_content"], old.iter().find(|one| one["id"] == server).unwrap());
        assert_eq!((is["comment"].as_str(), is["resolved"] == true), (Some("mine"), false));
        assert_eq!(is["interaction_id"], was["feedback_content"]["interaction_id"]);

        assert_eq!(desk.console.undo().await.unwrap().unwrap().what, "new comment");
        desk.sent().await;
        assert_eq!(there().await, before, "taken back after it was sent");
        desk.console.redo().await.unwrap();
        desk.sent().await;
        assert_eq!(mine_on_server(&desk, &row).await, 1);
        let desk = desk.restart().await;
        desk.sent().await;
        assert_eq!(mine_on_server(&desk, &row).await, 1);
    }
}

async fn mine_on_server(desk: &Desk, row: &ConversationRow) -> usize {
    texts(desk, row).await.iter().filter(|text| *text == "mine").count()
}

#[tokio::test]
async fn an_edit_against_a_deletion_can_be_written_as_a_new_comment() {
    let (desk, row, local, server) = commented().await;
    desk.server.edit(json!({ "feedback_id": server, "deleted": true })).await.unwrap();
    desk.console.edit_comment(row.id.clone(), local, "mine".into()).await.unwrap();
    let (change, shown) = card(&desk, &row).await;
    assert!(shown.sentence.contains("deleted meanwhile"), "{shown:?}");
    desk.console.choose_side(change, Choice::Mine).await.unwrap();
    desk.outbox_until(|outbox| outbox.needs_you == 0 && outbox.saved_here == 0).await;
    assert!(texts(&desk, &row).await.contains(&"mine".to_owned()));
}

#[tokio::test]
async fn a_comment_somebody_else_deleted_is_no_trouble_to_delete() {
    let (desk, row, local, server) = commented().await;
    desk.server.edit(json!({ "feedback_id": server, "deleted": true })).await.unwrap();
    desk.console.delete_comment(row.id.clone(), local).await.unwrap();
    assert_eq!(desk.sent().await.needs_you, 0);
}

#[tokio::test]
async fn what_somebody_rewrote_is_not_deleted_unasked() {
    let (desk, row, local, server) = commented().await;
    desk.server.edit(json!({ "feedback_id": server, "comment": "theirs" })).await.unwrap();
    desk.console.delete_comment(row.id.clone(), local).await.unwrap();
    let (change, shown) = card(&desk, &row).await;
    assert!(shown.sides.iter().any(|side| side.text == "theirs"), "{shown:?}");
    desk.console.choose_side(change, Choice::Theirs).await.unwrap();
    desk.outbox_until(|outbox| outbox.needs_you == 0).await;
    assert!(texts(&desk, &row).await.contains(&"theirs".to_owned()));
}

#[tokio::test]
async fn what_was_written_over_within_the_round_trip_is_read_back_and_reported() {
    // Rounds are a second apart, which is time enough for somebody else.
    let desk = Desk::set_limited(unlimited(), Duration::from_secs(12)).await;
    let row = desk.conversation_of("Daniel Reyes").await;
    desk.sent().await;
    desk.console.edit_tags(row.id.clone(), vec![tag("a", Some("mine"))], vec![]).await.unwrap();
    desk.sent().await;
    somebody_tags(&desk, &row, json!({ "a": "theirs" })).await;
    let view = desk.outbox_until(|outbox| !outbox.reports.is_empty()).await;
    assert!(view.reports[0].contains("just after you"), "{view:?}");
}

#[tokio::test]
async fn who_gave_a_resolve_up_did_not_deal_with_it() {
    let desk = Desk::set(unlimited()).await;
    let row = desk.conversation_of("Daniel Reyes").await;
    let interaction = desk.messages(&row.id).await[0].interaction_id.clone();
    let work = desk.console.add_comment(row.id.clone(), Some(interaction), "to be dealt with".into()).await.unwrap();
    let comment = work.comments.iter().find(|one| one.text == "to be dealt with").unwrap().id.clone();
    desk.sent().await;
    desk.server
        .fault(json!([{ "method": "POST", "path": "*/feedback/*", "kind": "status", "code": 403 }]))
        .await
        .unwrap();
    desk.console.set_comment_resolved(row.id.clone(), comment.clone(), true).await.unwrap();
    let (change, _) = card(&desk, &row).await;
    desk.console.choose_side(change, Choice::Theirs).await.unwrap();
    let there = desk.server.comments(row.id.as_str()).await.unwrap();
    let written = there.iter().find(|one| one["feedback_content"]["comment"] == "to be dealt with").unwrap();
    desk.server.edit(json!({ "feedback_id": written["id"], "resolved": true })).await.unwrap();
    let dealt = async |desk: &Desk| {
        let read = desk.console.list_comments(row.id.clone()).await.unwrap().work.comments;
        let now = read.into_iter().find(|one| one.id == comment).unwrap();
        assert!(now.resolved);
        now.dealt
    };
    assert_eq!(dealt(&desk).await, None, "somebody else did");
    assert_eq!(dealt(&desk.restart().await).await, None);
}
