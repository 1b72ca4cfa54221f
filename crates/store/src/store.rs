//! The promises of the durable truth, as a trait.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use claudebench_core::{Clock, Cursor, Millis, TaskId, TenantId};

use crate::committer::{OnCommit, OnSent, Source, Span};
use crate::metrics::{Counted, MetricQuery, MetricRow, WorkerQuery, WorkersFound};
use crate::position::Position;
use crate::read::{
    AttachmentQuery, ConfigPage, Edge, EdgeQuery, EventPage, EventQuery, Explained, InstancePage,
    InstanceQuery, Page, ProjectPage, TaskQuery,
};
use crate::replica::Replicas;
use crate::row::{
    Attachment, HeardRow, InstanceRow, KeyRow, PauseRow, RoleQueue, ServerRow, Stats, StoreHealth,
    TaskWithExtras,
};
use crate::session::SessionRow;

/// A boxed future of a store's answer.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// How fresh a read must be.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Freshness {
    /// A replica will do.
    Any,
    /// A replica that has seen all up to there will do.
    After(Position),
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
    /// Nobody knows whether it was done.
    #[error("{what}; it may or may not have been done: ask again with the same idempotency key")]
    Unknown {
        /// What stood in the way of knowing.
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
    /// What was moved to the archive cannot be read.
    #[error("the archive cannot be used: {what}; see to the folder of `archive.dir`")]
    Archive {
        /// The file, and what is wrong with it.
        what: String,
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
    /// Tells of the commits of other servers, from a place in the log on, until the store is
    /// closed. A store that others write, too, tells of this server's events by the same way, in
    /// the order of the log, before their writes are answered; such an outcome names none.
    fn follow(&self, _: Cursor, _: OnCommit) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(std::future::ready(()))
    }
    /// From now on each own commit is handed to somebody who takes it to other servers by a quicker way than
    /// the log. False where there are no other servers: then all commits are own, and told of as such.
    fn send_by(&self, _: OnSent) -> bool {
        false
    }
    /// Takes a commit of another server that has come by that way. It is told of at its place in the order of
    /// the log; what is missing before it is read there, and what was told of already is left alone.
    fn hear(&self, _: Span) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(std::future::ready(()))
    }
    /// How many commits may be in flight at once.
    fn writers(&self) -> usize;
    /// How long heartbeats that come alone may wait for others, where each commit costs much.
    fn beats_wait(&self) -> Duration {
        Duration::ZERO
    }
    /// The clock that decides what has expired.
    fn clock(&self) -> Arc<dyn Clock>;
    /// Where the database stood when this server last wrote: a read after it sees all writes that
    /// this server has answered. `None` where every read sees them.
    fn position(&self) -> Option<Position> {
        None
    }
    /// A number for the history of the database that this server follows: another one after a promotion or
    /// when all was put back. `None` while it cannot be known what other servers commit.
    fn history(&self) -> Option<u64> {
        Some(0)
    }
    /// How its replicas are, where it can have some.
    fn replicas(&self) -> Option<Replicas> {
        None
    }
    /// The earliest time at which a sweep has something to do, if there is one.
    fn next_due(&self) -> Option<Millis>;

    /// Tasks by id, in the order asked for; those that do not exist are left out.
    fn tasks(
        &self,
        tenant: TenantId,
        ids: Vec<TaskId>,
        freshness: Freshness,
    ) -> BoxFuture<'_, Vec<TaskWithExtras>>;
    /// A task that was moved to the archive, as it was. `None` when it is not there, or the store has
    /// none.
    fn archived(
        &self,
        _: TenantId,
        _: TaskId,
        _: Freshness,
    ) -> BoxFuture<'_, Option<TaskWithExtras>> {
        Box::pin(std::future::ready(Ok(None)))
    }
    /// A page of tasks, with about [`PAGE_BYTES`](crate::PAGE_BYTES) at most: it ends early, and
    /// results that do not fit are left out. Lists that must sort or search wait apart from all
    /// other reads.
    fn list(&self, query: TaskQuery, freshness: Freshness) -> BoxFuture<'_, Page>;
    /// Why a task waits: what the store knows of it. `None` when there is no such task.
    fn explain(
        &self,
        tenant: TenantId,
        id: TaskId,
        freshness: Freshness,
    ) -> BoxFuture<'_, Option<Explained>>;
    /// What tasks depend on, or what waits for them: in the order asked for, each by id, and whether there
    /// are more. Tasks that do not exist have none.
    fn edges(&self, query: EdgeQuery, freshness: Freshness) -> BoxFuture<'_, (Vec<Edge>, bool)>;
    /// Counts, kept up to date by the writes.
    fn stats(
        &self,
        tenant: TenantId,
        project: Option<String>,
        freshness: Freshness,
    ) -> BoxFuture<'_, Stats>;
    /// The same over all tenants, without the oldest.
    fn totals(&self) -> BoxFuture<'_, Stats>;
    /// The projects of a tenant that have tasks, by name, with the same counts. Looking for them ends
    /// after some that have none: then a page is short, or empty, and says where to go on.
    fn projects(
        &self,
        tenant: TenantId,
        after: Option<String>,
        limit: usize,
        freshness: Freshness,
    ) -> BoxFuture<'_, ProjectPage>;
    /// How many ready tasks each role has, over all tenants: counted when it is asked for.
    fn role_queues(&self) -> BoxFuture<'_, Vec<RoleQueue>>;
    /// The servers that write to it and were heard of in the last
    /// [`ServerRow::SILENCE_MS`], this one first, then by id; at most [`ServerRow::MOST`].
    fn servers(&self) -> BoxFuture<'_, Vec<ServerRow>>;
    /// Attachments of tasks, archived ones among them.
    fn attachments(
        &self,
        query: AttachmentQuery,
        freshness: Freshness,
    ) -> BoxFuture<'_, (Vec<Attachment>, i64)>;
    /// A page of the event log, and of one task's also what is in the archive; it ends early after about
    /// [`PAGE_BYTES`](crate::PAGE_BYTES). After a place beyond the end of the log there is none.
    fn events(&self, query: EventQuery, freshness: Freshness) -> BoxFuture<'_, EventPage>;
    /// The instances of a tenant, or of all tenants.
    fn instances(&self, tenant: Option<TenantId>) -> BoxFuture<'_, Vec<InstanceRow>>;
    /// Instances of a tenant to be shown: those that are named, then, by id, those that have gone.
    /// At most `limit`, with about [`PAGE_BYTES`](crate::PAGE_BYTES): it ends early.
    fn instances_shown(
        &self,
        tenant: TenantId,
        named: Vec<Arc<str>>,
        limit: usize,
    ) -> BoxFuture<'_, Vec<InstanceRow>>;
    /// A page of a tenant's instances, by id, with what they hold; it ends early after about
    /// [`PAGE_BYTES`](crate::PAGE_BYTES).
    fn instance_page(&self, query: InstanceQuery) -> BoxFuture<'_, InstancePage>;
    /// What is written of instances: those among the named that are registered. `None` where no
    /// other server writes: whoever asks knows best.
    fn heard_elsewhere(
        &self,
        _: Vec<(TenantId, Arc<str>)>,
    ) -> Option<BoxFuture<'_, Vec<HeardRow>>> {
        None
    }
    /// A session of an agent: the latest.
    fn session(&self, tenant: TenantId, id: Arc<str>) -> BoxFuture<'_, Option<SessionRow>>;
    /// Sessions of a tenant that were last heard of up to then, newest first.
    fn sessions(
        &self,
        tenant: TenantId,
        upto: Millis,
        limit: i64,
    ) -> BoxFuture<'_, Vec<SessionRow>>;
    /// A value of the shared configuration, as JSON.
    fn config(&self, tenant: TenantId, key: String) -> BoxFuture<'_, Option<String>>;
    /// A page of it, by key; it ends early after about [`PAGE_BYTES`](crate::PAGE_BYTES).
    fn config_page(
        &self,
        tenant: TenantId,
        after: Option<String>,
        limit: usize,
    ) -> BoxFuture<'_, ConfigPage>;
    /// The pauses in force.
    fn pauses(&self, tenant: TenantId) -> BoxFuture<'_, Vec<PauseRow>>;
    /// All API keys that are not revoked; of one tenant, or of all.
    fn keys(&self, tenant: Option<TenantId>) -> BoxFuture<'_, Vec<KeyRow>>;
    /// Those of these sessions of people that were ended; known for [`ENDED_LOGIN_MS`](crate::ENDED_LOGIN_MS).
    /// Always as of now: no replica is asked.
    fn ended_logins(&self, tenant: TenantId, logins: Vec<Arc<str>>)
    -> BoxFuture<'_, Vec<Arc<str>>>;
    /// How far the event log was counted for the figures.
    fn counted(&self) -> BoxFuture<'_, Counted>;
    /// Figures by spans of time, in the order of time.
    fn metrics(&self, query: MetricQuery) -> BoxFuture<'_, Vec<MetricRow>>;
    /// What the workers of a tenant did.
    fn worker_metrics(&self, query: WorkerQuery) -> BoxFuture<'_, WorkersFound>;
    /// What may slow the store down before anything breaks, by name; for metrics.
    fn figures(&self) -> BoxFuture<'_, Vec<(&'static str, i64)>> {
        Box::pin(std::future::ready(Ok(Vec::new())))
    }
    /// By what this store is told from others, whichever server or address it is opened by: what several servers
    /// share elsewhere belongs to one store.
    fn identity(&self) -> BoxFuture<'_, String>;
    /// How the store itself is; waits for no other read.
    fn health(&self) -> BoxFuture<'_, StoreHealth>;
}
