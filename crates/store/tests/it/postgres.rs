//! What every store promises, proven over PostgreSQL.

use std::sync::Arc;

use claudebench_core::Clock;
use claudebench_core::time::ManualClock;
use claudebench_store::Store;
use claudebench_store::postgres::{PostgresOptions, PostgresStore};
use claudebench_testkit::conformance::store::{Backend, Doing, EPOCH, Setup};
use claudebench_testkit::postgres::{Database, Postgres, connect};

/// The store over PostgreSQL, in a database of its own.
#[derive(Default)]
struct Pg {
    database: Option<Database>,
    open: Option<Arc<PostgresStore>>,
}

impl Backend for Pg {
    fn open<'a>(
        &'a mut self,
        setup: &'a Setup,
        clock: Arc<dyn Clock>,
    ) -> Doing<'a, Arc<dyn Store>> {
        Box::pin(async move {
            if self.database.is_none() {
                self.database = Some(database().await);
            }
            let url = self.database.as_ref().map(Database::url).unwrap();
            let options = options(setup, url);
            let store = PostgresStore::open(options, Some(clock)).await.unwrap();
            self.open = Some(store.clone());
            store as Arc<dyn Store>
        })
    }

    fn close(&mut self) -> Doing<'_, ()> {
        Box::pin(async {
            if let Some(store) = self.open.take() {
                store.close().await;
            }
        })
    }

    /// Its connections break where they stand, as they do when a server is gone.
    fn crash(&mut self) -> Doing<'_, ()> {
        Box::pin(async {
            if let Some(database) = &self.database {
                database.cut_off().await;
            }
            drop(self.open.take());
        })
    }

    fn keep(&self) -> Doing<'_, ()> {
        Box::pin(async {
            if let Some(store) = &self.open {
                store.keep().await.unwrap();
            }
        })
    }

    fn kept(&self) -> Doing<'_, i64> {
        Box::pin(kept(self.database.as_ref().unwrap()))
    }
}

/// How a store is opened for a case.
pub(super) fn options(setup: &Setup, url: String) -> PostgresOptions {
    PostgresOptions {
        lease_ms: setup.lease_ms,
        max_losses: setup.max_losses,
        max_dependents: setup.max_dependents,
        aging: setup.aging,
        events_age_ms: setup.events_age_ms,
        events_max: setup.events_max,
        idempotency_ms: setup.idempotency_ms,
        seed: Some(setup.seed),
        // Many cases run at a time, over one server.
        readers: 2,
        idle_readers: 1,
        list_readers: 1,
        // Hundreds of databases are made meanwhile: a disk, or this whole machine, may stand still for
        // longer than any server would wait.
        write_ms: 300_000,
        stalled_ms: 300_000,
        connect_ms: 60_000,
        ..PostgresOptions::new(url)
    }
}

/// How many answers are kept under idempotency keys.
pub(super) async fn kept(database: &Database) -> i64 {
    let database = connect(&database.url()).await.unwrap();
    let count = "SELECT count(*) FROM idempotency";
    database.query_one(count, &[]).await.unwrap().get(0)
}

/// A copy of a database that a store was opened in, when the cases begin. What the store warns of is shown with a
/// case that fails.
pub(super) async fn database() -> Database {
    let log = tracing_subscriber::fmt().with_ansi(false).with_test_writer();
    // Another case has begun it.
    _ = log.with_max_level(tracing::Level::WARN).try_init();
    let fill = async |url: String| {
        let clock = Arc::new(ManualClock::at(EPOCH));
        let store = PostgresStore::open(PostgresOptions::new(url), Some(clock)).await.unwrap();
        store.close().await;
    };
    Postgres::shared().await.database_like("conformance", fill).await
}

claudebench_testkit::store_conformance!(Pg);
