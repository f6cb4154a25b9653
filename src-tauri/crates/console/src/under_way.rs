//! Equal requests that meet are one: whoever comes second waits for the first, and finds what it brought.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, Weak};

use earmark_amigo::{Client, Urgency};
use tokio::sync::MutexGuard;

use crate::console::held;

/// Requests under way, by what they ask for.
pub(crate) struct UnderWay<K>(Mutex<HashMap<K, Weak<Request>>>);

/// One thing that is asked for, by however many.
pub(crate) struct Request {
    client: Client,
    turn: tokio::sync::Mutex<()>,
}

impl<K> Default for UnderWay<K> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Eq + Hash> UnderWay<K> {
    /// The request for `key`, which from now on is wanted at least as much as this client's calls.
    pub(crate) fn join(&self, key: K, client: &Client) -> Arc<Request> {
        let mut requests = held(&self.0);
        requests.retain(|_, request| request.strong_count() > 0);
        if let Some(request) = requests.get(&key).and_then(Weak::upgrade) {
            request.client.raise(client.urgency());
            return request;
        }
        // A client of its own, which tells whether this request went.
        let client = client.with_urgency(client.urgency());
        let request = Arc::new(Request { client, turn: tokio::sync::Mutex::default() });
        requests.insert(key, Arc::downgrade(&request));
        request
    }

    /// The request for `key`, if there is one, is wanted at least as much.
    pub(crate) fn raise(&self, key: &K, urgency: Urgency) {
        if let Some(request) = held(&self.0).get(key).and_then(Weak::upgrade) {
            request.client.raise(urgency);
        }
    }
}

impl Request {
    /// Waits for whoever is asking. What he brought must be looked for then; the client is for what is still missing.
    pub(crate) async fn turn(&self) -> (&Client, MutexGuard<'_, ()>) {
        (&self.client, self.turn.lock().await)
    }
}
