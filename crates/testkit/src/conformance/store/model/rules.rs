//! The rules of tasks, stated as plainly as they can be: everything is walked over, nothing is kept
//! up to date but the tasks themselves.

use std::collections::BTreeMap;

use claudebench_core::lane::PauseScope;
use claudebench_core::{Millis, Status, TaskId};
use claudebench_store::{Dependents, ListOrder, OnDuplicate};

use crate::conformance::store::given::{self, BACKOFF};

pub(super) const LEASE_MS: i64 = 10_000;
pub(super) const MAX_LOSSES: i64 = 3;
pub(super) const WORKERS: [&str; 3] = ["w-0", "w-1", "w-2"];
pub(super) const ROLES: [&str; 2] = ["front", "back"];
pub(super) const KEYS: [&str; 2] = ["k-0", "k-1"];

/// A task as the rules have it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Task {
    pub(super) status: Status,
    pub(super) priority: i64,
    pub(super) created_at: Millis,
    pub(super) role: Option<usize>,
    pub(super) key: Option<usize>,
    /// What it still waits for.
    pub(super) open: Vec<TaskId>,
    pub(super) run_at: Millis,
    pub(super) fence: i64,
    pub(super) attempt: i64,
    pub(super) losses: i64,
    pub(super) max_attempts: i64,
    pub(super) holder: Option<usize>,
    pub(super) expires_at: Millis,
    /// When its worker must have stopped, and what becomes of its dependents then.
    pub(super) to_stop: Option<(Millis, Dependents)>,
    /// The fence of the last report that ended an attempt, and how.
    pub(super) settled: Option<(i64, How)>,
}

/// How a report ends an attempt.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum How {
    Completed,
    /// With the next attempt after the backoff, or after a snooze.
    Failed {
        retryable: bool,
        snooze: Option<i64>,
    },
    Released {
        delay: Option<i64>,
    },
}

impl How {
    /// Two reports of a kind are the same report.
    fn is_like(self, other: Self) -> bool {
        std::mem::discriminant(&self) == std::mem::discriminant(&other)
    }
}

/// By what a reporter says that the task is its own.
#[derive(Clone, Copy, Debug)]
pub(super) enum Who {
    Fence(i64),
    Worker(usize),
}

/// Why a report is not taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum No {
    Stale,
    Finished,
    NotAssigned,
    NotHolder,
    /// It is to stop, or waits for others.
    WrongState,
}

/// What a new task with a unique key meets.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Meets {
    /// Nothing lives under its key.
    Nothing,
    /// It takes the place of this one.
    Replaces(TaskId),
    /// It would wait for itself.
    Circle,
    /// It is refused because of this one.
    Refused(TaskId),
    /// It is not made: this one lives.
    Lives(TaskId),
}

/// All tasks and pauses, at a time.
#[derive(Default)]
pub(super) struct Model {
    pub(super) tasks: BTreeMap<TaskId, Task>,
    pub(super) pauses: Vec<(PauseScope, Option<Millis>)>,
    pub(super) now: Millis,
}

impl Model {
    pub(super) fn task(&mut self, id: TaskId) -> &mut Task {
        self.tasks.get_mut(&id).expect("the model knows the task")
    }

    /// What every transaction begins with: what is over by now ends.
    pub(super) fn expire(&mut self, now: Millis) {
        self.now = now;
        let ids: Vec<TaskId> = self.tasks.keys().copied().collect();
        for id in ids {
            let task = self.task(id);
            let grace_over = task.to_stop.is_some_and(|(at, _)| at <= now);
            if task.status != Status::InProgress || !(grace_over || task.expires_at <= now) {
                continue;
            }
            if let Some((_, dependents)) = task.to_stop {
                self.call_off(id, dependents);
                continue;
            }
            task.losses += 1;
            task.settled = None;
            if task.losses < MAX_LOSSES {
                task.attempt -= 1;
                task.give_back(now.plus(BACKOFF.bound_ms(task.losses)));
            } else {
                task.status = Status::Failed;
            }
        }
    }

    /// Whether a pause keeps a task from the claims of a worker in a role.
    fn held_back(&self, task: &Task, worker: usize, role: usize) -> bool {
        self.pauses.iter().filter(|(_, until)| until.is_none_or(|end| end > self.now)).any(
            |(scope, _)| match scope {
                PauseScope::All => true,
                PauseScope::Role(name) => task.role == Some(role) && ROLES[role] == name,
                PauseScope::Worker(name) => WORKERS[worker] == name,
                _ => false,
            },
        )
    }

    pub(super) fn is_ready(&self, task: &Task) -> bool {
        task.status == Status::Pending && task.open.is_empty() && task.run_at <= self.now
    }

    /// A claim by a worker that has one role.
    pub(super) fn claim(&mut self, worker: usize, role: usize, max: usize) -> Vec<TaskId> {
        let now = self.now;
        let mut ready: Vec<(i64, Millis, TaskId)> = self
            .tasks
            .iter()
            .filter(|(_, task)| self.is_ready(task) && !self.held_back(task, worker, role))
            .filter(|(_, task)| match task.holder {
                Some(parked_on) => parked_on == worker,
                None => task.role.is_none_or(|wanted| wanted == role),
            })
            .map(|(id, task)| (-task.priority, task.created_at, *id))
            .collect();
        ready.sort_unstable();
        let ids: Vec<TaskId> = ready.into_iter().take(max).map(|(_, _, id)| id).collect();
        for id in &ids {
            let task = self.task(*id);
            task.status = Status::InProgress;
            task.fence += 1;
            task.attempt += 1;
            task.holder = Some(worker);
            task.expires_at = now.plus(LEASE_MS);
        }
        ids
    }

    /// What a new task meets under its key; what it replaces is called off.
    pub(super) fn meet(
        &mut self,
        key: Option<usize>,
        on_duplicate: OnDuplicate,
        depends_on: &[TaskId],
    ) -> Meets {
        let Some(live) = self.live_with(key) else { return Meets::Nothing };
        match on_duplicate {
            OnDuplicate::Return => Meets::Lives(live),
            OnDuplicate::Replace if self.task(live).status == Status::Pending => {
                if depends_on.iter().any(|on| self.waits_for(*on, live)) {
                    return Meets::Circle;
                }
                self.call_off(live, Dependents::Keep);
                Meets::Replaces(live)
            }
            OnDuplicate::Reject | OnDuplicate::Replace => Meets::Refused(live),
        }
    }

    /// Whether a task is another one, or waits for it over however many others.
    fn waits_for(&self, task: TaskId, other: TaskId) -> bool {
        let done = self.tasks[&task].status == Status::Completed;
        let open = |id: TaskId| self.tasks[&id].open.iter().any(|on| self.waits_for(*on, other));
        task == other || !done && open(task)
    }

    /// Whatever waits for one task waits for another instead.
    pub(super) fn hand_dependents(&mut self, from: TaskId, to: TaskId) {
        for on in self.tasks.values_mut().flat_map(|task| &mut task.open) {
            *on = if *on == from { to } else { *on };
        }
    }

    /// The task that lives under a key.
    pub(super) fn live_with(&self, key: Option<usize>) -> Option<TaskId> {
        let live = |task: &Task| key.is_some() && task.key == key && !task.status.is_final();
        self.tasks.iter().find(|(_, task)| live(task)).map(|(id, _)| *id)
    }

    /// Whether a report is taken: `Ok(true)` it is, `Ok(false)` it came before.
    pub(super) fn admit(&self, id: TaskId, who: Who, how: How) -> Result<bool, No> {
        let task = &self.tasks[&id];
        let held = task.status == Status::InProgress;
        let parked = task.status == Status::Pending && task.holder.is_some();
        let given_back = matches!(how, How::Released { .. });
        let came_before = |fence| {
            let last = fence == task.fence;
            let like = |(settled, before): (i64, How)| settled == fence && before.is_like(how);
            last && task.settled.is_some_and(like)
        };
        match who {
            Who::Fence(fence) if held && fence == task.fence => {}
            Who::Fence(fence) if came_before(fence) => return Ok(false),
            Who::Fence(_) => return Err(No::Stale),
            Who::Worker(_) if task.status.is_final() => return Err(No::Finished),
            Who::Worker(_) if !held && (!parked || given_back) => return Err(No::NotAssigned),
            Who::Worker(worker) if task.holder != Some(worker) => return Err(No::NotHolder),
            Who::Worker(_) if parked && !task.open.is_empty() => return Err(No::WrongState),
            Who::Worker(_) => {}
        }
        // Success comes too late; anything else says that the worker has stopped.
        if task.to_stop.is_some() && how == How::Completed { Err(No::WrongState) } else { Ok(true) }
    }

    /// An attempt ends as its worker says.
    pub(super) fn end(&mut self, id: TaskId, who: Who, how: How) {
        let now = self.now;
        let task = self.task(id);
        if task.status == Status::Pending {
            // Parked on who reports: it has tried it.
            task.fence += 1;
            task.attempt += 1;
        }
        let settled = matches!(who, Who::Fence(_)).then_some((task.fence, how));
        task.settled = settled;
        if let Some((_, dependents)) = task.to_stop {
            self.call_off(id, dependents);
            self.task(id).settled = settled;
            return;
        }
        match how {
            How::Completed => {
                task.status = Status::Completed;
                self.release_dependents(id);
            }
            How::Failed { snooze: Some(ms), .. } => {
                task.attempt -= 1;
                task.give_back(now.plus(ms));
            }
            How::Failed { retryable, .. } if retryable && task.attempt < task.max_attempts => {
                task.give_back(now.plus(BACKOFF.bound_ms(task.attempt)));
            }
            How::Failed { .. } => task.status = Status::Failed,
            How::Released { delay } => {
                task.attempt -= 1;
                task.give_back(now.plus(delay.unwrap_or(0)));
            }
        }
    }

    /// Whether a cancellation is taken.
    pub(super) fn cancel(&mut self, id: TaskId, grace_ms: i64, dependents: Dependents) -> bool {
        let at = self.now.plus(grace_ms);
        let task = self.task(id);
        match (task.status, task.to_stop) {
            (Status::Cancelled, _) => self.settle_dependents(id, dependents),
            (Status::Completed | Status::Failed, _) => return false,
            (Status::InProgress, Some((at, _))) if grace_ms > 0 => {
                task.to_stop = Some((at, dependents));
            }
            (Status::InProgress, None) if grace_ms > 0 => task.to_stop = Some((at, dependents)),
            _ => self.call_off(id, dependents),
        }
        true
    }

    fn call_off(&mut self, id: TaskId, dependents: Dependents) {
        let task = self.task(id);
        task.status = Status::Cancelled;
        task.to_stop = None;
        task.settled = None;
        self.settle_dependents(id, dependents);
    }

    fn settle_dependents(&mut self, id: TaskId, dependents: Dependents) {
        match dependents {
            Dependents::Keep => {}
            Dependents::Release => self.release_dependents(id),
            Dependents::Cancel => {
                for next in self.dependents(id) {
                    if self.task(next).status == Status::Pending {
                        self.call_off(next, Dependents::Cancel);
                    }
                }
            }
        }
    }

    /// The tasks that still wait for one.
    pub(super) fn dependents(&self, on: TaskId) -> Vec<TaskId> {
        let waits = |task: &Task| task.open.contains(&on);
        self.tasks.iter().filter(|(_, task)| waits(task)).map(|(id, _)| *id).collect()
    }

    pub(super) fn release_dependents(&mut self, on: TaskId) {
        for task in self.tasks.values_mut() {
            task.open.retain(|open| *open != on);
        }
    }

    /// Whether something was paused at this scope; it is no longer.
    pub(super) fn resume(&mut self, scope: &PauseScope) -> bool {
        let before = self.pauses.len();
        self.pauses.retain(|(other, _)| other != scope);
        self.pauses.len() < before
    }

    /// Whether a task may wait for one worker alone.
    pub(super) fn park(&mut self, id: TaskId, worker: usize) -> bool {
        let task = self.task(id);
        !task.status.is_final() && *task.holder.get_or_insert(worker) == worker
    }

    /// Whether an ended task is put back.
    pub(super) fn retry(&mut self, id: TaskId, delay: Option<i64>) -> bool {
        let now = self.now;
        let key = self.task(id).key;
        let taken = self.live_with(key).is_some();
        let task = self.task(id);
        if taken || !matches!(task.status, Status::Failed | Status::Cancelled) {
            return false;
        }
        task.attempt = 0;
        task.losses = 0;
        task.settled = None;
        task.give_back(now.plus(delay.unwrap_or(0)));
        true
    }

    /// The ids of a list of the tasks with a status, by priority.
    pub(super) fn list(&self, status: Option<Status>, order: ListOrder) -> Vec<TaskId> {
        let mut all: Vec<(i64, TaskId)> = self
            .tasks
            .iter()
            .filter(|(_, task)| status.is_none_or(|status| task.status == status))
            .map(|(id, task)| (task.priority, *id))
            .collect();
        all.sort_unstable();
        if order == ListOrder::Desc {
            all.reverse();
        }
        all.into_iter().map(|(_, id)| id).collect()
    }
}

impl Task {
    /// One that nothing is said of, made at a time.
    pub(super) fn new(created_at: Millis) -> Self {
        let given = given::task();
        Self {
            status: Status::Pending,
            priority: given.priority,
            created_at,
            role: None,
            key: None,
            open: Vec::new(),
            run_at: created_at,
            fence: 0,
            attempt: 0,
            losses: 0,
            max_attempts: given.max_attempts,
            holder: None,
            expires_at: Millis(0),
            to_stop: None,
            settled: None,
        }
    }

    /// Nobody holds it; not before a time.
    fn give_back(&mut self, run_at: Millis) {
        self.status = Status::Pending;
        self.holder = None;
        self.run_at = run_at;
    }
}
