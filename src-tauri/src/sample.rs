//! The built-in sample organization: the sandbox inside this process, with a random key and no limits.

use earmark_console::GivenKeys;
use earmark_sandbox::{Limits, Options, Sandbox};
use tauri::async_runtime::Mutex;

/// The running sandbox, started at the first need and ended with the program.
#[derive(Default)]
pub(crate) struct Sample(Mutex<Option<Sandbox>>);

impl Sample {
    /// Starts the sandbox if it does not run yet, and answers its keys.
    pub(crate) async fn open(&self) -> Result<GivenKeys, earmark_sandbox::StartError> {
        let mut running = self.0.lock().await;
        let sandbox = match running.take() {
            Some(sandbox) => sandbox,
            None => earmark_sandbox::start(Options { limits: Limits::Off, ..Options::default() }).await?,
        };
        let credentials = running.insert(sandbox).credentials();
        Ok(GivenKeys {
            organization: credentials.organization.clone(),
            user_id: credentials.user_id.clone(),
            api_key_id: credentials.api_key_id.clone().into(),
            api_key: credentials.api_key.clone().into(),
            base_url: credentials.base_url.clone(),
        })
    }
}
