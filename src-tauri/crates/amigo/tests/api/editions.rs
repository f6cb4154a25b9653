//! The older edition, and the differences of the contract's section 4.

use earmark_amigo::{
    ClientOptions, ConversationFilter, Error, FeedbackFilter, FeedbackItem, FeedbackKind, MessageFilter, Order,
    PageRequest,
};
use earmark_review::{Comment, CommentPlace, TagEdit, TransitionKind, UserId};
use insta::assert_debug_snapshot;
use serde_json::json;
use wiremock::{Request, ResponseTemplate};

use crate::server::{
    Api, CONVERSATION, INTERACTION, comment, conversation, detail, fixture, interaction, status, values,
};

fn messages_place() -> String {
    format!("/conversation/{CONVERSATION}/messages/")
}

async fn messages(api: &Api) -> Result<earmark_amigo::Page<earmark_review::Message>, Error> {
    api.client.messages(&conversation(), &MessageFilter::default(), PageRequest::first(500)).await
}

#[tokio::test]
async fn a_list_without_tags_and_with_other_model_preferences_is_read() {
    let api = Api::start().await;
    api.on("GET", "/conversation/", fixture("conversations.older.json")).await;
    let page = api.client.list_conversations(&ConversationFilter::default(), PageRequest::first(100)).await.unwrap();
    assert_eq!(page.unreadable, 0);
    assert_debug_snapshot!(page.items);
}

#[tokio::test]
async fn created_at_stands_before_timestamp_and_either_will_do() {
    let api = Api::start().await;
    api.on("GET", &messages_place(), fixture("messages.older.json")).await;
    let page = messages(&api).await.unwrap();
    let times: Vec<String> = page.items.iter().map(|message| message.created_at.to_string()).collect();
    assert_eq!(times, ["2025-06-01T12:00:00Z", "2025-06-01T12:00:04Z"]);
    assert_eq!(page.unreadable, 1, "a message without any time");
}

/// A server that refuses the current spelling in one way or both.
fn older_server(knows_types: bool, knows_created_at: bool) -> impl Fn(&Request) -> ResponseTemplate {
    move |call: &Request| {
        let types = !values(call, "message_type").is_empty();
        let created_at = values(call, "sort_by") == ["+created_at"];
        if (types && !knows_types) || (created_at && !knows_created_at) {
            return status(422).set_body_json(json!({ "detail": [{ "loc": ["query"], "msg": "no", "type": "enum" }] }));
        }
        fixture("messages.older.json")
    }
}

#[tokio::test]
async fn a_server_without_message_types_is_asked_without_them_from_then_on() {
    let api = Api::start().await;
    api.on("GET", &messages_place(), older_server(false, true)).await;
    messages(&api).await.unwrap();
    messages(&api).await.unwrap();
    let calls = api.calls("GET", &messages_place()).await;
    let types: Vec<usize> = calls.iter().map(|call| values(call, "message_type").len()).collect();
    assert_eq!(types, [4, 0, 0], "the spelling that worked is kept");
}

#[tokio::test]
async fn a_server_that_sorts_by_timestamp_only_is_asked_so() {
    let api = Api::start().await;
    api.on("GET", &messages_place(), older_server(false, false)).await;
    messages(&api).await.unwrap();
    messages(&api).await.unwrap();
    let calls = api.calls("GET", &messages_place()).await;
    let sorts: Vec<String> = calls.iter().flat_map(|call| values(call, "sort_by")).collect();
    assert_eq!(sorts, ["+created_at", "+created_at", "+timestamp", "+timestamp"]);
}

#[tokio::test]
async fn without_the_older_spelling_a_422_is_a_422() {
    let api = Api::with(ClientOptions { accept_older: false, ..ClientOptions::default() }).await;
    api.on("GET", &messages_place(), older_server(false, false)).await;
    let refused = messages(&api).await;
    assert!(matches!(refused, Err(Error::Refused { status: 422, .. })), "{refused:?}");
    assert_eq!(api.calls("GET", &messages_place()).await.len(), 1);
}

#[tokio::test]
async fn a_422_of_every_spelling_is_the_first_one() {
    let api = Api::start().await;
    let answers = ["the first", "the second", "the third"].map(|text| detail(422, text));
    api.on("GET", &messages_place(), crate::server::in_turn(answers)).await;
    let refused = messages(&api).await.unwrap_err();
    assert!(matches!(&refused, Error::Refused { status: 422, reason } if reason == "the first"), "{refused:?}");
}

#[tokio::test]
async fn an_insight_without_the_later_lists_is_read() {
    let api = Api::start().await;
    let place = format!("/conversation/{CONVERSATION}/interaction/{INTERACTION}/insights");
    api.on("GET", &place, fixture("insight.older.json")).await;
    let insight = api.client.insight(&conversation(), &interaction()).await.unwrap();
    let kinds: Vec<&TransitionKind> = insight.transitions.iter().map(|step| &step.kind).collect();
    let action = TransitionKind::Action { exit_condition: "Greeted.".into(), calls: vec![] };
    let note = TransitionKind::Annotation { thought: None };
    let book = TransitionKind::ToolCall { calls: vec![vec![]], designated: None };
    let unnamed = TransitionKind::Other(String::new());
    assert_eq!(kinds, [&TransitionKind::SideEffect, &action, &note, &book, &unnamed], "what is odd is left out");
    assert!(insight.engage_user_calls.is_empty() && insight.select_action_calls.is_empty());
    assert!(insight.working_memory.is_empty() && insight.reflections.is_empty());
}

#[tokio::test]
async fn recommend_falls_back_to_the_older_get() {
    for refusal in [status(405), detail(404, "Not Found")] {
        let api = Api::start().await;
        let place = format!("/conversation/{CONVERSATION}/interaction/{INTERACTION}/recommend_responses");
        api.on("POST", &place, refusal).await;
        api.on("GET", &place, fixture("recommended.json")).await;
        let said = api.client.recommend_responses(&conversation(), &interaction(), Some("a shy caller")).await.unwrap();
        assert_eq!(said, ["Yes, please.", "Another day."]);
        assert!(api.call("GET", &place).await.body.is_empty());
    }
}

#[tokio::test]
async fn recommend_for_a_conversation_that_is_gone_is_not_asked_twice() {
    let api = Api::start().await;
    let place = format!("/conversation/{CONVERSATION}/interaction/{INTERACTION}/recommend_responses");
    api.on("POST", &place, detail(404, "Conversation not found.")).await;
    let gone = api.client.recommend_responses(&conversation(), &interaction(), None).await;
    assert!(matches!(gone, Err(Error::NotFound)), "{gone:?}");
    assert!(api.calls("GET", &place).await.is_empty());
}

fn filter(kind: FeedbackKind) -> FeedbackFilter {
    FeedbackFilter { kind, conversation_ids: vec![conversation()], interaction_ids: vec![], order: Order::OldestFirst }
}

#[tokio::test]
async fn comments_are_read_open_and_resolved_and_unknown_feedback_is_kept_apart() {
    let api = Api::start().await;
    api.on("GET", "/conversation/feedback/", fixture("feedback.interaction.json")).await;
    let page = api.client.feedback_page(&filter(FeedbackKind::Interaction), PageRequest::first(50)).await.unwrap();
    assert_eq!(page.continuation, Some(3));
    let known = |number: usize| match &page.items[number] {
        FeedbackItem::Known(comment) => comment,
        FeedbackItem::Unknown(unknown) => panic!("{unknown:?}"),
    };
    let open = Comment {
        id: comment(),
        author: UserId::new("reviewer").unwrap(),
        created_at: "2025-06-02T09:00:00Z".parse().unwrap(),
        text: "Too slow.".into(),
        place: CommentPlace::Interaction(conversation(), interaction()),
        resolved: false,
        message: None,
    };
    assert_eq!(known(0), &open, "an absent `resolved` means open");
    assert!(known(1).resolved);
    let FeedbackItem::Unknown(unknown) = &page.items[2] else { panic!("{:?}", page.items[2]) };
    assert_eq!((unknown.kind.as_str(), &unknown.content["mood"]), ("interaction_mood", &json!(3)));
    let call = api.call("GET", "/conversation/feedback/").await;
    assert_eq!(values(&call, "type"), ["interaction"]);
    assert_eq!(values(&call, "conversation_id"), [CONVERSATION]);
}

#[tokio::test]
async fn comments_on_whole_conversations_are_read() {
    let api = Api::start().await;
    api.on("GET", "/conversation/feedback/", fixture("feedback.conversation.json")).await;
    let page = api.client.feedback_page(&filter(FeedbackKind::Conversation), PageRequest::first(50)).await.unwrap();
    let FeedbackItem::Known(comment) = &page.items[0] else { panic!("{:?}", page.items[0]) };
    assert_eq!((comment.text.as_str(), &comment.place), ("Well done.", &CommentPlace::Conversation(conversation())));
}

#[tokio::test]
async fn a_server_without_an_optional_call_does_not_support_it() {
    for refusal in [detail(404, "Not Found"), status(404), status(405)] {
        let api = Api::start().await;
        let feedback = format!("/conversation/{CONVERSATION}/feedback");
        let interaction_place = format!("/conversation/{CONVERSATION}/interaction/{INTERACTION}");
        api.on("GET", "/conversation/feedback/", refusal.clone()).await;
        api.on("POST", &feedback, refusal.clone()).await;
        api.on("POST", &format!("{interaction_place}/simulate"), refusal.clone()).await;
        api.on("POST", &format!("/conversation/{CONVERSATION}/tags/"), refusal.clone()).await;
        api.on("GET", "/tool/invocation", refusal).await;
        let client = &api.client;
        let results = [
            client.feedback_page(&filter(FeedbackKind::Interaction), PageRequest::first(50)).await.map(drop),
            client.create_conversation_comment(&conversation(), "text").await.map(drop),
            client.simulate(&conversation(), &interaction(), &Default::default()).await.map(drop),
            client.modify_tags(&conversation(), &TagEdit::set("k", None)).await,
            client.tool_invocations(&conversation()).await.map(drop),
        ];
        for (place, result) in results.into_iter().enumerate() {
            assert!(matches!(result, Err(Error::NotSupported)), "call {place}: {result:?}");
        }
    }
}

#[tokio::test]
async fn a_comment_that_is_gone_is_not_a_missing_feature() {
    let api = Api::start().await;
    let place = format!("/conversation/{CONVERSATION}/feedback/f1");
    api.on("DELETE", &place, detail(404, "Feedback not found.")).await;
    let gone = api.client.delete_conversation_comment(&conversation(), &comment()).await;
    assert!(matches!(gone, Err(Error::NotFound)), "{gone:?}");
}
