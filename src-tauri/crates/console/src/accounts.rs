//! The accounts remembered on this computer: who signs in where, without any key.

use std::io::Write;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::view::AccountView;

const FILE: &str = "accounts.json";

/// The accounts file: read once, written whole and atomically at each change.
pub(crate) struct Accounts {
    file: PathBuf,
    held: Held,
}

#[derive(Default, Clone, Serialize, Deserialize)]
#[serde(default)]
struct Held {
    /// The one to resume at the next start.
    last: Option<String>,
    accounts: Vec<AccountView>,
}

impl Accounts {
    /// Reads the file in this folder. A file that cannot be read is set aside under another name, never overwritten.
    pub(crate) fn read(folder: &Path) -> Self {
        let file = folder.join(FILE);
        let held = match std::fs::read(&file) {
            Ok(bytes) => serde_json::from_slice(&bytes).unwrap_or_else(|cause| {
                let aside = file.with_extension("unreadable.json");
                let moved = std::fs::rename(&file, &aside).is_ok();
                tracing::warn!(line = cause.line(), moved, "the accounts file cannot be read and was set aside");
                Held::default()
            }),
            Err(_) => Held::default(),
        };
        Self { file, held }
    }

    pub(crate) fn all(&self) -> Vec<AccountView> {
        self.held.accounts.clone()
    }

    pub(crate) fn last(&self) -> Option<&AccountView> {
        self.find(self.held.last.as_deref()?)
    }

    pub(crate) fn find(&self, id: &str) -> Option<&AccountView> {
        self.held.accounts.iter().find(|account| account.id == id)
    }

    /// The account that is already known for this person on this server.
    pub(crate) fn same(&self, organization: &str, user_id: &str, base_url: &str) -> Option<&AccountView> {
        self.held.accounts.iter().find(|account| {
            account.organization == organization && account.user_id == user_id && account.base_url == base_url
        })
    }

    /// Remembers an account and that it is the one in use.
    pub(crate) fn remember(&mut self, account: AccountView) -> std::io::Result<()> {
        let mut next = self.held.clone();
        next.last = Some(account.id.clone());
        next.accounts.retain(|known| known.id != account.id);
        next.accounts.insert(0, account);
        self.write(next)
    }

    /// Forgets an account; fine when there is none.
    pub(crate) fn forget(&mut self, id: &str) -> std::io::Result<()> {
        let mut next = self.held.clone();
        next.accounts.retain(|known| known.id != id);
        if next.last.as_deref() == Some(id) {
            next.last = None;
        }
        self.write(next)
    }

    fn write(&mut self, next: Held) -> std::io::Result<()> {
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
        accounts.remember(account("a")).unwrap();
        accounts.remember(account("b")).unwrap();
        let mut again = Accounts::read(folder.path());
        assert_eq!(again.last(), Some(&account("b")));
        assert_eq!(again.same("northwind", "user of a", "https://api.example"), Some(&account("a")));
        again.forget("b").unwrap();
        assert_eq!(Accounts::read(folder.path()).all(), [account("a")]);
        assert_eq!(Accounts::read(folder.path()).last(), None);
    }

    #[test]
    fn a_broken_file_is_set_aside_not_lost() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(FILE), b"{\"accounts\": [").unwrap();
        assert!(Accounts::read(folder.path()).all().is_empty());
        let aside = folder.path().join("accounts.unreadable.json");
        assert_eq!(std::fs::read(aside).unwrap(), b"{\"accounts\": [");
    }
}
