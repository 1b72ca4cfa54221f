//! How the store over PostgreSQL is opened.

use std::sync::Arc;
use std::time::Duration;

use claudebench_core::rank::Aging;
use tokio_postgres::Config;

use super::errors::OpenError;
use super::primary::{self, Primary};
use super::tls::{self, Tls};
use super::url::{DatabaseUrl, Security, bad};
use crate::archive::ArchiveOptions;
use crate::write::Rules;

/// How the store over PostgreSQL is opened.
#[derive(Clone, Debug)]
pub struct PostgresOptions {
    /// Where the database is. Of several hosts, the one that is the primary is used.
    pub url: DatabaseUrl,
    /// The same past any pooler, for what a pooler cannot carry: being told of the commits of other
    /// servers. What it leaves out (user, password, database) is as in the URL.
    pub direct_url: Option<DatabaseUrl>,
    /// Whether the URL leads to a pooler in transaction mode.
    pub pooler: bool,
    /// The lease of a task that names none, in milliseconds.
    pub lease_ms: i64,
    /// How many workers may be lost over one task.
    pub max_losses: i64,
    /// How many tasks may wait for one.
    pub max_dependents: usize,
    /// Whether old tasks overtake those of higher priority.
    pub aging: Aging,
    /// The most combinations of project, roles, tags and assignee with pending tasks. A tenant has
    /// at most half of what the other tenants leave.
    pub max_lanes: usize,
    /// As many of them a tenant may have, whatever the others have.
    pub own_lanes: usize,
    /// How long events are kept, in milliseconds.
    pub events_age_ms: i64,
    /// How many events are kept.
    pub events_max: i64,
    /// How long an idempotency key is remembered, in milliseconds.
    pub idempotency_ms: i64,
    /// Whether this server does its share of what one does for all: dropping what is past its
    /// retention, adding up counts, learning words.
    pub keeps: bool,
    /// Seeds the jitter; `None` draws a seed.
    pub seed: Option<u64>,
    /// How many connections read.
    pub readers: usize,
    /// How many reads may wait for one of them.
    pub read_queue: usize,
    /// How many connections read lists that sort or search.
    pub list_readers: usize,
    /// How many such lists may wait for one of them.
    pub list_queue: usize,
    /// How long one read may take, in milliseconds.
    pub read_ms: u64,
    /// How long one statement of a write may take, in milliseconds. A while after that, the
    /// database is thought to be away.
    pub write_ms: u64,
    /// How long a transaction may stand still before the database ends it, in milliseconds.
    pub stalled_ms: u64,
    /// How long a read may wait for a connection, in milliseconds.
    pub acquire_ms: u64,
    /// As many connections that read stay open though nobody uses them.
    pub idle_readers: usize,
    /// The others are closed when nobody has used them for so long, in milliseconds.
    pub idle_ms: u64,
    /// A connection that reads is replaced when it is so old, in milliseconds.
    pub lifetime_ms: u64,
    /// How long heartbeats that come alone may wait for others, in milliseconds: each transaction
    /// costs the same.
    pub beats_wait_ms: u64,
    /// How long it may take to connect, in milliseconds.
    pub connect_ms: u64,
    /// Replicas that answer reads, each one server. What they leave out (user, password, database) is
    /// as in the URL.
    pub replicas: Vec<DatabaseUrl>,
    /// How many connections read from each.
    pub replica_readers: usize,
    /// As many of them stay open though nobody uses them.
    pub idle_replica_readers: usize,
    /// How far a replica may be behind, in milliseconds.
    pub replica_lag_ms: u64,
    /// A statement that takes longer is put into the log, in milliseconds.
    pub slow_ms: u64,
    /// Where old tasks and events are moved to, if they are.
    pub archive: Option<ArchiveOptions>,
}

impl PostgresOptions {
    /// The defaults, for a database.
    #[must_use]
    pub fn new(url: impl Into<DatabaseUrl>) -> Self {
        Self {
            url: url.into(),
            direct_url: None,
            pooler: false,
            lease_ms: 300_000,
            max_losses: 10,
            max_dependents: 10_000,
            aging: Aging::default(),
            max_lanes: 20_000,
            own_lanes: 100,
            events_age_ms: 30 * 24 * 3_600_000,
            events_max: 10_000_000,
            idempotency_ms: 24 * 3_600_000,
            keeps: true,
            seed: None,
            readers: 8,
            read_queue: 256,
            list_readers: 2,
            list_queue: 16,
            read_ms: 10_000,
            write_ms: 30_000,
            stalled_ms: 5_000,
            acquire_ms: 10_000,
            idle_readers: 2,
            idle_ms: 30_000,
            lifetime_ms: 1_800_000,
            beats_wait_ms: 100,
            connect_ms: 5_000,
            replicas: Vec::new(),
            replica_readers: 27,
            idle_replica_readers: 10,
            replica_lag_ms: 1_000,
            slow_ms: 1_000,
            archive: None,
        }
    }

    /// How long an answer to what a statement of a read, or of a write, has asked may take. The
    /// database itself ends it before, if it is there.
    pub(super) fn answers_within(&self, limit_ms: u64) -> Duration {
        Duration::from_millis(limit_ms + self.stalled_ms)
    }

    /// What they say about tasks.
    pub(super) fn rules(&self) -> Rules {
        Rules {
            lease_ms: self.lease_ms,
            max_losses: self.max_losses,
            max_dependents: self.max_dependents,
            aging: self.aging,
            idempotency_ms: self.idempotency_ms,
        }
    }

    /// Whether it can be read as it stands. Touches neither files nor the network.
    ///
    /// # Errors
    /// [`OpenError::Url`]; it shows no password.
    pub fn check(&self) -> Result<(), OpenError> {
        let (config, _) = self.url.parse()?;
        named(&config)?;
        if let Some(direct) = &self.direct_url {
            named(&inherited(direct.parse()?.0, &config))?;
        }
        for replica in &self.replicas {
            named(&inherited(replica.parse()?.0, &config))?;
        }
        Ok(())
    }

    /// How a connection is made.
    pub(super) fn config(&self) -> Result<Target, OpenError> {
        let (config, security) = self.url.parse()?;
        self.target(config, &security)
    }

    /// How one is made past any pooler, given how it is made else; `None` when only the pooler is
    /// known.
    pub(super) fn direct(&self, else_by: &Target) -> Result<Option<Target>, OpenError> {
        let Some(direct) = &self.direct_url else {
            return Ok((!self.pooler).then(|| else_by.clone()));
        };
        let (config, security) = direct.parse()?;
        self.target(inherited(config, &self.url.parse()?.0), &security).map(Some)
    }

    /// How connections to the replicas are made.
    pub(super) fn to_replicas(&self) -> Result<Vec<Target>, OpenError> {
        let mut targets = Vec::with_capacity(self.replicas.len());
        for replica in &self.replicas {
            let (config, security) = replica.parse()?;
            let mut target = self.target(inherited(config, &self.url.parse()?.0), &security)?;
            target.primary = None;
            targets.push(target);
        }
        Ok(targets)
    }

    fn target(&self, mut config: Config, security: &Security) -> Result<Target, OpenError> {
        named(&config)?;
        if config.get_application_name().is_none() {
            config.application_name("claudebench");
        }
        let patience = Duration::from_millis(self.connect_ms);
        config.connect_timeout(patience);
        // One that takes nothing any more, though there is something under way to it. One that is at work
        // takes nothing either, once its buffers are full: for as long as a statement may take.
        config.tcp_user_timeout(self.answers_within(self.write_ms));
        // One that went without a word is noticed then, too: on Linux that time goes before the number of tries.
        config.keepalives_idle(Duration::from_secs(10));
        config.keepalives_interval(Duration::from_secs(5));
        config.keepalives_retries(3);
        let tls = tls::connector(security)?;
        let primary = Some(Primary::new(&config, tls.clone(), patience));
        Ok(Target { config, tls, patience, primary })
    }
}

fn named(config: &Config) -> Result<(), OpenError> {
    match config.get_dbname() {
        Some(name) if !name.is_empty() => Ok(()),
        _ => Err(bad("it names no database")),
    }
}

/// A configuration with what it leaves out from another one.
fn inherited(mut config: Config, from: &Config) -> Config {
    if let (None, Some(user)) = (config.get_user(), from.get_user()) {
        config.user(user);
    }
    if let (None, Some(password)) = (config.get_password(), from.get_password()) {
        config.password(password);
    }
    if let (None | Some(""), Some(name)) = (config.get_dbname(), from.get_dbname()) {
        config.dbname(name);
    }
    config
}

/// Where connections go, and how safe they are.
#[derive(Clone)]
pub(super) struct Target {
    pub(super) config: Config,
    pub(super) tls: Tls,
    /// How long connecting may take.
    pub(super) patience: Duration,
    /// Which of the hosts it is, if it is to be the primary.
    pub(super) primary: Option<Arc<Primary>>,
}

impl Target {
    /// Its host and port, as people know it.
    pub(super) fn name(&self) -> String {
        primary::name(&self.config)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_that_cannot_work_is_refused_and_not_shown() {
        for url in [
            "postgres://u:secret@h/d?sslmode=paranoid",
            "postgres://u:secret@h",
            "postgres://u:secret@h/",
            "dbname=d password=secret",
            "postgres://u:secret@h/d?no_such=1",
            "secret",
        ] {
            let options = PostgresOptions::new(url);
            let error = options.check().unwrap_err().to_string();
            assert!(error.contains("url") && !error.contains("secret"), "{url}: {error}");
            assert!(options.config().is_err(), "{url}");
            assert!(!format!("{options:?}").contains("secret"));
        }
        let several = PostgresOptions::new("postgres://u@a:1,b:2/d");
        assert!(several.check().is_ok() && several.config().is_ok());
    }

    #[test]
    fn roots_that_cannot_be_read_are_named() {
        let url = "postgres://u@h/d?sslmode=verify-full&sslrootcert=/no/such.pem";
        let error = PostgresOptions::new(url).config().err().unwrap().to_string();
        assert!(error.contains("sslrootcert") && error.contains("/no/such.pem"), "{error}");
    }

    #[test]
    fn a_direct_way_takes_what_it_leaves_out_from_the_other() {
        let options = PostgresOptions::new("postgres://ada:pw@pooler:6432/tasks");
        let direct = |options: &PostgresOptions| {
            options.direct(&options.config().unwrap()).unwrap().map(|to| to.config)
        };
        assert_eq!(direct(&options).unwrap().get_ports(), [6432]);
        let pooled = PostgresOptions { pooler: true, ..options };
        assert!(direct(&pooled).is_none());
        let url = Some("postgres://primary:5433".into());
        let found = direct(&PostgresOptions { direct_url: url, ..pooled }).unwrap();
        assert_eq!(found.get_user(), Some("ada"));
        assert_eq!(found.get_password(), Some(&b"pw"[..]));
        assert_eq!((found.get_dbname(), found.get_ports()), (Some("tasks"), &[5433][..]));
    }
}
