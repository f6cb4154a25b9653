//! Recordings kept for hearing again, compressed and with their waveforms, in memory only.
//!
//! Belongs to a session: another account may not be allowed to hear them. Beyond the limit the one heard longest ago goes
//! first. Invariants: more is held than the limit only while everything held is pinned, or for the very latest.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use earmark_audio::Recording;
use earmark_review::MessageId;

/// What a session's recordings may take, in bytes.
pub(crate) const LIMIT: usize = 256 << 20;

/// Recordings by message.
pub(crate) struct SoundCache {
    limit: usize,
    kept: HashMap<MessageId, Kept>,
    pinned: HashSet<MessageId>,
    bytes: usize,
    /// Counts uses.
    clock: u64,
}

struct Kept {
    recording: Arc<Recording>,
    size: usize,
    used: u64,
}

impl Default for SoundCache {
    fn default() -> Self {
        Self::new(LIMIT)
    }
}

impl SoundCache {
    pub(crate) fn new(limit: usize) -> Self {
        Self { limit, kept: HashMap::new(), pinned: HashSet::new(), bytes: 0, clock: 0 }
    }

    /// A message's recording, which becomes the latest used.
    pub(crate) fn find(&mut self, id: &MessageId) -> Option<Arc<Recording>> {
        self.clock += 1;
        let kept = self.kept.get_mut(id)?;
        kept.used = self.clock;
        Some(kept.recording.clone())
    }

    /// A message's recording, without using it.
    pub(crate) fn peek(&self, id: &MessageId) -> Option<&Arc<Recording>> {
        self.kept.get(id).map(|kept| &kept.recording)
    }

    /// Whether one more recording of the usual size would make another one go.
    pub(crate) fn is_full(&self) -> bool {
        let usual = self.bytes / self.kept.len().max(1);
        self.bytes + usual > self.limit
    }

    /// Keeps a recording; answers whose recordings went for it.
    pub(crate) fn keep(&mut self, id: MessageId, recording: Arc<Recording>) -> Vec<MessageId> {
        self.clock += 1;
        let size = recording.size_in_bytes();
        self.bytes += size;
        let before = self.kept.insert(id.clone(), Kept { recording, size, used: self.clock });
        self.bytes -= before.map_or(0, |before| before.size);
        let mut gone = Vec::new();
        while self.bytes > self.limit {
            let free = self.kept.iter().filter(|(kept, _)| **kept != id && !self.pinned.contains(kept));
            let Some(oldest) = free.min_by_key(|(_, kept)| kept.used).map(|(kept, _)| kept.clone()) else { break };
            self.bytes -= self.kept.remove(&oldest).map_or(0, |kept| kept.size);
            gone.push(oldest);
        }
        gone
    }

    /// Keeps a recording where none must go for it.
    pub(crate) fn keep_if_it_fits(&mut self, id: MessageId, recording: Arc<Recording>) {
        if self.bytes + recording.size_in_bytes() <= self.limit {
            self.keep(id, recording);
        }
    }

    /// Lets all but these go.
    pub(crate) fn keep_only(&mut self, ids: &HashSet<MessageId>) {
        self.kept.retain(|id, _| ids.contains(id));
        self.bytes = self.kept.values().map(|kept| kept.size).sum();
    }

    /// Lets none of these go, and any other again.
    pub(crate) fn pin(&mut self, ids: HashSet<MessageId>) {
        self.pinned = ids;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;
    use crate::wav;

    /// So many silent samples.
    fn recording(samples: usize) -> Arc<Recording> {
        wav::recording(&vec![128; samples])
    }

    fn id(number: usize) -> MessageId {
        MessageId::new(format!("m{number}")).unwrap()
    }

    #[test]
    fn three_hours_of_speech_fit() {
        // At 64 kb/s, as speech comes.
        let five_minutes = recording(5 * 60 * 8_000);
        assert_eq!(five_minutes.duration_ms(), 300_000);
        let mut cache = SoundCache::default();
        for number in 0..36 {
            assert!(!cache.is_full(), "{} bytes for {} minutes", cache.bytes, number * 5);
            assert_eq!(cache.keep(id(number), five_minutes.clone()), []);
        }
        assert!(cache.bytes >= 86_400_000);
    }

    #[test]
    fn what_was_heard_longest_ago_goes_first() {
        let one = recording(8_000);
        let mut cache = SoundCache::new(3 * one.size_in_bytes());
        for number in 0..3 {
            assert_eq!(cache.keep(id(number), one.clone()), []);
        }
        cache.find(&id(0)).unwrap();
        assert_eq!(cache.keep(id(3), one.clone()), [id(1)]);
        assert!(cache.peek(&id(1)).is_none() && cache.peek(&id(0)).is_some());
        cache.pin([id(2)].into());
        assert_eq!(cache.keep(id(4), one.clone()), [id(0)], "what is pinned is passed over");
        assert!(cache.is_full());
    }

    #[test]
    fn what_is_not_asked_for_makes_nothing_go() {
        let one = recording(8_000);
        let mut cache = SoundCache::new(one.size_in_bytes() + 10);
        cache.keep_if_it_fits(id(0), one.clone());
        cache.keep_if_it_fits(id(1), one);
        assert!(cache.peek(&id(0)).is_some() && cache.peek(&id(1)).is_none());
        cache.keep_only(&[id(1)].into());
        assert_eq!((cache.kept.len(), cache.bytes), (0, 0));
    }

    #[test]
    fn the_latest_stays_however_large() {
        let mut cache = SoundCache::new(100);
        assert_eq!(cache.keep(id(0), recording(8_000)), []);
        assert_eq!(cache.keep(id(1), recording(16_000)), [id(0)]);
        assert!(cache.find(&id(1)).is_some());
    }

    #[test]
    fn the_same_message_counts_once() {
        let one = recording(8_000);
        let mut cache = SoundCache::new(2 * one.size_in_bytes());
        for _ in 0..5 {
            assert_eq!(cache.keep(id(0), one.clone()), []);
        }
        assert_eq!(cache.bytes, one.size_in_bytes());
    }

    proptest! {
        #[test]
        fn the_limit_holds_and_nothing_pinned_goes(
            steps in proptest::collection::vec((0_usize..12, 0_usize..3, proptest::collection::hash_set(0_usize..12, 0..4)), 1..60),
        ) {
            let sizes = [recording(800), recording(4_000), recording(9_000)];
            let limit = 4 * sizes[1].size_in_bytes();
            let mut cache = SoundCache::new(limit);
            for (number, size, pinned) in steps {
                let pinned: HashSet<MessageId> = pinned.into_iter().map(id).collect();
                let held: HashSet<MessageId> = cache.kept.keys().cloned().collect();
                cache.pin(pinned.clone());
                let gone = cache.keep(id(number), sizes[size].clone());
                prop_assert!(gone.iter().all(|gone| held.contains(gone) && !pinned.contains(gone) && *gone != id(number)));
                prop_assert!(held.iter().all(|held| cache.kept.contains_key(held) || gone.contains(held)));
                prop_assert!(cache.kept.contains_key(&id(number)));
                let counted: usize = cache.kept.values().map(|kept| kept.recording.size_in_bytes()).sum();
                prop_assert_eq!(cache.bytes, counted);
                let can_go = cache.kept.keys().any(|kept| *kept != id(number) && !pinned.contains(kept));
                prop_assert!(cache.bytes <= limit || !can_go, "{} of {}", cache.bytes, limit);
            }
        }
    }
}
