//! Ready tasks are claimed, best first, over all lanes that are open to the worker.

use std::collections::BTreeMap;
use std::sync::Arc;

use claudebench_core::event::TaskClaimed;
use claudebench_core::lane::Closed;
use claudebench_core::{Status, TaskId};
use rusqlite::params;

use super::statements as sql;
use super::tx::{Done, Tx, settled};
use crate::batch::{ClaimTasks, Claimed, ClaimedTask, Gained, Handed, Item, Meta, Parked, Ticket};
use crate::refusal::Refusal;
use crate::row::Lease;
use crate::sqlite::memory::{Held, LaneId, Untouched};
use crate::sqlite::row::{self, Phase, Task};

impl Tx<'_, '_> {
    pub(super) fn claim(&mut self, meta: &Meta, claim: &ClaimTasks) -> Done<Claimed> {
        let found = match claim.task {
            Some(id) => vec![self.named(claim, id)?],
            None => self.best(claim)?,
        };
        let mut tasks = Vec::with_capacity(found.len());
        for task in found {
            tasks.push(self.lease(meta, task, &claim.wanted.worker, claim.lease_ms)?);
        }
        Ok(Claimed { tasks })
    }

    /// Parked claims get what the batch made ready, first come first served, in the transaction
    /// that made it so.
    pub(super) fn hand_over(
        &mut self,
        parked: &dyn Parked,
    ) -> rusqlite::Result<Vec<(Ticket, Handed)>> {
        let mut handed = Vec::new();
        let lanes: Vec<LaneId> = self.ready.keys().copied().collect();
        for id in lanes {
            while let Some(gained) = self.gained_by(id).filter(|gained| gained.count > 0) {
                let Some((ticket, Item { meta, body })) = parked.take(&gained) else { break };
                self.memory.taken.push(ticket);
                let worth_keeping = |claimed: &Claimed| !claimed.tasks.is_empty();
                self.claimed_from.clear();
                let done = self.once(&meta, worth_keeping, |tx| tx.claim(&meta, &body));
                let answer = settled(done)?;
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
    pub(super) fn gained(&self) -> Vec<Gained> {
        let gained = self.ready.keys().filter_map(|id| self.gained_by(*id));
        gained.filter(|gained| gained.count > 0).collect()
    }

    fn gained_by(&self, id: LaneId) -> Option<Gained> {
        let (lane, count) = self.ready.get(&id)?;
        let pauses = self.memory.paused(lane.tenant, self.now).into();
        Some(Gained { lane: lane.clone(), count: *count, pauses })
    }

    /// The one task that a claim names.
    fn named(&mut self, claim: &ClaimTasks, id: TaskId) -> Done<Task> {
        let pauses = self.memory.paused(claim.wanted.tenant, self.now);
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
            (_, Err(Closed::Paused(_))) => "it is paused; task.explain says by what",
            (Phase::Ready, Err(Closed::NotWanted)) if row.assigned_to.is_none() => {
                "it has not the project or the tags that were asked for"
            }
            _ => {
                let holder = row.assigned_to.clone().unwrap_or_default();
                return Err(Refusal::AlreadyAssigned { task: id, holder }.into());
            }
        };
        Err(Refusal::WrongState { task: id, status: row.status, hint: hint.into() }.into())
    }

    /// The best tasks of the open lanes: always from the lane whose next task may be the best,
    /// as many as are better than what any other lane can have.
    fn best(&mut self, claim: &ClaimTasks) -> Done<Vec<Task>> {
        let pauses = self.memory.paused(claim.wanted.tenant, self.now);
        // Lowest floor last, so that it can be popped.
        let mut lanes: Vec<(i64, LaneId)> = self.memory.lanes.open_to(&claim.wanted, &pauses);
        lanes.reverse();
        let mut best: Vec<Task> = Vec::new();
        let mut heads: BTreeMap<(i64, TaskId), Task> = BTreeMap::new();
        while best.len() < claim.max {
            let elsewhere = lanes.last().map(|(floor, _)| *floor);
            let head = heads.first_key_value().map(|((rank, _), _)| *rank);
            match (head, elsewhere) {
                // What was read is better than anything that was not.
                (Some(rank), floor) if floor.is_none_or(|floor| rank < floor) => {
                    best.extend(heads.pop_first().map(|(_, task)| task));
                }
                (_, Some(_)) => {
                    let Some((_, lane)) = lanes.pop() else { break };
                    let tasks = self.read_lane(lane, claim.max - best.len())?;
                    heads.extend(tasks.into_iter().map(|task| ((task.rank, task.row.id), task)));
                }
                _ => break,
            }
        }
        for task in &best {
            // Taken in order: what is left of the lane is not below this.
            task.lane.into_iter().for_each(|lane| self.memory.lanes.raise(lane, task.rank));
        }
        Ok(best)
    }

    fn read_lane(&mut self, lane: LaneId, max: usize) -> Done<Vec<Task>> {
        let mut statement = self.db.prepare_cached(sql::READY_IN_LANE)?;
        let limit = i64::try_from(max).unwrap_or(i64::MAX);
        let tasks: Vec<Task> =
            statement.query_map([lane, limit], row::task)?.collect::<rusqlite::Result<_>>()?;
        let floor = tasks.first().map_or(i64::MAX, |task| task.rank);
        self.memory.lanes.raise(lane, floor);
        Ok(tasks)
    }

    /// Gives a task to a worker under a new lease.
    fn lease(
        &mut self,
        meta: &Meta,
        mut task: Task,
        worker: &Arc<str>,
        asked_ms: Option<i64>,
    ) -> Done<ClaimedTask> {
        self.claimed_from.extend(task.lane);
        let mut held = self.hold(&mut task, worker, asked_ms);
        let fact = TaskClaimed {
            task_id: held.task,
            worker_id: worker,
            fence: held.fence,
            attempt: held.attempt,
            expires_at: held.expires_at,
            life: std::marker::PhantomData,
        };
        self.task_event(meta, &mut task, &fact)?;
        self.save_claim(&task, &held)?;
        let lease = lease_of(&held);
        held.untouched = Some(Untouched {
            version: task.row.version,
            last_event: task.last_event,
            created_at: task.row.created_at,
            project: task.row.project.clone(),
            attachment_count: task.row.attachment_count,
            has_dependents: task.has_dependents,
        });
        self.memory.leases.put(held);
        Ok(ClaimedTask { task: task.row, lease })
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
        row.assigned_to = Some(worker.to_string());
        row.assigned_at = Some(self.now);
        row.started_at = Some(self.now);
        row.run_at = None;
        let explicit = asked_ms.or(row.lease_ms);
        let lease_ms = explicit.unwrap_or(self.options.lease_ms);
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
        task.held = Some((held.lease_ms, held.explicit));
        self.count(task, 1);
        held
    }

    fn save_claim(&self, task: &Task, held: &Held) -> Done<()> {
        self.hot.save_claim().execute(params![
            held.task.0,
            task.row.version,
            task.last_event,
            held.fence,
            held.attempt,
            self.now.0,
            held.worker,
            held.lease_ms,
            held.explicit,
        ])?;
        Ok(())
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
