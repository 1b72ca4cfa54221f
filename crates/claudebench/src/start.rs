//! From a configuration to a running server: the only place where the parts are put together.

mod limits;
mod rules;
mod settings;
mod shared;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use claudebench_coordination::cache::Cache;
use claudebench_coordination::redis::Links;
use claudebench_coordination::{Hub, HubOptions, Presence, Signals};
use claudebench_core::{Clock, Cursor};
use claudebench_services::hook::{HookRules, ToolErrors};
use claudebench_services::task::ready::Ready;
use claudebench_services::{ServerInfo, Shared, analytics, elsewhere, system, task};
use claudebench_store::sqlite::DATABASE;
use claudebench_store::{
    Committed, Committer, CommitterOptions, KeyRow, OnCommit, Store, StoreError,
};
use prometheus::IntCounter;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout_at;

use self::shared::{Relayed, Together};
use crate::auth::Auth;
use crate::config::{Config, ConfigError, Required};
use crate::metrics::Metrics;
use crate::opened::{OpenError, Opened};
use crate::transport::App;
use crate::transport::calls::Calls;
use crate::transport::gate::{Gate, Stage};
use crate::transport::listen::{self, ListenError, Listener, Room};
use crate::transport::rates::CallRates;

/// How long the last words to clients may take when the time for a stop is over.
const FAREWELL: Duration = Duration::from_secs(2);

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
    /// A file that the configuration names cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The rules about tool calls of agents are not in order.
    #[error(transparent)]
    Rules(#[from] rules::RulesError),
    /// Nobody could tell this server from others.
    #[error("the system gives no random numbers: {0}")]
    Chance(getrandom::Error),
    /// The counters could not be made.
    #[error("the metrics could not be set up: {0}")]
    Metrics(#[from] prometheus::Error),
    /// Signals of the system cannot be waited for.
    #[error("signals cannot be waited for: {0}")]
    Signals(std::io::Error),
    /// The program that started this one as a worker does not say where to listen.
    #[error("a worker is started by `claudebench serve --workers`, and by nothing else: {0}")]
    Orphan(std::io::Error),
}

/// A server that runs.
pub struct Running {
    /// Where it can be reached, as URLs.
    pub urls: Vec<String>,
    /// The addresses among them.
    pub addresses: Vec<SocketAddr>,
    app: Arc<App>,
    opened: Opened,
    stop: watch::Sender<bool>,
    accepting: JoinSet<()>,
    background: JoinSet<()>,
    writers: JoinSet<()>,
    grace: Duration,
    drain: Duration,
}

/// Starts a server with the clock of this machine, or of the database. One that cannot be used is an
/// error.
///
/// # Errors
/// Each says what stands in the way and what to do.
pub async fn start(config: Config) -> Result<Running, StartError> {
    begin(config, Ground::default()).await
}

/// Starts a server with any clock.
///
/// # Errors
/// As [`start`].
pub async fn start_with(config: Config, clock: Arc<dyn Clock>) -> Result<Running, StartError> {
    begin(config, Ground { clock: Some(clock), ..Ground::default() }).await
}

/// Whether a database that cannot be used yet is waited for.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
enum Patience {
    #[default]
    None,
    /// It is, and whoever asks is told so after so many failures, if at all.
    Endless(Option<usize>),
}

/// What a server finds when it starts.
#[derive(Default)]
struct Ground {
    clock: Option<Arc<dyn Clock>>,
    patience: Patience,
    /// The sockets of a worker, with its number.
    given: Option<(usize, Vec<Listener>)>,
}

/// Starts one of the processes of a server, on the sockets that it was given. A database that cannot
/// be used yet is waited for; whoever asks is told so after so many failures, if at all.
///
/// # Errors
/// As [`start`].
pub async fn start_worker(
    config: Config,
    worker: usize,
    listeners: Vec<Listener>,
    told_after: Option<usize>,
) -> Result<Running, StartError> {
    let given = Some((worker, listeners));
    begin(config, Ground { patience: Patience::Endless(told_after), given, clock: None }).await
}

async fn begin(config: Config, ground: Ground) -> Result<Running, StartError> {
    let redis = config.redis()?;
    let worker = ground.given.as_ref().map(|(worker, _)| *worker);
    let (opened, keys, listeners) = reach(&config, ground).await?;
    let local_only = listeners.iter().all(Listener::is_local);
    let required = config.auth.required == Required::Always || !local_only;
    if required && keys.is_empty() {
        opened.close().await;
        return Err(StartError::NobodyCanCall);
    }
    let store = opened.store.clone();
    let metrics = Arc::new(Metrics::new(worker)?);
    let head = store.health().await?.head;
    let (stop, stopping) = watch::channel(false);
    let mut background = JoinSet::new();
    let together = Together::of(&config, redis, &store).await?;
    let links = together.as_ref().map(|together| &together.links);
    // They are read after the head: of what changes from there on the log tells.
    let keys = store.keys(None).await?;
    let sessions = shared::sessions(together.as_ref(), store.clock());
    let auth = Arc::new(Auth::new(required, keys, sessions, store.clone()));
    let limiter = shared::limiter(&config, together.as_ref(), store.clock());
    let signals = shared::signals(&config, together.as_ref(), store.clock().now());
    if let Some(together) = together.clone() {
        let counted = (signals.clone(), store.clock());
        background.spawn(together.count_servers(limiter.clone(), counted, stopping.clone()));
    }
    let relayed = together.as_ref().map(|one| one.relay(&store, &mut background, &stopping));
    let relay = relayed.as_ref().map(|relayed| relayed.relay.clone());
    let rates = CallRates::new(limiter, &config.rates);
    let cache = shared::cache(&config, together.as_ref(), &store, head)?;
    let told = Told {
        cache,
        auth: auth.clone(),
        metrics: metrics.clone(),
        relayed,
        links: links.cloned(),
        signals,
    };
    let (shared, writers) = shared(&config, &store, head, told, stopping, &mut background).await?;
    let grace = Duration::from_millis(config.stop.grace_ms);
    let drain = Duration::from_millis(config.stop.drain_ms);
    let room = Room::new(config.limits.connections, listeners.len());
    let calls = Arc::new(Calls::new(config.limits.calls));
    let app = Arc::new(App {
        shared,
        auth,
        metrics,
        config,
        local_only,
        calls,
        rates,
        relay,
        gate: Arc::new(Gate::default()),
        seen: Default::default(),
        sockets: Default::default(),
        mcp: Default::default(),
    });
    keep(&app, &mut background);
    let urls = listeners.iter().map(Listener::url).collect();
    let addresses = listeners.iter().filter_map(Listener::address).collect();
    let mut accepting = JoinSet::new();
    for listener in listeners {
        accepting.spawn(listen::accept(app.clone(), listener, room.clone()));
    }
    Ok(Running { urls, addresses, app, opened, stop, accepting, background, writers, grace, drain })
}

/// What goes on beside calls, until the server stops.
fn keep(app: &Arc<App>, background: &mut JoinSet<()>) {
    let shared = &app.shared;
    background.spawn(until(shared.stopping.clone(), shared::flush(app.clone())));
    background.spawn(task::sweeper::run(shared.clone()));
    background.spawn(task::returns::run(shared.clone()));
    background.spawn(system::replicas::run(shared.clone()));
    background.spawn(analytics::consumer::run(shared.clone()));
    background.spawn(system::watch::run(shared.clone(), app.config.instances.check_ms));
}

/// The store with the keys in it, and the addresses, of which those that others can reach are there
/// only if there are keys.
async fn reach(
    config: &Config,
    Ground { clock, patience, given }: Ground,
) -> Result<(Opened, Vec<KeyRow>, Vec<Listener>), StartError> {
    let no_keys = |url: String| Err(StartError::NoKeys { url });
    let exposed = config.listen.iter().find(|address| listen::is_exposed(address));
    // Where keys are needed they are looked for before anybody can connect; else an address that
    // somebody has leaves the data alone. Over a database, that is so in either case: until it is
    // there, whoever connects is told no more than that.
    if let Some(address) = exposed.filter(|_| config.store.is_embedded()) {
        if !config.data.join(DATABASE).exists() {
            return no_keys(format!("http://{address}"));
        }
        let (opened, keys) = with_keys(Opened::open(config, clock).await?).await?;
        if keys.is_empty() {
            opened.close().await;
            return no_keys(format!("http://{address}"));
        }
        return Ok((opened, keys, bind(config).await?));
    }
    let listeners = match given {
        Some((_, listeners)) => listeners,
        None => bind(config).await?,
    };
    let opened = match patience {
        Patience::None => Opened::open(config, clock).await?,
        Patience::Endless(told_after) => {
            Opened::patiently(config, clock, &listeners, told_after).await?
        }
    };
    let (opened, keys) = with_keys(opened).await?;
    if let Some(open) = listeners.iter().find(|listener| !listener.is_local())
        && keys.is_empty()
    {
        opened.close().await;
        return no_keys(open.url());
    }
    Ok((opened, keys, listeners))
}

async fn with_keys(opened: Opened) -> Result<(Opened, Vec<KeyRow>), StoreError> {
    let keys = opened.store.keys(None).await?;
    Ok((opened, keys))
}

async fn bind(config: &Config) -> Result<Vec<Listener>, StartError> {
    let mut listeners = Vec::new();
    for address in &config.listen {
        listeners.push(Listener::bind(address).await?);
    }
    Ok(listeners)
}

/// Who is told of commits, beside those who follow them.
struct Told {
    cache: Option<Arc<Cache>>,
    auth: Arc<Auth>,
    metrics: Arc<Metrics>,
    relayed: Option<Relayed>,
    links: Option<Links>,
    signals: Arc<Signals>,
}

/// What all calls share, with the committer that tells the others what was committed.
async fn shared(
    config: &Config,
    store: &Arc<dyn Store>,
    head: Cursor,
    Told { cache, auth, metrics, relayed, links, signals }: Told,
    stopping: watch::Receiver<bool>,
    background: &mut JoinSet<()>,
) -> Result<(Arc<Shared>, JoinSet<()>), StartError> {
    let hub = Arc::new(Hub::new(head, HubOptions::default()));
    let ready = Arc::new(Ready::new(config.limits.waiting_claims));
    let (limits, presence) = (limits::of(config), Arc::new(Presence::default()));
    let rules = Arc::new(HookRules::new(rules::read(&config.hook.rules)?));
    background.spawn(rules::follow(config.hook.rules.clone(), rules.clone(), stopping.clone()));
    let tell: OnCommit = {
        let present = presence.clone();
        let (hub, ready, rules) = (hub.clone(), ready.clone(), rules.clone());
        let (cache, auth, metrics) = (cache.clone(), auth.clone(), metrics.clone());
        // A database takes its own commits there, also those that are told of late.
        let relayed = relayed.filter(|_| config.store.is_embedded());
        Arc::new(move |committed: Committed| {
            let (began, events) = (Instant::now(), committed.events.len());
            // Each server counts its own.
            if committed.foreign {
                elsewhere::notice(&present, &ready, &limits, &committed.events);
            } else {
                metrics.committed(&committed.events);
                if let Some(relayed) = &relayed {
                    relayed.send_all(&committed.events);
                }
            }
            if let Some(cache) = &cache {
                cache.notice(&committed.events);
            }
            auth.notice(&committed.events);
            rules.notice(&committed.events);
            hub.publish(committed.events);
            ready.notify(&committed.ready, committed.reopened);
            if events > 0 {
                metrics.event_seconds.observe(began.elapsed().as_secs_f64());
            }
        })
    };
    // Before the first write: what is told by this way is told in the order of the log.
    background.spawn(until(stopping.clone(), store.follow(head, tell.clone())));
    let options = CommitterOptions { parked: Some(ready.clone()), ..CommitterOptions::default() };
    let (committer, writers) = Committer::start(store.clone(), options, tell);
    let clock = store.clock();
    let shared = Arc::new(Shared {
        store: store.clone(),
        committer,
        hub,
        cache,
        redis: links,
        signals,
        role_queues: system::RoleQueues::default(),
        scaling: config.scaling.wanted(),
        presence,
        ready,
        rules,
        tool_errors: ToolErrors::default(),
        clock: clock.clone(),
        limits,
        meters: metrics,
        info: ServerInfo { version: env!("CARGO_PKG_VERSION"), started_at: clock.now() },
        settings: settings::in_force(config),
        stopping,
    });
    system::watch::enter_known(&shared).await?;
    Ok((shared, writers))
}

/// Goes on until the server stops.
async fn until(mut stopping: watch::Receiver<bool>, work: impl Future<Output = ()>) {
    let stop = async { stopping.wait_for(|stop| *stop).await.is_ok() };
    tokio::select! {
        _ = stop => {}
        () = work => {}
    }
}

impl Running {
    /// Stops: new work is refused, what is under way finishes or is given up when its time is
    /// over, and the store is closed.
    pub async fn stop(self) {
        tracing::info!("stopping");
        self.stop.send_replace(true);
        let began = tokio::time::Instant::now();
        let grace = began + self.grace;
        // Whoever connects meanwhile is told that the server stops.
        let drained = async {
            tokio::time::sleep_until(began + self.drain.min(self.grace)).await;
            self.app.gate.idle().await;
        };
        let in_time = timeout_at(grace, drained).await.is_ok();
        self.end(in_time, grace).await;
    }

    /// Goes while others stay, who take whoever connects from now on. Everybody who is connected is
    /// told with the next answer to connect anew; whoever waits or follows is told at once.
    pub async fn leave(mut self) {
        tracing::info!("leaving");
        self.app.gate.leave();
        self.stop.send_replace(true);
        self.app.gate.go_on(Stage::Leaving);
        let grace = tokio::time::Instant::now() + self.grace;
        let gone = async { while self.accepting.join_next().await.is_some() {} };
        // Who says nothing for so long cannot be told, and is let go.
        let _ = timeout_at(grace, gone).await;
        let idle = tokio::time::timeout(FAREWELL, self.app.gate.idle()).await.is_ok();
        self.end(idle, grace).await;
    }

    /// How many requests it has answered or is answering.
    #[must_use]
    pub fn requests(&self) -> IntCounter {
        self.app.metrics.http_requests.clone()
    }

    async fn end(mut self, in_time: bool, grace: tokio::time::Instant) {
        self.app.mcp.end();
        self.app.gate.go_on(Stage::Closed);
        if !in_time {
            tracing::warn!("not all that was under way ended in time; it is given up");
            self.app.gate.go_on(Stage::Over);
            // Sockets still say why they close.
            let _ = tokio::time::timeout(FAREWELL, self.app.gate.idle()).await;
        }
        let grace = grace.max(tokio::time::Instant::now() + FAREWELL);
        let ended = async { while self.accepting.join_next().await.is_some() {} };
        if timeout_at(grace, ended).await.is_err() {
            tracing::warn!("some connections did not end in time; they are closed");
            self.accepting.shutdown().await;
        }
        let ended = async { while self.background.join_next().await.is_some() {} };
        if tokio::time::timeout(Duration::from_secs(2), ended).await.is_err() {
            self.background.shutdown().await;
        }
        self.app.shared.committer.stop();
        while self.writers.join_next().await.is_some() {}
        // What was taken on is committed.
        self.opened.close().await;
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
    tokio::pin!(ended);
    let running = tokio::select! {
        started = begin(config, Ground { patience: Patience::Endless(Some(0)), ..Ground::default() }) => started?,
        _ = terminate.recv() => return Ok(()),
        _ = interrupt.recv() => return Ok(()),
        () = &mut ended => return Ok(()),
    };
    tracing::info!(urls = ?running.urls, version = env!("CARGO_PKG_VERSION"), "listening");
    ready(&running.urls);
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
        () = &mut ended => {}
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
pub(crate) async fn stdin_ends(counts: bool) {
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
