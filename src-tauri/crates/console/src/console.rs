use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::OnceCell;

use crate::Problem;
use crate::accounts::Accounts;
use crate::keys::Places;
use crate::playing::{MakeOutput, Playing};
use crate::secrets::Secrets;
use crate::session::{GivenKeys, Session};
use crate::view::StartView;

/// What the program is told once, at its start.
pub struct Options {
    /// Folder for everything but the keys.
    pub data_dir: PathBuf,
    /// What to sign in with at the start.
    pub origin: Origin,
    /// What stands in for the operating system's keyring; `None` for the keyring itself.
    pub keyring: Option<Arc<dyn Secrets>>,
    /// Where sound goes.
    pub output: MakeOutput,
    /// The time of day.
    pub now: fn() -> Timestamp,
    /// Length of the window the server counts calls in; a minute but for tests and benches.
    pub minute: Duration,
    /// How long a change can be taken back before it is sent; five seconds but for tests.
    pub grace: Duration,
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
    /// The usual program: last account, keyring, the sound device, a minute's window, five seconds of grace.
    pub fn in_folder(data_dir: PathBuf) -> Self {
        Self {
            data_dir,
            origin: Origin::LastAccount,
            keyring: None,
            output: Box::new(|alarm| Box::new(earmark_audio::DeviceOutput::new(alarm))),
            now: Timestamp::now,
            minute: Duration::from_secs(60),
            grace: Duration::from_secs(5),
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
    pub(crate) grace: SignedDuration,
    pub(crate) accounts: Mutex<Accounts>,
    pub(crate) session: Mutex<Option<Arc<Session>>>,
    pub(crate) playing: Playing,
    pub(crate) places: Places,
    /// Held by whoever changes the session.
    pub(crate) changing: tokio::sync::Mutex<()>,
    /// Why the session expected at the start is not there; gone with the next one.
    pub(crate) start_problem: Mutex<Option<Problem>>,
    origin: Mutex<Option<Origin>>,
    started: OnceCell<()>,
}

impl Console {
    /// A console that has not signed in yet: see [`Console::start`].
    pub fn new(options: Options) -> Self {
        Self(Arc::new(Inner {
            accounts: Mutex::new(Accounts::read(&options.data_dir)),
            data_dir: options.data_dir,
            now: options.now,
            minute: options.minute,
            grace: SignedDuration::try_from(options.grace).unwrap_or_default(),
            session: Mutex::new(None),
            playing: Playing::new(options.output),
            places: Places::new(options.keyring),
            changing: tokio::sync::Mutex::default(),
            start_problem: Mutex::default(),
            origin: Mutex::new(Some(options.origin)),
            started: OnceCell::new(),
        }))
    }

    /// Signs in as the options say, once, and tells what the window needs to know first.
    ///
    /// Called early, while the window loads, it saves the window that time: a later call waits for the same sign-in.
    pub async fn start(&self) -> StartView {
        let begin = || async {
            let early = self.clone();
            tokio::spawn(async move { early.look_for_keyring().await });
            let origin = held(&self.0.origin).take();
            if let Some(origin) = origin
                && let Err(problem) = self.sign_in_from(origin).await
            {
                *held(&self.0.start_problem) = Some(problem);
            }
        };
        self.0.started.get_or_init(begin).await;
        let problem = held(&self.0.start_problem).clone();
        self.start_view(problem).await
    }

    pub(crate) async fn start_view(&self, problem: Option<Problem>) -> StartView {
        let session = self.signed_in().ok().map(|session| session.view());
        StartView {
            keyring_notice: self.keyring_notice(session.is_none()).await,
            session,
            problem,
            accounts: self.accounts().all(),
            regions: crate::session::regions(),
            version: env!("CARGO_PKG_VERSION").into(),
            data_dir: self.0.data_dir.display().to_string(),
        }
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
