//! What was read once of a finished conversation needs no call in a later run.

use earmark_console::{ConversationFilter, PartState};

use crate::desk::{Desk, unlimited};
use crate::ear::Call;
use crate::outbox::{cut, mend};

#[tokio::test]
async fn a_finished_conversation_is_read_from_the_store_after_a_restart() {
    let desk = Desk::set(unlimited()).await;
    assert_eq!(desk.console.storage().await.unwrap().notice, None, "the store is open from here on");
    let call = Call::of(&desk, "Daniel Reyes").await;
    let messages = desk.messages(&call.id).await;
    desk.console.open_sound(call.id.clone()).await.unwrap();
    let ready = |view: &earmark_console::SoundView| view.parts.iter().all(|part| part.state == PartState::Ready);
    call.until(&desk, ready).await;
    let interaction = messages[0].interaction_id.clone();
    let insight = desk.console.read_insight(call.id.clone(), interaction.clone(), false).await.unwrap();

    let desk = desk.restart().await;
    let counts = async || {
        let mut counts = Vec::new();
        for part in ["/messages/", "/source", "/interaction/"] {
            counts.push(desk.calls_to(part).await);
        }
        counts
    };
    desk.all(ConversationFilter::default()).await;
    let before = counts().await;
    assert_eq!(desk.messages(&call.id).await, messages);
    desk.console.open_sound(call.id.clone()).await.unwrap();
    call.until(&desk, ready).await;
    assert_eq!(desk.console.read_insight(call.id.clone(), interaction.clone(), false).await.unwrap(), insight);
    assert_eq!(counts().await, before, "nothing was asked for again");

    desk.console.open_conversation(call.id.clone(), true).await.unwrap();
    assert_eq!(desk.calls_to("/messages/").await, before[0] + 1, "unless the reviewer says so");
}

#[tokio::test]
async fn one_that_goes_on_is_read_anew() {
    let desk = Desk::set(unlimited()).await;
    assert_eq!(desk.console.storage().await.unwrap().notice, None);
    let going_on = ConversationFilter { is_finished: Some(false), ..ConversationFilter::default() };
    let id = desk.all(going_on).await[0].id.clone();
    desk.messages(&id).await;
    let desk = desk.restart().await;
    desk.all(ConversationFilter::default()).await;
    let before = desk.calls_to("/messages/").await;
    desk.messages(&id).await;
    assert_eq!(desk.calls_to("/messages/").await, before + 1);
}

#[tokio::test]
async fn one_that_goes_on_is_shown_as_it_was_read_where_the_server_cannot_be_asked() {
    let desk = Desk::set(unlimited()).await;
    desk.kept().await;
    let going_on = ConversationFilter { is_finished: Some(false), ..ConversationFilter::default() };
    let id = desk.all(going_on).await[0].id.clone();
    let messages = desk.messages(&id).await;
    let interaction = messages[0].interaction_id.clone();
    let insight = desk.console.read_insight(id.clone(), interaction.clone(), false).await.unwrap();
    let opened = async |desk: &Desk| desk.console.open_conversation(id.clone(), false).await.unwrap();
    assert_eq!((opened(&desk).await.kept_since, &insight.kept_since), (None, &None));
    cut(&desk).await;
    assert!(opened(&desk).await.kept_since.is_some(), "read in this run");

    let desk = desk.restart().await;
    desk.page(ConversationFilter::default(), None).await.unwrap();
    assert!(opened(&desk).await.kept_since.is_some(), "read in an earlier one");
    assert_eq!(desk.messages(&id).await, messages);
    let kept = desk.console.read_insight(id.clone(), interaction.clone(), false).await.unwrap();
    assert!(kept.kept_since.is_some());
    assert_eq!((kept.state, kept.steps, kept.memory), (insight.state, insight.steps, insight.memory));

    mend(&desk).await;
    let before = desk.calls_to("/messages/").await;
    assert_eq!(opened(&desk).await.kept_since, None);
    assert_eq!(desk.calls_to("/messages/").await, before + 1);
    assert_eq!(desk.console.read_insight(id, interaction, false).await.unwrap().kept_since, None);
}

#[tokio::test]
async fn what_was_read_while_it_went_on_is_not_its_last_word() {
    let desk = Desk::set(unlimited()).await;
    desk.kept().await;
    let going_on = ConversationFilter { is_finished: Some(false), ..ConversationFilter::default() };
    let id = desk.all(going_on).await[0].id.clone();
    let interaction = desk.messages(&id).await[0].interaction_id.clone();
    desk.console.read_insight(id.clone(), interaction.clone(), false).await.unwrap();
    desk.server.finish(id.as_str()).await.unwrap();

    // The others of its insights are read behind the reviewer's back.
    let insight = format!("/interaction/{interaction}/");
    let counts = async |desk: &Desk| (desk.calls_to("/messages/").await, desk.calls_to(&insight).await);
    let read = async |desk: &Desk| {
        desk.all(ConversationFilter::default()).await;
        let before = counts(desk).await;
        desk.messages(&id).await;
        desk.console.read_insight(id.clone(), interaction.clone(), false).await.unwrap();
        let after = counts(desk).await;
        (after.0 - before.0, after.1 - before.1)
    };
    let desk = desk.restart().await;
    assert_eq!(read(&desk).await, (1, 1), "it may have gone on");
    let desk = desk.restart().await;
    assert_eq!(read(&desk).await, (0, 0), "now it is over");
}

#[tokio::test]
async fn the_calls_of_one_that_goes_on_are_known_without_the_server() {
    let desk = Desk::set(unlimited()).await;
    desk.kept().await;
    let going_on = ConversationFilter { is_finished: Some(false), ..ConversationFilter::default() };
    let mut with_calls = None;
    for row in desk.all(going_on).await {
        for message in desk.messages(&row.id).await {
            let interaction = message.interaction_id.clone();
            let insight = desk.console.read_insight(row.id.clone(), interaction.clone(), false).await.unwrap();
            if !insight.tools.is_empty() {
                with_calls = Some((row.id.clone(), interaction, insight));
            }
        }
    }
    let (id, interaction, insight) = with_calls.expect("one that goes on has a call");
    let read = async |desk: &Desk| {
        let read = desk.console.read_insight(id.clone(), interaction.clone(), false).await.unwrap();
        assert_eq!((&read.tools, &read.outcomes_unknown), (&insight.tools, &None));
        read.kept_since
    };
    cut(&desk).await;
    let desk = desk.restart().await;
    desk.page(ConversationFilter::default(), None).await.unwrap();
    assert!(read(&desk).await.is_some());
    mend(&desk).await;
    let before = desk.calls_to("/tool/invocation").await;
    assert_eq!(read(&desk).await, None);
    assert_eq!(desk.calls_to("/tool/invocation").await, before + 1, "there may be more by now");

    // What was read while it went on is not its last word.
    desk.server.finish(id.as_str()).await.unwrap();
    desk.all(ConversationFilter::default()).await;
    for more in [1, 0] {
        let before = desk.calls_to("/tool/invocation").await;
        read(&desk).await;
        assert_eq!(desk.calls_to("/tool/invocation").await, before + more);
    }
}
