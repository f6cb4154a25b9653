//! From an answer's bytes to `review::Conversation`, against plain derived structs of the same fields.
//!
//! `cargo bench -p earmark-amigo --bench parse` prints criterion's figures and then the ratio; above 2 it fails.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::Criterion;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

/// What the project promises.
const BOUND: f64 = 2.0;

#[derive(Deserialize)]
#[expect(dead_code, reason = "only read into")]
struct PlainPage {
    conversations: Vec<PlainConversation>,
    has_more: bool,
    continuation_token: Option<i64>,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "only read into")]
struct PlainConversation {
    id: String,
    user_id: String,
    service_id: String,
    created_at: Timestamp,
    is_finished: bool,
    is_analyzed: bool,
    completed_post_processings: Vec<String>,
    final_message: String,
    num_messages: u32,
    tags: BTreeMap<String, Option<String>>,
    version_set_info: Option<PlainVersionSet>,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "only read into")]
struct PlainVersionSet {
    name: String,
    agent_version_info: (String, i64),
    service_hierarchical_state_machine_version_info: (String, i64),
    llm_model_preferences: BTreeMap<String, PlainModel>,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "only read into")]
struct PlainModel {
    llm_name: String,
}

fn conversation(n: usize) -> Value {
    let version_set = json!({
        "name": "release",
        "agent_version_info": [format!("{:024x}", 77), 12],
        "service_hierarchical_state_machine_version_info": [format!("{:024x}", 78), 31],
        "llm_model_preferences": {
            "EngageUser": { "llm_name": "a-model-2026-05", "params": { "temperature": 0.3, "top_p": 1 } },
            "SelectNextAction": { "llm_name": "another-model", "params": {} },
        },
    });
    let long = "Thank you, that helped. I will call again tomorrow when the \"results\" are in — goodbye. ";
    json!({
        "id": format!("{:024x}", n),
        "user_id": format!("customer-{}", n % 97),
        "created_at": format!("2026-11-{:02}T{:02}:{:02}:09.{:06}Z", n % 28 + 1, n % 24, n % 60, n * 37 % 1_000_000),
        "is_finished": !n.is_multiple_of(3),
        "is_analyzed": !n.is_multiple_of(4),
        "completed_post_processings": ["generate-user-models", "extract-memories", "compute-metrics"],
        "final_message": long.repeat(n % 4),
        "service_id": format!("{:024x}", n % 5),
        "version_set_info": if n.is_multiple_of(10) { Value::Null } else { version_set },
        "num_messages": n % 60,
        "tags": { "quality": "good", "follow_up": null, "language": "de" },
    })
}

/// Seven pages as a server sends them: six full ones and a rest.
fn pages() -> Vec<Vec<u8>> {
    let all: Vec<Value> = (0..1000).map(conversation).collect();
    let page = |(number, part): (usize, &[Value])| {
        let next = (part.len() == 150).then_some((number + 1) * 150);
        json!({ "conversations": part, "has_more": next.is_some(), "continuation_token": next })
            .to_string()
            .into_bytes()
    };
    all.chunks(150).enumerate().map(page).collect()
}

fn plain(pages: &[Vec<u8>]) -> usize {
    let read = |page: &Vec<u8>| {
        let page: PlainPage = serde_json::from_slice(page).expect("the pages above fit the plain structs");
        black_box(&page).conversations.len()
    };
    pages.iter().map(read).sum()
}

fn ours(pages: &[Vec<u8>]) -> usize {
    let read = |page: &Vec<u8>| {
        let page = earmark_amigo::wire::conversations_page(page).expect("the pages above are valid");
        assert_eq!(black_box(&page).unreadable, 0, "the fast way must be the one measured");
        page.items.len()
    };
    pages.iter().map(read).sum()
}

fn time(work: fn(&[Vec<u8>]) -> usize, pages: &[Vec<u8>]) -> Duration {
    let start = Instant::now();
    assert_eq!(work(pages), 1000);
    start.elapsed()
}

/// The ratio of the medians; taken in turns, so that a busy machine slows both alike.
fn ratio(pages: &[Vec<u8>]) -> f64 {
    let (mut plains, mut ourses): (Vec<_>, Vec<_>) = (0..301).map(|_| (time(plain, pages), time(ours, pages))).unzip();
    plains.sort();
    ourses.sort();
    println!("median: plain {:?}, ours {:?}", plains[150], ourses[150]);
    ourses[150].as_secs_f64() / plains[150].as_secs_f64()
}

fn main() {
    let pages = pages();
    let mut criterion = Criterion::default().configure_from_args();
    criterion.bench_function("7 pages, plain structs", |b| b.iter(|| plain(&pages)));
    criterion.bench_function("7 pages, review::Conversation", |b| b.iter(|| ours(&pages)));
    criterion.final_summary();
    let ratio = ratio(&pages);
    let how = "1,000 conversations, against plain derived structs";
    let figure =
        json!({ "name": "client: bytes to the domain", "value": ratio, "unit": "times", "at_most": BOUND, "how": how });
    println!("{figure}");
    // An unoptimized build proves nothing.
    if !cfg!(debug_assertions) && ratio > BOUND {
        std::process::exit(1);
    }
}
