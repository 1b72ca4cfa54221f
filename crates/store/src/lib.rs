//! The durable truth of ClaudeBench: tasks, leases, attachments and events, in SQL.
//!
//! SQL lives in this crate alone. [`Store`] is the seam: a backend is one folder beside it, and
//! one conformance suite holds over all of them. [`Committer`] gathers concurrent writes into one
//! transaction.

mod batch;
mod change;
mod committer;
mod read;
mod refusal;
mod row;
pub mod sqlite;
mod store;

pub use batch::{
    Batch, Beat, Beaten, ClaimTasks, Claimed, ClaimedTask, Create, Created, Dependency, Ending,
    Gained, Handed, IdempotencyKey, Item, Meta, NewTask, OnDuplicate, Outcomes, Parked, Report,
    Reported, Reports, Settled, Ticket, Unique, Write,
};
pub use change::{
    AddKey, Assign, Assigned, BatchDone, Cancel, CancelOutcome, Change, Changed, DeleteAttachment,
    DeleteTask, Dependents, FailInstances, FailedInstance, Flush, Pause, ProcessBatch,
    PutAttachment, Register, Resume, Retried, Retry, RetrySelection, RevokeKey, SetConfig, Sweep,
    Swept, Tally, Touch, Unassign, Unregister, Update, Vote,
};
pub use committer::{Committed, Committer, CommitterOptions, Source, SubmitError};
pub use read::{
    AttachmentQuery, BlockedBy, EventPage, EventQuery, Explained, ListOrder, OrderBy, PAGE_BYTES,
    Page, TaskQuery,
};
pub use refusal::Refusal;
pub use row::{
    Attachment, AttachmentBody, AttachmentKind, InstanceRow, KeyRow, Lease, PauseRow, Stats,
    StoreHealth, TaskRow, TaskWithExtras,
};
pub use store::{BoxFuture, Freshness, Store, StoreError};
