//! What the next conversation shows first is there before it is opened.

use std::pin::pin;
use std::time::Duration;

use earmark_console::{BeginningView, ConversationId, ConversationRow, Problem};
use tokio::time::timeout;

use crate::ahead::{finished, ids, limited};
use crate::desk::{Desk, unlimited};
use crate::ear::PATIENCE;

async fn wish(desk: &Desk, id: &ConversationId) -> Result<Option<BeginningView>, Problem> {
    desk.console.await_beginning(id.clone(), None).await
}

/// A finished conversation that was written, and one that was spoken.
async fn written_and_spoken(desk: &Desk) -> [ConversationRow; 2] {
    let (mut written, mut spoken) = (None, None);
    for row in finished(desk, 40).await {
        let messages = desk.server.messages(row.id.as_str()).await.unwrap();
        let is_spoken = messages.iter().any(|message| message["format"] == "voice");
        _ = (if is_spoken { &mut spoken } else { &mut written }).get_or_insert(row);
    }
    [written.expect("a written one"), spoken.expect("a spoken one")]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_is_what_opening_answers_and_asks_for_nothing() {
    let desk = Desk::set(unlimited()).await;
    for row in written_and_spoken(&desk).await {
        // Asked for first: it is told as soon as all of it was read.
        let (console, id) = (desk.console.clone(), row.id.clone());
        let told = tokio::spawn(async move { console.await_beginning(id, None).await });
        desk.console.look_ahead(vec![row.id.clone()]).unwrap();
        let told = timeout(PATIENCE, told).await.unwrap().unwrap().unwrap().expect("a beginning");
        let calls = desk.server.calls().await.unwrap().len();
        let again = timeout(PATIENCE, wish(&desk, &row.id)).await.unwrap().unwrap().expect("there at once");
        // More of its insights may have been read since.
        assert_eq!(BeginningView { markers: told.markers.clone(), ..again }, told);
        let peaks = told.sound.as_ref().map(|sound| desk.console.draw_peaks(&row.id, 0, sound.total_ms, 400).unwrap());

        let opened = desk.console.open_conversation(row.id.clone(), false).await.unwrap();
        assert_eq!(told.opened, opened);
        assert_eq!(told.interaction_id, opened.first.messages[0].interaction_id);
        let insight = desk.console.read_insight(row.id.clone(), told.interaction_id.clone(), false).await.unwrap();
        assert_eq!(told.insight, insight);
        if let Some(sound) = &told.sound {
            assert_eq!(*sound, desk.console.open_sound(row.id.clone()).await.unwrap());
            let drawn = desk.console.draw_peaks(&row.id, 0, sound.total_ms, 400).unwrap();
            assert!(drawn.iter().any(|loud| *loud > 50), "something is heard");
            assert_eq!(peaks.as_ref(), Some(&drawn));
        }
        let path = |call: &serde_json::Value| call["path"].as_str().unwrap().to_owned();
        let since: Vec<_> = desk.server.calls().await.unwrap().iter().skip(calls).map(path).collect();
        let of_it: Vec<_> = since.iter().filter(|path| path.contains(row.id.as_str())).collect();
        assert!(of_it.iter().all(|path| path.contains("/insights")), "only the rest of its insights: {of_it:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_begins_at_the_turn_that_is_asked_for() {
    let desk = Desk::set(unlimited()).await;
    let row = finished(&desk, 1).await.remove(0);
    let messages = desk.server.messages(row.id.as_str()).await.unwrap();
    let last: earmark_console::InteractionId =
        serde_json::from_value(messages.last().unwrap()["interaction_id"].clone()).unwrap();
    desk.console.look_ahead(vec![row.id.clone()]).unwrap();
    let told = desk.console.await_beginning(row.id.clone(), Some(last.clone()));
    let told = timeout(PATIENCE, told).await.unwrap().unwrap().expect("a beginning");
    assert_eq!(told.interaction_id, last);
    let insight = desk.console.read_insight(row.id.clone(), last, false).await.unwrap();
    assert_eq!(told.insight, insight);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_asks_for_another_one_or_leaves_gets_no_answer_to_the_first() {
    // Nothing is read ahead: a wish stays one.
    let desk = Desk::set_limited(limited(40), Duration::from_secs(60)).await;
    let ids = ids(&finished(&desk, 2).await);
    let (mut first, mut second) = (pin!(wish(&desk, &ids[0])), pin!(wish(&desk, &ids[1])));
    assert!(timeout(Duration::ZERO, &mut first).await.is_err(), "nothing of it was read");
    assert!(timeout(Duration::ZERO, &mut second).await.is_err(), "nor of this one");
    assert_eq!(timeout(PATIENCE, first).await.unwrap().unwrap(), None);
    desk.console.sign_out().await.unwrap();
    assert_eq!(timeout(PATIENCE, second).await.unwrap().unwrap(), None);
}
