//! The accounts remembered on this computer: who signs in where, without any key.

use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::view::AccountView;

const FILE: &str = "accounts.json";

/// The accounts file: read once, written whole and atomically at each change.
pub(crate) struct Accounts {
    file: PathBuf,
    held: Held,
    writable: bool,
}

#[derive(Default, Clone, Serialize, Deserialize)]
#[serde(default)]
struct Held {
    /// The one to resume at the next start.
    last: Option<String>,
    accounts: Vec<Remembered>,
}

#[derive(Clone, Serialize, Deserialize)]
struct Remembered {
    #[serde(flatten)]
    account: AccountView,
    /// Whether its keys were given to the keyring, and must be removed from there.
    #[serde(default)]
    in_keyring: bool,
}

impl Accounts {
    /// Reads the file in this folder. What cannot be read is never overwritten: nonsense is set aside under another
    /// name, and a file the system does not give is left alone, so that nothing is remembered until it does.
    pub(crate) fn read(folder: &Path) -> Self {
        let file = folder.join(FILE);
        let (held, writable) = match std::fs::read(&file) {
            Ok(bytes) => match serde_json::from_slice(&bytes) {
                Ok(held) => (held, true),
                Err(cause) => {
                    tracing::warn!(line = cause.line(), "the accounts file cannot be read");
                    (Held::default(), set_aside(&file))
                }
            },
            Err(cause) => (Held::default(), cause.kind() == ErrorKind::NotFound),
        };
        Self { file, held, writable }
    }

    pub(crate) fn all(&self) -> Vec<AccountView> {
        self.held.accounts.iter().map(|known| known.account.clone()).collect()
    }

    pub(crate) fn last(&self) -> Option<&AccountView> {
        self.find(self.held.last.as_deref()?)
    }

    pub(crate) fn find(&self, id: &str) -> Option<&AccountView> {
        self.known().find(|account| account.id == id)
    }

    /// The account that is already known for this person on this server.
    pub(crate) fn same(&self, organization: &str, user_id: &str, base_url: &str) -> Option<&AccountView> {
        self.known().find(|account| {
            account.organization == organization && account.user_id == user_id && account.base_url == base_url
        })
    }

    /// Whether an account's keys were given to the keyring.
    pub(crate) fn in_keyring(&self, id: &str) -> bool {
        self.held.accounts.iter().any(|known| known.account.id == id && known.in_keyring)
    }

    fn known(&self) -> impl Iterator<Item = &AccountView> {
        self.held.accounts.iter().map(|known| &known.account)
    }

    /// Remembers an account and that it is the one in use.
    pub(crate) fn remember(&mut self, account: AccountView, in_keyring: bool) -> std::io::Result<()> {
        let mut next = self.held.clone();
        next.last = Some(account.id.clone());
        next.accounts.retain(|known| known.account.id != account.id);
        next.accounts.insert(0, Remembered { account, in_keyring });
        self.write(next)
    }

    /// Forgets an account; fine when there is none.
    pub(crate) fn forget(&mut self, id: &str) -> std::io::Result<()> {
        let mut next = self.held.clone();
        next.accounts.retain(|known| known.account.id != id);
        if next.last.as_deref() == Some(id) {
            next.last = None;
        }
        self.write(next)
    }

    fn write(&mut self, next: Held) -> std::io::Result<()> {
        if !self.writable {
            return Err(ErrorKind::PermissionDenied.into());
        }
        let folder = self.file.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder)?;
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(&serde_json::to_vec_pretty(&next)?)?;
        file.as_file().sync_all()?;
        file.persist(&self.file).map_err(|failed| failed.error)?;
        self.held = next;
        Ok(())
    }
}

/// Renames a file to a name that is free; answers whether it could be.
fn set_aside(file: &Path) -> bool {
    let free = (1..1000).map(|n| file.with_extension(format!("unreadable-{n}.json"))).find(|name| !name.exists());
    free.is_some_and(|name| std::fs::rename(file, name).is_ok())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn account(id: &str) -> AccountView {
        AccountView {
            id: id.into(),
            organization: "northwind".into(),
            user_id: format!("user of {id}"),
            server: "United States".into(),
            base_url: "https://api.example".into(),
        }
    }

    #[test]
    fn remembers_across_a_restart_and_forgets() {
        let folder = tempfile::tempdir().unwrap();
        let mut accounts = Accounts::read(folder.path());
        accounts.remember(account("a"), false).unwrap();
        accounts.remember(account("b"), true).unwrap();
        let mut again = Accounts::read(folder.path());
        assert_eq!(again.last(), Some(&account("b")));
        assert!(again.in_keyring("b") && !again.in_keyring("a"));
        assert_eq!(again.same("northwind", "user of a", "https://api.example"), Some(&account("a")));
        again.forget("b").unwrap();
        assert_eq!(Accounts::read(folder.path()).all(), [account("a")]);
        assert_eq!(Accounts::read(folder.path()).last(), None);
    }

    #[test]
    fn a_broken_file_is_set_aside_not_lost() {
        let folder = tempfile::tempdir().unwrap();
        for n in 1..=2 {
            std::fs::write(folder.path().join(FILE), format!("{{\"accounts\": [{n}")).unwrap();
            let mut accounts = Accounts::read(folder.path());
            assert!(accounts.all().is_empty());
            accounts.remember(account("a"), false).unwrap();
            let aside = folder.path().join(format!("accounts.unreadable-{n}.json"));
            assert_eq!(std::fs::read_to_string(aside).unwrap(), format!("{{\"accounts\": [{n}"));
        }
    }

    #[test]
    fn a_file_that_is_not_given_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        // A folder in its place: there, and not readable as a file.
        std::fs::create_dir(folder.path().join(FILE)).unwrap();
        let mut accounts = Accounts::read(folder.path());
        assert!(accounts.remember(account("a"), false).is_err());
        assert!(folder.path().join(FILE).is_dir());
    }
}
