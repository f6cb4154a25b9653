//! The label on the box: which key opens the folder and where that comes from, readable before anything is opened.
//!
//! It holds nothing secret: a key only as a passphrase locks it. It is kept twice, because without it a passphrase opens nothing.

use std::fs;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::files::write_whole;
use crate::{Key, KeyOrigin, StoreError};

/// The version this program writes. Version 1 knew no locked keys; whatever it says is read the same way.
const VERSION: u32 = 2;
/// The first of them that can be read counts.
const NAMES: [&str; 2] = ["store.json", "store.copy.json"];

/// What is said of a store in plain text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Label {
    version: u32,
    /// Where its key comes from.
    pub(crate) key: KeyOrigin,
    /// Tells the right key from a wrong one, so that a wrong key is never taken for a damaged database.
    check: String,
    /// Whether both databases have been there once: if one is missing now, it was lost.
    pub(crate) made: bool,
}

#[derive(Deserialize)]
struct Versioned {
    version: u32,
}

impl Label {
    /// The label for a new store.
    pub(crate) fn new(key: &Key) -> Self {
        Self { version: VERSION, key: key.origin().clone(), check: key.check(), made: false }
    }

    /// The folder's label, from whichever copy can be read; `None` when there is none that can.
    ///
    /// # Errors
    /// [`StoreError::Newer`], or that the folder cannot be read.
    pub(crate) fn read(folder: &Path) -> Result<Option<Self>, StoreError> {
        for name in NAMES {
            if let Some(label) = Self::read_copy(folder, name)? {
                return Ok(Some(label));
            }
        }
        Ok(None)
    }

    fn read_copy(folder: &Path, name: &str) -> Result<Option<Self>, StoreError> {
        let bytes = match fs::read(folder.join(name)) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        match serde_json::from_slice::<Versioned>(&bytes) {
            Ok(found) if found.version > VERSION => Err(StoreError::Newer),
            Ok(_) => Ok(serde_json::from_slice(&bytes).ok()),
            Err(_) => Ok(None),
        }
    }

    /// Writes the copies that say something else, the one that counts last: until that is written nothing has changed.
    pub(crate) fn write(&self, folder: &Path) -> Result<(), StoreError> {
        let text = serde_json::to_vec_pretty(self).map_err(|error| StoreError::Io(Box::new(error)))?;
        for name in NAMES.iter().rev() {
            if !matches!(Self::read_copy(folder, name), Ok(Some(copy)) if copy == *self) {
                write_whole(&folder.join(name), &text)?;
            }
        }
        Ok(())
    }

    /// The same label for a store whose key comes from elsewhere now.
    pub(crate) fn locked_anew(self, key: &Key) -> Self {
        Self { version: VERSION, key: key.origin().clone(), ..self }
    }

    /// The same label for a store whose databases are there.
    pub(crate) fn once_made(self) -> Self {
        Self { made: true, ..self }
    }

    /// Whether this is the key the store was made with.
    pub(crate) fn is_for(&self, key: &Key) -> bool {
        self.check == key.check()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    #[test]
    fn either_copy_is_enough() {
        for lost in NAMES {
            let folder = tempfile::tempdir().unwrap();
            let label = Label::new(&Key::random(&mut StdRng::seed_from_u64(1)));
            label.write(folder.path()).unwrap();
            fs::write(folder.path().join(lost), b"{\"ver").unwrap();
            assert_eq!(Label::read(folder.path()).unwrap(), Some(label), "without {lost}");
        }
    }

    #[test]
    fn a_newer_one_is_refused_whatever_else_it_says() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(NAMES[0]), br#"{"version": 3, "key": {"from": "the moon"}}"#).unwrap();
        assert!(matches!(Label::read(folder.path()), Err(StoreError::Newer)));
    }

    #[test]
    fn an_empty_folder_has_none() {
        assert_eq!(Label::read(tempfile::tempdir().unwrap().path()).unwrap(), None);
    }
}
