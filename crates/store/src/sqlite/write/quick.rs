//! The hot way of a completion: of a task that nobody has looked at since its claim. What is known
//! of it is in memory, so that its row is not read again.

use claudebench_core::event::TaskCompleted;
use claudebench_core::{Millis, Status};
use rusqlite::params;

use super::ends::result_body;
use super::reports::How;
use super::tx::{About, Done, Tx};
use crate::batch::{Ending, Meta, Report, Settled};
use crate::sqlite::memory::{Held, Untouched};

impl Tx<'_, '_> {
    /// Settles a completion the hot way, or gives the report back to be looked at in full.
    pub(super) fn quick(
        &mut self,
        meta: &Meta,
        mut report: Report,
    ) -> Done<Result<Settled, Report>> {
        let Ending::Completed { result } = &mut report.ending else { return Ok(Err(report)) };
        let Some(held) = self.memory.leases.of(report.task) else { return Ok(Err(report)) };
        let reporter = match (report.fence, &report.worker) {
            (Some(fence), _) => fence == held.fence,
            (None, Some(worker)) => *worker == held.worker,
            (None, None) => true,
        };
        let plain = held.tenant == meta.tenant && !held.has_row && held.cancel_at.is_none();
        // A second result would go over the first: that one has to be found.
        let fresh = held
            .untouched
            .as_ref()
            .is_some_and(|task| result.is_none() || task.attachment_count == 0);
        if !(reporter && plain && fresh) {
            return Ok(Err(report));
        }
        let result = result.take();
        let Some(mut held) = self.memory.leases.remove(report.task) else {
            return Ok(Err(report));
        };
        let Some(task) = held.untouched.take() else { return Ok(Err(report)) };
        let worker = report.worker.unwrap_or_else(|| held.worker.clone());
        self.complete_untouched(meta, &held, task, &worker, result).map(Ok)
    }

    fn complete_untouched(
        &mut self,
        meta: &Meta,
        held: &Held,
        mut task: Untouched,
        worker: &str,
        result: Option<String>,
    ) -> Done<Settled> {
        self.count_completed(held.tenant, task.project.as_ref());
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
            life: std::marker::PhantomData,
        };
        let about = About {
            task: Some(held.task),
            version: Some(task.version + 1),
            attempt: Some(held.attempt),
            project: task.project,
            prev: Some(task.last_event),
        };
        let last_event = self.next_event();
        self.append(meta, &fact, about)?;
        self.hot.save_completion().execute(params![
            held.task.0,
            task.version + 1,
            last_event,
            How::Completed.mark(held.fence),
            self.now.0,
            worker,
            task.attachment_count,
        ])?;
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
