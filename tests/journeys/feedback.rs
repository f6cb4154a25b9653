//! The comments of all conversations: read in the background within the limits, listed, resolved, found again.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use earmark_console::{
    CommentId, Console, FeedbackChoice, FeedbackFilter, FeedbackPage, FeedbackRow, FeedbackView, FileForm, WorkView,
};
use earmark_sandbox::{Edition, Limits, Options as Sandbox};
use earmark_tests::stage::status;
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::desk::{Desk, unlimited};

/// Waits until the reading of all comments is where it shall be.
async fn until(console: &Console, so: impl FnMut(&FeedbackView) -> bool) -> FeedbackView {
    let (tell, mut told) = watch::channel(None);
    let tell = Arc::new(tell);
    console.watch_feedback(Box::new(move |view| drop(tell.send(Some(view))))).await.unwrap();
    let mut so = so;
    let reached = told.wait_for(|view| view.as_ref().is_some_and(&mut so));
    let view = tokio::time::timeout(Duration::from_secs(60), reached).await.expect("it comes to that").unwrap();
    view.clone().unwrap()
}

async fn complete(console: &Console) -> FeedbackView {
    until(console, |view| view.read_since.is_some()).await
}

fn open() -> FeedbackFilter {
    FeedbackFilter { resolved: Some(false), ..FeedbackFilter::default() }
}

async fn list(console: &Console, filter: FeedbackFilter) -> FeedbackPage {
    console.list_feedback(filter, None).await.unwrap()
}

/// Every page of it.
async fn all(console: &Console, filter: FeedbackFilter) -> Vec<FeedbackRow> {
    let mut page = list(console, filter.clone()).await;
    let mut rows = std::mem::take(&mut page.rows);
    while let Some(next) = page.next {
        page = console.list_feedback(filter.clone(), Some(next)).await.unwrap();
        rows.append(&mut page.rows);
    }
    rows
}

/// Every comment on an interaction as the server has it.
async fn on_server(desk: &Desk) -> Vec<Value> {
    let mut all = Vec::new();
    loop {
        let path = format!("/conversation/feedback/?type=interaction&limit=50&continuation_token={}", all.len());
        let page = desk.server.read(&path).await.unwrap();
        all.extend(page["feedbacks"].as_array().unwrap().clone());
        if page["has_more"] == false {
            return all;
        }
    }
}

async fn pages(desk: &Desk) -> Vec<u64> {
    let calls = desk.server.calls().await.unwrap();
    let lists = calls.iter().filter(|call| {
        let of_all = !call["query"].to_string().contains("conversation_id");
        call["path"].as_str().is_some_and(|path| path.ends_with("/conversation/feedback/")) && of_all
    });
    lists.map(|call| call["at_ms"].as_u64().unwrap()).collect()
}

#[tokio::test]
async fn all_comments_are_read_and_listed_as_the_server_has_them() {
    let desk = Desk::set(Sandbox { conversations: Some(120), comments: Some(430), ..unlimited() }).await;
    let view = complete(&desk.console).await;
    let there = on_server(&desk).await;
    let is_open = |comment: &&Value| comment["feedback_content"]["resolved"] != true;
    let open_there = there.iter().filter(is_open).count();
    assert_eq!((view.open as usize, view.resolved as usize), (open_there, there.len() - open_there));
    let rows = all(&desk.console, open()).await;
    assert_eq!(rows.len(), open_there);
    assert!(rows.windows(2).all(|two| two[0].created_at <= two[1].created_at), "oldest first");
    let newest = all(&desk.console, FeedbackFilter { newest_first: true, ..open() }).await;
    assert_eq!(
        newest.iter().rev().map(|row| &row.id).collect::<Vec<_>>(),
        rows.iter().map(|row| &row.id).collect::<Vec<_>>()
    );

    let author = rows[0].author.id.clone();
    let theirs = list(&desk.console, FeedbackFilter { authors: vec![author.clone()], ..open() }).await;
    let expected = there.iter().filter(is_open).filter(|comment| comment["user_id"] == author.as_str()).count();
    assert_eq!(theirs.total as usize, expected);
    let since = Some(rows[100].created_at.clone());
    let later = list(&desk.console, FeedbackFilter { since: since.clone(), ..open() }).await;
    let earlier = list(&desk.console, FeedbackFilter { until: since, ..open() }).await;
    assert_eq!((later.total + earlier.total) as usize, rows.len());
    assert_eq!(later.rows[0].id, rows[100].id);
    // Every conversation of theirs was learned, so that they can be told by service.
    let services = desk.console.list_services().await.unwrap();
    let mut by_service = 0;
    for service in services {
        by_service += list(&desk.console, FeedbackFilter { services: vec![service.id], ..open() }).await.total;
    }
    assert_eq!(by_service as usize, rows.len());
}

#[tokio::test]
async fn the_first_reading_keeps_to_its_pace_and_goes_on_after_a_restart() {
    let minute = Duration::from_secs(3);
    let grown = Sandbox { conversations: Some(100), comments: Some(600), ..Sandbox::default() };
    // What there is is asked of one like it, so that asking uses up none of its limits.
    let like_it = Desk::set_signed_out(Sandbox { limits: Limits::Off, ..grown.clone() }).await;
    let there = on_server(&like_it).await.len();
    let desk = Desk::set_limited(Sandbox { minute, ..grown }, minute).await;
    until(&desk.console, |view| view.known >= 200).await;
    let before = pages(&desk).await.len();
    let desk = desk.restart().await;
    let view = complete(&desk.console).await;
    assert!((view.open + view.resolved) as usize == there, "{view:?} of {there}");
    let at = pages(&desk).await;
    let needed = there.div_ceil(50) + 1;
    assert!(
        before >= 4 && at.len() <= needed + 3,
        "{} calls for {needed} pages, {before} before the restart",
        at.len()
    );
    for (first, later) in at.iter().zip(at.iter().skip(15)) {
        assert!(later - first >= 2_900, "16 calls within {} ms", later - first);
    }
}

#[tokio::test]
async fn what_others_did_meanwhile_is_known_after_the_next_reading() {
    let desk = Desk::set(Sandbox { conversations: Some(60), comments: Some(120), ..unlimited() }).await;
    let before = complete(&desk.console).await;
    let rows = all(&desk.console, open()).await;
    desk.server.edit(json!({"feedback_id": rows[0].id, "deleted": true})).await.unwrap();
    desk.server.edit(json!({"feedback_id": rows[1].id, "resolved": true})).await.unwrap();
    desk.server.edit(json!({"feedback_id": rows[2].id, "comment": "put in other words"})).await.unwrap();
    desk.console.read_feedback_again().unwrap();
    let after = until(&desk.console, |view| view.read_since != before.read_since).await;
    assert_eq!((after.open, after.resolved), (before.open - 2, before.resolved + 1));
    let now = all(&desk.console, open()).await;
    assert!(now.iter().all(|row| row.id != rows[0].id && row.id != rows[1].id));
    assert_eq!(now[0].text, "put in other words");
}

#[tokio::test]
async fn what_is_sent_while_comments_are_read_stands() {
    let desk = Desk::set(unlimited()).await;
    let before = complete(&desk.console).await;
    let rows = all(&desk.console, open()).await;
    let of = |row: &FeedbackRow| rows.iter().filter(|other| other.conversation_id == row.conversation_id).count();
    let gone = rows.iter().find(|row| of(row) > 1).unwrap();
    let kept = rows.iter().find(|row| row.id != gone.id && row.conversation_id == gone.conversation_id).unwrap();
    desk.server.edit(json!({"feedback_id": gone.id, "deleted": true})).await.unwrap();
    // What the server says of their conversation is on its way for a while.
    let slow = json!([{"method": "GET", "path": "*/feedback/", "kind": "slow_body", "ms": 1_500, "bytes": 1_000_000}]);
    desk.server.fault(slow).await.unwrap();
    let earlier = desk.calls_to("/feedback/").await;
    desk.console.read_feedback_again().unwrap();
    let asked_alone = async {
        let alone = |call: &Value| {
            call["query"].to_string().contains(kept.conversation_id.as_str()) && !call["status"].is_null()
        };
        loop {
            let calls = desk.server.calls().await.unwrap();
            let mut lists = calls.iter().filter(|call| call["path"].to_string().contains("/feedback/"));
            if lists.by_ref().skip(earlier).any(alone) {
                return;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), asked_alone).await.unwrap();
    desk.server.fault(json!([])).await.unwrap();
    desk.console.set_comment_resolved(kept.conversation_id.clone(), kept.id.clone(), true).await.unwrap();
    desk.console.add_comment(kept.conversation_id.clone(), kept.interaction_id.clone(), "new".into()).await.unwrap();
    desk.sent().await;
    let after = until(&desk.console, |view| view.read_since != before.read_since).await;
    assert_eq!((after.open, after.resolved), (before.open - 1, before.resolved + 1));
    let now = all(&desk.console, FeedbackFilter::default()).await;
    assert!(now.iter().any(|row| row.text == "new") && now.iter().all(|row| row.id != gone.id));
    assert!(now.iter().find(|row| row.id == kept.id).unwrap().resolved);
}

#[tokio::test]
async fn fifty_are_resolved_once_each_though_the_network_is_cut_in_the_middle() {
    let desk = Desk::set(Sandbox { conversations: Some(75), comments: Some(150), ..unlimited() }).await;
    let began = complete(&desk.console).await;
    let queue: Vec<FeedbackRow> = all(&desk.console, open()).await.into_iter().take(50).collect();
    let mut conversations: Vec<_> = queue.iter().map(|row| &row.conversation_id).collect();
    conversations.sort();
    conversations.dedup();
    assert!(conversations.len() >= 20, "{} conversations", conversations.len());
    for (at, row) in queue.iter().enumerate() {
        if at == 20 {
            desk.server.fault(json!([{ "path": "*", "kind": "drop" }])).await.unwrap();
        }
        let (conversation, id) = (row.conversation_id.clone(), row.id.clone());
        desk.console.set_comment_resolved(conversation, id, true).await.unwrap();
        let left = list(&desk.console, open()).await;
        assert_eq!(left.total as usize, began.open as usize - at - 1, "the list is what the reviewer did");
    }
    desk.outbox_until(|outbox| outbox.trouble.is_some()).await;
    desk.server.fault(json!([])).await.unwrap();
    desk.sent().await;
    let calls = desk.server.calls().await.unwrap();
    let mut sent: HashMap<&str, usize> = HashMap::new();
    for call in calls.iter().filter(|call| call["method"] == "POST" && call["status"] == 204) {
        *sent.entry(call["path"].as_str().unwrap()).or_default() += 1;
    }
    assert_eq!(sent.len(), 50);
    assert!(sent.values().all(|count| *count == 1), "each exactly once");
    let there = on_server(&desk).await;
    for row in &queue {
        let comment = there.iter().find(|comment| comment["id"] == row.id.as_str()).unwrap();
        assert_eq!(comment["feedback_content"]["resolved"], true);
    }
    let view = desk.console.read_feedback().await.unwrap();
    assert_eq!((view.open, view.resolved), (began.open - 50, began.resolved + 50), "also when nothing waits any more");
}

#[tokio::test]
async fn one_resolved_elsewhere_asks_and_keeps_what_was_written() {
    let desk = Desk::set(unlimited()).await;
    complete(&desk.console).await;
    let seventh = all(&desk.console, open()).await[3].clone();
    desk.server.edit(json!({"feedback_id": seventh.id, "resolved": true})).await.unwrap();
    let (conversation, id) = (seventh.conversation_id.clone(), seventh.id.clone());
    desk.console.edit_comment(conversation.clone(), id.clone(), "my own words".into()).await.unwrap();
    desk.outbox_until(|outbox| outbox.needs_you == 1).await;
    let row = all(&desk.console, FeedbackFilter::default()).await.into_iter().find(|row| row.id == id).unwrap();
    assert!(row.needs_you);
    assert_eq!(row.text, "my own words");
    let there = on_server(&desk).await;
    let comment = there.iter().find(|comment| comment["id"] == id.as_str()).unwrap();
    assert_eq!(comment["feedback_content"]["comment"], seventh.text.as_str(), "nothing was overwritten");
}

#[tokio::test]
async fn a_server_that_may_not_be_asked_or_has_no_such_call_is_told() {
    let desk = Desk::set(unlimited()).await;
    desk.server.fault(status("*/feedback/", 403)).await.unwrap();
    let view = until(&desk.console, |view| view.trouble.is_some()).await;
    assert_eq!(view.trouble.unwrap().code, earmark_console::ProblemCode::NotAllowed);
    let without = Desk::set(Sandbox { edition: Edition::Current, ..unlimited() }).await;
    let not_here = earmark_console::CommentSupport::NotOnThisServer;
    until(&without.console, |view| view.support == not_here).await;
}

#[tokio::test]
async fn without_a_network_the_list_stands() {
    let desk = Desk::set(unlimited()).await;
    complete(&desk.console).await;
    let before = all(&desk.console, open()).await;
    desk.server.fault(json!([{ "path": "*", "kind": "drop" }])).await.unwrap();
    let again = all(&desk.console, open()).await;
    assert_eq!(again, before);
    let first = &before[0];
    let work = desk.console.read_work(first.conversation_id.clone()).await.unwrap();
    assert!(work.comments.iter().any(|comment| comment.id == first.id), "also of one that was never opened");
}

#[tokio::test]
async fn many_are_resolved_at_once_and_taken_back_as_one() {
    let desk = Desk::set_with_grace(
        Sandbox { conversations: Some(60), comments: Some(120), ..unlimited() },
        Duration::from_secs(3_600),
    )
    .await;
    let before = complete(&desk.console).await;
    let choice = FeedbackChoice { filter: open(), comments: Vec::new() };
    let plan = desk.console.plan_resolve(choice.clone()).await.unwrap();
    assert_eq!((plan.resolve, plan.left, plan.per_minute), (before.open, 0, None));
    assert_eq!(desk.console.read_feedback().await.unwrap().open, before.open, "a plan changes nothing");
    let chosen: Vec<_> = all(&desk.console, open()).await.iter().take(3).map(|row| row.id.clone()).collect();
    let some = FeedbackChoice { filter: FeedbackFilter::default(), comments: chosen };
    assert_eq!(desk.console.resolve_all(some).await.unwrap().resolve, 3);
    desk.console.resolve_all(choice).await.unwrap();
    assert_eq!(desk.console.read_feedback().await.unwrap().open, 0);
    let undone = desk.console.undo().await.unwrap().unwrap();
    assert_eq!((undone.conversations > 1, undone.what), (true, format!("resolving {} comments", before.open - 3)));
    assert_eq!(desk.console.read_feedback().await.unwrap().open, before.open - 3);
    desk.console.undo().await.unwrap();
    assert_eq!(desk.console.read_feedback().await.unwrap().open, before.open);
    assert_eq!(desk.console.redo().await.unwrap().unwrap().what, "resolving 3 comments");
    assert_eq!(desk.console.read_feedback().await.unwrap().open, before.open - 3);
}

#[tokio::test]
async fn what_is_listed_is_written_to_a_file() {
    let desk = Desk::set(unlimited()).await;
    complete(&desk.console).await;
    let rows = all(&desk.console, open()).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("comments.jsonl");
    let choice = FeedbackChoice { filter: open(), comments: Vec::new() };
    let written = desk.console.export_feedback(choice, FileForm::Jsonl, file.clone()).await.unwrap();
    let lines: Vec<Value> =
        std::fs::read_to_string(file).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((written as usize, lines.len()), (rows.len(), rows.len()));
    for (line, row) in lines.iter().zip(&rows) {
        assert_eq!((&line["comment"], &line["text"]), (&json!(row.id), &json!(row.text)));
        assert_eq!(line["author"], json!(row.author.name));
        assert!(line["person"].as_str().is_some_and(|person| !person.is_empty()), "{line}");
    }
}

#[tokio::test]
async fn a_reason_goes_before_the_resolve_and_both_are_taken_back_at_once() {
    let desk = Desk::set(unlimited()).await;
    complete(&desk.console).await;
    let first = all(&desk.console, open()).await.remove(0);
    let (conversation, id) = (first.conversation_id.clone(), first.id.clone());
    let work = desk
        .console
        .resolve_with_reason(conversation.clone(), id.clone(), "It was the plan that was wrong.".into())
        .await
        .unwrap();
    let of = |id: &CommentId| work.comments.iter().find(|comment| comment.id == *id).unwrap();
    assert!(of(&id).resolved);
    assert_eq!(of(&id).dealt.as_ref().unwrap().by.name.as_deref(), Some("M. Ruiz"));
    let reply = work.comments.iter().find(|comment| comment.text.starts_with("It was the plan")).unwrap();
    assert_eq!((&reply.interaction_id, reply.resolved), (&first.interaction_id, true));
    desk.sent().await;
    let calls = desk.server.calls().await.unwrap();
    let posts: Vec<&str> =
        calls.iter().filter(|call| call["method"] == "POST").filter_map(|call| call["path"].as_str()).collect();
    let place = |ends: &str| posts.iter().position(|path| path.ends_with(ends)).unwrap();
    assert!(place("/feedback") < place(id.as_str()), "the reason first: {posts:?}");
    desk.console.undo().await.unwrap();
    desk.sent().await;
    let there = on_server(&desk).await;
    let now = there.iter().find(|comment| comment["id"] == id.as_str()).unwrap();
    assert_eq!(now["feedback_content"]["resolved"], false);
    assert!(there.iter().all(|comment| comment["feedback_content"]["comment"] != "It was the plan that was wrong."));
}

#[tokio::test]
async fn the_exact_turn_is_known_here_also_after_a_restart() {
    let desk = Desk::set(unlimited()).await;
    let conversation = desk.conversation_of("Daniel Reyes").await.id;
    let said = desk.messages(&conversation).await.remove(1);
    let work = desk
        .console
        .comment_on_turn(conversation.clone(), said.interaction_id.clone(), said.id.clone(), "This very line.".into())
        .await
        .unwrap();
    let mine =
        |work: &WorkView| work.comments.iter().find(|comment| comment.text == "This very line.").cloned().unwrap();
    assert_eq!(mine(&work).message_id.as_ref(), Some(&said.id));
    desk.sent().await;
    let desk = desk.restart().await;
    let read = desk.console.list_comments(conversation).await.unwrap();
    assert_eq!(mine(&read.work).message_id.as_ref(), Some(&said.id), "though the server gave it another id");
    complete(&desk.console).await;
    let rows = all(&desk.console, FeedbackFilter::default()).await;
    let row = rows.iter().find(|row| row.text == "This very line.").unwrap();
    assert_eq!(row.message_id.as_ref(), Some(&said.id));
}

#[tokio::test]
async fn a_server_without_the_calls_keeps_comments_here_until_it_can_take_them() {
    let desk = Desk::set(unlimited()).await;
    let conversation = desk.conversation_of("Daniel Reyes").await.id;
    let said = desk.messages(&conversation).await.remove(0);
    desk.server.fault(status("*feedback*", 405)).await.unwrap();
    let write =
        |text: &str| desk.console.add_comment(conversation.clone(), Some(said.interaction_id.clone()), text.to_owned());
    let first = write("kept here").await.unwrap().comments.remove(0).id;
    write("kept here too").await.unwrap();
    desk.outbox_until(|outbox| outbox.only_here == 2 && outbox.saved_here == 0 && outbox.needs_you == 0).await;
    desk.console.edit_comment(conversation.clone(), first.clone(), "kept here, in other words".into()).await.unwrap();
    desk.console.set_comment_resolved(conversation.clone(), first.clone(), true).await.unwrap();
    desk.outbox_until(|outbox| outbox.only_here == 4 && outbox.saved_here == 0).await;
    desk.console.undo().await.unwrap();
    let desk = desk.restart().await;
    desk.outbox_until(|outbox| outbox.only_here == 3).await;
    let rows = all(&desk.console, open()).await;
    let texts: Vec<&str> = rows.iter().map(|row| row.text.as_str()).collect();
    assert_eq!(texts, ["kept here, in other words", "kept here too"]);
    let work = desk.console.read_work(conversation.clone()).await.unwrap();
    assert!(work.changes.iter().all(|change| change.card.is_none()), "nothing is asked");

    // The server gains the calls: nothing goes out by itself.
    desk.server.fault(json!([])).await.unwrap();
    complete(&desk.console).await;
    assert_eq!(desk.outbox_until(|_| true).await.only_here, 3);
    desk.console.send_kept_comments().await.unwrap();
    desk.outbox_until(|outbox| outbox.only_here == 0 && outbox.saved_here == 0).await;
    let there = desk.server.comments(conversation.as_str()).await.unwrap();
    for text in ["kept here, in other words", "kept here too"] {
        assert_eq!(there.iter().filter(|one| one["feedback_content"]["comment"] == text).count(), 1, "{text}");
    }
}

#[tokio::test]
async fn one_that_may_not_be_resolved_waits_and_the_others_go_on() {
    let desk = Desk::set(unlimited()).await;
    complete(&desk.console).await;
    let rows = all(&desk.console, open()).await;
    desk.server.fault(status(&format!("*/feedback/{}", rows[0].id), 403)).await.unwrap();
    for row in &rows[..3] {
        desk.console.set_comment_resolved(row.conversation_id.clone(), row.id.clone(), true).await.unwrap();
    }
    let outbox = desk.outbox_until(|outbox| outbox.needs_you == 1 && outbox.saved_here == 0).await;
    assert_eq!(outbox.needing_you, [rows[0].conversation_id.clone()]);
    let there = on_server(&desk).await;
    let resolved = |row: &FeedbackRow| {
        let now = there.iter().find(|comment| comment["id"] == row.id.as_str()).unwrap();
        now["feedback_content"]["resolved"] == true
    };
    assert_eq!([resolved(&rows[0]), resolved(&rows[1]), resolved(&rows[2])], [false, true, true]);
}
