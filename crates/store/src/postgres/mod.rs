//! The store over PostgreSQL: many servers over one database.

mod answers;
mod archive;
mod archived;
mod asks;
mod clock;
mod columns;
mod connect;
mod copying;
mod errors;
mod follow;
mod foresee;
mod health;
mod keeping;
mod leader;
mod lexemes;
mod load;
mod log;
mod lookout;
mod lost;
mod migrate;
mod number;
mod options;
mod params;
mod picture;
mod pool;
mod primary;
mod public;
mod ranks;
mod read;
mod replicas;
mod rows;
mod save;
mod shared;
mod sheet;
mod slow;
mod sql;
#[cfg(test)]
mod tests;
mod tls;
mod upkeep;
mod url;
mod writer;

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use claudebench_core::{Clock, Cursor, Millis, TaskId, TenantId};
use tokio::task::JoinSet;

pub use archive::{Archive, Due, Moved, Restored, Verified};
pub(crate) use copying::Copying;
pub use errors::OpenError;
pub use migrate::{MIGRATIONS, Migration};
pub use options::PostgresOptions;
pub use public::{PublicCount, PublicDatabase, PublicPage, PublicTable};
pub use upkeep::{Found, Step, bring_up_to_date, look, look_at_replicas};
pub use url::DatabaseUrl;

use crate::committer::{OnCommit, OnSent, Source, Span};
use crate::metrics::{Counted, MetricQuery, MetricRow, WorkerQuery, WorkersFound};
use crate::position::Position;
use crate::read::{
    AttachmentQuery, ConfigPage, Edge, EdgeQuery, EventPage, EventQuery, Explained, InstancePage,
    InstanceQuery, Page, ProjectPage, TaskQuery,
};
use crate::row::{
    Attachment, HeardRow, InstanceRow, KeyRow, PauseRow, RoleQueue, ServerRow, Stats, StoreHealth,
    TaskWithExtras,
};
use crate::session::SessionRow;
use crate::store::{BoxFuture, Freshness, Store, StoreError};
use leader::{Leader, LeaderOptions};
use params::params;
use pool::{Bounds, Reads};
use replicas::Replicas;
use shared::Shared;
use sql::ground as statements;
use writer::Writer;

/// How many commits a server has in flight: while one waits for its end, the other loads.
const WRITERS: usize = 2;

/// The store over PostgreSQL.
#[derive(Debug)]
pub struct PostgresStore {
    shared: Arc<Shared>,
    /// Writers that wait for a source.
    writers: Arc<Mutex<Vec<Writer>>>,
    /// For what takes as long as what it shows.
    quick: Reads,
    /// For lists that must sort or search, and for figures.
    lists: Reads,
    replicas: Replicas,
    leader: Leader,
    /// Reads what was moved to files.
    archive: archive::Reader,
    /// Moves it there.
    schedule: Option<archive::Schedule>,
    /// Look at the hosts of the database; they end with this.
    looking: Mutex<JoinSet<()>>,
}

impl PostgresStore {
    /// Opens the database and brings it up to date. Without a clock that of the database counts.
    ///
    /// # Errors
    /// Each says what stands in the way and what to do.
    pub async fn open(
        options: PostgresOptions,
        clock: Option<Arc<dyn Clock>>,
    ) -> Result<Arc<Self>, OpenError> {
        let config = options.config()?;
        // One that cannot be used is told of now, not when it is first needed.
        let direct = options.direct(&config)?;
        let mut client = connect::connect(&config).await?;
        if !options.pooler && connect::is_pooled(&client, &config).await? {
            return Err(OpenError::Pooled);
        }
        copying::refuse(&client).await?;
        migrate::migrate(&mut client, &config, MIGRATIONS).await?;
        let (clock, own) = match clock {
            Some(clock) => (clock, None),
            None => {
                let clock = connect::clock(&client).await.map_err(|failed| failed.0)?;
                let clock = Arc::new(clock);
                (clock.clone() as Arc<dyn Clock>, Some(clock))
            }
        };
        let newest = client.query_typed_opt(statements::NEWEST_TIME, &[]).await?;
        if let Some(newest) = newest {
            clock.not_before(Millis(newest.try_get(0)?));
        }
        let end = migrate::months(&mut client, clock.now()).await.map_err(|failed| failed.0)?;
        let seed = options.seed.map_or_else(random, Ok)?;
        let bounds = |connections, idle, queue| Bounds { connections, idle, queue };
        let quick = bounds(options.readers, options.idle_readers, options.read_queue);
        let lists = bounds(options.list_readers, 0, options.list_queue);
        let quick = Reads::new(config.clone(), quick, &options)?;
        let lists = Reads::new(config.clone(), lists, &options)?;
        let targets = options.to_replicas()?;
        let server = random()?.cast_signed();
        let ranked = ranks::follow(&mut client, options.aging, clock.now(), server).await;
        ranked.map_err(|failed| failed.0)?;
        let keeping = LeaderOptions {
            server,
            events_max: options.events_max,
            events_age_ms: options.events_age_ms,
            archives: options.archive.is_some(),
        };
        let archive = archive::Reader::new(archived::shelf(&options));
        let schedule = archived::schedule(&options, &clock, server)?;
        let keeps = options.keeps;
        let ways = (config.clone(), direct);
        let shared = Arc::new(Shared::new(options, ways, clock.clone(), end, server));
        // What is there at the start is known from the start.
        let mut writer = Writer::new(shared.clone(), seed);
        writer.begin().await?;
        let writers = Arc::new(Mutex::new(vec![writer]));
        let replicas = Replicas::start(&shared.options, config.clone(), targets)?;
        let leader = Leader::new(config, clock, keeping);
        if keeps {
            leader.start();
        }
        let looking = Mutex::new(lookout::begin(&shared, own));
        Ok(Arc::new(Self {
            shared,
            writers,
            quick,
            lists,
            replicas,
            leader,
            looking,
            archive,
            schedule,
        }))
    }

    /// Gives the connections back; what comes later is refused.
    pub async fn close(&self) {
        self.shared.closed.send_replace(true);
        self.quick.close();
        self.lists.close();
        self.replicas.close();
        self.looking.lock().unwrap_or_else(PoisonError::into_inner).abort_all();
        self.writers.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.leader.stop().await;
        if let Some(schedule) = &self.schedule {
            schedule.stop().await;
        }
    }

    /// Does at once what is due of what one server does for all: it drops what is past its
    /// retention, adds up counts, learns words. Otherwise that is done every few seconds.
    ///
    /// # Errors
    /// The first failure; the rest was done.
    pub async fn keep(&self) -> Result<(), StoreError> {
        self.leader.round().await
    }
}

fn random() -> Result<u64, StoreError> {
    getrandom::u64().map_err(|error| StoreError::Fault { what: error.to_string() })
}

impl Store for PostgresStore {
    fn write(&self, mut source: Source) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        let (shared, writers) = (self.shared.clone(), self.writers.clone());
        Box::pin(async move {
            let idle = writers.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let mut writer = idle.unwrap_or_else(|| Writer::another(shared));
            writer.serve(&mut source).await;
            writers.lock().unwrap_or_else(PoisonError::into_inner).push(writer);
        })
    }

    fn follow(&self, from: Cursor, heard: OnCommit) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        self.shared.log.follow(from.0, heard.clone());
        Box::pin(follow::run(self.shared.clone(), heard))
    }

    fn send_by(&self, sent: OnSent) -> bool {
        self.shared.log.send_by(sent);
        true
    }

    fn hear(&self, span: Span) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(self.shared.log.hear(span))
    }

    fn writers(&self) -> usize {
        WRITERS
    }

    fn beats_wait(&self) -> Duration {
        Duration::from_millis(self.shared.options.beats_wait_ms)
    }

    fn clock(&self) -> Arc<dyn Clock> {
        self.shared.clock.clone()
    }

    fn position(&self) -> Option<Position> {
        self.shared.position()
    }

    fn history(&self) -> Option<u64> {
        self.shared.history()
    }

    fn replicas(&self) -> Option<crate::replica::Replicas> {
        self.replicas.shown()
    }

    fn next_due(&self) -> Option<Millis> {
        self.shared.next_due()
    }

    fn tasks(
        &self,
        tenant: TenantId,
        ids: Vec<TaskId>,
        freshness: Freshness,
    ) -> BoxFuture<'_, Vec<TaskWithExtras>> {
        Box::pin(self.tasks(tenant, ids, freshness))
    }

    fn archived(
        &self,
        tenant: TenantId,
        id: TaskId,
        _: Freshness,
    ) -> BoxFuture<'_, Option<TaskWithExtras>> {
        Box::pin(self.archived_task(tenant, id))
    }

    fn list(&self, query: TaskQuery, freshness: Freshness) -> BoxFuture<'_, Page> {
        Box::pin(self.list(query, freshness))
    }

    fn explain(
        &self,
        tenant: TenantId,
        id: TaskId,
        freshness: Freshness,
    ) -> BoxFuture<'_, Option<Explained>> {
        Box::pin(self.explain(tenant, id, freshness))
    }

    fn edges(&self, query: EdgeQuery, freshness: Freshness) -> BoxFuture<'_, (Vec<Edge>, bool)> {
        Box::pin(self.edges(query, freshness))
    }

    fn stats(
        &self,
        tenant: TenantId,
        project: Option<String>,
        freshness: Freshness,
    ) -> BoxFuture<'_, Stats> {
        Box::pin(self.stats(tenant, project, freshness))
    }

    fn totals(&self) -> BoxFuture<'_, Stats> {
        Box::pin(self.totals())
    }

    fn projects(
        &self,
        tenant: TenantId,
        after: Option<String>,
        limit: usize,
        freshness: Freshness,
    ) -> BoxFuture<'_, ProjectPage> {
        Box::pin(self.projects(tenant, after, limit, freshness))
    }

    fn role_queues(&self) -> BoxFuture<'_, Vec<RoleQueue>> {
        Box::pin(self.role_queues())
    }

    fn servers(&self) -> BoxFuture<'_, Vec<ServerRow>> {
        Box::pin(self.servers())
    }

    fn attachments(
        &self,
        query: AttachmentQuery,
        freshness: Freshness,
    ) -> BoxFuture<'_, (Vec<Attachment>, i64)> {
        Box::pin(async move {
            let found = self.attachments(query.clone(), freshness).await?;
            self.archived_attachments(&query, found).await
        })
    }

    fn events(&self, query: EventQuery, freshness: Freshness) -> BoxFuture<'_, EventPage> {
        Box::pin(async move {
            match self.old_events(&query).await? {
                Some(page) => Ok(page),
                None => self.events(query, freshness).await,
            }
        })
    }

    fn instances(&self, tenant: Option<TenantId>) -> BoxFuture<'_, Vec<InstanceRow>> {
        Box::pin(self.instances(tenant))
    }

    fn instances_shown(
        &self,
        tenant: TenantId,
        named: Vec<Arc<str>>,
        limit: usize,
    ) -> BoxFuture<'_, Vec<InstanceRow>> {
        Box::pin(self.instances_shown(tenant, named, limit))
    }

    fn instance_page(&self, query: InstanceQuery) -> BoxFuture<'_, InstancePage> {
        Box::pin(self.instance_page(query))
    }

    fn heard_elsewhere(
        &self,
        named: Vec<(TenantId, Arc<str>)>,
    ) -> Option<BoxFuture<'_, Vec<HeardRow>>> {
        Some(Box::pin(self.heard(named)))
    }

    fn session(&self, tenant: TenantId, id: Arc<str>) -> BoxFuture<'_, Option<SessionRow>> {
        Box::pin(self.session(tenant, id))
    }

    fn sessions(
        &self,
        tenant: TenantId,
        upto: Millis,
        limit: i64,
    ) -> BoxFuture<'_, Vec<SessionRow>> {
        Box::pin(self.sessions(tenant, upto, limit))
    }

    fn config(&self, tenant: TenantId, key: String) -> BoxFuture<'_, Option<String>> {
        Box::pin(self.config(tenant, key))
    }

    fn config_page(
        &self,
        tenant: TenantId,
        after: Option<String>,
        limit: usize,
    ) -> BoxFuture<'_, ConfigPage> {
        Box::pin(self.config_page(tenant, after, limit))
    }

    fn pauses(&self, tenant: TenantId) -> BoxFuture<'_, Vec<PauseRow>> {
        Box::pin(self.pauses(tenant))
    }

    fn keys(&self, tenant: Option<TenantId>) -> BoxFuture<'_, Vec<KeyRow>> {
        Box::pin(self.keys(tenant))
    }

    fn ended_logins(
        &self,
        tenant: TenantId,
        logins: Vec<Arc<str>>,
    ) -> BoxFuture<'_, Vec<Arc<str>>> {
        Box::pin(async move { self.ended_logins(tenant, &logins).await })
    }

    fn counted(&self) -> BoxFuture<'_, Counted> {
        Box::pin(self.counted())
    }

    fn metrics(&self, query: MetricQuery) -> BoxFuture<'_, Vec<MetricRow>> {
        Box::pin(self.metrics(query))
    }

    fn worker_metrics(&self, query: WorkerQuery) -> BoxFuture<'_, WorkersFound> {
        Box::pin(self.worker_metrics(query))
    }

    fn figures(&self) -> BoxFuture<'_, Vec<(&'static str, i64)>> {
        Box::pin(async {
            let client = self.quick.client().await?;
            let found = keeping::figures(&client, self.shared.clock.now()).await?;
            Ok(vec![
                ("dead_rows_ready", found.dead_ready),
                ("dead_rows_leases", found.dead_leases),
                ("dead_rows_tasks", found.dead_tasks),
                ("oldest_transaction_ms", found.oldest_ms),
                ("oldest_transaction_age", found.oldest_age),
                ("words_behind", found.words_behind),
                ("counts_behind", found.counts_behind),
                ("lost_ms", self.shared.lost_ms()),
            ])
        })
    }

    fn identity(&self) -> BoxFuture<'_, String> {
        Box::pin(async {
            let connected = connect::connected(&self.shared.config, None).await?;
            let drawn = (random()? >> 1).cast_signed();
            // The second time it is there, if another server drew it just now.
            for _ in 0..2 {
                let rows =
                    connected.client.query_typed(statements::IDENTITY, &params![drawn]).await;
                let rows = rows.map_err(|error| errors::store_error(&error))?;
                if let Some(row) = rows.first() {
                    let place: i64 = row.try_get(0).map_err(|error| errors::store_error(&error))?;
                    return Ok(format!("{place:016x}"));
                }
            }
            Err(StoreError::Fault { what: "the database does not say which one it is".to_owned() })
        })
    }

    fn health(&self) -> BoxFuture<'_, StoreHealth> {
        Box::pin(self.health())
    }
}
