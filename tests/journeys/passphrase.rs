//! Where no keyring answers, a passphrase keeps the reviewer's work on this computer.

use std::sync::Arc;
use std::time::Duration;

use earmark_console::{Choice, ConversationId, DraftView, PassphraseUse, ProblemCode, StorageView, WorkKept};
use serde_json::json;

use crate::desk::{Desk, Locked, form, unlimited};
use crate::drafts::draft;
use crate::merging::{card, somebody_tags};
use crate::outbox::{cut, mend, on_server, tag, texts};

const PHRASE: &str = "four patient herons waiting";
const OTHER: &str = "another one than before";

fn comment(conversation: &ConversationId, text: &str) -> DraftView {
    draft(conversation, "comment", text)
}

async fn signed_in_without_keyring() -> Desk {
    let desk = Desk::set_with(unlimited(), Arc::new(Locked)).await;
    desk.console.sign_in(form(desk.server.credentials())).await.unwrap();
    desk
}

async fn storage(desk: &Desk) -> StorageView {
    desk.console.storage().await.unwrap()
}

#[tokio::test]
async fn what_was_done_before_it_was_chosen_lasts_and_is_sent_once() {
    let desk = signed_in_without_keyring().await;
    let before = storage(&desk).await;
    assert_eq!((before.kept, before.passphrase), (WorkKept::ThisRun, Some(PassphraseUse::Choose)));
    let row = desk.conversation_of("Daniel Reyes").await;
    desk.console.edit_tags(row.id.clone(), vec![tag("verdict", Some("sent before"))], vec![]).await.unwrap();
    desk.sent().await;
    let interaction = desk.messages(&row.id).await[0].interaction_id.clone();
    cut(&desk).await;
    desk.console.add_comment(row.id.clone(), Some(interaction.clone()), "waits while it moves".into()).await.unwrap();
    desk.console.save_draft(comment(&row.id, "half a thought")).await.unwrap();

    let short = desk.console.use_passphrase("seven c".into()).await.unwrap_err();
    assert_eq!(short.code, ProblemCode::BadInput);
    assert!(short.message.contains("at least 8 characters"), "{}", short.message);
    let chosen = desk.console.use_passphrase(PHRASE.into()).await.unwrap();
    assert_eq!(chosen, StorageView { kept: WorkKept::Passphrase, passphrase: None, notice: None });
    assert_eq!(storage(&desk).await, chosen);
    let work = desk.console.read_work(row.id.clone()).await.unwrap();
    assert!(work.comments.iter().any(|comment| comment.text == "waits while it moves"));
    assert_eq!(work.changes.len(), 1);
    let again = desk.console.use_passphrase(PHRASE.into()).await.unwrap_err();
    assert_eq!(again.code, ProblemCode::BadInput, "there is nothing to open any more");

    let desk = desk.restart().await;
    let locked = storage(&desk).await;
    assert_eq!((locked.kept, locked.passphrase), (WorkKept::ThisRun, Some(PassphraseUse::Enter)));
    assert!(locked.notice.unwrap().contains("locked with your passphrase"));
    assert_eq!(desk.console.read_drafts(row.id.clone()).await.unwrap(), []);
    let wrong = desk.console.use_passphrase("four patient herons".into()).await.unwrap_err();
    assert_eq!((wrong.code, wrong.retryable), (ProblemCode::WrongPassphrase, false));
    assert!(wrong.message.contains("does not open"), "{}", wrong.message);

    // Done before it is unlocked, in the same conversation: it follows what was done in the run before.
    desk.console.add_comment(row.id.clone(), Some(interaction), "written while locked".into()).await.unwrap();
    desk.console.save_draft(comment(&row.id, "and the other half")).await.unwrap();
    desk.console.use_passphrase(PHRASE.into()).await.unwrap();
    let both = comment(&row.id, "half a thought\n\nand the other half");
    assert_eq!(desk.console.read_drafts(row.id.clone()).await.unwrap(), [both], "neither text is lost");
    mend(&desk).await;
    desk.sent().await;
    let comments = texts(&desk, &row).await;
    let count = |text: &str| comments.iter().filter(|comment| *comment == text).count();
    assert_eq!([count("waits while it moves"), count("written while locked")], [1, 1], "{comments:?}");

    // What was sent before any of it can still be taken back, after both comments.
    for _ in 0..3 {
        desk.console.undo().await.unwrap().unwrap();
    }
    assert_eq!(desk.console.undo().await.unwrap(), None);
    desk.sent().await;
    assert_eq!(on_server(&desk, &row, "verdict").await, None);
    assert_silent(&desk, &[PHRASE, "half a thought", "waits while it moves"]);
}

#[tokio::test]
async fn a_change_on_its_way_while_the_store_is_replaced_arrives_once() {
    let desk = signed_in_without_keyring().await;
    let row = desk.conversation_of("Daniel Reyes").await;
    let interaction = desk.messages(&row.id).await[0].interaction_id.clone();
    desk.sent().await;
    desk.server
        .fault(json!([{ "path": "*", "method": "POST", "kind": "delay", "ms": 400, "times": 1 }]))
        .await
        .unwrap();
    desk.console.add_comment(row.id.clone(), Some(interaction), "once and no more".into()).await.unwrap();
    tokio::time::timeout(Duration::from_secs(10), async {
        while desk.calls_to("/feedback").await == 0 {
            tokio::task::yield_now().await;
        }
    })
    .await
    .unwrap();
    desk.console.use_passphrase(PHRASE.into()).await.unwrap();
    desk.sent().await;
    let comments = texts(&desk, &row).await;
    let found = comments.iter().filter(|comment| *comment == "once and no more").count();
    assert_eq!(found, 1, "{comments:?}");
}

#[tokio::test]
async fn another_passphrase_takes_its_place() {
    let desk = signed_in_without_keyring().await;
    let row = desk.conversation_of("Daniel Reyes").await;
    let change = async |desk: &Desk, old: &str, new: &str| desk.console.change_passphrase(old.into(), new.into()).await;
    let none = change(&desk, PHRASE, OTHER).await.unwrap_err();
    assert_eq!(none.code, ProblemCode::BadInput, "there is none to change: {}", none.message);
    desk.console.use_passphrase(PHRASE.into()).await.unwrap();
    let short = change(&desk, PHRASE, "seven c").await.unwrap_err();
    assert!(short.code == ProblemCode::BadInput && short.message.contains("at least 8"), "{}", short.message);
    let wrong = change(&desk, "four patient herons", OTHER).await.unwrap_err();
    assert_eq!(wrong.code, ProblemCode::WrongPassphrase);
    assert!(wrong.message.contains("does not open"), "{}", wrong.message);
    desk.console.save_draft(comment(&row.id, "half a thought")).await.unwrap();

    // Cut short after the first of its two files was written.
    let blocked = in_the_way(&desk, "store.new");
    let unwritten = change(&desk, PHRASE, OTHER).await.unwrap_err();
    assert_eq!(unwritten.code, ProblemCode::Storage);
    let desk = desk.restart().await;
    let code = desk.console.use_passphrase(OTHER.into()).await.unwrap_err().code;
    assert_eq!(code, ProblemCode::WrongPassphrase, "nothing has changed");
    desk.console.use_passphrase(PHRASE.into()).await.unwrap();
    std::fs::remove_dir(blocked).unwrap();

    change(&desk, PHRASE, OTHER).await.unwrap();
    desk.console.clear_cache().await.unwrap();
    let half = comment(&row.id, "half a thought");
    assert_eq!(
        desk.console.read_drafts(row.id.clone()).await.unwrap(),
        *std::slice::from_ref(&half),
        "the store is open as before"
    );
    let desk = desk.restart().await;
    assert_eq!(desk.console.use_passphrase(PHRASE.into()).await.unwrap_err().code, ProblemCode::WrongPassphrase);
    desk.console.use_passphrase(OTHER.into()).await.unwrap();
    assert_eq!(desk.console.read_drafts(row.id.clone()).await.unwrap(), [half]);
    assert_silent(&desk, &[PHRASE, OTHER]);
}

#[tokio::test]
async fn an_answer_to_what_was_asked_before_it_was_unlocked_is_not_taken_for_another() {
    let desk = signed_in_without_keyring().await;
    let row = desk.conversation_of("Daniel Reyes").await;
    desk.console.use_passphrase(PHRASE.into()).await.unwrap();
    somebody_tags(&desk, &row, json!({ "a": "theirs" })).await;
    desk.console.edit_tags(row.id.clone(), vec![tag("a", Some("mine"))], vec![]).await.unwrap();
    card(&desk, &row).await;

    // The first change of this store as well: it has the same number in it.
    let desk = desk.restart().await;
    let row = desk.conversation_of("Daniel Reyes").await;
    somebody_tags(&desk, &row, json!({ "b": "theirs" })).await;
    desk.console.edit_tags(row.id.clone(), vec![tag("b", Some("mine"))], vec![]).await.unwrap();
    let (asked, _) = card(&desk, &row).await;
    desk.console.use_passphrase(PHRASE.into()).await.unwrap();
    let refused = desk.console.choose_side(asked, Choice::Mine).await.unwrap_err();
    assert_eq!(refused.code, ProblemCode::NotFound);
    assert!(refused.message.contains("answer it once more"), "{}", refused.message);
    let told = desk.outbox_until(|outbox| outbox.needs_you == 2).await;
    assert_eq!(told.needing_you, *std::slice::from_ref(&row.id));

    let work = desk.console.read_work(row.id.clone()).await.unwrap();
    let again = work.changes.into_iter().find(|change| change.tag.as_deref() == Some("b")).unwrap();
    desk.console.choose_side(again.id, Choice::Mine).await.unwrap();
    desk.outbox_until(|outbox| outbox.needs_you == 1 && outbox.saved_here == 0).await;
    assert_eq!(on_server(&desk, &row, "b").await, Some(json!("mine")));
    assert_eq!(on_server(&desk, &row, "a").await, Some(json!("theirs")), "that is still asked");
}

/// Puts a folder where the store would write a file of this name.
fn in_the_way(desk: &Desk, name: &str) -> std::path::PathBuf {
    let label = desk.files().into_iter().find(|file| file.ends_with("store.json")).unwrap();
    let blocked = label.with_file_name(name);
    std::fs::create_dir(&blocked).unwrap();
    blocked
}

/// No file says any of this in plain text.
fn assert_silent(desk: &Desk, secrets: &[&str]) {
    for file in desk.files() {
        let bytes = std::fs::read(&file).unwrap();
        for secret in secrets {
            let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "{secret:?} lies in {:?}", file.file_name());
        }
    }
}

#[tokio::test]
async fn a_locked_account_is_forgotten_without_its_passphrase_and_begins_anew() {
    let desk = Desk::set_with(unlimited(), Arc::new(Locked)).await;
    let account = desk.console.sign_in(form(desk.server.credentials())).await.unwrap().account.id;
    let row = desk.conversation_of("Daniel Reyes").await;
    desk.console.use_passphrase(PHRASE.into()).await.unwrap();
    desk.console.save_draft(comment(&row.id, "half a thought")).await.unwrap();
    assert_eq!(desk.console.unsent_work(&account).await.unwrap(), 0);

    let next = desk.with_keyring(Arc::new(Locked));
    drop(desk.console);
    let unknown = next.unsent_work(&account).await.unwrap_err();
    assert!(unknown.message.contains("locked with a passphrase"), "{}", unknown.message);
    next.forget_account(&account).await.unwrap();
    next.sign_in(form(desk.server.credentials())).await.unwrap();
    assert_eq!(next.storage().await.unwrap().passphrase, Some(PassphraseUse::Choose));
    next.use_passphrase(OTHER.into()).await.unwrap();
    assert_eq!(next.read_drafts(row.id).await.unwrap(), []);
}

#[tokio::test]
async fn a_folder_that_lost_its_label_keeps_its_work() {
    let desk = Desk::set(unlimited()).await;
    let row = desk.conversation_of("Daniel Reyes").await;
    desk.console.save_draft(comment(&row.id, "half a thought")).await.unwrap();
    let next = desk.with_keyring(Arc::new(Locked));
    let labels = ["store.json", "store.copy.json"];
    for file in desk.files().iter().filter(|file| labels.iter().any(|label| file.ends_with(label))) {
        std::fs::remove_file(file).unwrap();
    }
    desk.console.sign_out().await.unwrap();
    next.sign_in(form(desk.server.credentials())).await.unwrap();
    assert_eq!(next.storage().await.unwrap().passphrase, Some(PassphraseUse::Choose));
    let refused = next.use_passphrase(PHRASE.into()).await.unwrap_err();
    assert_eq!(refused.code, ProblemCode::WrongPassphrase, "{}", refused.message);
    drop(next);
    let desk = desk.restart().await;
    assert_eq!(desk.console.read_drafts(row.id.clone()).await.unwrap(), [comment(&row.id, "half a thought")]);
}
