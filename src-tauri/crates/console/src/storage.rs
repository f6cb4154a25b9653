//! Where what a reviewer does is kept: a store of its own for each person on each server.
//!
//! Its key lies in the keyring, or is made of the reviewer's passphrase where there is none (`passphrase`). Until that is given
//! the store lies in a folder of this run that goes with it, and whoever is signed in is told so: what is typed is never left
//! in plain text, and never silently forgotten.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use earmark_store::{Key, KeyOrigin, Mended, Store, StoreError};
use jiff::Timestamp;
use tempfile::TempDir;

use crate::session::Session;
use crate::stores::Owner;
use crate::view::{KeysKept, PassphraseUse, StorageView, WorkKept};
use crate::{Console, Problem, ProblemCode, SecretsError};

/// The folder of all stores, in the data folder.
pub(crate) const FOLDER: &str = "work";
const UNKEPT: &str = "What you did could not be kept.";
const PASSING: &str = "What you do is kept until you leave the account or Earmark closes, and then forgotten.";
const LOCKED: &str = "What you did here before is locked with your passphrase. Unlock it, and what you do meanwhile goes \
                      along; else that is forgotten when you leave the account or Earmark closes.";
const LOST: &str = "The key to what you did here is not in the keyring any more, so nobody can read it. To begin anew, \
                    choose Add an account in the account menu and forget this one there.";
/// How long a store is waited for that is in use.
const PATIENCE: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(50);

/// A store while its owner is signed in.
pub(crate) struct Kept {
    pub(crate) store: Arc<Store>,
    pub(crate) view: StorageView,
    /// Removed with this run, where the store goes with it.
    _passing: Option<TempDir>,
}

impl Kept {
    /// A store that outlives the program.
    pub(crate) fn lasting(store: Store, mended: &[Mended], kept: WorkKept) -> Self {
        let view = StorageView { kept, passphrase: None, notice: said_of(mended) };
        Self { store: Arc::new(store), view, _passing: None }
    }
}

/// Why the store in the data folder is not open, and whether a passphrase would help.
struct Barred {
    why: String,
    passphrase: Option<PassphraseUse>,
}

impl From<String> for Barred {
    fn from(why: String) -> Self {
        Self { why, passphrase: None }
    }
}

impl Console {
    /// Where the reviewer's work is kept, and what must be said of that.
    ///
    /// # Errors
    /// A [`Problem`] when nobody is signed in, or nothing can be kept at all.
    pub async fn storage(&self) -> Result<StorageView, Problem> {
        let session = self.signed_in()?;
        self.open_store(&session).await?;
        let kept = session.kept.read().await;
        kept.as_ref().map(|kept| kept.view.clone()).ok_or_else(unkept)
    }

    /// Does something with a session's store, away from the async threads.
    ///
    /// # Errors
    /// [`ProblemCode::Storage`] with the store's own sentence.
    pub(crate) async fn with_store<T: Send + 'static>(
        &self,
        session: &Session,
        work: impl FnOnce(&Store) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Problem> {
        self.open_store(session).await?;
        session.in_store(work).await.map_err(|why| Problem::storage(&why))
    }

    /// Opens a session's store at the first need: a keyring that does not answer must not keep a reviewer out.
    pub(crate) async fn open_store(&self, session: &Session) -> Result<(), Problem> {
        if session.kept.read().await.is_some() {
            return Ok(());
        }
        let mut kept = session.kept.write().await;
        if kept.is_none() {
            *kept = Some(self.first_store(session).await?);
            drop(kept);
            session.keep_early();
        }
        Ok(())
    }

    async fn first_store(&self, session: &Session) -> Result<Kept, Problem> {
        if session.keys == KeysKept::Sample {
            // It ends with the run, and so does what is done in it.
            return self.passing_store(None, None).await;
        }
        match self.lasting_store(session.owner.clone()).await {
            Ok((store, mended)) => Ok(Kept::lasting(store, &mended, WorkKept::Keyring)),
            Err(Barred { why, passphrase }) => {
                let notice = if passphrase == Some(PassphraseUse::Enter) { why } else { format!("{why} {PASSING}") };
                self.passing_store(Some(notice), passphrase).await
            }
        }
    }

    /// The store in the data folder, with its key from the keyring.
    async fn lasting_store(&self, owner: Owner) -> Result<(Store, Vec<Mended>), Barred> {
        let stores = self.stores();
        let place = blocking(move || stores.place_of(&owner)).await?;
        let folder = place.folder.clone();
        let origin = blocking(move || Store::key_origin(&folder)).await?;
        if let Some(KeyOrigin::Passphrase(_)) = origin {
            return Err(Barred { why: LOCKED.into(), passphrase: Some(PassphraseUse::Enter) });
        }
        // What is there already has its key elsewhere, and no passphrase opens it.
        let passphrase = origin.is_none().then_some(PassphraseUse::Choose);
        let no_keyring = |cause: SecretsError| Barred { why: cause.to_string(), passphrase };
        let key = match self.find_in_keyring(&place.entry).await.map_err(no_keyring)? {
            Some(hex) => Key::from_hex(&hex).map_err(|cause| cause.to_string())?,
            None if origin.is_some() => return Err(LOST.to_owned().into()),
            None => {
                let key = Key::random(&mut rand::rng());
                self.keep_in_keyring(&place.entry, key.to_hex()).await.map_err(no_keyring)?;
                key
            }
        };
        let now = (self.0.now)();
        Ok(blocking(move || open_patiently(&place.folder, &key, now)).await?)
    }

    async fn passing_store(&self, notice: Option<String>, passphrase: Option<PassphraseUse>) -> Result<Kept, Problem> {
        let now = (self.0.now)();
        let opened = blocking(move || -> Result<_, StoreError> {
            let folder = tempfile::tempdir()?;
            // Nobody keeps the key, so nobody reads what a crash leaves behind.
            let (store, _) = Store::open(folder.path(), &Key::random(&mut rand::rng()), now)?;
            Ok((store, folder))
        });
        let (store, folder) = opened.await.map_err(|why| Problem::new(ProblemCode::Storage, why))?;
        let view = StorageView { kept: WorkKept::ThisRun, passphrase, notice };
        Ok(Kept { store: Arc::new(store), view, _passing: Some(folder) })
    }
}

impl Session {
    /// Does something with the store, which must be open, away from the async threads; answers why it failed in a sentence.
    pub(crate) async fn in_store<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Store) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, String> {
        let kept = self.kept.read().await;
        let Some(Kept { store, .. }) = &*kept else { return Err(UNKEPT.to_owned()) };
        let store = store.clone();
        blocking(move || work(&store)).await.inspect_err(|why| tracing::warn!(%why, "the store failed"))
    }
}

/// Opens a store that what is still under way for the session before may hold for a moment.
pub(crate) fn open_patiently(folder: &Path, key: &Key, now: Timestamp) -> Result<(Store, Vec<Mended>), StoreError> {
    let began = Instant::now();
    loop {
        match Store::open(folder, key, now) {
            Err(StoreError::InUse) if began.elapsed() < PATIENCE => std::thread::sleep(PAUSE),
            opened => return opened,
        }
    }
}

/// What was mended, as sentences; nothing where nothing is lost.
fn said_of(mended: &[Mended]) -> Option<String> {
    let said: Vec<String> = mended.iter().filter_map(sentence).collect();
    (!said.is_empty()).then(|| said.join(" "))
}

fn sentence(mended: &Mended) -> Option<String> {
    match mended {
        // It fills again by itself.
        Mended::CacheRebuilt => None,
        Mended::WorkGone => {
            Some("What you did here before is gone from the data folder. A new beginning was made.".into())
        }
        Mended::WorkSaved { kept_aside, lost, .. } => {
            let what = match lost {
                Some(0) => "all of it was saved".to_owned(),
                Some(lost) => format!("{lost} entries could not be read"),
                None => "what could be read was saved".to_owned(),
            };
            Some(format!("What you did here was damaged on the disk; {what}. The damaged file stays as {kept_aside}."))
        }
    }
}

/// That something could not be kept, for no reason that is known.
pub(crate) fn unkept() -> Problem {
    Problem::new(ProblemCode::Internal, UNKEPT).retryable()
}

/// Runs what waits for the disk away from the async threads; answers why it failed in a sentence.
pub(crate) async fn blocking<T: Send + 'static, E: std::fmt::Display + Send + 'static>(
    work: impl FnOnce() -> Result<T, E> + Send + 'static,
) -> Result<T, String> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done.map_err(|cause| cause.to_string()),
        Err(_) => Err(UNKEPT.to_owned()),
    }
}
