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

type Fetching = Pin<Box<dyn Future<Output = Result<Arc<Entry>, Error>> + Send>>;

/// One under way.
pub(super) type Flight = Shared<Fetching>;

struct Known {
    flight: WeakShared<Fetching>,
    /// How far the log was told of when it began, and what it looks for.
    wants: Wants,
}

/// What a fetch looks for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Wants {
    /// It has seen that much of the log.
    pub(super) since: u64,
    /// It covers that position.
    pub(super) covers: u128,
    /// It is of that history.
    pub(super) history: u64,
}

/// Those under way, by what they fetch.
#[derive(Default)]
pub(super) struct Flights {
    known: Mutex<HashMap<Key, Known>>,
    numbers: AtomicU64,
}

impl Flights {
    /// The one that fetches what is wanted, and whether it was there already: then it is to be looked at whether it
    /// has brought that.
    pub(super) fn join(
        &self,
        key: Key,
        wants: Wants,
        begin: impl FnOnce(Wants) -> Fetching,
    ) -> (Flight, bool) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(one) = known.get(&key)
            && one.wants.since >= wants.since
            && one.wants.covers >= wants.covers
            && one.wants.history == wants.history
            // What is over was overtaken by whoever asks now.
            && let Some(flight) = one.flight.upgrade().filter(|flight| flight.peek().is_none())
        {
            return (flight, true);
        }
        if known.len() >= MANY {
            known.retain(|_, one| one.flight.upgrade().is_some_and(|one| one.peek().is_none()));
        }
        let flight = begin(wants).shared();
        if let Some(weak) = flight.downgrade() {
            known.insert(key, Known { flight: weak, wants });
        }
        (flight, false)
    }

    /// One that nobody else here has.
    pub(super) fn number(&self) -> u64 {
        self.numbers.fetch_add(1, Ordering::Relaxed)
    }
}
