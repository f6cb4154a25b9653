//! Grown conversations and comments: whole, the same for the same seed, and there in any number.

use earmark_sandbox::Options;
use serde_json::Value;

use crate::client::{Visit, text, unlimited};

const MANY: u32 = 100_000;

async fn grown(seed: u64) -> Visit {
    Visit::start(Options { conversations: Some(MANY), comments: Some(MANY), seed, ..unlimited() }).await
}

async fn page(visit: &Visit, token: u32) -> Vec<Value> {
    let page =
        visit.get(&format!("/conversation/?limit=30&sort_by=-created_at&continuation_token={token}")).await.json();
    page["conversations"].as_array().unwrap().clone()
}

#[tokio::test]
async fn the_same_seed_gives_the_same_and_another_gives_others() {
    let (one, same, other) = (grown(7).await, grown(7).await, grown(8).await);
    let (a, b, c) = (page(&one, 50_000).await, page(&same, 50_000).await, page(&other, 50_000).await);
    assert_eq!(a, b);
    assert_ne!(a, c);
    let path = format!("/conversation/{}/messages/", text(&a[0], "id"));
    assert_eq!(one.get(&path).await.body, same.get(&path).await.body);
    assert_eq!(other.get(&path).await.status, 404, "another seed's id is unknown");
    let comments = "/conversation/feedback/?type=interaction&sort_by=-created_at";
    assert_eq!(one.get(comments).await.body, same.get(comments).await.body);
}

#[tokio::test]
async fn there_are_exactly_as_many_and_the_order_holds_at_the_end() {
    let visit = grown(7).await;
    let last = page(&visit, MANY - 10).await;
    assert_eq!(last.len(), 10);
    assert!(page(&visit, MANY).await.is_empty());
    let oldest = visit.get("/conversation/?limit=1&sort_by=%2Bcreated_at").await.json()["conversations"][0].clone();
    assert_eq!(oldest, last[9]);
    let times: Vec<String> = last.iter().map(|row| text(row, "created_at")).collect();
    assert!(times.is_sorted_by(|a, b| a >= b), "{times:?}");
}

#[tokio::test]
async fn each_is_whole_and_every_third_is_spoken() {
    let visit = grown(7).await;
    let mut spoken = 0;
    for row in page(&visit, 60_000).await {
        let id = text(&row, "id");
        let messages = visit.messages(&id, "sort_by=%2Bcreated_at").await;
        assert_eq!(row["num_messages"].as_u64(), Some(messages.len() as u64), "{id}");
        assert_eq!(row["final_message"], messages.last().unwrap()["message"], "{id}");
        let clips = messages.iter().filter(|message| message["format"] == "voice").count();
        assert!([0, 24].contains(&clips), "{id} has {clips} clips");
        spoken += usize::from(clips == 24);
        let interaction = text(&messages[0], "interaction_id");
        let insight = visit.get(&format!("/conversation/{id}/interaction/{interaction}/insights")).await.json();
        assert!(!text(&insight, "current_state_name").is_empty(), "{id}");
        if clips > 0 {
            let first = messages.iter().find(|message| message["format"] == "voice").unwrap();
            assert_eq!(
                visit.get(&format!("/conversation/{id}/messages/{}/source", text(first, "id"))).await.status,
                200
            );
        }
    }
    assert_eq!(spoken, 10, "of thirty in a row");
}

#[tokio::test]
async fn a_changed_one_is_found_changed_in_every_list() {
    let visit = grown(7).await;
    let row = page(&visit, 70_000).await[3].clone();
    let id = text(&row, "id");
    let path = format!("/conversation/{id}/tags/");
    assert_eq!(visit.post(&path, serde_json::json!({"updates": {"seen twice": "yes"}})).await.status, 204);
    assert_eq!(page(&visit, 70_000).await[3]["tags"]["seen twice"], "yes");
    let found = visit.get("/conversation/?tag=seen%20twice:yes").await.json()["conversations"].clone();
    assert_eq!(found.as_array().unwrap().iter().map(|row| text(row, "id")).collect::<Vec<_>>(), [id]);
}

#[tokio::test]
async fn comments_are_spread_paged_and_each_on_its_interaction() {
    let visit = grown(7).await;
    let list = |token: u32| {
        format!("/conversation/feedback/?type=interaction&limit=50&sort_by=-created_at&continuation_token={token}")
    };
    let middle = visit.get(&list(50_000)).await.json();
    assert_eq!((middle["has_more"].as_bool(), middle["continuation_token"].as_u64()), (Some(true), Some(50_050)));
    let items = middle["feedbacks"].as_array().unwrap().clone();
    let item = &items[7];
    let conversation = text(item, "conversation_id");
    let messages = visit.messages(&conversation, "").await;
    assert!(messages.iter().any(|message| message["interaction_id"] == item["feedback_content"]["interaction_id"]));
    let of_one =
        visit.get(&format!("/conversation/feedback/?type=interaction&conversation_id={conversation}")).await.json();
    assert!(of_one["feedbacks"].as_array().unwrap().contains(item), "{of_one}");
    let place =
        format!("/conversation/{conversation}/interaction/{}", text(&item["feedback_content"], "interaction_id"));
    assert_eq!(visit.call("DELETE", &format!("{place}/feedback/{}", text(item, "id")), None).await.status, 204);
    let after = visit.get(&list(50_000)).await.json();
    assert!(!after["feedbacks"].as_array().unwrap().contains(item), "a deleted one leaves the list");
    assert_eq!(after["feedbacks"][7], items[8], "and the next one takes its place");
    let by_author = visit
        .get("/conversation/feedback/?type=interaction&limit=50&sort_by=%2Buser_id&sort_by=-created_at")
        .await
        .json();
    let authors: Vec<String> =
        by_author["feedbacks"].as_array().unwrap().iter().map(|item| text(item, "user_id")).collect();
    assert!(authors.is_sorted(), "{authors:?}");
}
