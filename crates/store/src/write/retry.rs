//! Ended tasks are put back to be done again.

use claudebench_core::event::TaskRetried;
use claudebench_core::{Status, TaskId};

use super::rows::Rows;
use super::tx::{Done, Tx};
use crate::batch::Meta;
use crate::change::{Retried, Retry, RetryOutcome, RetrySelection};
use crate::refusal::Refusal;
use crate::task::Task;

impl<R: Rows> Tx<'_, R> {
    pub(super) fn retry(&mut self, meta: &Meta, retry: &Retry) -> Done<RetryOutcome, R> {
        let mut done = RetryOutcome::default();
        match &retry.which {
            RetrySelection::Task { id, force } => {
                let task = self.task(meta.tenant, *id)?;
                self.refuse_retry(&task, *force)?;
                done.retried.push(self.put_back(meta, task, retry)?);
            }
            RetrySelection::Dead { ids: Some(ids), limit, .. } => {
                let mut ids = ids.clone();
                ids.sort_unstable();
                ids.dedup();
                for id in ids {
                    if done.retried.len() as i64 >= *limit {
                        break;
                    }
                    let named = self.named_dead(meta, id, &retry.which);
                    match self.answer(named)? {
                        Some(Ok(task)) => done.retried.push(self.put_back(meta, task, retry)?),
                        Some(Err(refusal)) => done.refused.push((id, refusal)),
                        None => {}
                    }
                }
            }
            which => {
                for id in self.rows.dead(meta.tenant, which)? {
                    let task = self.task(meta.tenant, id)?;
                    // Another of the same key may have been put back just now.
                    let may = self.refuse_retry(&task, false);
                    match self.answer(may)? {
                        Some(Ok(())) => done.retried.push(self.put_back(meta, task, retry)?),
                        Some(Err(Refusal::DuplicateUniqueKey { .. })) | None => {}
                        Some(Err(refusal)) => done.refused.push((id, refusal)),
                    }
                }
            }
        }
        self.complete_so_far(done)
    }

    /// A dead letter that was named, if the filters hold for it, too.
    fn named_dead(&mut self, meta: &Meta, id: TaskId, which: &RetrySelection) -> Done<Task, R> {
        let task = self.task(meta.tenant, id)?;
        let row = &task.row;
        let refuse = |hint: &str| {
            let hint = hint.to_owned();
            Err(Refusal::WrongState { task: id, status: row.status, hint }.into())
        };
        if matches!(row.status, Status::Completed | Status::Cancelled) {
            return refuse(
                "only a failed task is a dead letter; task.retry puts any ended one back",
            );
        }
        self.refuse_retry(&task, false)?;
        let RetrySelection::Dead { project, tag, reason, .. } = which else { return Ok(task) };
        let is = |wanted: &Option<String>, own: Option<&str>| {
            wanted.is_none() || wanted.as_deref() == own
        };
        let tagged = tag.as_ref().is_none_or(|tag| row.tags.iter().any(|own| **own == **tag));
        if is(project, row.project.as_deref()) && is(reason, row.reason.as_deref()) && tagged {
            return Ok(task);
        }
        refuse("it has not the project, the tag or the reason that was asked for")
    }

    fn refuse_retry(&mut self, task: &Task, force: bool) -> Done<(), R> {
        let row = &task.row;
        let hint = match row.status {
            Status::Pending => "it waits to be done already",
            Status::InProgress => "it is being worked on; task.cancel or task.release first",
            Status::Completed if !force => "give `force` to do it again",
            _ => {
                self.refuse_second_key(task)?;
                return self.refuse_new_lane(task, None);
            }
        };
        Err(Refusal::WrongState { task: row.id, status: row.status, hint: hint.into() }.into())
    }

    /// A task may live again only while no other lives under its unique key.
    pub(super) fn refuse_second_key(&mut self, task: &Task) -> Done<(), R> {
        let Some(key) = &task.row.unique_key else { return Ok(()) };
        match self.rows.live_with_key(task.tenant, key)? {
            Some(live) if live.row.id != task.row.id => {
                Err(Refusal::DuplicateUniqueKey { key: key.clone(), task: live.row.id }.into())
            }
            _ => Ok(()),
        }
    }

    fn put_back(&mut self, meta: &Meta, mut task: Task, retry: &Retry) -> Done<Retried, R> {
        let previous = task.row.status;
        if let Some(priority) = retry.priority {
            task.row.priority = priority;
        }
        self.dequeue(&mut task);
        self.forget_end(meta, &mut task)?;
        task.row.run_at = retry.delay_ms.filter(|ms| *ms > 0).map(|ms| self.now.plus(ms));
        let fact = TaskRetried {
            task_id: task.row.id,
            previous_status: previous,
            priority: task.row.priority,
            life: std::marker::PhantomData,
        };
        self.task_event(meta, &mut task, &fact)?;
        self.enqueue(&mut task);
        self.rows.save(&task)?;
        Ok(Retried { id: task.row.id, previous })
    }

    /// As if it had not been tried: its result goes with its end. What its workers noted stays.
    pub(super) fn forget_end(&mut self, meta: &Meta, task: &mut Task) -> Done<(), R> {
        self.drop_result(meta, task)?;
        let row = &mut task.row;
        row.attempt = 0;
        row.losses = 0;
        row.completed_at = None;
        row.completed_by = None;
        row.error = None;
        row.reason = None;
        row.dead = false;
        task.settled = 0;
        self.unassign_row(task);
        Ok(())
    }
}
