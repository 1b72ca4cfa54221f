//! Tasks are called off: at once when nobody works on them, else after a grace.

use claudebench_core::event::TaskCancelRequested;
use claudebench_core::{Millis, Status};
use rusqlite::params;

use super::ends::End;
use super::reports::How;
use super::statements as sql;
use super::tx::{Done, Tx};
use crate::batch::{Meta, Settled};
use crate::change::{Cancel, CancelOutcome, Dependents};
use crate::refusal::Refusal;
use crate::sqlite::memory::Held;
use crate::sqlite::row::Task;

impl Tx<'_, '_> {
    pub(super) fn cancel(&mut self, meta: &Meta, cancel: Cancel) -> Done<CancelOutcome> {
        let task = self.task(meta.tenant, cancel.task)?;
        match task.row.status {
            // What waits for it may still have been left to wait.
            Status::Cancelled => return self.called_off(meta, &task, cancel.dependents),
            Status::Completed | Status::Failed => {
                let (task, status) = (task.row.id, task.row.status);
                return Err(Refusal::Finished { task, status }.into());
            }
            Status::Pending | Status::InProgress => {}
        }
        let held = self.memory.leases.of(task.row.id).filter(|held| held.holder().is_some());
        match held.map(|held| held.cancel_at) {
            Some(None) if cancel.grace_ms > 0 => self.ask_to_stop(meta, task, cancel),
            Some(Some(at)) if cancel.grace_ms > 0 => {
                self.ask_anew(&cancel)?;
                Ok(outcome(Status::InProgress, Some(at)))
            }
            Some(Some(_)) => {
                self.ask_anew(&cancel)?;
                self.stop(meta, task, None).map(|(_, done)| done)
            }
            _ => {
                let on = task.clone();
                let worker = task.row.assigned_to.clone();
                let end = End::Cancelled { reason: cancel.reason };
                self.end(meta, task, worker.as_deref(), None, end)?;
                self.called_off(meta, &on, cancel.dependents)
            }
        }
    }

    fn ask_to_stop(&mut self, meta: &Meta, mut task: Task, cancel: Cancel) -> Done<CancelOutcome> {
        let at = self.now.plus(cancel.grace_ms);
        let fact = TaskCancelRequested {
            task_id: task.row.id,
            reason: cancel.reason.as_deref(),
            grace_ends_at: at,
            life: std::marker::PhantomData,
        };
        self.task_event(meta, &mut task, &fact)?;
        self.save(&task)?;
        if let Some(held) = self.memory.leases.of(task.row.id).cloned() {
            self.save_lease(&Held { cancel_at: Some(at), ..held }, None)?;
        }
        self.db.prepare_cached(sql::CANCEL_LEASE)?.execute(params![
            task.row.id.0,
            at.0,
            cancel.reason,
            self.now.0,
            cancel.dependents.unwrap_or(Dependents::Keep) as i64,
        ])?;
        Ok(outcome(Status::InProgress, Some(at)))
    }

    /// What was said with the first request holds, unless it is said anew.
    fn ask_anew(&self, cancel: &Cancel) -> Done<()> {
        let choice = cancel.dependents.map(|choice| choice as i64);
        let values = params![cancel.task.0, cancel.reason, choice];
        self.db.prepare_cached(sql::CHANGE_CANCEL)?.execute(values)?;
        Ok(())
    }

    /// The worker of a task that was called off has stopped, or its grace is over.
    pub(super) fn call_off_held(
        &mut self,
        meta: &Meta,
        task: Task,
        how: Option<How>,
    ) -> Done<Settled> {
        self.stop(meta, task, how).map(|(settled, _)| settled)
    }

    /// Ends a task whose worker was asked to stop, as it was asked for.
    fn stop(
        &mut self,
        meta: &Meta,
        task: Task,
        how: Option<How>,
    ) -> Done<(Settled, CancelOutcome)> {
        let (reason, dependents): (Option<String>, i64) = self
            .db
            .prepare_cached(sql::LEASE_CANCEL)?
            .query_row([task.row.id.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let choice = [Dependents::Keep, Dependents::Cancel, Dependents::Release]
            .into_iter()
            .find(|choice| *choice as i64 == dependents);
        let on = task.clone();
        let worker = task.row.assigned_to.clone();
        let settled = self.end(meta, task, worker.as_deref(), how, End::Cancelled { reason })?;
        Ok((settled, self.called_off(meta, &on, choice)?))
    }

    /// A task is called off: what becomes of those that wait for it.
    fn called_off(
        &mut self,
        meta: &Meta,
        on: &Task,
        choice: Option<Dependents>,
    ) -> Done<CancelOutcome> {
        let mut done = outcome(Status::Cancelled, None);
        let choice = choice.unwrap_or(Dependents::Keep);
        (done.also_cancelled, done.released) = self.settle_dependents(meta, on, choice)?;
        Ok(done)
    }

    /// Calls off a task that nobody works on.
    pub(super) fn cancel_now(&mut self, meta: &Meta, task: Task, reason: Option<&str>) -> Done<()> {
        let end = End::Cancelled { reason: reason.map(str::to_owned) };
        self.end(meta, task, None, None, end).map(drop)
    }
}

fn outcome(status: Status, grace_ends_at: Option<Millis>) -> CancelOutcome {
    CancelOutcome { status, grace_ends_at, also_cancelled: Vec::new(), released: Vec::new() }
}
