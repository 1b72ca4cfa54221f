//! What time alone brings about, a bounded amount at a time.

use std::sync::Arc;

use claudebench_core::{Millis, TaskId};

use super::ends::End;
use super::rows::Rows;
use super::tx::{Done, Tx, system};
use crate::batch::Meta;
use crate::change::Swept;

/// How many of a kind one step takes.
const STEP: usize = 500;

impl<R: Rows> Tx<'_, R> {
    pub(super) fn sweep(&mut self, by: &Meta) -> Done<Swept, R> {
        let mut swept = std::mem::take(&mut self.passed);
        swept.due += self.promote()?;
        swept.expired += self.expire(by)?;
        self.end_pauses(by)?;
        swept.dropped = self.rows.clean(self.now)?;
        swept.more = self.rows.more_due(self.now);
        Ok(swept)
    }

    /// Scheduled tasks whose time has come are ready. No event: being due is no change of state.
    pub(super) fn promote(&mut self) -> Done<i64, R> {
        let due = self.rows.due(self.now, STEP)?;
        let count = due.len();
        for mut task in due {
            self.dequeue(&mut task);
            task.row.run_at = None;
            self.enqueue(&mut task);
            self.rows.save(&task)?;
        }
        if count > 0 {
            self.rows.all_due()?;
        }
        Ok(i64::try_from(count).unwrap_or(i64::MAX))
    }

    /// Leases that ended, attempts past their deadline, and workers that did not stop in time.
    pub(super) fn expire(&mut self, by: &Meta) -> Done<i64, R> {
        let due = self.rows.leases_due(self.now, STEP)?;
        let count = due.len();
        for id in due {
            self.lapse(&by.actor, id)?;
        }
        Ok(i64::try_from(count).unwrap_or(i64::MAX))
    }

    /// Something about the lease of a task is due.
    fn lapse(&mut self, actor: &Arc<str>, id: TaskId) -> Done<(), R> {
        let Some(held) = self.rows.lease(id)?.cloned() else { return Ok(()) };
        let meta = system(held.tenant, actor);
        let task = self.task(held.tenant, id)?;
        let passed = |end: Option<Millis>| end.is_some_and(|end| end <= self.now);
        if held.cancel_at.is_some() {
            self.call_off_held(&meta, task, None)?;
        } else if passed(held.deadline_at) {
            self.end(&meta, task, held.holder(), None, End::TimedOut)?;
        } else {
            let end = End::Lost { reason: "lease_expired" };
            self.end(&meta, task, held.holder(), None, end)?;
        }
        Ok(())
    }

    /// No sign of life comes in time for a lease that is over: more may have ended than a
    /// transaction deals with of itself.
    pub(super) fn lapse_if_due(&mut self, id: TaskId) -> Done<(), R> {
        let now = self.now.0;
        if self.rows.lease(id)?.is_some_and(|held| held.due() <= now) {
            let system = self.rows.name("system");
            self.lapse(&system, id)?;
        }
        Ok(())
    }

    fn end_pauses(&mut self, by: &Meta) -> Done<(), R> {
        for (tenant, scope) in self.rows.pauses().ended(self.now) {
            self.rows.end_pause(tenant, &scope)?;
            self.reopen(&system(tenant, &by.actor), &scope)?;
        }
        Ok(())
    }
}
