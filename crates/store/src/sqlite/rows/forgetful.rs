//! Rows that are not there when they are asked for the first time, as those of a backend are that
//! loads them in bulk.

use std::collections::HashSet;
use std::sync::Arc;

use claudebench_core::lane::PauseScope;
use claudebench_core::{Millis, TaskId, TenantId};

use super::SqliteRows;
use crate::batch::{Beat, IdempotencyKey};
use crate::change::{Dependents, Pause, ProcessBatch, Register, RetrySelection, Vote};
use crate::memory::{LaneId, Lanes, Pauses};
use crate::metrics::{Counted, Metric, MetricKey, WorkerKey, WorkerMetric};
use crate::row::{InstanceRow, KeyRow};
use crate::session::SessionRow;
use crate::task::{Held, Notes, Task};
use crate::write::{
    Base, CallOff, Completion, CountedTask, Done, GraphRows, LeaseRows, LogRows, MetricRows,
    NewAttachment, NewEvent, SessionRows, SharedRows, Stop, TaskRows,
};

/// The rows of SQLite, each missing until it was asked for in an earlier run.
pub(super) struct Forgetful<'a, 'c> {
    pub(super) rows: SqliteRows<'a, 'c>,
    /// What was asked for in earlier runs.
    pub(super) known: &'a HashSet<String>,
    /// What was missing in this one.
    pub(super) wanted: HashSet<String>,
}

impl Forgetful<'_, '_> {
    fn look(&mut self, key: String) -> Done<(), Self> {
        if self.known.contains(&key) {
            return Ok(());
        }
        self.wanted.insert(key);
        Err(Stop::Missing)
    }
}

/// Looks are missing the first time; what writes goes through.
macro_rules! served {
    (looks: $(fn $name:ident($($arg:ident: $of:ty),*) -> $answer:ty;)*
     writes: $(fn $write:ident($($given:ident: $kind:ty),*) -> $done:ty;)*) => {
        $(fn $name(&mut self $(, $arg: $of)*) -> Done<$answer, Self> {
            self.look(format!("{} {:?}", stringify!($name), ($(&$arg,)*)))?;
            self.rows.$name($($arg),*)
        })*
        $(fn $write(&mut self $(, $given: $kind)*) -> Done<$done, Self> {
            self.rows.$write($($given),*)
        })*
    };
}

impl Base for Forgetful<'_, '_> {
    type Error = rusqlite::Error;

    fn fault(what: Box<dyn std::error::Error + Send + Sync>) -> rusqlite::Error {
        SqliteRows::fault(what)
    }

    fn traces(&self) -> [u64; 3] {
        self.rows.traces()
    }

    fn name(&mut self, name: &'static str) -> Arc<str> {
        self.rows.name(name)
    }
}

impl LogRows for Forgetful<'_, '_> {
    served! {
        looks:
        writes:
        fn append(event: NewEvent<'_>, last_event: Option<&mut i64>) -> ();
        fn number() -> i64;
        fn clean(now: Millis) -> i64;
    }

    fn count(&mut self, of: &CountedTask<'_>, kind: usize, by: i64) {
        self.rows.count(of, kind, by);
    }

    fn more_due(&mut self, now: Millis) -> bool {
        self.rows.more_due(now)
    }
}

impl TaskRows for Forgetful<'_, '_> {
    served! {
        looks:
        fn task(tenant: TenantId, id: TaskId) -> Option<Task>;
        fn live_with_key(tenant: TenantId, key: &str) -> Option<Task>;
        fn ready_in(lane: LaneId, max: usize) -> Vec<Task>;
        fn due(now: Millis, max: usize) -> Vec<Task>;
        fn parked_on(tenant: TenantId, instance: &str) -> Vec<TaskId>;
        fn dead(tenant: TenantId, which: &RetrySelection) -> Vec<TaskId>;
        writes:
        fn ids(count: usize, now: Millis) -> Vec<TaskId>;
        fn insert(task: &Task) -> ();
        fn save(task: &Task) -> ();
        fn save_claim(task: &Task, held: &Held) -> ();
        fn save_completion(completion: &Completion<'_>) -> ();
        fn erase(task: &Task) -> ();
        fn mark_depended_on(on: TaskId) -> ();
        fn forget_words(task: &Task) -> ();
        fn learn_words(task: &Task) -> ();
        fn all_due() -> ();
        fn look_again(tenant: TenantId, now: Millis) -> ();
        fn look_at_others(tenant: TenantId, now: Millis) -> ();
        fn flush(tenant: TenantId) -> i64;
    }

    fn lanes(&mut self) -> &mut Lanes {
        self.rows.lanes()
    }
}

impl LeaseRows for Forgetful<'_, '_> {
    served! {
        looks:
        fn lease(task: TaskId) -> Option<&Held>;
        fn called_off(task: TaskId) -> (Option<String>, Option<Dependents>);
        fn leases_of(tenant: TenantId, worker: &Arc<str>) -> Vec<TaskId>;
        fn leases_due(now: Millis, max: usize) -> Vec<TaskId>;
        writes:
        fn hold(held: Held) -> ();
        fn extend(held: Held, beat: Option<&Beat>) -> ();
        fn let_go(task: TaskId) -> Option<(Held, Notes)>;
        fn call_off(task: TaskId, call: &CallOff<'_>) -> ();
        fn call_off_anew(task: TaskId, reason: Option<&str>, all: Option<Dependents>) -> ();
    }
}

impl GraphRows for Forgetful<'_, '_> {
    served! {
        looks:
        fn open_dependents(on: TaskId) -> Vec<TaskId>;
        fn pending_dependents(on: TaskId) -> Vec<TaskId>;
        fn count_dependents(on: TaskId) -> i64;
        fn open_dependencies(task: TaskId) -> Vec<TaskId>;
        writes:
        fn add_dependency(tenant: TenantId, task: TaskId, on: TaskId, done: bool) -> ();
        fn move_dependencies(from: TaskId, to: TaskId) -> ();
        fn close_dependencies(on: TaskId) -> ();
    }
}

impl SessionRows for Forgetful<'_, '_> {
    served! {
        looks:
        fn session(tenant: TenantId, id: &Arc<str>) -> Option<SessionRow>;
        fn count_sessions(tenant: TenantId) -> i64;
        writes:
        fn put_session(row: SessionRow) -> ();
    }
}

impl SharedRows for Forgetful<'_, '_> {
    served! {
        looks:
        fn attachment(task: TaskId, key: &str) -> Option<(i64, Millis)>;
        fn kept(tenant: TenantId, key: &str, now: Millis) -> Option<([u8; 32], String)>;
        fn online(tenant: TenantId, instance: &str) -> Option<bool>;
        fn count_instances(tenant: TenantId) -> i64;
        fn is_registered(tenant: TenantId, register: &Register) -> bool;
        fn count_config(tenant: TenantId, besides: &str) -> i64;
        fn count_keys() -> i64;
        fn tenant(name: &str) -> TenantId;
        fn decision(tenant: TenantId, decision: &str) -> Option<(String, i64)>;
        fn tally(tenant: TenantId, decision: &str) -> (String, i64);
        fn batch(tenant: TenantId, id: &str) -> Option<(String, i64)>;
        writes:
        fn put_attachment(new: &NewAttachment<'_>) -> ();
        fn delete_attachment(task: TaskId, key: &str, id: i64) -> ();
        fn keep(tenant: TenantId, key: &IdempotencyKey, answer: &str, until: Millis) -> ();
        fn register(tenant: TenantId, register: &Register, now: Millis) -> InstanceRow;
        fn take_offline(tenant: TenantId, instance: &str, seen: Millis, now: Millis) -> bool;
        fn stamp(tenant: TenantId, instance: &str, seen: Millis) -> ();
        fn put_pause(
            tenant: TenantId, pause: &Pause, until: Option<Millis>, by: &str, now: Millis
        ) -> ();
        fn end_pause(tenant: TenantId, scope: &PauseScope) -> bool;
        fn set_config(tenant: TenantId, key: &str, value: &str, now: Millis) -> ();
        fn add_key(key: &KeyRow) -> ();
        fn revoke_key(id: &str, only: Option<TenantId>) -> bool;
        fn end_login(tenant: TenantId, login: &Arc<str>, now: Millis) -> ();
        fn put_vote(tenant: TenantId, vote: &Vote, now: Millis) -> ();
        fn decide(
            tenant: TenantId, decision: &str, value: &str, votes: i64, now: Millis
        ) -> ();
        fn take_batch(tenant: TenantId, batch: &ProcessBatch, now: Millis) -> ();
    }

    fn pauses(&mut self) -> &Pauses {
        self.rows.pauses()
    }
}

impl MetricRows for Forgetful<'_, '_> {
    served! {
        looks:
        fn counted() -> Counted;
        fn metric(key: &MetricKey) -> Option<Metric>;
        fn worker_metric(key: &WorkerKey) -> Option<WorkerMetric>;
        writes:
        fn put_counted(counted: &Counted) -> ();
        fn put_metric(key: &MetricKey, metric: &Metric) -> ();
        fn put_worker_metric(key: &WorkerKey, metric: &WorkerMetric) -> ();
        fn clear_metrics(since: Millis, max: usize) -> usize;
    }
}
