//! The budgets as a caller meets them.

use std::time::Duration;

use earmark_amigo::{ClientOptions, ConversationFilter, Endpoint, PageRequest};
use jiff::Timestamp;
use wiremock::ResponseTemplate;

use crate::server::{Api, fixture, status};

async fn list(api: &Api) {
    api.client.list_conversations(&ConversationFilter::default(), PageRequest::first(1)).await.unwrap();
}

fn with_headers(limit: u32, remaining: u32, reset_in: i64) -> ResponseTemplate {
    let reset = Timestamp::now().as_second() + reset_in;
    fixture("conversations.json")
        .insert_header("X-RateLimit-Limit", limit.to_string().as_str())
        .insert_header("X-RateLimit-Remaining", remaining.to_string().as_str())
        .insert_header("X-RateLimit-Reset", reset.to_string().as_str())
}

#[tokio::test]
async fn the_sixteenth_list_waits_for_the_first_to_leave_the_minute() {
    let api = Api::start().await;
    api.on("GET", "/conversation/", fixture("conversations.json")).await;
    for _ in 0..15 {
        assert_eq!(api.client.wait_for(Endpoint::Conversations), None);
        list(&api).await;
    }
    let wait = api.client.wait_for(Endpoint::Conversations).expect("the budget is used up");
    assert!(wait <= Duration::from_secs(60) && wait > Duration::from_secs(30), "{wait:?}");
    assert_eq!(api.client.wait_for(Endpoint::Messages), None);

    let waiting = tokio::spawn({
        let client = api.client.clone();
        async move { client.list_conversations(&ConversationFilter::default(), PageRequest::first(1)).await }
    });
    while api.client.waits().is_empty() {
        tokio::task::yield_now().await;
    }
    assert_eq!(api.client.waits()[0].0, Endpoint::Conversations);
    assert_eq!(api.calls("GET", "/conversation/").await.len(), 15, "the waiting one is not sent");
    tokio::time::pause();
    tokio::time::advance(wait).await;
    tokio::time::resume();
    waiting.await.unwrap().unwrap();
    assert_eq!(api.calls("GET", "/conversation/").await.len(), 16);
    assert!(api.client.waits().is_empty());
}

#[tokio::test]
async fn a_short_window_is_kept_as_well() {
    let window = Duration::from_millis(600);
    let api = Api::with(ClientOptions { window, ..ClientOptions::default() }).await;
    api.on("GET", "/conversation/", fixture("conversations.json")).await;
    let start = std::time::Instant::now();
    for _ in 0..31 {
        list(&api).await;
    }
    assert!(start.elapsed() >= window * 2, "31 calls at 15 a window: {:?}", start.elapsed());
}

#[tokio::test]
async fn a_lower_limit_of_the_server_is_kept() {
    let api = Api::start().await;
    api.on("GET", "/conversation/", with_headers(2, 1, 30)).await;
    list(&api).await;
    assert_eq!(api.client.wait_for(Endpoint::Conversations), None);
    list(&api).await;
    assert!(api.client.wait_for(Endpoint::Conversations).is_some());
}

#[tokio::test]
async fn a_higher_limit_of_the_server_changes_nothing() {
    let api = Api::start().await;
    api.on("GET", "/conversation/", with_headers(1000, 999, 30)).await;
    for _ in 0..15 {
        list(&api).await;
    }
    assert!(api.client.wait_for(Endpoint::Conversations).is_some());
}

#[tokio::test]
async fn a_budget_others_used_up_is_waited_for_until_its_reset() {
    let api = Api::start().await;
    api.on("GET", "/conversation/", with_headers(15, 0, 20)).await;
    list(&api).await;
    let wait = api.client.wait_for(Endpoint::Conversations).expect("nothing is left");
    assert!(wait > Duration::from_secs(15) && wait <= Duration::from_secs(21), "{wait:?}");
}

#[tokio::test]
async fn a_refused_call_holds_back_those_after_it() {
    let api = Api::start().await;
    let refused = status(429).insert_header("retry-after", "25");
    api.on("POST", "/conversation/c/finish/", refused).await;
    let conversation = earmark_review::ConversationId::new("c").unwrap();
    let waiting = tokio::spawn({
        let client = api.client.clone();
        async move { client.finish(&conversation).await }
    });
    while api.client.waits().is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let (endpoint, wait) = api.client.waits()[0];
    assert_eq!(endpoint, Endpoint::Finish);
    assert!(wait > Duration::from_secs(20) && wait <= Duration::from_secs(25), "{wait:?}");
    waiting.abort();
}

#[tokio::test]
async fn a_window_of_zero_holds_nothing_back() {
    let api = Api::with(ClientOptions { window: Duration::ZERO, ..ClientOptions::default() }).await;
    api.on("GET", "/conversation/", fixture("conversations.json")).await;
    for _ in 0..40 {
        list(&api).await;
    }
    assert_eq!(api.client.wait_for(Endpoint::Conversations), None);
}
