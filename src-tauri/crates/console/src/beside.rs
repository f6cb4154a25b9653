//! Files that are written beside the one the reviewer chose.

use std::io;
use std::path::Path;

use tempfile::NamedTempFile;

/// A file in the folder of a path, to be given its name once it is complete: a full disk leaves nothing half-written under it.
///
/// # Errors
/// That the folder takes no file.
pub(crate) fn beside(path: &Path) -> io::Result<NamedTempFile> {
    // A path without a folder is in the current one.
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    NamedTempFile::new_in(folder)
}
