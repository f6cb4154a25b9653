use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::OnceCell;

use crate::accounts::Accounts;
use crate::playing::{MakeOutput, Playing};
use crate::secrets::{Keyring, Secrets, ThisRun};
use crate::session::{GivenKeys, Session};
use crate::view::StartView;
use crate::{Problem, SecretsError};

/// What the program is told once, at its start.
pub struct Options {
    /// Folder for everything but the keys.
    pub data_dir: PathBuf,
    /// What to sign in with at the start.
    pub origin: Origin,
    /// Where keys are kept: `None` for the operating system's keyring, with memory as the fallback.
    pub secrets: Option<Box<dyn Secrets>>,
    /// Where sound goes.
    pub output: MakeOutput,
    /// The time of day.
    pub now: fn() -> Timestamp,
    /// Length of the window the server counts calls in; a minute but for tests and benches.
    pub minute: Duration,
}

/// What to sign in with at the start.
pub enum Origin {
    /// The account in use last, if its keys can be found.
    LastAccount,
    /// Keys from the environment, for this run and not stored.
    Environment(GivenKeys),
    /// The built-in sample organization.
    Sample(GivenKeys),
}

impl Options {
    /// The usual program: last account, keyring, the sound device, a minute's window.
    pub fn in_folder(data_dir: PathBuf) -> Self {
        Self {
            data_dir,
            origin: Origin::LastAccount,
            secrets: None,
            output: Box::new(|alarm| Box::new(earmark_audio::DeviceOutput::new(alarm))),
            now: Timestamp::now,
            minute: Duration::from_secs(60),
        }
    }
}

/// The review console. Clones share everything.
#[derive(Clone)]
pub struct Console(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) data_dir: PathBuf,
    pub(crate) now: fn() -> Timestamp,
    pub(crate) minute: Duration,
    pub(crate) accounts: Mutex<Accounts>,
    pub(crate) session: Mutex<Option<Arc<Session>>>,
    pub(crate) playing: Playing,
    origin: Mutex<Option<Origin>>,
    given_secrets: Mutex<Option<Box<dyn Secrets>>>,
    secrets: OnceCell<Kept>,
    resumed: OnceCell<Option<Problem>>,
}

/// Where keys are kept, and why not in the keyring.
#[derive(Clone)]
pub(crate) struct Kept {
    pub(crate) place: Arc<dyn Secrets>,
    pub(crate) notice: Option<SecretsError>,
}

impl Console {
    /// A console that has not signed in yet: see [`Console::start`].
    pub fn new(options: Options) -> Self {
        Self(Arc::new(Inner {
            accounts: Mutex::new(Accounts::read(&options.data_dir)),
            data_dir: options.data_dir,
            now: options.now,
            minute: options.minute,
            session: Mutex::new(None),
            playing: Playing::new(options.output),
            origin: Mutex::new(Some(options.origin)),
            given_secrets: Mutex::new(options.secrets),
            secrets: OnceCell::new(),
            resumed: OnceCell::new(),
        }))
    }

    /// Signs in as the options say, once, and tells what the window needs to know first.
    ///
    /// Called early, while the window loads, it saves the window that time: a later call waits for the same sign-in.
    pub async fn start(&self) -> StartView {
        let early = self.clone();
        tokio::spawn(async move { early.secrets().await });
        let problem = self
            .0
            .resumed
            .get_or_init(|| async {
                let origin = held(&self.0.origin).take();
                match origin {
                    Some(origin) => self.sign_in_from(origin).await.err(),
                    None => None,
                }
            })
            .await
            .clone();
        self.start_view(problem).await
    }

    pub(crate) async fn start_view(&self, problem: Option<Problem>) -> StartView {
        let session = self.signed_in().ok().map(|session| session.view());
        // Whoever is signed in already does not wait for a keyring; it is looked for all the same, for the next account.
        let kept = match &session {
            Some(_) => self.0.secrets.get().cloned(),
            None => Some(self.secrets().await),
        };
        let keyring_notice = kept
            .and_then(|kept| kept.notice)
            .map(|cause| format!("{cause} Keys will be kept in memory and forgotten when Earmark closes."));
        StartView {
            problem: problem.filter(|_| session.is_none()),
            session,
            accounts: self.accounts().all(),
            regions: crate::session::regions(),
            keyring_notice,
            version: env!("CARGO_PKG_VERSION").into(),
            data_dir: self.0.data_dir.display().to_string(),
        }
    }

    /// Where keys are kept; found at the first need, on a worker.
    pub(crate) async fn secrets(&self) -> Kept {
        self.0
            .secrets
            .get_or_init(|| async {
                if let Some(given) = held(&self.0.given_secrets).take() {
                    return Kept { place: given.into(), notice: None };
                }
                match blocking(Keyring::find).await {
                    Ok(keyring) => Kept { place: Arc::new(keyring), notice: None },
                    Err(cause) => Kept { place: Arc::new(ThisRun::default()), notice: Some(cause) },
                }
            })
            .await
            .clone()
    }

    /// The current session.
    pub(crate) fn signed_in(&self) -> Result<Arc<Session>, Problem> {
        held(&self.0.session).clone().ok_or_else(Problem::signed_out)
    }

    pub(crate) fn accounts(&self) -> MutexGuard<'_, Accounts> {
        held(&self.0.accounts)
    }
}

/// A lock whose data stays valid even if a holder panicked: all holders replace whole values.
pub(crate) fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs what may block for seconds away from the async threads.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, SecretsError> + Send + 'static,
) -> Result<T, SecretsError> {
    tokio::task::spawn_blocking(work).await.unwrap_or(Err(SecretsError::Failed))
}
