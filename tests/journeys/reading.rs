use std::collections::HashSet;

use earmark_console::{ConversationFilter, InsightView, InteractionId, OutcomeView};
use earmark_sandbox::Options as Sandbox;

use crate::desk::{Desk, unlimited};

#[tokio::test]
async fn a_conversation_reads_in_order_and_whole() {
    let desk = Desk::set(unlimited()).await;
    let row = desk.conversation_of("Daniel Reyes").await;
    let messages = desk.messages(&row.id).await;
    assert!(messages.is_sorted_by_key(|message| message.interaction));
    assert!(messages.iter().any(|message| message.voice));
    assert!(messages.iter().any(|message| message.kind == "agent-inner-thought"), "inner thoughts are asked for");
    let ids: HashSet<_> = messages.iter().map(|message| message.id.clone()).collect();
    assert_eq!(ids.len(), messages.len());
}

#[tokio::test]
async fn five_hundred_messages_come_in_pages_and_are_fetched_once() {
    let desk = Desk::set(unlimited()).await;
    let rows = desk.all(ConversationFilter::default()).await;
    let long = rows.iter().find(|row| row.num_messages >= 500).expect("the sample has a conversation of 500 messages");
    let messages = desk.messages(&long.id).await;
    assert!(messages.len() >= 500, "{} messages", messages.len());
    let calls = desk.calls_to("/messages/").await;
    assert_eq!(desk.messages(&long.id).await, messages);
    assert_eq!(desk.calls_to("/messages/").await, calls, "a finished conversation is not asked for twice");
    desk.console.open_conversation(long.id.clone(), true).await.unwrap();
    assert!(desk.calls_to("/messages/").await > calls, "unless the reviewer asks for it");
}

/// All insights of all scripted conversations.
async fn all_insights(desk: &Desk) -> Vec<InsightView> {
    let mut insights = Vec::new();
    for row in desk.all(ConversationFilter::default()).await {
        let mut seen: HashSet<InteractionId> = HashSet::new();
        for message in desk.messages(&row.id).await {
            if message.interaction <= 12 && seen.insert(message.interaction_id.clone()) {
                let read = desk.console.read_insight(row.id.clone(), message.interaction_id, false).await;
                insights.push(read.unwrap());
            }
        }
    }
    insights
}

#[tokio::test]
async fn every_kind_of_step_is_read() {
    let desk = Desk::set(unlimited()).await;
    let insights = all_insights(&desk).await;
    let kinds: HashSet<&str> =
        insights.iter().flat_map(|insight| &insight.steps).map(|step| step.kind.as_str()).collect();
    for kind in ["action", "decision", "recall", "jumpback", "annotation", "reflection", "tool-call"] {
        assert!(kinds.contains(kind), "{kind} among {kinds:?}");
    }
    let outcomes: Vec<OutcomeView> = insights
        .iter()
        .flat_map(|insight| &insight.tools)
        .flat_map(|group| &group.calls)
        .map(|call| call.outcome)
        .collect();
    assert!(outcomes.contains(&OutcomeView::Failed) && outcomes.contains(&OutcomeView::Succeeded));
}

#[tokio::test]
async fn whether_a_tool_failed_is_known_from_its_record_alone() {
    let desk = Desk::set(unlimited()).await;
    let calls: Vec<_> =
        all_insights(&desk).await.into_iter().flat_map(|insight| insight.tools).flat_map(|group| group.calls).collect();
    for call in &calls {
        assert_eq!(call.failure.is_some(), call.outcome == OutcomeView::Failed, "{}", call.name);
    }

    for (code, word) in [(403, "may not"), (404, "no record")] {
        let desk = Desk::set(unlimited()).await;
        desk.server.fault(earmark_tests::stage::status("*/tool/invocation*", code)).await.unwrap();
        let insights = all_insights(&desk).await;
        let with_tools: Vec<_> = insights.iter().filter(|insight| !insight.tools.is_empty()).collect();
        assert!(!with_tools.is_empty());
        let conversations = desk.all(ConversationFilter::default()).await.len();
        assert!(desk.calls_to("/tool/invocation").await <= conversations, "a refusal is asked for once");
        for insight in with_tools {
            assert!(insight.outcomes_unknown.as_ref().unwrap().contains(word), "{:?}", insight.outcomes_unknown);
            assert!(
                insight.tools.iter().flat_map(|group| &group.calls).all(|call| call.outcome == OutcomeView::Unknown)
            );
        }
    }
}

#[tokio::test]
async fn the_details_name_the_agent() {
    let desk = Desk::set(unlimited()).await;
    let id = desk.conversation_of("Daniel Reyes").await.id;
    desk.console.open_conversation(id.clone(), false).await.unwrap();
    let calls = desk.calls_to("/messages/").await;
    let details = desk.console.conversation_details(id).await.unwrap();
    assert!(details.agent.as_ref().is_some_and(|agent| agent.starts_with("Iris, version ")), "{:?}", details.agent);
    assert_eq!(desk.calls_to("/messages/").await, calls, "what is open is not read again");
}

#[tokio::test]
async fn the_older_edition_reads_too() {
    let older = Sandbox { edition: earmark_sandbox::Edition::Older, ..unlimited() };
    let desk = Desk::set(older).await;
    let row = desk.conversation_of("Daniel Reyes").await;
    let messages = desk.messages(&row.id).await;
    assert!(messages.iter().any(|message| message.voice));
    let insight = desk.console.read_insight(row.id, messages[0].interaction_id.clone(), false).await.unwrap();
    assert!(!insight.state.is_empty());
}

#[tokio::test]
async fn grown_conversations_are_whole() {
    let desk = Desk::set(Sandbox { conversations: Some(300), ..unlimited() }).await;
    let rows = desk.all(ConversationFilter::default()).await;
    let mut voices = 0;
    for row in rows.iter().rev().take(30) {
        let messages = desk.messages(&row.id).await;
        assert!(!messages.is_empty());
        let clips = messages.iter().filter(|message| message.voice).count();
        if clips > 0 {
            voices += 1;
        }
        desk.console.read_insight(row.id.clone(), messages[0].interaction_id.clone(), false).await.unwrap();
    }
    assert!(voices >= 5, "{voices} of 30 are voice");
}
