//! Talking to an agent: what is sent, and the events that come back.

use earmark_amigo::{Actions, Error, Event, EventStream, Form, Input, NewConversation, Said, VoiceEncoding};
use earmark_review::{ConversationId, ServiceId};
use insta::assert_debug_snapshot;
use serde_json::{Value, json};
use wiremock::ResponseTemplate;

use crate::server::{Api, CONVERSATION, conversation, detail, fixture, header, in_turn, query, status, values};

fn new_conversation() -> NewConversation {
    NewConversation {
        service_id: ServiceId::new("s").unwrap(),
        version_set: Some("edge".into()),
        initial_message: Some("Hi".into()),
        tags: [("origin".to_owned(), None)].into_iter().collect(),
        is_test: true,
        response: Form::Text,
        actions: Actions::All,
    }
}

fn input(said: Said) -> Input {
    Input { said, external_events: vec![], response: Form::Text, actions: Actions::Quiet }
}

fn interact_place() -> String {
    format!("/conversation/{CONVERSATION}/interact")
}

async fn rest(stream: &mut EventStream) -> Vec<Event> {
    let mut events = Vec::new();
    while let Some(event) = stream.next().await.unwrap() {
        events.push(event);
    }
    events
}

fn lines(body: &str) -> ResponseTemplate {
    status(200).set_body_raw(body.as_bytes().to_vec(), "application/x-ndjson")
}

#[tokio::test]
async fn a_new_conversation_reports_each_event() {
    let api = Api::start().await;
    api.on("POST", "/conversation/", fixture("create.ndjson")).await;
    let mut stream = api.client.create(&new_conversation()).await.unwrap();
    let mut events = rest(&mut stream).await;
    for event in &mut events {
        if let Event::AgentAction { detail, .. } = event {
            // Whether keys keep their order depends on what else is compiled.
            detail.sort_all_objects();
        }
    }
    assert_debug_snapshot!(events);
    let call = api.call("POST", "/conversation/").await;
    assert_eq!(values(&call, "response_format"), ["text"]);
    assert_eq!(values(&call, "current_agent_action_type"), ["^.*$"]);
    let expected = json!({
        "service_id": "s", "service_version_set_name": "edge", "initial_message": "Hi",
        "initial_message_type": "user-message", "tags": { "origin": null }, "is_test": true,
    });
    assert_eq!(call.body_json::<Value>().unwrap(), expected);
}

#[tokio::test]
async fn what_older_servers_do_not_know_is_left_out() {
    let api = Api::start().await;
    api.on("POST", "/conversation/", fixture("create.ndjson")).await;
    let new = NewConversation { initial_message: None, is_test: false, version_set: None, ..new_conversation() };
    api.client.create(&new).await.unwrap();
    let body: Value = api.call("POST", "/conversation/").await.body_json().unwrap();
    assert_eq!(body.get("is_test"), None);
    assert_eq!(body.get("initial_message_type"), None);
    assert_eq!(body["service_version_set_name"], "release");
}

/// The parts of a multipart body: name, whether it is a file, content.
fn parts(call: &wiremock::Request) -> Vec<(String, bool, String)> {
    let media_type = header(call, "content-type").unwrap();
    let boundary = media_type.strip_prefix("multipart/form-data; boundary=").expect("the header the API demands");
    let body = String::from_utf8(call.body.clone()).unwrap();
    let delimiter = format!("--{boundary}");
    let raw = body.split(&delimiter).filter(|part| part.contains("name="));
    raw.map(|part| {
        let (head, content) = part.split_once("\r\n\r\n").unwrap();
        let name = head.split("name=\"").nth(1).unwrap().split('"').next().unwrap();
        (name.to_owned(), head.contains("filename="), content.trim_end_matches("\r\n").to_owned())
    })
    .collect()
}

fn part(name: &str, is_file: bool, content: &str) -> (String, bool, String) {
    (name.to_owned(), is_file, content.to_owned())
}

#[tokio::test]
async fn text_is_sent_as_a_form_with_what_happened_before() {
    let api = Api::start().await;
    api.on("POST", &interact_place(), fixture("interact.older.ndjson")).await;
    let mut said = input(Said::Text("Bye".into()));
    said.external_events = vec![("2026-11-19T08:00:00Z".parse().unwrap(), "The shop closed.".into())];
    let mut stream = api.client.interact(&conversation(), &said).await.unwrap();
    let events = rest(&mut stream).await;
    assert!(matches!(&events[0], Event::UserMessageAvailable { text, .. } if text == "Bye"), "{events:?}");
    assert!(matches!(events[2], Event::InteractionComplete { conversation_completed: false, .. }), "{events:?}");
    assert_eq!(events[3], Event::EndSession, "older servers end so");
    let call = api.call("POST", &interact_place()).await;
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let expected =
        [pair("request_format", "text"), pair("response_format", "text"), pair("current_agent_action_type", "^$")];
    assert_eq!(query(&call), expected);
    let expected = [
        part("initial_message_type", false, "user-message"),
        part("recorded_message", true, "Bye"),
        part("external_event_message_content", false, "The shop closed."),
        part("external_event_message_timestamp", false, "2026-11-19T08:00:00Z"),
    ];
    assert_eq!(parts(&call), expected);
}

#[tokio::test]
async fn speech_happenings_and_nothing_are_sent_each_in_its_way() {
    let api = Api::start().await;
    api.on("POST", &interact_place(), fixture("interact.older.ndjson")).await;
    let pcm = VoiceEncoding::Pcm { frame_rate: 16_000, sample_width: 2 };
    for said in [
        Said::Voice { bytes: "ID3".into(), encoding: VoiceEncoding::Mp3 },
        Said::Voice { bytes: "pcm!".into(), encoding: pcm },
        Said::Happening("The door opened.".into()),
        Said::Nothing,
    ] {
        api.client.interact(&conversation(), &input(said)).await.unwrap();
    }
    let calls = api.calls("POST", &interact_place()).await;
    let kinds: Vec<(String, String)> =
        calls.iter().map(|call| (parts(call)[0].2.clone(), parts(call)[1].2.clone())).collect();
    let expected =
        [("user-message", "ID3"), ("user-message", "pcm!"), ("external-event", "The door opened."), ("skip", "")];
    assert_eq!(kinds, expected.map(|(kind, content)| (kind.to_owned(), content.to_owned())));
    let config = |call: &wiremock::Request| -> Option<Value> {
        values(call, "request_audio_config").first().map(|text| serde_json::from_str(text).unwrap())
    };
    assert_eq!(config(&calls[0]), Some(json!({ "type": "mp3" })));
    let pcm = json!({ "type": "pcm", "frame_rate": 16_000, "n_channels": 1, "sample_width": 2 });
    assert_eq!(config(&calls[1]), Some(pcm));
    assert_eq!(config(&calls[2]), None);
}

#[tokio::test]
async fn a_failure_inside_a_success_is_told_and_odd_events_are_passed_over() {
    let api = Api::start().await;
    api.on("POST", &interact_place(), fixture("interact.failed.ndjson")).await;
    let mut stream = api.client.interact(&conversation(), &input(Said::Text("Hi".into()))).await.unwrap();
    let events = rest(&mut stream).await;
    assert_eq!(events[1], Event::Other { kind: "weather-report".into() });
    assert_eq!(events[2], Event::Other { kind: "new-message".into() });
    assert_eq!(events[3], Event::Failed { status: 500, reason: "The model behind … failed.".into() });
}

#[tokio::test]
async fn half_a_line_and_an_early_end_are_malformed_and_then_it_is_over() {
    for body in [
        "{\"type\":\"conversation-created\",\"conversation_id\":\"c\"}\n{\"type\":\"new-mess",
        "{\"type\":\"conversation-created\",\"conversation_id\":\"c\"}\n",
        "{\"type\":\"conversation-created\",\"conversation_id\":\"c\"}\nnot json\n",
    ] {
        let api = Api::start().await;
        api.on("POST", "/conversation/", lines(body)).await;
        let mut stream = api.client.create(&new_conversation()).await.unwrap();
        let created = Event::ConversationCreated { conversation_id: ConversationId::new("c").unwrap() };
        assert_eq!(stream.next().await.unwrap(), Some(created));
        let broken = stream.next().await;
        assert!(matches!(broken, Err(Error::Malformed(_))), "{body}: {broken:?}");
        assert_eq!(stream.next().await.unwrap(), None);
    }
}

#[tokio::test]
async fn the_last_line_needs_no_end() {
    let api = Api::start().await;
    api.on("POST", "/conversation/", lines("{\"type\":\"end-session\"}")).await;
    let mut stream = api.client.create(&new_conversation()).await.unwrap();
    assert_eq!(rest(&mut stream).await, [Event::EndSession]);
}

#[tokio::test]
async fn a_refusal_comes_before_any_event() {
    let api = Api::start().await;
    api.on("POST", &interact_place(), detail(409, "The conversation is finished.")).await;
    let refused = api.client.interact(&conversation(), &input(Said::Nothing)).await.unwrap_err();
    let expected = "The server refused this: The conversation is finished.";
    assert_eq!(refused.to_string(), expected);
}

#[tokio::test]
async fn a_refused_talk_is_sent_again_when_told_when() {
    let api = Api::start().await;
    let refused = status(429).insert_header("retry-after", "0.01");
    api.on("POST", &interact_place(), in_turn([refused, fixture("interact.older.ndjson")])).await;
    let mut stream = api.client.interact(&conversation(), &input(Said::Text("Bye".into()))).await.unwrap();
    assert_eq!(rest(&mut stream).await.len(), 4);
    let calls = api.calls("POST", &interact_place()).await;
    assert_eq!(parts(&calls[0]), parts(&calls[1]), "the form is built anew and says the same");
}
