//! An account's keys and other secrets: in the keyring, and in memory where it refuses.

use std::sync::Arc;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use crate::console::held;
use crate::view::KeysKept;
use crate::{Console, Keyring, Problem, ProblemCode, Secrets, SecretsError, ThisRun};

/// How long the first screen waits for a keyring that does not answer.
const PATIENCE: Duration = Duration::from_secs(1);

/// An account's key.
#[derive(Clone)]
pub(crate) struct Keys {
    /// The key's id.
    pub(crate) api_key_id: SecretString,
    /// The key.
    pub(crate) api_key: SecretString,
}

/// An account's key as it is written down.
#[derive(Serialize, Deserialize)]
struct Stored {
    api_key_id: String,
    api_key: String,
}

impl Keys {
    fn to_secret(&self) -> Result<SecretString, SecretsError> {
        let stored = Stored {
            api_key_id: self.api_key_id.expose_secret().to_owned(),
            api_key: self.api_key.expose_secret().to_owned(),
        };
        serde_json::to_string(&stored).map(SecretString::from).map_err(|_| SecretsError::Failed)
    }

    fn from_secret(secret: &SecretString) -> Result<Self, SecretsError> {
        let stored: Stored = serde_json::from_str(secret.expose_secret()).map_err(|_| SecretsError::Failed)?;
        Ok(Self { api_key_id: stored.api_key_id.into(), api_key: stored.api_key.into() })
    }
}

/// The places secrets can be in.
pub(crate) struct Places {
    given: Option<Arc<dyn Secrets>>,
    /// Found at the first need: looking takes time, and a hung keyring a lot of it.
    keyring: tokio::sync::OnceCell<Result<Arc<dyn Secrets>, SecretsError>>,
    this_run: ThisRun,
    /// Why the keyring did not take the latest keys.
    refused: std::sync::Mutex<Option<SecretsError>>,
}

impl Places {
    /// `given` stands in for the keyring.
    pub(crate) fn new(given: Option<Arc<dyn Secrets>>) -> Self {
        Self { given, keyring: Default::default(), this_run: ThisRun::default(), refused: Default::default() }
    }

    /// The keyring, or why there is none.
    async fn keyring(&self) -> Result<Arc<dyn Secrets>, SecretsError> {
        let found = self.keyring.get_or_init(|| async {
            match &self.given {
                Some(given) => Ok(given.clone()),
                None => blocking(|| Keyring::find().map(|keyring| Arc::new(keyring) as Arc<dyn Secrets>)).await,
            }
        });
        found.await.clone()
    }
}

impl Console {
    /// Looks for the keyring, so that it is known when it is needed.
    pub(crate) async fn look_for_keyring(&self) {
        // Whether there is one is remembered; who needs it asks again.
        let _ = self.0.places.keyring().await;
    }

    /// Why keys are kept for this run only, as far as it is known; waits a moment for it when `patient`.
    pub(crate) async fn keyring_notice(&self, patient: bool) -> Option<String> {
        let places = &self.0.places;
        let missing = match places.keyring.get() {
            Some(found) => found.clone().err(),
            None if patient => match tokio::time::timeout(PATIENCE, places.keyring()).await {
                Ok(found) => found.err(),
                Err(_) => Some(SecretsError::Locked),
            },
            None => None,
        };
        let cause = missing.or(*held(&places.refused))?;
        Some(format!("{cause} Keys will be kept in memory and forgotten when Earmark closes."))
    }

    /// Keeps an account's keys where they last longest.
    pub(crate) async fn keep_keys(&self, id: &str, keys: &Keys) -> KeysKept {
        let places = &self.0.places;
        let Ok(secret) = keys.to_secret() else { return KeysKept::ThisRun };
        let kept = self.keep_in_keyring(id, secret.clone()).await;
        *held(&places.refused) = kept.err();
        match kept {
            Ok(()) => {
                // What an earlier refusal left in memory would be found before the keyring.
                let _ = places.this_run.forget(id);
                KeysKept::Keyring
            }
            Err(_) => {
                // Memory refuses nothing.
                let _ = places.this_run.put(id, &secret);
                KeysKept::ThisRun
            }
        }
    }

    /// An account's keys and where they were.
    pub(crate) async fn find_keys(&self, id: &str) -> Result<Option<(Keys, KeysKept)>, Problem> {
        if let Ok(Some(secret)) = self.0.places.this_run.get(id) {
            return Ok(Some((Keys::from_secret(&secret).map_err(problem)?, KeysKept::ThisRun)));
        }
        if self.0.places.keyring().await.is_err() {
            return Ok(None);
        }
        let found = self.find_in_keyring(id).await.map_err(problem)?;
        found.map(|secret| Ok((Keys::from_secret(&secret).map_err(problem)?, KeysKept::Keyring))).transpose()
    }

    /// Keeps a secret in the keyring.
    pub(crate) async fn keep_in_keyring(&self, name: &str, secret: SecretString) -> Result<(), SecretsError> {
        let keyring = self.0.places.keyring().await?;
        let name = name.to_owned();
        blocking(move || keyring.put(&name, &secret)).await
    }

    /// A secret in the keyring; none when it holds none of this name.
    pub(crate) async fn find_in_keyring(&self, name: &str) -> Result<Option<SecretString>, SecretsError> {
        let keyring = self.0.places.keyring().await?;
        let name = name.to_owned();
        blocking(move || keyring.get(&name)).await
    }

    /// Forgets a secret in the keyring. One that is not there is no error.
    pub(crate) async fn forget_in_keyring(&self, name: &str) -> Result<(), Problem> {
        let keyring = self.0.places.keyring().await.map_err(problem)?;
        let name = name.to_owned();
        blocking(move || keyring.forget(&name)).await.map_err(problem)
    }

    /// Forgets an account's keys everywhere.
    pub(crate) async fn forget_keys(&self, id: &str, in_keyring: bool) -> Result<(), Problem> {
        // Memory refuses nothing.
        let _ = self.0.places.this_run.forget(id);
        if !in_keyring {
            return Ok(());
        }
        self.forget_in_keyring(id).await
    }
}

fn problem(cause: SecretsError) -> Problem {
    let message = format!("{cause} Unlock it and try again; nothing else has changed.");
    Problem::new(ProblemCode::Keyring, message).retryable().logged(&cause)
}

/// Runs what may block for seconds away from the async threads.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, SecretsError> + Send + 'static,
) -> Result<T, SecretsError> {
    tokio::task::spawn_blocking(work).await.unwrap_or(Err(SecretsError::Failed))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use earmark_audio::{NullDevice, NullOutput, Pace};
    use keyring_core::{Error, mock};

    use super::*;
    use crate::Options;
    use crate::secrets::tests::{fail_next, keyring_over};

    fn keys(api_key: &str) -> Keys {
        Keys { api_key_id: "key-id".into(), api_key: api_key.into() }
    }

    /// A console whose keyring is over a store in memory.
    fn console(store: &Arc<mock::Store>, folder: &tempfile::TempDir) -> Console {
        Console::new(Options {
            keyring: Some(Arc::new(keyring_over(store, Duration::from_secs(5)))),
            output: Box::new(|alarm| Box::new(NullOutput::new(NullDevice::new(Pace::Unpaced), alarm))),
            ..Options::in_folder(folder.path().to_owned())
        })
    }

    async fn found(console: &Console, id: &str) -> Option<(String, KeysKept)> {
        let (keys, kept) = console.find_keys(id).await.unwrap()?;
        Some((keys.api_key.expose_secret().to_owned(), kept))
    }

    #[tokio::test]
    async fn keys_in_the_keyring_are_found_by_the_next_run() {
        let (store, folder) = (mock::Store::new().unwrap(), tempfile::tempdir().unwrap());
        let first = console(&store, &folder);
        assert_eq!(found(&first, "a").await, None, "nothing is kept at first");
        assert_eq!(first.keep_keys("a", &keys("the key")).await, KeysKept::Keyring);
        assert_eq!(first.keyring_notice(true).await, None);
        let next = console(&store, &folder);
        assert_eq!(found(&next, "a").await, Some(("the key".into(), KeysKept::Keyring)));
    }

    #[tokio::test]
    async fn a_keyring_that_fails_leaves_the_keys_to_this_run_and_the_banner_says_why() {
        let failures =
            [(Error::NoStorageAccess("x".into()), "is locked"), (Error::PlatformFailure("x".into()), "with a fault")];
        for (cause, why) in failures {
            let (store, folder) = (mock::Store::new().unwrap(), tempfile::tempdir().unwrap());
            let first = console(&store, &folder);
            fail_next(&store, "a", cause);
            assert_eq!(first.keep_keys("a", &keys("the key")).await, KeysKept::ThisRun);
            let notice = first.keyring_notice(true).await.unwrap();
            assert!(notice.contains(why) && notice.contains("forgotten when Earmark closes"), "{notice}");
            assert_eq!(found(&first, "a").await, Some(("the key".into(), KeysKept::ThisRun)));
            assert_eq!(found(&console(&store, &folder), "a").await, None, "a later run finds none");

            // It works again: the next keys last, and the banner goes.
            assert_eq!(first.keep_keys("a", &keys("a new key")).await, KeysKept::Keyring);
            assert_eq!(first.keyring_notice(true).await, None);
            assert_eq!(found(&first, "a").await, Some(("a new key".into(), KeysKept::Keyring)));
        }
    }

    #[tokio::test]
    async fn keys_the_keyring_did_not_forget_can_be_forgotten_again() {
        let (store, folder) = (mock::Store::new().unwrap(), tempfile::tempdir().unwrap());
        let console = console(&store, &folder);
        console.keep_keys("a", &keys("the key")).await;
        fail_next(&store, "a", Error::NoStorageAccess("x".into()));
        let problem = console.forget_keys("a", true).await.unwrap_err();
        assert_eq!((problem.code, problem.retryable), (ProblemCode::Keyring, true));
        assert!(found(&console, "a").await.is_some());
        console.forget_keys("a", true).await.unwrap();
        assert_eq!(found(&console, "a").await, None);
    }
    #[tokio::test]
    async fn what_another_program_wrote_under_the_name_is_a_fault() {
        let (store, folder) = (mock::Store::new().unwrap(), tempfile::tempdir().unwrap());
        let console = console(&store, &folder);
        console.keep_in_keyring("a", "not what Earmark writes".into()).await.unwrap();
        let problem = console.find_keys("a").await.err().unwrap();
        assert_eq!((problem.code, problem.retryable), (ProblemCode::Keyring, true));
    }
}
