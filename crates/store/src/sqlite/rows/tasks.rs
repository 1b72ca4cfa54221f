//! Tasks, and which of them are ready.

use std::sync::Arc;

use claudebench_core::{Millis, TaskId, TenantId};
use rusqlite::{Connection, OptionalExtension, params};

use super::{SqliteRows, statements as sql};
use crate::change::RetrySelection;
use crate::memory::{LaneId, Lanes};
use crate::row::names_text;
use crate::sqlite::{row, search};
use crate::task::{Held, Phase, Task};
use crate::write::{Completion, Done, TaskRows};

impl TaskRows for SqliteRows<'_, '_> {
    fn task(&mut self, tenant: TenantId, id: TaskId) -> Done<Option<Task>, Self> {
        let mut statement = self.db.prepare_cached(sql::TASK)?;
        Ok(statement.query_row([id.0, tenant.0], row::task).optional()?)
    }

    fn live_with_key(&mut self, tenant: TenantId, key: &str) -> Done<Option<Task>, Self> {
        let mut statement = self.db.prepare_cached(sql::LIVE_WITH_KEY)?;
        Ok(statement.query_row(params![tenant.0, key], row::task).optional()?)
    }

    fn ids(&mut self, count: usize, now: Millis) -> Done<Vec<TaskId>, Self> {
        let first = TaskId::next(self.memory.last_task, now.0);
        Ok((first..).map(TaskId).take(count).collect())
    }

    fn insert(&mut self, task: &Task) -> Done<(), Self> {
        let row = &task.row;
        self.memory.last_task = row.id.0;
        self.note_time(task);
        self.hot.insert_task().execute(params![
            row.id.0,
            task.tenant.0,
            task.phase as i64,
            task.lane,
            task.rank,
            row.priority,
            task.last_event,
            row.max_attempts,
            row.open_dependencies,
            row.created_at.0,
            row.updated_at.0,
            row.run_at.map(|at: Millis| at.0),
            row.lease_ms,
            row.deadline_ms,
            row.backoff,
            row.parent.map(|id| id.0),
            row.project,
            names_text(&row.roles),
            names_text(&row.tags),
            row.unique_key,
            row.created_by,
            row.traceparent,
            row.text,
            row.metadata,
        ])?;
        Ok(self.label(task, sql::INSERT_LABEL)?)
    }

    fn save(&mut self, task: &Task) -> Done<(), Self> {
        self.memory.leases.touch(task.row.id);
        self.note_time(task);
        let Task { row, phase, lane, rank, last_event, settled, held, .. } = task;
        let ms = |time: Option<Millis>| time.map(|time| time.0);
        self.db.prepare_cached(sql::SAVE_TASK)?.execute(params![
            row.id.0,
            row.status as i64,
            *phase as i64,
            lane,
            rank,
            row.priority,
            row.version,
            last_event,
            row.fence,
            row.attempt,
            row.losses,
            settled,
            row.open_dependencies,
            row.attachment_count,
            row.updated_at.0,
            ms(row.started_at),
            ms(row.completed_at),
            ms(row.run_at),
            ms(row.assigned_at),
            row.assigned_to,
            row.completed_by,
            row.error,
            row.reason,
            row.progress,
            row.note,
            row.checkpoint,
            row.text,
            row.metadata,
            held.map(|(ms, _)| ms),
            held.is_some_and(|(_, explicit)| explicit),
        ])?;
        Ok(())
    }

    fn save_claim(&mut self, task: &Task, held: &Held) -> Done<(), Self> {
        self.hot.save_claim().execute(params![
            held.task.0,
            task.row.version,
            task.last_event,
            held.fence,
            held.attempt,
            task.row.updated_at.0,
            held.worker,
            held.lease_ms,
            held.explicit,
        ])?;
        Ok(())
    }

    fn save_completion(&mut self, done: &Completion<'_>) -> Done<(), Self> {
        self.hot.save_completion().execute(params![
            done.task.0,
            done.version,
            done.last_event,
            done.settled,
            done.at.0,
            done.worker,
            done.attachment_count,
        ])?;
        Ok(())
    }

    fn erase(&mut self, task: &Task) -> Done<(), Self> {
        let id = task.row.id.0;
        search::forget(self.db, task)?;
        self.label(task, sql::DELETE_LABEL)?;
        self.db.prepare_cached(sql::DELETE_DEPENDENCIES)?.execute([id])?;
        self.db.prepare_cached(sql::DELETE_ATTACHMENTS)?.execute([id])?;
        self.db.prepare_cached(sql::DELETE_TASK)?.execute([id])?;
        let gone = params![id, task.tenant.0, task.last_event];
        self.db.prepare_cached(sql::REMEMBER_DELETED)?.execute(gone)?;
        Ok(())
    }

    fn mark_depended_on(&mut self, on: TaskId) -> Done<(), Self> {
        self.memory.leases.touch(on);
        self.db.prepare_cached(sql::MARK_DEPENDED_ON)?.execute([on.0])?;
        Ok(())
    }

    fn forget_words(&mut self, task: &Task) -> Done<(), Self> {
        Ok(search::forget(self.db, task)?)
    }

    fn learn_words(&mut self, task: &Task) -> Done<(), Self> {
        Ok(search::learn(self.db, task)?)
    }

    fn ready_in(&mut self, lane: LaneId, max: usize) -> Done<Vec<Task>, Self> {
        let mut statement = self.db.prepare_cached(sql::READY_IN_LANE)?;
        let limit = i64::try_from(max).unwrap_or(i64::MAX);
        let tasks = statement.query_map([lane, limit], row::task)?;
        Ok(tasks.collect::<rusqlite::Result<_>>()?)
    }

    fn due(&mut self, now: Millis, max: usize) -> Done<Vec<Task>, Self> {
        if self.memory.next_scheduled > now.0 {
            return Ok(Vec::new());
        }
        let limit = i64::try_from(max).unwrap_or(i64::MAX);
        let mut statement = self.db.prepare_cached(sql::DUE)?;
        let due: Vec<Task> =
            statement.query_map([now.0, limit], row::task)?.collect::<rusqlite::Result<_>>()?;
        if due.is_empty() {
            self.all_due()?;
        }
        Ok(due)
    }

    fn all_due(&mut self) -> Done<(), Self> {
        let mut statement = self.db.prepare_cached(sql::NEXT_SCHEDULED)?;
        let next: Option<i64> = statement.query_row([], |row| row.get(0))?;
        self.memory.next_scheduled = next.unwrap_or(i64::MAX);
        Ok(())
    }

    fn parked_on(&mut self, tenant: TenantId, instance: &str) -> Done<Vec<TaskId>, Self> {
        let mut statement = self.db.prepare_cached(sql::PARKED_ON)?;
        let ids = statement.query_map(params![tenant.0, instance], |row| row.get(0).map(TaskId))?;
        Ok(ids.collect::<rusqlite::Result<_>>()?)
    }

    fn dead(&mut self, tenant: TenantId, which: &RetrySelection) -> Done<Vec<TaskId>, Self> {
        let RetrySelection::Dead { project, tag, reason, limit, .. } = which else {
            return Ok(Vec::new());
        };
        self.numbers.write(self.db)?;
        let mut statement = self.db.prepare_cached(sql::DEAD)?;
        let values = params![tenant.0, project, tag, reason, limit];
        let ids = statement.query_map(values, |row| row.get(0).map(TaskId))?;
        Ok(ids.collect::<rusqlite::Result<_>>()?)
    }

    fn lanes(&mut self) -> &mut Lanes {
        &mut self.memory.lanes
    }

    fn look_again(&mut self, tenant: TenantId, now: Millis) -> Done<(), Self> {
        let db = self.db;
        Ok(self.memory.lanes.look_again(tenant, now, |id| look(db, id))?)
    }

    fn look_at_others(&mut self, tenant: TenantId, now: Millis) -> Done<(), Self> {
        let db = self.db;
        Ok(self.memory.lanes.look_at_others(tenant, now, |id| look(db, id))?)
    }

    fn flush(&mut self, tenant: TenantId) -> Done<i64, Self> {
        self.numbers.write(self.db)?;
        for task in self.memory.leases.of_tenant(tenant) {
            self.memory.leases.remove(task);
        }
        self.db.prepare_cached(sql::FLUSH_WORDS)?.execute([tenant.0])?;
        self.db.prepare_cached(sql::FLUSH_REMEMBER)?.execute([tenant.0])?;
        for statement in [
            sql::FLUSH_LEASES,
            sql::FLUSH_LABELS,
            sql::FLUSH_DEPENDENCIES,
            sql::FLUSH_ATTACHMENTS,
            sql::FLUSH_COUNTS,
            sql::FLUSH_ASSIGNED,
            sql::FLUSH_IDEMPOTENCY,
        ] {
            self.db.prepare_cached(statement)?.execute([tenant.0])?;
        }
        let count = self.db.prepare_cached(sql::FLUSH_TASKS)?.execute([tenant.0])?;
        self.db.prepare_cached(sql::FLUSH_KINDS)?.execute([tenant.0])?;
        Ok(i64::try_from(count).unwrap_or(i64::MAX))
    }
}

/// The rank below which a lane has no ready task, and whether others wait there.
fn look(db: &Connection, lane: LaneId) -> rusqlite::Result<(i64, bool)> {
    let floor = db.prepare_cached(sql::FLOOR_OF_LANE)?.query_row([lane], |row| row.get(0));
    let waits = db.prepare_cached(sql::WAITS_IN_LANE)?.exists([lane])?;
    Ok((floor.optional()?.unwrap_or(i64::MAX), waits))
}

impl SqliteRows<'_, '_> {
    /// No scheduled task is due before the memory says.
    fn note_time(&mut self, task: &Task) {
        if task.phase == Phase::Scheduled {
            let at = task.row.run_at.map_or(0, |at| at.0);
            self.memory.next_scheduled = self.memory.next_scheduled.min(at);
        }
    }

    /// Adds or deletes the rows by which lists find a task's tags and roles.
    fn label(&self, task: &Task, statement: &str) -> rusqlite::Result<()> {
        let kinds: [(i64, &[Arc<str>]); 2] = [(0, &task.row.tags), (1, &task.row.roles)];
        for (kind, names) in kinds {
            for name in names {
                let values = params![task.tenant.0, kind, name, task.row.id.0];
                self.db.prepare_cached(statement)?.execute(values)?;
            }
        }
        Ok(())
    }
}
