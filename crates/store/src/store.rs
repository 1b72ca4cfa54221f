//! The promises of the durable truth, as a trait.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use claudebench_core::{Clock, Millis, TaskId, TenantId};

use crate::committer::Source;
use crate::read::{AttachmentQuery, EventPage, EventQuery, Explained, Page, TaskQuery};
use crate::row::{Attachment, InstanceRow, KeyRow, PauseRow, Stats, StoreHealth, TaskWithExtras};

/// A boxed future of a store's answer.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// How fresh a read must be.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Freshness {
    /// A replica will do.
    Any,
    /// The latest committed state.
    #[default]
    Latest,
}

/// Why a store could not answer. A refusal is no error: it is an answer.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// It cannot be reached or written now; nothing was done.
    #[error("the store cannot be used now: {what}")]
    Unavailable {
        /// What stands in the way, and what to do.
        what: String,
    },
    /// As many reads of this kind wait as may; nothing was done.
    #[error("as many reads of this kind wait as the store takes; try again, or narrow the filter")]
    Overloaded,
    /// It holds what it must not.
    #[error("the database is damaged: {what}; run `claudebench doctor`, then restore a backup")]
    Corrupt {
        /// What was found.
        what: String,
    },
    /// A fault of this program.
    #[error("the store failed: {what}")]
    Fault {
        /// The cause.
        what: String,
    },
    /// A query took longer than it may.
    #[error("the query took too long; narrow the filter")]
    TooSlow,
    /// The cursor is older than the events that are kept.
    #[error("the cursor {cursor} is too old: events are kept from {oldest} on")]
    CursorExpired {
        /// The cursor.
        cursor: i64,
        /// The oldest that works.
        oldest: i64,
    },
    /// The query itself cannot be answered.
    #[error("{field}: {what}")]
    BadQuery {
        /// The field of it that is wrong.
        field: &'static str,
        /// What is wrong with it.
        what: String,
    },
}

/// The durable truth. It promises: all of a batch or none; durable when it answers; each change
/// has its event in the same transaction; a refused write changes nothing and fails alone; only
/// the store's clock decides what has expired.
pub trait Store: Send + Sync + 'static {
    /// Commits what the source gives, each batch in one transaction, until it ends. Called once
    /// for each of [`Store::writers`].
    fn write(&self, source: Source) -> Pin<Box<dyn Future<Output = ()> + Send>>;
    /// How many commits may be in flight at once.
    fn writers(&self) -> usize;
    /// The clock that decides what has expired.
    fn clock(&self) -> Arc<dyn Clock>;
    /// The earliest time at which a sweep has something to do, if there is one.
    fn next_due(&self) -> Option<Millis>;

    /// Tasks by id, in the order asked for; those that do not exist are left out.
    fn tasks(
        &self,
        tenant: TenantId,
        ids: Vec<TaskId>,
        freshness: Freshness,
    ) -> BoxFuture<'_, Vec<TaskWithExtras>>;
    /// A page of tasks, with about [`PAGE_BYTES`](crate::PAGE_BYTES) at most: it ends early, and
    /// results that do not fit are left out. Lists that must sort or search wait apart from all
    /// other reads.
    fn list(&self, query: TaskQuery, freshness: Freshness) -> BoxFuture<'_, Page>;
    /// Why a task waits: what the store knows of it. `None` when there is no such task.
    fn explain(&self, tenant: TenantId, id: TaskId) -> BoxFuture<'_, Option<Explained>>;
    /// Counts, kept up to date by the writes.
    fn stats(&self, tenant: TenantId, project: Option<String>) -> BoxFuture<'_, Stats>;
    /// The same over all tenants, without the oldest.
    fn totals(&self) -> BoxFuture<'_, Stats>;
    /// Attachments of tasks.
    fn attachments(&self, query: AttachmentQuery) -> BoxFuture<'_, (Vec<Attachment>, i64)>;
    /// A page of the event log; it ends early after about
    /// [`PAGE_BYTES`](crate::PAGE_BYTES).
    fn events(&self, query: EventQuery) -> BoxFuture<'_, EventPage>;
    /// The instances of a tenant, or of all tenants.
    fn instances(&self, tenant: Option<TenantId>) -> BoxFuture<'_, Vec<InstanceRow>>;
    /// A value of the shared configuration, as JSON.
    fn config(&self, tenant: TenantId, key: String) -> BoxFuture<'_, Option<String>>;
    /// The pauses in force.
    fn pauses(&self, tenant: TenantId) -> BoxFuture<'_, Vec<PauseRow>>;
    /// All API keys that are not revoked; of one tenant, or of all.
    fn keys(&self, tenant: Option<TenantId>) -> BoxFuture<'_, Vec<KeyRow>>;
    /// How the store itself is; waits for no other read.
    fn health(&self) -> BoxFuture<'_, StoreHealth>;
}
