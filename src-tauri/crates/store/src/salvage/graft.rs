//! New first pages for a database whose own cannot be read.
//!
//! The first pages say where every table begins. Where that is depends on the migrations alone by which the database came to
//! be, so a new one made by these has the same; and they are encrypted the same, since the salt comes from the key. Without
//! them one bad page would take all work along. What a later program's migrations added lies wherever there was room at the
//! time: that is lost with the first pages.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use super::beside;
use super::old::Old;
use crate::connect::connect_by;
use crate::files::{remove_database, size};
use crate::migrations::Database;
use crate::{Key, StoreError};

/// What SQLCipher encrypts at once, in bytes.
const PAGE: u64 = 4096;
/// The database the first pages are taken from.
const DONOR: &str = "work.donor.db";

/// Opens a damaged copy so that its tables are known; `None` when they cannot be. It came to be by so many migrations, where
/// that is known.
pub(super) fn readable(path: &Path, key: &Key, born_by: Option<usize>) -> Result<Option<Old>, StoreError> {
    // A page cut in two is none.
    File::options().write(true).open(path)?.set_len(size(path) / PAGE * PAGE)?;
    if let Some(found) = Old::open(path, key) {
        return Ok(Some(found));
    }
    let Some(steps) = born_by else { return Ok(None) };
    let donor = beside(path, DONOR);
    remove_database(&donor)?;
    let grafted = graft(path, &donor, key, steps);
    remove_database(&donor)?;
    grafted?;
    Ok(Old::open(path, key))
}

fn graft(path: &Path, donor: &Path, key: &Key, steps: usize) -> Result<(), StoreError> {
    let new = connect_by(steps, donor, key, Database::Work)?;
    new.execute_batch("PRAGMA journal_mode = DELETE;")?;
    let first_pages = size(donor) / PAGE;
    let roots: Vec<u64> = new
        .prepare("SELECT rootpage FROM sqlite_master WHERE rootpage > 1")?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    // The first page also says how long the database is: the donor is made at least as long as the damaged one.
    new.execute(
        "INSERT INTO history (edit, who, at, conversation, change, before, state, outcome)
         VALUES (0, '', 0, '', zeroblob(?1), '', '', '')",
        [size(path)],
    )?;
    new.close().map_err(|(_, error)| error)?;

    let mut donor = File::open(donor)?;
    let mut damaged = File::options().write(true).open(path)?;
    if size(path) < first_pages * PAGE {
        damaged.set_len(first_pages * PAGE)?;
    }
    let mut page = [0; PAGE as usize];
    // Where a table begins there is the reviewer's work or nothing; all else among the first pages is the schema.
    for number in (1..=first_pages).filter(|number| !roots.contains(number)) {
        let place = SeekFrom::Start((number - 1) * PAGE);
        donor.seek(place)?;
        donor.read_exact(&mut page)?;
        damaged.seek(place)?;
        damaged.write_all(&page)?;
    }
    Ok(())
}
