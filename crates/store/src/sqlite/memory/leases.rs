//! The current leases: who holds what until when, and which ends first.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use claudebench_core::{Millis, TaskId, TenantId};
use rusqlite::{Connection, Row};

use crate::sqlite::write::statements as sql;

/// Who holds a task that was set going by hand, without saying by whom. No worker has this name,
/// and the task's row says neither a worker nor a lease.
pub(in crate::sqlite) const NOBODY: &str = "";

/// A lease, as the writer needs it.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::sqlite) struct Held {
    pub(in crate::sqlite) task: TaskId,
    pub(in crate::sqlite) tenant: TenantId,
    pub(in crate::sqlite) worker: Arc<str>,
    pub(in crate::sqlite) fence: i64,
    pub(in crate::sqlite) attempt: i64,
    pub(in crate::sqlite) lease_ms: i64,
    pub(in crate::sqlite) explicit: bool,
    pub(in crate::sqlite) expires_at: Millis,
    pub(in crate::sqlite) deadline_at: Option<Millis>,
    /// When its worker must have stopped, once the task is called off.
    pub(in crate::sqlite) cancel_at: Option<Millis>,
    /// Heartbeats or a cancellation have made it a row of its own.
    pub(in crate::sqlite) has_row: bool,
    /// The task as its claim left it, while nothing else has looked at it.
    pub(in crate::sqlite) untouched: Option<Untouched>,
}

/// What completing a task needs to know of it.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::sqlite) struct Untouched {
    pub(in crate::sqlite) version: i64,
    pub(in crate::sqlite) last_event: i64,
    pub(in crate::sqlite) created_at: Millis,
    pub(in crate::sqlite) project: Option<Arc<str>>,
    pub(in crate::sqlite) attachment_count: i64,
    pub(in crate::sqlite) has_dependents: bool,
}

impl Held {
    /// The worker, if it is one's.
    pub(in crate::sqlite) fn holder(&self) -> Option<&str> {
        Some(&*self.worker).filter(|worker| *worker != NOBODY)
    }

    /// When something must be done about it.
    pub(in crate::sqlite) fn due(&self) -> i64 {
        let ends = [Some(self.expires_at), self.deadline_at, self.cancel_at];
        ends.into_iter().flatten().min().map_or(i64::MAX, |end| end.0)
    }

    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let millis = |n: Option<i64>| n.map(Millis);
        Ok(Self {
            task: TaskId(row.get(0)?),
            tenant: TenantId(row.get(1)?),
            worker: row.get(2)?,
            fence: row.get(3)?,
            attempt: row.get(4)?,
            lease_ms: row.get(5)?,
            explicit: row.get(6)?,
            expires_at: Millis(row.get(7)?),
            deadline_at: millis(row.get(8)?),
            cancel_at: millis(row.get(9)?),
            has_row: row.get(10)?,
            untouched: None,
        })
    }
}

/// All current leases.
#[derive(Default)]
pub(in crate::sqlite) struct Leases {
    by_task: HashMap<TaskId, Held>,
    by_worker: HashMap<(TenantId, Arc<str>), HashSet<TaskId>>,
    by_due: BTreeSet<(i64, TaskId)>,
}

impl Leases {
    pub(super) fn load(db: &Connection, now: Millis, default_ms: i64) -> rusqlite::Result<Self> {
        let mut leases = Self::default();
        let mut statement = db.prepare(sql::ALL_LEASES)?;
        let mut rows = statement.query([default_ms])?;
        while let Some(row) = rows.next()? {
            let mut held = Held::read(row)?;
            held.expires_at = held.expires_at.min(now.plus(held.lease_ms));
            leases.put(held);
        }
        Ok(leases)
    }

    /// Adds a lease, or replaces the one of the same task.
    pub(in crate::sqlite) fn put(&mut self, held: Held) {
        self.remove(held.task);
        self.by_due.insert((held.due(), held.task));
        self.by_worker.entry((held.tenant, held.worker.clone())).or_default().insert(held.task);
        self.by_task.insert(held.task, held);
    }

    /// Ends a lease.
    pub(in crate::sqlite) fn remove(&mut self, task: TaskId) -> Option<Held> {
        let held = self.by_task.remove(&task)?;
        self.by_due.remove(&(held.due(), task));
        let key = (held.tenant, held.worker.clone());
        if let Some(tasks) = self.by_worker.get_mut(&key) {
            tasks.remove(&task);
            if tasks.is_empty() {
                self.by_worker.remove(&key);
            }
        }
        Some(held)
    }

    /// The lease of a task.
    pub(in crate::sqlite) fn of(&self, task: TaskId) -> Option<&Held> {
        self.by_task.get(&task)
    }

    /// Somebody looks at the task itself, and may change it.
    pub(in crate::sqlite) fn touch(&mut self, task: TaskId) {
        if let Some(held) = self.by_task.get_mut(&task) {
            held.untouched = None;
        }
    }

    /// The tasks that a worker holds, oldest first.
    pub(in crate::sqlite) fn of_worker(&self, tenant: TenantId, worker: &Arc<str>) -> Vec<TaskId> {
        let mut tasks: Vec<TaskId> =
            self.by_worker.get(&(tenant, worker.clone())).into_iter().flatten().copied().collect();
        tasks.sort_unstable();
        tasks
    }

    /// The tasks of a tenant that are held.
    pub(in crate::sqlite) fn of_tenant(&self, tenant: TenantId) -> Vec<TaskId> {
        self.by_task.values().filter(|held| held.tenant == tenant).map(|held| held.task).collect()
    }

    /// At most `max` tasks whose lease has something due, earliest first.
    pub(in crate::sqlite) fn due(&self, now: Millis, max: usize) -> Vec<TaskId> {
        self.by_due
            .iter()
            .take_while(|(due, _)| *due <= now.0)
            .take(max)
            .map(|(_, task)| *task)
            .collect()
    }

    /// When the first has something due.
    pub(super) fn next_due(&self) -> i64 {
        self.by_due.first().map_or(i64::MAX, |(due, _)| *due)
    }

    /// How many there are.
    pub(in crate::sqlite) fn len(&self) -> usize {
        self.by_task.len()
    }
}
