//! Reading ahead while the server refuses, lies about its limits, or gives them to somebody else: nothing is asked in a
//! hurry, and what the reviewer opens comes first.

use std::time::{Duration, Instant};

use earmark_amigo::{ApiKey, BaseUrl, Client, ClientOptions};
use earmark_console::ConversationRow;
use earmark_review::{InteractionId, UserId};
use jiff::{SignedDuration, Timestamp, fmt::rfc2822};
use serde_json::{Value, json};

use crate::ahead::{MINUTE, finished, ids, limited};
use crate::desk::{Desk, keys};

/// What is read ahead.
const READ: [&str; 3] = ["*/messages/", "*/insights", "*/source"];
/// How many calls of these a window holds.
const ALLOWED: usize = 20 + 20 + 30;

async fn desk() -> (Desk, Vec<ConversationRow>) {
    let desk = Desk::set_limited(limited(60), MINUTE).await;
    let rows = finished(&desk, usize::MAX).await;
    (desk, rows)
}

async fn fault(desk: &Desk, kind: &Value) {
    let faults = READ.map(|path| {
        let mut fault = kind.clone();
        fault["path"] = path.into();
        fault
    });
    desk.server.fault(json!(faults)).await.unwrap();
}

/// The calls of what is read ahead.
async fn calls(desk: &Desk) -> Vec<Value> {
    let of_these = |call: &Value| {
        let path = call["path"].as_str().unwrap();
        READ.iter().any(|end| path.ends_with(end.trim_start_matches('*')))
    };
    desk.server.calls().await.unwrap().into_iter().filter(of_these).collect()
}

/// As in a header.
fn http_date(from_now: SignedDuration) -> String {
    let at = Timestamp::now() + from_now;
    rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&at).unwrap()
}

/// Opens what nobody read ahead; answers how long that took.
async fn open_the_last(desk: &Desk, rows: &[ConversationRow]) -> Duration {
    let began = Instant::now();
    desk.console.open_conversation(rows.last().unwrap().id.clone(), false).await.unwrap();
    began.elapsed()
}

async fn is_refused(name: &str, kind: Value) {
    let (desk, rows) = desk().await;
    fault(&desk, &kind).await;
    desk.console.look_ahead(ids(&rows[..20])).unwrap();
    tokio::time::sleep(MINUTE * 2).await;
    let asked = calls(&desk).await.len();
    assert!(asked > 0 && asked < ALLOWED / 2, "{name}: asked {asked} times in two windows");
    fault(&desk, &json!({ "kind": "delay", "ms": 0 })).await;
    let took = open_the_last(&desk, &rows).await;
    assert!(took < MINUTE, "{name}: what was opened came after {took:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_refuses_is_asked_seldom_and_a_click_is_served_once_it_is_back() {
    let refused = |code: u16, retry_after: Value| json!({ "kind": "status", "code": code, "retry_after": retry_after });
    let page = |code: u16| json!({ "kind": "status", "code": code, "body": "<html><body>Proxy</body></html>" });
    let hour = http_date(SignedDuration::from_hours(1));
    tokio::join!(
        is_refused("429", refused(429, Value::Null)),
        is_refused("429 until an hour from now", refused(429, hour.into())),
        is_refused("429 for an hour", refused(429, json!(3600))),
        is_refused("503", refused(503, Value::Null)),
        is_refused("503 for a second", refused(503, json!(1))),
        is_refused("a proxy's page", page(200)),
        is_refused("a proxy's failure", page(502)),
    );
}

async fn is_lied_to(name: &str, set: Value, at_least: usize) {
    let (desk, rows) = desk().await;
    fault(&desk, &json!({ "kind": "headers", "set": set })).await;
    desk.console.look_ahead(ids(&rows[..20])).unwrap();
    tokio::time::sleep(MINUTE * 2).await;
    let asked = calls(&desk).await;
    assert!((at_least..=ALLOWED * 3).contains(&asked.len()), "{name}: asked {} times in two windows", asked.len());
    assert!(asked.iter().all(|call| call["status"] != 429), "{name}: refused");
    let took = open_the_last(&desk, &rows).await;
    assert!(took < MINUTE + MINUTE / 4, "{name}: what was opened came after {took:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_whose_headers_are_wrong_is_read_all_the_same() {
    let three = |limit: Value, remaining: Value, reset: Value| json!({ "x-ratelimit-limit": limit, "x-ratelimit-remaining": remaining, "x-ratelimit-reset": reset });
    let tomorrow = http_date(SignedDuration::from_hours(24));
    tokio::join!(
        is_lied_to("none", three(Value::Null, Value::Null, Value::Null), ALLOWED),
        is_lied_to("nonsense", three("many".into(), "-3".into(), "soon".into()), ALLOWED),
        is_lied_to("reset long ago", three("20".into(), "0".into(), "1".into()), 6),
        is_lied_to("a clock a day ahead", json!({ "date": tomorrow }), 6),
        // One call in a window is what nobody can do without.
        is_lied_to("nothing allowed", three("0".into(), "0".into(), Value::Null), 3),
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn somebody_else_with_the_same_key_takes_half_and_reading_goes_on_without_a_storm() {
    const WINDOWS: u32 = 4;
    let (desk, rows) = desk().await;
    let apart = rows.last().unwrap().id.clone();
    let said = desk.server.messages(apart.as_str()).await.unwrap();
    let interaction = InteractionId::new(said[0]["interaction_id"].as_str().unwrap()).unwrap();
    let given = keys(desk.server.credentials());
    let key = ApiKey {
        organization: given.organization,
        user_id: UserId::new(given.user_id).unwrap(),
        api_key_id: given.api_key_id,
        api_key: given.api_key,
        base_url: BaseUrl::parse(&given.base_url).unwrap(),
    };
    let options = ClientOptions { window: Duration::ZERO, ..ClientOptions::default() };
    let other = Client::new(key, options).unwrap();
    let id = apart.clone();
    let taking = tokio::spawn(async move {
        let mut every = tokio::time::interval(MINUTE / 10);
        loop {
            every.tick().await;
            let _ = other.insight(&id, &interaction).await;
        }
    });
    desk.console.look_ahead(ids(&rows[..rows.len() - 1])).unwrap();
    tokio::time::sleep(MINUTE * WINDOWS).await;
    taking.abort();
    let ours = calls(&desk).await.into_iter().filter(|call| {
        let path = call["path"].as_str().unwrap();
        path.ends_with("/insights") && !path.contains(apart.as_str())
    });
    let (refused, read): (Vec<Value>, Vec<Value>) = ours.partition(|call| call["status"] == 429);
    let times: Vec<u64> = read.iter().map(|call| call["at_ms"].as_u64().unwrap()).collect();
    let stall = times.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap();
    assert!(refused.len() <= 3 * WINDOWS as usize, "a storm: {} refused, {} read", refused.len(), read.len());
    // The server tells its times in whole seconds, which is much of such a minute.
    let longest = MINUTE + Duration::from_millis(1_250);
    assert!(u128::from(stall) <= longest.as_millis(), "a stall of {stall} ms");
    // Half of the limit is ten a window.
    assert!(read.len() >= 6 * WINDOWS as usize, "{} read", read.len());
}
