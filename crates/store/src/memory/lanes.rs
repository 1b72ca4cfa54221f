//! The lanes with pending tasks, and which of them a claim may take from.

mod pass;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use claudebench_core::lane::{Lane, PauseScope, Wanted};
use claudebench_core::share::share;
use claudebench_core::{Millis, TenantId};

use pass::Pass;
pub(crate) use pass::is_provisional;

/// The number of a lane, as it stands in the rows of its pending tasks.
pub(crate) type LaneId = i64;

/// How many filters are remembered with the lanes that they match.
const REMEMBERED: usize = 1_000;

/// How long the lanes of a tenant that were found to have tasks are believed to be all that have.
const LOOK_MS: i64 = 1_000;

/// How many lanes of others are looked at in that time.
const LOOKED_AT: usize = 5_000;

/// A lane, and a rank that none of its ready tasks is below; `i64::MAX` when it has none.
#[derive(Clone)]
struct Known {
    lane: Arc<Lane>,
    floor: i64,
    /// It has, or recently had, tasks that are not ready yet.
    waits: bool,
}

/// How many lanes a tenant has, and when the database was last asked which of them have tasks.
#[derive(Default)]
struct Share {
    lanes: usize,
    looked_at: Option<Millis>,
}

/// All lanes that have, or recently had, pending tasks.
pub(crate) struct Lanes {
    known: HashMap<LaneId, Known>,
    ids: HashMap<Arc<Lane>, LaneId>,
    parked: HashMap<(TenantId, Arc<str>), Vec<LaneId>>,
    /// Which open lanes a filter matches, for all workers; forgotten when lanes come or go.
    matches: HashMap<Wanted, Arc<[LaneId]>>,
    shares: HashMap<TenantId, Share>,
    /// When lanes of others were last looked at for one, and up to which.
    others_looked_at: Option<Millis>,
    looked_to: LaneId,
    last: LaneId,
    /// The most of all tenants; one has at most half of what the others leave.
    max: usize,
    /// What a tenant has in any case.
    own: usize,
    /// What a pass has changed, where passes may be taken back.
    pass: Option<Pass>,
}

impl Lanes {
    /// None yet; at most so many of all tenants, and so many of one in any case.
    pub(crate) fn new(max: usize, own: usize) -> Self {
        Self {
            known: HashMap::new(),
            ids: HashMap::new(),
            parked: HashMap::new(),
            matches: HashMap::new(),
            shares: HashMap::new(),
            others_looked_at: None,
            looked_to: 0,
            last: 0,
            max,
            own,
            pass: None,
        }
    }

    /// The last number that was given to a lane.
    pub(crate) fn last(&self) -> LaneId {
        self.last
    }

    /// A lane that was found, with a rank that none of its ready tasks is below.
    pub(crate) fn found(&mut self, id: LaneId, lane: Lane, floor: i64) {
        self.add(id, Arc::new(lane), floor, false);
    }

    /// A lane was found to have tasks that are not ready yet.
    pub(crate) fn found_waiting(&mut self, id: LaneId, lane: Lane) {
        self.note(id);
        match self.known.get_mut(&id) {
            Some(known) => known.waits = true,
            None => self.add(id, Arc::new(lane), i64::MAX, true),
        }
    }

    fn add(&mut self, id: LaneId, lane: Arc<Lane>, floor: i64, waits: bool) {
        self.note(id);
        self.last = self.last.max(id);
        self.shares.entry(lane.tenant).or_default().lanes += 1;
        if let Some(worker) = &lane.assignee {
            self.parked.entry((lane.tenant, worker.clone())).or_default().push(id);
        } else {
            self.forget_matches(lane.tenant);
        }
        self.ids.insert(lane.clone(), id);
        self.known.insert(id, Known { lane, floor, waits });
    }

    fn forget_matches(&mut self, tenant: TenantId) {
        self.matches.retain(|wanted, _| wanted.tenant != tenant);
    }

    /// The number of the lane that a ready task with this rank enters.
    pub(crate) fn enter(&mut self, lane: Lane, rank: i64) -> (LaneId, Arc<Lane>) {
        let (id, lane) = self.number(lane);
        self.note(id);
        if let Some(known) = self.known.get_mut(&id) {
            known.floor = known.floor.min(rank);
        }
        (id, lane)
    }

    /// The number of the lane that a task will enter when it is ready.
    pub(crate) fn wait(&mut self, lane: Lane) -> LaneId {
        let (id, _) = self.number(lane);
        self.note(id);
        if let Some(known) = self.known.get_mut(&id) {
            known.waits = true;
        }
        id
    }

    fn number(&mut self, lane: Lane) -> (LaneId, Arc<Lane>) {
        if let Some((lane, id)) = self.ids.get_key_value(&lane) {
            return (*id, lane.clone());
        }
        // No task is lost for its lane: it comes in, and what is empty goes.
        if !self.fits(lane.tenant, 1) {
            self.forget_empty(|other| other.tenant == lane.tenant);
        }
        let (id, lane) = (self.last + 1, Arc::new(lane));
        self.add(id, lane.clone(), i64::MAX, false);
        (id, lane)
    }

    /// How many of these lanes there are not yet.
    pub(crate) fn missing(&self, wanted: &HashSet<Lane>) -> usize {
        wanted.iter().filter(|lane| !self.ids.contains_key(*lane)).count()
    }

    /// Whether a tenant may have all of these lanes for new tasks.
    pub(crate) fn has_room(&mut self, tenant: TenantId, wanted: &HashSet<Lane>) -> bool {
        let more = self.missing(wanted);
        if more == 0 || self.fits(tenant, more) {
            return true;
        }
        self.forget_empty(|lane| lane.tenant == tenant);
        self.fits(tenant, self.missing(wanted))
    }

    /// Whether a tenant might have all of these lanes if no other had any.
    pub(crate) fn has_room_but_for_others(&self, tenant: TenantId, wanted: &HashSet<Lane>) -> bool {
        self.count_of(tenant) + self.missing(wanted) <= self.own.max(share(self.max, 0))
    }

    fn fits(&self, tenant: TenantId, more: usize) -> bool {
        self.count_of(tenant) + more <= self.share_of(tenant)
    }

    /// How many lanes a tenant may have.
    pub(crate) fn share_of(&self, tenant: TenantId) -> usize {
        let others = self.known.len() - self.count_of(tenant);
        self.own.max(share(self.max, others))
    }

    /// How many lanes a tenant has.
    pub(crate) fn count_of(&self, tenant: TenantId) -> usize {
        self.shares.get(&tenant).map_or(0, |share| share.lanes)
    }

    /// Forgets the lanes that are empty in truth: one whose tasks have all been taken is known to be
    /// empty only when a claim has looked into it again. This takes some steps for each lane of the
    /// tenant, so it is done at most once a second.
    /// `look` says of a lane below which rank it has no ready task, and whether others wait there.
    pub(crate) fn look_again<E>(
        &mut self,
        tenant: TenantId,
        now: Millis,
        mut look: impl FnMut(LaneId) -> Result<(i64, bool), E>,
    ) -> Result<(), E> {
        let ids = self.of_tenant(tenant, now);
        if ids.is_empty() {
            return Ok(());
        }
        self.looks_at(tenant, now);
        self.look_at(ids, &mut look)?;
        // What others have had is no reason to refuse this one.
        self.forget_empty(|_| true);
        Ok(())
    }

    /// Does the same for lanes of all others, for some of them at a time and in turn.
    pub(crate) fn look_at_others<E>(
        &mut self,
        tenant: TenantId,
        now: Millis,
        mut look: impl FnMut(LaneId) -> Result<(i64, bool), E>,
    ) -> Result<(), E> {
        let ids = self.others_in_turn(tenant, now);
        if ids.is_empty() {
            return Ok(());
        }
        self.others_looked_at = Some(now);
        self.looked_to = ids.last().copied().unwrap_or(self.looked_to);
        self.look_at(ids, &mut look)?;
        self.forget_empty(|_| true);
        Ok(())
    }

    /// The lanes that [`look_again`](Self::look_again) looks at; none when it is too early.
    pub(crate) fn of_tenant(&self, tenant: TenantId, now: Millis) -> Vec<LaneId> {
        let looked_at = self.shares.get(&tenant).and_then(|share| share.looked_at);
        if looked_at.is_some_and(|at| now.since(at) < LOOK_MS) {
            return Vec::new();
        }
        let own = self.known.iter().filter(|(_, known)| known.lane.tenant == tenant);
        own.map(|(id, _)| *id).collect()
    }

    /// The lanes that [`look_at_others`](Self::look_at_others) looks at; none when it is too early.
    pub(crate) fn others_in_turn(&self, tenant: TenantId, now: Millis) -> Vec<LaneId> {
        if self.others_looked_at.is_some_and(|at| now.since(at) < LOOK_MS) {
            return Vec::new();
        }
        let others = self.known.iter().filter(|(_, known)| known.lane.tenant != tenant);
        let mut ids: Vec<LaneId> = others.map(|(id, _)| *id).collect();
        ids.sort_unstable();
        let seen = ids.partition_point(|id| *id <= self.looked_to);
        ids.rotate_left(seen);
        ids.truncate(LOOKED_AT);
        ids
    }

    fn look_at<E>(
        &mut self,
        ids: Vec<LaneId>,
        look: &mut impl FnMut(LaneId) -> Result<(i64, bool), E>,
    ) -> Result<(), E> {
        for id in ids {
            self.note(id);
            if let Some(known) = self.known.get_mut(&id) {
                (known.floor, known.waits) = look(id)?;
            }
        }
        Ok(())
    }

    fn forget_empty(&mut self, among: impl Fn(&Lane) -> bool) {
        let is_empty = |known: &Known| known.floor == i64::MAX && !known.waits;
        let empty = self.known.iter().filter(|(_, known)| is_empty(known) && among(&known.lane));
        let empty: Vec<LaneId> = empty.map(|(id, _)| *id).collect();
        for id in empty {
            self.note(id);
            self.remove(id);
        }
    }

    fn remove(&mut self, id: LaneId) {
        let Some(Known { lane, .. }) = self.known.remove(&id) else { return };
        self.ids.remove(&lane);
        if let Some(share) = self.shares.get_mut(&lane.tenant) {
            share.lanes -= 1;
        }
        let Some(worker) = &lane.assignee else {
            return self.forget_matches(lane.tenant);
        };
        let key = (lane.tenant, worker.clone());
        if let Some(lanes) = self.parked.get_mut(&key) {
            lanes.retain(|lane| *lane != id);
            if lanes.is_empty() {
                self.parked.remove(&key);
            }
        }
    }

    /// The lanes with ready tasks that a claim may take from, each with its floor; lowest first.
    pub(crate) fn open_to(&mut self, wanted: &Wanted, pauses: &[PauseScope]) -> Vec<(i64, LaneId)> {
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

    /// A rank that none of the lane's ready tasks is below.
    pub(crate) fn floor(&self, id: LaneId) -> i64 {
        self.known.get(&id).map_or(i64::MAX, |known| known.floor)
    }

    /// A lane by its number.
    pub(crate) fn lane(&self, id: LaneId) -> Option<Arc<Lane>> {
        self.known.get(&id).map(|known| known.lane.clone())
    }

    /// None of the lane's ready tasks is below this rank any more.
    pub(crate) fn raise(&mut self, id: LaneId, floor: i64) {
        self.note(id);
        if let Some(known) = self.known.get_mut(&id) {
            known.floor = floor;
        }
    }

    /// How many lanes have ready tasks.
    pub(crate) fn len(&self) -> usize {
        self.known.values().filter(|known| known.floor != i64::MAX).count()
    }
}
