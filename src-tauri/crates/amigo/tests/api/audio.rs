//! Recordings: fetched without the token, asked for again when refused.

use earmark_amigo::{ClientOptions, Error};
use serde_json::json;
use wiremock::matchers::{any, path};
use wiremock::{Mock, MockServer, Respond, ResponseTemplate};

use crate::server::{Api, CONVERSATION, MESSAGE, conversation, detail, header, in_turn, message, status};

fn place() -> String {
    format!("/conversation/{CONVERSATION}/messages/{MESSAGE}/source")
}

fn source(url: &str, expires_at: &str) -> ResponseTemplate {
    let body = json!({ "url": url, "expires_at": expires_at, "content_type": "audio/mpeg" });
    status(200).set_body_json(body)
}

/// A storage that answers everything so.
async fn storage(answer: impl Respond + 'static) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(answer).mount(&server).await;
    server
}

fn signed(storage: &MockServer) -> String {
    format!("{}/a.mp3?sig=s3cret-signature", storage.uri())
}

const LATER: &str = "2999-01-01T00:00:00Z";
const GONE: &str = "2020-01-01T00:00:00Z";

fn sound() -> ResponseTemplate {
    status(200).set_body_bytes(b"ID3 sound".to_vec())
}

async fn fetch(api: &Api) -> Result<bytes::Bytes, Error> {
    api.client.fetch_audio(&conversation(), &message()).await
}

#[tokio::test]
async fn the_recording_is_fetched_without_the_token() {
    let (api, storage) = (Api::start().await, storage(sound()).await);
    api.on("GET", &place(), source(&signed(&storage), LATER)).await;
    assert_eq!(fetch(&api).await.unwrap(), "ID3 sound");
    let calls = storage.received_requests().await.unwrap();
    assert_eq!(calls.len(), 1);
    assert_eq!(calls[0].url.query(), Some("sig=s3cret-signature"));
    let sent: Vec<&str> = calls[0].headers.keys().map(|name| name.as_str()).collect();
    for name in ["authorization", "x-api-key", "x-api-key-id", "x-user-id", "cookie", "referer"] {
        assert!(!sent.contains(&name), "{name} was sent");
    }
}

#[tokio::test]
async fn a_bare_address_will_do() {
    let (api, storage) = (Api::start().await, storage(sound()).await);
    api.on("GET", &place(), status(200).set_body_json(signed(&storage))).await;
    let source = api.client.message_source(&conversation(), &message()).await.unwrap();
    assert_eq!((source.expires_at, source.content_type), (None, None));
    assert_eq!(fetch(&api).await.unwrap(), "ID3 sound");
}

#[tokio::test]
async fn a_refused_address_is_asked_for_again_once() {
    let (api, storage) = (Api::start().await, storage(in_turn([status(403), sound()])).await);
    api.on("GET", &place(), source(&signed(&storage), LATER)).await;
    assert_eq!(fetch(&api).await.unwrap(), "ID3 sound");
    assert_eq!(api.calls("GET", &place()).await.len(), 2);
}

#[tokio::test]
async fn an_expired_address_is_not_even_tried() {
    let (api, storage) = (Api::start().await, storage(sound()).await);
    api.on("GET", &place(), in_turn([source(&signed(&storage), GONE), source(&signed(&storage), LATER)])).await;
    assert_eq!(fetch(&api).await.unwrap(), "ID3 sound");
    assert_eq!(api.calls("GET", &place()).await.len(), 2);
    assert_eq!(storage.received_requests().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_second_refusal_is_final() {
    let (api, storage) = (Api::start().await, storage(status(403)).await);
    api.on("GET", &place(), source(&signed(&storage), LATER)).await;
    let expired = fetch(&api).await;
    assert!(matches!(expired, Err(Error::AudioExpired)), "{expired:?}");
    assert_eq!((api.calls("GET", &place()).await.len(), storage.received_requests().await.unwrap().len()), (2, 2));
}

#[tokio::test]
async fn passing_trouble_of_the_storage_is_waited_out() {
    let (api, storage) = (Api::start().await, storage(in_turn([status(503), status(500), sound()])).await);
    api.on("GET", &place(), source(&signed(&storage), LATER)).await;
    assert_eq!(fetch(&api).await.unwrap(), "ID3 sound");
    assert_eq!(api.calls("GET", &place()).await.len(), 1, "the address itself is good");
}

#[tokio::test]
async fn a_recording_that_vanished_is_not_found() {
    let (api, storage) = (Api::start().await, storage(status(404)).await);
    api.on("GET", &place(), source(&signed(&storage), LATER)).await;
    assert!(matches!(fetch(&api).await, Err(Error::NoRecording)));
}

#[tokio::test]
async fn an_address_in_the_open_is_refused() {
    for url in ["http://bucket.example/a.mp3", "ftp://127.0.0.1/a.mp3", "file:///etc/passwd"] {
        let api = Api::start().await;
        api.on("GET", &place(), source(url, LATER)).await;
        let refused = fetch(&api).await;
        assert!(matches!(refused, Err(Error::Insecure)), "{url}: {refused:?}");
    }
}

#[tokio::test]
async fn a_redirect_into_the_open_is_refused_and_one_on_this_computer_followed() {
    let target = storage(sound()).await;
    let (api, away) = (Api::start().await, MockServer::start().await);
    let to = |location: String| status(302).insert_header("location", location);
    Mock::given(path("/safe")).respond_with(to(signed(&target))).mount(&away).await;
    Mock::given(path("/open")).respond_with(to("http://bucket.example/a.mp3".into())).mount(&away).await;
    let answers = ["safe", "open"].map(|name| source(&format!("{}/{name}?sig=s3cret-signature", away.uri()), LATER));
    api.on("GET", &place(), in_turn(answers)).await;
    assert_eq!(fetch(&api).await.unwrap(), "ID3 sound");
    let followed = target.received_requests().await.unwrap();
    assert_eq!((header(&followed[0], "authorization"), header(&followed[0], "referer")), (None, None));
    let refused = fetch(&api).await;
    assert!(matches!(refused, Err(Error::Insecure)), "{refused:?}");
}

#[tokio::test]
async fn a_circle_of_redirects_ends() {
    let (api, away) = (Api::start().await, MockServer::start().await);
    let circle = status(302).insert_header("location", format!("{}/a", away.uri()));
    Mock::given(any()).respond_with(circle).mount(&away).await;
    api.on("GET", &place(), source(&signed(&away), LATER)).await;
    let refused = fetch(&api).await;
    assert!(matches!(refused, Err(Error::Redirected)), "{refused:?}");
}

#[tokio::test]
async fn a_recording_above_the_limit_is_too_large() {
    let api = Api::with(ClientOptions { audio_limit: 8, ..ClientOptions::default() }).await;
    let storage = storage(sound()).await;
    api.on("GET", &place(), source(&signed(&storage), LATER)).await;
    assert!(matches!(fetch(&api).await, Err(Error::TooLarge)));
}

#[tokio::test]
async fn an_empty_recording_is_for_the_player_to_judge() {
    let (api, storage) = (Api::start().await, storage(status(200)).await);
    api.on("GET", &place(), source(&signed(&storage), LATER)).await;
    assert_eq!(fetch(&api).await.unwrap(), "");
}

#[tokio::test]
async fn a_text_message_has_no_recording() {
    let api = Api::start().await;
    api.on("GET", &place(), detail(400, "The message is text.")).await;
    let refused = fetch(&api).await;
    assert!(matches!(refused, Err(Error::Refused { status: 400, .. })), "{refused:?}");
}
