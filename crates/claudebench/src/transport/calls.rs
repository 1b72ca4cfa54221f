//! The calls under way: how many in all, by tenant and by caller, each with its share.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use claudebench_core::share::{Full, Shares, Who};
use claudebench_core::{Code, Error, TenantId};
use claudebench_services::Slot;

/// The calls under way.
pub struct Calls {
    shares: Mutex<Shares>,
}

impl Calls {
    /// At most so many.
    #[must_use]
    pub fn new(most: usize) -> Self {
        Self { shares: Mutex::new(Shares::new(most)) }
    }

    /// One more call of somebody, until the place is dropped.
    ///
    /// # Errors
    /// [`Code::Overloaded`]: there are as many as may be, in all or of this caller.
    pub fn enter(self: &Arc<Self>, tenant: TenantId, caller: Arc<str>) -> Result<Place, Error> {
        let who = (tenant, caller);
        let whose = match self.lock().enter(&who) {
            Ok(()) => {
                let seat = Seat { calls: self.clone(), who, aside: Mutex::new(0) };
                return Ok(Place(Arc::new(seat)));
            }
            Err(Full::All) => "the server has as many calls under way as it takes",
            Err(Full::Share) => "you have as many calls under way as your share is",
        };
        let message = format!("{whose}; nothing was done");
        Err(Error::new(Code::Overloaded, message).with("retryAfterMs", 100))
    }

    fn lock(&self) -> MutexGuard<'_, Shares> {
        self.shares.lock().unwrap_or_else(PoisonError::into_inner)
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
        assert_eq!(calls.lock().taken(), 2, "one too many for a while");
        drop((first, slot));
        assert!(enter().is_err());
        drop(second);
        assert!(enter().is_ok());
    }
}
