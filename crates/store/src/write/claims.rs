//! Ready tasks are claimed, best first, over all lanes that are open to the worker.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::vec;

use claudebench_core::event::TaskClaimed;
use claudebench_core::lane::{Closed, PauseScope};
use claudebench_core::{Status, TaskId};

use super::rows::Rows;
use super::tx::{Done, Tx};
use super::waiting::Waiting;
use crate::batch::{ClaimTasks, Claimed, ClaimedTask, Gained, Handed, Item, Meta, Ticket};
use crate::memory::LaneId;
use crate::page::row_bytes;
use crate::read::PAGE_BYTES;
use crate::refusal::Refusal;
use crate::row::Lease;
use crate::task::{Held, NOBODY, Phase, Task, Untouched};

impl<R: Rows> Tx<'_, R> {
    pub(super) fn claim(&mut self, meta: &Meta, claim: &ClaimTasks) -> Done<Claimed, R> {
        let found = match claim.task {
            Some(id) => vec![self.named(claim, id)?],
            None => self.best(claim)?,
        };
        let mut tasks = Vec::with_capacity(found.len());
        for mut task in found {
            let lease = self.lease(meta, &mut task, &claim.wanted.worker, claim.lease_ms)?;
            tasks.push(ClaimedTask { task: task.row, lease });
        }
        Ok(Claimed { tasks })
    }

    /// Parked claims get what the batch made ready, first come first served, in the transaction
    /// that made it so.
    pub(super) fn hand_over(
        &mut self,
        waiting: &mut Waiting<'_>,
    ) -> Done<Vec<(Ticket, Handed)>, R> {
        let mut handed = Vec::new();
        for id in self.gained_lanes() {
            while let Some(gained) = self.gained_by(id).filter(|gained| gained.count > 0) {
                let Some((ticket, Item { meta, body })) = waiting.take(&gained) else { break };
                let worth_keeping = |claimed: &Claimed| !claimed.tasks.is_empty();
                self.claimed_from.clear();
                let done = self.once(meta, worth_keeping, |tx| tx.claim(meta, body));
                let Some(answer) = self.answer(done)? else { break };
                if answer.as_ref().is_ok_and(|claimed| claimed.tasks.is_empty()) {
                    // Another claim had them all.
                    handed.push((ticket, None));
                    break;
                }
                // What it got may be of other lanes than the one that it was asked for.
                for lane in self.claimed_from.drain(..) {
                    let gained = self.ready.entry(lane);
                    gained.and_modify(|(_, count)| *count = count.saturating_sub(1));
                }
                handed.push((ticket, Some(answer)));
            }
        }
        Ok(handed)
    }

    /// The ready tasks that came in this transaction and are not handed over, lane by lane.
    pub(super) fn gained(&mut self) -> Vec<Gained> {
        let lanes = self.gained_lanes().into_iter();
        lanes.filter_map(|id| self.gained_by(id)).filter(|gained| gained.count > 0).collect()
    }

    /// The lanes that tasks came to in this transaction, the one with the best task first.
    fn gained_lanes(&mut self) -> Vec<LaneId> {
        let mut lanes: Vec<LaneId> = self.ready.keys().copied().collect();
        lanes.sort_by_cached_key(|id| (self.rows.lanes().floor(*id), *id));
        lanes
    }

    fn gained_by(&mut self, id: LaneId) -> Option<Gained> {
        let (lane, count) = self.ready.get(&id)?;
        let pauses = self.rows.pauses().in_force(lane.tenant, self.now);
        Some(Gained { lane: lane.clone(), count: *count, pauses })
    }

    /// The one task that a claim names.
    fn named(&mut self, claim: &ClaimTasks, id: TaskId) -> Done<Task, R> {
        let pauses = self.rows.pauses().in_force(claim.wanted.tenant, self.now);
        let task = self.task(claim.wanted.tenant, id)?;
        let row = &task.row;
        if row.status.is_final() {
            return Err(Refusal::Finished { task: id, status: row.status }.into());
        }
        let hint = match (task.phase, task.lane().open_to(&claim.wanted, &pauses)) {
            (Phase::Ready, Ok(())) => return Ok(task),
            (Phase::Blocked, _) => "it waits for other tasks; task.explain names them",
            (Phase::Scheduled, _) => "its time has not come; task.explain says when",
            (_, Err(Closed::NoRole)) => "the worker has none of its roles",
            (_, Err(Closed::Paused(place))) => match pauses.get(place) {
                Some(PauseScope::Worker(_)) => "the worker is paused; queue.list says since when",
                _ => "it is paused; task.explain says by what",
            },
            (Phase::Ready, Err(Closed::NotWanted)) if row.assigned_to.is_none() => {
                "it has not the project or the tags that were asked for"
            }
            _ => match row.assigned_to.clone() {
                Some(holder) => return Err(Refusal::AlreadyAssigned { task: id, holder }.into()),
                None => {
                    "it was set going by hand, and is nobody's; task.assign gives it to a worker"
                }
            },
        };
        Err(Refusal::WrongState { task: id, status: row.status, hint: hint.into() }.into())
    }

    /// The best tasks of the open lanes: always from the lane whose next task may be the best,
    /// as many as are better than what any other lane can have.
    fn best(&mut self, claim: &ClaimTasks) -> Done<Vec<Task>, R> {
        let pauses = self.rows.pauses().in_force(claim.wanted.tenant, self.now);
        // Lowest floor last, so that it can be popped.
        let mut lanes: Vec<(i64, LaneId)> = self.rows.lanes().open_to(&claim.wanted, &pauses);
        lanes.reverse();
        let mut best: Vec<Task> = Vec::new();
        // What was read of each lane, by the next of it.
        let mut heads: BTreeMap<(i64, TaskId), vec::IntoIter<Task>> = BTreeMap::new();
        let place = |task: &Task| (task.rank, task.row.id);
        // What does not fit into one answer stays ready, for the next claim.
        let mut bytes = 0;
        while best.len() < claim.max && bytes < PAGE_BYTES {
            let elsewhere = lanes.last().map(|(floor, _)| *floor);
            let head = heads.first_key_value().map(|((rank, _), _)| *rank);
            match (head, elsewhere) {
                // What was read is better than anything that was not.
                (Some(rank), floor) if floor.is_none_or(|floor| rank < floor) => {
                    let Some((_, mut tasks)) = heads.pop_first() else { break };
                    let other = heads.first_key_value().map(|(place, _)| *place);
                    let is_best = |next: (i64, TaskId)| {
                        other.is_none_or(|other| next < other)
                            && floor.is_none_or(|floor| next.0 < floor)
                    };
                    while let Some(task) = tasks.next() {
                        bytes += row_bytes(&task.row);
                        best.push(task);
                        let Some(next) = tasks.as_slice().first().map(place) else { break };
                        if best.len() >= claim.max || bytes >= PAGE_BYTES || !is_best(next) {
                            heads.insert(next, tasks);
                            break;
                        }
                    }
                }
                (_, Some(_)) => {
                    let Some((_, lane)) = lanes.pop() else { break };
                    let tasks = self.read_lane(lane, claim.max - best.len())?;
                    best.reserve(tasks.len());
                    if let Some(first) = tasks.first().map(place) {
                        heads.insert(first, tasks.into_iter());
                    }
                }
                _ => break,
            }
        }
        for task in &best {
            // Taken in order: what is left of the lane is not below this.
            task.lane.into_iter().for_each(|lane| self.rows.lanes().raise(lane, task.rank));
        }
        Ok(best)
    }

    fn read_lane(&mut self, lane: LaneId, max: usize) -> Done<Vec<Task>, R> {
        let tasks = self.rows.ready_in(lane, max)?;
        let floor = tasks.first().map_or(i64::MAX, |task| task.rank);
        self.rows.lanes().raise(lane, floor);
        Ok(tasks)
    }

    /// Gives a task to a worker under a new lease.
    pub(super) fn lease(
        &mut self,
        meta: &Meta,
        task: &mut Task,
        worker: &Arc<str>,
        asked_ms: Option<i64>,
    ) -> Done<Lease, R> {
        self.claimed_from.extend(task.lane);
        let mut held = self.hold(task, worker, asked_ms);
        let fact = TaskClaimed {
            task_id: held.task,
            worker_id: worker,
            fence: held.fence,
            attempt: held.attempt,
            expires_at: held.expires_at,
            priority: task.row.priority,
            waited: self.now.since(task.row.created_at),
            life: std::marker::PhantomData,
        };
        self.task_event(meta, task, &fact)?;
        self.rows.save_claim(task, &held)?;
        let lease = lease_of(&held);
        held.untouched = Some(untouched(task));
        self.rows.hold(held)?;
        Ok(lease)
    }

    /// Makes a task held. The task still has to be saved, and the lease remembered.
    pub(super) fn hold(
        &mut self,
        task: &mut Task,
        worker: &Arc<str>,
        asked_ms: Option<i64>,
    ) -> Held {
        self.dequeue(task);
        let row = &mut task.row;
        row.status = Status::InProgress;
        row.fence += 1;
        row.attempt += 1;
        let somebody = Some(&**worker).filter(|worker| *worker != NOBODY);
        row.assigned_to = somebody.map(str::to_owned);
        row.assigned_at = somebody.map(|_| self.now);
        row.started_at = Some(self.now);
        row.run_at = None;
        let explicit = asked_ms.or(row.lease_ms);
        let lease_ms = explicit.unwrap_or(self.rules.lease_ms);
        let held = Held {
            task: row.id,
            tenant: task.tenant,
            worker: worker.clone(),
            fence: row.fence,
            attempt: row.attempt,
            lease_ms,
            explicit: explicit.is_some(),
            expires_at: self.now.plus(lease_ms),
            deadline_at: row.deadline_ms.map(|ms| self.now.plus(ms)),
            cancel_at: None,
            has_row: false,
            untouched: None,
        };
        task.held = held.holder().map(|_| (held.lease_ms, held.explicit));
        self.count(task, 1);
        held
    }
}

/// What completing a task needs to know of it.
pub(super) fn untouched(task: &Task) -> Untouched {
    Untouched {
        version: task.row.version,
        last_event: task.last_event,
        created_at: task.row.created_at,
        started_at: task.row.started_at,
        priority: task.row.priority,
        project: task.row.project.clone(),
        attachment_count: task.row.attachment_count,
        has_dependents: task.has_dependents,
    }
}

/// A lease as callers see it.
pub(super) fn lease_of(held: &Held) -> Lease {
    Lease {
        fence: held.fence,
        attempt: held.attempt,
        worker: held.worker.clone(),
        expires_at: held.expires_at,
        deadline_at: held.deadline_at,
    }
}
