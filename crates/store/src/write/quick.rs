//! The hot way of a completion: of a task whose row nobody has written since its claim. What is known
//! of it is in memory, so that its row is not read again.

use claudebench_core::event::TaskCompleted;
use claudebench_core::{Millis, Status};

use super::claims::untouched;
use super::ends::result_body;
use super::reports::How;
use super::rows::{Completion, Rows};
use super::tx::{About, Done, Tx, fault};
use crate::batch::{Ending, Meta, Report, Settled};
use crate::task::{Held, Untouched};

impl<R: Rows> Tx<'_, R> {
    /// Settles a completion the hot way, or gives the report back to be looked at in full.
    pub(super) fn quick(
        &mut self,
        meta: &Meta,
        mut report: Report,
    ) -> Done<Result<Settled, Report>, R> {
        let Ending::Completed { result } = &mut report.ending else { return Ok(Err(report)) };
        let Some(held) = self.rows.lease(report.task)? else { return Ok(Err(report)) };
        let reporter = match (report.fence, &report.worker) {
            (Some(fence), _) => fence == held.fence,
            (None, Some(worker)) => *worker == held.worker,
            (None, None) => true,
        };
        let plain = held.tenant == meta.tenant && !held.has_row && held.cancel_at.is_none();
        // A result that is there already would have to be found.
        let fresh = held.untouched.as_ref().is_some_and(|task| task.attachment_count == 0);
        if !(reporter && plain && fresh) {
            return Ok(Err(report));
        }
        let result = result.take();
        let Some((mut held, _)) = self.rows.let_go(report.task)? else { return Ok(Err(report)) };
        let Some(task) = held.untouched.take() else { return Ok(Err(report)) };
        let worker = report.worker.unwrap_or_else(|| held.worker.clone());
        if cfg!(debug_assertions) {
            self.hold_against_row(&held, &task)?;
        }
        let mark = report.fence.map_or(0, |fence| How::Completed.mark(fence));
        self.complete_untouched(meta, &held, task, &worker, result, mark).map(Ok)
    }

    /// Whatever writes the row of a held task says so to the memory; where tests run, what is in
    /// memory is held against the row each time it is believed.
    fn hold_against_row(&mut self, held: &Held, task: &Untouched) -> Done<(), R> {
        let found = self.task(held.tenant, held.task)?;
        let row = untouched(&found);
        if row == *task && found.row.fence == held.fence {
            return Ok(());
        }
        Err(fault::<R>(format!("{} is not what its claim left: {row:?}, not {task:?}", held.task)))
    }

    fn complete_untouched(
        &mut self,
        meta: &Meta,
        held: &Held,
        mut task: Untouched,
        worker: &str,
        result: Option<String>,
        mark: i64,
    ) -> Done<Settled, R> {
        self.count_completed(held.tenant, held.task, task.project.as_ref());
        if let Some(result) = result {
            task.attachment_count += 1;
            self.insert_attachment(meta, held.task, &result_body(result))?;
        }
        let fact = TaskCompleted {
            id: held.task,
            status: Status::Completed,
            duration: self.now.since(task.created_at),
            completed_by: Some(worker),
            fence: held.fence,
            reason: None,
            error: None,
            dead_letter: false,
            priority: task.priority,
            worked: task.started_at.map(|began| self.now.since(began)),
            life: std::marker::PhantomData,
        };
        let about = About {
            task: Some(held.task),
            version: Some(task.version + 1),
            attempt: Some(held.attempt),
            project: task.project,
            last_event: Some(&mut task.last_event),
        };
        self.append(meta, &fact, about)?;
        self.rows.save_completion(&Completion {
            task: held.task,
            version: task.version + 1,
            last_event: task.last_event,
            settled: mark,
            at: self.now,
            worker,
            attachment_count: task.attachment_count,
        })?;
        if task.has_dependents {
            self.release_dependents(meta, held.task)?;
        }
        let (at, attempt): (Millis, i64) = (self.now, held.attempt);
        Ok(Settled {
            task: held.task,
            status: Status::Completed,
            at,
            attempt,
            retry_at: None,
            dead: false,
            repeated: false,
        })
    }
}
