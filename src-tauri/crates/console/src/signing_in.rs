//! Coming and going: sign-in, switching, signing out. One at a time, so that the last one asked for is the one that holds.

use std::io;
use std::sync::Arc;

use crate::console::held;
use crate::first_page::FirstPage;
use crate::keys::Keys;
use crate::session::{GivenKeys, Session};
use crate::view::{AccountView, KeysKept, SessionView, SignInForm, StartView};
use crate::{Console, Origin, Problem, ProblemCode};

impl Console {
    /// Signs in and remembers the account; its keys go to the keyring, or to memory where none takes them.
    ///
    /// # Errors
    /// A [`Problem`] with the sentence for the form; nothing is remembered then.
    pub async fn sign_in(&self, form: SignInForm) -> Result<SessionView, Problem> {
        let _turn = self.0.changing.lock().await;
        let given = GivenKeys {
            organization: required(&form.organization, "the organization's id")?,
            user_id: required(&form.user_id, "the user's id")?,
            api_key_id: required(&form.api_key_id, "the API key's id")?.into(),
            api_key: required(&form.api_key, "the API key")?.into(),
            base_url: form.base_url.trim().to_owned(),
        };
        let account = self.account_for(&given)?;
        let mut session = self.open_session(account.clone(), &given, KeysKept::ThisRun, false).await?;
        let keys = Keys { api_key_id: given.api_key_id, api_key: given.api_key };
        session.keys = self.keep_keys(&account.id, &keys).await;
        let in_keyring = session.keys == KeysKept::Keyring;
        if let Err(problem) = self.remember(account.clone(), in_keyring).await {
            // A key under a name nobody knows could never be removed.
            self.forget_keys(&account.id, in_keyring).await?;
            return Err(problem);
        }
        Ok(self.enter(session).await)
    }

    /// Signs in to an account that is remembered.
    ///
    /// # Errors
    /// A [`Problem`]; the session before stays.
    pub async fn switch_account(&self, id: &str) -> Result<SessionView, Problem> {
        let _turn = self.0.changing.lock().await;
        let account = self.accounts().find(id).cloned().ok_or_else(|| {
            Problem::new(ProblemCode::NotFound, "This account is not remembered any more. Sign in again.")
        })?;
        let session = self.resume_account(account.clone()).await?;
        self.remember(account, session.keys == KeysKept::Keyring).await?;
        Ok(self.enter(session).await)
    }

    /// Leaves the current account and forgets its keys. The sample and keys from the environment are only left.
    ///
    /// # Errors
    /// A [`Problem`] when the keyring does not forget; the session stays then, so that it can be tried again.
    pub async fn sign_out(&self) -> Result<StartView, Problem> {
        let _turn = self.0.changing.lock().await;
        let session = self.signed_in()?;
        self.close().await;
        if matches!(session.keys, KeysKept::Keyring | KeysKept::ThisRun) {
            self.forget(&session.account.id).await?;
        }
        self.leave();
        Ok(self.start_view(None).await)
    }

    /// Signs in to the built-in sample organization, for this run.
    ///
    /// # Errors
    /// A [`Problem`]; the session before stays.
    pub async fn open_sample(&self, given: GivenKeys) -> Result<SessionView, Problem> {
        let _turn = self.0.changing.lock().await;
        let session = self.open_unstored(&given, "sample", KeysKept::Sample).await?;
        Ok(self.enter(session).await)
    }

    pub(crate) async fn sign_in_from(&self, origin: Origin) -> Result<(), Problem> {
        let _turn = self.0.changing.lock().await;
        let session = match origin {
            Origin::Environment(given) => self.open_unstored(&given, "environment", KeysKept::Environment).await?,
            Origin::Sample(given) => self.open_unstored(&given, "sample", KeysKept::Sample).await?,
            Origin::LastAccount => {
                let Some(account) = self.accounts().last().cloned() else { return Ok(()) };
                self.resume_account(account).await?
            }
        };
        self.enter(session).await;
        Ok(())
    }

    async fn open_unstored(&self, given: &GivenKeys, id: &str, keys: KeysKept) -> Result<Session, Problem> {
        let account = AccountView { id: id.into(), ..self.account_for(given)? };
        self.open_session(account, given, keys, true).await
    }

    async fn resume_account(&self, account: AccountView) -> Result<Session, Problem> {
        let (keys, kept) = self.find_keys(&account.id).await?.ok_or_else(|| {
            Problem::new(ProblemCode::SignedOut, "The keys of this account are not on this computer. Sign in again.")
        })?;
        let given = GivenKeys {
            organization: account.organization.clone(),
            user_id: account.user_id.clone(),
            api_key_id: keys.api_key_id,
            api_key: keys.api_key,
            base_url: account.base_url.clone(),
        };
        self.open_session(account, &given, kept, true).await
    }

    pub(crate) async fn forget(&self, id: &str) -> Result<(), Problem> {
        let in_keyring = self.accounts().in_keyring(id);
        self.forget_keys(id, in_keyring).await?;
        let id = id.to_owned();
        self.change_accounts(move |accounts| accounts.forget(&id)).await
    }

    async fn remember(&self, account: AccountView, in_keyring: bool) -> Result<(), Problem> {
        self.change_accounts(move |accounts| accounts.remember(account, in_keyring)).await
    }

    /// Writes the accounts file away from the async threads.
    async fn change_accounts(
        &self,
        change: impl FnOnce(&mut crate::accounts::Accounts) -> io::Result<()> + Send + 'static,
    ) -> Result<(), Problem> {
        let console = self.clone();
        let changed = tokio::task::spawn_blocking(move || change(&mut console.accounts())).await;
        changed.unwrap_or_else(|_| Err(io::ErrorKind::Other.into())).map_err(file_problem)
    }

    /// The session is replaced first: what is still under way for the one before belongs to nobody then.
    async fn enter(&self, session: Session) -> SessionView {
        self.close().await;
        let view = session.view();
        let session = Arc::new(session);
        FirstPage::ask(&session);
        let left = held(&self.0.session).replace(session);
        self.abandon(left);
        *held(&self.0.start_problem) = None;
        view
    }

    pub(crate) fn leave(&self) {
        let left = held(&self.0.session).take();
        self.abandon(left);
    }

    fn abandon(&self, left: Option<Arc<Session>>) {
        if let Some(left) = left {
            left.first_page.give_up();
            left.look_ahead.stop();
            left.feedback.stop();
            left.outbox.stop();
        }
        self.0.playing.silence();
    }
}

fn required(text: &str, what: &str) -> Result<String, Problem> {
    match text.trim() {
        "" => Err(Problem::new(ProblemCode::BadInput, format!("Please enter {what}."))),
        text => Ok(text.to_owned()),
    }
}

fn file_problem(cause: std::io::Error) -> Problem {
    Problem::new(ProblemCode::Internal, "The list of accounts could not be written to the data folder.")
        .logged(&IoKind(cause.kind()))
}

/// Only the kind: a path tells who uses this computer.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct IoKind(std::io::ErrorKind);
