//! Events: one fact each, written in the transaction of the change it tells.
//!
//! An event is one type here; its schema, its place in the docs and its TypeScript type follow.

mod agents;

use std::fmt;
use std::sync::{Arc, OnceLock};

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use serde_json::value::RawValue;

use crate::id::{Cursor, TaskId};
use crate::lane::PauseScope;
use crate::principal::{Scope, TenantId};
use crate::state::Status;
use crate::time::Millis;

pub use agents::{
    AgentStopped, AlertToolErrors, ContextPreCompact, GitAutoCommitted, HookOther, HookPostTool,
    HookPreTool, HookTodoWrite, HookUserPrompt, NotificationReceived, SessionEnded,
    SessionRehydrated, SessionSnapshotCreated, SessionStarted,
};

/// An event as it stands in the log.
#[derive(Clone)]
pub struct Event {
    /// Its place in the log.
    pub cursor: Cursor,
    /// Whose it is.
    pub tenant: TenantId,
    /// Its type, such as `task.created`.
    pub kind: Arc<str>,
    /// When it happened, by the store's clock.
    pub at: Millis,
    /// The task it is about.
    pub task: Option<TaskId>,
    /// Its number among the task's events: 1, 2, 3, without gaps.
    pub version: Option<i64>,
    /// The attempt it belongs to.
    pub attempt: Option<i64>,
    /// The project of the task.
    pub project: Option<Arc<str>>,
    /// Who caused it.
    pub actor: Arc<str>,
    /// The W3C trace context of the call that caused it.
    pub traceparent: Option<Arc<str>>,
    /// The session of an agent that caused it.
    pub session: Option<Arc<str>>,
    /// The typed fields, as JSON.
    pub payload: Box<RawValue>,
    /// Its text on the wire, once somebody has asked for it.
    pub text: Text,
}

/// A text that is made at most once, for all who ask for it.
#[derive(Clone, Default)]
pub struct Text(OnceLock<Arc<str>>);

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.cursor, self.kind, self.payload.get())
    }
}

impl Event {
    /// Whether its type answers a pattern: a name, `domain.*` or `*`.
    #[must_use]
    pub fn is(&self, pattern: &str) -> bool {
        answers(&self.kind, pattern)
    }

    /// Its text on the wire, made by whoever asks first.
    pub fn text(&self, make: impl FnOnce(&Self) -> String) -> Arc<str> {
        self.text.0.get_or_init(|| make(self).into()).clone()
    }
}

/// Whether the name of a type answers a pattern: a name, `domain.*` or `*`.
#[must_use]
pub fn answers(kind: &str, pattern: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some("") => true,
        Some(prefix) => prefix.ends_with('.') && kind.starts_with(prefix),
        None => pattern == kind,
    }
}

/// The scope that shows events of a type, or of a pattern: the one that reading its domain needs.
#[must_use]
pub fn scope(kind: &str) -> Scope {
    match kind.split_once('.').map_or(kind, |(domain, _)| domain) {
        "task" | "queue" => Scope::TasksRead,
        // What agents did, which shows what they work on.
        "hook" | "session" | "git" | "agent" | "notification" | "context" | "alert" => {
            Scope::TasksRead
        }
        "instance" | "batch" | "quorum" | "system" | "config" | "replica" => Scope::SystemRead,
        // Keys, and whatever nobody has thought of yet.
        _ => Scope::Admin,
    }
}

/// A type of event.
pub trait Fact: Serialize + JsonSchema {
    /// Its name on the wire.
    const NAME: &'static str;
}

/// A type of event with its Rust type erased, for the catalogue.
pub struct FactEntry {
    /// Its name on the wire.
    pub name: &'static str,
    /// The schema of its payload.
    pub schema: fn(&mut SchemaGenerator) -> Schema,
}

impl FactEntry {
    const fn of<F: Fact>() -> Self {
        Self { name: F::NAME, schema: |generator| generator.subschema_for::<F>() }
    }
}

/// Declares event types and a list of them.
macro_rules! facts {
    ($list:ident: $($(#[$doc:meta])* $type:ident = $name:literal { $($(#[$field_doc:meta])* $field:ident: $kind:ty),* $(,)? })*) => {
        $($(#[$doc])*
        #[derive(Clone, Debug, Serialize, JsonSchema)]
        #[serde(rename_all = "camelCase")]
        #[schemars(rename = $name)]
        pub struct $type<'a> { $($(#[$field_doc])* pub $field: $kind,)* #[serde(skip)] #[schemars(skip)] #[doc(hidden)] pub life: std::marker::PhantomData<&'a ()> }
        impl Fact for $type<'_> { const NAME: &'static str = $name; })*
        /// These types of events.
        pub(super) const $list: &[FactEntry] = &[$(FactEntry::of::<$type<'static>>()),*];
    };
}

/// Every type of event.
pub fn facts() -> impl Iterator<Item = &'static FactEntry> {
    SHARED.iter().chain(agents::AGENTS)
}

use facts as declare;

declare! { SHARED:
    /// A task was made.
    TaskCreated = "task.created" {
        /// Its id.
        id: TaskId,
        /// What is to be done.
        text: &'a str,
        /// Where it stands.
        status: Status,
        /// 0 to 100, highest first.
        priority: i64,
        /// When it was made.
        created_at: Millis,
    }
    /// A task's text, status, priority or metadata was changed by hand, or it waits for another task
    /// since one was replaced.
    TaskUpdated = "task.updated" {
        /// Its id.
        id: TaskId,
        /// Its text now.
        text: &'a str,
        /// Its status now.
        status: Status,
        /// Where it stood.
        previous_status: Status,
        /// Its priority now.
        priority: i64,
        /// When it was made.
        created_at: Millis,
        /// When it was changed.
        updated_at: Millis,
        /// The names of the fields that were changed.
        changes: &'a [&'a str],
    }
    /// A task was parked on a worker: nobody else may claim it.
    TaskAssigned = "task.assigned" {
        /// The task.
        task_id: TaskId,
        /// The worker.
        instance_id: &'a str,
        /// Who had it before.
        previous_assignment: Option<&'a str>,
    }
    /// A task was taken from its worker.
    TaskUnassigned = "task.unassigned" {
        /// The task.
        task_id: TaskId,
        /// Who had it.
        previous_assignment: Option<&'a str>,
    }
    /// A worker took a task, under a lease.
    TaskClaimed = "task.claimed" {
        /// The task.
        task_id: TaskId,
        /// The worker.
        worker_id: &'a str,
        /// The lease's fencing token.
        fence: i64,
        /// The attempt.
        attempt: i64,
        /// When the lease ends, unless it is extended.
        expires_at: Millis,
        /// 0 to 100, highest first.
        priority: i64,
        /// Milliseconds since it was made.
        waited: i64,
    }
    /// A task ended: completed or failed.
    TaskCompleted = "task.completed" {
        /// The task.
        id: TaskId,
        /// `completed` or `failed`.
        status: Status,
        /// Milliseconds since it was made.
        duration: i64,
        /// Who ended it.
        completed_by: Option<&'a str>,
        /// The fence under which it ended.
        fence: i64,
        /// The reason of the failure, if it failed.
        reason: Option<&'a str>,
        /// The error's text, if it failed.
        error: Option<&'a str>,
        /// Whether it is a dead letter now.
        dead_letter: bool,
        /// 0 to 100, highest first.
        priority: i64,
        /// Milliseconds since the attempt began that ended with it.
        worked: Option<i64>,
    }
    /// An attempt ended without success, and the task will be tried again.
    TaskAttemptFailed = "task.attempt_failed" {
        /// The task.
        task_id: TaskId,
        /// The worker.
        worker_id: Option<&'a str>,
        /// The fence of the attempt.
        fence: i64,
        /// The attempt.
        attempt: i64,
        /// Why: a failure's reason, `lease_expired`, `deadline_exceeded`, `instance_failed`.
        reason: &'a str,
        /// The error's text.
        error: Option<&'a str>,
        /// When it may be claimed again.
        retry_at: Millis,
    }
    /// A worker gave a task back.
    TaskReleased = "task.released" {
        /// The task.
        task_id: TaskId,
        /// The worker.
        worker_id: Option<&'a str>,
        /// The fence of the lease that ended.
        fence: i64,
        /// Why.
        reason: Option<&'a str>,
    }
    /// A task in progress is to stop; its worker is told with its next heartbeat.
    TaskCancelRequested = "task.cancel_requested" {
        /// The task.
        task_id: TaskId,
        /// Why.
        reason: Option<&'a str>,
        /// When the fence moves on, whether the worker has stopped or not.
        grace_ends_at: Millis,
    }
    /// A task was called off.
    TaskCancelled = "task.cancelled" {
        /// The task.
        task_id: TaskId,
        /// Why.
        reason: Option<&'a str>,
        /// 0 to 100, highest first.
        priority: i64,
    }
    /// An ended task was put back to be done again.
    TaskRetried = "task.retried" {
        /// The task.
        task_id: TaskId,
        /// Where it stood.
        previous_status: Status,
        /// Its priority now.
        priority: i64,
    }
    /// A task's dependencies no longer hold it back.
    TaskUnblocked = "task.unblocked" {
        /// The task.
        task_id: TaskId,
        /// The task whose end opened it.
        unblocked_by: TaskId,
    }
    /// A task and its attachments were deleted.
    TaskDeleted = "task.deleted" {
        /// The task.
        id: TaskId,
        /// When.
        deleted_at: Millis,
        /// By whom.
        deleted_by: &'a str,
    }
    /// An attachment was written.
    TaskAttachmentCreated = "task.attachment.created" {
        /// The task.
        task_id: TaskId,
        /// The attachment's key.
        key: &'a str,
        /// Its type.
        r#type: &'a str,
        /// Its id.
        attachment_id: &'a str,
    }
    /// An attachment was deleted.
    TaskAttachmentDeleted = "task.attachment.deleted" {
        /// The task.
        task_id: TaskId,
        /// The attachment's key.
        key: &'a str,
        /// Its id.
        attachment_id: &'a str,
    }
    /// Claims from a part of the queue are held back.
    QueuePaused = "queue.paused" {
        /// What is held back.
        scope: &'a PauseScope,
        /// Why.
        reason: Option<&'a str>,
        /// When it ends by itself.
        until: Option<Millis>,
    }
    /// Claims go on.
    QueueResumed = "queue.resumed" {
        /// What was held back.
        scope: &'a PauseScope,
    }
    /// An instance registered.
    InstanceRegistered = "instance.registered" {
        /// Its id.
        id: &'a str,
        /// The roles it works in.
        roles: &'a [Arc<str>],
        /// Whether it leads now.
        became_leader: bool,
        /// When, in milliseconds.
        timestamp: i64,
    }
    /// An instance said goodbye.
    InstanceUnregistered = "instance.unregistered" {
        /// Its id.
        id: &'a str,
        /// Its session.
        session_id: &'a str,
        /// How many tasks it gave back.
        tasks_reassigned: i64,
        /// When, in milliseconds.
        timestamp: i64,
    }
    /// An instance was silent for too long; its tasks went back.
    InstanceFailed = "instance.failed" {
        /// Its id.
        id: &'a str,
        /// When it was last heard of, in milliseconds.
        last_seen: i64,
        /// How many tasks went back.
        tasks_reassigned: i64,
    }
    /// A value of the shared configuration changed.
    ConfigChanged = "config.changed" {
        /// The key.
        key: &'a str,
        /// The new value.
        value: &'a RawValue,
    }
    /// A batch was taken and processed by one instance.
    BatchCompleted = "batch.completed" {
        /// The batch.
        batch_id: &'a str,
        /// The one that did it.
        processor_id: &'a str,
        /// How many items it had.
        items_processed: i64,
    }
    /// A vote reached its quorum.
    QuorumDecided = "quorum.decision.made" {
        /// What was voted on.
        decision: &'a str,
        /// The value that won.
        value: &'a str,
        /// The votes for it.
        vote_count: i64,
        /// How many were needed.
        quorum: i64,
    }
    /// A replica is too far behind, or away for too long: a server reads elsewhere meanwhile.
    ReplicaLagging = "replica.lagging" {
        /// Its host and port.
        replica: &'a str,
        /// How far it is behind, in milliseconds, as far as that is known.
        lag_ms: Option<i64>,
        /// The same in bytes of the primary's log.
        lag_bytes: Option<i64>,
        /// What is wrong with it besides.
        problem: Option<&'a str>,
    }
    /// A replica has caught up, or is back: reads go there again.
    ReplicaRecovered = "replica.recovered" {
        /// Its host and port.
        replica: &'a str,
        /// How far it is behind, in milliseconds.
        lag_ms: Option<i64>,
    }
    /// All data of the tenant was deleted.
    SystemFlushed = "system.flushed" {
        /// How many tasks there were.
        tasks_deleted: i64,
        /// When.
        timestamp: Millis,
    }
    /// An API key was made.
    KeyCreated = "key.created" {
        /// The key's public id.
        id: &'a str,
        /// Its name.
        name: &'a str,
        /// What it may do.
        scopes: &'a [String],
    }
    /// A person has logged in.
    LoginStarted = "login.started" {
        /// The session, by what servers know it: nobody can use it by that.
        id: &'a str,
        /// The public id of the API key.
        key: &'a str,
    }
    /// A person has logged out: the session is over.
    LoginEnded = "login.ended" {
        /// The session.
        id: &'a str,
        /// The public id of the API key.
        key: &'a str,
    }
    /// An API key was revoked.
    KeyRevoked = "key.revoked" {
        /// The key's public id.
        id: &'a str,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_a_name_a_domain_or_all() {
        for pattern in ["task.created", "task.*", "*"] {
            assert!(answers("task.created", pattern), "{pattern}");
        }
        for pattern in ["task.create", "tas*", "task.created.*", "", "instance.*"] {
            assert!(!answers("task.created", pattern), "{pattern}");
        }
    }

    #[test]
    fn names_are_unique_and_dotted() {
        let mut names: Vec<&str> = facts().map(|fact| fact.name).collect();
        assert!(names.iter().all(|name| name.contains('.')));
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), facts().count());
    }
}
