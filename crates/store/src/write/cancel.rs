//! Tasks are called off: at once when nobody works on them, else after a grace.

use claudebench_core::event::TaskCancelRequested;
use claudebench_core::{Millis, Status};

use super::ends::End;
use super::reports::How;
use super::rows::{CallOff, Rows};
use super::tx::{Done, Tx};
use crate::batch::{Meta, Settled};
use crate::change::{Cancel, CancelOutcome, Dependents};
use crate::refusal::Refusal;
use crate::task::{Held, Task};

impl<R: Rows> Tx<'_, R> {
    pub(super) fn cancel(&mut self, meta: &Meta, cancel: Cancel) -> Done<CancelOutcome, R> {
        let task = self.task(meta.tenant, cancel.task)?;
        if cancel.dependents == Some(Dependents::Cancel) {
            self.refuse_avalanche(cancel.task)?;
        }
        match task.row.status {
            // What waits for it may still have been left to wait.
            Status::Cancelled => return self.called_off(meta, &task, cancel.dependents),
            Status::Completed | Status::Failed => {
                let (task, status) = (task.row.id, task.row.status);
                return Err(Refusal::Finished { task, status }.into());
            }
            Status::Pending | Status::InProgress => {}
        }
        let held = self.rows.lease(task.row.id)?.filter(|held| held.holder().is_some());
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

    fn ask_to_stop(
        &mut self,
        meta: &Meta,
        mut task: Task,
        cancel: Cancel,
    ) -> Done<CancelOutcome, R> {
        let at = self.now.plus(cancel.grace_ms);
        let fact = TaskCancelRequested {
            task_id: task.row.id,
            reason: cancel.reason.as_deref(),
            grace_ends_at: at,
            life: std::marker::PhantomData,
        };
        self.task_event(meta, &mut task, &fact)?;
        self.rows.save(&task)?;
        if let Some(held) = self.rows.lease(task.row.id)?.cloned() {
            self.rows.extend(Held { cancel_at: Some(at), ..held }, None)?;
        }
        let call = CallOff {
            asked_at: self.now,
            at,
            reason: cancel.reason.as_deref(),
            dependents: cancel.dependents.unwrap_or(Dependents::Keep),
        };
        self.rows.call_off(task.row.id, &call)?;
        Ok(outcome(Status::InProgress, Some(at)))
    }

    /// What was said with the first request holds, unless it is said anew.
    fn ask_anew(&mut self, cancel: &Cancel) -> Done<(), R> {
        self.rows.call_off_anew(cancel.task, cancel.reason.as_deref(), cancel.dependents)
    }

    /// The worker of a task that was called off has stopped, or its grace is over.
    pub(super) fn call_off_held(
        &mut self,
        meta: &Meta,
        task: Task,
        how: Option<How>,
    ) -> Done<Settled, R> {
        self.stop(meta, task, how).map(|(settled, _)| settled)
    }

    /// Ends a task whose worker was asked to stop, as it was asked for.
    fn stop(
        &mut self,
        meta: &Meta,
        task: Task,
        how: Option<How>,
    ) -> Done<(Settled, CancelOutcome), R> {
        let (reason, choice) = self.rows.called_off(task.row.id)?;
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
    ) -> Done<CancelOutcome, R> {
        let mut done = outcome(Status::Cancelled, None);
        let choice = choice.unwrap_or(Dependents::Keep);
        (done.also_cancelled, done.released) = self.settle_dependents(meta, on, choice)?;
        Ok(done)
    }

    /// Calls off a task that nobody works on.
    pub(super) fn cancel_now(
        &mut self,
        meta: &Meta,
        task: Task,
        reason: Option<&str>,
    ) -> Done<(), R> {
        let end = End::Cancelled { reason: reason.map(str::to_owned) };
        self.end(meta, task, None, None, end).map(drop)
    }
}

fn outcome(status: Status, grace_ends_at: Option<Millis>) -> CancelOutcome {
    CancelOutcome { status, grace_ends_at, also_cancelled: Vec::new(), released: Vec::new() }
}
