//! Workers report that an attempt has ended.

use std::sync::Arc;

use claudebench_core::{Millis, Status};

use super::ends::End;
use super::rows::Rows;
use super::tx::{Done, Tx};
use crate::batch::{Ending, Meta, Report, Settled};
use crate::refusal::Refusal;
use crate::task::{Held, Phase, Task};

/// How a report ended an attempt, as it is kept with the fence.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    /// Failed by a completion: for good.
    CompletedFailed = 0,
    Completed = 1,
    Failed = 2,
    Released = 3,
}

impl How {
    fn of(ending: &Ending) -> Self {
        match ending {
            Ending::Completed { .. } => Self::Completed,
            Ending::CompletedFailed { .. } => Self::CompletedFailed,
            Ending::Failed { .. } => Self::Failed,
            Ending::Released { .. } => Self::Released,
        }
    }

    /// The mark that a report under this fence leaves on the task.
    pub(super) fn mark(self, fence: i64) -> i64 {
        fence * 4 + self as i64
    }

    /// Whether a task stands where such a report under this fence has left it. Whatever else
    /// moves a task on takes the mark away, or gives out the next fence.
    fn has_left(self, task: &Task, fence: i64) -> bool {
        fence > 0 && fence == task.row.fence && task.settled == self.mark(fence)
    }
}

impl<R: Rows> Tx<'_, R> {
    /// Each report stands alone: one that is refused changes nothing for the others.
    pub(super) fn reports(
        &mut self,
        meta: &Meta,
        reports: Vec<Report>,
    ) -> Done<Vec<Result<Settled, Refusal>>, R> {
        let mut answers = Vec::with_capacity(reports.len());
        for report in reports {
            self.lapse_if_due(report.task)?;
            let done = self.whole(|tx| tx.report(meta, report));
            answers.extend(self.answer(done)?);
        }
        self.complete_so_far(answers)
    }

    fn report(&mut self, meta: &Meta, report: Report) -> Done<Settled, R> {
        let report = match self.quick(meta, report)? {
            Ok(settled) => return Ok(settled),
            Err(report) => report,
        };
        let mut task = self.task(meta.tenant, report.task)?;
        if let Some(repeated) = self.admit(&task, &report)? {
            return Ok(repeated);
        }
        // Who gave no fence may be another than the holder: no report of the holder repeats it.
        let how = report.fence.map(|_| How::of(&report.ending));
        if self.is_called_off(report.task)? {
            self.refuse_late_success(&task, &report)?;
            return self.call_off_held(meta, task, how);
        }
        let worker: Option<Arc<str>> =
            report.worker.or_else(|| task.row.assigned_to.as_deref().map(Arc::from));
        self.begin_parked(&mut task)?;
        let end = match report.ending {
            Ending::Completed { result } => {
                return self.complete(meta, task, worker.as_deref(), how, result);
            }
            Ending::CompletedFailed { result, error } => End::FailedForGood { result, error },
            Ending::Failed { reason, error, retryable, retry_after_ms, snooze } => {
                End::Failed { reason, error, retryable, retry_after_ms, snooze }
            }
            Ending::Released { reason, delay_ms } => End::Released { reason, delay_ms },
        };
        self.end(meta, task, worker.as_deref(), how, end)
    }

    /// Who ends a task that is parked on it has tried it without a claim: that is an attempt like
    /// any other, with a fence of its own. It begins where it ends.
    fn begin_parked(&mut self, task: &mut Task) -> Done<(), R> {
        let parked = task.row.assigned_to.as_deref().filter(|_| task.row.status == Status::Pending);
        if let Some(holder) = parked.map(Arc::from) {
            let since = task.row.assigned_at;
            let held = self.hold(task, &holder, None);
            // It was not claimed: it has been that worker's since it was parked.
            task.row.assigned_at = since;
            self.rows.hold(held)?;
        }
        Ok(())
    }

    /// Checks that the reporter may report; answers when it did so before.
    fn admit(&mut self, task: &Task, report: &Report) -> Done<Option<Settled>, R> {
        let row = &task.row;
        let how = How::of(&report.ending);
        if let Some(fence) = report.fence {
            if self.rows.lease(row.id)?.is_some_and(|lease| lease.fence == fence) {
                return Ok(None);
            }
            if how.has_left(task, fence) {
                return Ok(Some(self.settled(task, true)));
            }
            let lease = self.rows.lease(row.id)?;
            return Err(Refusal::StaleFence {
                task: row.id,
                given: fence,
                current: row.fence,
                holder: lease.and_then(Held::holder).map(str::to_owned),
                status: row.status,
            }
            .into());
        }
        if row.status.is_final() {
            return Err(Refusal::Finished { task: row.id, status: row.status }.into());
        }
        let parked = row.status == Status::Pending && row.assigned_to.is_some();
        if row.status == Status::Pending && !(parked && how != How::Released) {
            return Err(Refusal::NotAssigned(row.id).into());
        }
        match &report.worker {
            Some(worker) if row.assigned_to.as_deref() != Some(&**worker) => {
                Err(Refusal::NotHolder { task: row.id, holder: row.assigned_to.clone() }.into())
            }
            _ if row.status == Status::Pending => self.refuse_blocked(task).map(|()| None),
            _ => Ok(None),
        }
    }

    /// Nothing is done before what it depends on.
    pub(super) fn refuse_blocked(&self, task: &Task) -> Done<(), R> {
        let row = &task.row;
        if row.open_dependencies == 0 {
            return Ok(());
        }
        let hint = "it waits for other tasks: task.explain names them; task.cancel with \
                    `dependents: \"release\"` on them lets it go"
            .into();
        Err(Refusal::WrongState { task: row.id, status: row.status, hint }.into())
    }

    /// A worker that was told to stop reports: success comes too late, anything else says that it
    /// has stopped.
    fn refuse_late_success(&self, task: &Task, report: &Report) -> Done<(), R> {
        if How::of(&report.ending) != How::Completed {
            return Ok(());
        }
        let hint = "its cancellation was asked for; stop, and say so with task.release".into();
        Err(Refusal::WrongState { task: task.row.id, status: task.row.status, hint }.into())
    }

    /// What a report is answered with.
    pub(super) fn settled(&self, task: &Task, repeated: bool) -> Settled {
        let waits = matches!(task.phase, Phase::Scheduled | Phase::Ready);
        let retry_at = waits.then(|| task.row.run_at.unwrap_or(self.now));
        let at: Millis =
            if repeated { task.row.completed_at.unwrap_or(task.row.updated_at) } else { self.now };
        Settled {
            task: task.row.id,
            status: task.row.status,
            at,
            attempt: task.row.attempt,
            retry_at,
            dead: task.row.status == Status::Failed,
            repeated,
        }
    }
}
