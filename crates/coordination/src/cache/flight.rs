//! Reads under way: whoever wants the same waits for the one that is there.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use claudebench_core::Error;
use futures_util::future::{FutureExt, Shared, WeakShared};

use super::Key;
use super::entry::Entry;

/// When so many are remembered, those that are over are forgotten.
const MANY: usize = 1_024;

/// What came of one.
#[derive(Clone)]
pub(super) struct Fetched {
    pub(super) entry: Arc<Entry>,
    /// Whether it stays right until an event says otherwise.
    pub(super) keeps: bool,
}

type Fetching = Pin<Box<dyn Future<Output = Result<Fetched, Error>> + Send>>;

/// One under way.
pub(super) type Flight = Shared<Fetching>;

struct Known {
    flight: WeakShared<Fetching>,
    /// How far the log was told of when it began.
    seen: u64,
    covers: u128,
}

/// Those under way, by what they fetch.
#[derive(Default)]
pub(super) struct Flights {
    known: Mutex<HashMap<Key, Known>>,
    numbers: AtomicU64,
}

impl Flights {
    /// The one that fetches what is wanted, as it has seen and covers it, and whether it was there already.
    pub(super) fn join(
        &self,
        key: Key,
        (since, wanted): (u64, u128),
        begin: impl FnOnce() -> (u64, Fetching),
    ) -> (Flight, bool) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(one) = known.get(&key)
            && one.seen >= since
            && one.covers >= wanted
            // What is over was overtaken by whoever asks now.
            && let Some(flight) = one.flight.upgrade().filter(|flight| flight.peek().is_none())
        {
            return (flight, true);
        }
        if known.len() >= MANY {
            known.retain(|_, one| one.flight.upgrade().is_some_and(|one| one.peek().is_none()));
        }
        let (seen, fetching) = begin();
        let flight = fetching.shared();
        if let Some(weak) = flight.downgrade() {
            known.insert(key, Known { flight: weak, seen, covers: wanted });
        }
        (flight, false)
    }

    /// One that nobody else here has.
    pub(super) fn number(&self) -> u64 {
        self.numbers.fetch_add(1, Ordering::Relaxed)
    }
}
