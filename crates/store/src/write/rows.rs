//! What the rules of writing ask of whatever keeps the rows: the seam between rules, which are
//! written once, and backends.
//!
//! A backend answers at once, or says that a row is not here yet (`Stop::Missing`). One whose rows
//! come in bulk then loads all that was missing and runs the whole batch again from its beginning;
//! so a method that writes does nothing but to these rows before the transaction ends. What a list
//! of ids names is asked for next: such a backend does well to fetch the tasks with the list.

use std::sync::Arc;

use claudebench_core::lane::PauseScope;
use claudebench_core::{Millis, TaskId, TenantId};
use serde_json::value::RawValue;

use super::tx::Done;
use crate::batch::{Beat, IdempotencyKey};
use crate::change::{Dependents, Pause, ProcessBatch, Register, RetrySelection, Vote};
use crate::memory::{LaneId, Lanes, Pauses};
use crate::metrics::{Counted, Metric, MetricKey, WorkerKey, WorkerMetric};
use crate::row::{AttachmentBody, InstanceRow, KeyRow};
use crate::session::SessionRow;
use crate::task::{Held, Notes, Task};

/// What is asked of every backend's rows.
pub(crate) trait Base {
    /// An error of the database: the whole transaction is undone.
    type Error: std::error::Error;

    /// An error of this program, as one of the database's.
    fn fault(what: Box<dyn std::error::Error + Send + Sync>) -> Self::Error;

    /// What nearly every change leaves behind: whoever finds it as it was has changed nothing.
    fn traces(&self) -> [u64; 3];

    /// A name that is used often, allocated once.
    fn name(&mut self, name: &'static str) -> Arc<str>;
}

/// An event to be written.
pub(crate) struct NewEvent<'a> {
    /// Its type.
    pub(crate) name: &'static str,
    /// Whose data.
    pub(crate) tenant: TenantId,
    /// When.
    pub(crate) at: Millis,
    /// The task that it is about.
    pub(crate) task: Option<TaskId>,
    /// That task's version.
    pub(crate) version: Option<i64>,
    /// That task's attempt.
    pub(crate) attempt: Option<i64>,
    /// That task's project.
    pub(crate) project: Option<Arc<str>>,
    /// Who.
    pub(crate) actor: &'a Arc<str>,
    /// The W3C trace context of the call.
    pub(crate) traceparent: Option<&'a Arc<str>>,
    /// The session of the call.
    pub(crate) session: Option<&'a Arc<str>>,
    /// The fact, as JSON.
    pub(crate) payload: Box<RawValue>,
}

/// A task that is counted.
pub(crate) struct CountedTask<'a> {
    /// Whose.
    pub(crate) tenant: TenantId,
    /// Which.
    pub(crate) task: TaskId,
    /// Of which project.
    pub(crate) project: Option<&'a Arc<str>>,
    /// Who has or had it. One that stays the same need not be told.
    pub(crate) assignee: Option<&'a str>,
}

/// The log, and the numbers of tasks by what they are.
pub(crate) trait LogRows: Base {
    /// Writes an event; the backend gives it its place. `last_event` is the mark that the task's
    /// row keeps of its newest event: backends that find a task's events by it read and move it.
    fn append(&mut self, event: NewEvent<'_>, last_event: Option<&mut i64>) -> Done<(), Self>;

    /// A number for an attachment, which never comes again.
    fn number(&mut self) -> Done<i64, Self>;

    /// A task becomes one of a kind, or is one no more: adds to a number of the tenant, and of the
    /// project in it. Kinds are ready, scheduled, blocked, in progress, completed, failed and
    /// cancelled.
    fn count(&mut self, of: &CountedTask<'_>, kind: usize, by: i64);

    /// Drops rows past their retention, a bounded number; says how many. Backends that do this
    /// elsewhere drop none here.
    fn clean(&mut self, now: Millis) -> Done<i64, Self>;

    /// Whether time alone has brought about more than was dealt with.
    fn more_due(&mut self, now: Millis) -> bool;
}

/// What a task's completion changes in its row, when nothing but its claim has written that.
pub(crate) struct Completion<'a> {
    /// The task.
    pub(crate) task: TaskId,
    /// Its version now.
    pub(crate) version: i64,
    /// Its newest event, as `append` has left it.
    pub(crate) last_event: i64,
    /// The mark of the report.
    pub(crate) settled: i64,
    /// When.
    pub(crate) at: Millis,
    /// Who completed it.
    pub(crate) worker: &'a str,
    /// How many attachments it has.
    pub(crate) attachment_count: i64,
}

/// Tasks, and which of them are ready.
pub(crate) trait TaskRows: Base {
    /// The task, if it is the tenant's.
    fn task(&mut self, tenant: TenantId, id: TaskId) -> Done<Option<Task>, Self>;

    /// The task that is pending or in progress under a unique key.
    fn live_with_key(&mut self, tenant: TenantId, key: &str) -> Done<Option<Task>, Self>;

    /// Ids for so many new tasks, in order. Asked once a call; those that are not used may come
    /// again.
    fn ids(&mut self, count: usize, now: Millis) -> Done<Vec<TaskId>, Self>;

    /// Writes a new task, with its labels.
    fn insert(&mut self, task: &Task) -> Done<(), Self>;

    /// Writes everything of a task that can change. Its row is not what a claim left any more.
    fn save(&mut self, task: &Task) -> Done<(), Self>;

    /// Writes what a claim changes. The lease is remembered by [`LeaseRows::hold`].
    fn save_claim(&mut self, task: &Task, held: &Held) -> Done<(), Self>;

    /// Writes what a completion changes in a row that is as its claim left it. Backends whose
    /// leases are never [`untouched`](Held::untouched) are not asked.
    fn save_completion(&mut self, completion: &Completion<'_>) -> Done<(), Self>;

    /// Deletes the rows of a task that is out of every count, queue and lease.
    fn erase(&mut self, task: &Task) -> Done<(), Self>;

    /// Others wait for the task, whoever holds it.
    fn mark_depended_on(&mut self, on: TaskId) -> Done<(), Self>;

    /// The task's text is about to change: its words are not found any more.
    fn forget_words(&mut self, task: &Task) -> Done<(), Self>;

    /// The task's text has changed.
    fn learn_words(&mut self, task: &Task) -> Done<(), Self>;

    /// The best ready tasks of a lane, best first.
    fn ready_in(&mut self, lane: LaneId, max: usize) -> Done<Vec<Task>, Self>;

    /// Scheduled tasks whose time has come, earliest first. [`all_due`](Self::all_due) is called
    /// when they are dealt with.
    fn due(&mut self, now: Millis, max: usize) -> Done<Vec<Task>, Self>;

    /// Those that were due are saved.
    fn all_due(&mut self) -> Done<(), Self>;

    /// The pending tasks that are parked on an instance, oldest first.
    fn parked_on(&mut self, tenant: TenantId, instance: &str) -> Done<Vec<TaskId>, Self>;

    /// Dead letters by project, tag and reason, oldest first, but for those whose unique key is
    /// another's now.
    fn dead(&mut self, tenant: TenantId, which: &RetrySelection) -> Done<Vec<TaskId>, Self>;

    /// Which lanes there are.
    fn lanes(&mut self) -> &mut Lanes;

    /// Looks again which lanes of a tenant have tasks; at most once in a while.
    fn look_again(&mut self, tenant: TenantId, now: Millis) -> Done<(), Self>;

    /// The same for some of the lanes that others than this tenant have.
    fn look_at_others(&mut self, tenant: TenantId, now: Millis) -> Done<(), Self>;

    /// Deletes all tasks of a tenant with all that belongs to them, and its numbers; says how
    /// many there were.
    fn flush(&mut self, tenant: TenantId) -> Done<i64, Self>;
}

/// That a worker is to stop.
pub(crate) struct CallOff<'a> {
    /// When it was asked.
    pub(crate) asked_at: Millis,
    /// When it must have stopped.
    pub(crate) at: Millis,
    /// Why.
    pub(crate) reason: Option<&'a str>,
    /// What becomes of the task's dependents.
    pub(crate) dependents: Dependents,
}

/// Leases.
pub(crate) trait LeaseRows: Base {
    /// The lease of a task.
    fn lease(&mut self, task: TaskId) -> Done<Option<&Held>, Self>;

    /// A lease begins.
    fn hold(&mut self, held: Held) -> Done<(), Self>;

    /// A lease has changed: by a sign of life, or because its task is called off.
    fn extend(&mut self, held: Held, beat: Option<&Beat>) -> Done<(), Self>;

    /// A lease ends: what it was, and what its worker noted.
    fn let_go(&mut self, task: TaskId) -> Done<Option<(Held, Notes)>, Self>;

    /// The worker that holds the task is to stop.
    fn call_off(&mut self, task: TaskId, call: &CallOff<'_>) -> Done<(), Self>;

    /// The same is said anew; what is not given stays as it was.
    fn call_off_anew(
        &mut self,
        task: TaskId,
        reason: Option<&str>,
        dependents: Option<Dependents>,
    ) -> Done<(), Self>;

    /// Why the worker is to stop, and what becomes of the task's dependents.
    fn called_off(&mut self, task: TaskId) -> Done<(Option<String>, Option<Dependents>), Self>;

    /// The tasks that a worker holds, oldest first.
    fn leases_of(&mut self, tenant: TenantId, worker: &Arc<str>) -> Done<Vec<TaskId>, Self>;

    /// At most `max` tasks whose lease has something due, earliest first.
    fn leases_due(&mut self, now: Millis, max: usize) -> Done<Vec<TaskId>, Self>;
}

/// Which tasks wait for which. A dependency is open until that task is completed. The rules walk on
/// from what they get, to the tasks themselves and to what waits for those.
pub(crate) trait GraphRows: Base {
    /// A task depends on another, which may be completed already.
    fn add_dependency(
        &mut self,
        tenant: TenantId,
        task: TaskId,
        on: TaskId,
        done: bool,
    ) -> Done<(), Self>;

    /// The tasks whose dependency on this one is open, oldest first.
    fn open_dependents(&mut self, on: TaskId) -> Done<Vec<TaskId>, Self>;

    /// The pending ones of them.
    fn pending_dependents(&mut self, on: TaskId) -> Done<Vec<TaskId>, Self>;

    /// How many of them there are.
    fn count_dependents(&mut self, on: TaskId) -> Done<i64, Self>;

    /// The tasks that one still waits for.
    fn open_dependencies(&mut self, task: TaskId) -> Done<Vec<TaskId>, Self>;

    /// Whatever waits for one task waits for another instead.
    fn move_dependencies(&mut self, from: TaskId, to: TaskId) -> Done<(), Self>;

    /// Nothing waits for the task any more.
    fn close_dependencies(&mut self, on: TaskId) -> Done<(), Self>;
}

/// An attachment to be written.
pub(crate) struct NewAttachment<'a> {
    /// Its number.
    pub(crate) id: i64,
    /// Whose data.
    pub(crate) tenant: TenantId,
    /// Of which task.
    pub(crate) task: TaskId,
    /// What it is.
    pub(crate) body: &'a AttachmentBody,
    /// By whom.
    pub(crate) by: &'a str,
    /// When it was first written.
    pub(crate) created_at: Millis,
    /// When it is written now.
    pub(crate) at: Millis,
}

/// What is besides tasks.
pub(crate) trait SharedRows: Base {
    /// The number of a task's attachment, and when it was first written.
    fn attachment(&mut self, task: TaskId, key: &str) -> Done<Option<(i64, Millis)>, Self>;

    /// Writes an attachment, over the one with its number.
    fn put_attachment(&mut self, new: &NewAttachment<'_>) -> Done<(), Self>;

    /// Deletes an attachment.
    fn delete_attachment(&mut self, task: TaskId, key: &str, id: i64) -> Done<(), Self>;

    /// What is kept under an idempotency key: the fingerprint, and the answer.
    fn kept(
        &mut self,
        tenant: TenantId,
        key: &str,
        now: Millis,
    ) -> Done<Option<([u8; 32], String)>, Self>;

    /// Keeps an answer under an idempotency key.
    fn keep(
        &mut self,
        tenant: TenantId,
        key: &IdempotencyKey,
        answer: &str,
        until: Millis,
    ) -> Done<(), Self>;

    /// Whether an instance that is known is online.
    fn online(&mut self, tenant: TenantId, instance: &str) -> Done<Option<bool>, Self>;

    /// How many instances of a tenant are known.
    fn count_instances(&mut self, tenant: TenantId) -> Done<i64, Self>;

    /// Writes an instance as it registers.
    fn register(
        &mut self,
        tenant: TenantId,
        register: &Register,
        now: Millis,
    ) -> Done<InstanceRow, Self>;

    /// Whether an instance is online as it was registered.
    fn is_registered(&mut self, tenant: TenantId, register: &Register) -> Done<bool, Self>;

    /// Takes an instance offline, if it is online and was heard of no later than `seen`, or after
    /// `now`; says whether that was so.
    fn take_offline(
        &mut self,
        tenant: TenantId,
        instance: &str,
        seen: Millis,
        now: Millis,
    ) -> Done<bool, Self>;

    /// An instance was heard of.
    fn stamp(&mut self, tenant: TenantId, instance: &str, seen: Millis) -> Done<(), Self>;

    /// What is paused.
    fn pauses(&mut self) -> &Pauses;

    /// A pause begins, or another goes on at the same scope.
    fn put_pause(
        &mut self,
        tenant: TenantId,
        pause: &Pause,
        until: Option<Millis>,
        by: &str,
        now: Millis,
    ) -> Done<(), Self>;

    /// A pause is over; says whether there was one.
    fn end_pause(&mut self, tenant: TenantId, scope: &PauseScope) -> Done<bool, Self>;

    /// How many values of the configuration there are besides one.
    fn count_config(&mut self, tenant: TenantId, besides: &str) -> Done<i64, Self>;

    /// Writes a value of the configuration.
    fn set_config(
        &mut self,
        tenant: TenantId,
        key: &str,
        value: &str,
        now: Millis,
    ) -> Done<(), Self>;

    /// How many API keys there are, of all tenants.
    fn count_keys(&mut self) -> Done<i64, Self>;

    /// The tenant of this name; made when there is none.
    fn tenant(&mut self, name: &str) -> Done<TenantId, Self>;

    /// Writes a new API key.
    fn add_key(&mut self, key: &KeyRow) -> Done<(), Self>;

    /// Deletes an API key, of one tenant or of any; says whether there was one.
    fn revoke_key(&mut self, id: &str, only: Option<TenantId>) -> Done<bool, Self>;

    /// Writes that a session of a person has ended; it may have been written before.
    fn end_login(&mut self, tenant: TenantId, login: &Arc<str>, now: Millis) -> Done<(), Self>;

    /// What was decided, and by how many votes.
    fn decision(&mut self, tenant: TenantId, decision: &str) -> Done<Option<(String, i64)>, Self>;

    /// Writes a vote, over the one that the same instance gave before.
    fn put_vote(&mut self, tenant: TenantId, vote: &Vote, now: Millis) -> Done<(), Self>;

    /// The value with the most votes, the first by its text among several, and how many.
    fn tally(&mut self, tenant: TenantId, decision: &str) -> Done<(String, i64), Self>;

    /// Writes what was decided.
    fn decide(
        &mut self,
        tenant: TenantId,
        decision: &str,
        value: &str,
        votes: i64,
        now: Millis,
    ) -> Done<(), Self>;

    /// Who processes a batch, and how many items it has.
    fn batch(&mut self, tenant: TenantId, id: &str) -> Done<Option<(String, i64)>, Self>;

    /// Somebody processes a batch.
    fn take_batch(&mut self, tenant: TenantId, batch: &ProcessBatch, now: Millis)
    -> Done<(), Self>;
}

/// Sessions of agents.
pub(crate) trait SessionRows: Base {
    /// What is known of a session.
    fn session(&mut self, tenant: TenantId, id: &Arc<str>) -> Done<Option<SessionRow>, Self>;

    /// Writes a session.
    fn put_session(&mut self, row: SessionRow) -> Done<(), Self>;

    /// How many sessions of a tenant are known.
    fn count_sessions(&mut self, tenant: TenantId) -> Done<i64, Self>;
}

/// The figures of dashboards. What is asked for is known from the change that asks.
pub(crate) trait MetricRows: Base {
    /// How far the log was counted.
    fn counted(&mut self) -> Done<Counted, Self>;

    /// It was counted on.
    fn put_counted(&mut self, counted: &Counted) -> Done<(), Self>;

    /// A metric, if there is one.
    fn metric(&mut self, key: &MetricKey) -> Done<Option<Metric>, Self>;

    /// Writes a metric.
    fn put_metric(&mut self, key: &MetricKey, metric: &Metric) -> Done<(), Self>;

    /// What a worker did on a day, if anything.
    fn worker_metric(&mut self, key: &WorkerKey) -> Done<Option<WorkerMetric>, Self>;

    /// Writes what a worker did.
    fn put_worker_metric(&mut self, key: &WorkerKey, metric: &WorkerMetric) -> Done<(), Self>;

    /// Drops figures of all tenants that begin then or later, at most so many; says how many there
    /// were.
    fn clear_metrics(&mut self, since: Millis, max: usize) -> Done<usize, Self>;
}

/// Rows under one transaction.
pub(crate) trait Rows:
    LogRows + TaskRows + LeaseRows + GraphRows + SharedRows + SessionRows + MetricRows
{
}

impl<R: LogRows + TaskRows + LeaseRows + GraphRows + SharedRows + SessionRows + MetricRows> Rows
    for R
{
}
