//! Connections that read: so many at a time, with so many reads waiting for them.

use std::fmt;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Waker};
use std::time::{Duration, Instant};

use deadpool::Runtime;
use deadpool::managed::{
    Hook, HookError, Manager, Metrics, Object, Pool, RecycleError, RecycleResult,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, TryAcquireError};
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, timeout};
use tokio_postgres::{Client, Row};

use super::connect::{connect, silent};
use super::errors::{Failed, OpenError};
use super::options::{PostgresOptions, Target};
use super::params::{Param, params};
use super::sql::{ground as sql, list as parts, read};
use super::tls::Tls;
use crate::position::Position;
use crate::store::StoreError;

/// How many connections a way to read has.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    pub(super) connections: usize,
    /// As many stay open though nobody uses them.
    pub(super) idle: usize,
    /// How many reads may wait for one.
    pub(super) queue: usize,
}

/// Makes connections for a pool.
pub(super) struct Connections(Target);

impl Manager for Connections {
    type Type = Client;
    type Error = OpenError;

    async fn create(&self) -> Result<Client, OpenError> {
        connect(&self.0).await
    }

    async fn recycle(&self, client: &mut Client, _: &Metrics) -> RecycleResult<OpenError> {
        if client.is_closed() { Err(RecycleError::message("it is closed")) } else { Ok(()) }
    }
}

/// One way to read.
pub(super) struct Reads {
    pool: Pool<Connections>,
    tls: Tls,
    /// One for each read that is under way or waits.
    places: Arc<Semaphore>,
    bounds: Bounds,
    read_ms: u64,
    stalled_ms: u64,
    /// How long an answer may take.
    patience: Duration,
    slow: Duration,
    /// Closes what nobody uses; ends with this.
    _reaper: JoinSet<()>,
}

impl fmt::Debug for Reads {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reads({:?})", self.pool.status())
    }
}

impl Reads {
    /// The same bounds of time for both ways; called within the runtime that it lives in.
    pub(super) fn new(
        to: Target,
        bounds: Bounds,
        options: &PostgresOptions,
    ) -> Result<Self, StoreError> {
        let tls = to.tls.clone();
        let lifetime = Duration::from_millis(options.lifetime_ms);
        let young = move |_: &mut _, metrics: &Metrics| {
            if metrics.age() < lifetime { Ok(()) } else { Err(HookError::message("it is old")) }
        };
        let pool = Pool::builder(Connections(to))
            .max_size(bounds.connections)
            .wait_timeout(Some(Duration::from_millis(options.acquire_ms)))
            .pre_recycle(Hook::sync_fn(young))
            .runtime(Runtime::Tokio1)
            .build()
            .map_err(|error| StoreError::Fault { what: error.to_string() })?;
        let mut reaper = JoinSet::new();
        reaper.spawn(reap(pool.clone(), bounds.idle, Duration::from_millis(options.idle_ms)));
        Ok(Self {
            pool,
            tls,
            places: Arc::new(Semaphore::new(bounds.connections + bounds.queue)),
            bounds,
            read_ms: options.read_ms,
            stalled_ms: options.stalled_ms,
            patience: options.answers_within(options.read_ms),
            slow: Duration::from_millis(options.slow_ms),
            _reaper: reaper,
        })
    }

    /// A connection without a transaction.
    pub(super) async fn client(&self) -> Result<Object<Connections>, StoreError> {
        self.pool.get().await.map_err(|error| Failed::from(error).0)
    }

    /// One state of the database, taken by the first statement.
    pub(super) async fn snapshot(&self) -> Result<Snapshot, StoreError> {
        let place = self.places.clone().try_acquire_owned().map_err(|refused| match refused {
            TryAcquireError::NoPermits => StoreError::Overloaded,
            TryAcquireError::Closed => StoreError::Unavailable { what: "it is closed".into() },
        })?;
        let client = self.pool.get().await.map_err(|error| Failed::from(error).0)?;
        Ok(Snapshot {
            client: Some(client),
            tls: self.tls.clone(),
            begun: AtomicBool::new(false),
            limits: [self.read_ms, self.stalled_ms].map(|limit| limit.to_string()),
            patience: self.patience,
            slow: self.slow,
            covers: None,
            _place: place,
        })
    }

    /// How many reads are under way or wait, for each connection that there may be.
    pub(super) fn load(&self) -> f64 {
        let Bounds { connections, queue, .. } = self.bounds;
        let taken = (connections + queue).saturating_sub(self.places.available_permits());
        taken as f64 / connections.max(1) as f64
    }

    pub(super) fn close(&self) {
        self.pool.close();
    }
}

/// Closes connections that nobody has used for some time, but for a few.
async fn reap(pool: Pool<Connections>, keep: usize, idle: Duration) {
    let mut looks = tokio::time::interval((idle / 2).max(Duration::from_millis(1)));
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while !pool.is_closed() {
        looks.tick().await;
        let mut kept = 0;
        let _ = pool.retain(|_, metrics| {
            let stays = kept < keep || metrics.last_used() < idle;
            kept += usize::from(stays);
            stays
        });
    }
}

/// One state of the database. It must be ended; one that is dropped before takes its connection
/// with it, and what that does is called off.
pub(super) struct Snapshot {
    client: Option<Object<Connections>>,
    tls: Tls,
    begun: AtomicBool,
    /// Of a statement, and of a transaction that stands still, in milliseconds.
    limits: [String; 2],
    /// How long an answer may take.
    patience: Duration,
    /// A statement that takes longer is told of.
    slow: Duration,
    /// What must be in it.
    covers: Option<Position>,
    _place: OwnedSemaphorePermit,
}

impl Snapshot {
    /// The same, and it is an error if it lacks something of what was written up to there.
    pub(super) fn covering(mut self, position: Option<Position>) -> Self {
        self.covers = position;
        self
    }

    /// Asks. The first question brings the beginning of the transaction with it, in one flush.
    pub(super) async fn query(&self, text: &str, params: &[Param<'_>]) -> Result<Vec<Row>, Failed> {
        let began = Instant::now();
        let found = timeout(self.patience, self.ask(text, params)).await;
        let found = found.unwrap_or_else(|_| Err(silent(self.patience).into()));
        let took = began.elapsed();
        if took >= self.slow {
            let (rows, cost) = match &found {
                Ok(rows) => (Some(rows.len()), self.cost(text, params).await),
                Err(_) => (None, None),
            };
            let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
            tracing::warn!(statement = named(text), ms, rows, cost, "a statement was slow");
        }
        found
    }

    /// What the plan of a statement that was done is thought to cost; asked for over the same
    /// connection, as that is small beside what was slow.
    pub(super) async fn cost(&self, text: &str, params: &[Param<'_>]) -> Option<f64> {
        let client = self.client.as_ref()?;
        let explain = format!("{}\n{text}", parts::EXPLAIN);
        let lines = client.query_typed(&explain, params).await.ok()?;
        cost(lines.first()?.try_get(0).ok()?)
    }

    async fn ask(&self, text: &str, params: &[Param<'_>]) -> Result<Vec<Row>, Failed> {
        let Some(client) = &self.client else { return Ok(Vec::new()) };
        if self.begun.swap(true, Ordering::Relaxed) {
            return Ok(client.query_typed(text, params).await?);
        }
        let limits = params![self.limits[0], self.limits[1]];
        if let Some(Position { timeline, lsn }) = self.covers {
            let (timeline, lsn) = (i64::from(timeline), lsn.cast_signed());
            let wanted = params![timeline, lsn];
            // Looked at before the state is taken: what is replayed in between does no harm.
            let (covers, _, _, rows) = tokio::try_join!(
                biased;
                client.query_typed(sql::COVERS, &wanted),
                client.batch_execute(sql::BEGIN_READ),
                client.query_typed(sql::LIMIT_TIME, &limits),
                client.query_typed(text, params),
            )?;
            let covers = covers.first().map(|row| row.try_get(0)).transpose()?;
            let behind = || StoreError::Unavailable { what: "the replica is behind".into() };
            return if covers == Some(true) { Ok(rows) } else { Err(behind().into()) };
        }
        let (_, _, rows) = tokio::try_join!(
            biased;
            client.batch_execute(sql::BEGIN_READ),
            client.query_typed(sql::LIMIT_TIME, &limits),
            client.query_typed(text, params),
        )?;
        Ok(rows)
    }

    /// The same where there is one row at most.
    pub(super) async fn one(
        &self,
        text: &str,
        params: &[Param<'_>],
    ) -> Result<Option<Row>, Failed> {
        Ok(self.query(text, params).await?.pop())
    }

    /// Ends it, with what was found. Nobody waits for the end: whoever has the connection next is
    /// served after it.
    pub(super) fn end<T>(mut self, found: Result<T, Failed>) -> Result<T, StoreError> {
        if let Some(client) = self.client.take() {
            let end = pin!(client.batch_execute(sql::END_READ));
            // The first poll sends it.
            let _ = end.poll(&mut Context::from_waker(Waker::noop()));
        }
        found.map_err(|failed| failed.0)
    }
}

/// What people know a statement by: its name, or its beginning if it was put together.
fn named(text: &str) -> String {
    let mut known = sql::ALL.iter().chain(read::ALL);
    match known.find(|(_, statement)| *statement == text) {
        Some((name, _)) => (*name).to_owned(),
        None => text.split_whitespace().take(12).collect::<Vec<_>>().join(" "),
    }
}

/// The cost in the first line of a plan: `Limit  (cost=0.15..8.17 rows=1 width=8)`.
fn cost(line: &str) -> Option<f64> {
    let (_, rest) = line.split_once("(cost=")?;
    rest.split_once("..")?.1.split_once(' ')?.0.parse().ok()
}

impl Drop for Snapshot {
    fn drop(&mut self) {
        let Some(client) = self.client.take() else { return };
        let client = Object::take(client);
        let (call_off, tls) = (client.cancel_token(), self.tls.clone());
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            // When it cannot be called off, it ends by its limit.
            runtime.spawn(timeout(self.patience, async move { call_off.cancel_query(tls).await }));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_is_known_by_its_name_and_a_plan_by_its_cost() {
        assert_eq!(named(read::AHEAD), "ahead");
        assert_eq!(named("SELECT  id\n FROM tasks"), "SELECT id FROM tasks");
        assert_eq!(cost("Limit  (cost=0.15..8.17 rows=1 width=8)"), Some(8.17));
        assert_eq!(cost("Limit"), None);
    }
}
