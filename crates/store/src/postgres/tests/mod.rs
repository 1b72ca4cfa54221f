//! The store over PostgreSQL, against real servers.

mod alone;
mod archive;
mod copying;
mod failover;
mod history;
mod keeping;
mod log;
mod migrations;
mod plans;
mod reading;
mod reads;
mod replicas;
mod tls;
mod writing;

use std::sync::Arc;

use claudebench_core::time::ManualClock;
use claudebench_core::{Clock, Millis};
use claudebench_testkit::postgres::{Database, Postgres};

use super::options::PostgresOptions;
use super::{PostgresStore, connect, migrate};

/// When the tests begin: in November 2023.
const EPOCH: Millis = Millis(1_700_000_000_000);

/// A database with the newest schema, and the months from the epoch on.
async fn database() -> Database {
    let fill = async |url: String| {
        let config = PostgresOptions::new(url).config().unwrap();
        let mut client = connect::connect(&config).await.unwrap();
        migrate::migrate(&mut client, &config, migrate::MIGRATIONS).await.unwrap();
        migrate::months(&mut client, EPOCH).await.unwrap();
    };
    Postgres::shared().await.database_like("store", fill).await
}

async fn open(options: PostgresOptions) -> Arc<PostgresStore> {
    PostgresStore::open(options, Some(manual(EPOCH))).await.unwrap()
}

fn manual(now: Millis) -> Arc<dyn Clock> {
    Arc::new(ManualClock::at(now))
}
