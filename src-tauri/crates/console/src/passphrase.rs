//! A passphrase in the keyring's place: the reviewer's work lasts under it, what was done before it was given goes along, and
//! another can take its place.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use earmark_store::{InvalidKey, Key, KeyOrigin, Mended, Store, StoreError};
use secrecy::{ExposeSecret, SecretString};

use crate::drafts::join_drafts;
use crate::session::Session;
use crate::storage::{Kept, blocking, open_patiently, unkept};
use crate::stores::StoresError;
use crate::view::{StorageView, WorkKept};
use crate::{Console, Problem, ProblemCode};

/// The fewest characters of a new one.
const SHORTEST: usize = 8;
/// How long a call that is just being made is waited for.
const PATIENCE: Duration = Duration::from_secs(20);

/// Why a passphrase opens nothing.
#[derive(Debug, thiserror::Error)]
enum Closed {
    #[error("Choose a passphrase of at least {SHORTEST} characters; a few words are easy to remember.")]
    TooShort,
    #[error("This passphrase does not open what is kept here. Nothing has changed; try again.")]
    Wrong,
    #[error("A passphrase does not open what is kept here.")]
    NotByPassphrase,
    #[error("What you do is kept under your passphrase already.")]
    Already,
    #[error("What is needed to open it is damaged, so no passphrase opens it any more.")]
    Spoiled(#[from] InvalidKey),
    #[error(transparent)]
    Place(#[from] StoresError),
    #[error(transparent)]
    Store(StoreError),
}

impl From<StoreError> for Closed {
    fn from(cause: StoreError) -> Self {
        match cause {
            StoreError::WrongKey => Self::Wrong,
            cause => Self::Store(cause),
        }
    }
}

impl From<Closed> for Problem {
    fn from(closed: Closed) -> Self {
        match closed {
            Closed::Wrong => Self::new(ProblemCode::WrongPassphrase, closed.to_string()),
            Closed::TooShort | Closed::NotByPassphrase | Closed::Already => {
                Self::new(ProblemCode::BadInput, closed.to_string())
            }
            Closed::Spoiled(_) | Closed::Place(_) | Closed::Store(_) => Self::storage(&closed.to_string()),
        }
    }
}

/// A store that a passphrase opened.
struct Opened {
    store: Store,
    mended: Vec<Mended>,
    /// The folder, where there was none before.
    began: Option<PathBuf>,
}

impl Console {
    /// Keeps the reviewer's work under a passphrase: a new one where nothing was kept before, else the one it is kept with.
    /// What was done since the sign-in goes along.
    ///
    /// # Errors
    /// [`ProblemCode::BadInput`] for a passphrase that is too short, [`ProblemCode::WrongPassphrase`] for one that opens nothing;
    /// [`ProblemCode::Storage`] when nothing can be kept. What was done since the sign-in stays as it was then.
    pub async fn use_passphrase(&self, passphrase: SecretString) -> Result<StorageView, Problem> {
        let session = self.signed_in()?;
        let now = self.storage().await?;
        if now.passphrase.is_none() {
            let is_kept = now.kept == WorkKept::Passphrase;
            return Err(if is_kept { Closed::Already } else { Closed::NotByPassphrase }.into());
        }
        let opened = self.open_with(&session, passphrase).await?;
        let moved = self.go_on_in(&session, opened).await;
        session.keep_early();
        moved
    }

    /// Has another passphrase open the reviewer's work from now on. Wherever that is cut short, the old one or the new one does.
    ///
    /// # Errors
    /// [`ProblemCode::WrongPassphrase`] when the old one is another; [`ProblemCode::BadInput`] when the new one is too short, or
    /// the work is not kept under a passphrase; [`ProblemCode::Storage`] when it cannot be written. Nothing has changed then.
    pub async fn change_passphrase(&self, old: SecretString, new: SecretString) -> Result<(), Problem> {
        let session = self.signed_in()?;
        self.open_store(&session).await?;
        let kept = session.kept.read().await;
        let now = kept.as_ref().filter(|kept| kept.view.kept == WorkKept::Passphrase).ok_or(Closed::NotByPassphrase)?;
        let store = now.store.clone();
        let changing = tokio::task::spawn_blocking(move || -> Result<_, Closed> {
            let key = key_in(store.folder(), &old)?.ok_or(Closed::NotByPassphrase)?;
            Ok(store.lock_anew(&lock(&key, &new)?)?)
        });
        Ok(changing.await.map_err(|_| unkept())??)
    }

    async fn open_with(&self, session: &Session, passphrase: SecretString) -> Result<Opened, Problem> {
        let (stores, owner, now) = (self.stores(), session.owner.clone(), (self.0.now)());
        let opening = tokio::task::spawn_blocking(move || -> Result<_, Closed> {
            let place = stores.place_of(&owner)?;
            let key = match key_in(&place.folder, &passphrase)? {
                Some(key) => key,
                None => lock(&Key::random(&mut rand::rng()), &passphrase)?,
            };
            // A folder that was there before may hold work.
            let began = (!place.folder.exists()).then(|| place.folder.clone());
            match open_patiently(&place.folder, &key, now) {
                Ok((store, mended)) => Ok(Opened { store, mended, began }),
                Err(cause) => {
                    // What cannot be removed is told at the next attempt.
                    let _ = abandon(began.as_deref());
                    Err(cause.into())
                }
            }
        });
        Ok(opening.await.map_err(|_| unkept())??)
    }

    /// Has the session go on in another store, with everything that was done in the one so far.
    async fn go_on_in(&self, session: &Arc<Session>, opened: Opened) -> Result<StorageView, Problem> {
        let Opened { store, mended, began } = opened;
        // Nothing is recorded, sent or typed while it is on the move.
        let moved = match session.outbox.pause(PATIENCE).await {
            Some(_turn) => {
                let moved = self.move_into(session, store, &mended).await;
                if let Err(problem) = self.load_outbox(session).await {
                    // Whatever is done next reads it.
                    session.outbox.report(&problem.message);
                }
                moved
            }
            None => {
                drop(store);
                let busy = "A change is just being sent, and the server takes its time. Try again in a moment.";
                Err(Problem::storage(busy))
            }
        };
        if moved.is_err() {
            let _ = blocking(move || abandon(began.as_deref())).await;
        }
        moved
    }

    async fn move_into(&self, session: &Session, store: Store, mended: &[Mended]) -> Result<StorageView, Problem> {
        let mut kept = session.kept.write().await;
        let next = Kept::lasting(store, mended, WorkKept::Passphrase);
        if let Some(before) = &*kept {
            let (from, to) = (before.store.clone(), next.store.clone());
            let moving = blocking(move || {
                join_drafts(&from, &to)?;
                to.take_over(&from)
            });
            moving.await.map_err(|why| Problem::storage(&why))?;
        }
        let view = next.view.clone();
        *kept = Some(next);
        Ok(view)
    }
}

/// The key of what is in a folder, as this passphrase opens it; nothing where there is nothing yet.
fn key_in(folder: &Path, passphrase: &SecretString) -> Result<Option<Key>, Closed> {
    match Store::key_origin(folder)? {
        Some(KeyOrigin::Passphrase(recipe)) => Ok(Some(Key::from_passphrase(passphrase, &recipe)?)),
        Some(KeyOrigin::Elsewhere) => Err(Closed::NotByPassphrase),
        None => Ok(None),
    }
}

/// The same key under a new passphrase.
fn lock(key: &Key, passphrase: &SecretString) -> Result<Key, Closed> {
    if passphrase.expose_secret().chars().count() < SHORTEST {
        return Err(Closed::TooShort);
    }
    Ok(key.locked_with(passphrase, &mut rand::rng())?)
}

/// Removes what is left of an attempt: it would open with this passphrase only, and the next may be another.
fn abandon(began: Option<&Path>) -> Result<(), StoreError> {
    began.map_or(Ok(()), Store::forget)
}
