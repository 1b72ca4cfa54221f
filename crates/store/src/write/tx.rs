//! A transaction under way: what all writes share.

use std::collections::HashMap;
use std::sync::Arc;

use claudebench_core::event::Fact;
use claudebench_core::lane::Lane;
use claudebench_core::rank::{Aging, rank};
use claudebench_core::{Millis, Status, TaskId, TenantId};
use serde_json::value::RawValue;

use super::rows::{Base, CountedTask, NewEvent, Rows};
use crate::batch::Meta;
use crate::change::Swept;
use crate::memory::LaneId;
use crate::refusal::Refusal;
use crate::task::{Phase, Task};

/// What a write can end with besides its answer.
#[derive(Debug)]
pub(crate) enum Stop<E> {
    /// It was refused and changed nothing.
    Refused(Refusal),
    /// Rows are needed that are not here yet: they are loaded, and the batch is run again.
    Missing,
    /// An error of the database: the whole transaction is undone.
    Failed(E),
}

impl<E> From<Refusal> for Stop<E> {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// What a write, or a row, answers.
pub(crate) type Done<T, R> = Result<T, Stop<<R as Base>::Error>>;

/// An error of this program, met when something has been written already: a refusal would leave
/// that behind.
pub(super) fn fault<R: Base>(
    what: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> Stop<R::Error> {
    Stop::Failed(R::fault(what.into()))
}

/// What the configuration says about tasks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules {
    /// The lease of a task that names none, in milliseconds.
    pub(crate) lease_ms: i64,
    /// How many workers may be lost over one task.
    pub(crate) max_losses: i64,
    /// Whether old tasks overtake those of higher priority.
    pub(crate) aging: Aging,
    /// How long an idempotency key is remembered, in milliseconds.
    pub(crate) idempotency_ms: i64,
    /// The most tasks that wait for one: what its end does to them is done in one transaction. With
    /// those that have ended before it, five times as many: put back, they wait again.
    pub(crate) max_dependents: usize,
}

/// What an event is about.
#[derive(Default)]
pub(super) struct About<'a> {
    pub(super) task: Option<TaskId>,
    pub(super) version: Option<i64>,
    pub(super) attempt: Option<i64>,
    pub(super) project: Option<Arc<str>>,
    /// The mark of the task's newest event, where rows keep one.
    pub(super) last_event: Option<&'a mut i64>,
}

/// A transaction under way.
pub(crate) struct Tx<'a, R> {
    pub(crate) rows: &'a mut R,
    pub(super) rules: Rules,
    pub(super) now: Millis,
    /// Drawn for the jitter; advanced by every use.
    seed: &'a mut u64,
    pub(super) ready: HashMap<LaneId, (Arc<Lane>, usize)>,
    pub(super) reopened: bool,
    /// The lanes of the tasks that were claimed, since somebody asked for them.
    pub(super) claimed_from: Vec<LaneId>,
    /// What time had brought about before the first write.
    pub(super) passed: Swept,
    /// Rows were missing: nothing that is answered is worth anything.
    missing: bool,
}

impl<'a, R: Rows> Tx<'a, R> {
    pub(crate) fn new(rows: &'a mut R, rules: Rules, now: Millis, seed: &'a mut u64) -> Self {
        Self {
            rows,
            rules,
            now,
            seed,
            ready: HashMap::new(),
            reopened: false,
            claimed_from: Vec::new(),
            passed: Swept::default(),
            missing: false,
        }
    }

    /// Does a write. One that is refused has changed nothing; should it have, the transaction is
    /// undone, and the write is an error instead.
    pub(crate) fn whole<T>(&mut self, write: impl FnOnce(&mut Self) -> Done<T, R>) -> Done<T, R> {
        let before = self.rows.traces();
        match write(self) {
            Err(Stop::Refused(refusal)) if self.rows.traces() != before => {
                Err(fault::<R>(format!("a write was refused too late: {refusal:?}")))
            }
            done => done,
        }
    }

    /// Lets a refusal through as an answer. After a write that lacks rows the others go on, so
    /// that all that is missing is known at once; what they stumble over may come from that.
    pub(super) fn answer<T>(&mut self, done: Done<T, R>) -> Done<Option<Result<T, Refusal>>, R> {
        match done {
            Ok(answer) => Ok(Some(Ok(answer))),
            Err(Stop::Refused(refusal)) => Ok(Some(Err(refusal))),
            Err(Stop::Failed(error)) if !self.missing => Err(Stop::Failed(error)),
            Err(Stop::Missing | Stop::Failed(_)) => {
                self.missing = true;
                Ok(None)
            }
        }
    }

    /// An answer put together of several, if nothing was missing for any of them.
    pub(super) fn complete_so_far<T>(&self, answer: T) -> Done<T, R> {
        if self.missing { Err(Stop::Missing) } else { Ok(answer) }
    }

    /// The task, if it is the tenant's.
    pub(super) fn task(&mut self, tenant: TenantId, id: TaskId) -> Done<Task, R> {
        self.rows.task(tenant, id)?.ok_or(Stop::Refused(Refusal::NoTask(id)))
    }

    /// Whether somebody holds the task, or nobody under a lease.
    pub(super) fn is_held(&mut self, id: TaskId) -> Done<bool, R> {
        Ok(self.rows.lease(id)?.is_some())
    }

    /// Whether somebody holds the task and was asked to stop.
    pub(super) fn is_called_off(&mut self, id: TaskId) -> Done<bool, R> {
        Ok(self.rows.lease(id)?.is_some_and(|held| held.cancel_at.is_some()))
    }

    /// A number drawn for the jitter (splitmix64).
    pub(super) fn random(&mut self) -> u64 {
        *self.seed = self.seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = *self.seed;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Writes an event that is about no task.
    pub(super) fn event<F: Fact>(&mut self, meta: &Meta, fact: &F) -> Done<(), R> {
        self.append(meta, fact, About::default())
    }

    /// Counts a change of a task and writes its event. The task still has to be saved.
    pub(super) fn task_event<F: Fact>(
        &mut self,
        meta: &Meta,
        task: &mut Task,
        fact: &F,
    ) -> Done<(), R> {
        let about = About {
            task: Some(task.row.id),
            version: Some(task.row.version + 1),
            attempt: Some(task.row.attempt).filter(|attempt| *attempt > 0),
            project: task.row.project.clone(),
            last_event: Some(&mut task.last_event),
        };
        task.row.version += 1;
        task.row.updated_at = self.now;
        self.append(meta, fact, about)
    }

    /// Writes an event.
    pub(super) fn append<F: Fact>(
        &mut self,
        meta: &Meta,
        fact: &F,
        about: About<'_>,
    ) -> Done<(), R> {
        let payload = serde_json::value::to_raw_value(fact).map_err(fault::<R>)?;
        self.append_written(meta, F::NAME, payload, about)
    }

    /// The same with a fact that is written already. The one place where the log grows.
    pub(super) fn append_written(
        &mut self,
        meta: &Meta,
        name: &'static str,
        payload: Box<RawValue>,
        about: About<'_>,
    ) -> Done<(), R> {
        let event = NewEvent {
            name,
            tenant: meta.tenant,
            at: self.now,
            task: about.task,
            version: about.version,
            attempt: about.attempt,
            project: about.project,
            actor: &meta.actor,
            traceparent: meta.traceparent.as_ref(),
            session: meta.session.as_ref(),
            payload,
        };
        self.rows.append(event, about.last_event)
    }

    /// Adds to or takes from the numbers of the task's kind.
    pub(super) fn count(&mut self, task: &Task, by: i64) {
        let kind = match (task.row.status, task.phase) {
            (Status::Pending, Phase::Scheduled) => 1,
            (Status::Pending, Phase::Blocked) => 2,
            (Status::Pending, _) => 0,
            (Status::InProgress, _) => 3,
            (Status::Completed, _) => 4,
            (Status::Failed, _) => 5,
            (Status::Cancelled, _) => 6,
        };
        let of = CountedTask {
            tenant: task.tenant,
            task: task.row.id,
            project: task.row.project.as_ref(),
            assignee: task.row.assigned_to.as_deref(),
        };
        self.rows.count(&of, kind, by);
    }

    /// A task in progress is completed: two numbers change.
    pub(crate) fn count_completed(
        &mut self,
        tenant: TenantId,
        task: TaskId,
        project: Option<&Arc<str>>,
    ) {
        let of = CountedTask { tenant, task, project, assignee: None };
        self.rows.count(&of, 3, -1);
        self.rows.count(&of, 4, 1);
    }

    /// Makes a task pending: ready, or waiting for its time or for other tasks. Its count has been
    /// taken before.
    pub(super) fn enqueue(&mut self, task: &mut Task) {
        task.row.status = Status::Pending;
        task.rank = rank(task.row.priority, task.row.created_at.0, self.rules.aging);
        let lanes = self.rows.lanes();
        if task.row.open_dependencies > 0 {
            task.phase = Phase::Blocked;
            task.lane = Some(lanes.wait(task.lane()));
        } else if task.row.run_at.is_some_and(|at| at > self.now) {
            task.phase = Phase::Scheduled;
            task.lane = Some(lanes.wait(task.lane()));
        } else {
            task.phase = Phase::Ready;
            let (id, lane) = lanes.enter(task.lane(), task.rank);
            task.lane = Some(id);
            self.ready.entry(id).or_insert_with(|| (lane, 0)).1 += 1;
        }
        self.count(task, 1);
    }

    /// Takes a task out of what waits, or out of what is worked on, before it becomes something
    /// else.
    pub(super) fn dequeue(&mut self, task: &mut Task) {
        self.count(task, -1);
        task.phase = Phase::None;
        task.lane = None;
        task.held = None;
    }
}

/// Who stands in the events that nobody in particular caused.
pub(super) fn system(tenant: TenantId, name: &Arc<str>) -> Meta {
    Meta { tenant, actor: name.clone(), traceparent: None, session: None, key: None }
}
