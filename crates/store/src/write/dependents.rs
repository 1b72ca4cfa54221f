//! What waits for a task that ends.

use std::collections::HashSet;

use claudebench_core::event::TaskUnblocked;
use claudebench_core::{Status, TaskId};

use super::rows::Rows;
use super::tx::{Done, Stop, Tx, fault};
use crate::batch::Meta;
use crate::change::Dependents;
use crate::refusal::Refusal;
use crate::task::{Phase, Task};

impl<R: Rows> Tx<'_, R> {
    /// Refuses a task that more wait for than may; with how many more would.
    pub(super) fn refuse_crowd(&mut self, on: TaskId, more: usize) -> Done<(), R> {
        let all = usize::try_from(self.rows.count_dependents(on)?).unwrap_or(0) + more;
        let most = self.rules.max_dependents;
        let ties = most.saturating_mul(5);
        if all <= most {
            return Ok(());
        }
        // Only then are those looked at that the number is made of.
        let waiting = self.rows.pending_dependents(on)?.len();
        if waiting + more <= most && all <= ties {
            return Ok(());
        }
        let what = format!(
            "At most {most} tasks wait for one, or {ties} with those that ended \
             before it; {waiting} wait for {on}, and {more} more would. Let some of them wait for a \
             task of their own that waits for it."
        );
        Err(Refusal::Limit { what }.into())
    }

    /// Refuses to call off more tasks at once than may wait for one. What comes while a worker has
    /// its grace goes with the rest.
    pub(super) fn refuse_avalanche(&mut self, on: TaskId) -> Done<(), R> {
        let mut found = HashSet::new();
        let mut open = vec![on];
        let most = self.rules.max_dependents;
        while let Some(next) = open.pop() {
            for id in self.rows.pending_dependents(next)? {
                if found.insert(id) {
                    open.push(id);
                }
            }
            if found.len() > most {
                let what = format!(
                    "More than {most} tasks wait for {on}, or for those that do; cancel \
                     some of them first, with theirs."
                );
                return Err(Refusal::Limit { what }.into());
            }
        }
        Ok(())
    }

    /// Whatever waits for one task waits for another instead.
    pub(super) fn hand_dependents(&mut self, meta: &Meta, from: TaskId, to: TaskId) -> Done<(), R> {
        let waiting = self.rows.open_dependents(from)?;
        if waiting.is_empty() {
            return Ok(());
        }
        self.rows.move_dependencies(from, to)?;
        self.rows.mark_depended_on(to)?;
        for id in waiting {
            let mut task = self.dependent(meta, id)?;
            let status = task.row.status;
            self.updated_event(meta, &mut task, status, &["dependsOn"])?;
            self.rows.save(&task)?;
        }
        Ok(())
    }

    /// Lets those go on that wait for nothing else; answers which.
    pub(super) fn release_dependents(&mut self, meta: &Meta, on: TaskId) -> Done<Vec<TaskId>, R> {
        let mut released = Vec::new();
        for id in self.rows.open_dependents(on)? {
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
            self.rows.save(&task)?;
        }
        self.rows.close_dependencies(on)?;
        Ok(released)
    }

    /// Calls off those that wait, and those that wait for them; answers which.
    pub(super) fn cancel_dependents(&mut self, meta: &Meta, on: TaskId) -> Done<Vec<TaskId>, R> {
        let mut cancelled = Vec::new();
        // One may wait for many of them; it is read once.
        let mut seen = HashSet::new();
        let mut open = vec![on];
        while let Some(next) = open.pop() {
            for id in self.rows.open_dependents(next)? {
                if !seen.insert(id) {
                    continue;
                }
                let mut task = self.dependent(meta, id)?;
                if task.row.status == Status::Pending {
                    self.dequeue(&mut task);
                    task.settled = 0;
                    let reason = format!("{next} was cancelled");
                    self.call_off(meta, &mut task, Some(reason))?;
                    self.rows.save(&task)?;
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
    ) -> Done<(Vec<TaskId>, Vec<TaskId>), R> {
        Ok(match choice {
            _ if !on.has_dependents => (Vec::new(), Vec::new()),
            Dependents::Keep => (Vec::new(), Vec::new()),
            Dependents::Cancel => (self.cancel_dependents(meta, on.row.id)?, Vec::new()),
            Dependents::Release => (Vec::new(), self.release_dependents(meta, on.row.id)?),
        })
    }

    /// A dependent is the tenant's, as its dependency was when it was made.
    pub(super) fn dependent(&mut self, meta: &Meta, id: TaskId) -> Done<Task, R> {
        self.task(meta.tenant, id).map_err(|stop| match stop {
            Stop::Refused(_) => fault::<R>(format!("the dependent {id} is gone")),
            other => other,
        })
    }
}
