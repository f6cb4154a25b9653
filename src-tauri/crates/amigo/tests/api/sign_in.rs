//! Tokens: one sign-in however many ask, renewed early and once on a 401.

use std::time::Duration;

use earmark_amigo::{ClientOptions, ConversationFilter, Error, PageRequest};
use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use wiremock::{Request, ResponseTemplate};

use crate::server::{Api, SECRETS, detail, fixture, header, in_turn, sign_in_for, status};

const SIGN_IN: &str = "/user/signin_with_api_key";

async fn list(api: &Api) -> Result<(), Error> {
    api.client.list_conversations(&ConversationFilter::default(), PageRequest::first(1)).await.map(drop)
}

/// Lets time pass without waiting for it.
async fn pass(time: Duration) {
    tokio::time::pause();
    tokio::time::advance(time).await;
    tokio::time::resume();
}

#[tokio::test]
async fn the_key_goes_in_its_own_headers_and_nothing_else_goes_along() {
    let api = Api::start().await;
    api.client.sign_in().await.unwrap();
    let call = api.call("POST", SIGN_IN).await;
    assert_eq!(header(&call, "x-api-key"), Some(SECRETS[0]));
    assert_eq!(header(&call, "x-api-key-id"), Some(SECRETS[1]));
    assert_eq!(header(&call, "x-user-id"), Some("reviewer"));
    assert_eq!(header(&call, "content-length"), Some("0"));
    assert_eq!((header(&call, "authorization"), header(&call, "content-type")), (None, None));
    api.client.sign_in().await.unwrap();
    assert_eq!(api.sign_ins().await, 1, "a good token is kept");
}

#[tokio::test]
async fn twenty_calls_at_once_sign_in_once() {
    let api = Api::with(ClientOptions { window: Duration::ZERO, ..ClientOptions::default() }).await;
    api.on("GET", "/conversation/", fixture("conversations.json")).await;
    let results = join_all((0..20).map(|_| list(&api))).await;
    assert!(results.iter().all(Result::is_ok), "{results:?}");
    assert_eq!(api.sign_ins().await, 1);
    assert_eq!(api.calls("GET", "/conversation/").await.len(), 20);
}

#[tokio::test]
async fn twenty_calls_with_a_wrong_key_sign_in_once_and_all_fail() {
    let api = Api::without_sign_in(ClientOptions::default()).await;
    api.on("POST", SIGN_IN, status(401)).await;
    let results = join_all((0..20).map(|_| list(&api))).await;
    assert!(results.iter().all(|result| matches!(result, Err(Error::SignIn))), "{results:?}");
    assert_eq!(api.sign_ins().await, 1);
    assert!(matches!(list(&api).await, Err(Error::SignIn)));
    assert_eq!(api.sign_ins().await, 2, "a later call tries again");
}

#[tokio::test]
async fn a_token_is_renewed_five_minutes_early() {
    let api = Api::start().await;
    api.on("GET", "/conversation/", fixture("conversations.json")).await;
    list(&api).await.unwrap();
    pass(Duration::from_secs(54 * 60)).await;
    list(&api).await.unwrap();
    assert_eq!(api.sign_ins().await, 1, "an hour's token is good after 54 minutes");
    pass(Duration::from_secs(2 * 60)).await;
    list(&api).await.unwrap();
    assert_eq!(api.sign_ins().await, 2, "and renewed after 56");
    let calls = api.calls("GET", "/conversation/").await;
    assert_eq!(header(&calls[2], "authorization"), Some("Bearer s3cret-token-2"));
}

#[tokio::test]
async fn a_wrong_clock_on_this_side_does_not_spoil_the_token() {
    let api = Api::without_sign_in(ClientOptions::default()).await;
    // A server two days behind: its token ended long ago by this computer's clock.
    let there = Timestamp::now() - SignedDuration::from_hours(48);
    let date = jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&there).unwrap();
    let body = json!({ "id_token": "s3cret-token-1", "expires_at": there + SignedDuration::from_hours(1) });
    api.on("POST", SIGN_IN, status(200).set_body_json(body).insert_header("date", date.as_str())).await;
    api.on("GET", "/conversation/", fixture("conversations.json")).await;
    list(&api).await.unwrap();
    list(&api).await.unwrap();
    assert_eq!(api.sign_ins().await, 1);
}

/// Accepts any token but the first.
fn refuses_the_first(call: &Request) -> ResponseTemplate {
    match header(call, "authorization") {
        Some("Bearer s3cret-token-1") => status(401),
        _ => fixture("conversations.json"),
    }
}

#[tokio::test]
async fn a_refused_token_is_renewed_and_the_call_repeated() {
    let api = Api::start().await;
    api.on("GET", "/conversation/", refuses_the_first).await;
    list(&api).await.unwrap();
    assert_eq!((api.sign_ins().await, api.calls("GET", "/conversation/").await.len()), (2, 2));
}

#[tokio::test]
async fn a_refused_post_is_repeated_too_as_it_was_not_taken() {
    let api = Api::start().await;
    api.on("POST", "/conversation/c/finish/", in_turn([status(401), status(204)])).await;
    api.client.finish(&earmark_review::ConversationId::new("c").unwrap()).await.unwrap();
    assert_eq!(api.sign_ins().await, 2);
}

#[tokio::test]
async fn ten_calls_refused_at_once_renew_the_token_once() {
    let api = Api::with(ClientOptions { window: Duration::ZERO, ..ClientOptions::default() }).await;
    api.on("GET", "/conversation/", refuses_the_first).await;
    let results = join_all((0..10).map(|_| list(&api))).await;
    assert!(results.iter().all(Result::is_ok), "{results:?}");
    assert_eq!(api.sign_ins().await, 2);
}

#[tokio::test]
async fn a_second_refusal_is_final() {
    let api = Api::start().await;
    api.on("GET", "/conversation/", status(401)).await;
    assert!(matches!(list(&api).await, Err(Error::SignIn)));
    assert_eq!((api.sign_ins().await, api.calls("GET", "/conversation/").await.len()), (2, 2));
}

#[tokio::test]
async fn a_token_is_renewed_once_in_all_attempts_of_a_call() {
    let api = Api::start().await;
    let answers = [status(401), status(503), status(401), fixture("conversations.json")];
    api.on("GET", "/conversation/", in_turn(answers)).await;
    assert!(matches!(list(&api).await, Err(Error::SignIn)));
    assert_eq!(api.sign_ins().await, 2);
}

#[tokio::test]
async fn a_sign_in_is_never_repeated() {
    for refusal in [
        status(500),
        status(503),
        status(503).insert_header("retry-after", "0"),
        status(429).insert_header("retry-after", "0"),
        status(408),
    ] {
        let api = Api::without_sign_in(ClientOptions::default()).await;
        api.on("POST", SIGN_IN, refusal).await;
        assert!(list(&api).await.is_err());
        assert_eq!(api.sign_ins().await, 1);
    }
}

#[tokio::test]
async fn an_organization_of_another_region_is_told_from_a_wrong_key() {
    let api = Api::without_sign_in(ClientOptions::default()).await;
    api.on("POST", SIGN_IN, detail(404, "Organization not found.")).await;
    let unknown = api.client.sign_in().await;
    assert!(matches!(unknown, Err(Error::UnknownOrganization)), "{unknown:?}");
}

#[tokio::test]
async fn half_a_token_is_malformed() {
    let api = Api::without_sign_in(ClientOptions::default()).await;
    api.on("POST", SIGN_IN, in_turn([status(200).set_body_string(r#"{"id_token":"s3cret-tok"#), status(200)])).await;
    for _ in 0..2 {
        let malformed = api.client.sign_in().await;
        assert!(matches!(malformed, Err(Error::Malformed(_))), "{malformed:?}");
    }
}

#[tokio::test]
async fn a_dropped_sign_in_leaves_the_next_one_free() {
    let api = Api::without_sign_in(ClientOptions::default()).await;
    let slow = {
        let good = sign_in_for(SignedDuration::from_hours(1));
        let first = std::sync::atomic::AtomicBool::new(true);
        move |call: &Request| {
            let answer = wiremock::Respond::respond(&good, call);
            let is_first = first.swap(false, std::sync::atomic::Ordering::SeqCst);
            if is_first { answer.set_delay(Duration::from_secs(20)) } else { answer }
        }
    };
    api.on("POST", SIGN_IN, slow).await;
    let dropped = tokio::time::timeout(Duration::from_millis(300), api.client.sign_in()).await;
    assert!(dropped.is_err());
    api.client.sign_in().await.unwrap();
}
