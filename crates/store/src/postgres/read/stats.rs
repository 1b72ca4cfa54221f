//! Counts.

use claudebench_core::{Cursor, Millis, TenantId};
use tokio_postgres::Row;

use crate::page::{self, Projects};
use crate::postgres::errors::Failed;
use crate::postgres::params::params;
use crate::postgres::pool::Snapshot;
use crate::postgres::rows::Columns;
use crate::postgres::sql::read as sql;
use crate::read::ProjectPage;
use crate::row::{RoleQueue, Stats, StoreHealth};

/// At least so many projects are looked at at a time: some have no tasks.
const STEP: usize = 200;

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

/// The projects that have tasks.
pub(in crate::postgres) async fn projects(
    db: &Snapshot,
    tenant: TenantId,
    after: Option<&str>,
    limit: usize,
) -> Result<ProjectPage, Failed> {
    let step = (limit + 1).max(STEP);
    let mut projects = Projects::of(limit);
    // No project is called nothing: that is the whole tenant.
    let mut after = after.unwrap_or("").to_owned();
    loop {
        let rows = db.query(sql::PROJECTS, &params![tenant.0, after, page::count(step)]).await?;
        for row in &rows {
            after = row.try_get(0)?;
            if !projects.add(after.clone(), counts_in(row, 1)?) {
                return Ok(projects.page());
            }
        }
        if rows.len() < step {
            return Ok(projects.page());
        }
    }
}

/// The ready tasks of each role.
pub(in crate::postgres) async fn role_queues(db: &Snapshot) -> Result<Vec<RoleQueue>, Failed> {
    let mut lanes = Vec::new();
    for row in db.query(sql::ROLE_QUEUES, &params![RoleQueue::COUNTED]).await? {
        let mut from = Columns::of(&row);
        lanes.push((from.names()?, from.number()?));
    }
    Ok(RoleQueue::of(lanes))
}

fn counts(row: Option<Row>) -> Result<Stats, Failed> {
    row.map_or(Ok(Stats::default()), |row| counts_in(&row, 0))
}

/// Counts that stand in a row from this place on.
fn counts_in(row: &Row, from: usize) -> Result<Stats, Failed> {
    let mut counts = [0_i64; 7];
    for (place, count) in counts.iter_mut().enumerate() {
        *count = row.try_get(from + place)?;
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
