//! The lanes with ready tasks, and which of them a claim may take from.

use std::collections::HashMap;
use std::sync::Arc;

use claudebench_core::lane::{Lane, PauseScope, Wanted};
use claudebench_core::{Millis, TenantId};
use rusqlite::Connection;

use crate::sqlite::row;
use crate::sqlite::write::statements as sql;

/// The number of a lane, as it stands in the rows of its ready tasks.
pub(in crate::sqlite) type LaneId = i64;

/// How many filters are remembered with the lanes that they match.
const REMEMBERED: usize = 1_000;

/// How long the lanes that were found to have ready tasks are believed to be all that have.
const LOOK_MS: i64 = 1_000;

/// A lane, and a rank that none of its ready tasks is below; `i64::MAX` when it has none.
struct Known {
    lane: Arc<Lane>,
    floor: i64,
}

/// All lanes that have, or recently had, ready tasks.
pub(in crate::sqlite) struct Lanes {
    known: HashMap<LaneId, Known>,
    ids: HashMap<Arc<Lane>, LaneId>,
    parked: HashMap<(TenantId, Arc<str>), Vec<LaneId>>,
    /// Which open lanes a filter matches, for all workers; forgotten when lanes come or go.
    matches: HashMap<Wanted, Arc<[LaneId]>>,
    last: LaneId,
    max: usize,
    /// When the database was last asked which lanes have ready tasks.
    looked_at: Option<Millis>,
}

impl Lanes {
    /// A lane is what one of its tasks says it is.
    pub(super) fn load(db: &Connection, max: usize) -> rusqlite::Result<Self> {
        let mut lanes = Self {
            known: HashMap::new(),
            ids: HashMap::new(),
            parked: HashMap::new(),
            matches: HashMap::new(),
            last: 0,
            max,
            looked_at: None,
        };
        let mut next = db.prepare(sql::NEXT_LANE)?;
        loop {
            let found = next.query_row([lanes.last], |found| {
                Ok((found.get::<_, LaneId>(0)?, found.get::<_, i64>(1)?, row::lane(found, 2)?))
            });
            match found {
                Ok((id, floor, lane)) => lanes.add(id, Arc::new(lane), floor),
                Err(rusqlite::Error::QueryReturnedNoRows) => break,
                Err(error) => return Err(error),
            }
        }
        Ok(lanes)
    }

    fn add(&mut self, id: LaneId, lane: Arc<Lane>, floor: i64) {
        self.last = self.last.max(id);
        if let Some(worker) = &lane.assignee {
            self.parked.entry((lane.tenant, worker.clone())).or_default().push(id);
        } else {
            self.matches.clear();
        }
        self.ids.insert(lane.clone(), id);
        self.known.insert(id, Known { lane, floor });
    }

    /// The number of the lane that a task with this rank enters.
    pub(in crate::sqlite) fn enter(&mut self, lane: Lane, rank: i64) -> (LaneId, Arc<Lane>) {
        if let Some((lane, id)) = self.ids.get_key_value(&lane) {
            let (lane, id) = (lane.clone(), *id);
            if let Some(known) = self.known.get_mut(&id) {
                known.floor = known.floor.min(rank);
            }
            return (id, lane);
        }
        if self.known.len() >= self.max {
            self.forget_empty();
        }
        let (id, lane) = (self.last + 1, Arc::new(lane));
        self.add(id, lane.clone(), rank);
        (id, lane)
    }

    /// Whether a lane would be one too many for new tasks.
    pub(in crate::sqlite) fn is_full_for(&mut self, lane: &Lane) -> bool {
        if self.known.len() < self.max || self.ids.contains_key(lane) {
            return false;
        }
        self.forget_empty();
        self.known.len() >= self.max
    }

    /// Forgets the lanes that are empty in truth: one whose tasks have all been taken is known to be
    /// empty only when a claim has looked into it again. This takes a step a lane, so it is done at
    /// most once a second.
    pub(in crate::sqlite) fn look_again(
        &mut self,
        db: &Connection,
        now: Millis,
    ) -> rusqlite::Result<()> {
        if self.looked_at.is_some_and(|at| now.since(at) < LOOK_MS) {
            return Ok(());
        }
        let found = Self::load(db, self.max)?;
        // No number is given to a second lane in one transaction.
        *self = Self { last: self.last.max(found.last), looked_at: Some(now), ..found };
        Ok(())
    }

    fn forget_empty(&mut self) {
        let Self { known, ids, parked, matches, .. } = self;
        known.retain(|id, entry| {
            let keep = entry.floor != i64::MAX;
            if !keep {
                ids.remove(&entry.lane);
                if let Some(worker) = &entry.lane.assignee {
                    let key = (entry.lane.tenant, worker.clone());
                    if let Some(lanes) = parked.get_mut(&key) {
                        lanes.retain(|lane| lane != id);
                        if lanes.is_empty() {
                            parked.remove(&key);
                        }
                    }
                }
            }
            keep
        });
        matches.clear();
    }

    /// The lanes with ready tasks that a claim may take from, each with its floor; lowest first.
    pub(in crate::sqlite) fn open_to(
        &mut self,
        wanted: &Wanted,
        pauses: &[PauseScope],
    ) -> Vec<(i64, LaneId)> {
        let for_all = self.matching(wanted);
        let parked = self.parked.get(&(wanted.tenant, wanted.worker.clone()));
        let mut open: Vec<(i64, LaneId)> = for_all
            .iter()
            .chain(parked.into_iter().flatten())
            .filter_map(|id| {
                let known = self.known.get(id)?;
                let open = known.floor != i64::MAX && known.lane.open_to(wanted, pauses).is_ok();
                open.then_some((known.floor, *id))
            })
            .collect();
        open.sort_unstable();
        open
    }

    /// The lanes of nobody in particular that match, pauses aside.
    fn matching(&mut self, wanted: &Wanted) -> Arc<[LaneId]> {
        let anybody = Wanted { worker: "".into(), ..wanted.clone() };
        if let Some(found) = self.matches.get(&anybody) {
            return found.clone();
        }
        let found: Arc<[LaneId]> = self
            .known
            .iter()
            .filter(|(_, known)| {
                known.lane.assignee.is_none() && known.lane.open_to(wanted, &[]).is_ok()
            })
            .map(|(id, _)| *id)
            .collect();
        if self.matches.len() >= REMEMBERED {
            self.matches.clear();
        }
        self.matches.insert(anybody, found.clone());
        found
    }

    /// None of the lane's ready tasks is below this rank any more.
    pub(in crate::sqlite) fn raise(&mut self, id: LaneId, floor: i64) {
        if let Some(known) = self.known.get_mut(&id) {
            known.floor = floor;
        }
    }

    /// How many lanes have ready tasks.
    pub(in crate::sqlite) fn len(&self) -> usize {
        self.known.values().filter(|known| known.floor != i64::MAX).count()
    }
}
