//! Where keys are kept: the operating system's keyring, or memory for this run.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError, mpsc};
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

const SERVICE: &str = "Earmark";
/// A locked collection never answers; a reviewer who is asked to unlock it needs some time.
const PATIENCE: Duration = Duration::from_secs(20);

/// An account's key.
#[derive(Clone)]
pub struct Keys {
    /// The key's id.
    pub api_key_id: SecretString,
    /// The key.
    pub api_key: SecretString,
}

/// Why keys cannot be kept or found.
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

/// A place for keys. Calls may block for seconds: never on an async thread.
pub trait Secrets: Send + Sync {
    /// Keeps an account's keys.
    ///
    /// # Errors
    /// Any [`SecretsError`]; nothing is kept then.
    fn put(&self, account: &str, keys: &Keys) -> Result<(), SecretsError>;
    /// An account's keys; none when they are not kept here.
    ///
    /// # Errors
    /// Any [`SecretsError`].
    fn get(&self, account: &str) -> Result<Option<Keys>, SecretsError>;
    /// Forgets an account's keys; fine when there are none.
    ///
    /// # Errors
    /// Any [`SecretsError`]; they are still kept then.
    fn forget(&self, account: &str) -> Result<(), SecretsError>;
}

/// The operating system's keyring. It is looked for once per process: one that appears later needs a restart.
pub struct Keyring(());

impl Keyring {
    /// Finds the keyring.
    ///
    /// # Errors
    /// [`SecretsError::NoKeyring`] where none can be used, [`SecretsError::Locked`] when it does not answer.
    pub fn find() -> Result<Self, SecretsError> {
        let find = || match keyring::Entry::store_status() {
            Ok(()) => Ok(Self(())),
            Err(cause) => {
                tracing::info!(%cause, "no keyring");
                Err(SecretsError::NoKeyring)
            }
        };
        on_worker(find, || ())
    }
}

#[derive(Serialize, Deserialize)]
struct Stored {
    api_key_id: String,
    api_key: String,
}

impl Secrets for Keyring {
    fn put(&self, account: &str, keys: &Keys) -> Result<(), SecretsError> {
        let stored = Stored {
            api_key_id: keys.api_key_id.expose_secret().to_owned(),
            api_key: keys.api_key.expose_secret().to_owned(),
        };
        let account = account.to_owned();
        let late = account.clone();
        let put = move || {
            let text = SecretString::from(serde_json::to_string(&stored).map_err(|_| SecretsError::Failed)?);
            entry(&account)?.set_password(text.expose_secret()).map_err(fault)
        };
        // Keys that were given up on must not turn up in the keyring afterwards.
        on_worker(put, move || drop(entry(&late).map(|entry| entry.delete_credential())))
    }

    fn get(&self, account: &str) -> Result<Option<Keys>, SecretsError> {
        let account = account.to_owned();
        let get = move || match entry(&account)?.get_password() {
            Ok(text) => {
                let text = SecretString::from(text);
                let stored: Stored = serde_json::from_str(text.expose_secret()).map_err(|_| SecretsError::Failed)?;
                Ok(Some(Keys { api_key_id: stored.api_key_id.into(), api_key: stored.api_key.into() }))
            }
            Err(keyring::Error::NoEntry) => Ok(None),
            Err(cause) => Err(fault(cause)),
        };
        on_worker(get, || ())
    }

    fn forget(&self, account: &str) -> Result<(), SecretsError> {
        let account = account.to_owned();
        let forget = move || match entry(&account)?.delete_credential() {
            Ok(()) | Err(keyring::Error::NoEntry) => Ok(()),
            Err(cause) => Err(fault(cause)),
        };
        on_worker(forget, || ())
    }
}

fn entry(account: &str) -> Result<keyring::Entry, SecretsError> {
    keyring::Entry::new(SERVICE, account).map_err(fault)
}

fn fault(cause: keyring::Error) -> SecretsError {
    // Only the kind: an error may carry what was stored.
    match cause {
        keyring::Error::NoDefaultStore => SecretsError::NoKeyring,
        keyring::Error::NoStorageAccess(_) => SecretsError::Locked,
        _ => SecretsError::Failed,
    }
}

/// Runs on a thread of its own and stops waiting for it after [`PATIENCE`]; `undo` runs when it ends well after that.
fn on_worker<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, SecretsError> + Send + 'static,
    undo: impl FnOnce() + Send + 'static,
) -> Result<T, SecretsError> {
    let (answer, wait) = mpsc::channel();
    std::thread::spawn(move || {
        if let Err(mpsc::SendError(Ok(_))) = answer.send(work()) {
            undo();
        }
    });
    wait.recv_timeout(PATIENCE).unwrap_or(Err(SecretsError::Locked))
}

/// Memory, for this run only.
#[derive(Default)]
pub struct ThisRun(Mutex<HashMap<String, Keys>>);

impl ThisRun {
    fn held(&self) -> std::sync::MutexGuard<'_, HashMap<String, Keys>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Secrets for ThisRun {
    fn put(&self, account: &str, keys: &Keys) -> Result<(), SecretsError> {
        self.held().insert(account.to_owned(), keys.clone());
        Ok(())
    }

    fn get(&self, account: &str) -> Result<Option<Keys>, SecretsError> {
        Ok(self.held().get(account).cloned())
    }

    fn forget(&self, account: &str) -> Result<(), SecretsError> {
        self.held().remove(account);
        Ok(())
    }
}
