//! Which calls are sent again.

use earmark_amigo::{ConversationFilter, Error, PageRequest};
use earmark_review::TagEdit;
use wiremock::ResponseTemplate;

use crate::server::{Api, CONVERSATION, comment, conversation, fixture, in_turn, status};

async fn list(api: &Api) -> Result<(), Error> {
    api.client.list_conversations(&ConversationFilter::default(), PageRequest::first(1)).await.map(drop)
}

async fn sent(api: &Api) -> usize {
    api.calls("GET", "/conversation/").await.len()
}

fn limited(after: &str) -> ResponseTemplate {
    status(429).insert_header("retry-after", after)
}

#[tokio::test]
async fn a_get_gets_through_on_the_third_attempt() {
    for trouble in [408, 429, 500, 502, 503, 504] {
        let api = Api::start().await;
        let answers = [status(trouble), status(trouble), fixture("conversations.json")];
        api.on("GET", "/conversation/", in_turn(answers)).await;
        list(&api).await.unwrap_or_else(|error| panic!("{trouble}: {error}"));
        assert_eq!(sent(&api).await, 3, "{trouble}");
    }
}

#[tokio::test]
async fn a_get_is_given_up_after_three_attempts() {
    let api = Api::start().await;
    api.on("GET", "/conversation/", status(502)).await;
    let failed = list(&api).await;
    assert!(matches!(failed, Err(Error::Server { status: 502 })), "{failed:?}");
    assert_eq!(sent(&api).await, 3);
}

#[tokio::test]
async fn a_get_that_is_refused_for_good_is_sent_once() {
    for trouble in [400, 403, 404, 409, 422, 501] {
        let api = Api::start().await;
        api.on("GET", "/conversation/", status(trouble)).await;
        assert!(list(&api).await.is_err());
        assert_eq!(sent(&api).await, 1, "{trouble}");
    }
}

#[tokio::test]
async fn retry_after_is_waited_for() {
    let api = Api::start().await;
    api.on("GET", "/conversation/", in_turn([limited("0.6"), fixture("conversations.json")])).await;
    let start = std::time::Instant::now();
    list(&api).await.unwrap();
    let waited = start.elapsed();
    assert!(waited.as_millis() >= 600, "the full jitter alone would be at most 250 ms: {waited:?}");
}

#[tokio::test]
async fn a_wait_of_an_hour_is_told_and_not_sat_through() {
    let api = Api::start().await;
    api.on("GET", "/conversation/", limited("3600")).await;
    let told = list(&api).await.unwrap_err();
    assert_eq!(told.retry_after().map(|after| after.as_secs()), Some(3600));
    assert_eq!(told.to_string(), "Too many calls for now. Try again in 60 minutes.");
    assert_eq!(sent(&api).await, 1);
}

#[tokio::test]
async fn a_post_is_repeated_on_429_with_retry_after_only() {
    let place = format!("/conversation/{CONVERSATION}/tags/");
    for (trouble, expected) in [
        (limited("0.01"), 2),
        (status(429), 1),
        (status(408), 1),
        (status(500), 1),
        (status(503).insert_header("retry-after", "0.01"), 1),
    ] {
        let api = Api::start().await;
        api.on("POST", &place, in_turn([trouble, status(204)])).await;
        let result = api.client.modify_tags(&conversation(), &TagEdit::set("k", None)).await;
        assert_eq!(result.is_ok(), expected == 2, "{result:?}");
        let calls = api.calls("POST", &place).await;
        assert_eq!(calls.len(), expected, "{result:?}");
        assert!(calls.iter().all(|call| call.body == calls[0].body), "the same is sent again");
    }
}

#[tokio::test]
async fn a_delete_is_never_repeated() {
    let place = format!("/conversation/{CONVERSATION}/feedback/f1");
    for trouble in [limited("0.01"), status(503), status(500)] {
        let api = Api::start().await;
        api.on("DELETE", &place, in_turn([trouble, status(204)])).await;
        assert!(api.client.delete_conversation_comment(&conversation(), &comment()).await.is_err());
        assert_eq!(api.calls("DELETE", &place).await.len(), 1);
    }
}
