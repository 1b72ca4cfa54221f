//! What every store promises, proven over two servers on one database: one is connected to
//! PostgreSQL itself, the other through PgBouncer. Writes and reads go to either.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use claudebench_core::{Clock, Millis, TaskId, TenantId};
use claudebench_store::postgres::{PostgresOptions, PostgresStore};
use claudebench_store::{
    Attachment, AttachmentQuery, BoxFuture, ConfigPage, Counted, Edge, EdgeQuery, EventPage,
    EventQuery, Explained, Freshness, InstancePage, InstanceQuery, InstanceRow, KeyRow,
    MetricQuery, MetricRow, Page, PauseRow, ProjectPage, RoleQueue, ServerRow, SessionRow, Source,
    Stats, Store, StoreHealth, TaskQuery, TaskWithExtras, WorkerQuery, WorkersFound,
};
use claudebench_testkit::conformance::store::{Backend, Doing, Setup};
use claudebench_testkit::postgres::{Database, PgBouncer, Postgres};
use tokio::sync::OnceCell;

use super::postgres::{database, kept, options};

/// Two servers over one database.
#[derive(Default)]
struct Two {
    database: Option<Database>,
    open: Option<Arc<Pair>>,
}

struct Pair {
    servers: [Arc<PostgresStore>; 2],
    turn: AtomicUsize,
}

async fn bouncer() -> &'static PgBouncer {
    static SHARED: OnceCell<PgBouncer> = OnceCell::const_new();
    SHARED.get_or_init(async || PgBouncer::before(Postgres::shared().await, 8).await).await
}

impl Backend for Two {
    fn open<'a>(
        &'a mut self,
        setup: &'a Setup,
        clock: Arc<dyn Clock>,
    ) -> Doing<'a, Arc<dyn Store>> {
        Box::pin(async move {
            if self.database.is_none() {
                self.database = Some(database().await);
            }
            let database = self.database.as_ref().unwrap();
            // What is due of it is done when the case says so, and by one of them alone.
            let keeps = false;
            let direct = PostgresOptions { keeps, ..options(setup, database.url()) };
            let pooled = PostgresOptions {
                keeps,
                pooler: true,
                seed: Some(!setup.seed),
                ..options(setup, bouncer().await.url(database.name()))
            };
            let first = PostgresStore::open(direct, Some(clock.clone())).await.unwrap();
            let second = PostgresStore::open(pooled, Some(clock)).await.unwrap();
            let pair = Arc::new(Pair { servers: [first, second], turn: AtomicUsize::new(0) });
            self.open = Some(pair.clone());
            pair as Arc<dyn Store>
        })
    }

    fn close(&mut self) -> Doing<'_, ()> {
        Box::pin(async {
            if let Some(pair) = self.open.take() {
                for server in &pair.servers {
                    server.close().await;
                }
            }
        })
    }

    fn crash(&mut self) -> Doing<'_, ()> {
        Box::pin(async {
            if let Some(database) = &self.database {
                database.cut_off().await;
            }
            drop(self.open.take());
        })
    }

    fn keep(&self) -> Doing<'_, ()> {
        Box::pin(async {
            if let Some(pair) = &self.open {
                pair.servers[0].keep().await.unwrap();
            }
        })
    }

    /// What one server has dealt with, the other finds done when it looks.
    fn knows_what_is_due(&self) -> bool {
        false
    }

    fn kept(&self) -> Doing<'_, i64> {
        Box::pin(kept(self.database.as_ref().unwrap()))
    }
}

impl Pair {
    /// One after the other has its turn.
    fn next(&self) -> &PostgresStore {
        &self.servers[self.turn.fetch_add(1, Ordering::Relaxed) % 2]
    }
}

impl Store for Pair {
    fn write(&self, source: Source) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        self.next().write(source)
    }

    fn writers(&self) -> usize {
        2 * self.servers[0].writers()
    }

    fn clock(&self) -> Arc<dyn Clock> {
        self.servers[0].clock()
    }

    fn next_due(&self) -> Option<Millis> {
        self.servers.iter().filter_map(|server| server.next_due()).min()
    }

    fn tasks(
        &self,
        tenant: TenantId,
        ids: Vec<TaskId>,
        freshness: Freshness,
    ) -> BoxFuture<'_, Vec<TaskWithExtras>> {
        Store::tasks(self.next(), tenant, ids, freshness)
    }

    fn list(&self, query: TaskQuery, freshness: Freshness) -> BoxFuture<'_, Page> {
        Store::list(self.next(), query, freshness)
    }

    fn explain(
        &self,
        tenant: TenantId,
        id: TaskId,
        freshness: Freshness,
    ) -> BoxFuture<'_, Option<Explained>> {
        Store::explain(self.next(), tenant, id, freshness)
    }

    fn edges(&self, query: EdgeQuery, freshness: Freshness) -> BoxFuture<'_, (Vec<Edge>, bool)> {
        Store::edges(self.next(), query, freshness)
    }

    fn stats(
        &self,
        tenant: TenantId,
        project: Option<String>,
        freshness: Freshness,
    ) -> BoxFuture<'_, Stats> {
        Store::stats(self.next(), tenant, project, freshness)
    }

    fn totals(&self) -> BoxFuture<'_, Stats> {
        Store::totals(self.next())
    }

    fn projects(
        &self,
        tenant: TenantId,
        after: Option<String>,
        limit: usize,
        freshness: Freshness,
    ) -> BoxFuture<'_, ProjectPage> {
        Store::projects(self.next(), tenant, after, limit, freshness)
    }

    fn role_queues(&self) -> BoxFuture<'_, Vec<RoleQueue>> {
        Store::role_queues(self.next())
    }

    fn servers(&self) -> BoxFuture<'_, Vec<ServerRow>> {
        Store::servers(self.next())
    }

    fn attachments(
        &self,
        query: AttachmentQuery,
        freshness: Freshness,
    ) -> BoxFuture<'_, (Vec<Attachment>, i64)> {
        Store::attachments(self.next(), query, freshness)
    }

    fn events(&self, query: EventQuery, freshness: Freshness) -> BoxFuture<'_, EventPage> {
        Store::events(self.next(), query, freshness)
    }

    fn instances(&self, tenant: Option<TenantId>) -> BoxFuture<'_, Vec<InstanceRow>> {
        Store::instances(self.next(), tenant)
    }

    fn instances_shown(
        &self,
        tenant: TenantId,
        named: Vec<Arc<str>>,
        limit: usize,
    ) -> BoxFuture<'_, Vec<InstanceRow>> {
        Store::instances_shown(self.next(), tenant, named, limit)
    }

    fn instance_page(&self, query: InstanceQuery) -> BoxFuture<'_, InstancePage> {
        Store::instance_page(self.next(), query)
    }

    fn session(&self, tenant: TenantId, id: Arc<str>) -> BoxFuture<'_, Option<SessionRow>> {
        Store::session(self.next(), tenant, id)
    }

    fn sessions(
        &self,
        tenant: TenantId,
        upto: Millis,
        limit: i64,
    ) -> BoxFuture<'_, Vec<SessionRow>> {
        Store::sessions(self.next(), tenant, upto, limit)
    }

    fn config(&self, tenant: TenantId, key: String) -> BoxFuture<'_, Option<String>> {
        Store::config(self.next(), tenant, key)
    }

    fn config_page(
        &self,
        tenant: TenantId,
        after: Option<String>,
        limit: usize,
    ) -> BoxFuture<'_, ConfigPage> {
        Store::config_page(self.next(), tenant, after, limit)
    }

    fn pauses(&self, tenant: TenantId) -> BoxFuture<'_, Vec<PauseRow>> {
        Store::pauses(self.next(), tenant)
    }

    fn keys(&self, tenant: Option<TenantId>) -> BoxFuture<'_, Vec<KeyRow>> {
        Store::keys(self.next(), tenant)
    }

    fn ended_logins(
        &self,
        tenant: TenantId,
        logins: Vec<Arc<str>>,
    ) -> BoxFuture<'_, Vec<Arc<str>>> {
        Store::ended_logins(self.next(), tenant, logins)
    }

    fn counted(&self) -> BoxFuture<'_, Counted> {
        Store::counted(self.next())
    }

    fn metrics(&self, query: MetricQuery) -> BoxFuture<'_, Vec<MetricRow>> {
        Store::metrics(self.next(), query)
    }

    fn worker_metrics(&self, query: WorkerQuery) -> BoxFuture<'_, WorkersFound> {
        Store::worker_metrics(self.next(), query)
    }

    fn identity(&self) -> BoxFuture<'_, String> {
        self.next().identity()
    }

    fn health(&self) -> BoxFuture<'_, StoreHealth> {
        Store::health(self.next())
    }
}

claudebench_testkit::store_conformance!(Two);
