//! Which tasks wait for which: what was loaded of it, and what a pass has changed.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use claudebench_core::{Status, TaskId, TenantId};

use super::{Missing, SheetRows};
use crate::write::{Done, GraphRows};

/// A dependency as it is written.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(in crate::postgres) struct Edge {
    pub(in crate::postgres) tenant: TenantId,
    pub(in crate::postgres) done: bool,
}

/// Dependencies that a batch is about.
#[derive(Default)]
pub(in crate::postgres) struct Graph {
    /// The tasks that wait for one, as loaded.
    pub(in crate::postgres) dependents: HashMap<TaskId, Vec<TaskId>>,
    /// How many there are, as loaded.
    pub(in crate::postgres) numbers: HashMap<TaskId, i64>,
    /// The tasks that one waits for, as loaded.
    pub(in crate::postgres) dependencies: HashMap<TaskId, Vec<TaskId>>,
    pub(in crate::postgres) wants_dependents: BTreeSet<TaskId>,
    pub(in crate::postgres) wants_numbers: BTreeSet<TaskId>,
    pub(in crate::postgres) wants_dependencies: BTreeSet<TaskId>,
    /// What a pass has written, by what is waited for and who waits; `None` is gone.
    now: BTreeMap<(TaskId, TaskId), Option<Edge>>,
    /// The same the other way round.
    back: BTreeSet<(TaskId, TaskId)>,
    written: u64,
}

fn range(of: TaskId) -> std::ops::RangeInclusive<(TaskId, TaskId)> {
    (of, TaskId(i64::MIN))..=(of, TaskId(i64::MAX))
}

fn is_open(edge: &Option<Edge>) -> bool {
    edge.is_some_and(|edge| !edge.done)
}

impl Graph {
    pub(super) fn again(&mut self) {
        self.now.clear();
        self.back.clear();
    }

    pub(super) fn is_changed(&self) -> bool {
        !self.now.is_empty()
    }

    pub(super) fn writes(&self) -> u64 {
        self.written
    }

    /// What a pass has written: what is waited for, who waits, and how it stands.
    pub(in crate::postgres) fn changes(
        &self,
    ) -> impl Iterator<Item = (TaskId, TaskId, Option<Edge>)> {
        self.now.iter().map(|((on, task), edge)| (*on, *task, *edge))
    }

    fn put(&mut self, on: TaskId, task: TaskId, edge: Option<Edge>) {
        self.written += 1;
        self.now.insert((on, task), edge);
        self.back.insert((task, on));
    }

    fn dependents(&mut self, on: TaskId, fresh: bool) -> Result<BTreeSet<TaskId>, Missing> {
        let mut open: BTreeSet<TaskId> = match self.dependents.get(&on) {
            Some(found) => found.iter().copied().collect(),
            None if fresh => BTreeSet::new(),
            None => {
                self.wants_dependents.insert(on);
                return Err(Missing);
            }
        };
        for ((_, task), edge) in self.now.range(range(on)) {
            if is_open(edge) {
                open.insert(*task);
            } else {
                open.remove(task);
            }
        }
        Ok(open)
    }
}

impl GraphRows for SheetRows<'_> {
    fn add_dependency(
        &mut self,
        tenant: TenantId,
        task: TaskId,
        on: TaskId,
        done: bool,
    ) -> Done<(), Self> {
        self.sheet.graph.put(on, task, Some(Edge { tenant, done }));
        Ok(())
    }

    /// With them come the tasks themselves.
    fn open_dependents(&mut self, on: TaskId) -> Done<Vec<TaskId>, Self> {
        let fresh = self.sheet.fresh.contains(&on);
        let open = self.sheet.graph.dependents(on, fresh)?.into_iter();
        // One that was deleted waits for nothing.
        let tasks = &self.sheet.tasks;
        Ok(open.filter(|id| !tasks.is_written(id) || tasks.known(id).is_some()).collect())
    }

    fn pending_dependents(&mut self, on: TaskId) -> Done<Vec<TaskId>, Self> {
        let mut pending = self.open_dependents(on)?;
        let mut missing = false;
        pending.retain(|id| match self.sheet.tasks.get(id) {
            Ok(task) => task.is_some_and(|task| task.row.status == Status::Pending),
            Err(Missing) => {
                missing = true;
                false
            }
        });
        if missing { Err(Missing.into()) } else { Ok(pending) }
    }

    fn count_dependents(&mut self, on: TaskId) -> Done<i64, Self> {
        let graph = &mut self.sheet.graph;
        let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        let fresh = self.sheet.fresh.contains(&on);
        if fresh || graph.dependents.contains_key(&on) {
            return Ok(count(graph.dependents(on, fresh)?.len()));
        }
        let Some(found) = graph.numbers.get(&on) else {
            graph.wants_numbers.insert(on);
            return Err(Missing.into());
        };
        // Without the list nothing of it was closed or moved: what a pass has written is new.
        let new = graph.now.range(range(on)).filter(|(_, edge)| is_open(edge)).count();
        Ok(found + count(new))
    }

    fn open_dependencies(&mut self, task: TaskId) -> Done<Vec<TaskId>, Self> {
        let graph = &mut self.sheet.graph;
        let mut open: BTreeSet<TaskId> = match graph.dependencies.get(&task) {
            Some(found) => found.iter().copied().collect(),
            None if self.sheet.fresh.contains(&task) => BTreeSet::new(),
            None => {
                graph.wants_dependencies.insert(task);
                return Err(Missing.into());
            }
        };
        for (_, on) in graph.back.range(range(task)) {
            if graph.now.get(&(*on, task)).is_some_and(is_open) {
                open.insert(*on);
            } else {
                open.remove(on);
            }
        }
        Ok(open.into_iter().collect())
    }

    fn move_dependencies(&mut self, from: TaskId, to: TaskId) -> Done<(), Self> {
        for task in self.open_dependents(from)? {
            let tenant = self.sheet.tasks.get(&task)?.map_or(TenantId::DEFAULT, |task| task.tenant);
            self.sheet.graph.put(from, task, None);
            self.sheet.graph.put(to, task, Some(Edge { tenant, done: false }));
        }
        Ok(())
    }

    fn close_dependencies(&mut self, on: TaskId) -> Done<(), Self> {
        for task in self.open_dependents(on)? {
            let tenant = self.sheet.tasks.get(&task)?.map_or(TenantId::DEFAULT, |task| task.tenant);
            self.sheet.graph.put(on, task, Some(Edge { tenant, done: true }));
        }
        Ok(())
    }
}
