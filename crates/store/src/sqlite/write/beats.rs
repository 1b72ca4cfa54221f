//! Signs of life of leases: they touch the lease's row alone.

use claudebench_core::Status;
use rusqlite::params;

use super::claims::lease_of;
use super::statements as sql;
use super::tx::{Done, Tx};
use crate::batch::{Beat, Beaten, Meta};
use crate::refusal::Refusal;
use crate::sqlite::memory::Held;

impl Tx<'_, '_> {
    pub(super) fn beat(&mut self, meta: &Meta, beat: Beat) -> Done<Beaten> {
        let held = self.beating(meta, &beat)?;
        let lease_ms = beat.lease_ms.unwrap_or(held.lease_ms);
        let expires_at = self.now.plus(lease_ms);
        let explicit = held.explicit || beat.lease_ms.is_some();
        self.save_lease(&Held { lease_ms, explicit, expires_at, ..held.clone() }, Some(&beat))?;
        let cancelled = match held.cancel_at {
            None => None,
            Some(at) => {
                let mut statement = self.db.prepare_cached(sql::LEASE_CANCEL)?;
                Some((statement.query_row([beat.task.0], |row| row.get(0))?, at))
            }
        };
        Ok(Beaten { lease: lease_of(&Held { expires_at, ..held }), cancelled })
    }

    /// Writes what has become of a lease since its claim, and remembers it.
    pub(super) fn save_lease(&mut self, held: &Held, beat: Option<&Beat>) -> Done<()> {
        self.db.prepare_cached(sql::BEAT_LEASE)?.execute(params![
            held.task.0,
            held.tenant.0,
            held.lease_ms,
            held.explicit,
            held.expires_at.0,
            beat.and_then(|beat| beat.progress),
            beat.and_then(|beat| beat.note.as_deref()),
            beat.and_then(|beat| beat.checkpoint.as_deref()),
        ])?;
        self.memory.leases.put(Held { has_row: true, ..held.clone() });
        Ok(())
    }

    /// The lease that the sign of life is for.
    fn beating(&mut self, meta: &Meta, beat: &Beat) -> Done<Held> {
        let held = self.memory.leases.of(beat.task).filter(|held| held.tenant == meta.tenant);
        let held = held.cloned();
        if let Some(held) = &held {
            let right = match (beat.fence, &beat.worker) {
                (Some(fence), _) => fence == held.fence,
                (None, Some(worker)) => *worker == held.worker,
                (None, None) => true,
            };
            if right {
                return Ok(held.clone());
            }
        }
        let task = self.task(meta.tenant, beat.task)?.row;
        Err(match beat.fence {
            Some(given) => Refusal::StaleFence {
                task: task.id,
                given,
                current: task.fence,
                holder: held.as_ref().and_then(Held::holder).map(str::to_owned),
                status: task.status,
            },
            None if task.status.is_final() => {
                Refusal::Finished { task: task.id, status: task.status }
            }
            None if task.status == Status::Pending => Refusal::NotAssigned(task.id),
            None => Refusal::NotHolder { task: task.id, holder: task.assigned_to },
        }
        .into())
    }
}
