//! Times as the databases hold them: microseconds since 1970, which sort as numbers.

use jiff::Timestamp;

use crate::StoreError;

/// A time as a column holds it. Finer than a microsecond is dropped.
pub(crate) fn to_column(time: Timestamp) -> i64 {
    time.as_microsecond()
}

/// A column's time.
///
/// # Errors
/// [`StoreError::Damaged`] for one no calendar has.
pub(crate) fn from_column(column: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_microsecond(column).map_err(StoreError::unreadable)
}
