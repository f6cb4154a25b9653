//! What encryption costs, and what a reviewer waits for.
//!
//! `cargo bench -p earmark-store --features plain --bench bulk_insert` prints criterion's figures and then each against its
//! bound; above one of those a reviewer waits for, it fails. What encryption costs is printed.

use std::time::{Duration, Instant};

use criterion::{BatchSize, Criterion};
use earmark_review::{ConversationId, InteractionId, Message, MessageFormat, MessageId, MessageKind, UserId};
use earmark_store::{CompleteMessages, EditState, Key, NewEdit, Store};
use jiff::Timestamp;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::json;

/// Encrypted against plain, for 10,000 messages.
const RATIO: f64 = 1.2;
/// Opening one cached conversation among 10,000.
const OPENING: Duration = Duration::from_millis(30);
/// An edit on the disk, 95th percentile, while 1,000 wait.
const EDIT: Duration = Duration::from_millis(30);

type Transcripts = Vec<(ConversationId, CompleteMessages)>;

fn now() -> Timestamp {
    Timestamp::UNIX_EPOCH
}

fn key(rng: &mut StdRng, plain: bool) -> Key {
    if plain { Key::plain() } else { Key::random(rng) }
}

/// Words at random, so that a message packs no better than one that was said.
fn text(rng: &mut StdRng, words: usize) -> String {
    let syllables =
        ["ka", "to", "ren", "mi", "sol", "va", "der", "an", "li", "che", "pu", "ist", "or", "ne", "gal", "wy"];
    let mut text = String::new();
    for _ in 0..words {
        // Out of 800 words, about what a conversation makes use of.
        let mut word = rng.random_range(0..800_usize);
        for _ in 0..1 + word % 3 {
            text.push_str(syllables[word % syllables.len()]);
            word = word / 2 + 7;
        }
        text.push(' ');
    }
    text
}

/// A conversation's id.
fn id(conversation: usize) -> ConversationId {
    ConversationId::new(format!("{conversation:024x}")).expect("hexadecimal is an id")
}

fn transcript(conversation: usize, count: usize) -> (ConversationId, CompleteMessages) {
    let mut rng = StdRng::seed_from_u64(conversation as u64);
    let mut unique = || format!("{:024x}", rng.random::<u128>() >> 32);
    let ids: Vec<(String, String)> = (0..count).map(|_| (unique(), unique())).collect();
    let message = |(n, (message, interaction)): (usize, &(String, String))| Message {
        id: MessageId::new(message).expect("hexadecimal is an id"),
        interaction_id: InteractionId::new(interaction).expect("hexadecimal is an id"),
        created_at: Timestamp::from_microsecond((conversation * 1_000_000_007 + n * 7_654_321) as i64)
            .expect("a small number is a time"),
        sender: if n.is_multiple_of(2) { "Ana Lindqvist".into() } else { "Scheduling agent".into() },
        text: text(&mut rng, 4 + n * 7 % 40),
        format: MessageFormat::Voice,
        kind: if n.is_multiple_of(2) { MessageKind::User } else { MessageKind::Agent },
    };
    let messages = ids.iter().enumerate().map(message).collect();
    (id(conversation), CompleteMessages { messages, ..CompleteMessages::default() })
}

/// 10,000 messages in 200 conversations.
fn transcripts() -> Transcripts {
    (0..200).map(|n| transcript(n, 50)).collect()
}

/// A store with nothing in it, in a folder of its own.
struct Fresh {
    store: Store,
    _folder: tempfile::TempDir,
}

fn fresh(key: &Key) -> Fresh {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let (store, _) = Store::open(folder.path(), key, now()).expect("an empty folder opens");
    Fresh { store, _folder: folder }
}

fn fill(fresh: &Fresh, transcripts: &Transcripts) {
    let all: Vec<_> = transcripts.iter().map(|(id, messages)| (id, messages)).collect();
    fresh.store.put_transcripts(&all, now()).expect("there is room for it");
}

fn time(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

/// The medians' ratio; taken in turns, so that a busy machine slows both alike.
fn ratio(plain: &Key, encrypted: &Key, transcripts: &Transcripts) -> f64 {
    let once = |key: &Key| {
        let fresh = fresh(key);
        time(|| fill(&fresh, transcripts))
    };
    let (mut plains, mut encrypteds): (Vec<_>, Vec<_>) = (0..41).map(|_| (once(plain), once(encrypted))).unzip();
    plains.sort();
    encrypteds.sort();
    println!("10,000 messages, median: plain {:?}, encrypted {:?}", plains[20], encrypteds[20]);
    encrypteds[20].as_secs_f64() / plains[20].as_secs_f64()
}

fn report(what: &str, mut times: Vec<Duration>) -> Duration {
    times.sort();
    let at = |hundredth: usize| times[(times.len() - 1) * hundredth / 100];
    println!("{what}: median {:?}, 95th percentile {:?}, longest {:?}", at(50), at(95), at(100));
    at(95)
}

/// Opens conversations at random among 10,000 of 30 messages.
fn opening(key: &Key, rng: &mut StdRng) -> Duration {
    let fresh = fresh(key);
    for hundred in 0..100 {
        fill(&fresh, &(0..100).map(|n| transcript(hundred * 100 + n, 30)).collect());
    }
    let size = fresh.store.cache_size().expect("it can be asked");
    println!("10,000 conversations take {} MB, {} MB on the disk", size.bytes >> 20, size.on_disk >> 20);
    let times = (0..500).map(|_| {
        let id = id(rng.random_range(0..10_000));
        time(|| {
            let found = fresh.store.transcript(&id).expect("it can be read");
            assert_eq!(found.map(|found| found.value.messages.len()), Some(30));
        })
    });
    report("opening one of 10,000 conversations", times.collect())
}

fn edit(n: usize) -> NewEdit {
    NewEdit {
        conversation: id(n % 50),
        who: UserId::new("reviewer").expect("a word is an id"),
        change: r#"{"set":{"quality":"good"},"remove":[]}"#.into(),
        before: r#"{"quality":null}"#.into(),
        made_at: now(),
        due_at: now(),
        undoes: None,
        redoes: None,
    }
}

/// Records edits while 1,000 wait.
fn recording(key: &Key) -> Duration {
    let fresh = fresh(key);
    for n in 0..1_000 {
        fresh.store.record(&edit(n)).expect("there is room for it");
    }
    let times = (0..300).map(|n| {
        time(|| {
            fresh.store.record(&edit(n)).expect("there is room for it");
        })
    });
    report("an edit on the disk while 1,000 wait", times.collect())
}

/// Opens a store in which much was done: every page of work is read and checked.
fn starting(key: &Key) -> Duration {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let open = || Store::open(folder.path(), key, now()).expect("it opens").0;
    let store = open();
    for n in 0..5_000 {
        let id = store.record(&edit(n)).expect("there is room for it");
        for state in [EditState::Sending(String::new()), EditState::Sent] {
            store.set_state(id, state, now(), "", Some("0123456789abcdef")).expect("the step is allowed");
        }
    }
    drop(store);
    let times = (0..20).map(|_| time(|| drop(open())));
    report("opening a store with 5,000 edits and 15,000 rows of history", times.collect())
}

/// For `cargo xtask bench`.
fn figure(name: &str, value: f64, unit: &str, at_most: f64, how: &str) {
    println!("{}", json!({ "name": name, "value": value, "unit": unit, "at_most": at_most, "how": how }));
}

fn main() {
    let mut rng = StdRng::seed_from_u64(11);
    let (plain, encrypted) = (key(&mut rng, true), key(&mut rng, false));
    let transcripts = transcripts();
    let mut criterion = Criterion::default().sample_size(20).configure_from_args();
    for (name, key) in [("10,000 messages, plain", &plain), ("10,000 messages, encrypted", &encrypted)] {
        criterion.bench_function(name, |bencher| {
            bencher.iter_batched(
                || fresh(key),
                |fresh| {
                    fill(&fresh, &transcripts);
                    fresh
                },
                BatchSize::PerIteration,
            );
        });
    }
    criterion.final_summary();

    let ratio = ratio(&plain, &encrypted, &transcripts);
    let (opening, recording) = (opening(&encrypted, &mut rng), recording(&encrypted));
    figure("store: encrypted against plain", ratio, "times", RATIO, "10,000 messages put");
    let ms = |duration: Duration| duration.as_secs_f64() * 1_000.0;
    figure("store: a conversation of 10,000", ms(opening), "ms", ms(OPENING), "opened, 95th percentile");
    figure("store: an edit on the disk", ms(recording), "ms", ms(EDIT), "while 1,000 wait, 95th percentile");
    starting(&encrypted);
    // An unoptimized build proves nothing.
    if !cfg!(debug_assertions) && (opening > OPENING || recording > EDIT) {
        std::process::exit(1);
    }
}
