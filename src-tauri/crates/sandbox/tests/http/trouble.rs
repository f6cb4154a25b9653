//! Limits and missing permissions.

use std::time::Duration;

use earmark_sandbox::{Limits, Options, StartError};
use serde_json::{Value, json};

use crate::client::{Visit, text, unlimited};

#[tokio::test]
async fn the_limit_is_told_in_headers_and_refuses_with_retry_after() {
    for limits in [Limits::Sliding, Limits::Fixed] {
        // A window of ten years does not end while the test runs.
        let visit =
            Visit::start(Options { limits, minute: Duration::from_secs(10 * 365 * 86_400), ..unlimited() }).await;
        for left in (0..15).rev() {
            let answer = visit.get("/conversation/?limit=0").await;
            assert_eq!(answer.status, 422, "wrong calls count as well");
            assert_eq!(answer.header("x-ratelimit-limit"), Some("15"));
            assert_eq!(answer.header("x-ratelimit-remaining"), Some(left.to_string().as_str()));
            assert!(answer.header("x-ratelimit-reset").unwrap().parse::<u64>().unwrap() > 1_700_000_000);
        }
        let refused = visit.get("/conversation/").await;
        assert_eq!((refused.status, refused.header("x-ratelimit-remaining")), (429, Some("0")));
        assert!(refused.header("retry-after").unwrap().parse::<u64>().unwrap() > 0);
        assert_eq!(visit.get("/service/").await.status, 200, "each endpoint has its own budget");
        let unrated = visit.get("/conversation/feedback/?type=interaction").await;
        assert_eq!((unrated.status, unrated.header("x-ratelimit-limit")), (200, None));
    }
}

#[tokio::test]
async fn without_limits_there_are_no_headers() {
    let visit = Visit::start(unlimited()).await;
    assert_eq!(visit.get("/conversation/").await.header("x-ratelimit-limit"), None);
}

#[tokio::test]
async fn an_unknown_permission_is_refused_at_the_start() {
    let started = earmark_sandbox::start(Options { deny: vec!["Conversation:Sing".into()], ..unlimited() }).await;
    assert!(matches!(started, Err(StartError::UnknownPermission(name)) if name == "Conversation:Sing"));
}

async fn without(permission: &str) -> Visit {
    Visit::start(Options { deny: vec![permission.into()], ..unlimited() }).await
}

#[tokio::test]
async fn some_permissions_only_filter_or_blank() {
    let blind = without("Conversation.GetMessage").await;
    let rows = blind.conversations().await;
    assert!(!rows.is_empty() && rows.iter().all(|row| row["final_message"] == ""));
    assert!(blind.messages(&text(&rows[0], "id"), "").await.is_empty());

    let rows = without("Service:GetVersionSet").await.conversations().await;
    assert!(!rows.is_empty() && rows.iter().all(|row| row["version_set_info"] == Value::Null));

    for (permission, path, list) in [
        ("Conversation:GetConversation", "/conversation/", "conversations"),
        ("User:GetUserInfo", "/user/", "users"),
        ("Service:GetService", "/service/", "services"),
        ("Conversation:GetInteractionFeedback", "/conversation/feedback/?type=interaction", "feedbacks"),
        ("Conversation:GetConversationFeedback", "/conversation/feedback/?type=conversation", "feedbacks"),
    ] {
        let answer = without(permission).await.get(path).await;
        assert_eq!((answer.status, &answer.json()[list]), (200, &json!([])), "{permission}");
    }
}

#[tokio::test]
async fn other_permissions_are_required() {
    let visit = Visit::start(unlimited()).await;
    let voice = visit.conversation(|conversation| conversation["tags"]["channel"] == "voice").await;
    let open = visit.conversation(|conversation| conversation["is_finished"] == false).await;
    let message = visit.messages(&voice, "").await[0].clone();
    let (message, interaction) = (text(&message, "id"), text(&message, "interaction_id"));
    let on = format!("/conversation/{voice}/interaction/{interaction}");
    let service = text(&visit.get("/service/").await.json()["services"][0], "id");
    for (permission, method, path, body) in [
        ("Conversation:GetMessage", "GET", format!("/conversation/{voice}/messages/{message}/source"), Value::Null),
        ("Conversation:GetInteractionInsights", "GET", format!("{on}/insights"), Value::Null),
        ("Conversation:GetInteractionInsights", "GET", "/tool/invocation".into(), Value::Null),
        ("Organization:GetServiceHierarchicalStateMachine", "GET", format!("{on}/insights"), Value::Null),
        ("Conversation:ModifyConversation", "POST", format!("/conversation/{voice}/tags/"), json!({})),
        ("Conversation:GetRecommendedResponses", "POST", format!("{on}/recommend_responses"), Value::Null),
        (
            "Conversation:CreateConversation",
            "POST",
            "/conversation/?response_format=text".into(),
            json!({"service_id": service}),
        ),
        ("Conversation:FinishConversation", "POST", format!("/conversation/{open}/finish/"), Value::Null),
        ("User:UpdateUserInfo", "POST", format!("/conversation/{open}/finish/"), Value::Null),
        ("Conversation:InteractWithConversation", "POST", format!("{on}/simulate"), Value::Null),
        (
            "Conversation:UpsertInteractionFeedback",
            "POST",
            format!("{on}/feedback"),
            json!({"feedback": {"type": "interaction_comment", "comment": "x"}}),
        ),
        (
            "Conversation:UpsertConversationFeedback",
            "POST",
            format!("/conversation/{voice}/feedback"),
            json!({"comment": "x"}),
        ),
    ] {
        let body = Some(body).filter(|body| !body.is_null());
        let answer = without(permission).await.call(method, &path, body.clone()).await;
        assert_eq!(answer.status, 403, "{permission} for {method} {path}");
        let allowed = visit.call(method, &path, body).await.status;
        assert_ne!(allowed, 403, "{method} {path} with all permissions");
    }
}
