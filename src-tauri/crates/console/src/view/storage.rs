use serde::{Deserialize, Serialize};
use specta::Type;

/// Where the reviewer's work is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct StorageView {
    /// Where, and so for how long.
    pub kept: WorkKept,
    /// What a passphrase would do now; absent where it would do nothing.
    pub passphrase: Option<PassphraseUse>,
    /// What must be said of it: that it does not last, or what was mended. Absent when all is well.
    pub notice: Option<String>,
}

/// Where the key to the reviewer's work is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum WorkKept {
    /// In the keyring.
    Keyring,
    /// The reviewer's passphrase opens it.
    Passphrase,
    /// Nowhere: the work goes with this run.
    ThisRun,
}

/// What a passphrase would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum PassphraseUse {
    /// Nothing was kept before: one can be chosen.
    Choose,
    /// It opens what was kept with it.
    Enter,
}
