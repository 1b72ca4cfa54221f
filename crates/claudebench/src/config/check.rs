//! What each setting may be: one table of numbers with their bounds, and one of texts with what
//! reads them.

use std::net::IpAddr;
use std::ops::RangeInclusive;

use toml::Value;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

use super::layers::{ConfigError, Setting};
use super::{LogFormat, Proxy, Required, database, rates, redis, scaling};
use crate::client::Address;

const DAY_MS: i64 = 86_400_000;

/// Every number that can be set.
pub(super) const BOUNDS: &[(&str, RangeInclusive<i64>)] = &[
    ("store.connections", database::FEWEST..=10_000),
    ("store.idle_connections", 0..=10_000),
    ("store.idle_ms", 1_000..=DAY_MS),
    ("store.lifetime_ms", 1_000..=DAY_MS),
    ("store.acquire_ms", 1..=DAY_MS),
    ("store.connect_ms", 1..=DAY_MS),
    ("store.statement_ms", 1..=DAY_MS),
    ("store.stalled_ms", 100..=DAY_MS),
    ("store.slow_ms", 1..=DAY_MS),
    ("store.replica_connections", database::FEWEST_OF_REPLICA..=10_000),
    ("store.idle_replica_connections", 0..=10_000),
    ("store.replica_lag_ms", 10..=DAY_MS),
    ("limits.body_bytes", 1..=1 << 30),
    ("limits.depth", 1..=100),
    ("limits.batch", 1..=10_000),
    ("limits.connections", 1..=1_000_000),
    ("limits.calls", 1..=1_000_000),
    ("limits.subscriptions", 1..=10_000),
    ("limits.mcp_sessions", 1..=1_000_000),
    ("limits.socket_calls", 1..=10_000),
    ("limits.request_ms", 1..=DAY_MS),
    ("limits.header_ms", 1..=DAY_MS),
    ("limits.write_ms", 1..=DAY_MS),
    ("limits.unread_ms", 1..=DAY_MS),
    ("limits.metadata_bytes", 1..=1 << 30),
    ("limits.result_bytes", 1..=1 << 30),
    ("limits.attachment_bytes", 1..=1 << 30),
    ("limits.waiting_claims", 1..=1_000_000),
    ("tasks.lease_ms", 1_000..=DAY_MS),
    ("tasks.max_losses", 1..=1_000_000),
    ("tasks.aging_step_ms", 0..=365 * DAY_MS),
    ("instances.silence_ms", 1..=DAY_MS),
    ("instances.session_silence_ms", 1_000..=30 * DAY_MS),
    ("hook.wait_ms", 10..=60_000),
    ("instances.check_ms", 1..=DAY_MS),
    ("redis.connect_ms", 1..=DAY_MS),
    ("redis.answer_ms", 1..=DAY_MS),
    ("rates.global", 0..=rates::MOST),
    ("rates.global_burst", 1..=rates::MOST),
    ("rates.principal", 0..=rates::MOST),
    ("rates.burst", 1..=rates::MOST),
    ("cache.entries", 0..=10_000_000),
    ("cache.bytes", 1 << 20..=1 << 40),
    ("cache.memory_ms", 1..=30_000),
    ("cache.redis_ms", 1..=DAY_MS),
    ("scaling.least", 1..=10_000),
    ("scaling.most", 1..=10_000),
    ("scaling.tasks_per_server", 1..=1_000_000_000),
    ("scaling.queue_high", 1..=1_000_000_000),
    ("scaling.slow_ms", 1..=DAY_MS),
    ("scaling.queue_low", 0..=1_000_000_000),
    ("scaling.fast_ms", 0..=DAY_MS),
    ("scaling.more_after_ms", 0..=DAY_MS),
    ("scaling.fewer_after_ms", 0..=DAY_MS),
    ("events.keep_days", 1..=36_500),
    ("events.keep_count", 1..=1_000_000_000_000),
    ("archive.after_months", 1..=1_200),
    ("archive.every_ms", 0..=31 * DAY_MS),
    ("stop.grace_ms", 0..=DAY_MS),
    ("stop.drain_ms", 0..=DAY_MS),
    ("workers.count", 1..=256),
    ("workers.max_requests", 0..=1_000_000_000_000),
    ("workers.silence_ms", 2_000..=DAY_MS),
];

/// Reads a text, and says what is wrong with it.
type Reads = fn(&str) -> Result<(), String>;

/// The texts, and the parts of the lists, that are more than any text.
const TEXTS: &[(&str, Reads)] = &[
    ("listen", listen),
    ("data", data),
    ("hosts", host),
    ("origins", origin),
    ("proxies", |text| text.parse::<Proxy>().map(drop).map_err(|e| e.to_string())),
    ("store.url", database::store),
    ("store.direct_url", database::direct),
    ("store.replicas", database::replica),
    ("redis.url", redis::url),
    ("redis.persistent_url", redis::url),
    ("redis.nodes", redis::url),
    ("redis.sentinels", redis::url),
    ("redis.clusters", redis::cluster),
    ("rates.methods", rates::method),
    ("rates.tenants", rates::tenant),
    ("auth.required", |text| one_of::<Required>(text)),
    ("log.level", level),
    ("log.format", |text| one_of::<LogFormat>(text)),
    ("workers.listen", own_address),
    ("client.url", |text| text.parse::<Address>().map(drop).map_err(|e| e.to_string())),
];

/// Checks every setting; a mistake is put where it was set.
pub(super) fn check(settings: &[Setting]) -> Result<(), ConfigError> {
    for setting in settings {
        one(&setting.key, &setting.value)
            .map_err(|what| ConfigError::new(&setting.key, what).at(setting.origin.clone()))?;
    }
    database::check(settings)?;
    redis::check(settings)?;
    scaling::check(settings)?;
    archive(settings)?;
    workers(settings)
}

/// An archive is of a database.
fn archive(settings: &[Setting]) -> Result<(), ConfigError> {
    let find = |key: &str| settings.iter().find(|setting| setting.key == key);
    let text = |key: &str| find(key).and_then(|setting| setting.value.as_str()).unwrap_or("");
    let embedded = text("store.url") == database::EMBEDDED && text("store.url_file").is_empty();
    match find("archive.dir").filter(|_| embedded && !text("archive.dir").is_empty()) {
        Some(dir) => {
            let what = "old tasks are moved out of PostgreSQL alone (`[store] url`); the embedded \
                        store keeps them all: leave it empty";
            Err(ConfigError::new("archive.dir", what).at(dir.origin.clone()))
        }
        None => Ok(()),
    }
}

/// What the settings of several processes need.
fn workers(settings: &[Setting]) -> Result<(), ConfigError> {
    let find = |key: &str| settings.iter().find(|setting| setting.key == key);
    let number = |key: &str| find(key).and_then(|setting| setting.value.as_integer()).unwrap_or(0);
    let text = |key: &str| find(key).and_then(|setting| setting.value.as_str()).unwrap_or("");
    let wrong = |key: &str, what: &str| match find(key) {
        Some(setting) => Err(ConfigError::new(key, what).at(setting.origin.clone())),
        None => Ok(()),
    };
    let count = number("workers.count");
    let embedded = text("store.url") == database::EMBEDDED && text("store.url_file").is_empty();
    if count > 1 && embedded {
        return wrong(
            "workers.count",
            "several processes cannot share a data directory: keep the tasks in PostgreSQL \
             (`[store] url`), or let one process serve",
        );
    }
    if count == 1 && number("workers.max_requests") > 0 {
        return wrong(
            "workers.max_requests",
            "a process that serves alone is not replaced: set `workers.count` to 2 or more, too",
        );
    }
    let port = text("workers.listen").rsplit_once(':').and_then(|(_, port)| port.parse().ok());
    if port.is_some_and(|port: i64| port > 0 && port + count - 1 > i64::from(u16::MAX)) {
        return wrong("workers.listen", "the ports of the last processes would be above 65535");
    }
    Ok(())
}

fn one(key: &str, value: &Value) -> Result<(), String> {
    let reads = TEXTS.iter().find(|(name, _)| *name == key).map(|(_, reads)| reads);
    match (value, reads) {
        (Value::Integer(number), _) => {
            let bounds = BOUNDS.iter().find(|(name, _)| *name == key).map(|(_, bounds)| bounds);
            match bounds.filter(|bounds| !bounds.contains(number)) {
                Some(bounds) => {
                    let (least, most) = (bounds.start(), bounds.end());
                    Err(format!("expected {least} to {most}, got {number}"))
                }
                None => Ok(()),
            }
        }
        (Value::String(text), Some(reads)) => reads(text),
        (Value::Array(all), _) if key == "listen" && all.is_empty() => {
            Err("expected at least one address".into())
        }
        (Value::Array(all), reads) => all.iter().try_for_each(|part| match (part, reads) {
            (Value::String(text), Some(reads)) => reads(text),
            (Value::String(_), None) => Ok(()),
            // What should be a URL may hold a password.
            (other, _) if database::of_a_database(key) => {
                Err(format!("expected texts, got {}", other.type_str()))
            }
            (other, _) => Err(format!("expected texts, got {} `{other}`", other.type_str())),
        }),
        _ => Ok(()),
    }
}

fn one_of<T: serde::de::DeserializeOwned>(text: &str) -> Result<(), String> {
    let read = Value::from(text).try_into::<T>();
    read.map(drop).map_err(|e| e.message().to_owned())
}

fn listen(text: &str) -> Result<(), String> {
    /// With the zero at its end, a path fits into 108 bytes.
    const LONGEST: usize = 107;
    if let Some(path) = text.strip_prefix("unix:") {
        return match path.len() {
            0 => Err(format!("`{text}` names no socket: expected unix:PATH")),
            length if length > LONGEST => Err(format!(
                "the path of a socket has at most {LONGEST} bytes, and `{path}` has {length}"
            )),
            _ => Ok(()),
        };
    }
    let Some((host, port)) = text.rsplit_once(':') else {
        return Err(format!("expected HOST:PORT or unix:PATH, got `{text}`"));
    };
    if host.is_empty() {
        return Err(format!(
            "`{text}` names no host: 127.0.0.1:{port} is for this machine alone, 0.0.0.0:{port} \
             for others, too"
        ));
    }
    if port.parse::<u16>().is_err() {
        return Err(format!("`{port}` in `{text}` is no port: expected 0 to 65535"));
    }
    let inside = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let good = inside.map_or_else(|| is_name(host), |ip| ip.parse::<IpAddr>().is_ok());
    if good { Ok(()) } else { Err(format!("`{host}` in `{text}` is no host")) }
}

fn own_address(text: &str) -> Result<(), String> {
    match text {
        "" => Ok(()),
        socket if socket.starts_with("unix:") => Err("expected HOST:PORT".into()),
        address => listen(address),
    }
}

/// Whether it may be the name of a machine, or an address of the older kind.
fn is_name(text: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    !text.is_empty() && text.chars().all(fits)
}

fn data(text: &str) -> Result<(), String> {
    if text.is_empty() { Err("expected the path of a directory".into()) } else { Ok(()) }
}

fn host(text: &str) -> Result<(), String> {
    if is_name(text) || text.parse::<IpAddr>().is_ok() {
        return Ok(());
    }
    Err(format!(
        "expected a name alone, without scheme and port, such as board.example, got `{text}`"
    ))
}

fn origin(text: &str) -> Result<(), String> {
    let rest = text.split_once("://").filter(|(scheme, _)| !scheme.is_empty());
    match rest {
        Some((_, authority)) if !authority.is_empty() && !authority.contains(['/', '@', ' ']) => {
            Ok(())
        }
        _ => Err(format!(
            "expected a scheme, a host and no path, such as https://board.example.org, got `{text}`"
        )),
    }
}

/// A filter reads a single word that is no level as the name of a module, and shows all of that.
fn level(text: &str) -> Result<(), String> {
    let wrong = |part: &str| {
        Err(format!(
            "expected off, error, warn, info, debug, trace, or a filter such as \
             info,claudebench=debug, got `{part}`"
        ))
    };
    for part in text.split(',').map(str::trim) {
        let known = match part.rsplit_once('=') {
            Some((target, level)) => {
                !target.is_empty() && !level.is_empty() && level.parse::<LevelFilter>().is_ok()
            }
            None => !part.is_empty() && part.parse::<LevelFilter>().is_ok(),
        };
        if !known {
            return wrong(part);
        }
    }
    EnvFilter::builder().parse(text).map(drop).or_else(|_| wrong(text))
}
