//! What was read once of a finished conversation needs no call in a later run.

use earmark_console::{ConversationFilter, PartState};

use crate::desk::{Desk, unlimited};
use crate::ear::Call;

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
