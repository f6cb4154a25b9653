use std::sync::Arc;
use std::time::Duration;

use earmark_amigo::Client;
use tokio::sync::Notify;
use tokio::time::timeout;

/// Keeps the reserve while somebody is there, and gives it away a minute after he was.
pub(super) async fn keep_reserve(client: Client, somebody: Arc<Notify>, minute: Duration) {
    loop {
        while timeout(minute, somebody.notified()).await.is_ok() {}
        client.keep_reserve(false);
        somebody.notified().await;
        client.keep_reserve(true);
    }
}
