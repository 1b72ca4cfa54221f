//! From a configuration to a running server: the only place where the parts are put together.

use std::net::SocketAddr;
use std::sync::Arc;

use std::sync::atomic::AtomicUsize;
use std::time::Duration;

use claudebench_coordination::{Hub, HubOptions, Presence};
use claudebench_core::rank::Aging;
use claudebench_core::time::SystemClock;
use claudebench_core::{Clock, Cursor};
use claudebench_services::task::ready::Ready;
use claudebench_services::{ServerInfo, Shared, system, task};
use claudebench_store::sqlite::{OpenError, SqliteOptions, SqliteStore};
use claudebench_store::{Committed, Committer, CommitterOptions, Store, StoreError};
use tokio::sync::{Semaphore, watch};
use tokio::task::{JoinHandle, JoinSet};

use crate::auth::Auth;
use crate::config::{Config, Required};
use crate::metrics::Metrics;
use crate::transport::App;
use crate::transport::listen::{self, ListenError, Listener};

/// Why a server could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The store cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The store cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An address cannot be listened on.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// A bind that others can reach, without anybody being asked who they are.
    #[error("{url} can be reached from other machines, and there is no API key yet")]
    NoKeys {
        /// The address.
        url: String,
    },
    /// Everybody is to be asked who they are, and nobody could answer.
    #[error("the setting `auth.required` asks everybody for an API key, and there is none yet")]
    NobodyCanCall,
    /// The counters could not be made.
    #[error("the metrics could not be set up: {0}")]
    Metrics(#[from] prometheus::Error),
    /// Signals of the system cannot be waited for.
    #[error("signals cannot be waited for: {0}")]
    Signals(std::io::Error),
}

/// A server that runs.
pub struct Running {
    /// Where it can be reached, as URLs.
    pub urls: Vec<String>,
    /// The addresses among them.
    pub addresses: Vec<SocketAddr>,
    app: Arc<App>,
    store: Arc<SqliteStore>,
    stop: watch::Sender<bool>,
    accepting: JoinSet<()>,
    background: JoinSet<()>,
    writers: JoinSet<()>,
    grace: Duration,
}

/// Starts a server with the clock of this machine.
///
/// # Errors
/// Each says what stands in the way and what to do.
pub async fn start(config: Config) -> Result<Running, StartError> {
    start_with(config, Arc::new(SystemClock::default())).await
}

/// Starts a server with any clock.
///
/// # Errors
/// As [`start`].
pub async fn start_with(config: Config, clock: Arc<dyn Clock>) -> Result<Running, StartError> {
    let mut listeners = Vec::new();
    for address in &config.listen {
        listeners.push(Listener::bind(address).await?);
    }
    let local_only = listeners.iter().all(Listener::is_local);
    let store = SqliteStore::open(store_options(&config), clock.clone())?;
    let seen: Arc<dyn Store> = store.clone();
    let required = config.auth.required == Required::Always || !local_only;
    let auth = Arc::new(Auth::load(required, seen.clone()).await?);
    if !local_only && auth.count() == 0 {
        let open = listeners.iter().find(|listener| !listener.is_local());
        let url = open.map(Listener::url).unwrap_or_default();
        return Err(StartError::NoKeys { url });
    }
    if required && auth.count() == 0 {
        return Err(StartError::NobodyCanCall);
    }
    let metrics = Arc::new(Metrics::new()?);
    let head = seen.health().await?.head;
    let (stop, stopping) = watch::channel(false);
    let (shared, writers) =
        shared(&config, &seen, &clock, head, (&auth, &metrics), stopping).await?;
    let grace = Duration::from_millis(config.stop.grace_ms);
    let room = Arc::new(Semaphore::new(config.limits.connections));
    let check_ms = config.instances.check_ms;
    let app = Arc::new(App {
        shared: shared.clone(),
        auth,
        metrics,
        config,
        local_only,
        calls: AtomicUsize::new(0),
        sockets: Default::default(),
    });
    let mut background = JoinSet::new();
    background.spawn(task::sweeper::run(shared.clone()));
    background.spawn(task::returns::run(shared.clone()));
    background.spawn(system::watch::run(shared, check_ms));
    let urls = listeners.iter().map(Listener::url).collect();
    let addresses = listeners.iter().filter_map(Listener::address).collect();
    let mut accepting = JoinSet::new();
    for listener in listeners {
        accepting.spawn(listen::accept(app.clone(), listener, room.clone()));
    }
    Ok(Running { urls, addresses, app, store, stop, accepting, background, writers, grace })
}

/// What all calls share, with the committer that tells the others what was committed.
async fn shared(
    config: &Config,
    store: &Arc<dyn Store>,
    clock: &Arc<dyn Clock>,
    head: Cursor,
    (auth, metrics): (&Arc<Auth>, &Arc<Metrics>),
    stopping: watch::Receiver<bool>,
) -> Result<(Arc<Shared>, JoinSet<()>), StartError> {
    let hub = Arc::new(Hub::new(head, HubOptions::default()));
    let ready = Arc::new(Ready::new(config.limits.waiting_claims));
    let presence = Arc::new(Presence::default());
    let tell = {
        let (hub, ready) = (hub.clone(), ready.clone());
        let (auth, metrics) = (auth.clone(), metrics.clone());
        Arc::new(move |committed: Committed| {
            metrics.events.inc_by(committed.events.len() as u64);
            auth.notice(&committed.events);
            hub.publish(committed.events);
            ready.notify(&committed.ready, committed.reopened);
        })
    };
    let options = CommitterOptions { parked: Some(ready.clone()), ..CommitterOptions::default() };
    let (committer, writers) = Committer::start(store.clone(), options, tell);
    let limits = &config.limits;
    let shared = Arc::new(Shared {
        store: store.clone(),
        committer,
        hub,
        presence,
        ready,
        clock: clock.clone(),
        limits: claudebench_services::Limits {
            metadata_bytes: limits.metadata_bytes,
            result_bytes: limits.result_bytes,
            attachment_bytes: limits.attachment_bytes,
            waiting_claims: limits.waiting_claims,
            instance_silence_ms: config.instances.silence_ms,
            lease_ms: config.tasks.lease_ms,
        },
        meters: metrics.clone(),
        info: ServerInfo { version: env!("CARGO_PKG_VERSION"), started_at: clock.now() },
        stopping,
    });
    system::watch::enter_known(&shared).await?;
    Ok((shared, writers))
}

/// How the store of a configuration is opened.
#[must_use]
pub fn store_options(config: &Config) -> SqliteOptions {
    SqliteOptions {
        lease_ms: config.tasks.lease_ms,
        max_losses: config.tasks.max_losses,
        aging: Aging { step_ms: config.tasks.aging_step_ms },
        events_age_ms: config.events.keep_days.saturating_mul(24 * 3_600_000),
        events_max: config.events.keep_count,
        ..SqliteOptions::new(&config.data)
    }
}

impl Running {
    /// Stops: new work is refused, what is under way finishes or is given up when its time is
    /// over, and the store is closed.
    pub async fn stop(mut self) {
        tracing::info!("stopping");
        self.stop.send_replace(true);
        let ended = async { while self.accepting.join_next().await.is_some() {} };
        if tokio::time::timeout(self.grace, ended).await.is_err() {
            tracing::warn!("some connections did not end in time; they are closed");
            self.accepting.shutdown().await;
        }
        let ended = async { while self.background.join_next().await.is_some() {} };
        if tokio::time::timeout(Duration::from_secs(2), ended).await.is_err() {
            self.background.shutdown().await;
        }
        self.app.shared.committer.stop();
        while self.writers.join_next().await.is_some() {}
        let store = self.store.clone();
        // What was taken on is committed; closing waits for the disk.
        let closed: JoinHandle<()> = tokio::task::spawn_blocking(move || store.close());
        let _ = closed.await;
        tracing::info!("stopped");
    }
}

/// Runs a server until it is told to stop, by a signal or the end of standard input. `ready` hears
/// where it can be reached.
///
/// # Errors
/// As [`start`].
pub async fn run(
    config: Config,
    stop_with_stdin: bool,
    ready: impl FnOnce(&[String]),
) -> Result<(), StartError> {
    use tokio::signal::unix::{SignalKind, signal};
    let ended = stdin_ends(stop_with_stdin);
    let mut terminate = signal(SignalKind::terminate()).map_err(StartError::Signals)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(StartError::Signals)?;
    listen::raise_file_limit();
    let running = start(config).await?;
    tracing::info!(urls = ?running.urls, version = env!("CARGO_PKG_VERSION"), "listening");
    ready(&running.urls);
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
        () = ended => {}
    }
    let stop = running.stop();
    tokio::pin!(stop);
    tokio::select! {
        () = &mut stop => {}
        // Asked twice: at once. What was acknowledged is on disk.
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}

/// Waits for the end of standard input, if that counts.
async fn stdin_ends(counts: bool) {
    if !counts {
        return std::future::pending().await;
    }
    let (over, ended) = tokio::sync::oneshot::channel::<()>();
    // A thread that the end of the process does not wait for, unlike one of tokio's.
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
        drop(over);
    });
    let _ = ended.await;
}
