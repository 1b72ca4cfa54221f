//! Which of several hosts is the primary. It is found by asking all of them at once; where it was, is
//! remembered. Of two that take writes, the one with the newer history is the primary: the other one was
//! left behind by a promotion. Connections to one that is not the primary any more are cut, so that
//! whoever waits for an answer there hears of it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::future::select_ok;
use tokio::sync::{Mutex as Turn, watch};
use tokio::time::{Instant, sleep_until};
use tokio_postgres::Config;
use tokio_postgres::config::Host;

use super::connect::{Connected, Cut, Hear, Unconnected, open};
use super::errors::OpenError;
use super::tls::Tls;
use crate::store::StoreError;

/// How long one rests between two looks at a host, while there is no primary.
const AGAIN: Duration = Duration::from_millis(100);

/// What was found out last need not be found out again by all who wait for it.
const FRESH: Duration = Duration::from_secs(1);

/// The hosts of a URL.
pub(super) struct Primary {
    hosts: Vec<One>,
    tls: Tls,
    /// How long connecting may take, and for how long a primary that went is waited for.
    patience: Duration,
    found: Mutex<Found>,
    /// One looks for it at a time.
    seeking: Turn<()>,
}

/// One of them.
struct One {
    /// With this host alone.
    config: Config,
    /// How often it was left, as a primary that is none any more.
    left: watch::Sender<u64>,
}

/// What is known.
#[derive(Default)]
struct Found {
    /// Which host it is.
    at: Option<usize>,
    /// The newest history that was seen.
    timeline: i64,
    /// Since when there is none, and why, as it was last seen.
    gone: Option<Gone>,
    /// When it was last seen to be that.
    seen: Option<Instant>,
    /// Why it may be none, though nobody has proven that.
    doubt: Option<String>,
}

struct Gone {
    since: Instant,
    seen: Instant,
    why: String,
}

impl Primary {
    /// Nothing is looked at before somebody connects.
    pub(super) fn new(config: &Config, tls: Tls, patience: Duration) -> Arc<Self> {
        let one = |host| One { config: alone(config, host), left: watch::Sender::new(0) };
        Arc::new(Self {
            hosts: (0..config.get_hosts().len()).map(one).collect(),
            tls,
            patience,
            found: Mutex::default(),
            seeking: Turn::new(()),
        })
    }

    fn found(&self) -> MutexGuard<'_, Found> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn hosts(&self) -> usize {
        self.hosts.len()
    }

    /// Why no writes are taken now, as far as that is known.
    pub(super) fn problem(&self) -> Option<String> {
        let found = self.found();
        found.gone.as_ref().map(|gone| gone.why.clone()).or_else(|| found.doubt.clone())
    }

    /// Connects to the primary.
    pub(super) async fn connect(&self, hear: Option<Hear>) -> Result<Connected, OpenError> {
        if self.hosts.len() == 1 {
            return self.attempt(0, hear).await.map_err(|unconnected| unconnected.error);
        }
        let known = self.found().at;
        if let Some(host) = known
            && let Ok(connected) = self.attempt(host, hear.clone()).await
        {
            return Ok(connected);
        }
        let _one = self.seeking.lock().await;
        let (at, until) = {
            let found = self.found();
            let now = Instant::now();
            match &found.gone {
                Some(gone) if gone.since + self.patience < now && gone.seen + FRESH > now => {
                    return Err(StoreError::Unavailable { what: gone.why.clone() }.into());
                }
                Some(gone) => (found.at, gone.since + self.patience),
                None => (found.at, now + self.patience),
            }
        };
        // Somebody else has found it meanwhile.
        if let Some(host) = at.filter(|at| known != Some(*at))
            && let Ok(connected) = self.attempt(host, hear.clone()).await
        {
            return Ok(connected);
        }
        self.seek(hear, until).await
    }

    /// Asks all hosts, again and again until then, and once in any case.
    async fn seek(&self, hear: Option<Hear>, until: Instant) -> Result<Connected, OpenError> {
        let asked = (0..self.hosts.len()).map(|host| {
            let hear = hear.clone();
            Box::pin(async move {
                loop {
                    let unconnected = match self.attempt(host, hear.clone()).await {
                        Ok(connected) => return Ok(connected),
                        Err(unconnected) => unconnected,
                    };
                    let next = Instant::now() + AGAIN;
                    if next > until || !unconnected.error.may_pass() {
                        return Err((host, unconnected.error));
                    }
                    self.lacking(&format!("{}: {}", self.name(host), unconnected.error));
                    sleep_until(next).await;
                }
            })
        });
        match select_ok(asked).await {
            Ok((connected, _)) => Ok(connected),
            Err((_, error)) if !error.may_pass() => Err(error),
            Err((host, error)) => {
                let why = format!("none of the hosts takes writes; {}: {error}", self.name(host));
                self.lacking(&why);
                Err(StoreError::Unavailable { what: why }.into())
            }
        }
    }

    /// None was found so far.
    fn lacking(&self, why: &str) {
        gone(&mut self.found(), why);
    }

    /// Connects to a host, if it is the primary.
    async fn attempt(&self, host: usize, hear: Option<Hear>) -> Result<Connected, Unconnected> {
        let cut = self.hosts.get(host).map(|one| {
            let left = one.left.subscribe();
            let before = *left.borrow();
            Cut { left, before }
        });
        let connected = self.open(host, hear, cut).await?;
        match connected.timeline {
            None => Err(not_primary("it follows another server, which is the primary")),
            Some(timeline) if self.is_primary(host, timeline, true) => Ok(connected),
            Some(_) => {
                Err(not_primary("it is an old primary, which another one was promoted in place of"))
            }
        }
    }

    /// Connects to a host, whatever it is.
    pub(super) async fn open(
        &self,
        host: usize,
        hear: Option<Hear>,
        cut: Option<Cut>,
    ) -> Result<Connected, Unconnected> {
        let Some(one) = self.hosts.get(host) else {
            return Err(not_primary("the url does not name it"));
        };
        open((&one.config, &self.tls), self.patience, hear, cut).await
    }

    /// A host takes writes. Says whether it is the primary; one that is no newer than who was the
    /// primary so far is that only when it is `wanted`.
    pub(super) fn is_primary(&self, host: usize, timeline: i64, wanted: bool) -> bool {
        let mut found = self.found();
        let other = found.at.filter(|at| *at != host);
        let newer = timeline > found.timeline;
        if (self.hosts.len() > 1 && timeline < found.timeline)
            || (other.is_some() && !newer && !wanted)
        {
            return false;
        }
        let moved = other.filter(|_| newer);
        if moved.is_some() || found.gone.is_some() {
            tracing::info!(host = self.name(host), timeline, "the primary of the database");
        }
        let seen = Some(Instant::now());
        *found = Found { at: Some(host), timeline, seen, gone: None, doubt: None };
        drop(found);
        moved.into_iter().for_each(|from| self.leave(from));
        true
    }

    /// A host that is thought to be the primary does not behave like one, by a look that began then.
    pub(super) fn doubt(&self, host: usize, began: Instant, why: &str) {
        let mut found = self.found();
        if found.at == Some(host) && found.seen < Some(began) {
            found.doubt = Some(why.to_owned());
        }
    }

    /// A host is not the primary, by a look that began then; nothing is lost by ending what waits there.
    pub(super) fn is_none(&self, host: usize, began: Instant, why: &str) {
        let mut found = self.found();
        if found.at != Some(host) || found.seen >= Some(began) {
            return;
        }
        tracing::warn!(host = self.name(host), why, "the primary of the database is away");
        found.at = None;
        gone(&mut found, &format!("{}: {why}", self.name(host)));
        drop(found);
        self.leave(host);
    }

    /// Connections to a host end: it is the primary no more.
    fn leave(&self, host: usize) {
        if let Some(one) = self.hosts.get(host) {
            one.left.send_modify(|left| *left += 1);
        }
    }

    fn name(&self, host: usize) -> String {
        self.hosts.get(host).map(|one| name(&one.config)).unwrap_or_default()
    }
}

fn gone(found: &mut Found, why: &str) {
    let now = Instant::now();
    let since = found.gone.as_ref().map_or(now, |gone| gone.since);
    found.gone = Some(Gone { since, seen: now, why: why.to_owned() });
}

fn not_primary(what: &str) -> Unconnected {
    let error = StoreError::Unavailable { what: what.to_owned() };
    Unconnected { error: error.into(), said: false }
}

/// The first host of a configuration and its port, as people know them.
pub(super) fn name(config: &Config) -> String {
    let host = match config.get_hosts().first() {
        Some(Host::Tcp(host)) => host.clone(),
        #[cfg(unix)]
        Some(Host::Unix(path)) => path.display().to_string(),
        None => "localhost".to_owned(),
    };
    format!("{host}:{}", config.get_ports().first().unwrap_or(&5432))
}

/// A configuration with one of its hosts.
fn alone(config: &Config, host: usize) -> Config {
    let mut one = Config::new();
    match config.get_hosts().get(host) {
        Some(Host::Tcp(name)) => one.host(name),
        #[cfg(unix)]
        Some(Host::Unix(path)) => one.host_path(path),
        None => &mut one,
    };
    let ports = config.get_ports();
    if let Some(port) = ports.get(host).or_else(|| ports.first()) {
        one.port(*port);
    }
    if let Some(address) = config.get_hostaddrs().get(host) {
        one.hostaddr(*address);
    }
    config.get_user().map(|user| one.user(user));
    config.get_password().map(|password| one.password(password));
    config.get_dbname().map(|name| one.dbname(name));
    config.get_options().map(|options| one.options(options));
    config.get_application_name().map(|name| one.application_name(name));
    config.get_connect_timeout().map(|time| one.connect_timeout(*time));
    config.get_tcp_user_timeout().map(|time| one.tcp_user_timeout(*time));
    config.get_keepalives_interval().map(|time| one.keepalives_interval(time));
    config.get_keepalives_retries().map(|times| one.keepalives_retries(times));
    one.keepalives(config.get_keepalives())
        .keepalives_idle(config.get_keepalives_idle())
        .ssl_mode(config.get_ssl_mode())
        .ssl_negotiation(config.get_ssl_negotiation())
        .channel_binding(config.get_channel_binding())
        .load_balance_hosts(config.get_load_balance_hosts());
    one
}
