//! Stored rows, as the services read them. The wire types are theirs, apart from these.

use std::collections::BTreeMap;
use std::sync::Arc;

use claudebench_core::lane::PauseScope;
use claudebench_core::{Cursor, Millis, Status, TaskId, TenantId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A task. JSON fields are kept as text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TaskRow {
    /// Its id.
    pub id: TaskId,
    /// What is to be done.
    pub text: String,
    /// Where it stands.
    pub status: Status,
    /// 0 to 100.
    pub priority: i64,
    /// The caller's own fields: a JSON object.
    pub metadata: Option<String>,
    /// Who holds it, or on whom it is parked.
    pub assigned_to: Option<String>,
    /// When it was parked or claimed.
    pub assigned_at: Option<Millis>,
    /// Who ended it.
    pub completed_by: Option<String>,
    /// The error's text, if it failed.
    pub error: Option<String>,
    /// The reason of the last failed attempt, loss or cancellation.
    pub reason: Option<String>,
    /// When it was made.
    pub created_at: Millis,
    /// When it last changed.
    pub updated_at: Millis,
    /// When the current or last attempt began.
    pub started_at: Option<Millis>,
    /// When it ended.
    pub completed_at: Option<Millis>,
    /// Not before this time.
    pub run_at: Option<Millis>,
    /// How many events it has had.
    pub version: i64,
    /// The last fencing token given out.
    pub fence: i64,
    /// The attempts so far, the current one included.
    pub attempt: i64,
    /// The workers lost so far.
    pub losses: i64,
    /// The most attempts.
    pub max_attempts: i64,
    /// The lease it asks for, in milliseconds.
    pub lease_ms: Option<i64>,
    /// How long one attempt may take in all, in milliseconds.
    pub deadline_ms: Option<i64>,
    /// Its backoff, as JSON.
    pub backoff: Option<String>,
    /// How many of its dependencies are not completed.
    pub open_dependencies: i64,
    /// The task it is a part of.
    pub parent: Option<TaskId>,
    /// Its project.
    pub project: Option<Arc<str>>,
    /// Who may claim it.
    pub roles: Vec<Arc<str>>,
    /// Its tags.
    pub tags: Vec<Arc<str>>,
    /// Its unique key.
    pub unique_key: Option<String>,
    /// The last progress reported, 0 to 1.
    pub progress: Option<f64>,
    /// The last note reported.
    pub note: Option<String>,
    /// The last checkpoint reported: JSON.
    pub checkpoint: Option<String>,
    /// When it was asked to stop.
    pub cancel_requested_at: Option<Millis>,
    /// Whether it is a dead letter.
    pub dead: bool,
    /// How many attachments it has.
    pub attachment_count: i64,
    /// Who made it.
    pub created_by: String,
    /// The trace in which it was made.
    pub traceparent: Option<String>,
}

/// The right of one worker to work on one task until a time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    /// The fencing token.
    pub fence: i64,
    /// The attempt.
    pub attempt: i64,
    /// The worker.
    pub worker: Arc<str>,
    /// When it ends, unless it is extended.
    pub expires_at: Millis,
    /// When the attempt must be over, extended or not.
    pub deadline_at: Option<Millis>,
}

/// A task with what belongs to it.
#[derive(Clone, Debug, PartialEq)]
pub struct TaskWithExtras {
    /// The task. Its progress, note and checkpoint are those of its lease, where it has one.
    pub task: TaskRow,
    /// The current lease.
    pub lease: Option<Lease>,
    /// The attachment `result`.
    pub result: Option<Attachment>,
    /// What that holds was left out of a large page: how many bytes its value has.
    pub result_left_out: Option<usize>,
    /// The keys of its attachments, at most 20.
    pub attachment_keys: Vec<String>,
    /// What it depends on.
    pub depends_on: Vec<TaskId>,
    /// It is in the archive, and not in the database.
    pub archived: bool,
}

/// The kinds of attachments.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum AttachmentKind {
    /// Any JSON, in `value`.
    Json,
    /// Markdown, in `content`.
    Markdown,
    /// Plain text, in `content`.
    Text,
    /// A link, in `url`.
    Url,
    /// A reference to bytes elsewhere.
    Binary,
}

impl AttachmentKind {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Json, Self::Markdown, Self::Text, Self::Url, Self::Binary];

    /// The name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Markdown => "markdown",
            Self::Text => "text",
            Self::Url => "url",
            Self::Binary => "binary",
        }
    }
}

/// What an attachment holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AttachmentBody {
    /// Its key, unique in its task.
    pub key: String,
    /// Its kind.
    pub kind: AttachmentKind,
    /// JSON, as text.
    pub value: Option<String>,
    /// Text.
    pub content: Option<String>,
    /// A link.
    pub url: Option<String>,
    /// Its media type.
    pub mime_type: Option<String>,
    /// Its size in bytes, as the caller gives it.
    pub size: Option<i64>,
}

/// An attachment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Attachment {
    /// The number of its id.
    pub id: i64,
    /// Its task.
    pub task: TaskId,
    /// What it holds.
    pub body: AttachmentBody,
    /// Who wrote it.
    pub created_by: String,
    /// When it was first written.
    pub created_at: Millis,
    /// When it was last written.
    pub updated_at: Millis,
}

/// A registered instance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InstanceRow {
    /// Whose.
    pub tenant: TenantId,
    /// Its id.
    pub id: Arc<str>,
    /// Its roles. Sorted.
    pub roles: Vec<Arc<str>>,
    /// What it said of itself: a JSON object.
    pub metadata: Option<String>,
    /// `ACTIVE` or `OFFLINE`.
    pub online: bool,
    /// When it registered.
    pub registered_at: Millis,
    /// When it was last heard of, to within some seconds.
    pub seen_at: Millis,
}

/// An instance that is registered, and when some server last wrote that it was heard of.
#[derive(Clone, Debug, PartialEq)]
pub struct HeardRow {
    /// Whose.
    pub tenant: TenantId,
    /// Its id.
    pub id: Arc<str>,
    /// Its roles. Sorted.
    pub roles: Vec<Arc<str>>,
    /// When it was last heard of, to within some seconds.
    pub seen_at: Millis,
}

/// A pause in force.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PauseRow {
    /// What is held back.
    pub scope: PauseScope,
    /// Why.
    pub reason: Option<String>,
    /// When it ends by itself.
    pub until: Option<Millis>,
    /// Since when.
    pub paused_at: Millis,
    /// By whom.
    pub paused_by: String,
}

/// An API key; the secret is known only as its hash.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeyRow {
    /// The public part.
    pub id: String,
    /// Whose data it opens.
    pub tenant: TenantId,
    /// The tenant's name.
    pub tenant_name: String,
    /// Its name.
    pub name: String,
    /// SHA-256 of the secret.
    pub hash: [u8; 32],
    /// What it may do.
    pub scopes: Vec<String>,
    /// When it was made.
    pub created_at: Millis,
    /// When it ends.
    pub expires_at: Option<Millis>,
}

/// Counts of a tenant's tasks, or of one project's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Tasks by status, in the order of [`Status::ALL`].
    pub by_status: [i64; 5],
    /// Pending tasks that can be claimed now.
    pub ready: i64,
    /// Pending tasks whose time has not come.
    pub scheduled: i64,
    /// Pending tasks that wait for others.
    pub blocked: i64,
    /// Dead letters among the failed.
    pub dead: i64,
    /// When the oldest ready task was made.
    pub oldest_ready: Option<Millis>,
}

impl Stats {
    /// Of the numbers that are kept: ready, scheduled, blocked, in progress, completed, failed and
    /// cancelled.
    pub(crate) fn from_counts(counts: [i64; 7]) -> Self {
        let [ready, scheduled, blocked, in_progress, completed, failed, cancelled] = counts;
        Self {
            by_status: [ready + scheduled + blocked, in_progress, completed, failed, cancelled],
            ready,
            scheduled,
            blocked,
            dead: failed,
            oldest_ready: None,
        }
    }
}

impl Stats {
    /// How many tasks have this status.
    #[must_use]
    pub fn of(&self, status: Status) -> i64 {
        self.by_status[status as usize]
    }

    /// How many tasks there are.
    #[must_use]
    pub fn total(&self) -> i64 {
        self.by_status.iter().sum()
    }
}

/// How many ready tasks are for a role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleQueue {
    /// The role; none for the tasks that anybody may claim.
    pub role: Option<Arc<str>>,
    /// Ready tasks, of each lane at most [`RoleQueue::COUNTED`].
    pub ready: i64,
}

impl RoleQueue {
    /// How far the tasks of a lane are counted, and how many lanes are.
    pub const COUNTED: i64 = 1_000;
    /// How many roles are told of.
    pub const MOST: usize = 100;

    /// The longest first, of lanes by their roles. A task of several roles is in the queue of each.
    pub(crate) fn of(lanes: impl IntoIterator<Item = (Vec<Arc<str>>, i64)>) -> Vec<Self> {
        let mut counts: BTreeMap<Option<Arc<str>>, i64> = BTreeMap::new();
        for (roles, ready) in lanes {
            if roles.is_empty() {
                *counts.entry(None).or_default() += ready;
            }
            for role in roles {
                *counts.entry(Some(role)).or_default() += ready;
            }
        }
        let queues = counts.into_iter().map(|(role, ready)| Self { role, ready });
        let mut queues: Vec<Self> = queues.filter(|queue| queue.ready > 0).collect();
        queues.sort_by_key(|queue| std::cmp::Reverse(queue.ready));
        queues.truncate(Self::MOST);
        queues
    }
}

/// A server that writes to this store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerRow {
    /// By what it is known.
    pub id: String,
    /// The address that the database sees.
    pub address: Option<String>,
    /// Its version.
    pub version: String,
    /// When it last said that it is there.
    pub seen_at: Millis,
    /// Whether it is this one.
    pub own: bool,
}

impl ServerRow {
    /// Who has said nothing for so long, in milliseconds, is not told of.
    pub const SILENCE_MS: i64 = 60_000;
    /// How many are told of.
    pub const MOST: i64 = 1_000;

    /// This server.
    pub(crate) fn own(id: String, now: Millis) -> Self {
        let version = env!("CARGO_PKG_VERSION").to_owned();
        Self { id, address: None, version, seen_at: now, own: true }
    }
}

/// How the store itself is.
#[derive(Clone, Debug, PartialEq)]
pub struct StoreHealth {
    /// Whether the last write went through.
    pub writable: bool,
    /// What stands in the way.
    pub problem: Option<String>,
    /// Bytes on disk.
    pub bytes: i64,
    /// Bytes in the write-ahead log.
    pub wal_bytes: i64,
    /// The place of the newest event: who goes on from there sees what comes next.
    pub head: Cursor,
    /// The oldest event kept.
    pub oldest: Cursor,
    /// Lanes with ready tasks.
    pub lanes: i64,
    /// Current leases.
    pub leases: i64,
}

/// The text of a list of names for the database.
pub(crate) fn names_text(names: &[Arc<str>]) -> Option<String> {
    (!names.is_empty())
        .then(|| serde_json::Value::from_iter(names.iter().map(|name| &**name)).to_string())
}
