use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};

/// How much calls are wanted, the most wanted first. Calls of one budget go in this order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Urgency {
    /// Somebody waits for them, or listens and will hear them next.
    #[default]
    Now,
    /// They carry what somebody did, who goes on meanwhile.
    Work,
    /// They read the rest of what is open. They leave the reserve.
    Open,
    /// They read what may be opened later. They leave the reserve and are spread, so that others with the same key get on.
    Later,
}

/// The urgency of a client's calls, which may rise while they wait, and whether any of them went.
#[derive(Debug, Clone)]
pub(crate) struct Standing(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    urgency: AtomicU8,
    has_sent: AtomicBool,
}

impl Standing {
    pub(crate) fn of(urgency: Urgency) -> Self {
        Self(Arc::new(Shared { urgency: AtomicU8::new(urgency as u8), has_sent: AtomicBool::new(false) }))
    }

    pub(crate) fn has_sent(&self) -> bool {
        self.0.has_sent.load(Ordering::Relaxed)
    }

    pub(crate) fn note_sent(&self) {
        self.0.has_sent.store(true, Ordering::Relaxed);
    }

    pub(crate) fn urgency(&self) -> Urgency {
        const ALL: [Urgency; 4] = [Urgency::Now, Urgency::Work, Urgency::Open, Urgency::Later];
        ALL[usize::from(self.0.urgency.load(Ordering::Relaxed))]
    }

    /// Raises it, and answers whether that changed anything.
    pub(crate) fn raise(&self, urgency: Urgency) -> bool {
        self.0.urgency.fetch_min(urgency as u8, Ordering::Relaxed) > urgency as u8
    }
}
