//! The label on the box: which key opens the folder and where that comes from, readable before anything is opened.
//!
//! It holds nothing secret: a key only as a passphrase locks it. It is kept twice, because without it a passphrase opens nothing.

use std::fs;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::files::write_whole;
use crate::migrations::Database;
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
    /// By how many steps the database of work came to be: that decides where its first tables lie, whatever steps it has gone
    /// since. `None` where that is not known.
    #[serde(default = "before_it_was_said")]
    pub(crate) born_by: Option<usize>,
}

/// The programs that did not say it had one step.
#[expect(clippy::unnecessary_wraps, reason = "as the field has it")]
fn before_it_was_said() -> Option<usize> {
    Some(1)
}

#[derive(Deserialize)]
struct Versioned {
    version: u32,
}

impl Label {
    /// The label for a new store.
    pub(crate) fn new(key: &Key) -> Self {
        Self {
            version: VERSION,
            key: key.origin().clone(),
            check: key.check(),
            made: false,
            born_by: Some(Database::Work.steps().len()),
        }
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

    /// The same label for a store whose work begins anew.
    pub(crate) fn born_anew(self) -> Self {
        Self { born_by: Some(Database::Work.steps().len()), ..self }
    }

    /// The same label for a store whose work was there before it.
    pub(crate) fn born_before(self) -> Self {
        Self { born_by: None, ..self }
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
    fn one_that_says_nothing_of_its_birth_is_of_a_program_with_one_step() {
        let folder = tempfile::tempdir().unwrap();
        let label = Label::new(&Key::random(&mut StdRng::seed_from_u64(1)));
        for (born_by, read) in [(None, Some(1)), (Some(serde_json::Value::Null), None), (Some(2.into()), Some(2))] {
            let mut said = serde_json::to_value(&label).unwrap();
            said.as_object_mut().unwrap().remove("born_by");
            if let Some(born_by) = born_by {
                said["born_by"] = born_by;
            }
            fs::write(folder.path().join(NAMES[0]), said.to_string()).unwrap();
            assert_eq!(Label::read(folder.path()).unwrap().unwrap().born_by, read);
        }
    }

    #[test]
    fn an_empty_folder_has_none() {
        assert_eq!(Label::read(tempfile::tempdir().unwrap().path()).unwrap(), None);
    }
}
