//! The calls under way: how many in all, by tenant and by caller, so that nobody takes the room of
//! the others. A tenant has at most half of what the other tenants leave, a caller at most half of
//! what the others of its tenant leave of that: however much one of them asks for, there is room
//! for the next.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use claudebench_core::{Code, Error, TenantId};
use claudebench_services::Slot;

/// A caller: its tenant, and its name there.
type Who = (TenantId, Arc<str>);

/// The calls under way.
pub struct Calls {
    most: usize,
    counts: Mutex<Counts>,
}

#[derive(Default)]
struct Counts {
    all: usize,
    tenants: HashMap<TenantId, usize>,
    callers: HashMap<Who, usize>,
}

impl Calls {
    /// At most so many.
    #[must_use]
    pub fn new(most: usize) -> Self {
        Self { most, counts: Mutex::default() }
    }

    /// One more call of somebody, until the place is dropped.
    ///
    /// # Errors
    /// [`Code::Overloaded`]: there are as many as may be, in all or of this caller.
    pub fn enter(self: &Arc<Self>, tenant: TenantId, caller: Arc<str>) -> Result<Place, Error> {
        let who = (tenant, caller);
        let mut counts = self.lock();
        let of_tenant = counts.tenants.get(&tenant).copied().unwrap_or(0);
        let of_caller = counts.callers.get(&who).copied().unwrap_or(0);
        let share = |whole: usize, others: usize| whole.saturating_sub(others).div_ceil(2);
        let for_tenant = share(self.most, counts.all - of_tenant);
        let for_caller = share(for_tenant, of_tenant - of_caller);
        let whose = if counts.all >= self.most {
            "the server has as many calls under way as it takes"
        } else if of_tenant >= for_tenant || of_caller >= for_caller {
            "you have as many calls under way as your share is"
        } else {
            counts.add(&who);
            drop(counts);
            let seat = Seat { calls: self.clone(), who, aside: Mutex::new(0) };
            return Ok(Place(Arc::new(seat)));
        };
        let message = format!("{whose}; nothing was done");
        Err(Error::new(Code::Overloaded, message).with("retryAfterMs", 100))
    }

    fn lock(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Counts {
    fn add(&mut self, who: &Who) {
        self.all += 1;
        *self.tenants.entry(who.0).or_default() += 1;
        *self.callers.entry(who.clone()).or_default() += 1;
    }

    fn remove(&mut self, who: &Who) {
        self.all = self.all.saturating_sub(1);
        one_less(&mut self.tenants, who.0);
        one_less(&mut self.callers, who.clone());
    }
}

/// Whoever has none is not kept: the maps are no longer than there are calls.
fn one_less<K: Eq + Hash>(counts: &mut HashMap<K, usize>, key: K) {
    if let Entry::Occupied(mut count) = counts.entry(key) {
        *count.get_mut() -= 1;
        if *count.get() == 0 {
            count.remove();
        }
    }
}

/// The place of one call; given back when it is dropped.
pub struct Place(Arc<Seat>);

struct Seat {
    calls: Arc<Calls>,
    who: Who,
    /// How many parts of the call wait without the place.
    aside: Mutex<usize>,
}

impl Place {
    /// For the call itself.
    #[must_use]
    pub fn slot(&self) -> Arc<dyn Slot> {
        self.0.clone()
    }

    /// Whether the call waits for something, with nothing half done.
    #[must_use]
    pub fn is_aside(&self) -> bool {
        *self.0.aside() > 0
    }
}

impl Seat {
    fn aside(&self) -> MutexGuard<'_, usize> {
        self.aside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Slot for Seat {
    fn give_back(&self) {
        let mut aside = self.aside();
        *aside += 1;
        if *aside == 1 {
            self.calls.lock().remove(&self.who);
        }
    }

    fn take_again(&self) {
        let mut aside = self.aside();
        *aside = aside.saturating_sub(1);
        if *aside == 0 {
            self.calls.lock().add(&self.who);
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        // Whoever stands aside holds this, so nobody does any more.
        self.calls.lock().remove(&self.who);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fill(calls: &Arc<Calls>, tenant: i64, caller: &str) -> Vec<Place> {
        std::iter::from_fn(|| calls.enter(TenantId(tenant), caller.into()).ok()).collect()
    }

    #[test]
    fn nobody_takes_the_room_of_the_others() {
        let calls = Arc::new(Calls::new(16));
        let greedy = fill(&calls, 1, "greedy");
        assert_eq!(greedy.len(), 4, "a quarter for one caller alone");
        let second = fill(&calls, 1, "second");
        assert_eq!(second.len(), 2, "half of what its tenant has left");
        let other = fill(&calls, 2, "other");
        assert_eq!(other.len(), 3, "half of the tenant's half of what the first leaves");
        let Err(error) = calls.enter(TenantId(1), "greedy".into()) else { panic!("its share") };
        assert_eq!(error.code, Code::Overloaded);
        drop((greedy, second, other));
        assert_eq!(calls.lock().all, 0);
        assert!(calls.lock().tenants.is_empty() && calls.lock().callers.is_empty());
    }

    #[test]
    fn there_is_never_more_than_may_be() {
        let calls = Arc::new(Calls::new(5));
        let held: Vec<Place> =
            (0..100).flat_map(|n| fill(&calls, n, &format!("caller {n}"))).collect();
        assert_eq!(held.len(), 5);
    }

    #[test]
    fn a_call_that_waits_leaves_its_place_to_others_and_comes_back_in_any_case() {
        let calls = Arc::new(Calls::new(1));
        let enter = || calls.enter(TenantId(1), "a".into());
        let first = enter().unwrap();
        assert!(enter().is_err());
        let slot = first.slot();
        slot.give_back();
        slot.give_back();
        assert!(first.is_aside());
        let second = enter().unwrap();
        slot.take_again();
        assert!(first.is_aside(), "a part of it still waits");
        slot.take_again();
        assert!(!first.is_aside());
        assert_eq!(calls.lock().all, 2, "one too many for a while");
        drop((first, slot));
        assert!(enter().is_err());
        drop(second);
        assert!(enter().is_ok());
    }
}
