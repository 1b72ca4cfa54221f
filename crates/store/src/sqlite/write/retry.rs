//! Ended tasks are put back to be done again.

use claudebench_core::event::TaskRetried;
use claudebench_core::{Status, TaskId};
use rusqlite::{OptionalExtension, params};

use super::statements as sql;
use super::tx::{Done, Tx};
use crate::batch::Meta;
use crate::change::{Retried, Retry, RetrySelection};
use crate::refusal::Refusal;
use crate::sqlite::row::{self, Task};

impl Tx<'_, '_> {
    pub(super) fn retry(&mut self, meta: &Meta, retry: &Retry) -> Done<Vec<Retried>> {
        if let RetrySelection::Task { id, force } = retry.which {
            let task = self.task(meta.tenant, id)?;
            self.refuse_retry(&task, force)?;
            return Ok(vec![self.put_back(meta, task, retry)?]);
        }
        let mut retried = Vec::new();
        for id in self.dead_letters(meta, &retry.which)? {
            let task = self.task(meta.tenant, id)?;
            // One whose unique key lives on in another task stays where it is.
            if self.refuse_retry(&task, false).is_ok() {
                retried.push(self.put_back(meta, task, retry)?);
            }
        }
        Ok(retried)
    }

    fn refuse_retry(&self, task: &Task, force: bool) -> Done<()> {
        let row = &task.row;
        let hint = match row.status {
            Status::Pending => "it waits to be done already",
            Status::InProgress => "it is being worked on; task.cancel or task.release first",
            Status::Completed if !force => "give `force` to do it again",
            _ => return self.refuse_second_key(task),
        };
        Err(Refusal::WrongState { task: row.id, status: row.status, hint: hint.into() }.into())
    }

    /// A task may live again only while no other lives under its unique key.
    pub(super) fn refuse_second_key(&self, task: &Task) -> Done<()> {
        let Some(key) = &task.row.unique_key else { return Ok(()) };
        let live = self
            .db
            .prepare_cached(sql::LIVE_WITH_KEY)?
            .query_row(params![task.tenant.0, key], row::task)
            .optional()?;
        match live {
            Some(live) if live.row.id != task.row.id => {
                Err(Refusal::DuplicateUniqueKey { key: key.clone(), task: live.row.id }.into())
            }
            _ => Ok(()),
        }
    }

    fn dead_letters(&self, meta: &Meta, which: &RetrySelection) -> Done<Vec<TaskId>> {
        let RetrySelection::Dead { ids, project, tag, reason, limit } = which else {
            return Ok(Vec::new());
        };
        let ids = ids
            .as_ref()
            .map(|ids| serde_json::Value::from_iter(ids.iter().map(|id| id.0)).to_string());
        let statement = match &ids {
            Some(_) => sql::DEAD_AMONG,
            None => sql::DEAD,
        };
        let mut statement = self.db.prepare_cached(statement)?;
        let found = statement
            .query_map(params![meta.tenant.0, project, tag, reason, limit, ids], |row| {
                row.get(0).map(TaskId)
            })?;
        Ok(found.collect::<rusqlite::Result<_>>()?)
    }

    fn put_back(&mut self, meta: &Meta, mut task: Task, retry: &Retry) -> Done<Retried> {
        let previous = task.row.status;
        if let Some(priority) = retry.priority {
            task.row.priority = priority;
        }
        self.dequeue(&mut task);
        self.forget_end(&mut task);
        task.row.run_at = retry.delay_ms.filter(|ms| *ms > 0).map(|ms| self.now.plus(ms));
        let fact = TaskRetried {
            task_id: task.row.id,
            previous_status: previous,
            priority: task.row.priority,
            life: std::marker::PhantomData,
        };
        self.task_event(meta, &mut task, &fact)?;
        self.enqueue(&mut task);
        self.save(&task)?;
        Ok(Retried { id: task.row.id, previous })
    }

    /// As if it had not been tried; what its workers noted stays.
    pub(super) fn forget_end(&self, task: &mut Task) {
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
    }
}
