//! Where the database is: a URL that may hold a password, which nobody is to see.

use std::fmt;

use claudebench_store::ArchiveOptions;
use claudebench_store::postgres::PostgresOptions;

use super::layers::{ConfigError, Origin, Setting};
use super::{Config, Store};
use crate::client::without_password;

/// What `store.url` says of the embedded store.
pub const EMBEDDED: &str = "sqlite";

const SCHEMES: [&str; 2] = ["postgres://", "postgresql://"];

/// Connections that are none of those that read at once: two that write, one that hears of other
/// servers, one that looks at the database, two for lists that sort or search.
const OTHER_CONNECTIONS: usize = 4;
const LIST_CONNECTIONS: usize = 2;

/// The fewest that a server can do with.
pub(super) const FEWEST: i64 = (OTHER_CONNECTIONS + LIST_CONNECTIONS + 1) as i64;

/// Connections to a replica that are none of those that read at once: one that looks at it.
const LOOKS: usize = 1;
/// The fewest that a server can do with.
pub(super) const FEWEST_OF_REPLICA: i64 = (LOOKS + LIST_CONNECTIONS + 1) as i64;

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Store({})", hidden(&self.url))
    }
}

impl Store {
    /// Whether tasks live in the data directory.
    #[must_use]
    pub fn is_embedded(&self) -> bool {
        self.url == EMBEDDED && self.url_file.as_os_str().is_empty()
    }

    /// The URL of the database. Reads the file that holds it, if one is named.
    fn location(&self) -> Result<String, ConfigError> {
        if self.url_file.as_os_str().is_empty() {
            return Ok(self.url.clone());
        }
        const KEY: &str = "store.url_file";
        let path = self.url_file.display();
        let text = std::fs::read_to_string(&self.url_file);
        let text =
            text.map_err(|error| ConfigError::new(KEY, format!("{path} cannot be read: {error}")))?;
        let url = text.trim();
        database(url).map_err(|what| ConfigError::new(KEY, format!("{path}: {what}")))?;
        Ok(url.to_owned())
    }
}

impl Config {
    /// How the database is opened; `None` for the embedded store.
    ///
    /// # Errors
    /// When the file that holds its URL cannot be used.
    pub fn database(&self) -> Result<Option<PostgresOptions>, ConfigError> {
        let store = &self.store;
        if store.is_embedded() {
            return Ok(None);
        }
        // What a server may have is for all of its processes together.
        let connections = store.connections / self.workers.count.max(1);
        // Whoever looks at replicas looks at the primary, too.
        let moves = !self.archive.dir.as_os_str().is_empty() && self.archive.every_ms > 0;
        let others =
            OTHER_CONNECTIONS + usize::from(!store.replicas.is_empty()) + usize::from(moves);
        let direct = Some(&store.direct_url).filter(|url| !url.is_empty());
        let archive = Some(&self.archive).filter(|archive| !archive.dir.as_os_str().is_empty());
        Ok(Some(PostgresOptions {
            direct_url: direct.map(|url| url.as_str().into()),
            pooler: store.pooler,
            lease_ms: self.tasks.lease_ms,
            max_losses: self.tasks.max_losses,
            aging: self.tasks.aging(),
            events_age_ms: self.events.age_ms(),
            events_max: self.events.keep_count,
            readers: connections.saturating_sub(others + LIST_CONNECTIONS).max(1),
            list_readers: LIST_CONNECTIONS,
            idle_readers: store.idle_connections,
            idle_ms: store.idle_ms,
            lifetime_ms: store.lifetime_ms,
            acquire_ms: store.acquire_ms,
            connect_ms: store.connect_ms,
            read_ms: store.statement_ms,
            write_ms: store.statement_ms,
            stalled_ms: store.stalled_ms,
            slow_ms: store.slow_ms,
            replicas: store.replicas.iter().map(|url| url.as_str().into()).collect(),
            replica_readers: store
                .replica_connections
                .saturating_sub(LOOKS + LIST_CONNECTIONS)
                .max(1),
            idle_replica_readers: store.idle_replica_connections,
            replica_lag_ms: store.replica_lag_ms,
            archive: archive.map(|archive| ArchiveOptions {
                dir: archive.dir.clone(),
                after_months: archive.after_months,
                every_ms: archive.every_ms,
            }),
            ..PostgresOptions::new(store.location()?)
        }))
    }
}

/// What settings of the store say together.
pub(super) fn check(settings: &[Setting]) -> Result<(), ConfigError> {
    let text = |key: &str| {
        let setting = settings.iter().find(|setting| setting.key == key)?;
        Some((setting.value.as_str()?, &setting.origin))
    };
    let Some((url, origin)) = text("store.url") else { return Ok(()) };
    let wrong = |what: &str| Err(ConfigError::new("store.url", what).at(origin.clone()));
    if url != EMBEDDED && text("store.url_file").is_some_and(|(path, _)| !path.is_empty()) {
        return wrong("`store.url_file` names a database, too: leave one of them away");
    }
    if matches!(origin, Origin::Flag(_)) && has_password(url) {
        return wrong(
            "other users of this machine see the options of a program: give a URL with a password in \
             CLAUDEBENCH_STORE_URL, or in the file that `store.url_file` names",
        );
    }
    Ok(())
}

/// Reads the setting `store.url`.
pub(super) fn store(text: &str) -> Result<(), String> {
    if text == EMBEDDED { Ok(()) } else { database(text) }
}

/// Reads the setting `store.direct_url`.
pub(super) fn direct(text: &str) -> Result<(), String> {
    if text.is_empty() {
        return Ok(());
    }
    // What it leaves out is in the other one.
    let whole = PostgresOptions::new("postgres://user@host/database");
    let options = PostgresOptions { direct_url: Some(text.into()), ..whole };
    options.check().map_err(|error| error.to_string())
}

/// Reads a part of the setting `store.replicas`.
pub(super) fn replica(text: &str) -> Result<(), String> {
    let whole = PostgresOptions::new("postgres://user@host/database");
    let options = PostgresOptions { replicas: vec![text.into()], ..whole };
    options.check().map_err(|error| error.to_string())
}

fn database(text: &str) -> Result<(), String> {
    if SCHEMES.iter().any(|scheme| text.starts_with(scheme)) {
        return PostgresOptions::new(text).check().map_err(|error| error.to_string());
    }
    Err(format!(
        "expected \"{EMBEDDED}\" or postgres://USER@HOST:PORT/DATABASE, got `{}`",
        hidden(text)
    ))
}

/// Whether a URL holds a password.
#[must_use]
pub fn has_password(url: &str) -> bool {
    hidden(url) != url
}

/// A setting's value, as anybody may see it.
#[must_use]
pub(super) fn shown(setting: &Setting) -> toml::Value {
    match &setting.value {
        toml::Value::String(text) if of_a_database(&setting.key) => hidden(text).into(),
        toml::Value::String(text) => without_password(text).into(),
        toml::Value::Array(all) if of_a_database(&setting.key) => {
            let hide = if setting.key == "redis.clusters" { hidden_nodes } else { hidden };
            let seen = |part: &toml::Value| part.as_str().map_or_else(String::new, hide).into();
            toml::Value::Array(all.iter().map(seen).collect())
        }
        other => other.clone(),
    }
}

/// The same of the nodes of a cluster, `NAME=URL URL ..`.
fn hidden_nodes(text: &str) -> String {
    text.split_whitespace().map(hidden).collect::<Vec<_>>().join(" ")
}

/// Whether a setting may be a URL with a password.
pub(super) fn of_a_database(key: &str) -> bool {
    key.starts_with("store.") || key.starts_with("redis.")
}

/// The URL of a database without its password, which may hold any character, and may stand behind
/// the question mark, too.
fn hidden(text: &str) -> String {
    let Some((scheme, rest)) = text.split_once("://") else {
        // `unix:PATH?pass=..` is a server of Redis.
        return match text.split_once('?') {
            Some((path, query)) => format!("{path}?{}", hidden_query(query)),
            None => without_password(text),
        };
    };
    let (authority, query) = match rest.rsplit_once('@') {
        // Everything before the last `@` may be of the password.
        Some((user, rest)) => {
            let (host, query) = rest.split_once('?').unzip();
            let host = host.unwrap_or(rest);
            match user.split_once(':') {
                Some((name, _)) => (format!("{name}:***@{host}"), query),
                None => (format!("{user}@{host}"), query),
            }
        }
        None => {
            let (host, query) = rest.split_once('?').unzip();
            (host.unwrap_or(rest).to_owned(), query)
        }
    };
    let Some(query) = query else { return format!("{scheme}://{authority}") };
    format!("{scheme}://{authority}?{}", hidden_query(query))
}

fn hidden_query(query: &str) -> String {
    let pair = |pair: &str| match pair.split_once('=') {
        Some((name @ ("password" | "sslpassword" | "pass"), _)) => format!("{name}=***"),
        _ => pair.to_owned(),
    };
    query.split('&').map(pair).collect::<Vec<_>>().join("&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_password_is_shown_wherever_it_stands() {
        for (url, seen) in [
            ("sqlite", "sqlite"),
            ("postgres://h/d", "postgres://h/d"),
            ("postgres://u@h/d?sslmode=require", "postgres://u@h/d?sslmode=require"),
            ("postgres://u:secret@h:1/d", "postgres://u:***@h:1/d"),
            ("postgres://u:se/cr@et?@h/d?x=1", "postgres://u:***@h/d?x=1"),
            ("postgres://h/d?user=u&password=secret", "postgres://h/d?user=u&password=***"),
            ("unix:/run/redis.sock?pass=secret&user=u", "unix:/run/redis.sock?pass=***&user=u"),
            ("redis+unix:///run/r.sock?pass=secret", "redis+unix:///run/r.sock?pass=***"),
        ] {
            assert_eq!(hidden(url), seen, "{url}");
        }
    }

    #[test]
    fn a_file_may_hold_the_url() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("url");
        let options = |text: Option<&str>| {
            if let Some(text) = text {
                std::fs::write(&path, text).unwrap();
            }
            let flags = vec![("store.url_file", path.to_str().unwrap().into())];
            let config = Config::from_layers(None, Vec::new(), flags).unwrap().config;
            assert!(!config.store.is_embedded());
            config.database().map(|options| options.unwrap().url).map_err(|e| e.to_string())
        };
        let missing = options(None).unwrap_err();
        assert!(missing.starts_with("store.url_file: ") && missing.contains("cannot be read"));
        let found = options(Some("postgres://u:pw@h/d\n")).unwrap();
        assert_eq!(found, "postgres://u:pw@h/d".into());
        let wrong = options(Some("mysql://u:secret@h/d")).unwrap_err();
        assert!(wrong.contains("expected \"sqlite\" or postgres://"), "{wrong}");
        assert!(!wrong.contains("secret"), "{wrong}");
    }

    #[test]
    fn replicas_are_named_and_their_passwords_are_not() {
        let loaded = |url: &str| {
            let urls = vec![url.into(), "postgres://db3".into()];
            let flags = vec![("store.replicas", toml::Value::Array(urls))];
            Config::from_layers(None, Vec::new(), flags).map_err(|error| error.to_string())
        };
        let good = loaded("postgres://u:secret@db2:5433").unwrap();
        assert_eq!(good.config.store.replicas.len(), 2);
        let setting = good.settings.iter().find(|setting| setting.key == "store.replicas");
        let seen = shown(setting.unwrap()).to_string();
        assert!(seen.contains("db2:5433") && !seen.contains("secret"), "{seen}");
        assert!(!format!("{:?}", good.config).contains("secret"));
        let wrong = loaded("mysql://u:secret@h").unwrap_err();
        assert!(wrong.contains("store.replicas") && !wrong.contains("secret"), "{wrong}");
    }
}
