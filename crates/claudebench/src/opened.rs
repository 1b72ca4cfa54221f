//! The store that the configuration names, open.

use std::sync::Arc;
use std::time::Duration;

use claudebench_core::Clock;
use claudebench_core::time::SystemClock;
use claudebench_store::postgres::{self, PostgresStore};
use claudebench_store::sqlite::{self, SqliteOptions, SqliteStore};
use claudebench_store::{Store, StoreError};
use tokio::sync::watch;

use crate::config::{Config, ConfigError};
use crate::transport::early;
use crate::transport::listen::Listener;

/// Why a store cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The embedded one.
    #[error(transparent)]
    Embedded(#[from] sqlite::OpenError),
    /// The database.
    #[error(transparent)]
    Database(#[from] postgres::OpenError),
    /// It is not known where the database is.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// It is open, and cannot be read.
    #[error(transparent)]
    Read(#[from] StoreError),
}

/// A store that is open. It must be closed.
pub struct Opened {
    /// The store.
    pub store: Arc<dyn Store>,
    kind: Kind,
}

enum Kind {
    Embedded(Arc<SqliteStore>),
    Database(Arc<PostgresStore>),
}

/// The first pause before a database is tried again, and the longest.
const PAUSES: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(5));

impl Opened {
    /// Opens it. Without a clock, that of the machine counts, and over a database the database's.
    ///
    /// # Errors
    /// Each says what stands in the way and what to do.
    pub async fn open(config: &Config, clock: Option<Arc<dyn Clock>>) -> Result<Self, OpenError> {
        let Some(options) = config.database()? else {
            let clock = clock.unwrap_or_else(|| Arc::new(SystemClock::default()));
            let store = SqliteStore::open(embedded(config), clock)?;
            return Ok(Self { store: store.clone(), kind: Kind::Embedded(store) });
        };
        let store = PostgresStore::open(options, clock).await?;
        Ok(Self { store: store.clone(), kind: Kind::Database(store) })
    }

    /// The same, and a database that is not there yet, or says no for now, is tried again and again.
    /// Meanwhile whoever asks is told that the server lives, and why it takes no work: as soon as
    /// that often it could not be opened. Without that number others answer, or nobody.
    ///
    /// # Errors
    /// What does not pass by itself.
    pub async fn patiently(
        config: &Config,
        clock: Option<Arc<dyn Clock>>,
        listeners: &[Listener],
        told_after: Option<usize>,
    ) -> Result<Self, OpenError> {
        if config.store.is_embedded() {
            return Self::open(config, clock).await;
        }
        let (say, why) = watch::channel("the database has not answered yet".to_owned());
        let (failed, mut failures) = watch::channel(0);
        let trying = async {
            let (mut pause, longest) = PAUSES;
            loop {
                match Self::open(config, clock.clone()).await {
                    Err(OpenError::Database(error)) if error.may_pass() => {
                        let problem = error.to_string();
                        if *say.borrow() != problem {
                            tracing::warn!(problem, "the database cannot be used; trying again");
                        }
                        say.send_replace(problem);
                        failed.send_modify(|failures| *failures += 1);
                    }
                    opened => return opened,
                }
                rest(pause).await;
                pause = (pause * 2).min(longest);
            }
        };
        let telling = async {
            let Some(enough) = told_after else { return std::future::pending().await };
            let _ = failures.wait_for(|failures| *failures >= enough).await;
            early::serve(listeners, why).await
        };
        tokio::select! {
            opened = trying => opened,
            never = telling => match never {},
        }
    }

    /// Closes it; what it has taken on is durable.
    pub async fn close(&self) {
        match &self.kind {
            Kind::Embedded(store) => {
                let store = store.clone();
                // It waits for the disk.
                let _ = tokio::task::spawn_blocking(move || store.close()).await;
            }
            Kind::Database(store) => store.close().await,
        }
    }
}

/// Half a pause to a whole one, so that servers that start together do not come together.
#[allow(clippy::disallowed_methods, reason = "a pause between tries, not a wait for a condition")]
async fn rest(pause: Duration) {
    // Without random numbers, all come at once.
    let share = getrandom::u32().unwrap_or(u32::MAX);
    tokio::time::sleep(pause / 2 + pause.mul_f64(f64::from(share) / f64::from(u32::MAX) / 2.0))
        .await;
}

/// How the embedded store of a configuration is opened.
fn embedded(config: &Config) -> SqliteOptions {
    SqliteOptions {
        lease_ms: config.tasks.lease_ms,
        max_losses: config.tasks.max_losses,
        aging: config.tasks.aging(),
        events_age_ms: config.events.age_ms(),
        events_max: config.events.keep_count,
        ..SqliteOptions::new(&config.data)
    }
}
