//! Counts.

use claudebench_core::{Cursor, Millis, TenantId};
use tokio_postgres::Row;

use crate::postgres::errors::Failed;
use crate::postgres::params::params;
use crate::postgres::pool::Snapshot;
use crate::postgres::sql::read as sql;
use crate::row::{Stats, StoreHealth};

pub(in crate::postgres) async fn stats(
    db: &Snapshot,
    tenant: TenantId,
    project: Option<&str>,
) -> Result<Stats, Failed> {
    let mut stats = stats_of(db, tenant, project).await?;
    let oldest = match project {
        None => db.one(sql::OLDEST_READY, &params![tenant.0]).await?,
        Some(project) => db.one(sql::OLDEST_READY_OF_PROJECT, &params![tenant.0, project]).await?,
    };
    stats.oldest_ready = oldest.map(|row| row.try_get(0)).transpose()?.map(Millis);
    Ok(stats)
}

/// The counts that are kept.
pub(super) async fn stats_of(
    db: &Snapshot,
    tenant: TenantId,
    project: Option<&str>,
) -> Result<Stats, Failed> {
    counts(db.one(sql::STATS, &params![tenant.0, project.unwrap_or("")]).await?)
}

/// The counts of all tenants.
pub(in crate::postgres) async fn totals(db: &Snapshot) -> Result<Stats, Failed> {
    counts(db.one(sql::TOTALS, &[]).await?)
}

fn counts(row: Option<Row>) -> Result<Stats, Failed> {
    let mut counts = [0_i64; 7];
    if let Some(row) = row {
        for (place, count) in counts.iter_mut().enumerate() {
            *count = row.try_get(place)?;
        }
    }
    Ok(Stats::from_counts(counts))
}

/// How the store is: what is not asked for here is left as it is.
pub(in crate::postgres) async fn health(
    db: &Snapshot,
    mut health: StoreHealth,
) -> Result<StoreHealth, Failed> {
    if let Some(row) = db.one(sql::HEALTH, &[]).await? {
        (health.head, health.oldest) = (Cursor(row.try_get(0)?), Cursor(row.try_get(1)?));
        (health.leases, health.lanes) = (row.try_get(2)?, row.try_get(3)?);
        health.bytes = row.try_get(4)?;
    }
    Ok(health)
}
