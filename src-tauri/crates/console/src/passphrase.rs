//! A passphrase in the keyring's place: the reviewer's work lasts under it, and what was done before it was given goes along.

use earmark_store::{InvalidKey, Key, KeyOrigin, Mended, Recipe, Store, StoreError};
use secrecy::{ExposeSecret, SecretString};

use crate::session::Session;
use crate::storage::{Kept, open_patiently, unkept};
use crate::stores::StoresError;
use crate::view::{StorageView, WorkKept};
use crate::{Console, Problem, ProblemCode};

/// The fewest characters of a new one.
const SHORTEST: usize = 8;

/// Why a passphrase opens nothing.
#[derive(Debug, thiserror::Error)]
enum Closed {
    #[error("Choose a passphrase of at least {SHORTEST} characters; a few words are easy to remember.")]
    TooShort,
    #[error("This passphrase does not open what is kept here. Nothing has changed; try again.")]
    Wrong,
    #[error("What is kept here has its key in the keyring; a passphrase does not open it.")]
    NotByPassphrase,
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
            Closed::TooShort | Closed::Wrong | Closed::NotByPassphrase => {
                Self::new(ProblemCode::BadInput, closed.to_string())
            }
            Closed::Spoiled(_) | Closed::Place(_) | Closed::Store(_) => Self::storage(&closed.to_string()),
        }
    }
}

impl Console {
    /// Keeps the reviewer's work under a passphrase: a new one where nothing was kept before, else the one it is kept with.
    /// What was done since the sign-in goes along.
    ///
    /// # Errors
    /// [`ProblemCode::BadInput`] for a passphrase that is too short or opens nothing; [`ProblemCode::Storage`] when nothing can
    /// be kept. What was done since the sign-in stays as it was then.
    pub async fn use_passphrase(&self, passphrase: SecretString) -> Result<StorageView, Problem> {
        let session = self.signed_in()?;
        if self.storage().await?.passphrase.is_none() {
            return Err(Closed::NotByPassphrase.into());
        }
        let (store, mended) = self.open_with(&session, passphrase).await?;
        let moved = self.go_on_in(&session, store, &mended).await;
        // Also where it failed: nothing is sent in between.
        self.open_outbox(&session).await?;
        moved
    }

    async fn open_with(&self, session: &Session, passphrase: SecretString) -> Result<(Store, Vec<Mended>), Problem> {
        let (stores, owner, now) = (self.stores(), session.owner.clone(), (self.0.now)());
        let opening = tokio::task::spawn_blocking(move || {
            let place = stores.place_of(&owner)?;
            let (recipe, is_new) = match Store::key_origin(&place.folder)? {
                Some(KeyOrigin::Passphrase(recipe)) => (recipe, false),
                Some(KeyOrigin::Elsewhere) => return Err(Closed::NotByPassphrase),
                None => (Recipe::new(&mut rand::rng()), true),
            };
            if is_new && passphrase.expose_secret().chars().count() < SHORTEST {
                return Err(Closed::TooShort);
            }
            let is_first = !place.folder.exists();
            let opened = open_patiently(&place.folder, &Key::from_passphrase(&passphrase, &recipe)?, now);
            if is_first && opened.is_err() {
                // What is left of the attempt would open with this passphrase only, and the next may be another. A folder that
                // was there before may hold work.
                let _ = Store::forget(&place.folder);
            }
            Ok(opened?)
        });
        Ok(opening.await.map_err(|_| unkept())??)
    }

    /// Has the session go on in another store, with everything that was done in the one so far.
    async fn go_on_in(&self, session: &Session, store: Store, mended: &[Mended]) -> Result<StorageView, Problem> {
        // Nothing is recorded, sent or typed while it is on the move. What is just being sent is looked up before it is sent
        // again, as after a crash.
        let _turn = session.outbox.pause().await;
        let mut kept = session.kept.write().await;
        let next = Kept::lasting(store, mended, WorkKept::Passphrase);
        if let Some(before) = &*kept {
            let (from, to) = (before.store.clone(), next.store.clone());
            let moved = tokio::task::spawn_blocking(move || to.take_over(&from)).await.map_err(|_| unkept())?;
            moved.map_err(|cause| Problem::storage(&cause.to_string()))?;
        }
        let view = next.view.clone();
        *kept = Some(next);
        Ok(view)
    }
}
