//! Each class of error, and that none of them tells what it must not.

use std::io;
use std::time::Duration;

use earmark_amigo::{ApiKey, Client, ClientOptions, ConversationFilter, Error, PageRequest};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer};

use crate::server::{Api, SECRETS, conversation, detail, fixture, header, interaction, key, message, status};

async fn list(client: &Client) -> Result<(), Error> {
    client.list_conversations(&ConversationFilter::default(), PageRequest::first(1)).await.map(drop)
}

/// What a reviewer or a log could see of an error.
fn seen(error: &Error) -> String {
    let mut seen = format!("{error} {error:?}");
    let mut deeper = std::error::Error::source(error);
    while let Some(cause) = deeper {
        seen.push_str(&format!(" {cause} {cause:?}"));
        deeper = cause.source();
    }
    seen
}

fn assert_discreet(error: &Error) {
    let seen = seen(error);
    for secret in SECRETS.into_iter().chain(["://", "127.0.0.1", "acme", "6718", "limit", "transcript text"]) {
        assert!(!seen.contains(secret), "{secret:?} is seen in: {seen}");
    }
}

#[tokio::test]
async fn each_status_has_its_error_and_its_sentence() {
    let limited = |error: &Error| matches!(error, Error::RateLimited { retry_after: None });
    let maintenance = |error: &Error| matches!(error, Error::Maintenance { retry_after: None });
    type Is = fn(&Error) -> bool;
    let cases: [(u16, Is, &str, bool); 13] = [
        (400, |e| matches!(e, Error::Refused { status: 400, .. }), "The server refused this: Too many.", false),
        (
            401,
            |e| matches!(e, Error::SignIn),
            "The server does not accept this key for this user. Check the key, its id and the user id.",
            false,
        ),
        (
            403,
            |e| matches!(e, Error::NotAllowed),
            "This key is not allowed to do that. Ask an administrator of the organization for the permission.",
            false,
        ),
        (404, |e| matches!(e, Error::NotFound), "The server does not have this any more.", false),
        (405, |e| matches!(e, Error::NotSupported), "The connected server does not offer this.", false),
        (408, |e| matches!(e, Error::TimedOut), "The server did not answer in time.", true),
        (409, |e| matches!(e, Error::Refused { status: 409, .. }), "The server refused this: Too many.", false),
        (422, |e| matches!(e, Error::Refused { status: 422, .. }), "The server refused this: Too many.", false),
        (429, limited, "Too many calls for now. Try again in a while.", true),
        (500, |e| matches!(e, Error::Server { status: 500 }), "The server failed (status 500).", true),
        (501, |e| matches!(e, Error::Server { status: 501 }), "The server failed (status 501).", true),
        (503, maintenance, "The server is down for maintenance. Try again in a while.", true),
        (504, |e| matches!(e, Error::Server { status: 504 }), "The server failed (status 504).", true),
    ];
    for (code, is, sentence, retryable) in cases {
        let api = Api::start().await;
        api.on("GET", "/conversation/", detail(code, "Too many.")).await;
        let error = list(&api.client).await.unwrap_err();
        assert!(is(&error), "{code}: {error:?}");
        assert_eq!((error.to_string().as_str(), error.is_retryable()), (sentence, retryable), "{code}");
        assert_discreet(&error);
    }
}

#[tokio::test]
async fn a_refusal_tells_neither_what_was_sent_nor_where() {
    let api = Api::start().await;
    let body = json!({ "detail": [{
        "loc": ["query", "limit"], "msg": "Not with Bearer s3cret-token-1 at https://api.example/x?k=s3cret-signature",
        "type": "x", "input": "transcript text",
    }]});
    api.on("GET", "/conversation/", status(422).set_body_json(body)).await;
    let error = list(&api.client).await.unwrap_err();
    assert_eq!(error.to_string(), "The server refused this: Not with Bearer … at …");
    assert_discreet(&error);
}

#[tokio::test]
async fn what_is_no_answer_is_malformed() {
    for body in ["", "null", "[]", "{}", "not json", "<html></html>", r#"{"conversations":[{"id":"transcript text"#] {
        let api = Api::start().await;
        api.on("GET", "/conversation/", status(200).set_body_string(body)).await;
        let error = list(&api.client).await.unwrap_err();
        assert!(matches!(error, Error::Malformed(_)), "{body:?}: {error:?}");
        assert_discreet(&error);
    }
}

#[tokio::test]
async fn a_document_of_another_shape_is_malformed_and_not_quoted() {
    let api = Api::start().await;
    let place = format!("/conversation/{}/interaction/{}/insights", conversation(), interaction());
    let body = json!({ "current_state_name": { "transcript text": "transcript text" } });
    api.on("GET", &place, status(200).set_body_json(body)).await;
    let error = api.client.insight(&conversation(), &interaction()).await.unwrap_err();
    assert!(matches!(error, Error::Malformed(_)), "{error:?}");
    assert!(seen(&error).contains("current_state_name"), "the log says where: {}", seen(&error));
    assert_discreet(&error);
}

#[tokio::test]
async fn an_answer_above_the_limit_is_too_large() {
    let api = Api::with(ClientOptions { answer_limit: 300, ..ClientOptions::default() }).await;
    api.on("GET", "/conversation/", fixture("conversations.json")).await;
    let error = list(&api.client).await.unwrap_err();
    assert!(matches!(error, Error::TooLarge), "{error:?}");
}

#[tokio::test]
async fn a_silent_server_times_out() {
    let options = ClientOptions { timeout: Duration::from_millis(500), ..ClientOptions::default() };
    let api = Api::with(options).await;
    api.on("GET", "/conversation/", fixture("conversations.json").set_delay(Duration::from_secs(30))).await;
    let error = list(&api.client).await.unwrap_err();
    assert!(matches!(error, Error::TimedOut), "{error:?}");
    assert_eq!(api.calls("GET", "/conversation/").await.len(), 3, "a GET is tried again");
    assert_discreet(&error);
}

#[tokio::test]
async fn nobody_at_the_address_is_unreachable() {
    // Bound and dropped: the port is free, and nobody listens.
    let address = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let client = Client::new(key(&format!("http://{address}")), ClientOptions::default()).unwrap();
    let error = client.sign_in().await.unwrap_err();
    assert!(matches!(error, Error::Unreachable(_)), "{error:?}");
    assert!(error.is_retryable());
    assert_discreet(&error);
}

/// A server that answers each connection with the same bytes and hangs up; counts the requests.
async fn hangs_up_after(answer: &'static str) -> io::Result<(String, std::sync::Arc<std::sync::atomic::AtomicUsize>)> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    let count = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let counter = count.clone();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let mut request = [0; 4096];
            let read = socket.read(&mut request).await.unwrap_or(0);
            let token = json!({ "id_token": SECRETS[2], "expires_at": "2999-01-01T00:00:00Z" }).to_string();
            let signed_in =
                format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{token}", token.len());
            let is_sign_in = request[..read].starts_with(b"POST");
            if !is_sign_in {
                counter.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            }
            let answer = if is_sign_in { signed_in.as_str() } else { answer };
            let _ = socket.write_all(answer.as_bytes()).await;
            let _ = socket.shutdown().await;
        }
    });
    Ok((url, count))
}

#[tokio::test]
async fn a_connection_that_breaks_is_unreachable_and_tried_again() {
    let half = "HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{\"conversations\":[{\"id\":\"transcript text";
    for answer in ["", half] {
        let (url, count) = hangs_up_after(answer).await.unwrap();
        let client = Client::new(key(&url), ClientOptions::default()).unwrap();
        let error = list(&client).await.unwrap_err();
        assert!(matches!(error, Error::Unreachable(_)), "{error:?}");
        assert_eq!(count.load(std::sync::atomic::Ordering::SeqCst), 3, "{answer:?}");
        assert_discreet(&error);
    }
}

#[tokio::test]
async fn a_redirect_never_carries_the_token_or_the_key() {
    let elsewhere = MockServer::start().await;
    Mock::given(any()).respond_with(status(200)).mount(&elsewhere).await;
    for code in [301, 302, 303, 307, 308] {
        let away = || status(code).insert_header("location", format!("{}/v1/acme/conversation/", elsewhere.uri()));
        let api = Api::start().await;
        api.on("GET", "/conversation/", away()).await;
        let error = list(&api.client).await.unwrap_err();
        assert!(matches!(error, Error::Redirected), "{error:?}");
        assert_discreet(&error);
        let api = Api::without_sign_in(ClientOptions::default()).await;
        api.on("POST", "/user/signin_with_api_key", away()).await;
        assert!(matches!(api.client.sign_in().await, Err(Error::Redirected)));
    }
    assert!(elsewhere.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn nothing_shown_for_debugging_holds_a_secret() {
    let api = Api::start().await;
    let source = json!({ "url": "https://bucket.example/a.mp3?sig=s3cret-signature", "content_type": "audio/mpeg" });
    let place = format!("/conversation/{}/messages/{}/source", conversation(), message());
    api.on("GET", &place, status(200).set_body_json(source)).await;
    let source = api.client.message_source(&conversation(), &message()).await.unwrap();
    let shown = format!("{:?} {:?} {source:?}", key(&api.server.uri()), api.client);
    for secret in SECRETS.into_iter().chain(["bucket.example"]) {
        assert!(!shown.contains(secret), "{secret:?} is seen in: {shown}");
    }
    let call = api.call("GET", &place).await;
    assert!(header(&call, "authorization").is_some(), "there was a token to hide");
}

#[test]
fn a_key_no_header_can_hold_is_refused_before_anything_is_sent() {
    let broken: [fn(&mut ApiKey); 4] = [
        |key| key.api_key = "line\nbreak".into(),
        |key| key.api_key_id = "\u{7f}".into(),
        |key| key.organization = "..".into(),
        |key| key.organization = String::new(),
    ];
    for spoil in broken {
        let mut key = key("https://api.example");
        spoil(&mut key);
        let refused = Client::new(key, ClientOptions::default());
        assert!(matches!(refused, Err(Error::SetUp(_))), "{refused:?}");
    }
}
