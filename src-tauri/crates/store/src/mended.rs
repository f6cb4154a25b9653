/// What was found damaged, and what was done about it. To be told to the reviewer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mended {
    /// The cache was damaged. It is empty now, and fills again from the server.
    CacheRebuilt,
    /// The reviewer's work was damaged. What could be read was saved into a new database.
    WorkSaved {
        /// Name of the damaged database, which stays in the folder.
        kept_aside: String,
        /// Rows saved.
        saved: u64,
        /// Rows known to be lost; `None` when it cannot be told how many there were.
        lost: Option<u64>,
        /// Edits and flags among those lost that were made again from the history.
        restored: u64,
    },
    /// The reviewer's work was there once and its file is gone. A new, empty one was begun.
    WorkGone,
}
