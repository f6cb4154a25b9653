//! Reading, in the current edition.

use earmark_amigo::{ConversationFilter, Error, MessageFilter, Order, PageRequest, TagFilter, TagValue};
use earmark_review::{
    Agent, AgentId, ConversationId, InteractionId, Message, MessageFormat, MessageId, MessageKind, ServiceId,
    ToolOutcome, TransitionKind, UserId,
};
use insta::assert_debug_snapshot;
use serde_json::json;

use crate::server::{
    Api, CONVERSATION, INTERACTION, conversation, fixture, header, in_turn, interaction, query, status, values,
};

fn pair(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

#[tokio::test]
async fn the_list_is_read_whole() {
    let api = Api::start().await;
    api.on("GET", "/conversation/", fixture("conversations.json")).await;
    let page = api.client.list_conversations(&ConversationFilter::default(), PageRequest::first(100)).await.unwrap();
    assert_debug_snapshot!(page);
    let call = api.call("GET", "/conversation/").await;
    assert_eq!(query(&call), [pair("limit", "100"), pair("continuation_token", "0"), pair("sort_by", "-created_at")]);
    assert_eq!(header(&call, "authorization"), Some("Bearer s3cret-token-1"));
    assert_eq!(header(&call, "x-api-key"), None, "the key goes to the sign-in only");
}

#[tokio::test]
async fn every_filter_is_sent_as_the_api_spells_it() {
    let api = Api::start().await;
    api.on("GET", "/conversation/", fixture("conversations.json")).await;
    let tag = |key: &str, value| TagFilter { key: key.into(), value };
    let filter = ConversationFilter {
        user_ids: vec![UserId::new("a b").unwrap(), UserId::new("ü+&=").unwrap()],
        service_ids: vec![ServiceId::new("s1").unwrap()],
        is_finished: Some(false),
        ids: vec![conversation(), ConversationId::new("c2").unwrap()],
        tags: vec![tag("k", TagValue::Is("v".into())), tag("any", TagValue::Any), tag("none", TagValue::Absent)],
        order: Order::OldestFirst,
    };
    let page = PageRequest { limit: 7, continuation: Some(14) };
    api.client.list_conversations(&filter, page).await.unwrap();
    let call = api.call("GET", "/conversation/").await;
    let expected = [
        ("limit", "7"),
        ("continuation_token", "14"),
        ("user_id", "a b"),
        ("user_id", "ü+&="),
        ("service_id", "s1"),
        ("is_finished", "false"),
        ("id", CONVERSATION),
        ("id", "c2"),
        ("tag", "k:v"),
        ("tag", "any:*"),
        ("tag", "none:"),
        ("sort_by", "+created_at"),
    ];
    assert_eq!(query(&call), expected.map(|(name, value)| pair(name, value)));
    assert!(call.url.query().unwrap().contains("sort_by=%2Bcreated_at"), "a bare plus would be read as a space");
}

#[tokio::test]
async fn a_bad_conversation_is_one_bad_item() {
    let api = Api::start().await;
    api.on("GET", "/conversation/", fixture("conversations.bad_item.json")).await;
    let page = api.client.list_conversations(&ConversationFilter::default(), PageRequest::first(100)).await.unwrap();
    let ids: Vec<&str> = page.items.iter().map(|conversation| conversation.id.as_str()).collect();
    assert_eq!(ids, ["6718a0000000000000000001", "6718a0000000000000000005"]);
    assert_eq!(page.unreadable, 4);
}

#[tokio::test]
async fn messages_of_all_four_types_are_asked_for_and_unknown_ones_kept() {
    let api = Api::start().await;
    let place = format!("/conversation/{CONVERSATION}/messages/");
    api.on("GET", &place, fixture("messages.json")).await;
    let filter = MessageFilter { ids: vec![MessageId::new("m").unwrap()], interaction_ids: vec![interaction()] };
    let page = api.client.messages(&conversation(), &filter, PageRequest::first(500)).await.unwrap();
    let kinds: Vec<(MessageKind, MessageFormat)> =
        page.items.iter().map(|message| (message.kind.clone(), message.format.clone())).collect();
    let expected = [
        (MessageKind::Agent, MessageFormat::Voice),
        (MessageKind::User, MessageFormat::Text),
        (MessageKind::InnerThought, MessageFormat::Text),
        (MessageKind::ExternalEvent, MessageFormat::Text),
        (MessageKind::Other("supervisor-note".into()), MessageFormat::Other("hologram".into())),
    ];
    assert_eq!(kinds, expected);
    let first = Message {
        id: MessageId::new("6718b0000000000000000001").unwrap(),
        interaction_id: InteractionId::new("6718c0000000000000000001").unwrap(),
        created_at: "2026-11-19T08:30:00Z".parse().unwrap(),
        sender: "Nora".into(),
        text: "Hello, how can I help?".into(),
        format: MessageFormat::Voice,
        kind: MessageKind::Agent,
    };
    assert_eq!(page.items[0], first);
    let call = api.call("GET", &place).await;
    assert_eq!(
        values(&call, "message_type"),
        ["user-message", "agent-message", "agent-inner-thought", "external-event"]
    );
    assert_eq!(values(&call, "sort_by"), ["+created_at"]);
    assert_eq!((values(&call, "id"), values(&call, "interaction_id")), (vec!["m".into()], vec![INTERACTION.into()]));
}

#[tokio::test]
async fn what_cannot_be_read_of_an_insight_is_counted() {
    let api = Api::start().await;
    let insight = json!({
        "current_state_name": "greet",
        "state_transition_logs": ["nonsense"],
        "reflections": ["the caller is in a hurry", 7],
        "engage_user_tool_call_logs": [[{ "tool_id": 7 }]],
    });
    let place = format!("/conversation/{CONVERSATION}/interaction/{INTERACTION}/insights");
    api.on("GET", &place, status(200).set_body_json(insight)).await;
    let read = api.client.insight(&conversation(), &interaction()).await.unwrap();
    assert_eq!(read.reflections, ["the caller is in a hurry"]);
    assert_eq!(read.unreadable, 3);
}

#[tokio::test]
async fn an_insight_is_read_with_every_kind_of_transition() {
    let api = Api::start().await;
    let place = format!("/conversation/{CONVERSATION}/interaction/{INTERACTION}/insights");
    api.on("GET", &place, fixture("insight.json")).await;
    let insight = api.client.insight(&conversation(), &interaction()).await.unwrap();
    assert_eq!(insight.transitions.last().unwrap().kind, TransitionKind::Other("teleport".into()));
    assert_debug_snapshot!(insight);
}

#[tokio::test]
async fn tool_invocations_are_read_over_all_pages_and_decide_the_outcomes() {
    let api = Api::start().await;
    let pages = [fixture("tool_invocations.1.json"), fixture("tool_invocations.2.json")];
    api.on("GET", "/tool/invocation", in_turn(pages)).await;
    let place = format!("/conversation/{CONVERSATION}/interaction/{INTERACTION}/insights");
    api.on("GET", &place, fixture("insight.json")).await;
    let all = api.client.tool_invocations(&conversation()).await.unwrap();
    assert_eq!((all.items.len(), all.unreadable, all.continuation), (2, 1, None));
    assert_eq!(all.items[0].interaction_id, Some(interaction()));
    let failed = ToolOutcome::Failed { kind: "Timeout".into(), message: "no answer".into() };
    assert_eq!((all.items[1].interaction_id.as_ref(), &all.items[1].outcome), (None, &failed));
    let calls = api.calls("GET", "/tool/invocation").await;
    let tokens: Vec<String> = calls.iter().flat_map(|call| values(call, "continuation_token")).collect();
    assert_eq!(tokens, ["0", "2"]);
    assert_eq!(values(&calls[0], "conversation_id"), [CONVERSATION]);

    let mut insight = api.client.insight(&conversation(), &interaction()).await.unwrap();
    insight.match_outcomes(&interaction(), &all.items);
    let outcomes: Vec<(String, ToolOutcome)> =
        insight.calls_mut().map(|call| (call.name.clone(), call.outcome.clone())).collect();
    let unknown = |name: &str| (name.to_owned(), ToolOutcome::Unknown);
    let booked = ("book_slot".to_owned(), ToolOutcome::Succeeded);
    assert_eq!(
        outcomes,
        [unknown("find_slots"), unknown("find_doctor"), unknown("find_slots"), booked, unknown("tone")]
    );
}

#[tokio::test]
async fn people_are_named_by_what_is_known_of_them() {
    let api = Api::start().await;
    api.on("GET", "/user/", fixture("users.json")).await;
    let ids = ["customer 1", "customer 2", "customer 3"].map(|id| UserId::new(id).unwrap());
    let people = api.client.users(&ids).await.unwrap();
    let names: Vec<&str> = people.iter().map(|person| person.name.as_str()).collect();
    assert_eq!(names, ["Ada Brook", "sam.reed", ""]);
    let call = api.call("GET", "/user/").await;
    assert_eq!(values(&call, "user_id"), ["customer 1", "customer 2", "customer 3"]);
}

#[tokio::test]
async fn more_than_a_hundred_people_take_two_calls_and_none_takes_none() {
    let api = Api::start().await;
    api.on("GET", "/user/", fixture("users.json")).await;
    let ids: Vec<UserId> = (0..150).map(|n| UserId::new(format!("u{n}")).unwrap()).collect();
    api.client.users(&ids).await.unwrap();
    let sent: Vec<usize> = api.calls("GET", "/user/").await.iter().map(|call| values(call, "user_id").len()).collect();
    assert_eq!(sent, [100, 50]);
    assert!(api.client.users(&[]).await.unwrap().is_empty());
    assert_eq!(api.calls("GET", "/user/").await.len(), 2);
}

#[tokio::test]
async fn people_are_searched_by_text() {
    let api = Api::start().await;
    api.on("GET", "/user/search/", fixture("users.json")).await;
    let people = api.client.search_users("ada & co").await.unwrap();
    assert_eq!(people.len(), 3);
    assert_eq!(query(&api.call("GET", "/user/search/").await), [pair("query", "ada & co")]);
}

#[tokio::test]
async fn services_agents_and_the_organization_have_names() {
    let api = Api::start().await;
    api.on("GET", "/service/", fixture("services.json")).await;
    api.on("GET", "/organization/agent", fixture("agents.json")).await;
    api.on("GET", "/organization/", fixture("organization.json")).await;
    let services = api.client.services().await.unwrap();
    assert_eq!(services[0].name, "Appointments");
    let agents = api.client.agents().await.unwrap();
    let nora = Agent { id: AgentId::new("6718a000000000000000bbbb").unwrap(), name: "Nora".into() };
    assert_eq!((agents.len(), &agents[0]), (2, &nora));
    assert_eq!(api.client.organization_name().await.unwrap(), "Acme Health");
}

#[tokio::test]
async fn an_id_cannot_leave_its_place_in_the_path() {
    let api = Api::start().await;
    let odd = ConversationId::new("a/../../b?c").unwrap();
    let refused = api.client.messages(&odd, &MessageFilter::default(), PageRequest::first(1)).await;
    assert!(matches!(refused, Err(Error::Refused { status: 418, .. })), "{refused:?}");
    let calls = api.server.received_requests().await.unwrap();
    assert_eq!(calls.last().unwrap().url.path(), "/v1/acme/conversation/a%2F..%2F..%2Fb%3Fc/messages/");
}
