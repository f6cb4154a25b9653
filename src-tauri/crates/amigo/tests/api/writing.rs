//! Calls that change something, or make something up.

use earmark_amigo::{SimulateOverrides, StarterRequest};
use earmark_review::{ServiceId, TagEdit};
use serde_json::{Value, json};

use crate::server::{Api, CONVERSATION, INTERACTION, comment, conversation, fixture, header, interaction, status};

#[tokio::test]
async fn tags_are_set_and_removed_in_one_call() {
    let api = Api::start().await;
    let place = format!("/conversation/{CONVERSATION}/tags/");
    api.on("POST", &place, status(204)).await;
    let mut edit = TagEdit::set("quality", Some("good"));
    edit.set.insert("follow up".into(), None);
    edit.remove.push("old:key".into());
    api.client.modify_tags(&conversation(), &edit).await.unwrap();
    let call = api.call("POST", &place).await;
    let body: Value = call.body_json().unwrap();
    assert_eq!(body, json!({ "updates": { "quality": "good", "follow up": null }, "deletes": ["old:key"] }));
    assert_eq!(header(&call, "content-type"), Some("application/json"));
}

#[tokio::test]
async fn comments_on_an_interaction_are_written_resolved_and_deleted() {
    let api = Api::start().await;
    let place = format!("/conversation/{CONVERSATION}/interaction/{INTERACTION}/feedback");
    let one = format!("{place}/f1");
    api.on("POST", &place, status(200).set_body_json(json!({ "interaction_feedback_id": "f1" }))).await;
    api.on("POST", &one, status(204)).await;
    api.on("DELETE", &one, status(204)).await;
    let (client, conversation, interaction) = (&api.client, conversation(), interaction());
    let id = client.create_interaction_comment(&conversation, &interaction, "Too slow.").await.unwrap();
    assert_eq!(id, comment());
    client.update_interaction_comment(&conversation, &interaction, &id, "Too slow.", true).await.unwrap();
    client.delete_interaction_comment(&conversation, &interaction, &id).await.unwrap();
    let created: Value = api.call("POST", &place).await.body_json().unwrap();
    assert_eq!(created, json!({ "feedback": { "type": "interaction_comment", "comment": "Too slow." } }));
    let updated: Value = api.call("POST", &one).await.body_json().unwrap();
    let expected = json!({ "feedback": { "type": "interaction_comment", "comment": "Too slow.", "resolved": true } });
    assert_eq!(updated, expected);
    assert!(api.call("DELETE", &one).await.body.is_empty());
}

#[tokio::test]
async fn comments_on_a_conversation_are_written_and_deleted() {
    let api = Api::start().await;
    let place = format!("/conversation/{CONVERSATION}/feedback");
    let one = format!("{place}/f1");
    api.on("POST", &place, status(200).set_body_json(json!({ "conversation_feedback_id": "f1" }))).await;
    api.on("POST", &one, status(204)).await;
    api.on("DELETE", &one, status(204)).await;
    let id = api.client.create_conversation_comment(&conversation(), "Well done.").await.unwrap();
    api.client.update_conversation_comment(&conversation(), &id, "Very well done.").await.unwrap();
    api.client.delete_conversation_comment(&conversation(), &id).await.unwrap();
    let created: Value = api.call("POST", &place).await.body_json().unwrap();
    assert_eq!(created, json!({ "comment": "Well done." }));
    let updated: Value = api.call("POST", &one).await.body_json().unwrap();
    assert_eq!(updated, json!({ "feedback": "Very well done." }), "here the API calls the field so");
    api.call("DELETE", &one).await;
}

#[tokio::test]
async fn a_conversation_is_finished_without_a_body() {
    let api = Api::start().await;
    let place = format!("/conversation/{CONVERSATION}/finish/");
    api.on("POST", &place, status(204)).await;
    api.client.finish(&conversation()).await.unwrap();
    assert!(api.call("POST", &place).await.body.is_empty());
}

#[tokio::test]
async fn responses_are_recommended_by_a_post_with_or_without_context() {
    let api = Api::start().await;
    let place = format!("/conversation/{CONVERSATION}/interaction/{INTERACTION}/recommend_responses");
    api.on("POST", &place, fixture("recommended.json")).await;
    api.client.recommend_responses(&conversation(), &interaction(), None).await.unwrap();
    let said = api.client.recommend_responses(&conversation(), &interaction(), Some("shy")).await.unwrap();
    assert_eq!(said, ["Yes, please.", "Another day."]);
    let calls = api.calls("POST", &place).await;
    assert!(calls[0].body.is_empty());
    assert_eq!(calls[1].body_json::<Value>().unwrap(), json!({ "context": "shy" }));
}

#[tokio::test]
async fn starters_are_asked_for_with_all_that_is_required() {
    let api = Api::start().await;
    api.on("POST", "/conversation/conversation_starter", fixture("starters.json")).await;
    let request = StarterRequest {
        service_id: ServiceId::new("s").unwrap(),
        version_set: None,
        facets: vec!["booking".into()],
        min_count: 1,
        max_count: 3,
        instructions: "Be brief.".into(),
    };
    let starters = api.client.conversation_starters(&request).await.unwrap();
    let prompts: Vec<&str> = starters.iter().map(|starter| starter.prompt.as_str()).collect();
    assert_eq!(prompts, ["I need an appointment.", "Hello"]);
    let body: Value = api.call("POST", "/conversation/conversation_starter").await.body_json().unwrap();
    let expected = json!({
        "service_id": "s", "service_version_set_name": "release", "facets": ["booking"],
        "min_count": 1, "max_count": 3, "generation_instructions": "Be brief.",
    });
    assert_eq!(body, expected);
}

#[tokio::test]
async fn a_simulation_says_what_would_have_been_said() {
    let api = Api::start().await;
    let place = format!("/conversation/{CONVERSATION}/interaction/{INTERACTION}/simulate");
    api.on("POST", &place, fixture("simulated.json")).await;
    let overrides = SimulateOverrides { agent_version: Some(json!({ "version": 3 })), ..Default::default() };
    let simulated = api.client.simulate(&conversation(), &interaction(), &overrides).await.unwrap();
    assert_eq!((simulated.agent_message.as_str(), simulated.conversation_ended), ("How about ten?", true));
    let body: Value = api.call("POST", &place).await.body_json().unwrap();
    assert_eq!(body, json!({ "agent_version_override": { "version": 3 }, "state_machine_version_override": null }));
}
