//! `/_sandbox/*`: calls, faults, edits.

use std::time::{Duration, Instant};

use earmark_sandbox::Options;
use serde_json::{Value, json};

use crate::client::{Visit, send, text, unlimited};

async fn faults(visit: &Visit, list: Value) {
    let answer = visit.control("POST", "/_sandbox/faults", &list.to_string()).await;
    assert_eq!(answer.status, 204, "{}", String::from_utf8_lossy(&answer.body));
}

#[tokio::test]
async fn control_is_absent_unless_asked_for() {
    let visit = Visit::start(Options { control: false, ..unlimited() }).await;
    assert_eq!(visit.control("GET", "/_sandbox/calls", "").await.status, 404);
}

#[tokio::test]
async fn calls_are_listed_without_secrets() {
    let visit = Visit::start(unlimited()).await;
    let id = visit.conversation(|conversation| conversation["tags"]["channel"] == "voice").await;
    let message = text(&visit.messages(&id, "").await[0], "id");
    let source = visit.get(&format!("/conversation/{id}/messages/{message}/source?long_lived=true")).await.json();
    let base = visit.sandbox.audio_base_url();
    let url = text(&source, "url");
    send(base, "GET", url.strip_prefix(base).unwrap(), &[], b"").await.unwrap();
    let answer = visit.control("GET", "/_sandbox/calls", "").await;
    let calls = answer.json().as_array().unwrap().clone();
    let methods: Vec<&Value> = calls.iter().map(|call| &call["method"]).collect();
    assert_eq!(methods, ["POST", "GET", "GET", "GET", "GET"]);
    assert_eq!((&calls[0]["has_authorization"], &calls[1]["has_authorization"]), (&json!(false), &json!(true)));
    assert!(calls.iter().all(|call| call["status"] == 200 && call["at_ms"].is_u64()), "{calls:?}");
    assert_eq!(calls[3]["query"], "long_lived=true");
    let written = String::from_utf8_lossy(&answer.body).into_owned();
    for secret in [&visit.token, &visit.sandbox.credentials().api_key, url.split_once("signature=").unwrap().1] {
        assert!(!written.contains(secret));
    }
}

#[tokio::test]
async fn a_status_fault_answers_instead() {
    let visit = Visit::start(unlimited()).await;
    let fault = json!([{"method": "GET", "path": "/v1/*/conversation/", "after": 1, "times": 1, "kind": "status",
        "code": 429, "body": {"detail": "slow down"}, "retry_after": 7}]);
    faults(&visit, fault).await;
    assert_eq!(visit.get("/conversation/").await.status, 200, "the first is let through");
    let struck = visit.get("/conversation/").await;
    assert_eq!((struck.status, struck.header("retry-after")), (429, Some("7")));
    assert_eq!(struck.json(), json!({"detail": "slow down"}));
    assert_eq!(visit.get("/conversation/").await.status, 200, "it fires once");
}

#[tokio::test]
async fn a_dropped_call_may_have_been_applied() {
    let visit = Visit::start(unlimited()).await;
    let id = visit.conversation(|_| true).await;
    for applied in [true, false] {
        faults(&visit, json!([{"path": "*/tags/", "times": 1, "kind": "drop", "applied": applied}])).await;
        let key = format!("applied {applied}");
        let body = json!({"updates": {key.as_str(): null}});
        let answer = visit.try_call("POST", &format!("/conversation/{id}/tags/"), Some(body)).await;
        assert!(answer.is_none(), "no answer comes: {answer:?}");
        let tags = visit.get(&format!("/conversation/?id={id}")).await.json()["conversations"][0]["tags"].clone();
        assert_eq!(tags.get(&key).is_some(), applied, "{tags}");
    }
}

#[tokio::test]
async fn bodies_are_cut_garbled_slowed_and_late() {
    let visit = Visit::start(unlimited()).await;
    let whole = visit.get("/service/").await;
    faults(&visit, json!([{"path": "*/service/", "kind": "truncate", "bytes": 100}])).await;
    let cut = visit.get("/service/").await;
    assert!(!cut.whole && cut.status == 200 && cut.body.len() <= 100, "{} bytes", cut.body.len());
    faults(&visit, json!([{"path": "*/service/", "kind": "garbage"}])).await;
    let garbled = visit.get("/service/").await;
    assert!(garbled.status == 200 && serde_json::from_slice::<Value>(&garbled.body).is_err());
    for fault in [
        json!({"path": "*/service/", "kind": "slow_body", "ms": 40, "bytes": whole.body.len() / 3}),
        json!({"path": "*/service/", "kind": "delay", "ms": 120}),
    ] {
        faults(&visit, json!([fault])).await;
        let began = Instant::now();
        let late = visit.get("/service/").await;
        assert_eq!((late.whole, late.body.len()), (true, whole.body.len()), "{fault}");
        assert!(began.elapsed() >= Duration::from_millis(120), "{fault} took {:?}", began.elapsed());
    }
    faults(&visit, json!([{"path": "*/service/", "kind": "repeat", "bodies": 3}])).await;
    assert_eq!(visit.get("/service/").await.body, whole.body.repeat(3));
}

#[tokio::test]
async fn the_audio_port_has_faults_too() {
    let visit = Visit::start(unlimited()).await;
    faults(&visit, json!([{"path": "/clips/*", "kind": "status", "code": 200, "body": ""}])).await;
    let empty = send(visit.sandbox.audio_base_url(), "GET", "/clips/x.mp3", &[], b"").await.unwrap();
    assert_eq!((empty.status, empty.body.len()), (200, 0));
}

#[tokio::test]
async fn an_edit_happens_behind_everybodys_back() {
    let visit = Visit::start(unlimited()).await;
    let all = visit.get("/conversation/feedback/?type=interaction&limit=50&sort_by=-created_at").await.json();
    let resolved =
        all["feedbacks"].as_array().unwrap().iter().find(|item| item["feedback_content"]["resolved"] == true);
    let feedback = text(resolved.unwrap(), "id");
    let conversation = text(resolved.unwrap(), "conversation_id");
    for edit in [
        json!({"feedback_id": feedback, "comment": "Somebody else's words.", "resolved": false}),
        json!({"conversation_id": conversation, "tags": {"set": {"seen": null, "risk": "none"}, "delete": ["channel"]}}),
    ] {
        assert_eq!(visit.control("POST", "/_sandbox/edit", &edit.to_string()).await.status, 204, "{edit}");
    }
    let query = format!("/conversation/feedback/?type=interaction&limit=50&conversation_id={conversation}");
    let items = visit.get(&query).await.json()["feedbacks"].as_array().unwrap().clone();
    let item = items.iter().find(|item| item["id"] == feedback.as_str()).unwrap();
    assert_eq!(item["feedback_content"]["comment"], "Somebody else's words.");
    assert_eq!(item["feedback_content"]["resolved"], false);
    let tags = visit.get(&format!("/conversation/?id={conversation}")).await.json()["conversations"][0]["tags"].clone();
    assert!(tags["risk"] == "none" && tags.get("seen").is_some() && tags.get("channel").is_none(), "{tags}");

    let gone = json!({"feedback_id": feedback, "deleted": true}).to_string();
    assert_eq!(visit.control("POST", "/_sandbox/edit", &gone).await.status, 204);
    assert_eq!(visit.control("POST", "/_sandbox/edit", &gone).await.status, 404);
    assert_eq!(visit.control("POST", "/_sandbox/edit", "{}").await.status, 422);
}
