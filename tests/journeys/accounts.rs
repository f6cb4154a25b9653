use std::sync::Arc;

use earmark_console::{ConversationFilter, KeysKept, Origin, ProblemCode};

use crate::desk::{Desk, Locked, form, keys, unlimited};

#[tokio::test]
async fn a_wrong_key_is_said_and_nothing_is_remembered() {
    let desk = Desk::set_signed_out(unlimited()).await;
    let mut wrong = form(desk.server.credentials());
    wrong.api_key.push('x');
    let problem = desk.console.sign_in(wrong).await.unwrap_err();
    assert_eq!(problem.code, ProblemCode::WrongKey);
    assert!(desk.console.start().await.accounts.is_empty());
}

#[tokio::test]
async fn an_empty_field_is_named_before_any_call() {
    let desk = Desk::set_signed_out(unlimited()).await;
    let mut incomplete = form(desk.server.credentials());
    incomplete.user_id = "  ".into();
    let problem = desk.console.sign_in(incomplete).await.unwrap_err();
    assert_eq!((problem.code, problem.message.as_str()), (ProblemCode::BadInput, "Please enter the user's id."));
    assert_eq!(desk.calls_to("signin").await, 0);
}

#[tokio::test]
async fn unencrypted_http_is_refused_outside_this_computer() {
    let desk = Desk::set_signed_out(unlimited()).await;
    let mut unencrypted = form(desk.server.credentials());
    unencrypted.base_url = "http://api.amigo.ai".into();
    assert_eq!(desk.console.sign_in(unencrypted).await.unwrap_err().code, ProblemCode::Insecure);
}

#[tokio::test]
async fn several_accounts_are_switched_between_and_signed_out_of() {
    let desk = Desk::set(unlimited()).await;
    let other = earmark_tests::stage::Server::start(unlimited()).await.unwrap();
    let second = desk.console.sign_in(form(other.credentials())).await.unwrap();
    assert_eq!(second.keys, KeysKept::Keyring);
    let accounts = desk.console.start().await.accounts;
    assert_eq!(accounts.len(), 2);
    let first = accounts.into_iter().find(|account| account.id != second.account.id).unwrap();
    let session = desk.console.switch_account(&first.id).await.unwrap();
    assert_eq!(session.account, first);
    let left = desk.console.sign_out().await.unwrap();
    assert_eq!(left.session, None);
    assert_eq!(left.accounts, [second.account]);
    let problem = desk.console.switch_account(&first.id).await.unwrap_err();
    assert_eq!(problem.code, ProblemCode::NotFound, "its keys are forgotten");
}

#[tokio::test]
async fn signing_in_again_does_not_remember_the_same_account_twice() {
    let desk = Desk::set(unlimited()).await;
    desk.console.sign_in(form(desk.server.credentials())).await.unwrap();
    assert_eq!(desk.console.start().await.accounts.len(), 1);
}

#[tokio::test]
async fn the_account_in_use_last_is_resumed_with_keys_from_the_keyring() {
    let desk = Desk::set(unlimited()).await;
    let again = desk.started_again(Origin::LastAccount).start().await;
    assert_eq!(again.session.unwrap().keys, KeysKept::Keyring);
    assert_eq!(again.keyring_notice, None);
}

#[tokio::test]
async fn a_keyring_that_refuses_keeps_nobody_out() {
    let desk = Desk::set_with(unlimited(), Arc::new(Locked)).await;
    let session = desk.console.sign_in(form(desk.server.credentials())).await.unwrap();
    assert_eq!(session.keys, KeysKept::ThisRun);
    let notice = desk.console.start().await.keyring_notice.unwrap();
    assert!(notice.contains("locked") && notice.contains("memory"), "{notice}");
    // It works on for this run, and at the next the account is there without its keys.
    assert!(!desk.all(ConversationFilter::default()).await.is_empty());
    let again = desk.started_again(Origin::LastAccount).start().await;
    assert_eq!((again.session, again.accounts.len()), (None, 1));
    // No key of it was ever in the keyring, so it can be forgotten although the keyring is locked.
    assert!(desk.console.sign_out().await.unwrap().accounts.is_empty());
}

#[tokio::test]
async fn an_account_stays_remembered_until_the_keyring_has_forgotten_its_keys() {
    let desk = Desk::set(unlimited()).await;
    let locked = desk.with_keyring(Arc::new(Locked));
    let account = locked.start().await.accounts.remove(0);
    assert_eq!(locked.forget_account(&account.id).await.unwrap_err().code, ProblemCode::Keyring);
    assert_eq!(locked.start().await.accounts, std::slice::from_ref(&account));
    assert!(desk.console.forget_account(&account.id).await.unwrap().accounts.is_empty());
}

#[tokio::test]
async fn what_kept_the_start_from_signing_in_is_forgotten_with_the_next_session() {
    let desk = Desk::set_signed_out(unlimited()).await;
    let mut away = keys(desk.server.credentials());
    away.base_url = "http://127.0.0.1:9".into();
    let console = desk.started_again(Origin::Environment(away));
    assert!(console.start().await.problem.is_some());
    console.sign_in(form(desk.server.credentials())).await.unwrap();
    console.sign_out().await.unwrap();
    assert_eq!(console.start().await.problem, None);
}

#[tokio::test]
async fn the_environment_signs_in_and_is_not_stored() {
    let desk = Desk::set_signed_out(unlimited()).await;
    let console = desk.started_again(Origin::Environment(keys(desk.server.credentials())));
    let session = console.start().await.session.unwrap();
    assert_eq!(session.keys, KeysKept::Environment);
    assert_eq!(session.organization_name, "Northwind Health");
    assert!(desk.started_again(Origin::LastAccount).start().await.accounts.is_empty());
}

#[tokio::test]
async fn a_server_that_is_away_at_the_start_leaves_the_account_to_try_again() {
    let desk = Desk::set_signed_out(unlimited()).await;
    let mut away = keys(desk.server.credentials());
    away.base_url = "http://127.0.0.1:9".into();
    let started = desk.started_again(Origin::Environment(away)).start().await;
    let problem = started.problem.unwrap();
    assert_eq!((problem.code, problem.retryable), (ProblemCode::Unreachable, true));
}

#[tokio::test]
async fn without_a_keyring_an_account_is_forgotten_all_the_same() {
    let desk = Desk::set_with(unlimited(), Arc::new(Locked)).await;
    let account = desk.console.sign_in(form(desk.server.credentials())).await.unwrap().account;
    assert!(desk.console.storage().await.unwrap().notice.is_some(), "what is kept does not last");
    assert!(desk.console.forget_account(&account.id).await.unwrap().accounts.is_empty());
}

#[tokio::test]
async fn forgetting_an_account_removes_its_work_and_says_before_what_is_unsent() {
    let desk = Desk::set(unlimited()).await;
    let account = desk.console.start().await.session.unwrap().account;
    let row = desk.conversation_of("Daniel Reyes").await;
    desk.sent().await;
    crate::outbox::cut(&desk).await;
    desk.console.edit_tags(row.id.clone(), vec![crate::outbox::tag("verdict", None)], vec![]).await.unwrap();
    assert_eq!(desk.console.unsent_work(&account.id).await.unwrap(), 1);
    assert!(desk.files().iter().any(|file| file.ends_with("work.db")));
    desk.console.forget_account(&account.id).await.unwrap();
    assert!(!desk.files().iter().any(|file| file.ends_with("work.db")), "{:?}", desk.files());
    crate::outbox::mend(&desk).await;
    desk.console.sign_in(form(desk.server.credentials())).await.unwrap();
    assert_eq!(desk.sent().await.needs_you, 0);
    assert_eq!(crate::outbox::on_server(&desk, &row, "verdict").await, None, "it is gone with the account");
}
