//! The current leases: who holds what until when, and which ends first.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use claudebench_core::{Millis, TaskId, TenantId};

use crate::task::Held;

/// All current leases.
#[derive(Default)]
pub(crate) struct Leases {
    by_task: HashMap<TaskId, Held>,
    by_worker: HashMap<(TenantId, Arc<str>), HashSet<TaskId>>,
    by_due: BTreeSet<(i64, TaskId)>,
}

impl Leases {
    /// Adds a lease, or replaces the one of the same task.
    pub(crate) fn put(&mut self, held: Held) {
        self.remove(held.task);
        self.by_due.insert((held.due(), held.task));
        self.by_worker.entry((held.tenant, held.worker.clone())).or_default().insert(held.task);
        self.by_task.insert(held.task, held);
    }

    /// Ends a lease.
    pub(crate) fn remove(&mut self, task: TaskId) -> Option<Held> {
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
    pub(crate) fn of(&self, task: TaskId) -> Option<&Held> {
        self.by_task.get(&task)
    }

    /// The task's row is written: it is not what the claim left any more.
    pub(crate) fn touch(&mut self, task: TaskId) {
        if let Some(held) = self.by_task.get_mut(&task) {
            held.untouched = None;
        }
    }

    /// The tasks that a worker holds, oldest first.
    pub(crate) fn of_worker(&self, tenant: TenantId, worker: &Arc<str>) -> Vec<TaskId> {
        let mut tasks: Vec<TaskId> =
            self.by_worker.get(&(tenant, worker.clone())).into_iter().flatten().copied().collect();
        tasks.sort_unstable();
        tasks
    }

    /// The tasks of a tenant that are held.
    pub(crate) fn of_tenant(&self, tenant: TenantId) -> Vec<TaskId> {
        self.by_task.values().filter(|held| held.tenant == tenant).map(|held| held.task).collect()
    }

    /// At most `max` tasks whose lease has something due, earliest first.
    pub(crate) fn due(&self, now: Millis, max: usize) -> Vec<TaskId> {
        self.by_due
            .iter()
            .take_while(|(due, _)| *due <= now.0)
            .take(max)
            .map(|(_, task)| *task)
            .collect()
    }

    /// When the first has something due.
    pub(crate) fn next_due(&self) -> i64 {
        self.by_due.first().map_or(i64::MAX, |(due, _)| *due)
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.by_task.len()
    }
}
