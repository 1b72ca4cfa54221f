//! The link to Redis: one for a server (or one to each of several clusters), shared by all that use it. A call has a bound of time, and where it
//! cannot be made it fails at once. A keeper beside it opens the connection, and opens it anew when calls
//! fail: what the library does by itself about a broken connection is not relied on.

use std::fmt;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use redis::{Cmd, ErrorKind, FromRedisValue, Pipeline, RedisError, RedisResult, ServerErrorKind};
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};

use super::connection::{self, Connection};
use super::options::RedisOptions;
use crate::breaker::{Admission, Breaker, BreakerOptions, BreakerState};

/// How long the keeper rests after a failure, at least.
const FAILED: Duration = Duration::from_millis(100);
/// How often a link that nobody uses is tried.
const IDLE: Duration = Duration::from_secs(5);
/// So many failures since the connection was opened make it suspect, also where other calls go well: it may
/// have lost sight of a part of a cluster.
const SUSPECT: u32 = 16;
/// A suspect connection is not opened anew more often than this.
const AGAIN: Duration = Duration::from_secs(2);

/// Why Redis did not do something.
#[derive(Clone, Debug, thiserror::Error)]
pub enum LinkError {
    /// It is not there, or the way to it is broken; nothing was sent.
    #[error("Redis cannot be reached at present")]
    Away,
    /// It did not answer in time; it may have done it.
    #[error("Redis did not answer within {0:?}")]
    TooSlow(Duration),
    /// The connection broke, or the server is not ready to answer; it may have done it.
    #[error("Redis did not answer: {0}")]
    Broken(String),
    /// It will not do that, however often it is asked.
    #[error("Redis refused: {0}")]
    Refused(String),
}

/// How a link is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LinkStatus {
    /// Whether calls go through.
    pub state: BreakerState,
    /// Calls so far.
    pub calls: u64,
    /// Those of them that failed, or were not made.
    pub failed: u64,
    /// How often the breaker has opened.
    pub opened: u64,
    /// How often a connection was opened.
    pub connected: u64,
}

/// The link. Cheap to clone. Its keeper ends with the last clone.
#[derive(Clone)]
pub struct Link {
    inner: Arc<Inner>,
    _keeper: Arc<Keeper>,
}

struct Keeper(JoinHandle<()>);

impl Drop for Keeper {
    fn drop(&mut self) {
        self.0.abort();
    }
}

struct Inner {
    options: RedisOptions,
    connection: RwLock<Option<Connection>>,
    breaker: Breaker,
    broken: Notify,
    up: watch::Sender<bool>,
    suspicion: AtomicU32,
    calls: AtomicU64,
    failed: AtomicU64,
    connected: AtomicU64,
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Link").field(&self.status()).finish()
    }
}

impl Link {
    /// A link that opens its connection beside its caller: until then calls fail at once.
    #[must_use]
    pub fn open(options: RedisOptions) -> Self {
        let inner = Arc::new(Inner {
            options,
            connection: RwLock::new(None),
            breaker: Breaker::new(BreakerOptions::default()),
            broken: Notify::new(),
            up: watch::Sender::new(false),
            suspicion: AtomicU32::new(0),
            calls: AtomicU64::new(0),
            failed: AtomicU64::new(0),
            connected: AtomicU64::new(0),
        });
        let keeper = tokio::spawn(keep(inner.clone()));
        Self { inner, _keeper: Arc::new(Keeper(keeper)) }
    }

    /// Asks one thing.
    ///
    /// # Errors
    /// [`LinkError`].
    pub async fn ask<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, LinkError> {
        self.run(async |connection| command.query_async(connection).await).await
    }

    /// Asks several things at once. In a cluster, the keys of all must lie in one slot.
    ///
    /// # Errors
    /// [`LinkError`].
    pub async fn ask_all<T: FromRedisValue>(&self, commands: &Pipeline) -> Result<T, LinkError> {
        self.run(async |connection| commands.query_async(connection).await).await
    }

    /// Does something with the connection, within the time of one answer.
    ///
    /// # Errors
    /// [`LinkError`].
    pub async fn run<T>(
        &self,
        work: impl AsyncFnOnce(&mut Connection) -> RedisResult<T>,
    ) -> Result<T, LinkError> {
        let inner = &self.inner;
        inner.calls.fetch_add(1, Ordering::Relaxed);
        let connection = match inner.breaker.state() {
            BreakerState::Closed => inner.connection(),
            _ => None,
        };
        let Some(mut connection) = connection else {
            inner.failed.fetch_add(1, Ordering::Relaxed);
            return Err(LinkError::Away);
        };
        let limit = inner.options.answer;
        let error = match timeout(limit, work(&mut connection)).await {
            Ok(Ok(done)) => {
                inner.breaker.went_well();
                return Ok(done);
            }
            Ok(Err(error)) if is_answer(&error) => {
                inner.breaker.went_well();
                return Err(LinkError::Refused(error.to_string()));
            }
            Ok(Err(error)) if error.is_timeout() => LinkError::TooSlow(limit),
            Ok(Err(error)) => LinkError::Broken(error.to_string()),
            Err(_) => LinkError::TooSlow(limit),
        };
        inner.fail();
        Err(error)
    }

    /// How it is.
    #[must_use]
    pub fn status(&self) -> LinkStatus {
        let inner = &self.inner;
        let state = match inner.connection() {
            Some(_) => inner.breaker.state(),
            None => BreakerState::Open,
        };
        LinkStatus {
            state,
            calls: inner.calls.load(Ordering::Relaxed),
            failed: inner.failed.load(Ordering::Relaxed),
            opened: inner.breaker.opened(),
            connected: inner.connected.load(Ordering::Relaxed),
        }
    }

    /// Whether calls go through at present.
    #[must_use]
    pub fn is_up_now(&self) -> bool {
        *self.inner.up.borrow()
    }

    /// The same; changes when that does.
    #[must_use]
    pub fn is_up(&self) -> watch::Receiver<bool> {
        self.inner.up.subscribe()
    }

    /// Its name among several; empty if it is the only one.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.inner.options.name
    }

    /// How it is reached.
    #[must_use]
    pub fn options(&self) -> &RedisOptions {
        &self.inner.options
    }
}

/// Whether a server said no, which it would say again, and not that it cannot answer now.
fn is_answer(error: &RedisError) -> bool {
    match error.kind() {
        ErrorKind::Server(kind) => !matches!(
            kind,
            ServerErrorKind::BusyLoading
                | ServerErrorKind::ClusterDown
                | ServerErrorKind::MasterDown
                | ServerErrorKind::ReadOnly
                | ServerErrorKind::TryAgain
                | ServerErrorKind::Moved
                | ServerErrorKind::Ask
        ),
        ErrorKind::Extension | ErrorKind::UnexpectedReturnType => true,
        _ => false,
    }
}

impl Inner {
    fn connection(&self) -> Option<Connection> {
        self.connection.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn put(&self, connection: Connection) {
        *self.connection.write().unwrap_or_else(PoisonError::into_inner) = Some(connection);
        self.connected.fetch_add(1, Ordering::Relaxed);
        self.suspicion.store(0, Ordering::Relaxed);
    }

    fn fail(&self) {
        self.failed.fetch_add(1, Ordering::Relaxed);
        let suspicion = self.suspicion.fetch_add(1, Ordering::Relaxed) + 1;
        if self.breaker.failed() {
            self.up.send_replace(false);
            self.broken.notify_one();
        } else if suspicion >= SUSPECT {
            self.broken.notify_one();
        }
    }
}

/// Opens the connection, and opens it anew when it is broken or suspect.
#[allow(clippy::disallowed_methods, reason = "a rest between tries")]
async fn keep(inner: Arc<Inner>) {
    // What was said of it last.
    let mut told = None;
    let redis = match &*inner.options.name {
        "" => "Redis".to_owned(),
        name => format!("Redis `{name}`"),
    };
    loop {
        match connection::open(&inner.options).await {
            Ok(connection) => {
                inner.put(connection);
                if inner.breaker.succeeded() || told != Some(true) {
                    tracing::info!("{redis} is reached");
                }
                told = Some(true);
                inner.up.send_replace(true);
                suspect(&inner).await;
            }
            Err(error) => {
                inner.breaker.failed();
                if told.replace(false) != Some(false) {
                    tracing::warn!(%error, "{redis} cannot be reached; tried again");
                }
                sleep(FAILED).await;
            }
        }
        rest(&inner).await;
    }
}

/// Waits until the connection has to be opened anew.
#[allow(clippy::disallowed_methods, reason = "not more often than that")]
async fn suspect(inner: &Inner) {
    let opened = Instant::now();
    loop {
        // Nobody may have used it for long, and so nobody have noticed.
        let used = inner.calls.load(Ordering::Relaxed);
        let broken = timeout(IDLE, inner.broken.notified()).await.is_ok();
        if inner.breaker.state() != BreakerState::Closed {
            return;
        }
        if inner.suspicion.load(Ordering::Relaxed) >= SUSPECT {
            sleep(AGAIN.saturating_sub(opened.elapsed())).await;
            return;
        }
        if !broken && inner.calls.load(Ordering::Relaxed) == used {
            let Some(mut connection) = inner.connection() else { return };
            match timeout(inner.options.answer, connection::probe(&mut connection)).await {
                Ok(Ok(())) => {}
                _ => inner.fail(),
            }
        }
    }
}

/// Waits until it may be tried.
#[allow(clippy::disallowed_methods, reason = "the breaker says for how long")]
async fn rest(inner: &Inner) {
    loop {
        match inner.breaker.admit() {
            Admission::Call | Admission::Try => return,
            Admission::Refused(left) => sleep(left).await,
        }
    }
}
