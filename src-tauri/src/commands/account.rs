use earmark_console::{Problem, ProblemCode, SessionView, SignInForm, StartView, StorageView};
use tauri::State;

use super::{Answer, Shared};
use crate::sample::Sample;

/// What the window needs to know first; waits for the sign-in that began with the program.
#[tauri::command]
#[specta::specta]
pub(crate) async fn start(console: Shared<'_>) -> Answer<StartView> {
    Ok(console.start().await)
}

/// Signs in and remembers the account.
#[tauri::command]
#[specta::specta]
pub(crate) async fn sign_in(console: Shared<'_>, form: SignInForm) -> Answer<SessionView> {
    console.sign_in(form).await
}

/// Signs in to a remembered account.
#[tauri::command]
#[specta::specta]
pub(crate) async fn switch_account(console: Shared<'_>, id: String) -> Answer<SessionView> {
    console.switch_account(&id).await
}

/// Who is signed in, with the names that were not known when the session began.
#[tauri::command]
#[specta::specta]
pub(crate) async fn name_session(console: Shared<'_>) -> Answer<SessionView> {
    console.name_session().await
}

/// Leaves the account and forgets its keys.
#[tauri::command]
#[specta::specta]
pub(crate) async fn sign_out(console: Shared<'_>) -> Answer<StartView> {
    console.sign_out().await
}

/// Forgets a remembered account, its keys and what was kept for it here.
#[tauri::command]
#[specta::specta]
pub(crate) async fn forget_account(console: Shared<'_>, id: String) -> Answer<StartView> {
    console.forget_account(&id).await
}

/// How many changes of a remembered account were not sent yet, and would be lost with it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn unsent_work(console: Shared<'_>, id: String) -> Answer<u32> {
    console.unsent_work(&id).await
}

/// Where the reviewer's work is kept, and what must be said of that.
#[tauri::command]
#[specta::specta]
pub(crate) async fn storage(console: Shared<'_>) -> Answer<StorageView> {
    console.storage().await
}

/// Keeps the reviewer's work under a passphrase from now on, or opens what is kept under it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn use_passphrase(console: Shared<'_>, passphrase: String) -> Answer<StorageView> {
    console.use_passphrase(passphrase.into()).await
}

/// Has another passphrase open the reviewer's work from now on.
#[tauri::command]
#[specta::specta]
pub(crate) async fn change_passphrase(console: Shared<'_>, present: String, passphrase: String) -> Answer<()> {
    console.change_passphrase(present.into(), passphrase.into()).await
}

/// Signs in to the built-in sample organization.
#[tauri::command]
#[specta::specta]
pub(crate) async fn open_sample(console: Shared<'_>, sample: State<'_, Sample>) -> Answer<SessionView> {
    let keys = sample.open().await.map_err(|cause| Problem::new(ProblemCode::Internal, cause.to_string()))?;
    console.open_sample(keys).await
}
