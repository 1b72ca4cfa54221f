//! What a writer knows without asking: lanes, pauses, when something is due. It is read once, and
//! then kept by the news of all commits, this writer's own among them.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use claudebench_core::lane::Lane;
use claudebench_core::{Millis, TaskId, TenantId};
use tokio_postgres::Row;

use super::errors::Failed;
use super::load::Found;
use super::rows::Columns;
use crate::memory::{LaneId, Lanes, Pauses};

/// When time alone brings something about; shared by all writers of a server. It may be too early,
/// and never too late.
#[derive(Debug)]
pub(super) struct NextDue(Mutex<Next>);

#[derive(Debug)]
struct Next {
    at: i64,
    /// What was told last, and how often something was told.
    told: VecDeque<i64>,
    count: u64,
}

/// How much of what was told is remembered.
const TOLD: usize = 256;

impl NextDue {
    pub(super) fn new(at: i64) -> Self {
        Self(Mutex::new(Next { at, told: VecDeque::with_capacity(TOLD), count: 0 }))
    }

    pub(super) fn next(&self) -> i64 {
        self.lock().at
    }

    /// Something is due then, or later.
    pub(super) fn lower(&self, at: i64) {
        let mut next = self.lock();
        next.at = at.min(next.at);
        next.count += 1;
        if next.told.len() >= TOLD {
            next.told.pop_front();
        }
        next.told.push_back(at);
    }

    /// What [`raise`](Self::raise) is to be given.
    pub(super) fn mark(&self) -> u64 {
        self.lock().count
    }

    /// Nothing was due before, as it was seen at the mark or after it.
    pub(super) fn raise(&self, at: i64, mark: u64) {
        let mut next = self.lock();
        let since = usize::try_from(next.count - mark).unwrap_or(usize::MAX);
        // Too much was told since: the next look will tell.
        if since <= next.told.len() {
            let first = next.told.iter().rev().take(since).min();
            next.at = first.map_or(at, |first| at.min(*first));
        }
    }

    fn lock(&self) -> MutexGuard<'_, Next> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The ids of tasks that this writer gives: a time, and a number of the database's.
#[derive(Default)]
pub(super) struct Ids {
    last_ms: i64,
}

const LOW: i64 = (1 << 20) - 1;

impl Ids {
    /// Ids in order, from numbers in order. Where their low bits begin anew, the next millisecond
    /// does, too.
    pub(super) fn task_ids(&mut self, numbers: &[i64], now: Millis) -> Vec<TaskId> {
        let mut ms = self.last_ms.max(now.0);
        let mut last = 0;
        let mut ids = Vec::with_capacity(numbers.len());
        for number in numbers {
            let low = number & LOW;
            ms += i64::from(low < last);
            last = low;
            ids.push(TaskId(ms << 20 | low));
        }
        self.last_ms = ms;
        ids
    }
}

/// What a writer knows.
pub(super) struct Picture {
    pub(super) lanes: Lanes,
    pub(super) pauses: Pauses,
    pub(super) due: Arc<NextDue>,
    pub(super) ids: Ids,
    /// The place of the last news that was heard.
    pub(super) heard: i64,
    /// Which ready task of a lane was seen first, and its rank: those before it were taken.
    fronts: HashMap<LaneId, (i64, TaskId)>,
    /// Lanes that news named and that are not known yet, with the lowest rank told.
    pub(super) unknown: HashMap<LaneId, i64>,
    /// When it was last in step with the database: what is older than the news are kept is read
    /// anew.
    pub(super) as_of: Millis,
    kinds: HashMap<&'static str, Arc<str>>,
}

/// What a commit changed besides lanes.
pub(super) mod changed {
    /// Lanes have gone, or stand in another order.
    pub(in crate::postgres) const LANES: i64 = 1;
    /// Pauses.
    pub(in crate::postgres) const PAUSES: i64 = 2;
}

/// A row of `news`.
#[derive(Debug)]
pub(super) struct News {
    pub(super) seq: i64,
    /// Whose commit it was.
    pub(super) server: i64,
    /// Lanes that gained tasks: the lowest rank, and how many.
    pub(super) lanes: Vec<(LaneId, i64, i64)>,
    pub(super) reopened: bool,
    pub(super) due: Option<i64>,
    pub(super) changed: i64,
}

impl News {
    /// `seq, server, lanes, lowest, counts, reopened, due, changed`.
    pub(super) fn of(row: &Row) -> Result<Self, Failed> {
        let mut from = Columns::of(row);
        let (seq, server) = (from.number()?, from.number()?);
        let (lanes, lowest): (Vec<i32>, Vec<i64>) = (from.next()?, from.next()?);
        let counts: Vec<i32> = from.next()?;
        let lanes = lanes.into_iter().zip(lowest).zip(counts);
        Ok(Self {
            seq,
            server,
            lanes: lanes.map(|((id, rank), n)| (id.into(), rank, n.into())).collect(),
            reopened: from.next()?,
            due: from.optional()?,
            changed: from.number()?,
        })
    }
}

impl Picture {
    pub(super) fn new(lanes: Lanes, due: Arc<NextDue>, as_of: Millis) -> Self {
        Self {
            lanes: lanes.provisional(),
            pauses: Pauses::default(),
            due,
            ids: Ids::default(),
            heard: 0,
            fronts: HashMap::new(),
            unknown: HashMap::new(),
            as_of,
            kinds: HashMap::new(),
        }
    }

    /// The shared name of a kind of event.
    pub(super) fn kind(&mut self, name: &'static str) -> Arc<str> {
        self.kinds.entry(name).or_insert_with(|| name.into()).clone()
    }

    /// A commit, of any server; says what it changed besides lanes.
    pub(super) fn hear(&mut self, news: &News) -> i64 {
        for (lane, rank, _) in &news.lanes {
            if !self.lower(*lane, *rank) {
                let known = self.unknown.entry(*lane).or_insert(*rank);
                *known = rank.min(known).to_owned();
            }
        }
        if let Some(due) = news.due {
            self.due.lower(due);
        }
        self.heard = self.heard.max(news.seq);
        news.changed
    }

    /// They are about to be read anew.
    pub(super) fn forget_lanes(&mut self) {
        self.lanes = self.lanes.none_yet();
        self.fronts.clear();
    }

    /// A lane may have a ready task of this rank; `false` when it is not known.
    fn lower(&mut self, lane: LaneId, rank: i64) -> bool {
        if self.fronts.get(&lane).is_some_and(|(front, _)| rank <= *front) {
            self.fronts.remove(&lane);
        }
        self.lanes.lower(lane, rank)
    }

    /// The place that no ready task of the lane was before when this pass began.
    pub(super) fn front(&self, lane: LaneId) -> (i64, i64) {
        let floor = self.lanes.floor_before(lane);
        let front = self.fronts.get(&lane).filter(|(rank, _)| *rank == floor);
        (floor, front.map_or(i64::MIN, |(_, task)| task.0))
    }

    /// A pass was committed: what it saw of lanes, and what it told of them.
    pub(super) fn committed(
        &mut self,
        found: &Found,
        numbers: &HashMap<LaneId, LaneId>,
        told: &HashMap<LaneId, (i64, i64)>,
    ) {
        self.lanes.committed(&found.floors, numbers);
        for (lane, rank) in &found.floors {
            match found.fronts.get(lane) {
                Some(task) => self.fronts.insert(*lane, (*rank, *task)),
                None => self.fronts.remove(lane),
            };
        }
        // The news say so, too; but this writer need not wait for them.
        for (lane, (rank, _)) in told {
            self.lower(*lane, *rank);
        }
    }

    /// A lane that was looked up, with a rank that none of its ready tasks is below.
    pub(super) fn found(&mut self, id: LaneId, lane: Lane, floor: i64, waits: bool) {
        let floor = self.unknown.remove(&id).map_or(floor, |told| told.min(floor));
        if self.lower(id, floor) {
            return;
        }
        if waits {
            self.lanes.found_waiting(id, lane);
            self.lanes.lower(id, floor);
        } else {
            self.lanes.found(id, lane, floor);
        }
    }
}

/// `id, tenant, assignee, project, roles, tags`.
pub(super) fn lane(from: &mut Columns<'_>) -> Result<(LaneId, Lane), Failed> {
    let id = from.number()?;
    let lane = Lane {
        tenant: TenantId(from.number()?),
        assignee: from.shared_at()?,
        project: from.shared_at()?,
        roles: from.names()?,
        tags: from.names()?,
    };
    Ok((id, lane))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_due_is_never_raised_over_what_was_told_since() {
        let due = NextDue::new(100);
        let mark = due.mark();
        due.raise(500, mark);
        assert_eq!(due.next(), 500);
        let mark = due.mark();
        due.lower(300);
        due.lower(700);
        due.raise(900, mark);
        assert_eq!(due.next(), 300);
        let mark = due.mark();
        due.lower(800);
        due.raise(900, mark);
        assert_eq!(due.next(), 800, "also what is later than what was due then");
        let mark = due.mark();
        (0..1_000).for_each(|n| due.lower(800 + n));
        due.raise(2_000, mark);
        assert_eq!(due.next(), 800);
    }

    #[test]
    fn ids_grow_also_where_the_numbers_begin_anew() {
        let mut ids = Ids::default();
        let first = ids.task_ids(&[LOW - 1, LOW, LOW + 1, LOW + 2], Millis(7));
        assert_eq!(first, [7 << 20 | (LOW - 1), 7 << 20 | LOW, 8 << 20, 8 << 20 | 1].map(TaskId));
        assert_eq!(ids.task_ids(&[5], Millis(3)), [TaskId(8 << 20 | 5)]);
    }
}
