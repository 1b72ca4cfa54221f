//! A bounded number of places, shared so that nobody takes the room of the others. A tenant has at
//! most half of what the other tenants leave, a caller at most half of what the others of its
//! tenant leave of that: however much one of them asks for, there is room for the next.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::Hash;
use std::sync::Arc;

use crate::TenantId;

/// A caller: its tenant, and its name there.
pub type Who = (TenantId, Arc<str>);

/// Why there is no place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Full {
    /// All are taken.
    All,
    /// The caller or its tenant has its share.
    Share,
}

/// The most that one may have of so many places, when the others have so many.
#[must_use]
pub fn share(whole: usize, others: usize) -> usize {
    whole.saturating_sub(others).div_ceil(2)
}

/// The places that are taken, and by whom.
#[derive(Debug)]
pub struct Shares {
    most: usize,
    all: usize,
    tenants: HashMap<TenantId, usize>,
    callers: HashMap<Who, usize>,
}

impl Shares {
    /// At most so many places.
    #[must_use]
    pub fn new(most: usize) -> Self {
        Self { most, all: 0, tenants: HashMap::new(), callers: HashMap::new() }
    }

    /// How many are taken.
    #[must_use]
    pub fn taken(&self) -> usize {
        self.all
    }

    /// Takes a place.
    ///
    /// # Errors
    /// There is none for this caller.
    pub fn enter(&mut self, who: &Who) -> Result<(), Full> {
        let of_tenant = self.tenants.get(&who.0).copied().unwrap_or(0);
        let of_caller = self.callers.get(who).copied().unwrap_or(0);
        let for_tenant = share(self.most, self.all - of_tenant);
        let for_caller = share(for_tenant, of_tenant - of_caller);
        if self.all >= self.most {
            return Err(Full::All);
        }
        if of_tenant >= for_tenant || of_caller >= for_caller {
            return Err(Full::Share);
        }
        self.add(who);
        Ok(())
    }

    /// Takes a place, even where it makes one too many.
    pub fn add(&mut self, who: &Who) {
        self.all += 1;
        *self.tenants.entry(who.0).or_default() += 1;
        *self.callers.entry(who.clone()).or_default() += 1;
    }

    /// Gives a place back.
    pub fn remove(&mut self, who: &Who) {
        self.all = self.all.saturating_sub(1);
        one_less(&mut self.tenants, who.0);
        one_less(&mut self.callers, who.clone());
    }
}

/// Whoever has none is not kept: the maps are no longer than there are places taken.
fn one_less<K: Eq + Hash>(counts: &mut HashMap<K, usize>, key: K) {
    if let Entry::Occupied(mut count) = counts.entry(key) {
        *count.get_mut() -= 1;
        if *count.get() == 0 {
            count.remove();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fill(shares: &mut Shares, tenant: i64, caller: &str) -> usize {
        let who = (TenantId(tenant), caller.into());
        (0..).take_while(|_| shares.enter(&who).is_ok()).count()
    }

    #[test]
    fn nobody_takes_the_room_of_the_others() {
        let mut shares = Shares::new(16);
        assert_eq!(fill(&mut shares, 1, "greedy"), 4, "a quarter for one caller alone");
        assert_eq!(fill(&mut shares, 1, "second"), 2, "half of what its tenant has left");
        let other = fill(&mut shares, 2, "other");
        assert_eq!(other, 3, "half of the tenant's half of what the first leaves");
        let greedy = (TenantId(1), "greedy".into());
        assert_eq!(shares.enter(&greedy), Err(Full::Share));
        for (tenant, caller, count) in [(1, "greedy", 4), (1, "second", 2), (2, "other", 3)] {
            (0..count).for_each(|_| shares.remove(&(TenantId(tenant), caller.into())));
        }
        assert_eq!(shares.taken(), 0);
        assert!(shares.tenants.is_empty() && shares.callers.is_empty());
    }

    #[test]
    fn there_is_never_more_than_may_be() {
        let mut shares = Shares::new(5);
        let taken: usize = (0..100).map(|n| fill(&mut shares, n, &format!("caller {n}"))).sum();
        assert_eq!((taken, shares.taken()), (5, 5));
        assert_eq!(shares.enter(&(TenantId(0), "late".into())), Err(Full::All));
    }
}
