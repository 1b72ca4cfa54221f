//! Who is there: in which roles, and when each instance was last heard of.
//!
//! Signs of life come with nearly every call of a worker, so they are kept here and written to the
//! store in one go every few seconds.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use claudebench_core::{Millis, TenantId};

/// An instance and when it was last heard of.
pub type Seen = (TenantId, Arc<str>, Millis);

/// The roles of an instance. Sorted.
pub type Roles = Arc<[Arc<str>]>;

/// An instance that is there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Present {
    /// Whose.
    pub tenant: TenantId,
    /// Its id.
    pub id: Arc<str>,
    /// The roles it works in.
    pub roles: Roles,
    /// When it was last heard of.
    pub seen_at: Millis,
}

/// The instances that are there.
#[derive(Debug, Default)]
pub struct Presence {
    instances: Mutex<HashMap<TenantId, HashMap<Arc<str>, Sign>>>,
}

#[derive(Debug, Clone)]
struct Sign {
    at: Millis,
    roles: Roles,
    written: bool,
}

impl Presence {
    /// An instance registered, or was found registered at start.
    pub fn enter(&self, instance: Present) {
        let Present { tenant, id, roles, seen_at } = instance;
        let sign = Sign { at: seen_at, roles, written: true };
        self.lock().entry(tenant).or_default().insert(id, sign);
    }

    /// An instance said goodbye.
    pub fn leave(&self, tenant: TenantId, id: &str) {
        if let Some(instances) = self.lock().get_mut(&tenant) {
            instances.remove(id);
        }
    }

    /// A sign of life; false when no such instance is there.
    pub fn touch(&self, tenant: TenantId, id: &str, at: Millis) -> bool {
        let mut instances = self.lock();
        let sign = instances.get_mut(&tenant).and_then(|instances| instances.get_mut(id));
        sign.is_some_and(|sign| {
            sign.at = sign.at.max(at);
            sign.written = false;
            true
        })
    }

    /// When an instance was last heard of.
    #[must_use]
    pub fn seen(&self, tenant: TenantId, id: &str) -> Option<Millis> {
        self.lock().get(&tenant)?.get(id).map(|sign| sign.at)
    }

    /// The roles that an instance works in.
    #[must_use]
    pub fn roles(&self, tenant: TenantId, id: &str) -> Option<Roles> {
        self.lock().get(&tenant)?.get(id).map(|sign| sign.roles.clone())
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.lock().values().map(HashMap::len).sum()
    }

    /// How many there are, and how many of them were heard of since `limit`.
    #[must_use]
    pub fn heard_since(&self, limit: Millis) -> (usize, usize) {
        let instances = self.lock();
        let signs = || instances.values().flat_map(HashMap::values);
        (signs().count(), signs().filter(|sign| sign.at >= limit).count())
    }

    /// How many of a tenant's there are.
    #[must_use]
    pub fn count_of(&self, tenant: TenantId) -> usize {
        self.lock().get(&tenant).map_or(0, HashMap::len)
    }

    /// The instances of a tenant, by id.
    #[must_use]
    pub fn of_tenant(&self, tenant: TenantId) -> Vec<Present> {
        let instances = self.lock();
        let mut all: Vec<Present> = instances
            .get(&tenant)
            .into_iter()
            .flatten()
            .map(|(id, sign)| present(tenant, id, sign))
            .collect();
        all.sort_by(|a, b| a.id.cmp(&b.id));
        all
    }

    /// The signs of life since the last call, to be written to the store.
    #[must_use]
    pub fn unwritten(&self) -> Vec<Seen> {
        let mut instances = self.lock();
        let mut seen = Vec::new();
        for (tenant, instances) in instances.iter_mut() {
            for (id, sign) in instances {
                if !std::mem::replace(&mut sign.written, true) {
                    seen.push((*tenant, id.clone(), sign.at));
                }
            }
        }
        seen
    }

    /// Takes out the instances, of one tenant or of all, that were not heard of since `limit`.
    /// From here on each must register again, or be brought back by [`Presence::enter`].
    #[must_use]
    pub fn take_silent(&self, tenant: Option<TenantId>, limit: Millis) -> Vec<Present> {
        let mut taken = Vec::new();
        for (of, instances) in self.lock().iter_mut() {
            if tenant.is_some_and(|tenant| tenant != *of) {
                continue;
            }
            instances.retain(|id, sign| {
                let silent = sign.at <= limit;
                if silent {
                    taken.push(present(*of, id, sign));
                }
                !silent
            });
        }
        taken
    }

    /// Holds no silence of the last `ms` against anybody: the machine itself was asleep.
    pub fn postpone(&self, ms: i64) {
        for sign in self.lock().values_mut().flat_map(HashMap::values_mut) {
            sign.at = sign.at.plus(ms);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<TenantId, HashMap<Arc<str>, Sign>>> {
        self.instances.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn present(tenant: TenantId, id: &Arc<str>, sign: &Sign) -> Present {
    Present { tenant, id: id.clone(), roles: sign.roles.clone(), seen_at: sign.at }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn there(tenant: TenantId, id: &str, roles: &[&str]) -> Present {
        let roles: Vec<Arc<str>> = roles.iter().map(|role| Arc::from(*role)).collect();
        Present { tenant, id: id.into(), roles: roles.into(), seen_at: Millis(0) }
    }

    #[test]
    fn signs_of_life_are_written_once_and_silence_shows() {
        let presence = Presence::default();
        let tenant = TenantId::DEFAULT;
        presence.enter(there(tenant, "a", &["backend"]));
        presence.enter(there(tenant, "b", &[]));
        assert!(presence.touch(tenant, "a", Millis(50)));
        assert!(!presence.touch(TenantId(2), "a", Millis(50)), "another tenant's");
        assert_eq!(presence.unwritten(), [(tenant, "a".into(), Millis(50))]);
        assert!(presence.unwritten().is_empty());

        let silent = presence.take_silent(None, Millis(20));
        assert_eq!(silent, [there(tenant, "b", &[])]);
        assert!(!presence.touch(tenant, "b", Millis(60)), "it must register again");
        assert_eq!(presence.roles(tenant, "a").as_deref(), Some(&["backend".into()][..]));
    }

    #[test]
    fn silence_concerns_one_tenant_and_sleep_nobody() {
        let presence = Presence::default();
        presence.enter(there(TenantId(1), "a", &[]));
        presence.enter(there(TenantId(2), "a", &[]));
        presence.postpone(100);
        assert!(presence.take_silent(None, Millis(99)).is_empty());
        assert_eq!(presence.take_silent(Some(TenantId(2)), Millis(100)).len(), 1);
        assert_eq!((presence.count(), presence.count_of(TenantId(1))), (1, 1));
        assert_eq!(presence.of_tenant(TenantId(1))[0].seen_at, Millis(100));
        assert_eq!(presence.heard_since(Millis(100)), (1, 1));
        assert_eq!(presence.heard_since(Millis(101)), (1, 0));
    }
}
