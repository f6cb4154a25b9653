//! What was read in an earlier run, and keeping what is read in this one. A cache: whatever fails here only costs a call.

use std::sync::Arc;

use earmark_store::{Store, StoreError};

use crate::console::held;
use crate::session::Session;

/// Something for the store to keep.
pub(crate) type Keep = Box<dyn FnOnce(&Store) -> Result<(), StoreError> + Send>;

impl Session {
    /// Asks the store; nothing where it holds nothing, is not open, or fails.
    pub(crate) async fn recall<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&Store) -> Result<Option<T>, StoreError> + Send + 'static,
    ) -> Option<T> {
        let store = self.store()?;
        tokio::task::spawn_blocking(move || told(ask(&store)).flatten()).await.ok().flatten()
    }

    /// Has the store keep something, in the background; once it is open, where it is not yet.
    pub(crate) fn remember(&self, keep: impl FnOnce(&Store) -> Result<(), StoreError> + Send + 'static) {
        match self.store() {
            // Nobody waits for it: what is not kept is fetched once more.
            Some(store) => drop(tokio::task::spawn_blocking(move || told(keep(&store)))),
            None => held(&self.to_keep).push(Box::new(keep)),
        }
    }

    /// Keeps what was read before the store was open.
    pub(crate) fn keep_early(&self) {
        for keep in std::mem::take(&mut *held(&self.to_keep)) {
            self.remember(keep);
        }
        self.look_ahead.store_changed();
    }

    /// Whether anything is kept for later runs at this moment.
    pub(crate) fn keeps(&self) -> bool {
        self.store().is_some()
    }

    /// Nothing where it is not open, or just being replaced.
    fn store(&self) -> Option<Arc<Store>> {
        self.kept.try_read().ok()?.as_ref().map(|kept| kept.store.clone())
    }
}

fn told<T>(done: Result<T, StoreError>) -> Option<T> {
    done.inspect_err(|cause| tracing::warn!(%cause, "the cache could not be used")).ok()
}
