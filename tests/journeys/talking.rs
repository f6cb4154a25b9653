//! The calls that have no screen yet: beginning, continuing and ending a talk, and what the server suggests.

use earmark_amigo::{
    Actions, ApiKey, BaseUrl, Client, ClientOptions, Error, Event, EventStream, Form, Input, NewConversation, Said,
    SimulateOverrides, StarterRequest,
};
use earmark_review::{ConversationId, InteractionId, ServiceId, Tags, UserId};
use earmark_sandbox::{Edition, Options as Sandbox};
use earmark_tests::stage::Server;

use crate::desk::unlimited;

pub async fn client(server: &Server) -> Client {
    let credentials = server.credentials();
    let key = ApiKey {
        organization: credentials.organization.clone(),
        user_id: UserId::new(&credentials.user_id).unwrap(),
        api_key_id: credentials.api_key_id.clone().into(),
        api_key: credentials.api_key.clone().into(),
        base_url: BaseUrl::parse(&credentials.base_url).unwrap(),
    };
    Client::new(key, ClientOptions { window: std::time::Duration::ZERO, ..ClientOptions::default() }).unwrap()
}

async fn drain(mut stream: EventStream) -> Vec<Event> {
    let mut events = Vec::new();
    while let Some(event) = stream.next().await.unwrap() {
        events.push(event);
    }
    events
}

fn completed(events: &[Event]) -> (InteractionId, String) {
    events
        .iter()
        .find_map(|event| match event {
            Event::InteractionComplete { interaction_id, full_message, .. } => {
                Some((interaction_id.clone(), full_message.clone()))
            }
            _ => None,
        })
        .expect("the stream ends with a completed interaction")
}

pub async fn begin(client: &Client, service_id: ServiceId) -> (ConversationId, InteractionId) {
    let new = NewConversation {
        service_id,
        version_set: None,
        initial_message: Some("I would like to move my appointment.".into()),
        tags: Tags::default(),
        is_test: false,
        response: Form::Text,
        actions: Actions::All,
    };
    let events = drain(client.create(&new).await.unwrap()).await;
    let Some(Event::ConversationCreated { conversation_id }) = events.first() else {
        panic!("the first event names the conversation: {events:?}");
    };
    (conversation_id.clone(), completed(&events).0)
}

#[tokio::test]
async fn a_talk_is_begun_continued_and_ended() {
    let server = Server::start(unlimited()).await.unwrap();
    let client = client(&server).await;
    let service = client.services().await.unwrap().remove(0).id;
    let (conversation, first) = begin(&client, service).await;

    let input = Input {
        said: Said::Text("Thursday would be better.".into()),
        external_events: Vec::new(),
        response: Form::Text,
        actions: Actions::All,
    };
    let events = drain(client.interact(&conversation, &input).await.unwrap()).await;
    assert!(matches!(&events[0], Event::UserMessageAvailable { text, .. } if text == "Thursday would be better."));
    assert!(events.iter().any(|event| matches!(event, Event::AgentAction { .. })));
    let pieces: String = events
        .iter()
        .filter_map(|event| match event {
            Event::NewMessage(piece) => Some(piece.message.as_str()),
            _ => None,
        })
        .collect();
    let (second, whole) = completed(&events);
    assert_eq!(pieces, whole);
    assert_ne!(first, second);

    assert!(
        !client
            .recommend_responses(&conversation, &second, Some("the customer is in a hurry"))
            .await
            .unwrap()
            .is_empty()
    );
    client.finish(&conversation).await.unwrap();
    let again = client.finish(&conversation).await.unwrap_err();
    assert!(matches!(again, Error::Refused { status: 409, .. }), "{again:?}");
    let late = client.recommend_responses(&conversation, &second, None).await.unwrap_err();
    assert!(matches!(late, Error::Refused { status: 400, .. }), "{late:?}");
}

#[tokio::test]
async fn starters_are_as_many_as_asked_for() {
    let server = Server::start(unlimited()).await.unwrap();
    let client = client(&server).await;
    let request = StarterRequest {
        service_id: client.services().await.unwrap().remove(0).id,
        version_set: None,
        facets: vec!["medication".into()],
        min_count: 2,
        max_count: 4,
        instructions: "short and kind".into(),
    };
    let starters = client.conversation_starters(&request).await.unwrap();
    assert!((2..=4).contains(&starters.len()), "{starters:?}");
}

#[tokio::test]
async fn simulating_belongs_to_the_older_edition_and_keeps_nothing() {
    let server = Server::start(unlimited()).await.unwrap();
    let client = client(&server).await;
    let service = client.services().await.unwrap().remove(0).id;
    let (conversation, interaction) = begin(&client, service).await;
    let before = server.conversation(conversation.as_str()).await.unwrap();
    let simulated = client.simulate(&conversation, &interaction, &SimulateOverrides::default()).await.unwrap();
    assert!(!simulated.agent_message.is_empty());
    assert_eq!(server.conversation(conversation.as_str()).await.unwrap(), before);

    let current = Server::start(Sandbox { edition: Edition::Current, ..unlimited() }).await.unwrap();
    let client = self::client(&current).await;
    let refused = client.simulate(&conversation, &interaction, &SimulateOverrides::default()).await.unwrap_err();
    assert!(matches!(refused, Error::NotSupported), "{refused:?}");
}

#[tokio::test]
async fn the_older_edition_is_asked_in_its_own_way() {
    let server = Server::start(Sandbox { edition: Edition::Older, ..unlimited() }).await.unwrap();
    let client = client(&server).await;
    let service = client.services().await.unwrap().remove(0).id;
    let (conversation, interaction) = begin(&client, service).await;
    assert!(!client.recommend_responses(&conversation, &interaction, None).await.unwrap().is_empty());
}
