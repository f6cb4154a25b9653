//! Which place of the timeline each output frame of a run is.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::order::Order;
use crate::timeline::Place;

/// Written by the feeder, read by the player; the output's thread never touches it.
#[derive(Clone)]
pub(crate) struct Ledger(Arc<Mutex<Vec<Entry>>>);

struct Entry {
    /// Output frames before it.
    first: u64,
    part: usize,
    order: Order,
}

impl Ledger {
    /// A ledger of a run that begins at `from`.
    pub(crate) fn new(from: Place) -> Self {
        let nothing_yet = Entry { first: 0, part: from.part, order: Order::new(from.frame..from.frame, &[], 1, 100) };
        Self(Arc::new(Mutex::new(vec![nothing_yet])))
    }

    /// From output frame `first` on, `part` is played in `order`.
    pub(crate) fn enter(&self, first: u64, part: usize, order: Order) {
        self.lock().push(Entry { first, part, order });
    }

    /// Where the frame that is `output` frames after the run's first lies.
    pub(crate) fn place_at(&self, output: u64) -> Place {
        let entries = self.lock();
        let after = entries.partition_point(|entry| entry.first <= output);
        // The first entry begins with the run, so none is after it.
        let entry = &entries[after.max(1) - 1];
        Place { part: entry.part, frame: entry.order.source_at(output - entry.first) }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Entry>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
