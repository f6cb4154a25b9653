//! Who is signed in: sign-in, switching, signing out.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use earmark_amigo::{ApiKey, BaseUrl, Client, ClientOptions, Region};
use earmark_review::UserId;
use secrecy::SecretString;

use crate::browse::FirstPage;
use crate::console::{blocking, held};
use crate::names::Names;
use crate::opened::Library;
use crate::view::{AccountView, KeysKept, RegionView, SessionView, SignInForm, StartView};
use crate::{Console, Keys, Origin, Problem, ProblemCode};

/// Everything needed to sign in.
#[derive(Clone)]
pub struct GivenKeys {
    /// The organization's id.
    pub organization: String,
    /// Whom the key acts as.
    pub user_id: String,
    /// The key's id.
    pub api_key_id: SecretString,
    /// The key.
    pub api_key: SecretString,
    /// The server's address; empty for the United States region.
    pub base_url: String,
}

/// One signed-in account and what was read with it. Dropped as a whole when the account changes.
pub(crate) struct Session {
    account: AccountView,
    keys: KeysKept,
    organization_name: String,
    pub(crate) me: UserId,
    pub(crate) client: Client,
    pub(crate) names: Names,
    pub(crate) library: Mutex<Library>,
    pub(crate) first_page: FirstPage,
}

impl Session {
    pub(crate) fn view(&self) -> SessionView {
        SessionView {
            account: self.account.clone(),
            organization_name: self.organization_name.clone(),
            me: self.names.person(&self.me),
            keys: self.keys,
        }
    }
}

/// Preset servers.
pub(crate) fn regions() -> Vec<RegionView> {
    Region::ALL
        .iter()
        .map(|region| RegionView { name: region.name().into(), base_url: region.base_url().as_str().into() })
        .collect()
}

impl Console {
    /// Signs in and remembers the account; its keys go to the keyring, or to memory where there is none.
    ///
    /// # Errors
    /// A [`Problem`] with the sentence for the form; nothing is remembered then.
    pub async fn sign_in(&self, form: SignInForm) -> Result<SessionView, Problem> {
        let given = GivenKeys {
            organization: required(&form.organization, "the organization's id")?,
            user_id: required(&form.user_id, "the user's id")?,
            api_key_id: required(&form.api_key_id, "the API key's id")?.into(),
            api_key: required(&form.api_key, "the API key")?.into(),
            base_url: form.base_url.trim().to_owned(),
        };
        let account = self.account_for(&given)?;
        let kept = self.secrets().await;
        let keys = if kept.place.lasting() { KeysKept::Keyring } else { KeysKept::ThisRun };
        let session = self.open_session(account.clone(), &given, keys).await?;
        let stored = Keys { api_key_id: given.api_key_id, api_key: given.api_key };
        let (place, id) = (kept.place.clone(), account.id.clone());
        blocking(move || place.put(&id, &stored)).await.map_err(keyring_problem)?;
        self.accounts().remember(account).map_err(file_problem)?;
        Ok(self.enter(session))
    }

    /// Signs in to an account that is remembered.
    ///
    /// # Errors
    /// A [`Problem`]; the session before stays.
    pub async fn switch_account(&self, id: &str) -> Result<SessionView, Problem> {
        let account = self.accounts().find(id).cloned().ok_or_else(|| {
            Problem::new(ProblemCode::NotFound, "This account is not remembered any more. Sign in again.")
        })?;
        let session = self.resume_account(account.clone()).await?;
        self.accounts().remember(account).map_err(file_problem)?;
        Ok(self.enter(session))
    }

    /// Leaves the current account and forgets its keys. The sample and keys from the environment are only left.
    ///
    /// # Errors
    /// A [`Problem`] when the keyring does not forget; the session stays then, so that it can be tried again.
    pub async fn sign_out(&self) -> Result<StartView, Problem> {
        let session = self.signed_in()?;
        if matches!(session.keys, KeysKept::Keyring | KeysKept::ThisRun) {
            return self.forget_account(&session.account.id).await;
        }
        self.leave();
        Ok(self.start_view(None).await)
    }

    /// Forgets a remembered account and its keys, and leaves it if it is the current one.
    ///
    /// # Errors
    /// A [`Problem`] when keyring or file cannot be changed; the account is still remembered then.
    pub async fn forget_account(&self, id: &str) -> Result<StartView, Problem> {
        let place = self.secrets().await.place;
        let owned = id.to_owned();
        blocking(move || place.forget(&owned)).await.map_err(keyring_problem)?;
        self.accounts().forget(id).map_err(file_problem)?;
        if self.signed_in().is_ok_and(|session| session.account.id == id) {
            self.leave();
        }
        Ok(self.start_view(None).await)
    }

    /// Signs in to the built-in sample organization, for this run.
    ///
    /// # Errors
    /// A [`Problem`]; the session before stays.
    pub async fn open_sample(&self, given: GivenKeys) -> Result<SessionView, Problem> {
        let session = self.open_unstored(&given, "sample", KeysKept::Sample).await?;
        Ok(self.enter(session))
    }

    pub(crate) async fn sign_in_from(&self, origin: Origin) -> Result<(), Problem> {
        let session = match origin {
            Origin::Environment(given) => self.open_unstored(&given, "environment", KeysKept::Environment).await?,
            Origin::Sample(given) => self.open_unstored(&given, "sample", KeysKept::Sample).await?,
            Origin::LastAccount => {
                let Some(account) = self.accounts().last().cloned() else { return Ok(()) };
                self.resume_account(account).await?
            }
        };
        self.enter(session);
        Ok(())
    }

    async fn open_unstored(&self, given: &GivenKeys, id: &str, keys: KeysKept) -> Result<Session, Problem> {
        let account = AccountView { id: id.into(), ..self.account_for(given)? };
        self.open_session(account, given, keys).await
    }

    async fn resume_account(&self, account: AccountView) -> Result<Session, Problem> {
        let kept = self.secrets().await;
        let keys_kept = if kept.place.lasting() { KeysKept::Keyring } else { KeysKept::ThisRun };
        let (place, id) = (kept.place.clone(), account.id.clone());
        let keys = blocking(move || place.get(&id)).await.map_err(keyring_problem)?.ok_or_else(|| {
            Problem::new(ProblemCode::SignedOut, "The keys of this account are not on this computer. Sign in again.")
        })?;
        let given = GivenKeys {
            organization: account.organization.clone(),
            user_id: account.user_id.clone(),
            api_key_id: keys.api_key_id,
            api_key: keys.api_key,
            base_url: account.base_url.clone(),
        };
        self.open_session(account, &given, keys_kept).await
    }

    async fn open_session(&self, account: AccountView, given: &GivenKeys, keys: KeysKept) -> Result<Session, Problem> {
        let me = UserId::new(&given.user_id)
            .map_err(|_| Problem::new(ProblemCode::BadInput, "This user id cannot be used. Check it and try again."))?;
        let key = ApiKey {
            organization: given.organization.clone(),
            user_id: me.clone(),
            api_key_id: given.api_key_id.clone(),
            api_key: given.api_key.clone(),
            base_url: base_url(&given.base_url)?,
        };
        // The sample has no limits, and counting against some would only make the reviewer wait.
        let window = if keys == KeysKept::Sample { Duration::ZERO } else { self.0.minute };
        let options = ClientOptions { window, ..ClientOptions::default() };
        let client = Client::new(key, options)?;
        client.sign_in().await?;
        let names = Names::default();
        let first_page = FirstPage::ask(client.clone());
        // A server may hide its organization or its people; neither keeps a reviewer out.
        let ((), organization_name) =
            tokio::join!(names.learn_people(&client, std::slice::from_ref(&me)), client.organization_name());
        let organization_name = organization_name.unwrap_or_else(|_| given.organization.clone());
        Ok(Session { account, keys, organization_name, me, client, names, library: Mutex::default(), first_page })
    }

    /// The account these keys belong to: the one remembered for the same person there, or a new one.
    fn account_for(&self, given: &GivenKeys) -> Result<AccountView, Problem> {
        let address = base_url(&given.base_url)?;
        let accounts = self.accounts();
        if let Some(known) = accounts.same(&given.organization, &given.user_id, address.as_str()) {
            return Ok(known.clone());
        }
        let region = Region::ALL.iter().find(|region| region.base_url() == address);
        Ok(AccountView {
            id: crate::reference::random_id(),
            organization: given.organization.clone(),
            user_id: given.user_id.clone(),
            server: region.map_or_else(|| address.as_str().to_owned(), |region| region.name().to_owned()),
            base_url: address.as_str().to_owned(),
        })
    }

    fn enter(&self, session: Session) -> SessionView {
        self.0.playing.silence();
        let view = session.view();
        *held(&self.0.session) = Some(Arc::new(session));
        view
    }

    fn leave(&self) {
        self.0.playing.silence();
        *held(&self.0.session) = None;
    }
}

fn base_url(text: &str) -> Result<BaseUrl, Problem> {
    match text.trim() {
        "" => Ok(Region::Us.base_url()),
        text => BaseUrl::parse(text).map_err(|cause| Problem::new(ProblemCode::BadInput, cause.to_string())),
    }
}

fn required(text: &str, what: &str) -> Result<String, Problem> {
    match text.trim() {
        "" => Err(Problem::new(ProblemCode::BadInput, format!("Please enter {what}."))),
        text => Ok(text.to_owned()),
    }
}

fn keyring_problem(cause: crate::SecretsError) -> Problem {
    let message = format!("{cause} Unlock it and try again; nothing else has changed.");
    Problem::new(ProblemCode::Keyring, message).retryable().logged(&cause)
}

fn file_problem(cause: std::io::Error) -> Problem {
    Problem::new(ProblemCode::Internal, "The list of accounts could not be written to the data folder.")
        .logged(&IoKind(cause.kind()))
}

/// Only the kind: a path tells who uses this computer.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct IoKind(std::io::ErrorKind);
