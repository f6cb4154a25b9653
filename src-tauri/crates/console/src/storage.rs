//! Where what a reviewer does is kept: a store of its own for each person on each server.
//!
//! Its key lies in the keyring. Where none can be had the store lies in a folder of this run that goes with it, and whoever is
//! signed in is told so: what is typed is never left in plain text, and never silently forgotten.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use earmark_store::{Key, Mended, Store, StoreError};
use jiff::Timestamp;
use tempfile::TempDir;

use crate::session::Session;
use crate::stores::Owner;
use crate::view::KeysKept;
use crate::{Console, Problem, ProblemCode};

/// The folder of all stores, in the data folder.
pub(crate) const FOLDER: &str = "work";
const UNKEPT: &str = "What you did could not be kept.";
const PASSING: &str = "What you do is kept until you leave the account or Earmark closes, and then forgotten.";
/// How long a store is waited for that is in use.
const PATIENCE: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(50);

/// A store while its owner is signed in.
pub(crate) struct Kept {
    pub(crate) store: Arc<Store>,
    /// What must be said of it: that it does not last, or what was mended.
    pub(crate) notice: Option<String>,
    /// Removed with this run, where the store goes with it.
    _passing: Option<TempDir>,
}

impl Console {
    /// What must be said of where the reviewer's work is kept; nothing when all is well.
    ///
    /// # Errors
    /// A [`Problem`] when nobody is signed in, or nothing can be kept at all.
    pub async fn storage_notice(&self) -> Result<Option<String>, Problem> {
        let session = self.signed_in()?;
        Ok(self.kept(&session).await?.notice.clone())
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
        self.kept(session).await?;
        session.in_store(work).await.map_err(|why| Problem::storage(&why))
    }

    /// A session's store, opened at the first need: a keyring that does not answer must not keep a reviewer out.
    pub(crate) async fn kept<'session>(&self, session: &'session Session) -> Result<&'session Kept, Problem> {
        if let Some(kept) = session.kept.get() {
            return Ok(kept);
        }
        let kept = session.kept.get_or_try_init(|| self.open_store(session)).await?;
        session.keep_early();
        Ok(kept)
    }

    async fn open_store(&self, session: &Session) -> Result<Kept, Problem> {
        if session.keys == KeysKept::Sample {
            // It ends with the run, and so does what is done in it.
            return self.passing_store(None).await;
        }
        match self.lasting_store(session.owner.clone()).await {
            Ok((store, mended)) => Ok(Kept { store: Arc::new(store), notice: said_of(&mended), _passing: None }),
            Err(why) => self.passing_store(Some(format!("{why} {PASSING}"))).await,
        }
    }

    /// The store in the data folder; or why it cannot be opened, in a sentence.
    async fn lasting_store(&self, owner: Owner) -> Result<(Store, Vec<Mended>), String> {
        let stores = self.stores();
        let place = blocking(move || stores.place_of(&owner)).await?;
        let key = match self.find_in_keyring(&place.entry).await.map_err(|cause| cause.to_string())? {
            Some(hex) => Key::from_hex(&hex).map_err(|cause| cause.to_string())?,
            None => {
                let folder = place.folder.clone();
                if blocking(move || Store::key_origin(&folder)).await?.is_some() {
                    return Err("The key to what you did here is not in the keyring any more.".to_owned());
                }
                let key = Key::random(&mut rand::rng());
                self.keep_in_keyring(&place.entry, key.to_hex()).await.map_err(|cause| cause.to_string())?;
                key
            }
        };
        let now = (self.0.now)();
        blocking(move || open_patiently(&place.folder, &key, now)).await
    }

    async fn passing_store(&self, notice: Option<String>) -> Result<Kept, Problem> {
        let now = (self.0.now)();
        let opened = blocking(move || -> Result<_, StoreError> {
            let folder = tempfile::tempdir()?;
            // Nobody keeps the key, so nobody reads what a crash leaves behind.
            let (store, _) = Store::open(folder.path(), &Key::random(&mut rand::rng()), now)?;
            Ok((store, folder))
        });
        let (store, folder) = opened.await.map_err(|why| Problem::new(ProblemCode::Storage, why))?;
        Ok(Kept { store: Arc::new(store), notice, _passing: Some(folder) })
    }
}

impl Session {
    /// Does something with the store, which must be open, away from the async threads; answers why it failed in a sentence.
    pub(crate) async fn in_store<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Store) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, String> {
        let Some(kept) = self.kept.get() else { return Err(UNKEPT.to_owned()) };
        let store = kept.store.clone();
        blocking(move || work(&store)).await.inspect_err(|why| tracing::warn!(%why, "the store failed"))
    }
}

/// Opens a store that what is still under way for the session before may hold for a moment.
fn open_patiently(folder: &Path, key: &Key, now: Timestamp) -> Result<(Store, Vec<Mended>), StoreError> {
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
