//! What can be done, drawn at random, and how it is put into a transaction.

use claudebench_core::lane::PauseScope;
use claudebench_core::{Millis, TaskId};
use claudebench_store::{
    Batch, Beat, Cancel, Create, DeleteTask, Dependency, Dependents, Ending, NewTask, OnDuplicate,
    Pause, Report, Reports, Resume, Retry, Sweep, Unique, Until, Update, Write,
};

use super::chance::Chance;
use super::rules::{How, KEYS, Model, ROLES, WORKERS, Who};
use crate::conformance::store::given::{self, meta};

/// One write. Those of one transaction are done in the order of their kinds here.
#[derive(Clone, Debug)]
pub(super) enum Op {
    Report { id: TaskId, who: Who, how: How },
    Create(New),
    Beat { id: TaskId, fence: i64 },
    Change(Change),
    Claim { worker: usize, role: usize, max: usize },
}

/// A write that is not hot.
#[derive(Clone, Debug)]
pub(super) enum Change {
    Cancel { id: TaskId, grace_ms: i64, dependents: Dependents },
    Retry { id: TaskId, delay_ms: Option<i64> },
    Pause { scope: PauseScope, until: Option<Millis> },
    Resume { scope: PauseScope },
    Delete { id: TaskId },
    Prioritise { id: TaskId, priority: i64 },
    Park { id: TaskId, worker: usize },
    Sweep,
}

/// A task to be made.
#[derive(Clone, Debug)]
pub(super) struct New {
    pub(super) priority: i64,
    pub(super) role: Option<usize>,
    pub(super) key: Option<usize>,
    pub(super) on_duplicate: OnDuplicate,
    pub(super) delay_ms: Option<i64>,
    pub(super) depends_on: Vec<TaskId>,
    pub(super) max_attempts: i64,
    /// Another task of the same call that waits for this one.
    pub(super) follower: bool,
}

impl Op {
    /// Something to do, as things stand.
    pub(super) fn draw(chance: &mut Chance, model: &Model) -> Option<Self> {
        Some(match chance.below(18) {
            0..5 => Self::Create(New::draw(chance, model)),
            5..9 => Self::Claim {
                worker: chance.below(WORKERS.len()),
                role: chance.below(ROLES.len()),
                max: 1 + chance.below(3),
            },
            9..13 => {
                let id = any_task(chance, model)?;
                Self::Report { id, who: anybody(chance, model, id), how: any_end(chance) }
            }
            13 => {
                let id = any_task(chance, model)?;
                Self::Beat { id, fence: model.tasks[&id].fence }
            }
            _ => Self::Change(Change::draw(chance, model)?),
        })
    }

    /// When in its transaction it is done.
    pub(super) fn turn(&self) -> usize {
        match self {
            Self::Report { .. } => 0,
            Self::Create(_) => 1,
            Self::Beat { .. } => 2,
            Self::Change(_) => 3,
            Self::Claim { .. } => 4,
        }
    }

    /// Puts it into a transaction, and says at which place of its kind.
    pub(super) fn put(&self, batch: &mut Batch) -> usize {
        match self {
            Self::Report { id, who, how } => {
                let (fence, worker) = match who {
                    Who::Fence(fence) => (Some(*fence), None),
                    Who::Worker(worker) => (None, Some(WORKERS[*worker].into())),
                };
                let report = Report { task: *id, fence, worker, ending: ending(*how) };
                Reports { items: vec![report] }.put(meta(), batch)
            }
            Self::Create(new) => {
                let depends_on = vec![Dependency::Place(0)];
                let follower = new.follower.then(|| NewTask { depends_on, ..given::task() });
                let tasks = std::iter::once(new.task()).chain(follower).collect();
                Create { tasks }.put(meta(), batch)
            }
            Self::Beat { id, fence } => {
                let beat = Beat {
                    task: *id,
                    fence: Some(*fence),
                    worker: None,
                    lease_ms: None,
                    progress: Some(0.5),
                    note: None,
                    checkpoint: None,
                };
                beat.put(meta(), batch)
            }
            Self::Change(change) => change.put(batch),
            Self::Claim { worker, role, max } => {
                given::claim_as(WORKERS[*worker], &[ROLES[*role]], *max).put(meta(), batch)
            }
        }
    }
}

impl Change {
    fn draw(chance: &mut Chance, model: &Model) -> Option<Self> {
        let role = PauseScope::Role(ROLES[0].into());
        let scopes = [PauseScope::All, role, PauseScope::Worker(WORKERS[0].into())];
        let choices = [Dependents::Keep, Dependents::Cancel, Dependents::Release];
        Some(match chance.below(9) {
            0 => Self::Pause {
                scope: chance.one_of(&scopes),
                until: chance
                    .one_of(&[None, Some(1_000), Some(5_000)])
                    .map(|ms| model.now.plus(ms)),
            },
            1 => Self::Resume { scope: chance.one_of(&scopes) },
            2 => Self::Retry {
                id: any_task(chance, model)?,
                delay_ms: chance.one_of(&[None, Some(1_500)]),
            },
            3 => Self::Delete { id: any_task(chance, model)? },
            4 => Self::Prioritise {
                id: any_task(chance, model)?,
                priority: chance.one_of(&[5, 50, 95]),
            },
            5 => Self::Sweep,
            6 | 7 => {
                Self::Park { id: any_task(chance, model)?, worker: chance.below(WORKERS.len()) }
            }
            _ => Self::Cancel {
                id: any_task(chance, model)?,
                grace_ms: chance.one_of(&[0, 0, 5_000]),
                dependents: chance.one_of(&choices),
            },
        })
    }

    fn put(&self, batch: &mut Batch) -> usize {
        match self.clone() {
            Self::Cancel { id, grace_ms, dependents } => {
                Cancel { task: id, reason: None, grace_ms, dependents: Some(dependents) }
                    .put(meta(), batch)
            }
            Self::Retry { id, delay_ms } => {
                Retry { delay_ms, ..given::retry(id) }.put(meta(), batch)
            }
            Self::Pause { scope, until } => {
                Pause { scope, reason: None, until: until.map(Until::At) }.put(meta(), batch)
            }
            Self::Resume { scope } => Resume { scope }.put(meta(), batch),
            Self::Delete { id } => DeleteTask { task: id }.put(meta(), batch),
            Self::Prioritise { id, priority } => {
                Update { id: Some(id), priority: Some(priority), ..Update::default() }
                    .put(meta(), batch)
            }
            Self::Sweep => Sweep.put(meta(), batch),
            Self::Park { id, worker } => given::assign(id, WORKERS[worker]).put(meta(), batch),
        }
    }
}

impl New {
    fn draw(chance: &mut Chance, model: &Model) -> Self {
        let mut depends_on: Vec<TaskId> =
            (0..chance.below(3)).filter_map(|_| any_task(chance, model)).collect();
        depends_on.sort_unstable();
        depends_on.dedup();
        let choices = [OnDuplicate::Reject, OnDuplicate::Return, OnDuplicate::Replace];
        Self {
            priority: chance.one_of(&[10, 50, 50, 90]),
            role: chance.one_of(&[None, Some(0), Some(1)]),
            key: chance.one_of(&[None, None, None, Some(0), Some(1)]),
            on_duplicate: chance.one_of(&choices),
            delay_ms: chance.one_of(&[None, None, None, Some(500), Some(3_000)]),
            depends_on,
            max_attempts: chance.one_of(&[1, 2, 3]),
            follower: chance.once_in(4),
        }
    }

    fn task(&self) -> NewTask {
        let key = self.key.map(|key| KEYS[key].into());
        NewTask {
            priority: self.priority,
            delay_ms: self.delay_ms,
            depends_on: self.depends_on.iter().copied().map(Dependency::Task).collect(),
            roles: self.role.map(|role| ROLES[role].into()).into_iter().collect(),
            unique: key.map(|key| Unique { key, on_duplicate: self.on_duplicate }),
            max_attempts: self.max_attempts,
            ..given::task()
        }
    }
}

fn any_task(chance: &mut Chance, model: &Model) -> Option<TaskId> {
    let ids: Vec<TaskId> = model.tasks.keys().copied().collect();
    (!ids.is_empty()).then(|| chance.one_of(&ids))
}

/// Somebody who may be the holder, or not any more.
fn anybody(chance: &mut Chance, model: &Model, id: TaskId) -> Who {
    match chance.below(4) {
        0 => Who::Worker(chance.below(WORKERS.len())),
        1 => Who::Fence(model.tasks[&id].fence - 1),
        _ => Who::Fence(model.tasks[&id].fence),
    }
}

fn any_end(chance: &mut Chance) -> How {
    match chance.below(4) {
        0 | 1 => How::Completed,
        2 => How::Failed {
            retryable: !chance.once_in(4),
            snooze: chance.one_of(&[None, None, Some(2_000)]),
        },
        _ => How::Released { delay: chance.one_of(&[None, None, Some(2_000)]) },
    }
}

/// How a report says it.
fn ending(how: How) -> Ending {
    match how {
        How::Completed => Ending::Completed { result: None },
        How::Failed { retryable, snooze } => Ending::Failed {
            reason: "error".into(),
            error: None,
            retryable,
            retry_after_ms: snooze,
            snooze: snooze.is_some(),
        },
        How::Released { delay } => Ending::Released { reason: None, delay_ms: delay },
    }
}
