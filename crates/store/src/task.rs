//! A task and its lease as the rules of writing know them, whatever keeps their rows.

use std::sync::Arc;

use claudebench_core::lane::Lane;
use claudebench_core::{Millis, TaskId, TenantId};

use crate::memory::LaneId;
use crate::row::TaskRow;

/// What a pending task waits for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Phase {
    /// It is not pending.
    None = 0,
    /// A worker.
    Ready = 1,
    /// Its time.
    Scheduled = 2,
    /// Other tasks.
    Blocked = 3,
}

impl Phase {
    pub(crate) fn from_number(number: i64) -> Option<Self> {
        [Self::None, Self::Ready, Self::Scheduled, Self::Blocked]
            .into_iter()
            .find(|phase| *phase as i64 == number)
    }
}

/// A task with what only the writer needs.
#[derive(Clone, Debug)]
pub(crate) struct Task {
    pub(crate) row: TaskRow,
    pub(crate) tenant: TenantId,
    pub(crate) phase: Phase,
    pub(crate) lane: Option<LaneId>,
    pub(crate) rank: i64,
    pub(crate) last_event: i64,
    pub(crate) has_dependents: bool,
    pub(crate) settled: i64,
    /// Of a task that is held: the length of its lease, and whether that was asked for.
    pub(crate) held: Option<(i64, bool)>,
}

impl Task {
    /// The lane it waits in when it is ready.
    pub(crate) fn lane(&self) -> Lane {
        Lane {
            tenant: self.tenant,
            assignee: self.row.assigned_to.as_deref().map(Arc::from),
            project: self.row.project.clone(),
            roles: self.row.roles.clone(),
            tags: self.row.tags.clone(),
        }
    }
}

/// Who holds a task that was set going by hand, without saying by whom. No worker has this name,
/// and the task's row says neither a worker nor a lease.
pub(crate) const NOBODY: &str = "";

/// A lease, as the writer needs it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Held {
    pub(crate) task: TaskId,
    pub(crate) tenant: TenantId,
    pub(crate) worker: Arc<str>,
    pub(crate) fence: i64,
    pub(crate) attempt: i64,
    pub(crate) lease_ms: i64,
    pub(crate) explicit: bool,
    pub(crate) expires_at: Millis,
    pub(crate) deadline_at: Option<Millis>,
    /// When its worker must have stopped, once the task is called off.
    pub(crate) cancel_at: Option<Millis>,
    /// Heartbeats or a cancellation have made it a row of its own.
    pub(crate) has_row: bool,
    /// The task as its claim left it, while nothing else has written its row.
    pub(crate) untouched: Option<Untouched>,
}

/// What completing a task needs to know of it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Untouched {
    pub(crate) version: i64,
    pub(crate) last_event: i64,
    pub(crate) created_at: Millis,
    pub(crate) started_at: Option<Millis>,
    pub(crate) priority: i64,
    pub(crate) project: Option<Arc<str>>,
    pub(crate) attachment_count: i64,
    pub(crate) has_dependents: bool,
}

impl Held {
    /// The worker, if it is one's.
    pub(crate) fn holder(&self) -> Option<&str> {
        Some(&*self.worker).filter(|worker| *worker != NOBODY)
    }

    /// When something must be done about it.
    pub(crate) fn due(&self) -> i64 {
        let ends = [Some(self.expires_at), self.deadline_at, self.cancel_at];
        ends.into_iter().flatten().min().map_or(i64::MAX, |end| end.0)
    }
}

/// What a worker has noted on its lease; what it has not said is absent.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    pub(crate) progress: Option<f64>,
    pub(crate) note: Option<String>,
    pub(crate) checkpoint: Option<String>,
}
