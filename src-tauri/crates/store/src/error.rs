use std::io;

use crate::work::TransitionRefused;

/// What lies behind an error: for the log, never for the reviewer.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Why something could not be kept or read, by what can be done about it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The databases were written by a newer program. They are refused as they are; nothing was touched.
    #[error("What is kept here was written by a newer Earmark. Update Earmark to open it; nothing has been changed.")]
    Newer,
    /// The key is not the one this folder was made with. Nothing was touched.
    #[error("This key or passphrase does not open what is kept here. Nothing has been changed.")]
    WrongKey,
    /// Another store is open on the folder, in this process or in another one.
    #[error("This account is already open in another Earmark window.")]
    InUse,
    /// No room on the disk. What was written before stands; the same call may work later.
    #[error("The disk is full. What was saved before is safe; this was not saved. Make room and try again.")]
    Full(#[source] Cause),
    /// The folder or a file in it may not be written.
    #[error("Earmark may not write to the folder it keeps its data in, so this was not saved.")]
    ReadOnly(#[source] Cause),
    /// A program that knows nothing of the lock file is using a database. The same call may work later.
    #[error("Another program is using Earmark's data. Close it and try again.")]
    Busy(#[source] Cause),
    /// A database cannot be read in full. Opening the store anew mends it.
    #[error("Part of what is kept on this computer is damaged. Start Earmark again and it saves what can be read.")]
    Damaged(#[source] Cause),
    /// Any other failure to read or write.
    #[error("Earmark could not read or write its data on this computer, so this was not saved.")]
    Io(#[source] Cause),
    /// An edit cannot go from the state it is in to the one asked for.
    #[error(transparent)]
    Refused(#[from] TransitionRefused),
    /// There is no edit under that id: never recorded, or sent long ago and pruned.
    #[error("This change is no longer kept here.")]
    NoSuchEdit,
}

impl StoreError {
    /// Something was read that this program never writes.
    pub(crate) fn unreadable(what: impl Into<Cause>) -> Self {
        Self::Damaged(what.into())
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::{Error, ErrorCode};
        let code = match &error {
            Error::SqliteFailure(failure, _) | Error::SqlInputError { error: failure, .. } => Some(failure.code),
            // A column holds another type than was written there.
            Error::FromSqlConversionFailure(..) | Error::InvalidColumnType(..) | Error::IntegralValueOutOfRange(..) => {
                Some(ErrorCode::DatabaseCorrupt)
            }
            _ => None,
        };
        let cause = Box::new(error);
        match code {
            Some(ErrorCode::DiskFull) => Self::Full(cause),
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => Self::ReadOnly(cause),
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy(cause),
            // Once SQLCipher has met a bad page it says to everything that memory has run out.
            Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt | ErrorCode::OutOfMemory) => Self::Damaged(cause),
            _ => Self::Io(cause),
        }
    }
}

impl From<rusqlite_migration::Error> for StoreError {
    fn from(error: rusqlite_migration::Error) -> Self {
        use rusqlite_migration::{Error, MigrationDefinitionError};
        match error {
            Error::RusqliteError { err, .. } => err.into(),
            Error::MigrationDefinition(MigrationDefinitionError::DatabaseTooFarAhead) => Self::Newer,
            error => Self::Io(Box::new(error)),
        }
    }
}

impl From<io::Error> for StoreError {
    fn from(error: io::Error) -> Self {
        let kind = error.kind();
        let cause = Box::new(error);
        match kind {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
                Self::Full(cause)
            }
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Self::ReadOnly(cause),
            _ => Self::Io(cause),
        }
    }
}
