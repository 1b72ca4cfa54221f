//! Who is there: when each instance was last heard of.
//!
//! Signs of life come with nearly every call of a worker, so they are kept here and written to the
//! store in one go every few seconds.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use claudebench_core::{Millis, TenantId};

/// An instance and when it was last heard of.
pub type Seen = (TenantId, Arc<str>, Millis);

/// The instances that are there.
#[derive(Debug, Default)]
pub struct Presence {
    instances: Mutex<HashMap<(TenantId, Arc<str>), Sign>>,
}

#[derive(Debug, Clone, Copy)]
struct Sign {
    at: Millis,
    written: bool,
}

impl Presence {
    /// An instance registered, or was found registered at start.
    pub fn enter(&self, tenant: TenantId, id: Arc<str>, at: Millis) {
        self.lock().insert((tenant, id), Sign { at, written: true });
    }

    /// An instance said goodbye, or was given up.
    pub fn leave(&self, tenant: TenantId, id: &Arc<str>) {
        self.lock().remove(&(tenant, id.clone()));
    }

    /// A sign of life; false when no such instance is registered.
    pub fn touch(&self, tenant: TenantId, id: &Arc<str>, at: Millis) -> bool {
        match self.lock().get_mut(&(tenant, id.clone())) {
            Some(sign) => {
                *sign = Sign { at: sign.at.max(at), written: false };
                true
            }
            None => false,
        }
    }

    /// When an instance was last heard of.
    #[must_use]
    pub fn seen(&self, tenant: TenantId, id: &Arc<str>) -> Option<Millis> {
        self.lock().get(&(tenant, id.clone())).map(|sign| sign.at)
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.lock().len()
    }

    /// The signs of life since the last call, to be written to the store.
    #[must_use]
    pub fn unwritten(&self) -> Vec<Seen> {
        let mut instances = self.lock();
        instances
            .iter_mut()
            .filter_map(|((tenant, id), sign)| {
                let written = std::mem::replace(&mut sign.written, true);
                (!written).then(|| (*tenant, id.clone(), sign.at))
            })
            .collect()
    }

    /// The instances not heard of since `limit`.
    #[must_use]
    pub fn silent_since(&self, limit: Millis) -> Vec<Seen> {
        self.lock()
            .iter()
            .filter(|(_, sign)| sign.at <= limit)
            .map(|((tenant, id), sign)| (*tenant, id.clone(), sign.at))
            .collect()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<(TenantId, Arc<str>), Sign>> {
        self.instances.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_of_life_are_written_once_and_silence_shows() {
        let presence = Presence::default();
        let (a, b): (Arc<str>, Arc<str>) = ("a".into(), "b".into());
        let tenant = TenantId::DEFAULT;
        presence.enter(tenant, a.clone(), Millis(0));
        presence.enter(tenant, b, Millis(0));
        assert!(presence.touch(tenant, &a, Millis(50)));
        assert!(!presence.touch(TenantId(2), &a, Millis(50)), "another tenant's");
        assert_eq!(presence.unwritten(), [(tenant, a, Millis(50))]);
        assert!(presence.unwritten().is_empty());
        let silent: Vec<_> =
            presence.silent_since(Millis(20)).into_iter().map(|seen| seen.1).collect();
        assert_eq!(silent, ["b".into()]);
    }
}
