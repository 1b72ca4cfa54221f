//! The pauses in force, by tenant.

use std::collections::HashMap;
use std::sync::Arc;

use claudebench_core::lane::PauseScope;
use claudebench_core::{Millis, TenantId};

/// A pause, and when it ends by itself.
#[derive(Clone)]
struct Paused {
    scope: PauseScope,
    until: Option<Millis>,
}

/// The pauses of a tenant.
#[derive(Clone, Default)]
struct Kept {
    pauses: Vec<Paused>,
    /// Their scopes, shared with whoever is told of ready tasks: put together when a pause comes or
    /// goes, not for each that asks.
    scopes: Arc<[PauseScope]>,
    /// When the first of them ends.
    first_end: Option<Millis>,
}

impl Kept {
    fn of(pauses: Vec<Paused>) -> Self {
        let scopes = pauses.iter().map(|pause| pause.scope.clone()).collect();
        let first_end = pauses.iter().filter_map(|pause| pause.until).min();
        Self { pauses, scopes, first_end }
    }
}

/// All pauses.
#[derive(Clone, Default)]
pub(crate) struct Pauses {
    of: HashMap<TenantId, Kept>,
}

impl Pauses {
    /// Those that were found.
    pub(crate) fn of(found: Vec<(TenantId, PauseScope, Option<Millis>)>) -> Self {
        let mut of: HashMap<TenantId, Vec<Paused>> = HashMap::new();
        for (tenant, scope, until) in found {
            of.entry(tenant).or_default().push(Paused { scope, until });
        }
        Self { of: of.into_iter().map(|(of, pauses)| (of, Kept::of(pauses))).collect() }
    }

    /// The scopes that are paused now.
    pub(crate) fn in_force(&self, tenant: TenantId, now: Millis) -> Arc<[PauseScope]> {
        let Some(kept) = self.of.get(&tenant) else { return Arc::default() };
        if kept.first_end.is_none_or(|end| end > now) {
            return kept.scopes.clone();
        }
        // One is over, and no sweep has come by yet.
        let open = kept.pauses.iter().filter(|pause| pause.until.is_none_or(|until| until > now));
        open.map(|pause| pause.scope.clone()).collect()
    }

    /// Whether there is one at this scope.
    pub(crate) fn has(&self, tenant: TenantId, scope: &PauseScope) -> bool {
        let pauses = self.of.get(&tenant).into_iter().flat_map(|kept| &kept.pauses);
        pauses.into_iter().any(|pause| pause.scope == *scope)
    }

    /// How many there are of the tenant's at other scopes.
    pub(crate) fn besides(&self, tenant: TenantId, scope: &PauseScope) -> usize {
        let pauses = self.of.get(&tenant).into_iter().flat_map(|kept| &kept.pauses);
        pauses.filter(|pause| pause.scope != *scope).count()
    }

    /// A pause begins, or another goes on at the same scope.
    pub(crate) fn put(&mut self, tenant: TenantId, scope: PauseScope, until: Option<Millis>) {
        let mut pauses = self.without(tenant, &scope);
        pauses.push(Paused { scope, until });
        self.of.insert(tenant, Kept::of(pauses));
    }

    /// A pause is over.
    pub(crate) fn remove(&mut self, tenant: TenantId, scope: &PauseScope) {
        let pauses = self.without(tenant, scope);
        if !pauses.is_empty() {
            self.of.insert(tenant, Kept::of(pauses));
        }
    }

    /// Takes out a tenant's pauses, but for the one at a scope.
    fn without(&mut self, tenant: TenantId, scope: &PauseScope) -> Vec<Paused> {
        let mut pauses = self.of.remove(&tenant).unwrap_or_default().pauses;
        pauses.retain(|pause| pause.scope != *scope);
        pauses
    }

    /// Those whose end has come.
    pub(crate) fn ended(&self, now: Millis) -> Vec<(TenantId, PauseScope)> {
        let over = |pause: &&Paused| pause.until.is_some_and(|until| until <= now);
        self.of
            .iter()
            .filter(|(_, kept)| kept.first_end.is_some_and(|end| end <= now))
            .flat_map(|(tenant, kept)| {
                kept.pauses.iter().filter(over).map(|pause| (*tenant, pause.scope.clone()))
            })
            .collect()
    }

    /// When the next one ends.
    pub(crate) fn next_end(&self) -> Option<Millis> {
        self.of.values().filter_map(|kept| kept.first_end).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TENANT: TenantId = TenantId::DEFAULT;

    fn tag(name: &str) -> PauseScope {
        PauseScope::Tag(name.into())
    }

    #[test]
    fn scopes_are_put_together_once_a_change() {
        let mut pauses = Pauses::default();
        pauses.put(TENANT, tag("a"), None);
        pauses.put(TENANT, tag("b"), Some(Millis(100)));
        let first = pauses.in_force(TENANT, Millis(1));
        assert_eq!(*first, [tag("a"), tag("b")]);
        assert!(Arc::ptr_eq(&first, &pauses.in_force(TENANT, Millis(99))), "shared, not copied");
        pauses.remove(TENANT, &tag("a"));
        assert_eq!(*pauses.in_force(TENANT, Millis(1)), [tag("b")]);
        assert_eq!(*first, [tag("a"), tag("b")], "who was told keeps what was so");
        assert!(pauses.in_force(TenantId(7), Millis(1)).is_empty());
    }

    #[test]
    fn what_has_ended_holds_nothing_back_before_a_sweep_comes_by() {
        let mut pauses = Pauses::default();
        pauses.put(TENANT, tag("a"), Some(Millis(100)));
        pauses.put(TENANT, tag("b"), Some(Millis(200)));
        assert_eq!(pauses.next_end(), Some(Millis(100)));
        assert_eq!(*pauses.in_force(TENANT, Millis(100)), [tag("b")]);
        assert_eq!(pauses.ended(Millis(99)), []);
        assert_eq!(pauses.ended(Millis(100)), [(TENANT, tag("a"))]);
        pauses.put(TENANT, tag("a"), None);
        assert_eq!((pauses.besides(TENANT, &tag("a")), pauses.next_end()), (1, Some(Millis(200))));
        assert_eq!(pauses.in_force(TENANT, Millis(200)).len(), 1, "the new end counts");
    }
}
