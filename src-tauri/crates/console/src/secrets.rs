//! Where secrets are kept: the operating system's keyring, or memory for this run.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::Duration;

use keyring_core::{CredentialStore, Entry, Error};
use secrecy::{ExposeSecret, SecretString};

const SERVICE: &str = "Earmark";
/// A locked collection never answers; a reviewer who is asked to unlock it needs some time.
const PATIENCE: Duration = Duration::from_secs(20);

/// Why secrets cannot be kept or found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SecretsError {
    /// No keyring answers on this computer.
    #[error("No keyring answers on this computer.")]
    NoKeyring,
    /// It is locked, or waits for somebody to unlock it.
    #[error("The keyring is locked or did not answer.")]
    Locked,
    /// It answered with a fault.
    #[error("The keyring answered with a fault.")]
    Failed,
}

/// A place for secrets, each under a name. Calls may block for seconds: never on an async thread.
pub trait Secrets: Send + Sync {
    /// Keeps a secret.
    ///
    /// # Errors
    /// Any [`SecretsError`]; nothing is kept then.
    fn put(&self, name: &str, secret: &SecretString) -> Result<(), SecretsError>;
    /// A secret; none when it is not kept here.
    ///
    /// # Errors
    /// Any [`SecretsError`].
    fn get(&self, name: &str) -> Result<Option<SecretString>, SecretsError>;
    /// Forgets a secret; fine when there is none.
    ///
    /// # Errors
    /// Any [`SecretsError`]; it is still kept then.
    fn forget(&self, name: &str) -> Result<(), SecretsError>;
}

/// The operating system's keyring. It is looked for once per process: one that appears later needs a restart.
pub struct Keyring {
    store: Arc<CredentialStore>,
    patience: Duration,
}

impl Keyring {
    /// Finds the keyring.
    ///
    /// # Errors
    /// [`SecretsError::NoKeyring`] where none can be used, [`SecretsError::Locked`] when it does not answer.
    pub fn find() -> Result<Self, SecretsError> {
        let find = || match keyring::Entry::store_status() {
            Ok(()) => keyring_core::get_default_store().ok_or(SecretsError::NoKeyring),
            Err(cause) => {
                tracing::info!(%cause, "no keyring");
                Err(SecretsError::NoKeyring)
            }
        };
        let store = on_worker(PATIENCE, find, || ())?;
        Ok(Self { store, patience: PATIENCE })
    }

    /// Works on an entry; `undo` as in [`on_worker`].
    fn with_entry<T: Send + 'static>(
        &self,
        name: &str,
        work: impl FnOnce(Entry) -> Result<T, SecretsError> + Send + 'static,
        undo: impl FnOnce(Entry) + Send + 'static,
    ) -> Result<T, SecretsError> {
        let (store, name) = (self.store.clone(), name.to_owned());
        let (store_late, name_late) = (store.clone(), name.clone());
        on_worker(
            self.patience,
            move || work(entry(&store, &name)?),
            move || {
                let _ = entry(&store_late, &name_late).map(undo);
            },
        )
    }
}

impl Secrets for Keyring {
    fn put(&self, name: &str, secret: &SecretString) -> Result<(), SecretsError> {
        let secret = secret.clone();
        let put = move |entry: Entry| entry.set_password(secret.expose_secret()).map_err(fault);
        // A secret that was given up on must not turn up in the keyring afterwards.
        self.with_entry(name, put, |entry| drop(entry.delete_credential()))
    }

    fn get(&self, name: &str) -> Result<Option<SecretString>, SecretsError> {
        let get = |entry: Entry| match entry.get_password() {
            Ok(text) => Ok(Some(SecretString::from(text))),
            Err(Error::NoEntry) => Ok(None),
            Err(cause) => Err(fault(cause)),
        };
        self.with_entry(name, get, |_| ())
    }

    fn forget(&self, name: &str) -> Result<(), SecretsError> {
        let forget = |entry: Entry| match entry.delete_credential() {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(cause) => Err(fault(cause)),
        };
        self.with_entry(name, forget, |_| ())
    }
}

fn entry(store: &Arc<CredentialStore>, name: &str) -> Result<Entry, SecretsError> {
    store.build(SERVICE, name, None).map_err(fault)
}

fn fault(cause: Error) -> SecretsError {
    // Only the kind: an error may carry what was stored.
    match cause {
        Error::NoDefaultStore => SecretsError::NoKeyring,
        Error::NoStorageAccess(_) => SecretsError::Locked,
        _ => SecretsError::Failed,
    }
}

/// Runs on a thread of its own and stops waiting for it after `patience`; `undo` runs when it ends well after that.
fn on_worker<T: Send + 'static>(
    patience: Duration,
    work: impl FnOnce() -> Result<T, SecretsError> + Send + 'static,
    undo: impl FnOnce() + Send + 'static,
) -> Result<T, SecretsError> {
    let (answer, wait) = mpsc::channel();
    std::thread::spawn(move || {
        if let Err(mpsc::SendError(Ok(_))) = answer.send(work()) {
            undo();
        }
    });
    wait.recv_timeout(patience).unwrap_or(Err(SecretsError::Locked))
}

/// Memory, for this run only.
#[derive(Default)]
pub struct ThisRun(Mutex<HashMap<String, SecretString>>);

impl ThisRun {
    fn held(&self) -> std::sync::MutexGuard<'_, HashMap<String, SecretString>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Secrets for ThisRun {
    fn put(&self, name: &str, secret: &SecretString) -> Result<(), SecretsError> {
        self.held().insert(name.to_owned(), secret.clone());
        Ok(())
    }

    fn get(&self, name: &str) -> Result<Option<SecretString>, SecretsError> {
        Ok(self.held().get(name).cloned())
    }

    fn forget(&self, name: &str) -> Result<(), SecretsError> {
        self.held().remove(name);
        Ok(())
    }
}

#[cfg(test)]
pub(crate) mod tests {
    #![allow(clippy::unwrap_used)]
    use keyring_core::mock;

    use super::*;

    /// Far longer than memory takes, so that a test that waits for nothing ends all the same.
    const ENOUGH: Duration = Duration::from_secs(5);
    /// Short, for what never answers.
    const BRIEF: Duration = Duration::from_millis(30);

    /// A keyring over keyring-core's store in memory.
    pub(crate) fn keyring_over(store: &Arc<mock::Store>, patience: Duration) -> Keyring {
        Keyring { store: store.clone(), patience }
    }

    /// Has the next call for a name fail.
    pub(crate) fn fail_next(store: &Arc<mock::Store>, name: &str, cause: Error) {
        let store: Arc<CredentialStore> = store.clone();
        let entry = entry(&store, name).unwrap();
        entry.as_any().downcast_ref::<mock::Cred>().unwrap().set_error(cause);
    }

    fn found(keyring: &Keyring, name: &str) -> Result<Option<String>, SecretsError> {
        Ok(keyring.get(name)?.map(|secret| secret.expose_secret().to_owned()))
    }

    #[test]
    fn secrets_are_found_as_they_were_kept_until_they_are_forgotten() {
        let store = mock::Store::new().unwrap();
        let keyring = keyring_over(&store, ENOUGH);
        assert_eq!(found(&keyring, "a"), Ok(None), "nothing is kept at first");
        keyring.put("a", &"first \"quoted\" ü".into()).unwrap();
        keyring.put("b", &"other".into()).unwrap();
        keyring.put("a", &"second \"quoted\" ü".into()).unwrap();
        // Another one over the same store, as after a restart.
        let again = keyring_over(&store, ENOUGH);
        assert_eq!(found(&again, "a"), Ok(Some("second \"quoted\" ü".into())));
        again.forget("a").unwrap();
        assert_eq!(found(&keyring, "a"), Ok(None));
        assert_eq!(found(&keyring, "b"), Ok(Some("other".into())));
        assert_eq!(keyring.forget("a"), Ok(()), "forgetting what is not there is fine");
    }

    #[test]
    fn each_failure_is_told_by_its_kind_and_leaves_what_was_kept() {
        let store = mock::Store::new().unwrap();
        let keyring = keyring_over(&store, ENOUGH);
        keyring.put("a", &"kept".into()).unwrap();
        let away = || Error::NoStorageAccess("locked".into());
        let broken = || Error::PlatformFailure("broken".into());
        for (cause, told) in [(away(), SecretsError::Locked), (broken(), SecretsError::Failed)] {
            fail_next(&store, "a", cause);
            assert_eq!(found(&keyring, "a"), Err(told));
        }
        fail_next(&store, "a", away());
        assert_eq!(keyring.put("a", &"not taken".into()), Err(SecretsError::Locked));
        fail_next(&store, "a", broken());
        assert_eq!(keyring.forget("a"), Err(SecretsError::Failed));
        assert_eq!(found(&keyring, "a"), Ok(Some("kept".into())));
    }

    #[test]
    fn one_that_does_not_answer_counts_as_locked() {
        let store = mock::Store::new().unwrap();
        let keyring = keyring_over(&store, BRIEF);
        let held = store.inner.lock().unwrap();
        assert_eq!(keyring.put("a", &"late".into()), Err(SecretsError::Locked));
        assert_eq!(found(&keyring, "a"), Err(SecretsError::Locked));
        assert_eq!(keyring.forget("a"), Err(SecretsError::Locked));
        drop(held);
    }

    #[test]
    fn what_ends_well_after_it_was_given_up_is_undone() {
        let (go_on, held_up) = mpsc::channel::<()>();
        let (undone, undo) = mpsc::channel();
        let work = move || held_up.recv().map_err(|_| SecretsError::Failed);
        let given_up = on_worker(BRIEF, work, move || undone.send(()).unwrap());
        assert_eq!(given_up, Err(SecretsError::Locked));
        go_on.send(()).unwrap();
        assert_eq!(undo.recv_timeout(ENOUGH), Ok(()), "it was not undone");
    }

    #[test]
    fn what_fails_after_it_was_given_up_has_nothing_to_undo() {
        let (go_on, held_up) = mpsc::channel::<()>();
        let (undone, undo) = mpsc::channel::<()>();
        let work = move || held_up.recv().map_err(|_| SecretsError::Failed);
        let given_up = on_worker(BRIEF, work, move || undone.send(()).unwrap());
        assert_eq!(given_up, Err(SecretsError::Locked));
        drop(go_on);
        // The way to tell is dropped with the undo that was not run.
        assert_eq!(undo.recv_timeout(ENOUGH), Err(mpsc::RecvTimeoutError::Disconnected));
    }
}
