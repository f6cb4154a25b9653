//! What goes out when the program closes or the account is left, because the reviewer could still take it back until then.

use std::time::Duration;

use crate::Console;

/// Longest that leaving is held up.
const PATIENCE: Duration = Duration::from_secs(1);

impl Console {
    /// Sends the changes that could still be taken back, and reads nothing ahead any more. Takes a second at most; what the
    /// server did not take by then is kept here and sent when the account is signed in again.
    pub async fn close(&self) {
        if let Ok(session) = self.signed_in() {
            // A call that is under way would hold the store open for whoever opens it next.
            session.look_ahead.stop();
            session.feedback.stop();
            session.outbox.flush(PATIENCE).await;
        }
    }
}
