//! Removing from this computer: an account with its work, or everything that can be fetched again.

use std::sync::Arc;

use earmark_store::{Key, KeyOrigin, Store};

use crate::session::{Session, base_url};
use crate::storage::{FOLDER, blocking};
use crate::stores::{Owner, Place, Stores};
use crate::view::{AccountView, StartView, WorkKept};
use crate::{Console, Problem, ProblemCode};

impl Console {
    /// Forgets a remembered account, its keys and everything that was kept for it here, unsent changes included, and leaves
    /// it if it is the current one.
    ///
    /// # Errors
    /// A [`Problem`] when keyring or files cannot be changed; the account is still remembered then.
    pub async fn forget_account(&self, id: &str) -> Result<StartView, Problem> {
        let _turn = self.0.changing.lock().await;
        let account = self.accounts().find(id).cloned();
        if let Some(account) = &account {
            self.forget_work(owner(account)?).await?;
        }
        if self.signed_in().is_ok_and(|session| session.account.id == id) {
            self.leave();
        }
        self.forget(id).await?;
        Ok(self.start_view(None).await)
    }

    /// How many changes of a remembered account the server has not taken yet: what would be lost with the account.
    ///
    /// # Errors
    /// [`ProblemCode::Storage`] when that cannot be found out.
    pub async fn unsent_work(&self, id: &str) -> Result<u32, Problem> {
        let Some(account) = self.accounts().find(id).cloned() else { return Ok(0) };
        let owner = owner(&account)?;
        let unsent = match self.current(&owner) {
            Some(session) => {
                let here = self.with_store(&session, Store::pending_count).await?;
                // What is done for this run only stands beside what was kept before.
                let is_passing = self.storage().await?.kept == WorkKept::ThisRun;
                here + if is_passing { self.unsent_elsewhere(owner).await? } else { 0 }
            }
            None => self.unsent_elsewhere(owner).await?,
        };
        Ok(u32::try_from(unsent).unwrap_or(u32::MAX))
    }

    /// Forgets everything that can be fetched again. What the reviewer did stays.
    ///
    /// # Errors
    /// [`ProblemCode::Storage`] when it cannot be removed.
    pub async fn clear_cache(&self) -> Result<(), Problem> {
        let session = self.signed_in()?;
        self.with_store(&session, Store::clear_cache).await?;
        session.look_ahead.store_changed();
        Ok(())
    }

    /// The current session, where it is this person's.
    fn current(&self, owner: &Owner) -> Option<Arc<Session>> {
        self.signed_in().ok().filter(|session| session.owner == *owner)
    }

    async fn unsent_elsewhere(&self, owner: Owner) -> Result<u64, Problem> {
        let Some(place) = self.known_place(owner).await? else { return Ok(0) };
        let unknown =
            |why: String| Problem::new(ProblemCode::Storage, format!("Unsent changes could not be counted. {why}"));
        let folder = place.folder.clone();
        match blocking(move || Store::key_origin(&folder)).await.map_err(unknown)? {
            None => return Ok(0),
            Some(KeyOrigin::Passphrase(_)) => return Err(unknown("They are locked with a passphrase.".into())),
            Some(KeyOrigin::Elsewhere) => {}
        }
        let key = self.find_in_keyring(&place.entry).await.map_err(|cause| unknown(cause.to_string()))?;
        // Without its key nobody can read it any more.
        let Some(hex) = key else { return Ok(0) };
        let key = Key::from_hex(&hex).map_err(|cause| unknown(cause.to_string()))?;
        let now = (self.0.now)();
        let counted =
            blocking(move || Store::open(&place.folder, &key, now).and_then(|(store, _)| store.pending_count()));
        counted.await.map_err(unknown)
    }

    /// Removes the key first: what it leaves behind nobody can read.
    async fn forget_work(&self, owner: Owner) -> Result<(), Problem> {
        let Some(place) = self.known_place(owner.clone()).await? else { return Ok(()) };
        let folder = place.folder.clone();
        // A store that was never opened has no key, and one that a passphrase opens has none in the keyring.
        if blocking(move || Store::key_origin(&folder)).await == Ok(Some(KeyOrigin::Elsewhere)) {
            self.forget_in_keyring(&place.entry).await?;
        }
        if self.current(&owner).is_some() {
            self.leave();
        }
        let stores = self.stores();
        let removed = blocking(move || {
            match std::fs::remove_dir_all(&place.folder) {
                Err(cause) if cause.kind() != std::io::ErrorKind::NotFound => return Err(cause.kind().to_string()),
                _ => {}
            }
            stores.forget(&owner).map_err(|cause| cause.to_string())
        });
        removed.await.map_err(|why| {
            Problem::new(ProblemCode::Storage, format!("What was kept for this account could not be removed: {why}"))
                .retryable()
        })
    }

    async fn known_place(&self, owner: Owner) -> Result<Option<Place>, Problem> {
        let stores = self.stores();
        let found = blocking(move || stores.find(&owner)).await;
        found.map_err(|why| Problem::new(ProblemCode::Storage, why))
    }

    pub(crate) fn stores(&self) -> Stores {
        Stores::in_folder(self.0.data_dir.join(FOLDER))
    }
}

fn owner(account: &AccountView) -> Result<Owner, Problem> {
    Ok(Owner {
        organization: account.organization.clone(),
        user_id: account.user_id.clone(),
        base_url: base_url(&account.base_url)?.as_str().to_owned(),
    })
}
