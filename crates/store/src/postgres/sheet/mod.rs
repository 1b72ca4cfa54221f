//! The rows of one transaction in PostgreSQL: loaded by arrays, changed in memory, written by
//! arrays. What is asked for and is not here is noted, and the batch is run again when it is.

mod graph;
mod leases;
mod log;
mod metrics;
mod shared;
mod table;
mod tasks;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use claudebench_core::{Millis, TaskId, TenantId};

pub(super) use graph::Graph;
pub(super) use leases::LeaseRow;
pub(super) use log::Noted;
pub(super) use metrics::Metrics;
pub(super) use shared::{Attached, Body, Kept, Numbered, Shared, Text};
pub(super) use table::Table;
pub(super) use tasks::{Ready, ready_place};

use super::picture::Picture;
use crate::change::RetrySelection;
use crate::memory::{LaneId, Pauses};
use crate::store::StoreError;
use crate::task::Task;
use crate::write::{Base, Stop};

/// Numbers of tasks in the columns of the table `counts`.
pub(super) type Counts = [i64; 7];

/// Something has to be loaded first.
#[derive(Debug)]
pub(super) struct Missing;

impl From<Missing> for Stop<StoreError> {
    fn from(_: Missing) -> Self {
        Self::Missing
    }
}

/// A worker, or an instance, of a tenant.
pub(super) type Name = (TenantId, Arc<str>);

/// Lists of tasks that a question found; each that changes is looked at again.
#[derive(Default)]
pub(super) struct Lists {
    /// The tasks that a worker holds.
    pub(super) leases_of: Asked<Name>,
    /// The pending tasks that are parked on an instance.
    pub(super) parked_on: Asked<Name>,
    /// Dead letters, by the selection as a text.
    pub(super) dead: Asked<DeadKey>,
    /// Scheduled tasks whose time has come, and leases that have something due.
    pub(super) due: Option<Due>,
    pub(super) wants_due: bool,
}

/// Whose dead letters: project, tag, reason, and how many.
pub(super) type DeadKey = (TenantId, Option<String>, Option<String>, Option<String>, i64);

pub(super) fn dead_key(tenant: TenantId, which: &RetrySelection) -> Option<DeadKey> {
    match which {
        RetrySelection::Dead { project, tag, reason, limit, .. } => {
            Some((tenant, project.clone(), tag.clone(), reason.clone(), *limit))
        }
        RetrySelection::Task { .. } => None,
    }
}

/// What time has brought about, as far as one step deals with it.
#[derive(Clone, Default)]
pub(super) struct Due {
    pub(super) tasks: Vec<TaskId>,
    pub(super) leases: Vec<TaskId>,
}

/// Ids that a question found.
pub(super) struct Asked<K> {
    pub(super) found: HashMap<K, Vec<TaskId>>,
    wants: BTreeSet<K>,
}

impl<K> Default for Asked<K> {
    fn default() -> Self {
        Self { found: HashMap::new(), wants: BTreeSet::new() }
    }
}

impl<K: Clone + std::hash::Hash + Ord> Asked<K> {
    /// What the question found.
    pub(super) fn get(&mut self, key: &K) -> Result<Vec<TaskId>, Missing> {
        match self.found.get(key) {
            Some(found) => Ok(found.clone()),
            None => {
                self.wants.insert(key.clone());
                Err(Missing)
            }
        }
    }

    pub(super) fn want(&mut self, key: K) {
        if !self.found.contains_key(&key) {
            self.wants.insert(key);
        }
    }

    pub(super) fn wanted(&mut self) -> Vec<K> {
        std::mem::take(&mut self.wants).into_iter().collect()
    }

    /// Nothing but what follows was found.
    pub(super) fn asked(&mut self, keys: &[K]) {
        for key in keys {
            self.found.entry(key.clone()).or_default();
        }
    }
}

/// The rows that one batch is about.
#[derive(Default)]
pub(super) struct Sheet {
    pub(super) tasks: Table<TaskId, Task>,
    pub(super) ready: Ready,
    pub(super) leases: Table<TaskId, LeaseRow>,
    /// The live task under a unique key.
    pub(super) unique: Table<(TenantId, String), TaskId>,
    pub(super) graph: Graph,
    pub(super) shared: Shared,
    pub(super) metrics: Metrics,
    pub(super) lists: Lists,
    /// Lanes whose floor is to be looked at anew, and what was found.
    pub(super) looks: BTreeMap<LaneId, (i64, bool)>,
    pub(super) wants_looks: BTreeSet<LaneId>,
    /// Numbers for tasks and attachments; so many are used by this pass.
    pub(super) numbers: Vec<i64>,
    pub(super) used: usize,
    pub(super) wants_numbers: usize,
    /// Ids that this pass has given: nothing of them is in the database.
    pub(super) fresh: BTreeSet<TaskId>,
    /// Leases that a sweep found and that have nothing due.
    pub(super) looked: BTreeSet<TaskId>,
    /// Names that no other transaction may be at work with, and those that are locked.
    pub(super) locks: BTreeSet<String>,
    pub(super) locked: BTreeSet<String>,
    /// Pauses are going to change: they must be known as they are.
    pub(super) wants_pauses: bool,
    pub(super) knows_pauses: bool,
    /// Whose tasks are all to be deleted, and how many there were.
    pub(super) wants_flush: Option<TenantId>,
    pub(super) flushed: Option<i64>,
    pub(super) events: Vec<Noted>,
    pub(super) counts: BTreeMap<(TenantId, Arc<str>), Counts>,
    counted: u64,
}

impl Sheet {
    /// The next pass begins: what the last one did is forgotten.
    pub(super) fn again(&mut self) {
        self.tasks.again();
        self.ready.again();
        self.leases.again();
        self.unique.again();
        self.graph.again();
        self.shared.again();
        self.metrics.again();
        self.used = 0;
        self.fresh.clear();
        self.looked.clear();
        self.events.clear();
        self.counts.clear();
    }

    /// Whether there is anything to write.
    pub(super) fn is_changed(&self) -> bool {
        self.tasks.is_changed()
            || self.leases.is_changed()
            || self.unique.is_changed()
            || self.graph.is_changed()
            || self.shared.is_changed()
            || self.metrics.is_changed()
            || self.metrics.cleared.is_some()
            || self.flushed.is_some()
            || !self.looked.is_empty()
            || !self.events.is_empty()
            || self.counts.values().flatten().any(|by| *by != 0)
    }

    /// Numbers that this pass has not used yet.
    fn draw(&mut self, count: usize) -> Result<&[i64], Missing> {
        let end = self.used + count;
        if end > self.numbers.len() {
            self.wants_numbers = self.wants_numbers.max(end - self.numbers.len());
            return Err(Missing);
        }
        let drawn = &self.numbers[self.used..end];
        self.used = end;
        Ok(drawn)
    }
}

/// The rows under one transaction, with what the writer knows besides.
pub(super) struct SheetRows<'a> {
    pub(super) sheet: &'a mut Sheet,
    pub(super) picture: &'a mut Picture,
    /// The pauses, once this pass has changed them.
    pub(super) pauses: Option<Pauses>,
}

impl<'a> SheetRows<'a> {
    /// The rows for another pass.
    pub(super) fn new(sheet: &'a mut Sheet, picture: &'a mut Picture) -> Self {
        sheet.again();
        picture.lanes.begin();
        Self { sheet, picture, pauses: None }
    }
}

impl Base for SheetRows<'_> {
    type Error = StoreError;

    fn fault(what: Box<dyn std::error::Error + Send + Sync>) -> StoreError {
        StoreError::Fault { what: what.to_string() }
    }

    fn traces(&self) -> [u64; 3] {
        let sheet = &self.sheet;
        let rows = sheet.tasks.writes() + sheet.leases.writes() + sheet.unique.writes();
        let others = sheet.graph.writes() + sheet.shared.writes() + sheet.metrics.writes();
        [rows + others, sheet.counted, sheet.events.len() as u64]
    }

    fn name(&mut self, name: &'static str) -> Arc<str> {
        self.picture.kind(name)
    }
}

/// A time that has come.
pub(super) fn has_come(time: Millis, now: Millis) -> bool {
    time <= now
}
