//! The writes that are not hot: one column, told apart by kind.

use std::sync::Arc;

use claudebench_core::lane::PauseScope;
use claudebench_core::{Millis, Status, TaskId, TenantId};
use serde::{Deserialize, Serialize};

use crate::batch::{Batch, Item, Meta, Outcomes, Write};
use crate::kept::{KeptFlush, KeptPause, KeptRetry};
use crate::metrics::{Counted, Fold, Refold};
use crate::refusal::Refusal;
use crate::row::{Attachment, AttachmentBody, InstanceRow, KeyRow, TaskRow};
use crate::session::{NoteSession, Noted};

/// Declares the kinds: each a type of its own with its own reply, tied to one column.
macro_rules! changes {
    ($($kind:ident -> $reply:ty;)*) => {
        /// A write that is not hot.
        #[derive(Clone, Debug)]
        #[allow(missing_docs, reason = "a variant per type of the same name")]
        pub enum Change { $($kind($kind)),* }

        /// Its outcome.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[allow(missing_docs, reason = "a variant per type of the same name")]
        pub enum Changed { $($kind($reply)),* }

        impl Change {
            /// What it is called.
            pub(crate) fn kind(&self) -> &'static str {
                match self { $(Self::$kind(_) => stringify!($kind)),* }
            }
        }

        #[cfg(test)]
        impl Changed {
            pub(crate) const KINDS: &[&str] = &[$(stringify!($kind)),*];
        }

        $(impl Write for $kind {
            type Reply = $reply;

            fn put(self, meta: Meta, batch: &mut Batch) -> usize {
                batch.changes.push(Item { meta, body: Change::$kind(self) });
                batch.changes.len() - 1
            }

            fn take(outcomes: &mut Outcomes, place: usize) -> Option<Result<$reply, Refusal>> {
                match outcomes.changes.get_mut(place).and_then(Option::take)? {
                    Ok(Changed::$kind(reply)) => Some(Ok(reply)),
                    Ok(_) => None,
                    Err(refusal) => Some(Err(refusal)),
                }
            }
        })*
    };
}

changes! {
    Update -> Box<TaskRow>;
    Assign -> Assigned;
    Unassign -> Assigned;
    DeleteTask -> Millis;
    Cancel -> CancelOutcome;
    Retry -> RetryOutcome;
    PutAttachment -> Attachment;
    DeleteAttachment -> (i64, Millis);
    Pause -> Paused;
    Resume -> Millis;
    Register -> InstanceRow;
    Unregister -> i64;
    FailInstances -> Vec<FailedInstance>;
    Touch -> Vec<Option<i64>>;
    NoteSession -> Noted;
    SetConfig -> ();
    AddKey -> KeyRow;
    RevokeKey -> ();
    EndLogin -> ();
    Vote -> Tally;
    TellReplica -> ();
    ProcessBatch -> BatchDone;
    Flush -> Flushed;
    Fold -> Counted;
    Refold -> Counted;
    Sweep -> Swept;
}

/// Changes a task by hand.
#[derive(Clone, Debug, Default)]
#[allow(missing_docs, reason = "named after the fields of a task")]
pub struct Update {
    pub id: Option<TaskId>,
    pub text: Option<String>,
    pub status: Option<Status>,
    pub priority: Option<i64>,
    /// A JSON object, merged over what is there, one level deep.
    pub metadata: Option<String>,
    /// The most bytes that the merged metadata may have.
    pub metadata_bytes: Option<usize>,
    /// Only if this is its version.
    pub if_version: Option<i64>,
}

/// Parks a task on an instance.
#[derive(Clone, Debug)]
pub struct Assign {
    /// The task.
    pub task: TaskId,
    /// The instance.
    pub instance: Arc<str>,
}

/// What assigning or unassigning did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assigned {
    /// Who had it before.
    pub previous: Option<String>,
    /// When.
    pub at: Millis,
}

/// Takes a task from its worker.
#[derive(Clone, Debug)]
pub struct Unassign {
    /// The task.
    pub task: TaskId,
}

/// Deletes a task and its attachments.
#[derive(Clone, Debug)]
pub struct DeleteTask {
    /// The task.
    pub task: TaskId,
}

/// Calls a task off: at once when nobody works on it, else after a grace.
#[derive(Clone, Debug)]
pub struct Cancel {
    /// The task.
    pub task: TaskId,
    /// Why.
    pub reason: Option<String>,
    /// How long its worker has to stop.
    pub grace_ms: i64,
    /// What becomes of the tasks that wait for it; as was said when it was first asked for, or
    /// they keep waiting.
    pub dependents: Option<Dependents>,
}

/// What becomes of the tasks that wait for a cancelled one.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Dependents {
    /// They keep waiting.
    Keep,
    /// They are cancelled too, and theirs.
    Cancel,
    /// They go on as if it had been completed.
    Release,
}

/// What a cancellation did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CancelOutcome {
    /// Where the task stands now: still in progress while its worker has grace.
    pub status: Status,
    /// When the fence moves on.
    pub grace_ends_at: Option<Millis>,
    /// Dependents that were cancelled too.
    pub also_cancelled: Vec<TaskId>,
    /// Dependents that wait no longer.
    pub released: Vec<TaskId>,
}

/// Puts ended tasks back to be done again, with their attempts and losses forgotten.
#[derive(Clone, Debug)]
pub struct Retry {
    /// Which.
    pub which: RetrySelection,
    /// With this priority instead of their own.
    pub priority: Option<i64>,
    /// After so many milliseconds.
    pub delay_ms: Option<i64>,
}

/// Which ended tasks.
#[derive(Clone, Debug)]
pub enum RetrySelection {
    /// This one, however it ended. A completed one only with `force`.
    Task {
        /// The task.
        id: TaskId,
        /// Even when it was completed.
        force: bool,
    },
    /// Dead letters, oldest first. Each that cannot be put back is refused; only of those that
    /// are not named, one whose unique key lives on in another task stays where it is.
    Dead {
        /// Only these.
        ids: Option<Vec<TaskId>>,
        /// Only of this project.
        project: Option<String>,
        /// Only with this tag.
        tag: Option<String>,
        /// Only those that failed for this reason.
        reason: Option<String>,
        /// At most so many.
        limit: i64,
    },
}

/// What became of tasks that were to be put back.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "KeptRetry")]
pub struct RetryOutcome {
    /// Those that were put back.
    pub retried: Vec<Retried>,
    /// Those that were not, and why.
    pub refused: Vec<(TaskId, Refusal)>,
}

/// A task that was put back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retried {
    /// The task.
    pub id: TaskId,
    /// Where it stood.
    pub previous: Status,
}

/// Writes an attachment; over one with the same key.
#[derive(Clone, Debug)]
pub struct PutAttachment {
    /// The task.
    pub task: TaskId,
    /// What it holds.
    pub body: AttachmentBody,
}

/// Deletes an attachment; answers with the number of its id and when.
#[derive(Clone, Debug)]
pub struct DeleteAttachment {
    /// The task.
    pub task: TaskId,
    /// The key.
    pub key: String,
}

/// Holds claims back. Over a pause at the same scope: its reason and end are replaced.
#[derive(Clone, Debug)]
pub struct Pause {
    /// What.
    pub scope: PauseScope,
    /// Why.
    pub reason: Option<String>,
    /// When it ends by itself; a time to come.
    pub until: Option<Until>,
}

/// When something ends by itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Until {
    /// At this time.
    At(Millis),
    /// After so many milliseconds, by the store's clock.
    For(i64),
}

impl Until {
    /// The time, seen from now.
    #[must_use]
    pub fn seen_from(self, now: Millis) -> Millis {
        match self {
            Self::At(end) => end,
            Self::For(ms) => now.plus(ms),
        }
    }
}

/// Claims are held back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "KeptPause")]
pub struct Paused {
    /// Since when.
    pub at: Millis,
    /// When it ends by itself.
    pub until: Option<Millis>,
}

/// Lets claims go on.
#[derive(Clone, Debug)]
pub struct Resume {
    /// What was held back.
    pub scope: PauseScope,
}

/// Registers an instance, or brings it back.
#[derive(Clone, Debug)]
pub struct Register {
    /// Its id.
    pub id: Arc<str>,
    /// Its roles. Sorted, without repeats.
    pub roles: Vec<Arc<str>>,
    /// A JSON object.
    pub metadata: Option<String>,
    /// Whether it leads now, as its event will say.
    pub became_leader: bool,
}

/// Ends a registration; answers how many tasks went back.
#[derive(Clone, Debug)]
pub struct Unregister {
    /// Its id.
    pub id: Arc<str>,
    /// Its session.
    pub session: String,
}

/// Gives up instances that were silent for too long: those with an explicit lease keep it, what
/// else they hold or have parked on them goes back. One that was heard of since then stays.
#[derive(Clone, Debug)]
pub struct FailInstances {
    /// Instances of any tenant, with when they were last heard of.
    pub instances: Vec<(TenantId, Arc<str>, Millis)>,
}

/// An instance that was given up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailedInstance {
    /// Whose.
    pub tenant: TenantId,
    /// Its id.
    pub id: Arc<str>,
    /// How many tasks went back.
    pub reassigned: i64,
}

/// Signs of life of instances: their rows are stamped, their leases extended. Answers with the
/// length of the shortest lease that each holds, in milliseconds.
#[derive(Clone, Debug)]
pub struct Touch {
    /// Instances of any tenant, with when they were last heard of.
    pub instances: Vec<(TenantId, Arc<str>, Millis)>,
}

/// Sets a value of the shared configuration.
#[derive(Clone, Debug)]
pub struct SetConfig {
    /// The key.
    pub key: String,
    /// The value: JSON.
    pub value: String,
}

/// Adds an API key; makes its tenant when there is none of that name.
#[derive(Clone, Debug)]
pub struct AddKey {
    /// The public part.
    pub id: String,
    /// Whose data it opens.
    pub tenant_name: String,
    /// Its name.
    pub name: String,
    /// SHA-256 of the secret.
    pub hash: [u8; 32],
    /// What it may do.
    pub scopes: Vec<String>,
    /// When it ends; a time to come.
    pub expires_at: Option<Until>,
}

/// Revokes an API key of the caller's tenant; the tenant `default` looks after all keys.
#[derive(Clone, Debug)]
pub struct RevokeKey {
    /// The public part.
    pub id: String,
}

/// Ends the session of a person who has logged in. That it has ended is known for [`ENDED_LOGIN_MS`].
#[derive(Clone, Debug)]
pub struct EndLogin {
    /// The session, by what servers know it.
    pub login: Arc<str>,
    /// The public part of the API key that opened it.
    pub key: String,
}

/// For longer than a session lasts at all: whatever brings an old copy of it back.
pub const ENDED_LOGIN_MS: i64 = 31 * 24 * 3_600_000;

/// A vote; an instance's last one counts.
#[derive(Clone, Debug)]
pub struct Vote {
    /// What is voted on.
    pub decision: String,
    /// Who votes.
    pub instance: String,
    /// For what.
    pub value: String,
    /// How many voters there are in all.
    pub total: i64,
}

/// How a replica is now, to be told in the log.
#[derive(Clone, Debug)]
pub struct TellReplica {
    /// Its host and port.
    pub name: Arc<str>,
    /// Whether it is too far behind, or away; else it is back.
    pub lagging: bool,
    /// How far it is behind, in milliseconds.
    pub lag_ms: Option<i64>,
    /// The same in bytes of the primary's log.
    pub lag_bytes: Option<i64>,
    /// What is wrong with it.
    pub problem: Option<String>,
}

/// How a vote stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// The value that has won.
    pub decided: Option<String>,
    /// The votes for it, or for the leading value.
    pub votes: i64,
}

/// Takes a batch, unless another instance did before.
#[derive(Clone, Debug)]
pub struct ProcessBatch {
    /// The batch.
    pub batch: String,
    /// Who.
    pub instance: String,
    /// How many items it has.
    pub items: i64,
}

/// Who has a batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchDone {
    /// The one that does it.
    pub processor: String,
    /// How many items it had.
    pub items: i64,
    /// Whether this very call took it.
    pub taken: bool,
}

/// Deletes all tasks of the tenant with all that belongs to them.
#[derive(Clone, Debug)]
pub struct Flush {
    /// Without this nothing is deleted; only the call's idempotency key is kept.
    pub tasks: bool,
}

/// All tasks were deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "KeptFlush")]
pub struct Flushed {
    /// How many there were.
    pub tasks: i64,
    /// When; an answer that an earlier version kept does not say.
    pub at: Option<Millis>,
}

/// Returns what has expired, makes ready what is due, ends pauses and drops what is past its
/// retention; a bounded amount of each.
#[derive(Clone, Debug, Default)]
pub struct Sweep;

/// What a sweep did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Swept {
    /// Leases that ended.
    pub expired: i64,
    /// Tasks whose time came.
    pub due: i64,
    /// Rows dropped past their retention.
    pub dropped: i64,
    /// Whether more waits to be done.
    pub more: bool,
}
