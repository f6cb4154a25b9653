//! A mock server with the client that talks to it.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use earmark_amigo::{ApiKey, BaseUrl, Client, ClientOptions};
use earmark_review::{CommentId, ConversationId, InteractionId, MessageId, UserId};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use wiremock::matchers::{any, method, path};
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

/// What must never be seen outside a header.
pub const SECRETS: [&str; 4] = ["s3cret-api-key", "s3cret-key-id", "s3cret-token", "s3cret-signature"];

/// The client, and the organization `acme` it talks to.
pub struct Api {
    pub server: MockServer,
    pub client: Client,
}

impl Api {
    /// A server that signs anyone in for an hour.
    pub async fn start() -> Self {
        Self::with(ClientOptions::default()).await
    }

    pub async fn with(options: ClientOptions) -> Self {
        let api = Self::without_sign_in(options).await;
        api.on("POST", "/user/signin_with_api_key", sign_in_for(SignedDuration::from_hours(1))).await;
        api
    }

    pub async fn without_sign_in(options: ClientOptions) -> Self {
        let server = MockServer::start().await;
        let missing = |request: &Request| {
            eprintln!("the mock has no route for {} {}", request.method, request.url);
            ResponseTemplate::new(418)
        };
        Mock::given(any()).respond_with(missing).with_priority(u8::MAX).mount(&server).await;
        let client = Client::new(key(&server.uri()), options).unwrap();
        Self { server, client }
    }

    /// Answers a call; `place` comes after `/v1/acme`.
    pub async fn on(&self, verb: &str, place: &str, answer: impl Respond + 'static) {
        let mock = Mock::given(method(verb)).and(path(format!("/v1/acme{place}")));
        mock.respond_with(answer).mount(&self.server).await;
    }

    /// The calls a place received, in order.
    pub async fn calls(&self, verb: &str, place: &str) -> Vec<Request> {
        let all = self.server.received_requests().await.unwrap();
        let here = format!("/v1/acme{place}");
        all.into_iter().filter(|call| call.method.as_str() == verb && call.url.path() == here).collect()
    }

    /// The only call a place received.
    pub async fn call(&self, verb: &str, place: &str) -> Request {
        let mut calls = self.calls(verb, place).await;
        assert_eq!(calls.len(), 1, "calls of {verb} {place}");
        calls.remove(0)
    }

    pub async fn sign_ins(&self) -> usize {
        self.calls("POST", "/user/signin_with_api_key").await.len()
    }
}

pub fn key(base_url: &str) -> ApiKey {
    ApiKey {
        organization: "acme".into(),
        user_id: UserId::new("reviewer").unwrap(),
        api_key_id: SECRETS[1].into(),
        api_key: SECRETS[0].into(),
        base_url: BaseUrl::parse(base_url).unwrap(),
    }
}

/// Tokens that are numbered and live for so long.
pub fn sign_in_for(life: SignedDuration) -> impl Respond {
    let count = AtomicUsize::new(0);
    move |_: &Request| {
        let serial = count.fetch_add(1, Ordering::SeqCst) + 1;
        let body = json!({ "id_token": format!("{}-{serial}", SECRETS[2]), "expires_at": Timestamp::now() + life });
        ResponseTemplate::new(200).set_body_json(body)
    }
}

/// Each answer once and in order, the last for ever.
pub fn in_turn(answers: impl IntoIterator<Item = ResponseTemplate>) -> impl Respond {
    let answers: Vec<ResponseTemplate> = answers.into_iter().collect();
    let count = AtomicUsize::new(0);
    move |_: &Request| answers[count.fetch_add(1, Ordering::SeqCst).min(answers.len() - 1)].clone()
}

pub fn fixture(name: &str) -> ResponseTemplate {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name);
    let body = std::fs::read(&file).unwrap_or_else(|error| panic!("fixture {name}: {error}"));
    let media_type = if name.ends_with(".ndjson") { "application/x-ndjson" } else { "application/json" };
    ResponseTemplate::new(200).set_body_raw(body, media_type)
}

pub fn status(code: u16) -> ResponseTemplate {
    ResponseTemplate::new(code)
}

pub fn detail(code: u16, text: &str) -> ResponseTemplate {
    status(code).set_body_json(json!({ "detail": text }))
}

/// The query of a call, decoded and in order.
pub fn query(call: &Request) -> Vec<(String, String)> {
    call.url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect()
}

/// The values a call sent under one name.
pub fn values(call: &Request, name: &str) -> Vec<String> {
    query(call).into_iter().filter(|(found, _)| found == name).map(|(_, value)| value).collect()
}

pub fn header<'a>(call: &'a Request, name: &str) -> Option<&'a str> {
    Some(call.headers.get(name)?.to_str().unwrap())
}

pub const CONVERSATION: &str = "6718a0000000000000000001";
pub const INTERACTION: &str = "6718c0000000000000000002";
pub const MESSAGE: &str = "6718b0000000000000000001";

pub fn conversation() -> ConversationId {
    ConversationId::new(CONVERSATION).unwrap()
}

pub fn interaction() -> InteractionId {
    InteractionId::new(INTERACTION).unwrap()
}

pub fn message() -> MessageId {
    MessageId::new(MESSAGE).unwrap()
}

pub fn comment() -> CommentId {
    CommentId::new("f1").unwrap()
}
