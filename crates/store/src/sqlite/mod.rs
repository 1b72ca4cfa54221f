//! The embedded store: SQLite with one writer, readers on its log, and every commit durable.

mod backup;
mod copying;
mod errors;
mod file;
mod lock;
mod memory;
mod open;
mod options;
mod park;
mod ranks;
mod read;
mod readers;
mod row;
mod rows;
mod search;
mod sql;
mod state;
#[cfg(test)]
mod tests;
mod words;
mod writer;

use std::future::Future;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use claudebench_core::{Clock, Millis, TaskId, TenantId};
use tokio::sync::oneshot;

pub use backup::{BackupError, Progress, backup, check, look, restore};
pub(crate) use copying::Copying;
pub use file::DATABASE;
pub use lock::DirLock;
pub use open::OpenError;
pub use options::SqliteOptions;

use crate::committer::Source;
use crate::metrics::{Counted, MetricQuery, MetricRow, WorkerQuery, WorkersFound};
use crate::read::{
    AttachmentQuery, ConfigPage, Edge, EdgeQuery, EventPage, EventQuery, Explained, InstancePage,
    InstanceQuery, Page, ProjectPage, TaskQuery,
};
use crate::row::{
    Attachment, InstanceRow, KeyRow, PauseRow, RoleQueue, ServerRow, Stats, StoreHealth,
    TaskWithExtras,
};
use crate::session::SessionRow;
use crate::store::{BoxFuture, Freshness, Store, StoreError};
use memory::Memory;
use readers::Readers;
use state::Visible;
use writer::{Job, Parts};

/// Two ways to read, so that what takes long holds up nothing else.
#[derive(Debug)]
struct Reading {
    /// For what takes as long as what it shows.
    quick: Readers,
    /// For lists that must sort or search, and for figures: one thread and a short queue.
    lists: Readers,
}

/// The embedded store.
#[derive(Debug)]
pub struct SqliteStore {
    jobs: Mutex<Option<SyncSender<Job>>>,
    readers: Mutex<Option<Arc<Reading>>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
    clock: Arc<dyn Clock>,
    visible: Arc<Visible>,
    closed: Arc<AtomicBool>,
    dir: std::path::PathBuf,
    lock: Mutex<Option<DirLock>>,
}

impl SqliteStore {
    /// Opens the data directory, making it when it is missing, for this process alone.
    ///
    /// # Errors
    /// Each says what stands in the way and what to do.
    pub fn open(options: SqliteOptions, clock: Arc<dyn Clock>) -> Result<Arc<Self>, OpenError> {
        let lock = DirLock::take(&options.dir)?;
        let db = open::writer(&options)?;
        let path = options.dir.join(DATABASE);
        let begun = copying::unfinished(&db).map_err(|source| open::said(&path, source))?;
        if let Some(source_of) = begun {
            return Err(OpenError::Unfinished { dir: options.dir, source_of });
        }
        let last = db
            .query_row(rows::statements::LAST_TIME, [], |row| row.get::<_, Option<i64>>(0))
            .map_err(|source| open::said(&path, source))?;
        let last = Millis(last.unwrap_or(0));
        let shown = clock.now();
        if shown < last {
            let behind_ms = last.since(shown);
            tracing::warn!(
                behind_ms,
                "the machine's clock was set back; time goes on from the newest event"
            );
        }
        clock.not_before(last);
        let now = clock.now();
        ranks::follow(&db, options.aging).map_err(|source| open::said(&path, source))?;
        let memory =
            Memory::load(&db, &options, now).map_err(|source| open::said(&path, source))?;
        let seed = options.seed.map_or_else(random_seed, Ok).map_err(OpenError::Thread)?;
        let visible = Arc::new(Visible::of(&memory));
        let (readers, mut threads) = start_readers(&options)?;
        let dir = options.dir.clone();
        let closed = Arc::new(AtomicBool::new(false));
        let writer = Parts {
            db,
            memory,
            options,
            clock: clock.clone(),
            visible: visible.clone(),
            closed: closed.clone(),
            seed,
        };
        // One source is served at a time; another waits here until that ends.
        let (jobs, waiting) = sync_channel(1);
        let thread = std::thread::Builder::new()
            .name("store-writer".into())
            .spawn(move || writer.run(&waiting))
            .map_err(OpenError::Thread)?;
        threads.push(thread);
        Ok(Arc::new(Self {
            jobs: Mutex::new(Some(jobs)),
            readers: Mutex::new(Some(Arc::new(readers))),
            threads: Mutex::new(threads),
            clock,
            visible,
            closed,
            dir,
            lock: Mutex::new(Some(lock)),
        }))
    }

    /// Ends the threads, writes the log back into the database and gives the directory free.
    /// Blocks until that is done, unless it is called on one of them; what comes later is refused.
    pub fn close(&self) {
        self.closed.store(true, Ordering::Release);
        drop(self.jobs.lock().unwrap_or_else(PoisonError::into_inner).take());
        drop(self.readers.lock().unwrap_or_else(PoisonError::into_inner).take());
        let threads =
            std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        let lock = self.lock.lock().unwrap_or_else(PoisonError::into_inner).take();
        let here = std::thread::current().id();
        let on_own_thread = threads.iter().any(|thread| thread.thread().id() == here);
        let end = move || {
            for thread in threads {
                thread.thread().unpark();
                // A thread that panicked has said so on its own.
                let _ = thread.join();
            }
            drop(lock);
        };
        if !on_own_thread {
            return end();
        }
        // The last owner went on a thread of the store's: it cannot wait for its own end.
        if let Err(error) = std::thread::Builder::new().name("store-closer".into()).spawn(end) {
            tracing::warn!(%error, "the store is closed without waiting for its threads");
        }
    }

    fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&rusqlite::Connection) -> Result<T, readers::ReadError> + Send + 'static,
    ) -> BoxFuture<'_, T> {
        self.read_by(true, read)
    }

    /// Reads what takes longer than what it shows.
    fn read_slowly<T: Send + 'static>(
        &self,
        read: impl FnOnce(&rusqlite::Connection) -> Result<T, readers::ReadError> + Send + 'static,
    ) -> BoxFuture<'_, T> {
        self.read_by(false, read)
    }

    fn read_by<T: Send + 'static>(
        &self,
        quick: bool,
        read: impl FnOnce(&rusqlite::Connection) -> Result<T, readers::ReadError> + Send + 'static,
    ) -> BoxFuture<'_, T> {
        let readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match readers {
            Some(readers) if quick => readers.quick.read(read),
            Some(readers) => readers.lists.read(read),
            None => Box::pin(async { Err(closed()) }),
        }
    }

    fn read_list(&self, query: TaskQuery) -> BoxFuture<'_, Page> {
        self.read_by(crate::page::is_quick(&query), move |db| read::list::page(db, &query))
    }
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        self.close();
    }
}

fn closed() -> StoreError {
    StoreError::Unavailable { what: "the store is closed".into() }
}

fn start_readers(options: &SqliteOptions) -> Result<(Reading, Vec<JoinHandle<()>>), OpenError> {
    let (dir, limit) = (&options.dir, Duration::from_millis(options.read_ms));
    let (quick, mut threads) =
        Readers::start(dir, "reader", options.readers, options.read_queue, limit)?;
    let (lists, more) = Readers::start(dir, "lists", 1, options.list_queue, limit)?;
    threads.extend(more);
    Ok((Reading { quick, lists }, threads))
}

fn random_seed() -> Result<u64, std::io::Error> {
    getrandom::u64().map_err(|e| std::io::Error::other(e.to_string()))
}

impl SqliteStore {
    /// By what it is told from others: one server alone has it open.
    fn place(&self) -> String {
        let folder = self.dir.canonicalize().unwrap_or_else(|_| self.dir.clone());
        let mut hash = DefaultHasher::new();
        (rustix::system::uname().nodename().to_bytes(), folder).hash(&mut hash);
        format!("{:016x}", hash.finish())
    }
}

impl Store for SqliteStore {
    fn write(&self, source: Source) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        let (ended, end) = oneshot::channel();
        let jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let taken = jobs.is_some_and(|jobs| jobs.try_send((source, ended)).is_ok());
        Box::pin(async move {
            if taken {
                // Nothing is ever sent: it ends when the writer lets go of it.
                let _ = end.await;
            }
        })
    }

    fn writers(&self) -> usize {
        1
    }

    fn clock(&self) -> Arc<dyn Clock> {
        self.clock.clone()
    }

    fn identity(&self) -> BoxFuture<'_, String> {
        Box::pin(std::future::ready(Ok(self.place())))
    }

    fn next_due(&self) -> Option<Millis> {
        let due = self.visible.next_due.load(Ordering::Acquire);
        (due != i64::MAX).then_some(Millis(due))
    }

    fn tasks(
        &self,
        tenant: TenantId,
        ids: Vec<TaskId>,
        _: Freshness,
    ) -> BoxFuture<'_, Vec<TaskWithExtras>> {
        self.read(move |db| read::tasks::by_id(db, tenant, &ids))
    }

    fn list(&self, query: TaskQuery, _: Freshness) -> BoxFuture<'_, Page> {
        self.read_list(query)
    }

    fn explain(
        &self,
        tenant: TenantId,
        id: TaskId,
        _: Freshness,
    ) -> BoxFuture<'_, Option<Explained>> {
        let now = self.clock.now();
        self.read(move |db| read::explain::explain(db, tenant, id, now))
    }

    fn edges(&self, query: EdgeQuery, _: Freshness) -> BoxFuture<'_, (Vec<Edge>, bool)> {
        self.read(move |db| read::tasks::edges(db, &query))
    }

    fn stats(
        &self,
        tenant: TenantId,
        project: Option<String>,
        _: Freshness,
    ) -> BoxFuture<'_, Stats> {
        self.read(move |db| read::tasks::stats(db, tenant, project.as_deref()))
    }

    fn totals(&self) -> BoxFuture<'_, Stats> {
        self.read(read::tasks::totals)
    }

    fn projects(
        &self,
        tenant: TenantId,
        after: Option<String>,
        limit: usize,
        _: Freshness,
    ) -> BoxFuture<'_, ProjectPage> {
        self.read(move |db| read::tasks::projects(db, tenant, after.as_deref(), limit))
    }

    fn role_queues(&self) -> BoxFuture<'_, Vec<RoleQueue>> {
        self.read(read::tasks::role_queues)
    }

    fn servers(&self) -> BoxFuture<'_, Vec<ServerRow>> {
        let own = ServerRow::own(self.place(), self.clock.now());
        Box::pin(std::future::ready(Ok(vec![own])))
    }

    fn attachments(
        &self,
        query: AttachmentQuery,
        _: Freshness,
    ) -> BoxFuture<'_, (Vec<Attachment>, i64)> {
        self.read(move |db| read::tasks::attachments(db, &query))
    }

    fn events(&self, query: EventQuery, _: Freshness) -> BoxFuture<'_, EventPage> {
        self.read(move |db| read::events::page(db, &query))
    }

    fn instances(&self, tenant: Option<TenantId>) -> BoxFuture<'_, Vec<InstanceRow>> {
        self.read(move |db| read::admin::instances(db, tenant))
    }

    fn instances_shown(
        &self,
        tenant: TenantId,
        named: Vec<Arc<str>>,
        limit: usize,
    ) -> BoxFuture<'_, Vec<InstanceRow>> {
        self.read(move |db| read::admin::instances_shown(db, tenant, &named, limit))
    }

    fn instance_page(&self, query: InstanceQuery) -> BoxFuture<'_, InstancePage> {
        self.read(move |db| read::admin::instance_page(db, &query))
    }

    fn session(&self, tenant: TenantId, id: Arc<str>) -> BoxFuture<'_, Option<SessionRow>> {
        self.read(move |db| read::admin::session(db, tenant, &id))
    }

    fn sessions(
        &self,
        tenant: TenantId,
        upto: Millis,
        limit: i64,
    ) -> BoxFuture<'_, Vec<SessionRow>> {
        self.read(move |db| read::admin::sessions(db, tenant, upto, limit))
    }

    fn config(&self, tenant: TenantId, key: String) -> BoxFuture<'_, Option<String>> {
        self.read(move |db| read::admin::config(db, tenant, &key))
    }

    fn config_page(
        &self,
        tenant: TenantId,
        after: Option<String>,
        limit: usize,
    ) -> BoxFuture<'_, ConfigPage> {
        self.read(move |db| read::admin::config_page(db, tenant, after.as_deref(), limit))
    }

    fn pauses(&self, tenant: TenantId) -> BoxFuture<'_, Vec<PauseRow>> {
        let now = self.clock.now();
        self.read(move |db| read::admin::pauses(db, tenant, now))
    }

    fn keys(&self, tenant: Option<TenantId>) -> BoxFuture<'_, Vec<KeyRow>> {
        self.read(move |db| read::admin::keys(db, tenant))
    }

    fn ended_logins(
        &self,
        tenant: TenantId,
        logins: Vec<Arc<str>>,
    ) -> BoxFuture<'_, Vec<Arc<str>>> {
        self.read(move |db| read::admin::ended_logins(db, tenant, &logins))
    }

    fn counted(&self) -> BoxFuture<'_, Counted> {
        self.read(read::metrics::counted)
    }

    fn metrics(&self, query: MetricQuery) -> BoxFuture<'_, Vec<MetricRow>> {
        self.read_slowly(move |db| read::metrics::metrics(db, &query))
    }

    fn worker_metrics(&self, query: WorkerQuery) -> BoxFuture<'_, WorkersFound> {
        self.read_slowly(move |db| read::metrics::workers(db, &query))
    }

    fn health(&self) -> BoxFuture<'_, StoreHealth> {
        let open = self.readers.lock().unwrap_or_else(PoisonError::into_inner).is_some();
        let found = if open { Ok(self.visible.health(&self.dir)) } else { Err(closed()) };
        Box::pin(std::future::ready(found))
    }
}
