//! The durable truth of ClaudeBench: tasks, leases, attachments and events, in SQL.
//!
//! SQL lives in this crate alone. [`Store`] is the seam: a backend is one folder beside it, and
//! one conformance suite holds over all of them. [`Committer`] gathers concurrent writes into one
//! transaction.

mod archive;
mod attempt;
mod batch;
mod change;
mod committer;
pub mod copy;
mod kept;
mod memory;
mod metrics;
mod page;
mod position;
pub mod postgres;
mod read;
mod refusal;
mod replica;
mod row;
mod session;
mod sql;
pub mod sqlite;
mod store;
mod task;
mod words;
mod write;

pub use archive::{ArchiveOptions, ArchivedFile};
pub use batch::{
    Batch, Beat, Beaten, ClaimTasks, Claimed, ClaimedTask, Create, Created, Dependency, Ending,
    Gained, Handed, IdempotencyKey, Item, Meta, NewTask, OnDuplicate, Outcomes, Parked, Report,
    Reported, Reports, Settled, Ticket, Unique, Write,
};
pub use change::{
    AddKey, Assign, Assigned, BatchDone, Cancel, CancelOutcome, Change, Changed, DeleteAttachment,
    DeleteTask, Dependents, ENDED_LOGIN_MS, EndLogin, FailInstances, FailedInstance, Flush,
    Flushed, Pause, Paused, ProcessBatch, PutAttachment, Register, Resume, Retried, Retry,
    RetryOutcome, RetrySelection, RevokeKey, SetConfig, Sweep, Swept, Tally, TellReplica, Touch,
    Unassign, Unregister, Until, Update, Vote,
};
pub use committer::{
    Committed, Committer, CommitterOptions, OnCommit, OnSent, Source, Span, SubmitError,
};
pub use metrics::{
    Counted, Fold, Gap, MAX_WORKERS, Metric, MetricKey, MetricQuery, MetricRow, OTHERS, Refold,
    WORKERS, WorkerKey, WorkerMetric, WorkerQuery, WorkersFound,
};
pub use position::{NoPosition, Position};
pub use read::{
    AttachmentQuery, BlockedBy, ConfigPage, Edge, EdgeEnd, EdgeQuery, EventPage, EventQuery,
    Explained, InstanceHolding, InstancePage, InstanceQuery, ListOrder, OrderBy, PAGE_BYTES, Page,
    ProjectPage, TaskQuery, Which,
};
pub use refusal::Refusal;
pub use replica::{ReplicaHealth, Replicas};
pub use row::{
    Attachment, AttachmentBody, AttachmentKind, HeardRow, InstanceRow, KeyRow, Lease, PauseRow,
    RoleQueue, ServerRow, Stats, StoreHealth, TaskRow, TaskWithExtras,
};
pub use session::{
    MAX_TODOS, Mark, NoteSession, Noted, Said, SessionRow, SessionState, SnapshotNote, Todo,
    TodoApart, TodoChange, TodoStatus, Told, ToolUse, WriteTodos,
};
pub use store::{BoxFuture, Freshness, Store, StoreError};
