use serde::{Deserialize, Serialize};
use specta::Type;

use super::PersonView;
use crate::Problem;

/// An account whose organization, person and server are remembered on this computer. Its keys are elsewhere.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct AccountView {
    /// Random, made when the account is first used.
    pub id: String,
    /// The organization's id.
    pub organization: String,
    /// Whom the key acts as.
    pub user_id: String,
    /// The server, or the region's name where it is one of the presets.
    pub server: String,
    /// The server's address.
    pub base_url: String,
}

/// Where the keys of the current session are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum KeysKept {
    /// In the operating system's keyring.
    Keyring,
    /// In memory until the program ends, because no keyring could be used.
    ThisRun,
    /// They came from the environment and are not stored.
    Environment,
    /// The built-in sample organization's, made for this run.
    Sample,
}

/// Who is signed in where.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SessionView {
    /// The account.
    pub account: AccountView,
    /// The organization's name, or its id where the server does not tell.
    pub organization_name: String,
    /// Who reviews.
    pub me: PersonView,
    /// Where the keys are.
    pub keys: KeysKept,
}

/// What the sign-in form holds.
#[derive(Clone, Deserialize, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SignInForm {
    /// The organization's id.
    pub organization: String,
    /// The key's id.
    pub api_key_id: String,
    /// The key itself.
    pub api_key: String,
    /// Whom to act as.
    pub user_id: String,
    /// The server's address; https, or http on loopback.
    pub base_url: String,
}

/// A preset server.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RegionView {
    /// Its name, as in "United States".
    pub name: String,
    /// Its address.
    pub base_url: String,
}

/// What the window needs to know first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct StartView {
    /// The session that was resumed, if any.
    pub session: Option<SessionView>,
    /// Why none was, when one was expected.
    pub problem: Option<Problem>,
    /// Accounts remembered on this computer.
    pub accounts: Vec<AccountView>,
    /// Preset servers.
    pub regions: Vec<RegionView>,
    /// Why keys will be kept for this run only; absent when the keyring works.
    pub keyring_notice: Option<String>,
    /// The program's version.
    pub version: String,
    /// The folder everything but the keys is kept in.
    pub data_dir: String,
}
