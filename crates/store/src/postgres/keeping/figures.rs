//! How the database is doing, for metrics.

use claudebench_core::Millis;
use tokio_postgres::Client;

use crate::postgres::errors::Failed;
use crate::postgres::params::params;
use crate::postgres::sql::keeping as sql;
use crate::store::StoreError;

/// So far what is behind is counted.
const COUNTED: i64 = 10_001;

/// What makes a database slow before anything breaks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::postgres) struct Figures {
    /// Rows that are deleted and still there: of ready tasks.
    pub(in crate::postgres) dead_ready: i64,
    /// Of leases.
    pub(in crate::postgres) dead_leases: i64,
    /// Of the tasks of this month.
    pub(in crate::postgres) dead_tasks: i64,
    /// How long the oldest transaction is open that keeps such rows there, in milliseconds. Of
    /// other users' it is known to members of `pg_read_all_stats` alone.
    pub(in crate::postgres) oldest_ms: i64,
    /// How many transactions have begun since.
    pub(in crate::postgres) oldest_age: i64,
    /// How many events the index of words is behind; 10,001 is that or more.
    pub(in crate::postgres) words_behind: i64,
    /// How many changes of known counts are not added up yet; 10,001 is that or more.
    pub(in crate::postgres) counts_behind: i64,
}

/// Asks for the figures; the numbers of rows are those of PostgreSQL's statistics.
pub(in crate::postgres) async fn figures(
    client: &Client,
    now: Millis,
) -> Result<Figures, StoreError> {
    ask(client, now).await.map_err(|failed| failed.0)
}

async fn ask(client: &Client, now: Millis) -> Result<Figures, Failed> {
    let dead = client.query_typed_one(sql::DEAD_ROWS, &params![now.0]).await?;
    let oldest = client.query_typed_one(sql::OLDEST_TRANSACTION, &[]).await?;
    let behind = client.query_typed_one(sql::BEHIND, &params![COUNTED]).await?;
    Ok(Figures {
        dead_ready: dead.try_get(0)?,
        dead_leases: dead.try_get(1)?,
        dead_tasks: dead.try_get(2)?,
        oldest_ms: oldest.try_get(0)?,
        oldest_age: oldest.try_get(1)?,
        words_behind: behind.try_get(0)?,
        counts_behind: behind.try_get(1)?,
    })
}
