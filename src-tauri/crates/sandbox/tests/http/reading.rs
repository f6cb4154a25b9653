//! Signing in, paths, validation and sound.

use std::time::Duration;

use earmark_sandbox::Options;
use serde_json::json;

use crate::client::{Visit, send, sign_in, text, unlimited};

#[tokio::test]
async fn signing_in_wants_all_three_headers_and_the_right_ones() {
    let visit = Visit::start(unlimited()).await;
    let right = visit.sandbox.credentials();
    let path = format!("/v1/{}/user/signin_with_api_key", right.organization);
    let missing = send(&right.base_url, "POST", &path, &[], b"").await.unwrap();
    assert_eq!(missing.status, 422);
    let named: Vec<_> =
        missing.json()["detail"].as_array().unwrap().iter().map(|field| field["loc"][1].clone()).collect();
    assert_eq!(named, ["x-api-key", "x-api-key-id", "x-user-id"]);
    for wrong in [
        earmark_sandbox::Credentials { api_key: "wrong".into(), ..right.clone() },
        earmark_sandbox::Credentials { api_key_id: "wrong".into(), ..right.clone() },
        earmark_sandbox::Credentials { user_id: "nobody".into(), ..right.clone() },
    ] {
        assert_eq!(sign_in(&wrong).await.status, 401, "{wrong:?}");
    }
    let elsewhere = earmark_sandbox::Credentials { organization: "elsewhere".into(), ..right.clone() };
    assert_eq!(sign_in(&elsewhere).await.status, 404);
}

#[tokio::test]
async fn the_key_is_random_at_each_start_and_never_printed_by_debug() {
    let (one, two) = (Visit::start(unlimited()).await, Visit::start(unlimited()).await);
    let key = &one.sandbox.credentials().api_key;
    assert_ne!(key, &two.sandbox.credentials().api_key, "the seed is the same, the key is not");
    assert!(key.len() >= 32);
    assert!(!format!("{:?}", one.sandbox).contains(key.as_str()));
}

#[tokio::test]
async fn a_token_ends_and_another_is_refused() {
    let mut visit = Visit::start(Options { token_ttl: Duration::ZERO, ..unlimited() }).await;
    assert_eq!(visit.get("/conversation/").await.status, 401);
    visit.token = "made up".into();
    assert_eq!(visit.get("/conversation/").await.json(), json!({"detail": "The token is invalid or has expired."}));
}

#[tokio::test]
async fn trailing_slashes_and_methods_are_significant() {
    let visit = Visit::start(unlimited()).await;
    let id = visit.conversation(|_| true).await;
    for (method, path, status) in [
        ("GET", "/conversation/".to_owned(), 200),
        ("GET", "/conversation".to_owned(), 404),
        ("GET", format!("/conversation/{id}/messages/"), 200),
        ("GET", format!("/conversation/{id}/messages"), 404),
        ("POST", format!("/conversation/{id}/tags"), 404),
        ("GET", format!("/conversation/{id}/tags/"), 405),
        ("GET", "/user/".to_owned(), 200),
        ("GET", "/user".to_owned(), 404),
        ("GET", "/organization/agent".to_owned(), 200),
        ("GET", "/organization/agent/".to_owned(), 404),
        ("GET", "/tool/invocation".to_owned(), 200),
        ("GET", "/organization/".to_owned(), 200),
    ] {
        assert_eq!(visit.call(method, &path, None).await.status, status, "{method} {path}");
    }
}

#[tokio::test]
async fn wrong_parameters_are_named_one_by_one() {
    let visit = Visit::start(unlimited()).await;
    let answer = visit.get("/conversation/?limit=151&id=XYZ&sort_by=created_at&is_finished=maybe&tag=novalue").await;
    assert_eq!(answer.status, 422);
    let detail = answer.json()["detail"].as_array().unwrap().clone();
    let mut named: Vec<&str> = detail.iter().map(|field| field["loc"][1].as_str().unwrap()).collect();
    named.sort();
    assert_eq!(named, ["id", "is_finished", "limit", "sort_by", "tag"]);
}

#[tokio::test]
async fn sound_needs_a_living_signature_and_no_authorization() {
    let visit = Visit::start(unlimited()).await;
    let id = visit.conversation(|conversation| conversation["tags"]["channel"] == "voice").await;
    let message = text(&visit.messages(&id, "sort_by=%2Bcreated_at").await[0], "id");
    let source = visit.get(&format!("/conversation/{id}/messages/{message}/source")).await.json();
    let base = visit.sandbox.audio_base_url();
    let url = text(&source, "url");
    let path = url.strip_prefix(base).expect("sound lives on its own port");
    let sound = send(base, "GET", path, &[], b"").await.unwrap();
    assert_eq!((sound.status, sound.header("content-type")), (200, Some("audio/mpeg")));
    assert!(sound.body.len() > 1000);
    let signed = ["Authorization: Bearer x".to_owned()];
    assert_eq!(send(base, "GET", path, &signed, b"").await.unwrap().status, 400);
    let unsigned = path.split_once('?').unwrap().0;
    assert_eq!(send(base, "GET", unsigned, &[], b"").await.unwrap().status, 403);
    assert_eq!(send(base, "GET", &format!("{unsigned}?signature=00"), &[], b"").await.unwrap().status, 403);
}

#[tokio::test]
async fn a_signed_url_ends_but_a_long_lived_one_lasts() {
    let visit = Visit::start(Options { url_ttl: Duration::ZERO, ..unlimited() }).await;
    let id = visit.conversation(|conversation| conversation["tags"]["channel"] == "voice").await;
    let message = text(&visit.messages(&id, "").await[0], "id");
    for (query, status) in [("", 403), ("?long_lived=true", 200)] {
        let source = visit.get(&format!("/conversation/{id}/messages/{message}/source{query}")).await.json();
        let base = visit.sandbox.audio_base_url();
        let url = text(&source, "url");
        let path = url.strip_prefix(base).unwrap();
        assert_eq!(send(base, "GET", path, &[], b"").await.unwrap().status, status, "{query}");
    }
}

#[tokio::test]
async fn it_stops_when_it_is_shut_down_and_when_it_is_dropped() {
    let visit = Visit::start(unlimited()).await;
    let host = visit.sandbox.credentials().base_url.strip_prefix("http://").unwrap().to_owned();
    visit.sandbox.shut_down().await;
    assert!(tokio::net::TcpStream::connect(&host).await.is_err());

    let dropped = earmark_sandbox::start(unlimited()).await.unwrap();
    let host = dropped.credentials().base_url.strip_prefix("http://").unwrap().to_owned();
    drop(dropped);
    let gone = async {
        while tokio::net::TcpStream::connect(&host).await.is_ok() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), gone).await.expect("nobody listens any more");
}
