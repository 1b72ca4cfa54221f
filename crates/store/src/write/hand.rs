//! Tasks are changed by hand: their fields, on whom they are parked, or whether they exist.

use std::collections::BTreeMap;
use std::sync::Arc;

use claudebench_core::event::{TaskAssigned, TaskDeleted, TaskUnassigned, TaskUpdated};
use claudebench_core::{Millis, Status, TaskId};
use serde_json::value::RawValue;

use super::rows::Rows;
use super::tx::{Done, Stop, Tx};
use crate::TaskRow;
use crate::batch::Meta;
use crate::change::{Assign, Assigned, Update};
use crate::refusal::Refusal;
use crate::task::{Held, NOBODY, Task};

impl<R: Rows> Tx<'_, R> {
    pub(super) fn update(
        &mut self,
        meta: &Meta,
        id: TaskId,
        update: Update,
    ) -> Done<Box<TaskRow>, R> {
        let mut task = self.task(meta.tenant, id)?;
        let version = task.row.version;
        if let Some(given) = update.if_version.filter(|given| *given != version) {
            return Err(Refusal::Changed { task: id, given, version }.into());
        }
        let mut changes = Vec::new();
        let status = update.status.filter(|status| *status != task.row.status);
        if let Some(status) = status {
            self.refuse_move(&task, status)?;
        }
        if let Some(metadata) = &update.metadata {
            let merged = merged(task.row.metadata.as_deref(), metadata)?;
            if let Some(max) = update.metadata_bytes.filter(|max| merged.len() > *max) {
                let what =
                    format!("The metadata would have {} bytes; at most {max}.", merged.len());
                return Err(Refusal::Limit { what }.into());
            }
            task.row.metadata = Some(merged);
            changes.push("metadata");
        }
        if let Some(text) = update.text {
            self.rows.forget_words(&task)?;
            task.row.text = text;
            changes.push("text");
        }
        if let Some(priority) = update.priority {
            task.row.priority = priority;
            changes.push("priority");
        }
        if update.status.is_some() {
            changes.push("status");
        }
        if changes.is_empty() {
            // The public protocol lets it be asked for; an event would tell of no change.
            return Ok(Box::new(task.row));
        }
        let before = task.row.status;
        let held = match status {
            Some(status) => self.shift(meta, &mut task, status)?,
            None => None,
        };
        self.updated_event(meta, &mut task, before, &changes)?;
        if task.row.status == Status::Pending {
            // Its place in the order may be another now.
            if status.is_none() {
                self.dequeue(&mut task);
            }
            self.enqueue(&mut task);
        }
        self.rows.save(&task)?;
        if let Some(held) = held {
            self.rows.hold(held)?;
        }
        if changes.contains(&"text") {
            self.rows.learn_words(&task)?;
        }
        if status == Some(Status::Completed) && task.has_dependents {
            self.release_dependents(meta, id)?;
        }
        Ok(Box::new(task.row))
    }

    fn refuse_move(&mut self, task: &Task, to: Status) -> Done<(), R> {
        let row = &task.row;
        let refuse = |hint: &str| {
            let (task, status) = (row.id, row.status);
            Err(Stop::Refused(Refusal::WrongState { task, status, hint: hint.into() }))
        };
        if self.is_called_off(row.id)? {
            return refuse(
                "its cancellation was asked for: it ends when its worker says task.release, or \
                 when the grace is over",
            );
        }
        match (row.status, to) {
            (_, Status::Cancelled) => refuse("task.cancel calls it off"),
            (Status::Cancelled, _) => refuse("task.retry puts it back"),
            (Status::Completed, _) if !is_project(row) => refuse("task.retry puts it back"),
            (_, Status::InProgress | Status::Completed) if row.open_dependencies > 0 => {
                self.refuse_blocked(task)
            }
            (Status::Completed | Status::Failed, Status::Pending | Status::InProgress) => {
                self.refuse_second_key(task)?;
                self.refuse_new_lane(task, None)
            }
            _ => Ok(()),
        }
    }

    /// Moves a task to another status; what is pending is put into its queue by the caller. A task
    /// in progress is held under a lease, by whomever it is parked on, or by nobody.
    fn shift(&mut self, meta: &Meta, task: &mut Task, to: Status) -> Done<Option<Held>, R> {
        task.settled = 0;
        let was_held = self.is_held(task.row.id)?;
        self.take_lease(task)?;
        if task.row.status.is_final() && !to.is_final() {
            self.dequeue(task);
            self.forget_end(meta, task)?;
            // Counted again by what follows.
            task.row.status = Status::Pending;
            self.count(task, 1);
        }
        if to == Status::InProgress {
            return Ok(Some(self.start(task)));
        }
        self.dequeue(task);
        task.row.status = to;
        if to == Status::Pending {
            task.row.attempt -= i64::from(was_held);
            task.row.run_at = None;
            self.unassign_row(task);
            return Ok(None);
        }
        task.row.completed_at = Some(self.now);
        let holder = task.row.assigned_to.clone();
        task.row.completed_by = Some(holder.unwrap_or_else(|| meta.actor.to_string()));
        task.row.dead = to == Status::Failed;
        if to == Status::Completed {
            task.row.error = None;
            task.row.reason = None;
        }
        self.count(task, 1);
        Ok(None)
    }

    /// Whoever has set a task going by hand may forget it: its lease sees to it that it comes back.
    fn start(&mut self, task: &mut Task) -> Held {
        let holder: Option<Arc<str>> = task.row.assigned_to.as_deref().map(Arc::from);
        self.hold(task, &holder.unwrap_or_else(|| NOBODY.into()), None)
    }

    pub(super) fn updated_event(
        &mut self,
        meta: &Meta,
        task: &mut Task,
        previous_status: Status,
        changes: &[&str],
    ) -> Done<(), R> {
        let text = std::mem::take(&mut task.row.text);
        let fact = TaskUpdated {
            id: task.row.id,
            text: &text,
            status: task.row.status,
            previous_status,
            priority: task.row.priority,
            created_at: task.row.created_at,
            updated_at: self.now,
            changes,
            life: std::marker::PhantomData,
        };
        self.task_event(meta, task, &fact)?;
        task.row.text = text;
        Ok(())
    }

    pub(super) fn assign(&mut self, meta: &Meta, assign: &Assign) -> Done<Assigned, R> {
        let mut task = self.task(meta.tenant, assign.task)?;
        self.refuse_absent(meta, &assign.instance)?;
        let (id, status) = (task.row.id, task.row.status);
        if status.is_final() {
            return Err(Refusal::Finished { task: id, status }.into());
        }
        if let Some(holder) = task.row.assigned_to.clone() {
            if holder == *assign.instance {
                let at = task.row.assigned_at.unwrap_or(self.now);
                return Ok(Assigned { previous: Some(holder), at });
            }
            return Err(Refusal::AlreadyAssigned { task: id, holder }.into());
        }
        self.refuse_new_lane(&task, Some(&assign.instance))?;
        let fact = TaskAssigned {
            task_id: id,
            instance_id: &assign.instance,
            previous_assignment: None,
            life: std::marker::PhantomData,
        };
        // Set going by hand, it may have a lease that is nobody's: it waits for its worker now.
        task.row.attempt -= i64::from(self.is_held(id)?);
        self.take_lease(&mut task)?;
        self.dequeue(&mut task);
        self.task_event(meta, &mut task, &fact)?;
        task.row.assigned_to = Some(assign.instance.to_string());
        task.row.assigned_at = Some(self.now);
        self.enqueue(&mut task);
        self.rows.save(&task)?;
        Ok(Assigned { previous: None, at: self.now })
    }

    pub(super) fn unassign(&mut self, meta: &Meta, id: TaskId) -> Done<Assigned, R> {
        let mut task = self.task(meta.tenant, id)?;
        let status = task.row.status;
        if status.is_final() {
            return Err(Refusal::Finished { task: id, status }.into());
        }
        let Some(previous) = task.row.assigned_to.clone() else {
            return Err(Refusal::NotAssigned(id).into());
        };
        if self.is_called_off(id)? {
            self.call_off_held(meta, task, None)?;
            return Ok(Assigned { previous: Some(previous), at: self.now });
        }
        self.free(meta, &mut task, Some(&previous))?;
        self.rows.save(&task)?;
        Ok(Assigned { previous: Some(previous), at: self.now })
    }

    /// Takes a task from whoever holds it or has it parked; it is pending then. It still has to
    /// be saved.
    pub(super) fn free(
        &mut self,
        meta: &Meta,
        task: &mut Task,
        previous: Option<&str>,
    ) -> Done<(), R> {
        let was_held = self.is_held(task.row.id)?;
        self.take_lease(task)?;
        self.dequeue(task);
        let fact = TaskUnassigned {
            task_id: task.row.id,
            previous_assignment: previous,
            life: std::marker::PhantomData,
        };
        self.task_event(meta, task, &fact)?;
        task.row.attempt -= i64::from(was_held);
        self.unassign_row(task);
        self.enqueue(task);
        Ok(())
    }

    pub(super) fn delete(&mut self, meta: &Meta, id: TaskId) -> Done<Millis, R> {
        let mut task = self.task(meta.tenant, id)?;
        self.refuse_awaited(meta, &task)?;
        // Those that have ended do not wait for it; put back, they find nothing to wait for.
        self.release_dependents(meta, id)?;
        self.take_lease(&mut task)?;
        self.dequeue(&mut task);
        let fact = TaskDeleted {
            id,
            deleted_at: self.now,
            deleted_by: &meta.actor,
            life: std::marker::PhantomData,
        };
        self.task_event(meta, &mut task, &fact)?;
        self.rows.erase(&task)?;
        Ok(self.now)
    }

    fn refuse_awaited(&mut self, meta: &Meta, task: &Task) -> Done<(), R> {
        let (id, status) = (task.row.id, task.row.status);
        for dependent in self.rows.open_dependents(id)? {
            if !self.dependent(meta, dependent)?.row.status.is_final() {
                let hint = "other tasks wait for it; cancel it with a choice for its dependents \
                            first"
                    .into();
                return Err(Refusal::WrongState { task: id, status, hint }.into());
            }
        }
        Ok(())
    }

    fn refuse_absent(&mut self, meta: &Meta, instance: &str) -> Done<(), R> {
        match self.rows.online(meta.tenant, instance)? {
            Some(true) => Ok(()),
            Some(false) => Err(Refusal::InstanceOffline(instance.to_owned()).into()),
            None => {
                let (what, name) = ("Instance".to_owned(), instance.to_owned());
                Err(Refusal::NotFound { what, name }.into())
            }
        }
    }
}

/// A project's task may be opened again after it was completed.
fn is_project(row: &TaskRow) -> bool {
    let metadata: Option<Fields> =
        row.metadata.as_deref().and_then(|text| serde_json::from_str(text).ok());
    metadata.is_some_and(|metadata| {
        let kind = metadata.get("type").map(|kind| serde_json::from_str::<String>(kind.get()));
        metadata.contains_key("projectId") || matches!(kind, Some(Ok(kind)) if kind == "project")
    })
}

/// The fields of metadata, whose values stay as they were written.
type Fields = BTreeMap<String, Box<RawValue>>;

/// The new fields over the old ones, one level deep.
fn merged(old: Option<&str>, new: &str) -> Result<String, Refusal> {
    let object = |text: &str| serde_json::from_str::<Fields>(text);
    let unreadable = |which: &str, e: serde_json::Error| Refusal::Invalid {
        what: format!("{which} cannot be read: {e}"),
    };
    let fields = old.map(object).transpose().map_err(|e| unreadable("the metadata so far", e))?;
    let mut fields = fields.unwrap_or_default();
    fields.extend(object(new).map_err(|e| unreadable("the new metadata", e))?);
    serde_json::to_string(&fields).map_err(|e| unreadable("the metadata", e))
}
