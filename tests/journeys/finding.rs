//! A pasted id leads where it belongs, as far as that was read.

use earmark_console::{FoundPlace, ProblemCode};

use crate::desk::{Desk, unlimited};
use crate::outbox::cut;

/// No sandbox gives this id to anything.
const NOBODYS: &str = "0123456789abcdef01234567";

#[tokio::test]
async fn the_ids_of_what_was_read_lead_to_it_also_after_a_restart() {
    let mut desk = Desk::set(unlimited()).await;
    desk.kept().await;
    let conversation = desk.conversation_of("Daniel Reyes").await.id;
    let messages = desk.messages(&conversation).await;
    let last = messages.last().unwrap();
    let begun = messages.iter().find(|message| message.interaction_id == last.interaction_id).unwrap();
    let spelt = format!(" {}\n", last.id.as_str().to_uppercase());

    for _ in 0..2 {
        for (id, message) in [
            (conversation.as_str(), None),
            (last.id.as_str(), Some(&last.id)),
            (&spelt, Some(&last.id)),
            (last.interaction_id.as_str(), Some(&begun.id)),
        ] {
            let place = FoundPlace { conversation_id: conversation.clone(), message_id: message.cloned() };
            assert_eq!(desk.console.find_id(id).await.unwrap().place, Some(place), "{id}");
        }
        desk = desk.restart().await;
    }
}

#[tokio::test]
async fn a_conversation_that_was_never_listed_is_asked_of_the_server() {
    let desk = Desk::set(unlimited()).await;
    let id = desk.server.read("/conversation/").await.unwrap()["conversations"][0]["id"].as_str().unwrap().to_owned();
    let place = desk.console.find_id(&id).await.unwrap().place.unwrap();
    assert_eq!((place.conversation_id.as_str(), place.message_id), (id.as_str(), None));
}

#[tokio::test]
async fn what_is_not_found_says_where_it_was_looked_for() {
    let desk = Desk::set(unlimited()).await;
    desk.kept().await;
    let before = desk.console.find_id(NOBODYS).await.unwrap();
    assert_eq!(before.place, None);
    let conversation = desk.conversation_of("Daniel Reyes").await.id;
    desk.messages(&conversation).await;
    let after = desk.console.find_id(NOBODYS).await.unwrap();
    assert_eq!(after.place, None);
    assert!(after.searched > before.searched, "{} and then {}", before.searched, after.searched);

    for nonsense in ["", "late", "0123456789abcdef0123456", "0123456789abcdef0123456g"] {
        assert_eq!(desk.console.find_id(nonsense).await.unwrap_err().code, ProblemCode::BadInput, "{nonsense:?}");
    }
    let message = desk.messages(&conversation).await[0].id.clone();
    cut(&desk).await;
    let found = desk.console.find_id(message.as_str()).await.unwrap();
    assert_eq!(found.place.map(|place| place.conversation_id), Some(conversation), "what was read needs no server");
    desk.console.find_id(NOBODYS).await.expect_err("nobody knows whether it is a conversation");
}
