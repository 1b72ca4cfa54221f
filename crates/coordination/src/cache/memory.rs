//! Entries in the memory of this server.

use std::sync::Arc;

use quick_cache::Weighter;
use quick_cache::sync::Cache as Kept;

use super::Key;
use super::entry::Entry;

/// What an entry takes beside its text.
const OVERHEAD: u64 = 192;

/// Entries, with bounds on their number and on their bytes: those that are asked for least go first.
pub(super) struct Memory {
    kept: Kept<Key, Arc<Entry>, Weight>,
}

/// Each entry weighs at least its share of the bytes, so that one bound serves both.
#[derive(Clone)]
struct Weight {
    least: u64,
}

impl Weighter<Key, Arc<Entry>> for Weight {
    fn weight(&self, _: &Key, entry: &Arc<Entry>) -> u64 {
        let text = entry.text.as_ref().map_or(0, |text| text.get().len());
        (u64::try_from(text).unwrap_or(u64::MAX / 2) + OVERHEAD).max(self.least)
    }
}

impl Memory {
    pub(super) fn new(entries: usize, bytes: usize) -> Self {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        let least = bytes.div_ceil(u64::try_from(entries).unwrap_or(u64::MAX).max(1)).max(1);
        Self { kept: Kept::with_weighter(entries, bytes, Weight { least }) }
    }

    pub(super) fn get(&self, key: Key) -> Option<Arc<Entry>> {
        self.kept.get(&key)
    }

    pub(super) fn keep(&self, key: Key, entry: Arc<Entry>) {
        self.kept.insert(key, entry);
    }

    pub(super) fn entries(&self) -> u64 {
        u64::try_from(self.kept.len()).unwrap_or(u64::MAX)
    }

    /// As they are weighed.
    pub(super) fn bytes(&self) -> u64 {
        self.kept.weight()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicBool;

    use claudebench_core::{TaskId, TenantId};
    use serde_json::value::to_raw_value;

    use super::*;

    fn entry(bytes: usize) -> Arc<Entry> {
        Arc::new(Entry {
            text: Some(to_raw_value(&"x".repeat(bytes)).unwrap().into()),
            seen: 0,
            covers: 0,
            history: 0,
            keeps: true,
            until: 0,
            renew: 0,
            renewing: AtomicBool::new(false),
        })
    }

    #[test]
    fn neither_their_number_nor_their_bytes_grow_beyond_the_bound() {
        for (bytes, each) in [(1 << 20, 10), (1 << 20, 5_000)] {
            let memory = Memory::new(1_000, bytes);
            for id in 1..=5_000 {
                memory.keep(Key { tenant: TenantId::DEFAULT, task: TaskId(id) }, entry(each));
            }
            assert!(memory.entries() <= 1_000, "{}", memory.entries());
            assert!(memory.bytes() <= 1 << 20, "{}", memory.bytes());
            assert!(memory.entries() * u64::try_from(each).unwrap() > 5_000, "they are kept");
        }
    }
}
