//! What one server does for all.

mod counts;
mod lanes;
mod log;
mod rest;
mod turns;
mod words;

use std::sync::Arc;
use std::time::Duration;

use claudebench_core::time::ManualClock;
use claudebench_core::{Clock, Millis};
use claudebench_testkit::postgres::{Database, connect};
use claudebench_testkit::until;
use tokio::sync::watch;
use tokio_postgres::Client;

use super::{EPOCH, PostgresOptions, database};
use crate::postgres::PostgresStore;
use crate::postgres::keeping::{Keeper, Keeping};

/// Everything is kept.
const ALL: Keeping = Keeping {
    server: 7,
    events_max: i64::MAX / 4,
    events_age_ms: i64::MAX / 4,
    archives: false,
    wait: Duration::from_secs(30),
    still: Duration::from_secs(30),
};

/// A database, and who does the chores.
struct House {
    clock: ManualClock,
    client: Client,
    keeper: Keeper,
    stop: watch::Sender<bool>,
    database: Database,
}

impl House {
    async fn new(keeping: Keeping) -> Self {
        Self::over(database().await, ManualClock::at(EPOCH), keeping).await
    }

    async fn over(database: Database, clock: ManualClock, keeping: Keeping) -> Self {
        let client = connect(&database.url()).await.unwrap();
        let (stop, _) = watch::channel(false);
        let keeper = keeper(&database.url(), &clock, keeping, &stop);
        Self { clock, client, keeper, stop, database }
    }

    /// Another server.
    fn other(&self) -> Keeper {
        keeper(&self.database.url(), &self.clock, Keeping { server: 8, ..ALL }, &self.stop)
    }

    async fn client(&self) -> Client {
        connect(&self.database.url()).await.unwrap()
    }

    async fn store(&self) -> Arc<PostgresStore> {
        let clock: Arc<dyn Clock> = Arc::new(self.clock.clone());
        let options = PostgresOptions { keeps: false, ..PostgresOptions::new(self.database.url()) };
        PostgresStore::open(options, Some(clock)).await.unwrap()
    }

    /// Does what is due after so many milliseconds.
    async fn later(&mut self, ms: i64) {
        self.clock.advance(ms);
        self.keeper.round().await.unwrap();
    }

    async fn run(&self, statements: &str) {
        self.client.batch_execute(statements).await.unwrap();
    }

    async fn number(&self, statement: &str) -> i64 {
        number(&self.client, statement).await
    }

    async fn numbers(&self, statement: &str) -> Vec<i64> {
        let rows = self.client.query(statement, &[]).await.unwrap();
        rows.iter().map(|row| row.get(0)).collect()
    }

    async fn mark(&self, name: &str) -> i64 {
        self.number(&format!("SELECT place FROM marks WHERE name = '{name}'")).await
    }

    /// Writes so many events at a time; answers their places.
    async fn events(&self, at: Millis, count: i64) -> Vec<i64> {
        let at = at.0;
        self.numbers(&format!(
            "WITH h AS MATERIALIZED (SELECT next_places({count}, {at}) AS base) \
             INSERT INTO events (seq, tenant, at, kind, actor, payload) \
             SELECT h.base + n, 1, {at}, 'x', 'y', '{{}}' \
             FROM h, generate_series(1, {count}) AS n RETURNING seq"
        ))
        .await
    }

    /// Waits until somebody waits for what another one holds; answers the process that does.
    async fn blocked(&self) -> i64 {
        const WAITING: &str = "SELECT pid::bigint FROM pg_stat_activity \
             WHERE datname = current_database() AND wait_event_type = 'Lock'";
        until("a step is stopped", async || !self.numbers(WAITING).await.is_empty()).await;
        self.number(WAITING).await
    }
}

async fn number(client: &Client, statement: &str) -> i64 {
    client.query_one(statement, &[]).await.unwrap().get(0)
}

fn keeper(url: &str, clock: &ManualClock, keeping: Keeping, stop: &watch::Sender<bool>) -> Keeper {
    let config = PostgresOptions::new(url).config().unwrap();
    Keeper::new(config, Arc::new(clock.clone()), keeping, stop.subscribe())
}
