//! Who is there: in which roles, and when each instance was last heard of.
//!
//! Signs of life come with nearly every call of a worker, so they are kept here and written to the
//! store in one go every few seconds. Those of an instance whose leases may be over before that are
//! in a hurry: a bell rings for them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use claudebench_core::{Millis, TenantId};
use tokio::sync::Notify;

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
    bell: Notify,
}

/// The role of the instances that work for the session of an agent. They give signs of life only while the
/// agent works, not while a person thinks.
pub const SESSION_ROLE: &str = "claude-code";

/// Since when somebody must have been heard of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Since {
    /// Those that work for the session of an agent.
    pub sessions: Millis,
    /// All others.
    pub others: Millis,
}

impl From<Millis> for Since {
    fn from(time: Millis) -> Self {
        Self { sessions: time, others: time }
    }
}

impl Since {
    fn of(self, sign: &Sign) -> Millis {
        let of_session = sign.roles.iter().any(|role| &**role == SESSION_ROLE);
        if of_session { self.sessions } else { self.others }
    }
}

#[derive(Debug, Clone)]
struct Sign {
    at: Millis,
    roles: Roles,
    written: bool,
    /// It may hold a lease that is short, as far as is known.
    brief: bool,
    /// To be written at once.
    hurried: bool,
}

impl Sign {
    fn take(&mut self) -> Millis {
        self.written = true;
        self.hurried = false;
        self.at
    }
}

impl Presence {
    /// An instance registered, or was found registered at start. What it holds is not known.
    pub fn enter(&self, instance: Present) {
        let Present { tenant, id, roles, seen_at } = instance;
        let sign = Sign { at: seen_at, roles, written: true, brief: true, hurried: false };
        self.lock().entry(tenant).or_default().insert(id, sign);
    }

    /// Another server heard of an instance, or it registered there.
    pub fn hear(&self, instance: Present) {
        let known = self.of(instance.tenant, &instance.id, |sign| {
            sign.at = sign.at.max(instance.seen_at);
            sign.roles = instance.roles.clone();
        });
        if known.is_none() {
            self.enter(instance);
        }
    }

    /// An instance is not registered any more, unless it was heard of since then.
    pub fn is_gone(&self, (tenant, id, at): &Seen) {
        if let Some(instances) = self.lock().get_mut(tenant)
            && instances.get(id).is_some_and(|sign| sign.at == *at)
        {
            instances.remove(id);
        }
    }

    /// Those, of one tenant or of all, that were not heard of here since `limit`.
    #[must_use]
    pub fn unheard(&self, tenant: Option<TenantId>, limit: Millis) -> Vec<Seen> {
        let instances = self.lock();
        let of = instances.iter().filter(|(of, _)| tenant.is_none_or(|tenant| tenant == **of));
        of.flat_map(|(of, instances)| {
            let unheard = instances.iter().filter(|(_, sign)| sign.at <= limit);
            unheard.map(|(id, sign)| (*of, id.clone(), sign.at))
        })
        .collect()
    }

    /// An instance said goodbye.
    pub fn leave(&self, tenant: TenantId, id: &str) {
        if let Some(instances) = self.lock().get_mut(&tenant) {
            instances.remove(id);
        }
    }

    /// A sign of life; false when no such instance is there.
    pub fn touch(&self, tenant: TenantId, id: &str, at: Millis) -> bool {
        self.of(tenant, id, |sign| {
            sign.at = sign.at.max(at);
            sign.written = false;
        })
        .is_some()
    }

    /// A sign of life that is to extend what the instance holds, however soon that ends; false when
    /// no such instance is there.
    pub fn works(&self, tenant: TenantId, id: &str, at: Millis) -> bool {
        let hurried = self.of(tenant, id, |sign| {
            sign.at = sign.at.max(at);
            sign.written = false;
            sign.hurried |= sign.brief;
            sign.hurried
        });
        if hurried == Some(true) {
            self.bell.notify_one();
        }
        hurried.is_some()
    }

    /// An instance got a short lease: from here on its signs are in a hurry.
    pub fn holds_briefly(&self, tenant: TenantId, id: &str) {
        self.of(tenant, id, |sign| {
            sign.brief = true;
            sign.written = false;
        });
    }

    /// What the store found an instance to hold, when its sign was written. One that came since
    /// may have come with a lease.
    pub fn found(&self, tenant: TenantId, id: &str, brief: bool) {
        self.of(tenant, id, |sign| sign.brief = brief || (sign.brief && !sign.written));
    }

    /// Waits until a sign is in a hurry.
    pub async fn hurry(&self) {
        self.bell.notified().await;
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
    pub fn heard_since(&self, limit: Since) -> (usize, usize) {
        let instances = self.lock();
        let signs = || instances.values().flat_map(HashMap::values);
        (signs().count(), signs().filter(|sign| sign.at >= limit.of(sign)).count())
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
        self.take(|sign| !sign.written)
    }

    /// Those among them that are in a hurry.
    #[must_use]
    pub fn hurried(&self) -> Vec<Seen> {
        self.take(|sign| sign.hurried)
    }

    fn take(&self, which: impl Fn(&Sign) -> bool) -> Vec<Seen> {
        let mut seen = Vec::new();
        for (tenant, instances) in self.lock().iter_mut() {
            let taken = instances.iter_mut().filter(|(_, sign)| which(sign));
            seen.extend(taken.map(|(id, sign)| (*tenant, id.clone(), sign.take())));
        }
        seen
    }

    fn of<T>(&self, tenant: TenantId, id: &str, with: impl FnOnce(&mut Sign) -> T) -> Option<T> {
        self.lock().get_mut(&tenant)?.get_mut(id).map(with)
    }

    /// Takes out the instances, of one tenant or of all, that were not heard of since `limit`.
    /// From here on each must register again, or be brought back by [`Presence::enter`].
    #[must_use]
    pub fn take_silent(&self, tenant: Option<TenantId>, limit: Since) -> Vec<Present> {
        let mut taken = Vec::new();
        for (of, instances) in self.lock().iter_mut() {
            if tenant.is_some_and(|tenant| tenant != *of) {
                continue;
            }
            instances.retain(|id, sign| {
                let silent = sign.at <= limit.of(sign);
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

        let silent = presence.take_silent(None, Millis(20).into());
        assert_eq!(silent, [there(tenant, "b", &[])]);
        assert!(!presence.touch(tenant, "b", Millis(60)), "it must register again");
        assert_eq!(presence.roles(tenant, "a").as_deref(), Some(&["backend".into()][..]));
    }

    #[tokio::test]
    async fn only_who_may_hold_a_short_lease_is_in_a_hurry() {
        let (presence, tenant) = (Presence::default(), TenantId::DEFAULT);
        presence.enter(there(tenant, "a", &[]));
        presence.enter(there(tenant, "b", &[]));
        presence.touch(tenant, "a", Millis(1));
        assert!(presence.hurried().is_empty(), "it only asks for work");
        presence.works(tenant, "b", Millis(2));
        presence.hurry().await;
        assert_eq!(presence.hurried(), [(tenant, "b".into(), Millis(2))]);
        assert_eq!(presence.unwritten(), [(tenant, "a".into(), Millis(1))]);

        presence.found(tenant, "b", false);
        presence.works(tenant, "b", Millis(3));
        assert!(presence.hurried().is_empty(), "it holds nothing");
        presence.holds_briefly(tenant, "b");
        presence.found(tenant, "b", false);
        presence.works(tenant, "b", Millis(4));
        assert_eq!(presence.hurried().len(), 1, "the lease came after the look");
        presence.found(tenant, "b", true);
        presence.works(tenant, "b", Millis(5));
        assert_eq!(presence.hurried().len(), 1);
    }

    #[test]
    fn what_other_servers_hear_counts() {
        let (presence, tenant) = (Presence::default(), TenantId::DEFAULT);
        presence.enter(there(tenant, "a", &["old"]));
        assert!(presence.unheard(Some(TenantId(2)), Millis(0)).is_empty());
        let unheard = presence.unheard(None, Millis(0));
        assert_eq!(unheard, [(tenant, "a".into(), Millis(0))]);
        presence.hear(Present { seen_at: Millis(50), ..there(tenant, "a", &["new"]) });
        presence.hear(Present { seen_at: Millis(40), ..there(tenant, "a", &["new"]) });
        presence.hear(there(tenant, "b", &[]));
        assert_eq!(presence.seen(tenant, "a"), Some(Millis(50)), "the last that anybody heard");
        assert_eq!(presence.roles(tenant, "a").as_deref(), Some(&["new".into()][..]));
        assert!(presence.unwritten().is_empty(), "who heard it writes it");
        presence.is_gone(&unheard[0]);
        assert!(presence.seen(tenant, "a").is_some(), "it was heard of since then");
        presence.is_gone(&(tenant, "a".into(), Millis(50)));
        assert_eq!(presence.count(), 1);
    }

    #[test]
    fn sessions_may_be_silent_for_longer() {
        let presence = Presence::default();
        let enter = |id: &str, role: &str| {
            let roles = Roles::from([Arc::from(role)]);
            presence.enter(Present {
                tenant: TenantId(1),
                id: id.into(),
                roles,
                seen_at: Millis(0),
            });
        };
        enter("s", SESSION_ROLE);
        enter("w", "backend");
        let silent = |limit| -> Vec<Arc<str>> {
            let limit = Since { sessions: Millis(limit - 1_000), others: Millis(limit) };
            presence.take_silent(None, limit).into_iter().map(|gone| gone.id).collect()
        };
        assert_eq!(silent(0), [Arc::<str>::from("w")]);
        let since = Since { sessions: Millis(0), others: Millis(1) };
        assert_eq!(presence.heard_since(since), (1, 1));
        assert!(silent(999).is_empty());
        assert_eq!(silent(1_000), [Arc::<str>::from("s")]);
    }

    #[test]
    fn silence_concerns_one_tenant_and_sleep_nobody() {
        let presence = Presence::default();
        presence.enter(there(TenantId(1), "a", &[]));
        presence.enter(there(TenantId(2), "a", &[]));
        presence.postpone(100);
        assert!(presence.take_silent(None, Millis(99).into()).is_empty());
        assert_eq!(presence.take_silent(Some(TenantId(2)), Millis(100).into()).len(), 1);
        assert_eq!((presence.count(), presence.count_of(TenantId(1))), (1, 1));
        assert_eq!(presence.of_tenant(TenantId(1))[0].seen_at, Millis(100));
        assert_eq!(presence.heard_since(Millis(100).into()), (1, 1));
        assert_eq!(presence.heard_since(Millis(101).into()), (1, 0));
    }
}
