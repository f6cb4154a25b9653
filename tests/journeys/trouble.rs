//! Each kind of trouble: its code and its sentence, and that nothing leaks into it.

use earmark_console::{ConversationFilter, Problem, ProblemCode};
use earmark_sandbox::Options as Sandbox;
use earmark_tests::stage::status;
use serde_json::{Value, json};

use crate::desk::{Desk, unlimited};

/// What a reviewer reads must be a sentence, and must not say where or with what.
fn readable(desk: &Desk, problem: &Problem) {
    let sentence = &problem.message;
    assert!(sentence.ends_with('.') && sentence.chars().next().is_some_and(char::is_uppercase), "{sentence:?}");
    let credentials = desk.server.credentials();
    for secret in [&credentials.api_key, &credentials.base_url, &credentials.organization] {
        assert!(!sentence.contains(secret.as_str()), "{sentence:?}");
    }
    assert!(!sentence.contains("http"), "{sentence:?}");
}

async fn listing_under(fault: Value) -> (Desk, Problem) {
    let desk = Desk::set(unlimited()).await;
    // The page that was asked for at sign-in is no part of this.
    desk.console.list_conversations(ConversationFilter::default(), None).await.unwrap();
    desk.server.fault(fault).await.unwrap();
    // Of these conversations nothing is kept that could be shown instead.
    let unkept = ConversationFilter { tags: vec!["nobody:has it".into()], ..ConversationFilter::default() };
    let problem = desk.console.list_conversations(unkept, None).await.unwrap_err();
    readable(&desk, &problem);
    (desk, problem)
}

fn on_list(fault: Value) -> Value {
    let mut fault = fault;
    fault["path"] = json!("*/conversation/");
    fault["times"] = json!(0);
    json!([fault])
}

#[tokio::test]
async fn each_status_has_its_code() {
    for (status_code, code, retryable) in [
        (403, ProblemCode::NotAllowed, false),
        (404, ProblemCode::NotFound, false),
        (422, ProblemCode::Refused, false),
        (500, ProblemCode::ServerFailed, true),
        (503, ProblemCode::Maintenance, true),
    ] {
        let (_, problem) = listing_under(status("*/conversation/", status_code)).await;
        assert_eq!((problem.code, problem.retryable), (code, retryable), "{status_code}");
        assert!(problem.reference.is_some(), "the log tells more");
    }
}

#[tokio::test]
async fn a_rate_limit_says_how_long() {
    let limited = on_list(json!({ "kind": "status", "code": 429, "retry_after": 90 }));
    let (_, problem) = listing_under(limited).await;
    assert_eq!((problem.code, problem.retryable), (ProblemCode::RateLimited, true));
    assert_eq!(problem.retry_after_ms, Some(90_000));
}

#[tokio::test]
async fn half_an_answer_and_nonsense_are_told_apart_from_no_answer() {
    let (_, nonsense) = listing_under(on_list(json!({ "kind": "garbage" }))).await;
    assert_eq!(nonsense.code, ProblemCode::Malformed);
    let (_, half) = listing_under(on_list(json!({ "kind": "truncate" }))).await;
    assert_eq!(half.code, ProblemCode::Unreachable, "the connection broke");
    let (_, none) = listing_under(on_list(json!({ "kind": "drop" }))).await;
    assert_eq!(none.code, ProblemCode::Unreachable);
}

#[tokio::test]
async fn after_the_trouble_the_same_request_works() {
    let (desk, _) = listing_under(status("*/conversation/", 503)).await;
    desk.server.fault(json!([])).await.unwrap();
    assert!(!desk.all(ConversationFilter::default()).await.is_empty());
}

#[tokio::test]
async fn a_token_that_ends_is_renewed_without_a_word() {
    let desk = Desk::set(Sandbox { token_ttl: std::time::Duration::from_secs(1), ..unlimited() }).await;
    let once = json!([{ "method": "GET", "path": "*/conversation/", "kind": "status", "times": 1, "code": 401 }]);
    desk.server.fault(once).await.unwrap();
    for _ in 0..3 {
        desk.page(ConversationFilter::default(), None).await.unwrap();
    }
    assert!(desk.calls_to("signin").await >= 2);
}

#[tokio::test]
async fn a_permission_that_is_missing_fails_its_pane_alone() {
    let denied = vec!["Conversation.GetInteractionInsights".to_owned()];
    let desk = Desk::set(Sandbox { deny: denied, ..unlimited() }).await;
    let conversation = desk.conversation_of("Daniel Reyes").await.id;
    let interaction = desk.messages(&conversation).await[0].interaction_id.clone();
    let problem = desk.console.read_insight(conversation.clone(), interaction, false).await.unwrap_err();
    assert_eq!(problem.code, ProblemCode::NotAllowed);
    desk.console.list_comments(conversation).await.unwrap();
}

#[tokio::test]
async fn one_item_that_cannot_be_read_costs_only_itself() {
    let desk = Desk::set(unlimited()).await;
    let rows = desk.all(ConversationFilter::default()).await;
    let good = desk.server.read("/conversation/?limit=3&sort_by=-created_at").await.unwrap();
    let mut page = good.clone();
    page["conversations"][1]["created_at"] = json!("the day before");
    page["has_more"] = json!(false);
    page["continuation_token"] = Value::Null;
    desk.server.fault(on_list(json!({ "kind": "status", "code": 200, "body": page }))).await.unwrap();
    let read = desk.page(ConversationFilter::default(), None).await.unwrap();
    assert_eq!(read.unreadable, 1);
    assert_eq!(read.rows, [rows[0].clone(), rows[2].clone()]);
}

#[tokio::test]
async fn unknown_words_of_the_server_are_shown_not_refused() {
    let desk = Desk::set(unlimited()).await;
    let conversation = desk.conversation_of("Daniel Reyes").await.id;
    let mut page = desk
        .server
        .read(&format!("/conversation/{conversation}/messages/?limit=1&sort_by=%2Bcreated_at"))
        .await
        .unwrap();
    page["messages"][0]["message_type"] = json!("robot-dance");
    page["messages"][0]["format"] = json!("hologram");
    page["has_more"] = json!(false);
    page["continuation_token"] = Value::Null;
    let fault = json!([{ "path": "*/messages/", "kind": "status", "times": 0, "code": 200, "body": page }]);
    desk.server.fault(fault).await.unwrap();
    let opened = desk.console.open_conversation(conversation, true).await.unwrap();
    let message = &opened.first.messages[0];
    assert_eq!((message.kind.as_str(), message.voice), ("robot-dance", false));
}

#[tokio::test]
async fn reading_that_stops_in_the_middle_keeps_what_was_read() {
    let desk = Desk::set(unlimited()).await;
    let conversation = desk.conversation_of("Daniel Reyes").await.id;
    let mut page = desk
        .server
        .read(&format!("/conversation/{conversation}/messages/?limit=2&sort_by=%2Bcreated_at"))
        .await
        .unwrap();
    page["has_more"] = json!(true);
    page["continuation_token"] = json!(2);
    let faults = json!([
        { "path": "*/messages/", "kind": "status", "times": 1, "code": 200, "body": page },
        { "path": "*/messages/", "kind": "status", "after": 1, "times": 0, "code": 503 },
    ]);
    desk.server.fault(faults).await.unwrap();
    let opened = desk.console.open_conversation(conversation, true).await.unwrap();
    assert_eq!(opened.messages, 2);
    assert_eq!(opened.partial.unwrap().code, ProblemCode::Maintenance);
}
