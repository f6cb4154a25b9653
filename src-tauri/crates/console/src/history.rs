//! Who did what, when, and what came of it, as a file.

use std::io::Write;
use std::path::{Path, PathBuf};

use earmark_store::Store;

use crate::beside::beside;
use crate::{Console, Problem, ProblemCode};

impl Console {
    /// Writes the whole history of the reviewer's changes to a file, a JSON object a line, oldest first. Answers how many.
    ///
    /// # Errors
    /// [`ProblemCode::Storage`] when it cannot be read or written; a file that was there before stays as it was.
    pub async fn export_history(&self, path: PathBuf) -> Result<u32, Problem> {
        let session = self.signed_in()?;
        let written = self.with_store(&session, move |store| Ok(write(store, &path))).await?;
        written.map_err(|sentence| Problem::new(ProblemCode::Storage, sentence).retryable())
    }
}

fn write(store: &Store, path: &Path) -> Result<u32, String> {
    let unwritten = |_| "The history could not be written there. Choose another folder.".to_owned();
    let mut file = beside(path).map_err(unwritten)?;
    let mut rows = 0;
    for row in store.whole_history() {
        let row = row.map_err(|cause| cause.to_string())?;
        let line = serde_json::to_string(&row).map_err(|_| "The history could not be read.".to_owned())?;
        writeln!(file, "{line}").map_err(unwritten)?;
        rows += 1;
    }
    file.persist(path).map_err(|failed| unwritten(failed.error))?;
    Ok(rows)
}
