//! Which store belongs to whom: a small file beside the stores, without any secret.

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

const FILE: &str = "stores.json";

/// Whose a store is: the same person on the same server finds it again, whichever way the keys came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Owner {
    pub(crate) organization: String,
    pub(crate) user_id: String,
    pub(crate) base_url: String,
}

/// The stores in a data folder.
pub(crate) struct Stores {
    folder: PathBuf,
}

/// Where a store is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) folder: PathBuf,
    /// The name of its key in the keyring.
    pub(crate) entry: String,
}

#[derive(Serialize, Deserialize)]
struct Listed {
    #[serde(flatten)]
    owner: Owner,
    /// Random, so that two data folders never share a keyring entry.
    id: String,
}

/// Why the file cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StoresError {
    /// It is there and cannot be read. It is left alone: it may be what leads to unsent work.
    #[error("The list of what is kept in the data folder cannot be read.")]
    Unreadable,
    /// It cannot be written.
    #[error("The data folder cannot be written to.")]
    Unwritable,
}

impl Stores {
    pub(crate) fn in_folder(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// The place of somebody's store; a new one is written down before it is used.
    ///
    /// # Errors
    /// Any [`StoresError`].
    pub(crate) fn place_of(&self, owner: &Owner) -> Result<Place, StoresError> {
        if let Some(known) = self.find(owner)? {
            return Ok(known);
        }
        let mut listed = self.read()?;
        let id = crate::reference::random_id();
        let place = self.place(&id);
        listed.push(Listed { owner: owner.clone(), id });
        self.write(&listed).map_err(|_| StoresError::Unwritable)?;
        Ok(place)
    }

    /// The place of somebody's store, if there is one.
    ///
    /// # Errors
    /// [`StoresError::Unreadable`].
    pub(crate) fn find(&self, owner: &Owner) -> Result<Option<Place>, StoresError> {
        let listed = self.read()?;
        Ok(listed.iter().find(|listed| listed.owner == *owner).map(|known| self.place(&known.id)))
    }

    /// Takes somebody off the list.
    ///
    /// # Errors
    /// Any [`StoresError`].
    pub(crate) fn forget(&self, owner: &Owner) -> Result<(), StoresError> {
        let mut listed = self.read()?;
        listed.retain(|listed| listed.owner != *owner);
        self.write(&listed).map_err(|_| StoresError::Unwritable)
    }

    fn place(&self, id: &str) -> Place {
        Place { folder: self.folder.join(id), entry: format!("work {id}") }
    }

    fn read(&self) -> Result<Vec<Listed>, StoresError> {
        match fs::read(self.folder.join(FILE)) {
            Ok(bytes) => {
                let listed: Vec<Listed> = serde_json::from_slice(&bytes).map_err(|_| StoresError::Unreadable)?;
                // An id becomes a folder's name: one that leads elsewhere was not written here.
                let ours = |id: &str| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_hexdigit());
                if listed.iter().all(|listed| ours(&listed.id)) { Ok(listed) } else { Err(StoresError::Unreadable) }
            }
            Err(cause) if cause.kind() == ErrorKind::NotFound => Ok(Vec::new()),
            Err(_) => Err(StoresError::Unreadable),
        }
    }

    fn write(&self, listed: &[Listed]) -> std::io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        let mut file = tempfile::NamedTempFile::new_in(&self.folder)?;
        file.write_all(&serde_json::to_vec_pretty(listed)?)?;
        file.as_file().sync_all()?;
        file.persist(self.folder.join(FILE))?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn owner(user_id: &str) -> Owner {
        Owner { organization: "northwind".into(), user_id: user_id.into(), base_url: "https://one.example".into() }
    }

    #[test]
    fn each_finds_his_own_again() {
        let folder = tempfile::tempdir().unwrap();
        let stores = || Stores::in_folder(folder.path().join("work"));
        let (one, other) = (stores().place_of(&owner("m")).unwrap(), stores().place_of(&owner("k")).unwrap());
        assert_ne!(one, other);
        assert_eq!(stores().place_of(&owner("m")).unwrap(), one);
        assert_eq!(stores().place_of(&owner("k")).unwrap(), other);
        let elsewhere = Owner { base_url: "https://two.example".into(), ..owner("m") };
        assert_ne!(stores().place_of(&elsewhere).unwrap(), one, "another server, another person");
    }

    #[test]
    fn nonsense_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(FILE);
        for nonsense in ["", "{}", r#"[{"organization":"o","user_id":"u","base_url":"b","id":"../elsewhere"}]"#] {
            fs::write(&file, nonsense).unwrap();
            let refused = Stores::in_folder(folder.path().into()).place_of(&owner("m"));
            assert!(matches!(refused, Err(StoresError::Unreadable)), "{nonsense:?}");
            assert_eq!(fs::read_to_string(&file).unwrap(), nonsense);
        }
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let blocked = folder.path().join("work");
        fs::write(&blocked, "a file where the folder should be").unwrap();
        let refused = Stores::in_folder(blocked).place_of(&owner("m"));
        assert!(matches!(refused, Err(StoresError::Unreadable | StoresError::Unwritable)));
    }
}
