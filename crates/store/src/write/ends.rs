//! Attempts end: with success, with failure, given back, lost or called off.

use claudebench_core::Status;
use claudebench_core::backoff::Backoff;
use claudebench_core::event::{TaskAttemptFailed, TaskCancelled, TaskCompleted, TaskReleased};
use claudebench_core::state::{self, Verdict, after_attempt};

use super::attachments::RESULT;
use super::reports::How;
use super::rows::Rows;
use super::tx::{Done, Tx};
use crate::batch::{Meta, Settled};
use crate::row::{AttachmentBody, AttachmentKind};
use crate::task::Task;

/// Whose attempt ended, and how long that took, if it was one.
#[derive(Clone, Copy)]
struct By<'a> {
    worker: Option<&'a str>,
    worked: Option<i64>,
}

/// How an attempt ended, other than completed.
pub(super) enum End {
    /// For good, by the contract's `task.complete` with an error.
    FailedForGood { result: Option<String>, error: Option<String> },
    /// The worker says so.
    Failed {
        reason: String,
        error: Option<String>,
        retryable: bool,
        retry_after_ms: Option<i64>,
        snooze: bool,
    },
    /// The worker gave it back.
    Released { reason: Option<String>, delay_ms: Option<i64> },
    /// The worker is gone.
    Lost { reason: &'static str },
    /// The attempt took longer than it may.
    TimedOut,
    /// The task was called off.
    Cancelled { reason: Option<String> },
}

impl<R: Rows> Tx<'_, R> {
    /// The attempt ended with success. `how` is given when it was reported under its fence: then
    /// alone can the report come again.
    pub(super) fn complete(
        &mut self,
        meta: &Meta,
        mut task: Task,
        worker: Option<&str>,
        how: Option<How>,
        result: Option<String>,
    ) -> Done<Settled, R> {
        let by = self.by(&task, worker);
        self.take_lease(&mut task)?;
        self.dequeue(&mut task);
        task.row.status = Status::Completed;
        self.count(&task, 1);
        task.row.completed_at = Some(self.now);
        task.row.completed_by = worker.map(str::to_owned);
        task.row.error = None;
        task.row.reason = None;
        task.settled = how.map_or(0, |how| how.mark(task.row.fence));
        self.keep_result(meta, &mut task, result)?;
        self.completed_event(meta, &mut task, by)?;
        self.rows.save(&task)?;
        if task.has_dependents {
            self.release_dependents(meta, task.row.id)?;
        }
        Ok(self.settled(&task, false))
    }

    /// Every other way.
    pub(super) fn end(
        &mut self,
        meta: &Meta,
        mut task: Task,
        worker: Option<&str>,
        how: Option<How>,
        end: End,
    ) -> Done<Settled, R> {
        let had_lease = self.is_held(task.row.id)?;
        let attempt = task.row.attempt;
        let by = self.by(&task, worker);
        self.take_lease(&mut task)?;
        self.dequeue(&mut task);
        // What was reported before is past, unless this is a report under the fence itself.
        task.settled = how.map_or(0, |how| how.mark(task.row.fence));
        match end {
            End::FailedForGood { result, error } => {
                self.keep_result(meta, &mut task, result)?;
                task.row.error = error;
                self.fail(meta, &mut task, by, "failed")?;
            }
            End::Released { reason, delay_ms } => {
                self.give_back(meta, &mut task, worker, reason, delay_ms)?;
                // Not before its event, which belongs to the attempt that ended.
                task.row.attempt -= i64::from(had_lease);
            }
            End::Cancelled { reason } => self.call_off(meta, &mut task, reason)?,
            End::Failed { retry_after_ms, snooze: true, reason, error, .. } => {
                task.row.error = error;
                let delay = retry_after_ms.unwrap_or(self.rules.lease_ms);
                self.try_again(meta, &mut task, worker, &reason, delay)?;
                task.row.attempt -= i64::from(had_lease);
            }
            End::Failed { reason, error, retryable, retry_after_ms, .. } => {
                task.row.error = error;
                let ending = state::Ending::Failed { retryable };
                self.judge(meta, &mut task, by, ending, retry_after_ms, &reason)?;
            }
            End::Lost { reason } => {
                task.row.losses += 1;
                self.judge(meta, &mut task, by, state::Ending::Lost, None, reason)?;
            }
            End::TimedOut => {
                let ending = state::Ending::TimedOut;
                self.judge(meta, &mut task, by, ending, None, "deadline_exceeded")?;
            }
        }
        self.rows.save(&task)?;
        Ok(Settled { attempt, ..self.settled(&task, false) })
    }

    /// Another attempt, or the end.
    fn judge(
        &mut self,
        meta: &Meta,
        task: &mut Task,
        by: By<'_>,
        ending: state::Ending,
        after_ms: Option<i64>,
        reason: &str,
    ) -> Done<(), R> {
        let row = &task.row;
        let lost = ending == state::Ending::Lost;
        let backoff: Backoff = row
            .backoff
            .as_deref()
            .and_then(|text| serde_json::from_str(text).ok())
            .unwrap_or_default();
        let failures = if lost { row.losses } else { row.attempt };
        let delay = after_ms.unwrap_or_else(|| backoff.delay_ms(failures, self.random()));
        let (attempt, max) = (task.row.attempt, task.row.max_attempts);
        match after_attempt(ending, attempt, max, task.row.losses, self.rules.max_losses, delay) {
            Verdict::Dead => self.fail(meta, task, by, reason),
            Verdict::Again { after_ms } => {
                self.try_again(meta, task, by.worker, reason, after_ms)?;
                // A loss is counted apart, so that it does not use up an attempt.
                task.row.attempt -= i64::from(lost);
                Ok(())
            }
        }
    }

    fn try_again(
        &mut self,
        meta: &Meta,
        task: &mut Task,
        worker: Option<&str>,
        reason: &str,
        delay_ms: i64,
    ) -> Done<(), R> {
        let retry_at = self.now.plus(delay_ms);
        task.row.reason = Some(reason.to_owned());
        let error = task.row.error.take();
        let fact = TaskAttemptFailed {
            task_id: task.row.id,
            worker_id: worker,
            fence: task.row.fence,
            attempt: task.row.attempt,
            reason,
            error: error.as_deref(),
            retry_at,
            life: std::marker::PhantomData,
        };
        self.task_event(meta, task, &fact)?;
        task.row.error = error;
        self.unassign_row(task);
        task.row.run_at = Some(retry_at).filter(|at| *at > self.now);
        self.enqueue(task);
        Ok(())
    }

    fn give_back(
        &mut self,
        meta: &Meta,
        task: &mut Task,
        worker: Option<&str>,
        reason: Option<String>,
        delay_ms: Option<i64>,
    ) -> Done<(), R> {
        let fact = TaskReleased {
            task_id: task.row.id,
            worker_id: worker,
            fence: task.row.fence,
            reason: reason.as_deref(),
            life: std::marker::PhantomData,
        };
        self.task_event(meta, task, &fact)?;
        self.unassign_row(task);
        task.row.run_at = delay_ms.filter(|ms| *ms > 0).map(|ms| self.now.plus(ms));
        self.enqueue(task);
        Ok(())
    }

    /// Ends the task as failed: a dead letter.
    fn fail(&mut self, meta: &Meta, task: &mut Task, by: By<'_>, reason: &str) -> Done<(), R> {
        task.row.status = Status::Failed;
        self.count(task, 1);
        task.row.completed_at = Some(self.now);
        task.row.completed_by = by.worker.map(str::to_owned);
        task.row.reason = Some(reason.to_owned());
        task.row.dead = true;
        self.completed_event(meta, task, by)
    }

    /// Ends the task as cancelled. It is neither waiting nor held any more.
    pub(super) fn call_off(
        &mut self,
        meta: &Meta,
        task: &mut Task,
        reason: Option<String>,
    ) -> Done<(), R> {
        task.row.status = Status::Cancelled;
        self.count(task, 1);
        task.row.completed_at = Some(self.now);
        let reason = reason.or_else(|| task.row.reason.take());
        let fact = TaskCancelled {
            task_id: task.row.id,
            reason: reason.as_deref(),
            priority: task.row.priority,
            life: std::marker::PhantomData,
        };
        self.task_event(meta, task, &fact)?;
        task.row.reason = reason;
        Ok(())
    }

    /// Before it ends: who worked on it, and for how long.
    fn by<'a>(&self, task: &Task, worker: Option<&'a str>) -> By<'a> {
        let began = task.row.started_at.filter(|_| task.row.status == Status::InProgress);
        By { worker, worked: began.map(|began| self.now.since(began)) }
    }

    fn completed_event(&mut self, meta: &Meta, task: &mut Task, by: By<'_>) -> Done<(), R> {
        let (error, reason) = (task.row.error.take(), task.row.reason.take());
        let failed = task.row.status == Status::Failed;
        let fact = TaskCompleted {
            id: task.row.id,
            status: task.row.status,
            duration: self.now.since(task.row.created_at),
            completed_by: by.worker,
            fence: task.row.fence,
            reason: reason.as_deref(),
            error: error.as_deref(),
            dead_letter: failed,
            priority: task.row.priority,
            worked: by.worked,
            life: std::marker::PhantomData,
        };
        self.task_event(meta, task, &fact)?;
        task.row.error = error;
        task.row.reason = reason;
        Ok(())
    }

    /// Ends the lease of a task, if it has one, and keeps what its worker noted.
    pub(super) fn take_lease(&mut self, task: &mut Task) -> Done<(), R> {
        if let Some((_, notes)) = self.rows.let_go(task.row.id)? {
            let row = &mut task.row;
            row.progress = notes.progress.or(row.progress);
            row.note = notes.note.or(row.note.take());
            row.checkpoint = notes.checkpoint.or(row.checkpoint.take());
        }
        Ok(())
    }

    /// Nobody holds the task any more.
    pub(super) fn unassign_row(&self, task: &mut Task) {
        task.row.assigned_to = None;
        task.row.assigned_at = None;
    }

    fn keep_result(&mut self, meta: &Meta, task: &mut Task, result: Option<String>) -> Done<(), R> {
        match result {
            Some(result) => self.write_attachment(meta, task, result_body(result)).map(drop),
            None => Ok(()),
        }
    }
}

pub(super) fn result_body(result: String) -> AttachmentBody {
    AttachmentBody {
        key: RESULT.into(),
        kind: AttachmentKind::Json,
        value: Some(result),
        content: None,
        url: None,
        mime_type: None,
        size: None,
    }
}
