//! Instances come, give signs of life, and go; what they held goes back.

use std::sync::Arc;

use claudebench_core::event::{InstanceFailed, InstanceRegistered, InstanceUnregistered};
use claudebench_core::{Millis, TenantId};

use super::ends::End;
use super::rows::Rows;
use super::tx::{Done, Tx, system};
use crate::batch::Meta;
use crate::change::{FailInstances, FailedInstance, Register, Touch, Unregister};
use crate::refusal::Refusal;
use crate::row::InstanceRow;
use crate::task::Held;

/// The most instances of a tenant that are remembered.
const MAX_INSTANCES: i64 = 10_000;

/// A lease of this length may last an eighth of it less than the last sign of life would give.
const LONG_LEASE_MS: i64 = 120_000;

/// Whether a worker that goes gives back what it holds, or is lost to it.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Leave {
    Goodbye,
    Silence,
}

impl<R: Rows> Tx<'_, R> {
    pub(super) fn register(&mut self, meta: &Meta, register: &Register) -> Done<InstanceRow, R> {
        let known = self.rows.online(meta.tenant, &register.id)?.is_some();
        if !known && self.rows.count_instances(meta.tenant)? >= MAX_INSTANCES {
            let what = format!(
                "There are {MAX_INSTANCES} instances already; those that are offline are \
                 forgotten after a day."
            );
            return Err(Refusal::Limit { what }.into());
        }
        let row = self.rows.register(meta.tenant, register, self.now)?;
        let fact = InstanceRegistered {
            id: &register.id,
            roles: &register.roles,
            became_leader: register.became_leader,
            timestamp: self.now.0,
            life: std::marker::PhantomData,
        };
        self.event(meta, &fact)?;
        Ok(row)
    }

    pub(super) fn unregister(&mut self, meta: &Meta, unregister: &Unregister) -> Done<i64, R> {
        if !self.take_offline(meta.tenant, &unregister.id, None)? {
            let (what, name) = ("Instance".to_owned(), unregister.id.to_string());
            return Err(Refusal::NotFound { what, name }.into());
        }
        let tasks_reassigned = self.leave(meta, &unregister.id, Leave::Goodbye)?;
        self.unregistered_event(meta, &unregister.id, &unregister.session, tasks_reassigned)?;
        Ok(tasks_reassigned)
    }

    pub(super) fn unregistered_event(
        &mut self,
        meta: &Meta,
        id: &str,
        session_id: &str,
        tasks_reassigned: i64,
    ) -> Done<(), R> {
        let fact = InstanceUnregistered {
            id,
            session_id,
            tasks_reassigned,
            timestamp: self.now.0,
            life: std::marker::PhantomData,
        };
        self.event(meta, &fact)
    }

    pub(super) fn fail_instances(
        &mut self,
        by: &Meta,
        fail: &FailInstances,
    ) -> Done<Vec<FailedInstance>, R> {
        let mut failed = Vec::new();
        for (tenant, id, seen) in &fail.instances {
            // One that was heard of since then is there: it registered again.
            if !self.take_offline(*tenant, id, Some(*seen))? {
                continue;
            }
            let meta = system(*tenant, &by.actor);
            let reassigned = self.leave(&meta, id, Leave::Silence)?;
            let fact = InstanceFailed {
                id,
                last_seen: seen.0,
                tasks_reassigned: reassigned,
                life: std::marker::PhantomData,
            };
            self.event(&meta, &fact)?;
            failed.push(FailedInstance { tenant: *tenant, id: id.clone(), reassigned });
        }
        Ok(failed)
    }

    /// Takes an instance offline; one that was heard of later than `seen` stays, unless a clock that
    /// has been set back since then says so.
    pub(super) fn take_offline(
        &mut self,
        tenant: TenantId,
        id: &str,
        seen: Option<Millis>,
    ) -> Done<bool, R> {
        self.rows.take_offline(tenant, id, seen.unwrap_or(Millis(i64::MAX)), self.now)
    }

    /// What an instance held or had parked on it goes back. A lease whose length was asked for
    /// outlasts the silence of its instance.
    pub(super) fn leave(&mut self, meta: &Meta, id: &Arc<str>, leave: Leave) -> Done<i64, R> {
        let mut count = 0;
        for task in self.rows.leases_of(meta.tenant, id)? {
            let held = self.rows.lease(task)?;
            let (explicit, called_off) =
                held.map_or((false, false), |held| (held.explicit, held.cancel_at.is_some()));
            if leave == Leave::Silence && explicit {
                continue;
            }
            let task = self.task(meta.tenant, task)?;
            count += 1;
            if called_off {
                self.call_off_held(meta, task, None)?;
                continue;
            }
            let end = match leave {
                Leave::Goodbye => {
                    End::Released { reason: Some("instance_unregistered".into()), delay_ms: None }
                }
                Leave::Silence => End::Lost { reason: "instance_failed" },
            };
            self.end(meta, task, Some(id), None, end)?;
        }
        for task in self.rows.parked_on(meta.tenant, id)? {
            let mut task = self.task(meta.tenant, task)?;
            self.free(meta, &mut task, Some(id))?;
            self.rows.save(&task)?;
            count += 1;
        }
        Ok(count)
    }

    /// Signs of life: stamped, and the instances' leases extended; long ones only when that is
    /// worth a write.
    pub(super) fn touch(&mut self, touch: &Touch) -> Done<Vec<Option<i64>>, R> {
        let mut lengths = Vec::with_capacity(touch.instances.len());
        for (tenant, id, seen) in &touch.instances {
            self.rows.stamp(*tenant, id, *seen)?;
            let mut shortest: Option<i64> = None;
            for task in self.rows.leases_of(*tenant, id)? {
                self.lapse_if_due(task)?;
                let Some(held) = self.rows.lease(task)?.cloned() else { continue };
                shortest = Some(shortest.map_or(held.lease_ms, |ms| ms.min(held.lease_ms)));
                let until = seen.plus(held.lease_ms);
                let worth = if held.lease_ms < LONG_LEASE_MS { 0 } else { held.lease_ms / 8 };
                if until.since(held.expires_at) > worth {
                    self.rows.extend(Held { expires_at: until, ..held }, None)?;
                }
            }
            lengths.push(shortest);
        }
        Ok(lengths)
    }
}
