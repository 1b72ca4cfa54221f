//! What waits for a task that ends.

use claudebench_core::event::TaskUnblocked;
use claudebench_core::{Status, TaskId};

use super::statements as sql;
use super::tx::{Done, Stop, Tx, fault};
use crate::batch::Meta;
use crate::change::Dependents;
use crate::sqlite::row::{Phase, Task};

impl Tx<'_, '_> {
    /// The tasks whose dependency on this one is open.
    pub(super) fn open_dependents(&self, on: TaskId) -> Done<Vec<TaskId>> {
        let mut statement = self.db.prepare_cached(sql::OPEN_DEPENDENTS)?;
        let ids = statement.query_map([on.0], |row| row.get(0).map(TaskId))?;
        Ok(ids.collect::<rusqlite::Result<_>>()?)
    }

    /// The tasks that one still waits for.
    pub(super) fn open_dependencies(&self, task: TaskId) -> Done<Vec<TaskId>> {
        let mut statement = self.db.prepare_cached(sql::OPEN_DEPENDENCIES)?;
        let ids = statement.query_map([task.0], |row| row.get(0).map(TaskId))?;
        Ok(ids.collect::<rusqlite::Result<_>>()?)
    }

    /// Whatever waits for one task waits for another instead.
    pub(super) fn hand_dependents(&mut self, meta: &Meta, from: TaskId, to: TaskId) -> Done<()> {
        let waiting = self.open_dependents(from)?;
        if waiting.is_empty() {
            return Ok(());
        }
        self.db.prepare_cached(sql::MOVE_DEPENDENCIES)?.execute([from.0, to.0])?;
        self.db.prepare_cached(sql::MARK_DEPENDED_ON)?.execute([to.0])?;
        for id in waiting {
            let mut task = self.dependent(meta, id)?;
            self.updated_event(meta, &mut task, &["dependsOn"])?;
            self.save(&task)?;
        }
        Ok(())
    }

    /// Lets those go on that wait for nothing else; answers which.
    pub(super) fn release_dependents(&mut self, meta: &Meta, on: TaskId) -> Done<Vec<TaskId>> {
        let mut released = Vec::new();
        for id in self.open_dependents(on)? {
            let mut task = self.dependent(meta, id)?;
            task.row.open_dependencies -= 1;
            if task.row.open_dependencies == 0 && task.phase == Phase::Blocked {
                self.dequeue(&mut task);
                let fact =
                    TaskUnblocked { task_id: id, unblocked_by: on, life: std::marker::PhantomData };
                self.task_event(meta, &mut task, &fact)?;
                self.enqueue(&mut task);
                released.push(id);
            }
            self.save(&task)?;
        }
        self.db.prepare_cached(sql::CLOSE_DEPENDENCIES_ON)?.execute([on.0])?;
        Ok(released)
    }

    /// Calls off those that wait, and those that wait for them; answers which.
    pub(super) fn cancel_dependents(&mut self, meta: &Meta, on: TaskId) -> Done<Vec<TaskId>> {
        let mut cancelled = Vec::new();
        let mut open = vec![on];
        while let Some(next) = open.pop() {
            for id in self.open_dependents(next)? {
                let mut task = self.dependent(meta, id)?;
                if task.row.status == Status::Pending {
                    self.dequeue(&mut task);
                    task.settled = 0;
                    let reason = format!("{next} was cancelled");
                    self.call_off(meta, &mut task, Some(reason))?;
                    self.save(&task)?;
                    cancelled.push(id);
                    open.push(id);
                }
            }
        }
        Ok(cancelled)
    }

    /// Does what was chosen for the dependents of a task that is called off: which were
    /// cancelled, and which released.
    pub(super) fn settle_dependents(
        &mut self,
        meta: &Meta,
        on: &Task,
        choice: Dependents,
    ) -> Done<(Vec<TaskId>, Vec<TaskId>)> {
        Ok(match choice {
            _ if !on.has_dependents => (Vec::new(), Vec::new()),
            Dependents::Keep => (Vec::new(), Vec::new()),
            Dependents::Cancel => (self.cancel_dependents(meta, on.row.id)?, Vec::new()),
            Dependents::Release => (Vec::new(), self.release_dependents(meta, on.row.id)?),
        })
    }

    /// A dependent is the tenant's, as its dependency was when it was made.
    pub(super) fn dependent(&mut self, meta: &Meta, id: TaskId) -> Done<Task> {
        self.task(meta.tenant, id).map_err(|stop| match stop {
            Stop::Refused(_) => fault(format!("the dependent {id} is gone")),
            failed => failed,
        })
    }
}
