//! What follows is read before it is opened, and the server's limits are kept meanwhile.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use earmark_console::{ConversationFilter, ConversationId, ConversationRow, PartState, ProblemCode};
use earmark_sandbox::{Limits, Options as Sandbox};
use serde_json::{Value, json};

use crate::desk::{Desk, unlimited};
use crate::ear::PATIENCE;

/// A window short enough to wait for, and long enough for a busy machine to make the calls of one.
pub const MINUTE: Duration = Duration::from_secs(2);

/// A sandbox of so many conversations.
fn of(conversations: u32) -> Sandbox {
    Sandbox { conversations: Some(conversations), ..unlimited() }
}

/// The same with the documented limits, in a window of [`MINUTE`].
pub fn limited(conversations: u32) -> Sandbox {
    Sandbox { limits: Limits::Sliding, minute: MINUTE, ..of(conversations) }
}

/// The newest finished conversations.
pub async fn finished(desk: &Desk, most: usize) -> Vec<ConversationRow> {
    let page = desk.page(ConversationFilter::default(), None).await.unwrap();
    page.rows.into_iter().filter(|row| row.is_finished).take(most).collect()
}

pub fn ids(rows: &[ConversationRow]) -> Vec<ConversationId> {
    rows.iter().map(|row| row.id.clone()).collect()
}

fn path(call: &Value) -> &str {
    call["path"].as_str().unwrap()
}

/// What the server was asked for of conversations: paths with how often.
async fn asked(desk: &Desk) -> HashMap<String, usize> {
    let mut asked = HashMap::new();
    for call in desk.server.calls().await.unwrap() {
        let path = path(&call);
        if path.contains("/messages/") || path.contains("/insights") {
            *asked.entry(path.to_owned()).or_default() += 1;
        }
    }
    asked
}

async fn refused(desk: &Desk) -> usize {
    desk.server.calls().await.unwrap().iter().filter(|call| call["status"] == 429).count()
}

/// What the window is told of the wait for insights.
async fn wait_for_insights(desk: &Desk) -> Duration {
    let waits = desk.console.wait_times().await.unwrap();
    let insights = waits.iter().find(|wait| wait.what == "insights");
    Duration::from_millis(insights.map(|wait| wait.wait_ms).unwrap_or_default().into())
}

async fn until(what: &str, so: impl AsyncFn() -> bool) {
    let waited = tokio::time::timeout(PATIENCE, async {
        while !so().await {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    });
    waited.await.unwrap_or_else(|_| panic!("not reached: {what}"));
}

/// Waits until everything of these conversations was read, each thing once: its transcript, each interaction's insight, each
/// recording.
async fn until_read(desk: &Desk, rows: &[ConversationRow]) {
    let mut expected = 0;
    for row in rows {
        let messages = desk.server.messages(row.id.as_str()).await.unwrap();
        let interactions: HashSet<_> = messages.iter().map(|message| message["interaction_id"].as_str()).collect();
        let voices = messages.iter().filter(|message| message["format"] == "voice").count();
        expected += interactions.len() + voices + 1;
    }
    // The look behind the console's back asked for each transcript once more.
    let all = expected + rows.len();
    let so_far = async || asked(desk).await.values().sum::<usize>();
    until("everything is read", async || so_far().await >= all).await;
    assert_eq!(so_far().await, all);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_follows_is_there_before_it_is_opened_and_nothing_is_asked_for_twice() {
    let desk = Desk::set(of(40)).await;
    let rows = finished(&desk, 6).await;
    desk.console.look_ahead(ids(&rows)).unwrap();
    until_read(&desk, &rows).await;
    let before = asked(&desk).await;
    for (index, row) in rows.iter().enumerate() {
        desk.console.look_ahead(ids(&rows[index + 1..])).unwrap();
        let messages = desk.messages(&row.id).await;
        for message in &messages {
            desk.console.read_insight(row.id.clone(), message.interaction_id.clone(), false).await.unwrap();
        }
        if messages.iter().any(|message| message.voice) {
            desk.console.open_sound(row.id.clone()).await.unwrap();
            until("the sound is there", async || {
                let sound = desk.console.read_sound(row.id.clone()).await.unwrap();
                sound.parts.iter().all(|part| part.state == PartState::Ready)
            })
            .await;
        }
    }
    assert_eq!(asked(&desk).await, before, "opening what was read asks the server for nothing");

    // Nor does the next run.
    let desk = desk.restart().await;
    finished(&desk, 6).await;
    desk.console.look_ahead(ids(&rows)).unwrap();
    for row in &rows {
        let messages = desk.messages(&row.id).await;
        desk.console.read_insight(row.id.clone(), messages[0].interaction_id.clone(), false).await.unwrap();
    }
    assert_eq!(asked(&desk).await, before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_opens_what_is_being_read_waits_for_the_same_call() {
    let desk = Desk::set(of(40)).await;
    let rows = finished(&desk, 3).await;
    desk.server.fault(json!([{ "path": "*/messages/", "times": 0, "kind": "delay", "ms": 100 }])).await.unwrap();
    desk.console.look_ahead(ids(&rows)).unwrap();
    until("the first transcript is asked for", async || desk.calls_to("/messages/").await > 0).await;
    desk.console.open_conversation(rows[0].id.clone(), false).await.unwrap();
    let path = format!("/conversation/{}/messages/", rows[0].id);
    let times: Vec<_> = asked(&desk).await.into_iter().filter(|(asked, _)| asked.ends_with(&path)).collect();
    assert_eq!(times.len(), 1);
    assert_eq!(times[0].1, 1, "one call for both");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reviewer_finds_each_next_one_ready_and_the_server_refuses_nothing() {
    let desk = Desk::set_limited(limited(60), MINUTE).await;
    let rows = finished(&desk, 10).await;
    // As fast as 45 s for a text and 75 s for a call are in a minute of two seconds.
    let pace = |voice: bool| MINUTE.mul_f64(if voice { 1.25 } else { 0.75 });
    desk.console.look_ahead(ids(&rows)).unwrap();
    let mut late = Vec::new();
    for (index, row) in rows.iter().enumerate() {
        desk.console.somebody_is_there();
        let before = asked(&desk).await;
        let opened = desk.console.open_conversation(row.id.clone(), false).await.unwrap();
        desk.console.look_ahead(ids(&rows[index + 1..])).unwrap();
        let first = &opened.first.messages[0];
        desk.console.read_insight(row.id.clone(), first.interaction_id.clone(), false).await.unwrap();
        let voice = opened.first.messages.iter().find(|message| message.voice);
        let mut wanted = vec![format!("{}/messages/", row.id), format!("{}/insights", first.interaction_id)];
        if let Some(voice) = voice {
            desk.console.open_sound(row.id.clone()).await.unwrap();
            wanted.push(format!("{}/source", voice.id));
        }
        let is_there = |end: &String| before.keys().any(|path| path.ends_with(end.as_str()));
        late.extend(wanted.iter().filter(|end| !is_there(end)).map(|end| (index, end.clone())));
        tokio::time::sleep(pace(voice.is_some())).await;
    }
    // Before the third there was no time.
    late.retain(|(index, _)| *index >= 2);
    assert!(late.is_empty(), "not read before it was opened: {late:?}");
    assert_eq!(refused(&desk).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn going_on_quickly_gives_up_what_nobody_waits_for_and_says_how_long_the_rest_takes() {
    // So long that all are opened within it on a busy machine as well.
    let minute = MINUTE * 4;
    let desk = Desk::set_limited(Sandbox { minute, ..limited(60) }, minute).await;
    let rows = finished(&desk, 15).await;
    let opening = Instant::now();
    let mut reading = Vec::new();
    for row in &rows {
        // Quick as the fingers are, the text comes first each time.
        let opened = desk.console.open_conversation(row.id.clone(), false).await.unwrap();
        let (console, id) = (desk.console.clone(), row.id.clone());
        for interaction in opened.first.messages.iter().map(|message| message.interaction_id.clone()) {
            let (console, id) = (console.clone(), id.clone());
            reading.push(tokio::spawn(async move { console.read_insight(id, interaction, false).await }));
        }
    }
    assert!(opening.elapsed() < minute, "fifteen transcripts are within the limit");
    let last = reading.last().map(|last| last.id());
    until("a wait is told", async || wait_for_insights(&desk).await > Duration::ZERO).await;
    let asked_before = desk.calls_to("/insights").await;
    let (told_at, told) = (Instant::now(), wait_for_insights(&desk).await);
    assert!(told <= minute, "{told:?}");
    until("the next one is asked for", async || desk.calls_to("/insights").await > asked_before).await;
    let waited = told_at.elapsed();
    assert!(waited.abs_diff(told) < told / 5 + Duration::from_millis(100), "told {told:?}, it took {waited:?}");
    let (mut given_up, mut read) = (0, 0);
    for reading in reading {
        let is_last = Some(reading.id()) == last;
        match reading.await.unwrap() {
            Ok(_) => read += 1,
            Err(problem) => {
                assert_eq!(problem.code, ProblemCode::Left);
                assert!(!is_last, "what is open is read");
                given_up += 1;
            }
        }
    }
    assert!(given_up > 0 && read > 0, "{given_up} given up, {read} read");
    let open = rows.last().map(|row| row.id.to_string()).unwrap_or_default();
    let insights = asked(&desk).await.into_iter().filter(|(path, _)| path.ends_with("/insights"));
    let of_others: usize = insights.filter(|(path, _)| !path.contains(&open)).map(|(_, times)| times).sum();
    assert!(of_others <= 20, "{of_others}: what waited when nobody wanted it any more was asked for");
    assert_eq!(refused(&desk).await, 0);
}
