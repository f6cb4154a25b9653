//! The server is slow: what is kept is shown meanwhile, and the server's own page comes in its place without a second call.

use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use earmark_console::{
    ConversationFilter, ConversationPage, PageToken, Problem, ProblemCode, Secrets, SecretsError, SessionView, ThisRun,
};
use earmark_sandbox::{Limits, Options as Sandbox};
use secrecy::SecretString;
use serde_json::json;

use crate::desk::{Desk, Locked, form, unlimited};

/// Longer than anybody waits for the server before what is kept is shown.
const SLOW: Duration = Duration::from_secs(3);

async fn slow(desk: &Desk) {
    let ms = SLOW.as_millis();
    desk.server
        .fault(json!([{ "method": "GET", "path": "*/conversation/", "kind": "delay", "ms": ms }]))
        .await
        .unwrap();
}

async fn list(desk: &Desk, filter: ConversationFilter, next: Option<PageToken>) -> Result<ConversationPage, Problem> {
    desk.console.list_conversations(filter, next).await
}

fn everything() -> ConversationFilter {
    ConversationFilter::default()
}

fn unfinished() -> ConversationFilter {
    ConversationFilter { is_finished: Some(false), ..everything() }
}

/// A desk in a later run, with the list of the run before kept.
async fn read_before(sandbox: Sandbox) -> Desk {
    let desk = Desk::set(sandbox).await;
    desk.kept().await;
    desk.restart().await
}

async fn list_calls(desk: &Desk) -> usize {
    desk.calls_to("/conversation/").await
}

#[tokio::test]
async fn what_is_kept_is_shown_and_the_server_is_asked_once() {
    let desk = read_before(unlimited()).await;
    for filter in [everything(), unfinished()] {
        let now = desk.page(filter.clone(), None).await.unwrap();
        slow(&desk).await;
        let before = list_calls(&desk).await;
        let kept = list(&desk, filter.clone(), None).await.unwrap();
        assert_eq!(kept.rows, now.rows);
        assert!(kept.kept_since.is_some());
        let late = kept.late.expect("the server is still asked");
        let came = list(&desk, filter, Some(late)).await.unwrap();
        assert_eq!(came, ConversationPage { late: None, kept_since: None, ..now });
        assert_eq!(list_calls(&desk).await, before + 1, "one call for both");
        desk.server.fault(json!([])).await.unwrap();
    }
}

#[tokio::test]
async fn it_is_there_at_the_start_of_a_later_run() {
    let desk = Desk::set(unlimited()).await;
    desk.kept().await;
    let rows = desk.all(everything()).await;
    slow(&desk).await;
    let desk = desk.restart().await;
    let kept = list(&desk, everything(), None).await.unwrap();
    assert!(kept.late.is_some());
    assert_eq!(kept.rows, rows[..kept.rows.len()], "with all names");
    let came = list(&desk, everything(), kept.late).await.unwrap();
    assert_eq!((came.kept_since, came.rows), (None, kept.rows));
}

#[tokio::test]
async fn it_is_there_before_a_server_that_is_late_has_signed_in() {
    let desk = Desk::set(unlimited()).await;
    desk.kept().await;
    let before = desk.calls_to("signin").await;
    desk.server.fault(json!([{ "path": "*/signin_with_api_key", "kind": "delay", "ms": 5_000 }])).await.unwrap();
    let desk = desk.restart().await;
    let kept = list(&desk, everything(), None).await.unwrap();
    assert!(kept.late.is_some() && !kept.rows.is_empty());
    let came = list(&desk, everything(), kept.late).await.unwrap();
    assert_eq!((came.kept_since, came.rows), (None, kept.rows));
    assert_eq!(desk.calls_to("signin").await, before + 1, "nobody signs in twice");
}

#[tokio::test]
async fn names_that_come_late_are_learned_later() {
    let desk = Desk::set(unlimited()).await;
    desk.kept().await;
    let called = |session: SessionView| (session.organization_name, session.me.name);
    let session = desk.console.start().await.session.unwrap();
    let id = session.account.organization.clone();
    let named = called(session);
    assert!(named.0 != id && named.1.is_some(), "{named:?}");
    desk.server.fault(json!([{ "path": "*/signin_with_api_key", "kind": "delay", "ms": 3_000 }])).await.unwrap();
    let desk = desk.restart().await;
    let late = desk.console.start().await.session.unwrap();
    assert_eq!(called(late), (id, None), "ids for now");
    assert_eq!(called(desk.console.name_session().await.unwrap()), named, "from the server");
    desk.server.fault(json!([{ "path": "*", "kind": "drop" }])).await.unwrap();
    let desk = desk.restart().await;
    let away = list(&desk, everything(), None).await.unwrap();
    assert!(away.kept_since.is_some());
    assert_eq!(called(desk.console.name_session().await.unwrap()), named, "from the run before");
}

#[tokio::test]
async fn a_server_that_is_quick_is_all_that_is_shown() {
    let desk = read_before(unlimited()).await;
    let page = desk.page(everything(), None).await.unwrap();
    assert_eq!((page.late, page.kept_since), (None, None));
}

#[tokio::test]
async fn what_the_servers_limit_holds_back_is_waited_for_beside_what_is_kept() {
    let minute = Duration::from_secs(4);
    let sandbox = Sandbox { limits: Limits::Sliding, minute, ..Sandbox::default() };
    let desk = Desk::set_limited(sandbox, minute).await;
    desk.kept().await;
    let late = loop {
        let page = list(&desk, everything(), None).await.unwrap();
        if let Some(late) = page.late {
            break late;
        }
    };
    let began = Instant::now();
    let came = list(&desk, everything(), Some(late)).await.unwrap();
    assert_eq!((came.late, came.kept_since), (None, None));
    assert!(began.elapsed() < 2 * minute);
    let calls = desk.server.calls().await.unwrap();
    assert!(calls.iter().all(|call| call["status"] != 429), "no call is wasted");
}

#[tokio::test]
async fn where_nothing_is_kept_the_server_is_waited_for() {
    let desk = Desk::set_with(unlimited(), Arc::new(Locked)).await;
    slow(&desk).await;
    desk.console.sign_in(form(desk.server.credentials())).await.unwrap();
    let nobody = ConversationFilter { tags: vec!["nobody:has it".into()], ..everything() };
    for filter in [everything(), nobody] {
        let page = list(&desk, filter, None).await.unwrap();
        assert_eq!((page.late, page.kept_since), (None, None));
    }
}

/// A keyring that does not answer from some moment on.
#[derive(Default)]
struct Hanging {
    secrets: ThisRun,
    hangs: Mutex<bool>,
    released: Condvar,
}

impl Hanging {
    fn hang(&self, hangs: bool) {
        *self.hangs.lock().unwrap() = hangs;
        self.released.notify_all();
    }

    fn wait(&self) {
        drop(self.released.wait_while(self.hangs.lock().unwrap(), |hangs| *hangs).unwrap());
    }
}

impl Secrets for Hanging {
    fn put(&self, name: &str, secret: &SecretString) -> Result<(), SecretsError> {
        self.wait();
        self.secrets.put(name, secret)
    }

    fn get(&self, name: &str) -> Result<Option<SecretString>, SecretsError> {
        self.wait();
        self.secrets.get(name)
    }

    fn forget(&self, name: &str) -> Result<(), SecretsError> {
        self.wait();
        self.secrets.forget(name)
    }
}

#[tokio::test]
async fn a_keyring_that_hangs_does_not_hold_the_servers_page_up() {
    let keyring = Arc::new(Hanging::default());
    let desk = Desk::set_with(unlimited(), keyring.clone()).await;
    desk.console.sign_in(form(desk.server.credentials())).await.unwrap();
    desk.kept().await;
    let later = desk.with_keyring(keyring.clone());
    assert!(later.start().await.session.is_some());
    keyring.hang(true);
    slow(&desk).await;
    let page = tokio::time::timeout(5 * SLOW, later.list_conversations(unfinished(), None)).await;
    keyring.hang(false);
    let page = page.expect("the keyring holds it up").unwrap();
    assert_eq!((page.late, page.kept_since), (None, None), "the server's own");
    assert!(!page.rows.is_empty());
}

#[tokio::test]
async fn where_the_late_server_fails_what_was_kept_stays() {
    let desk = read_before(unlimited()).await;
    let now = desk.page(everything(), None).await.unwrap();
    // Tried again after a second, and once more.
    let away = json!([{ "path": "*/conversation/", "kind": "status", "code": 503, "retry_after": 1 }]);
    desk.server.fault(away).await.unwrap();
    let kept = list(&desk, everything(), None).await.unwrap();
    assert!(kept.late.is_some());
    let failed = list(&desk, everything(), kept.late.clone()).await.unwrap();
    assert_eq!(failed, ConversationPage { late: None, ..kept });
    assert_eq!(failed.rows, now.rows);

    let refused = json!([{ "path": "*/conversation/", "kind": "status", "code": 500 }]);
    desk.server.fault(refused).await.unwrap();
    let problem = desk.page(everything(), None).await.unwrap_err();
    assert_eq!(problem.code, ProblemCode::ServerFailed, "a server that answers is no server that is away");
}

#[tokio::test]
async fn another_list_or_account_gives_the_one_up_that_is_under_way() {
    let desk = read_before(unlimited()).await;
    desk.page(everything(), None).await.unwrap();
    slow(&desk).await;
    let waiting = async |filter| {
        let kept = list(&desk, filter, None).await.unwrap();
        let (console, late) = (desk.console.clone(), kept.late.unwrap());
        let next = Some(late.clone());
        let asked = tokio::spawn(async move { console.list_conversations(everything(), next).await });
        tokio::task::yield_now().await;
        (asked, late)
    };
    let (first, late) = waiting(everything()).await;
    let (second, _) = waiting(unfinished()).await;
    assert_eq!(first.await.unwrap().unwrap_err().code, ProblemCode::Left);
    assert_eq!(list(&desk, everything(), Some(late)).await.unwrap_err().code, ProblemCode::Left);

    // What is looked up by its id is no other list.
    let id = desk.page(unfinished(), None).await.unwrap().rows[0].id.clone();
    assert_eq!(second.await.unwrap().unwrap_err().code, ProblemCode::Left, "listed anew");
    let (third, _) = waiting(everything()).await;
    let one = ConversationFilter { ids: vec![id.clone()], ..everything() };
    assert_eq!(list(&desk, one, None).await.unwrap().rows[0].id, id);
    assert_eq!(third.await.unwrap().unwrap().kept_since, None);

    let (fourth, late) = waiting(everything()).await;
    desk.console.sign_in(form(desk.server.credentials())).await.unwrap();
    assert_eq!(fourth.await.unwrap().unwrap_err().code, ProblemCode::Left);
    assert_eq!(list(&desk, everything(), Some(late)).await.unwrap_err().code, ProblemCode::Left, "of another session");
    let (fifth, _) = waiting(unfinished()).await;
    desk.console.sign_out().await.unwrap();
    assert_eq!(fifth.await.unwrap().unwrap_err().code, ProblemCode::Left);
}
