//! What each edition has and has not (section 4).

use earmark_sandbox::{Edition, Options};
use serde_json::{Value, json};

use crate::client::{Visit, text, unlimited};

async fn speaking(edition: Edition) -> Visit {
    Visit::start(Options { edition, ..unlimited() }).await
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[tokio::test]
async fn the_older_one_has_no_tags_and_its_own_times() {
    let visit = speaking(Edition::Older).await;
    let all = visit.conversations().await;
    assert!(all.iter().all(|conversation| !keys(conversation).contains(&"tags")));
    assert_eq!(
        visit.get("/conversation/?tag=risk:high").await.json()["conversations"].as_array().unwrap().len(),
        all.len()
    );
    let id = text(&all[1], "id");
    let message = visit.messages(&id, "sort_by=%2Btimestamp").await[0].clone();
    assert!(keys(&message).contains(&"timestamp") && !keys(&message).contains(&"created_at"), "{message}");
    assert_eq!(message["message_metadata"], json!([]));
    assert_eq!(visit.get(&format!("/conversation/{id}/messages/?sort_by=%2Bcreated_at")).await.status, 422);
    assert_eq!(visit.post(&format!("/conversation/{id}/tags/"), json!({})).await.status, 404);
    assert_eq!(visit.get("/tool/invocation").await.status, 404);
}

#[tokio::test]
async fn the_older_ones_insights_log_no_tools() {
    let visit = speaking(Edition::Older).await;
    let mut kinds = Vec::new();
    for conversation in visit.conversations().await {
        let id = text(&conversation, "id");
        for message in visit.messages(&id, "limit=60").await {
            let interaction = text(&message, "interaction_id");
            let insight = visit.get(&format!("/conversation/{id}/interaction/{interaction}/insights")).await;
            assert!(!String::from_utf8_lossy(&insight.body).contains("tool_call"), "{interaction}");
            let passed = insight.json()["state_transition_logs"].as_array().unwrap().clone();
            kinds.extend(passed.iter().map(|passed| text(passed, "type")));
        }
    }
    kinds.sort();
    kinds.dedup();
    assert_eq!(kinds, ["action", "annotation", "decision", "jumpback", "recall", "reflection", "side-effect"]);
}

#[tokio::test]
async fn recommending_is_a_get_in_the_older_and_a_post_in_todays() {
    for (edition, right, wrong) in [(Edition::Older, "GET", "POST"), (Edition::Current, "POST", "GET")] {
        let visit = speaking(edition).await;
        let id = visit.conversation(|conversation| conversation["is_finished"] == false).await;
        let last = visit.messages(&id, "").await.pop().unwrap();
        let path = format!("/conversation/{id}/interaction/{}/recommend_responses", text(&last, "interaction_id"));
        assert_eq!(visit.call(right, &path, None).await.status, 200, "{edition:?}");
        assert_eq!(visit.call(wrong, &path, None).await.status, 405, "{edition:?}");
    }
}

#[tokio::test]
async fn feedback_and_simulate_are_the_older_ones() {
    for (edition, status) in [(Edition::Older, 200), (Edition::Both, 200), (Edition::Current, 404)] {
        let visit = speaking(edition).await;
        assert_eq!(visit.get("/conversation/feedback/?type=interaction").await.status, status, "{edition:?}");
        let id = visit.conversation(|_| true).await;
        let last = visit.messages(&id, "").await.pop().unwrap();
        let path = format!("/conversation/{id}/interaction/{}/simulate", text(&last, "interaction_id"));
        let answer = visit.post(&path, json!({"agent_version_override": null})).await;
        assert_eq!(answer.status, status, "{edition:?}");
        if status == 200 {
            assert!(!text(&answer.json(), "agent_message").is_empty());
            assert_eq!(answer.json()["conversation_ended"], true);
        }
    }
}

#[tokio::test]
async fn the_older_one_takes_a_form_and_ends_a_session_with_an_event() {
    let visit = speaking(Edition::Older).await;
    let service = text(&visit.get("/service/").await.json()["services"][1], "id");
    let created = visit.post("/conversation/?response_format=text", json!({"service_id": service})).await;
    let first: Value = serde_json::from_slice(created.body.split(|byte| *byte == b'\n').next().unwrap()).unwrap();
    let credentials = visit.sandbox.credentials();
    let path = format!(
        "/v1/{}/conversation/{}/interact?request_format=text&response_format=text",
        credentials.organization,
        text(&first, "conversation_id")
    );
    let headers =
        [format!("Authorization: Bearer {}", visit.token), "Content-Type: application/x-www-form-urlencoded".into()];
    let body = b"recorded_message=goodbye+then";
    let answer = crate::client::send(&credentials.base_url, "POST", &path, &headers, body).await.unwrap();
    let events: Vec<Value> =
        String::from_utf8_lossy(&answer.body).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(events[0]["user_message"], "goodbye then");
    assert!(events.iter().all(|event| event["type"] != "current-agent-action"), "off unless asked for");
    let complete = &events[events.len() - 2];
    assert!(complete["type"] == "interaction-complete" && complete.get("conversation_completed").is_none());
    assert_eq!(events[events.len() - 1]["type"], "end-session");
}
