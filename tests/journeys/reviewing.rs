//! The state of a review: in tags that the team shares, or on this computer where that cannot be.

use earmark_console::{ConversationFilter, ConversationRow, ReviewStep, ReviewView, Settings, ShownIn};
use earmark_sandbox::{Edition, Options as Sandbox};
use serde_json::{Value, json};

use crate::desk::{Desk, unlimited};
use crate::outbox::{on_server, tag};

/// A desk of somebody who shares the states of reviews.
async fn sharing(sandbox: Sandbox) -> Desk {
    let desk = Desk::set(sandbox).await;
    desk.console.follow(&Settings::default());
    desk
}

async fn shown(desk: &Desk, row: &ConversationRow) -> Option<ReviewView> {
    desk.console.read_work(row.id.clone()).await.unwrap().review
}

fn step(step: ReviewStep, here_only: bool) -> Option<ReviewView> {
    let reviewer = (!here_only).then(|| "M  Ruiz".to_owned());
    Some(ReviewView { step, reviewer, here_only })
}

#[tokio::test]
async fn the_first_edit_begins_a_review_and_opening_does_not() {
    let desk = sharing(unlimited()).await;
    let row = desk.conversation_of("Daniel Reyes").await;
    let interaction = desk.messages(&row.id).await[0].interaction_id.clone();
    desk.sent().await;
    assert_eq!(shown(&desk, &row).await, None);
    let work = desk.console.add_comment(row.id.clone(), Some(interaction), "look here".into()).await.unwrap();
    assert_eq!(work.review, step(ReviewStep::InProgress, false));
    desk.sent().await;
    assert_eq!(on_server(&desk, &row, "review").await, Some(json!("in progress")));
    assert_eq!(on_server(&desk, &row, "reviewer").await, Some(json!("M  Ruiz")));

    let work = desk.console.set_review(row.id.clone(), Some(ReviewStep::Done)).await.unwrap();
    assert_eq!(work.review, step(ReviewStep::Done, false));
    desk.console.edit_tags(row.id.clone(), vec![tag("verdict", None)], vec![]).await.unwrap();
    desk.sent().await;
    assert_eq!(on_server(&desk, &row, "review").await, Some(json!("done")), "a later edit does not begin it anew");

    let done = ConversationFilter { tags: vec!["review:done".into()], ..ConversationFilter::default() };
    let found: Vec<_> = desk.all(done).await.into_iter().map(|row| (row.id, row.review)).collect();
    assert_eq!(found, [(row.id.clone(), step(ReviewStep::Done, false))], "everybody can filter by it");
    desk.console.set_review(row.id.clone(), None).await.unwrap();
    desk.sent().await;
    assert_eq!((on_server(&desk, &row, "review").await, on_server(&desk, &row, "reviewer").await), (None, None));
}

#[tokio::test]
async fn undoing_the_first_edit_takes_the_beginning_away_too() {
    let desk = sharing(unlimited()).await;
    let row = desk.conversation_of("Daniel Reyes").await;
    desk.console.edit_tags(row.id.clone(), vec![tag("verdict", None)], vec![]).await.unwrap();
    desk.sent().await;
    let undone = desk.console.undo().await.unwrap().unwrap();
    assert_eq!(undone.what, "tag “verdict”");
    desk.sent().await;
    assert_eq!(desk.server.conversation(row.id.as_str()).await.unwrap()["tags"].get("review"), None);
    assert_eq!(shown(&desk, &row).await, None);
    desk.console.redo().await.unwrap().unwrap();
    assert_eq!(shown(&desk, &row).await, step(ReviewStep::InProgress, false));
}

#[tokio::test]
async fn without_room_for_two_tags_it_stays_on_this_computer_and_is_said() {
    let desk = sharing(unlimited()).await;
    let row = desk.conversation_of("Daniel Reyes").await;
    let fill: serde_json::Map<String, Value> =
        (row.tags.len()..19).map(|n| (format!("filler {n}"), Value::Null)).collect();
    desk.server.edit(json!({ "conversation_id": row.id, "tags": { "set": fill } })).await.unwrap();
    desk.all(ConversationFilter::default()).await;
    let work = desk.console.set_review(row.id.clone(), Some(ReviewStep::Skipped)).await.unwrap();
    assert_eq!(work.review, step(ReviewStep::Skipped, true));
    let view = desk.outbox_until(|outbox| !outbox.reports.is_empty()).await;
    assert!(view.reports[0].contains("no room for two more tags"), "{view:?}");
    let desk = desk.restart().await;
    desk.sent().await;
    assert_eq!(shown(&desk, &row).await, step(ReviewStep::Skipped, true), "it is kept");
    assert_eq!(desk.calls_to("/tags/").await, 0);
}

#[tokio::test]
async fn a_server_that_forbids_or_lacks_tags_makes_it_stay_here() {
    for (status, edition) in [(Some(403), Edition::Current), (None, Edition::Older)] {
        let desk = sharing(Sandbox { edition, ..unlimited() }).await;
        let row = desk.conversation_of("Daniel Reyes").await;
        if let Some(status) = status {
            desk.server.fault(earmark_tests::stage::status("*/tags/*", status)).await.unwrap();
        }
        desk.console.set_review(row.id.clone(), Some(ReviewStep::Done)).await.unwrap();
        let view = desk.outbox_until(|outbox| !outbox.reports.is_empty()).await;
        assert!(view.reports[0].contains("this computer only"), "{view:?}");
        assert_eq!(desk.sent().await.needs_you, 0, "it is no question");
        assert_eq!(shown(&desk, &row).await, step(ReviewStep::Done, true));
    }
}

#[tokio::test]
async fn a_team_may_call_the_tags_as_it_likes_or_not_share_at_all() {
    let desk = sharing(unlimited()).await;
    let row = desk.conversation_of("Daniel Reyes").await;
    let settings = Settings { review_tag: "state".into(), reviewer_tag: "by".into(), ..Settings::default() };
    desk.console.follow(&settings);
    desk.console.set_review(row.id.clone(), Some(ReviewStep::Done)).await.unwrap();
    desk.sent().await;
    assert_eq!(on_server(&desk, &row, "state").await, Some(json!("done")));
    desk.console.set_review(row.id.clone(), None).await.unwrap();
    desk.console.follow(&Settings { share_review: false, ..Settings::default() });
    desk.console.edit_tags(row.id.clone(), vec![tag("verdict", None)], vec![]).await.unwrap();
    assert_eq!(shown(&desk, &row).await, step(ReviewStep::InProgress, true));
    desk.sent().await;
    assert_eq!(on_server(&desk, &row, "review").await, None);
}

#[tokio::test]
async fn who_deals_with_comments_does_not_begin_a_review() {
    let desk = sharing(unlimited()).await;
    let row = desk.conversation_of("Daniel Reyes").await;
    let message = desk.messages(&row.id).await.remove(0);
    let interaction = message.interaction_id.clone();
    desk.console.show_in(row.id.clone(), ShownIn::Feedback).unwrap();
    let reply = || desk.console.add_comment(row.id.clone(), Some(interaction.clone()), "a reply".into());
    let work = reply().await.unwrap();
    let written = work.comments.iter().find(|one| one.text == "a reply").unwrap().id.clone();
    desk.console.edit_comment(row.id.clone(), written.clone(), "other words".into()).await.unwrap();
    desk.console.flag_message(row.id.clone(), message.id, true).await.unwrap();
    desk.console.delete_comment(row.id.clone(), written).await.unwrap();
    desk.sent().await;
    assert_eq!(shown(&desk, &row).await, None);
    assert_eq!(on_server(&desk, &row, "review").await, None);
    desk.console.show_in(row.id.clone(), ShownIn::Conversations).unwrap();
    assert_eq!(reply().await.unwrap().review, step(ReviewStep::InProgress, false), "where it is reviewed it does");
}
