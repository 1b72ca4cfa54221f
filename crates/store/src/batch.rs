//! One transaction's worth of writes: a column per kind of hot write, and one for the rest.

use std::fmt;
use std::sync::Arc;

use claudebench_core::backoff::Backoff;
use claudebench_core::event::Event;
use claudebench_core::lane::{Lane, PauseScope, Wanted};
use claudebench_core::{Millis, Status, TaskId, TenantId};
use serde::{Deserialize, Serialize};

use crate::change::{Change, Changed};
use crate::refusal::Refusal;
use crate::row::{Lease, TaskRow};

/// Who writes, in which trace, and under which idempotency key.
#[derive(Clone, Debug)]
pub struct Meta {
    /// Whose data.
    pub tenant: TenantId,
    /// Who, as it will stand in the events.
    pub actor: Arc<str>,
    /// The W3C trace context of the call.
    pub traceparent: Option<Arc<str>>,
    /// The session of an agent that the call belongs to.
    pub session: Option<Arc<str>>,
    /// The call's idempotency key.
    pub key: Option<Arc<IdempotencyKey>>,
}

/// An idempotency key with what it stands for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IdempotencyKey {
    /// The caller's key.
    pub key: String,
    /// A hash of the method and its params.
    pub fingerprint: [u8; 32],
}

/// A write and who makes it.
#[derive(Clone, Debug)]
pub struct Item<T> {
    /// Who.
    pub meta: Meta,
    /// What.
    pub body: T,
}

/// One transaction. Columns are applied in this order, so that what a report frees can be claimed
/// at once.
#[derive(Clone, Debug, Default)]
#[allow(missing_docs, reason = "a column per kind of write")]
pub struct Batch {
    pub reports: Vec<Item<Reports>>,
    pub creates: Vec<Item<Create>>,
    pub beats: Vec<Item<Beat>>,
    pub changes: Vec<Item<Change>>,
    pub claims: Vec<Item<ClaimTasks>>,
    /// Claims that wait: asked last, when the batch has made tasks ready.
    pub parked: Option<Arc<dyn Parked>>,
}

impl Batch {
    /// How many writes it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.reports.len()
            + self.creates.len()
            + self.beats.len()
            + self.changes.len()
            + self.claims.len()
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// What became of a write of reports: each is accepted or refused alone.
pub type Reported = Vec<Result<Settled, Refusal>>;

/// What became of a batch: one outcome a write, in the same order, and what its commit tells the
/// others.
#[derive(Debug, Default)]
#[allow(missing_docs, reason = "a column per kind of write")]
pub struct Outcomes {
    pub reports: Vec<Option<Result<Reported, Refusal>>>,
    pub creates: Vec<Option<Result<Vec<Created>, Refusal>>>,
    pub beats: Vec<Option<Result<Beaten, Refusal>>>,
    pub changes: Vec<Option<Result<Changed, Refusal>>>,
    pub claims: Vec<Option<Result<Claimed, Refusal>>>,
    /// The events, in the order of the log.
    pub events: Vec<Arc<Event>>,
    /// What parked claims got in the same transaction.
    pub handed: Vec<(Ticket, Handed)>,
    /// Ready tasks that came and that nobody took.
    pub ready: Vec<Gained>,
    /// Whether a pause or resume came along: all waiters should look again.
    pub reopened: bool,
}

/// Ready tasks that came to a lane.
#[derive(Clone, Debug)]
pub struct Gained {
    /// The lane.
    pub lane: Arc<Lane>,
    /// How many.
    pub count: usize,
    /// What is paused of the tenant's.
    pub pauses: Arc<[PauseScope]>,
}

/// The place of a parked claim among all that wait.
pub type Ticket = u64;

/// What a parked claim got: tasks or a refusal; `None` when it waits on.
pub type Handed = Option<Result<Claimed, Refusal>>;

/// Claims that wait for work. A writer asks for them in the transaction that makes tasks ready, so
/// that a hand-over takes one commit instead of two.
pub trait Parked: fmt::Debug + Send + Sync {
    /// The next claim that may take from these. Every ticket is settled once.
    fn take(&self, gained: &Gained) -> Option<(Ticket, Item<ClaimTasks>)>;
    /// What became of a claim that was taken, once that is durable.
    fn settle(&self, ticket: Ticket, answer: Handed);
    /// Tasks of a tenant were claimed, and nobody is there to hear of it: they go back.
    fn abandon(&self, tenant: TenantId, claimed: Claimed);
}

/// A write knows its column, so that the committer needs to know none.
pub trait Write: Send + 'static {
    /// What it answers.
    type Reply: Send + 'static;
    /// Puts itself in its column, and says at which place.
    fn put(self, meta: Meta, batch: &mut Batch) -> usize;
    /// Takes its answer from there.
    fn take(outcomes: &mut Outcomes, place: usize) -> Option<Result<Self::Reply, Refusal>>;
    /// Nobody is there to hear the answer: what has to go back.
    fn unheard(_: Self::Reply) -> Option<Claimed> {
        None
    }
}

/// Makes tasks: all or none.
#[derive(Clone, Debug)]
pub struct Create {
    /// The tasks.
    pub tasks: Vec<NewTask>,
}

/// A task to be made.
#[derive(Clone, Debug, Default)]
#[allow(missing_docs, reason = "named after the fields of a task")]
pub struct NewTask {
    pub text: String,
    pub priority: i64,
    pub metadata: Option<String>,
    pub run_at: Option<Millis>,
    /// Instead of `run_at`: after so many milliseconds, by the store's clock.
    pub delay_ms: Option<i64>,
    pub depends_on: Vec<Dependency>,
    pub parent: Option<TaskId>,
    pub project: Option<Arc<str>>,
    /// Sorted, without repeats.
    pub roles: Vec<Arc<str>>,
    /// Sorted, without repeats.
    pub tags: Vec<Arc<str>>,
    pub unique: Option<Unique>,
    pub max_attempts: i64,
    pub lease_ms: Option<i64>,
    pub deadline_ms: Option<i64>,
    pub backoff: Option<Backoff>,
}

/// What a new task depends on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Dependency {
    /// A task that exists.
    Task(TaskId),
    /// The task at this place of the same call.
    Place(usize),
}

/// A unique key: at most one live task has it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unique {
    /// The key.
    pub key: String,
    /// What to do when a live task has it.
    pub on_duplicate: OnDuplicate,
}

/// What to do when a live task has the same unique key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OnDuplicate {
    /// Refuse.
    Reject,
    /// Answer with the task that lives.
    Return,
    /// Cancel the task that lives if nobody works on it, and make the new one, for which its
    /// dependents wait then.
    Replace,
}

/// A task that was made, or the one that lived already.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Created {
    /// Its id.
    pub id: TaskId,
    /// When it was made.
    pub created_at: Millis,
    /// The task that lived already under the unique key.
    pub existing: Option<Box<TaskRow>>,
}

/// Reports of workers on their tasks; each stands alone.
#[derive(Clone, Debug)]
pub struct Reports {
    /// The reports.
    pub items: Vec<Report>,
}

/// A worker's report that an attempt has ended.
#[derive(Clone, Debug)]
pub struct Report {
    /// The task.
    pub task: TaskId,
    /// The lease's fencing token. Without it, the rule of clients that know none: the task must
    /// be in progress (or parked on somebody), and be held by `worker` where that is given.
    pub fence: Option<i64>,
    /// Who reports.
    pub worker: Option<Arc<str>>,
    /// How it ended.
    pub ending: Ending,
}

/// How an attempt ended.
#[derive(Clone, Debug)]
pub enum Ending {
    /// With success.
    Completed {
        /// The result: JSON.
        result: Option<String>,
    },
    /// Without, and for good: the contract's `task.complete` with an error.
    CompletedFailed {
        /// The result: JSON.
        result: Option<String>,
        /// The error's text.
        error: Option<String>,
    },
    /// Without, to be tried again if that may help.
    Failed {
        /// The reason's name.
        reason: String,
        /// The error's text.
        error: Option<String>,
        /// Whether trying again may help.
        retryable: bool,
        /// How long to wait, instead of the backoff.
        retry_after_ms: Option<i64>,
        /// Counts neither as an attempt nor as a loss (a provider asks to come back later).
        snooze: bool,
    },
    /// Given back: ready again at once, not counted as an attempt.
    Released {
        /// Why.
        reason: Option<String>,
        /// Ready again only after so many milliseconds.
        delay_ms: Option<i64>,
    },
}

/// What a report did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settled {
    /// The task.
    pub task: TaskId,
    /// Where it stands now.
    pub status: Status,
    /// When.
    pub at: Millis,
    /// The attempt that ended; of a repeated report, the attempts so far.
    pub attempt: i64,
    /// When it may be claimed again.
    pub retry_at: Option<Millis>,
    /// Whether it is a dead letter now.
    pub dead: bool,
    /// The same report came before; nothing was done again.
    pub repeated: bool,
}

/// A sign of life for one lease.
#[derive(Clone, Debug)]
pub struct Beat {
    /// The task.
    pub task: TaskId,
    /// The lease's fencing token; without it `worker` must hold the task.
    pub fence: Option<i64>,
    /// Who.
    pub worker: Option<Arc<str>>,
    /// Extends by so many milliseconds, instead of the lease's own length.
    pub lease_ms: Option<i64>,
    /// 0 to 1.
    pub progress: Option<f64>,
    /// What it does now.
    pub note: Option<String>,
    /// JSON for the next attempt, should this one fail.
    pub checkpoint: Option<String>,
}

/// What a sign of life did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Beaten {
    /// The lease now.
    pub lease: Lease,
    /// The task is to stop: why, and when the fence moves on.
    pub cancelled: Option<(Option<String>, Millis)>,
}

/// Claims ready tasks, best first.
#[derive(Clone, Debug)]
pub struct ClaimTasks {
    /// By whom, and which.
    pub wanted: Wanted,
    /// This one task, or a refusal that says why not.
    pub task: Option<TaskId>,
    /// At most so many.
    pub max: usize,
    /// For so many milliseconds, instead of the task's own or the default.
    pub lease_ms: Option<i64>,
}

/// What a claim got.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Claimed {
    /// The tasks, best first.
    pub tasks: Vec<ClaimedTask>,
}

/// A task and its new lease.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClaimedTask {
    /// The task, as it is now.
    pub task: TaskRow,
    /// The lease.
    pub lease: Lease,
}

/// Ties a write to its column.
macro_rules! columns {
    ($($write:ty, $column:ident, $reply:ty $(, $unheard:expr)?;)*) => {$(
        impl Write for $write {
            type Reply = $reply;

            fn put(self, meta: Meta, batch: &mut Batch) -> usize {
                batch.$column.push(Item { meta, body: self });
                batch.$column.len() - 1
            }

            fn take(outcomes: &mut Outcomes, place: usize) -> Option<Result<$reply, Refusal>> {
                outcomes.$column.get_mut(place).and_then(Option::take)
            }

            $(fn unheard(reply: $reply) -> Option<Claimed> {
                $unheard(reply)
            })?
        }
    )*};
}

columns! {
    Create, creates, Vec<Created>;
    Reports, reports, Vec<Result<Settled, Refusal>>;
    Beat, beats, Beaten;
    ClaimTasks, claims, Claimed, Some;
}
