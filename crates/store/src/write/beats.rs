//! Signs of life of leases: they touch the lease's row alone.

use claudebench_core::Status;

use super::claims::lease_of;
use super::rows::Rows;
use super::tx::{Done, Tx};
use crate::batch::{Beat, Beaten, Meta};
use crate::refusal::Refusal;
use crate::task::Held;

impl<R: Rows> Tx<'_, R> {
    pub(super) fn beat(&mut self, meta: &Meta, beat: Beat) -> Done<Beaten, R> {
        let held = self.beating(meta, &beat)?;
        let lease_ms = beat.lease_ms.unwrap_or(held.lease_ms);
        let expires_at = self.now.plus(lease_ms);
        let explicit = held.explicit || beat.lease_ms.is_some();
        let extended = Held { lease_ms, explicit, expires_at, ..held.clone() };
        self.rows.extend(extended, Some(&beat))?;
        let cancelled = match held.cancel_at {
            None => None,
            Some(at) => Some((self.rows.called_off(beat.task)?.0, at)),
        };
        Ok(Beaten { lease: lease_of(&Held { expires_at, ..held }), cancelled })
    }

    /// The lease that the sign of life is for.
    fn beating(&mut self, meta: &Meta, beat: &Beat) -> Done<Held, R> {
        let held = self.rows.lease(beat.task)?.filter(|held| held.tenant == meta.tenant);
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
