//! What the window may ask for: one file per room of the interface, each command one line that calls the console.

pub(crate) mod account;
pub(crate) mod browse;
pub(crate) mod comments;
pub(crate) mod conversation;
pub(crate) mod drafts;
pub(crate) mod feedback;
pub(crate) mod menu;
pub(crate) mod player;
pub(crate) mod queues;
pub(crate) mod settings;
pub(crate) mod work;

use earmark_console::{Console, Problem};
use tauri::State;

type Shared<'a> = State<'a, Console>;
type Answer<T> = Result<T, Problem>;
