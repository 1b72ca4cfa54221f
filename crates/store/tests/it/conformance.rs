//! What every store promises, proven over the embedded one.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use claudebench_core::Clock;
use claudebench_store::Store;
use claudebench_store::sqlite::{DATABASE, SqliteOptions, SqliteStore};
use claudebench_testkit::conformance::store::{Backend, Doing, Setup};
use tempfile::TempDir;

/// The embedded store in a folder of its own.
struct Sqlite {
    dir: TempDir,
    open: Option<Arc<SqliteStore>>,
}

impl Default for Sqlite {
    fn default() -> Self {
        Self { dir: tempfile::tempdir().unwrap(), open: None }
    }
}

impl Backend for Sqlite {
    fn open<'a>(
        &'a mut self,
        setup: &'a Setup,
        clock: Arc<dyn Clock>,
    ) -> Doing<'a, Arc<dyn Store>> {
        let options = SqliteOptions {
            lease_ms: setup.lease_ms,
            max_losses: setup.max_losses,
            max_dependents: setup.max_dependents,
            aging: setup.aging,
            events_age_ms: setup.events_age_ms,
            events_max: setup.events_max,
            idempotency_ms: setup.idempotency_ms,
            seed: Some(setup.seed),
            ..SqliteOptions::new(self.dir.path())
        };
        Box::pin(async move {
            let store = SqliteStore::open(options, clock).unwrap();
            self.open = Some(store.clone());
            store as Arc<dyn Store>
        })
    }

    fn close(&mut self) -> Doing<'_, ()> {
        Box::pin(async {
            if let Some(store) = self.open.take() {
                store.close();
            }
        })
    }

    /// The store goes on with its files as they lie there while it is open: what closing it writes
    /// is lost.
    fn crash(&mut self) -> Doing<'_, ()> {
        Box::pin(async {
            let left = tempfile::tempdir().unwrap();
            copy(self.dir.path(), left.path());
            self.close().await;
            self.dir = left;
        })
    }

    fn kept(&self) -> Doing<'_, i64> {
        Box::pin(async {
            let database = rusqlite::Connection::open(self.dir.path().join(DATABASE)).unwrap();
            let count = "SELECT count(*) FROM idempotency";
            database.query_row(count, [], |row| row.get(0)).unwrap()
        })
    }
}

/// Copies the database and its log; what else lies there is made anew.
fn copy(from: &Path, to: &Path) {
    for name in [DATABASE.to_owned(), format!("{DATABASE}-wal")] {
        fs::copy(from.join(&name), to.join(&name)).unwrap();
    }
}

claudebench_testkit::store_conformance!(Sqlite);
