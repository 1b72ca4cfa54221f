//! Tasks, and which of them are ready.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use claudebench_core::{Millis, Status, TaskId, TenantId};

use super::{Due, Missing, SheetRows, dead_key, has_come};
use crate::change::RetrySelection;
use crate::memory::{LaneId, Lanes, is_provisional};
use crate::store::StoreError;
use crate::task::{Held, Phase, Task};
use crate::write::{Base, Completion, Done, Stop, TaskRows};

/// The place of a ready task in its lane.
type Place = (i64, TaskId);

/// What was loaded of a lane: its first tasks that were to be had.
#[derive(Default)]
struct Loaded {
    places: Vec<Place>,
    /// So many were looked at, of which others had some in hand.
    looked_at: usize,
    /// Up to here nothing is left out; `None` up to the end.
    upto: Option<Place>,
}

/// Ready tasks by lane.
#[derive(Default)]
pub(in crate::postgres) struct Ready {
    loaded: HashMap<LaneId, Loaded>,
    /// Those that a pass has made ready, or left so.
    now: BTreeSet<(LaneId, i64, TaskId)>,
    /// How many are needed of a lane, and how many to look at for them.
    pub(in crate::postgres) wants: BTreeMap<LaneId, (usize, usize)>,
}

impl Ready {
    pub(super) fn again(&mut self) {
        self.now.clear();
    }

    /// What a lane has: nothing is left out up to a place.
    pub(in crate::postgres) fn found(
        &mut self,
        lane: LaneId,
        places: Vec<Place>,
        looked_at: usize,
        upto: Option<Place>,
    ) {
        self.loaded.insert(lane, Loaded { places, looked_at, upto });
    }
}

impl SheetRows<'_> {
    /// Writes a task, and keeps in step what is known by its state.
    fn put_task(&mut self, id: TaskId, task: Option<Task>) {
        let sheet = &mut *self.sheet;
        let before = sheet.tasks.known(&id);
        if let Some((lane, rank)) = before.and_then(ready_place) {
            sheet.ready.now.remove(&(lane, rank, id));
        }
        if let Some((lane, rank)) = task.as_ref().and_then(ready_place) {
            sheet.ready.now.insert((lane, rank, id));
        }
        let (was, is) = (before.and_then(live_key), task.as_ref().and_then(live_key));
        if was != is {
            if let Some(key) = was {
                // While a task lives, the key is its own.
                if !sheet.unique.is_known(&key) {
                    sheet.unique.found(key.clone(), id);
                }
                sheet.unique.put(key, None);
            }
            if let Some(key) = is {
                sheet.unique.put(key, Some(id));
            }
        }
        sheet.tasks.put(id, task);
    }

    /// What time has brought about, if there is anything.
    pub(super) fn due(&mut self, now: Millis) -> Result<Option<Due>, Missing> {
        match &self.sheet.lists.due {
            Some(due) => Ok(Some(due.clone())),
            None if self.picture.due.next() > now.0 => Ok(None),
            None => {
                self.sheet.lists.wants_due = true;
                Err(Missing)
            }
        }
    }

    /// The tasks of a list that are as they were found, and those of this pass that are so, too.
    fn those_that<'s>(
        &'s self,
        found: Vec<TaskId>,
        is: impl Fn(&Task) -> bool + 's,
    ) -> impl Iterator<Item = &'s Task> {
        let tasks = &self.sheet.tasks;
        let old = found.into_iter().filter(|id| !tasks.is_written(id));
        let old = old.filter_map(|id| tasks.known(&id));
        old.chain(tasks.written_rows()).filter(move |task| is(task))
    }

    fn look(&mut self, ids: Vec<LaneId>) -> Result<HashMap<LaneId, (i64, bool)>, Missing> {
        let mut missing = false;
        let mut found = HashMap::new();
        let sheet = &mut *self.sheet;
        for id in ids {
            if is_provisional(id) {
                found.insert(id, (i64::MAX, false));
            } else if let Some(look) = sheet.looks.get(&id) {
                found.insert(id, *look);
            } else {
                missing = true;
                sheet.wants_looks.insert(id);
            }
        }
        if missing {
            return Err(Missing);
        }
        // What this pass has put there is there, too.
        for task in sheet.tasks.written_rows() {
            let Some((floor, waits)) = task.lane.and_then(|lane| found.get_mut(&lane)) else {
                continue;
            };
            match task.phase {
                Phase::Ready => *floor = task.rank.min(*floor),
                _ => *waits = true,
            }
        }
        Ok(found)
    }
}

/// Where a ready task stands.
pub(in crate::postgres) fn ready_place(task: &Task) -> Option<(LaneId, i64)> {
    task.lane.filter(|_| task.phase == Phase::Ready).map(|lane| (lane, task.rank))
}

/// The unique key of a live task.
fn live_key(task: &Task) -> Option<(TenantId, String)> {
    let key = task.row.unique_key.clone().filter(|_| !task.row.status.is_final())?;
    Some((task.tenant, key))
}

fn is_parked_on(task: &Task, tenant: TenantId, instance: &str) -> bool {
    let row = &task.row;
    task.tenant == tenant
        && row.status == Status::Pending
        && row.assigned_to.as_deref() == Some(instance)
}

impl TaskRows for SheetRows<'_> {
    fn task(&mut self, tenant: TenantId, id: TaskId) -> Done<Option<Task>, Self> {
        let found = self.sheet.tasks.get(&id)?;
        Ok(found.filter(|task| task.tenant == tenant).cloned())
    }

    fn live_with_key(&mut self, tenant: TenantId, key: &str) -> Done<Option<Task>, Self> {
        match self.sheet.unique.get(&(tenant, key.to_owned()))?.copied() {
            Some(id) => self.task(tenant, id),
            None => Ok(None),
        }
    }

    fn ids(&mut self, count: usize, now: Millis) -> Done<Vec<TaskId>, Self> {
        let drawn = self.sheet.draw(count)?;
        let ids = self.picture.ids.task_ids(drawn, now);
        self.sheet.fresh.extend(ids.iter().copied());
        Ok(ids)
    }

    fn insert(&mut self, task: &Task) -> Done<(), Self> {
        self.put_task(task.row.id, Some(task.clone()));
        Ok(())
    }

    fn save(&mut self, task: &Task) -> Done<(), Self> {
        self.put_task(task.row.id, Some(task.clone()));
        Ok(())
    }

    fn save_claim(&mut self, task: &Task, _: &Held) -> Done<(), Self> {
        self.save(task)
    }

    fn save_completion(&mut self, done: &Completion<'_>) -> Done<(), Self> {
        let what = format!("{} was completed past its row", done.task);
        Err(Stop::Failed(Self::fault(what.into())))
    }

    fn erase(&mut self, task: &Task) -> Done<(), Self> {
        self.put_task(task.row.id, None);
        Ok(())
    }

    fn mark_depended_on(&mut self, on: TaskId) -> Done<(), Self> {
        let Some(task) = self.sheet.tasks.get(&on)?.cloned() else { return Ok(()) };
        if !task.has_dependents {
            self.put_task(on, Some(Task { has_dependents: true, ..task }));
        }
        Ok(())
    }

    /// The words are kept by who follows the log.
    fn forget_words(&mut self, _: &Task) -> Done<(), Self> {
        Ok(())
    }

    fn learn_words(&mut self, _: &Task) -> Done<(), Self> {
        Ok(())
    }

    fn ready_in(&mut self, lane: LaneId, max: usize) -> Done<Vec<Task>, Self> {
        let ready = &mut self.sheet.ready;
        let nothing = Loaded::default();
        let known_empty = self.picture.lanes.floor_before(lane) == i64::MAX;
        let loaded = match ready.loaded.get(&lane) {
            Some(loaded) => loaded,
            None if known_empty => &nothing,
            None => {
                let (wants, _) = ready.wants.entry(lane).or_default();
                *wants = max.max(*wants);
                return Err(Missing.into());
            }
        };
        let tasks = &self.sheet.tasks;
        let old = loaded.places.iter().filter(|(_, id)| !tasks.is_written(id));
        let new = ready.now.range((lane, i64::MIN, TaskId(i64::MIN))..);
        let new = new.take_while(|(of, ..)| *of == lane).map(|(_, rank, id)| (*rank, *id));
        let mut places: Vec<Place> = old.copied().chain(new).collect();
        places.sort_unstable();
        places.truncate(max);
        let whole = match loaded.upto {
            None => true,
            Some(upto) => places.len() == max && places.last().is_none_or(|last| *last <= upto),
        };
        if !whole {
            // Others may have had all of those in hand.
            let wants = (loaded.places.len() + max, 4 * loaded.looked_at);
            ready.wants.insert(lane, wants);
            return Err(Missing.into());
        }
        Ok(places.iter().filter_map(|(_, id)| tasks.known(id).cloned()).collect())
    }

    fn due(&mut self, now: Millis, max: usize) -> Done<Vec<Task>, Self> {
        let Some(due) = Self::due(self, now)? else { return Ok(Vec::new()) };
        let has_come = |task: &Task| {
            task.phase == Phase::Scheduled && task.row.run_at.is_none_or(|at| has_come(at, now))
        };
        let mut tasks: Vec<Task> = self.those_that(due.tasks, has_come).cloned().collect();
        tasks.sort_by_key(|task| (task.row.run_at, task.row.id));
        tasks.truncate(max);
        Ok(tasks)
    }

    fn all_due(&mut self) -> Done<(), Self> {
        Ok(())
    }

    fn parked_on(&mut self, tenant: TenantId, instance: &str) -> Done<Vec<TaskId>, Self> {
        let key = (tenant, Arc::from(instance));
        let found = self.sheet.lists.parked_on.get(&key)?;
        let parked = self.those_that(found, |task| is_parked_on(task, tenant, instance));
        let ids: BTreeSet<TaskId> = parked.map(|task| task.row.id).collect();
        Ok(ids.into_iter().collect())
    }

    fn dead(&mut self, tenant: TenantId, which: &RetrySelection) -> Done<Vec<TaskId>, Self> {
        let Some(key) = dead_key(tenant, which) else { return Ok(Vec::new()) };
        let found = self.sheet.lists.dead.get(&key)?;
        let (_, project, tag, reason, limit) = &key;
        let is = |wanted: &Option<String>, own: Option<&str>| {
            wanted.is_none() || wanted.as_deref() == own
        };
        let dead = self.those_that(found, |task| {
            let row = &task.row;
            let tagged = tag.as_ref().is_none_or(|tag| row.tags.iter().any(|own| **own == **tag));
            task.tenant == tenant
                && row.status == Status::Failed
                && is(project, row.project.as_deref())
                && is(reason, row.reason.as_deref())
                && tagged
        });
        let keys = |task: &Task| (task.row.id, task.row.unique_key.clone());
        let dead: BTreeMap<TaskId, Option<String>> = dead.map(keys).collect();
        let mut ids = Vec::new();
        for (id, key) in dead {
            let taken = match key {
                Some(key) => self.sheet.unique.get(&(tenant, key))?.is_some(),
                None => false,
            };
            if !taken {
                ids.push(id);
            }
        }
        ids.truncate(usize::try_from(*limit).unwrap_or(usize::MAX));
        Ok(ids)
    }

    fn lanes(&mut self) -> &mut Lanes {
        &mut self.picture.lanes
    }

    fn look_again(&mut self, tenant: TenantId, now: Millis) -> Done<(), Self> {
        let ids = self.picture.lanes.of_tenant(tenant, now);
        let found = self.look(ids)?;
        let look = |id| Ok::<_, StoreError>(found.get(&id).copied().unwrap_or((i64::MAX, false)));
        self.picture.lanes.look_again(tenant, now, look).map_err(Stop::Failed)
    }

    fn look_at_others(&mut self, tenant: TenantId, now: Millis) -> Done<(), Self> {
        let ids = self.picture.lanes.others_in_turn(tenant, now);
        let found = self.look(ids)?;
        let look = |id| Ok::<_, StoreError>(found.get(&id).copied().unwrap_or((i64::MAX, false)));
        self.picture.lanes.look_at_others(tenant, now, look).map_err(Stop::Failed)
    }

    /// It is the only write of its batch: no row is here that it deletes.
    fn flush(&mut self, tenant: TenantId) -> Done<i64, Self> {
        self.sheet.flushed.ok_or_else(|| {
            self.sheet.wants_flush = Some(tenant);
            Stop::Missing
        })
    }
}
