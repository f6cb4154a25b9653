//! Comments: who may write what, and what becomes of a resolved one (section 3).

use serde_json::{Value, json};

use crate::client::{Visit, text, unlimited};

/// The newest conversation and its first interaction.
async fn place(visit: &Visit) -> (String, String) {
    let id = visit.conversation(|_| true).await;
    let interaction = text(&visit.messages(&id, "sort_by=%2Bcreated_at").await[0], "interaction_id");
    (id, interaction)
}

async fn listed(visit: &Visit, query: &str) -> Vec<Value> {
    let page = visit.get(&format!("/conversation/feedback/?limit=50&{query}")).await.json();
    page["feedbacks"].as_array().unwrap().clone()
}

fn comment(text: &str, resolved: Option<bool>) -> Value {
    let mut feedback = json!({"type": "interaction_comment", "comment": text});
    if let Some(resolved) = resolved {
        feedback["resolved"] = json!(resolved);
    }
    json!({ "feedback": feedback })
}

#[tokio::test]
async fn a_comment_is_written_resolved_reopened_and_deleted() {
    let visit = Visit::start(unlimited()).await;
    let (id, interaction) = place(&visit).await;
    let path = format!("/conversation/{id}/interaction/{interaction}/feedback");
    let created = visit.post(&path, comment("Too fast.", None)).await;
    assert_eq!(created.status, 200);
    let feedback = text(&created.json(), "interaction_feedback_id");
    let one = format!("{path}/{feedback}");
    let query = format!("type=interaction&interaction_id={interaction}");

    let item = listed(&visit, &query).await[0].clone();
    assert_eq!(item["user_id"], visit.sandbox.credentials().user_id.as_str(), "the author is who signed in");
    assert!(item["feedback_content"].get("resolved").is_none(), "absent until it is set");

    assert_eq!(visit.post(&one, comment("Far too fast.", Some(false))).await.status, 204);
    assert_eq!(visit.post(&one, comment("Far too fast.", Some(true))).await.status, 204);
    assert_eq!(visit.post(&one, comment("Changed.", Some(true))).await.status, 400, "resolved: the text is fixed");
    assert_eq!(visit.post(&one, comment("Changed.", Some(false))).await.status, 400, "not even while reopening");
    let content = listed(&visit, &query).await[0]["feedback_content"].clone();
    let expected = json!({"type": "interaction_comment", "interaction_id": interaction, "comment": "Far too fast.", "resolved": true});
    assert_eq!(content, expected);

    assert_eq!(visit.post(&one, comment("Far too fast.", Some(false))).await.status, 204, "reopening is accepted");
    assert_eq!(visit.post(&one, comment("Changed.", Some(false))).await.status, 204);
    assert_eq!(visit.call("DELETE", &one, None).await.status, 204);
    assert_eq!(visit.call("DELETE", &one, None).await.status, 404);
    assert!(listed(&visit, &query).await.is_empty());
}

#[tokio::test]
async fn a_conversation_comment_has_other_field_names_and_no_resolve() {
    let visit = Visit::start(unlimited()).await;
    let (id, _) = place(&visit).await;
    let path = format!("/conversation/{id}/feedback");
    assert_eq!(visit.post(&path, json!({"feedback": "wrong name"})).await.status, 422);
    let created = visit.post(&path, json!({"comment": "Calm and clear."})).await.json();
    let one = format!("{path}/{}", text(&created, "conversation_feedback_id"));
    assert_eq!(visit.post(&one, json!({"comment": "wrong name"})).await.status, 422);
    assert_eq!(visit.post(&one, json!({"feedback": ""})).await.status, 422);
    assert_eq!(visit.post(&one, json!({"feedback": "Calm."})).await.status, 204);
    let items = listed(&visit, &format!("type=conversation&conversation_id={id}")).await;
    assert_eq!(items[0]["feedback_content"], json!({"type": "conversation", "comment": "Calm."}));
    assert_eq!(visit.call("DELETE", &one, None).await.status, 204);
}

#[tokio::test]
async fn feedback_is_only_where_it_was_written() {
    let visit = Visit::start(unlimited()).await;
    let (id, interaction) = place(&visit).await;
    let path = format!("/conversation/{id}/interaction/{interaction}/feedback");
    let feedback = text(&visit.post(&path, comment("Here.", None)).await.json(), "interaction_feedback_id");
    assert_eq!(visit.call("DELETE", &format!("/conversation/{id}/feedback/{feedback}"), None).await.status, 404);
    let nowhere = format!("/conversation/{id}/interaction/{}/feedback", "0".repeat(24));
    assert_eq!(visit.post(&nowhere, comment("There.", None)).await.status, 404);
    assert_eq!(visit.post(&path, json!({"feedback": {"type": "score", "score": 5}})).await.status, 422);
    assert_eq!(visit.get("/conversation/feedback/").await.status, 422, "the type is required");
    assert_eq!(visit.get("/conversation/feedback/?type=interaction&limit=51").await.status, 422);
    let sort = "/conversation/feedback/?type=conversation&sort_by=%2Bfeedback_content.interaction_id";
    assert_eq!(visit.get(sort).await.status, 422, "only interaction comments have one");
}

#[tokio::test]
async fn the_made_up_ones_are_open_resolved_and_reopened() {
    let visit = Visit::start(unlimited()).await;
    let all = listed(&visit, "type=interaction&sort_by=-created_at").await;
    let states: Vec<&Value> = all.iter().map(|item| &item["feedback_content"]["resolved"]).collect();
    for state in [Value::Null, json!(true), json!(false)] {
        assert!(states.contains(&&state), "{state}");
    }
    let times: Vec<String> = all.iter().map(|item| text(item, "created_at")).collect();
    assert!(times.is_sorted_by(|a, b| a >= b), "{times:?}");
    assert!(!listed(&visit, "type=conversation").await.is_empty());
}
