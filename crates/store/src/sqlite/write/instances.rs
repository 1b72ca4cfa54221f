//! Instances come, give signs of life, and go; what they held goes back.

use std::sync::Arc;

use claudebench_core::TenantId;
use claudebench_core::event::{InstanceFailed, InstanceRegistered, InstanceUnregistered};
use rusqlite::{OptionalExtension, params};

use super::ends::End;
use super::statements as sql;
use super::tx::{Done, Tx, system};
use crate::batch::Meta;
use crate::change::{FailInstances, FailedInstance, Register, Touch, Unregister};
use crate::refusal::Refusal;
use crate::row::InstanceRow;
use crate::sqlite::memory::Held;
use crate::sqlite::row::{instance, names_text};

/// The most instances of a tenant that are remembered.
const MAX_INSTANCES: i64 = 10_000;

/// A lease of this length may last an eighth of it less than the last sign of life would give.
const LONG_LEASE_MS: i64 = 120_000;

/// Whether a worker that goes gives back what it holds, or is lost to it.
#[derive(Clone, Copy, PartialEq)]
enum Leave {
    Goodbye,
    Silence,
}

impl Tx<'_, '_> {
    pub(super) fn register(&mut self, meta: &Meta, register: &Register) -> Done<InstanceRow> {
        let known: bool = self
            .db
            .prepare_cached(sql::INSTANCE_ONLINE)?
            .exists(params![meta.tenant.0, register.id])?;
        if !known {
            let count: i64 = self
                .db
                .prepare_cached(sql::COUNT_INSTANCES)?
                .query_row([meta.tenant.0], |row| row.get(0))?;
            if count >= MAX_INSTANCES {
                let what = format!(
                    "There are {MAX_INSTANCES} instances already; those that are offline are \
                     forgotten after a day."
                );
                return Err(Refusal::Limit { what }.into());
            }
        }
        let roles = names_text(&register.roles).unwrap_or_else(|| "[]".into());
        let row = self.db.prepare_cached(sql::REGISTER)?.query_row(
            params![meta.tenant.0, register.id, roles, register.metadata, self.now.0],
            instance,
        )?;
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

    /// Whether an instance is there as it was registered. One that went since then is not: a
    /// registration that is repeated brings it back.
    pub(super) fn is_registered(&self, tenant: TenantId, register: &Register) -> Done<bool> {
        let roles = names_text(&register.roles).unwrap_or_else(|| "[]".into());
        let values = params![tenant.0, register.id, roles, register.metadata];
        Ok(self.db.prepare_cached(sql::INSTANCE_AS_REGISTERED)?.exists(values)?)
    }

    pub(super) fn unregister(&mut self, meta: &Meta, unregister: &Unregister) -> Done<i64> {
        if !self.take_offline(meta.tenant, &unregister.id)? {
            let (what, name) = ("Instance".to_owned(), unregister.id.to_string());
            return Err(Refusal::NotFound { what, name }.into());
        }
        let tasks_reassigned = self.leave(meta, &unregister.id, Leave::Goodbye)?;
        let fact = InstanceUnregistered {
            id: &unregister.id,
            session_id: &unregister.session,
            tasks_reassigned,
            timestamp: self.now.0,
            life: std::marker::PhantomData,
        };
        self.event(meta, &fact)?;
        Ok(tasks_reassigned)
    }

    pub(super) fn fail_instances(
        &mut self,
        by: &Meta,
        fail: &FailInstances,
    ) -> Done<Vec<FailedInstance>> {
        let mut failed = Vec::new();
        for (tenant, id, seen) in &fail.instances {
            if !self.take_offline(*tenant, id)? {
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

    fn take_offline(&self, tenant: TenantId, id: &str) -> Done<bool> {
        Ok(self.db.prepare_cached(sql::TAKE_OFFLINE)?.execute(params![tenant.0, id])? > 0)
    }

    /// What an instance held or had parked on it goes back. A lease whose length was asked for
    /// outlasts the silence of its instance.
    fn leave(&mut self, meta: &Meta, id: &Arc<str>, leave: Leave) -> Done<i64> {
        let mut count = 0;
        for task in self.memory.leases.of_worker(meta.tenant, id) {
            let held = self.memory.leases.of(task);
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
        let parked: Vec<i64> = self
            .db
            .prepare_cached(sql::PARKED_ON)?
            .query_map(params![meta.tenant.0, id], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        for task in parked {
            let mut task = self.task(meta.tenant, claudebench_core::TaskId(task))?;
            self.free(meta, &mut task, Some(id))?;
            self.save(&task)?;
            count += 1;
        }
        Ok(count)
    }

    /// Signs of life: stamped, and the instances' leases extended; long ones only when that is
    /// worth a write.
    pub(super) fn touch(&mut self, touch: &Touch) -> Done<Vec<Option<i64>>> {
        let mut lengths = Vec::with_capacity(touch.instances.len());
        for (tenant, id, seen) in &touch.instances {
            let values = params![tenant.0, id, seen.0];
            self.db.prepare_cached(sql::STAMP_INSTANCE)?.execute(values)?;
            let mut shortest: Option<i64> = None;
            for task in self.memory.leases.of_worker(*tenant, id) {
                self.lapse_if_due(task)?;
                let Some(held) = self.memory.leases.of(task).cloned() else { continue };
                shortest = Some(shortest.map_or(held.lease_ms, |ms| ms.min(held.lease_ms)));
                let until = seen.plus(held.lease_ms);
                let worth = if held.lease_ms < LONG_LEASE_MS { 0 } else { held.lease_ms / 8 };
                if until.since(held.expires_at) > worth {
                    self.save_lease(&Held { expires_at: until, ..held }, None)?;
                }
            }
            lengths.push(shortest);
        }
        Ok(lengths)
    }

    /// Whether an instance is registered and not offline.
    pub(super) fn online(&self, tenant: TenantId, instance: &str) -> Done<Option<bool>> {
        let mut statement = self.db.prepare_cached(sql::INSTANCE_ONLINE)?;
        Ok(statement.query_row(params![tenant.0, instance], |row| row.get(0)).optional()?)
    }
}
