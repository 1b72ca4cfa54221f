//! Instances, sessions, configuration, pauses and keys.

use std::sync::Arc;

use claudebench_core::{Millis, TenantId};

use crate::postgres::errors::Failed;
use crate::postgres::params::params;
use crate::postgres::pool::Snapshot;
use crate::postgres::rows;
use crate::postgres::sql::read as sql;
use crate::read::PAGE_BYTES;
use crate::row::{HeardRow, InstanceRow, KeyRow, PauseRow};
use crate::session::SessionRow;

/// So many instances are fetched at a time, as each may be large.
const CHUNK: usize = 100;

pub(in crate::postgres) async fn instances(
    db: &Snapshot,
    tenant: Option<TenantId>,
) -> Result<Vec<InstanceRow>, Failed> {
    let tenant = tenant.map(|tenant| tenant.0);
    let rows = db.query(sql::INSTANCES, &params![tenant]).await?;
    rows.iter().map(rows::instance).collect()
}

/// Those among the named that are registered.
pub(in crate::postgres) async fn heard(
    db: &Snapshot,
    named: &[(TenantId, Arc<str>)],
) -> Result<Vec<HeardRow>, Failed> {
    let tenants: Vec<i64> = named.iter().map(|(tenant, _)| tenant.0).collect();
    let ids: Vec<&str> = named.iter().map(|(_, id)| &**id).collect();
    let rows = db.query(sql::INSTANCES_HEARD, &params![tenants, ids]).await?;
    rows.iter().map(rows::heard).collect()
}

/// Those that are named, then those that have gone, as far as there is room.
pub(in crate::postgres) async fn instances_shown(
    db: &Snapshot,
    tenant: TenantId,
    named: &[Arc<str>],
    limit: usize,
) -> Result<Vec<InstanceRow>, Failed> {
    let mut ids: Vec<String> = named.iter().take(limit).map(|id| (**id).to_owned()).collect();
    if ids.len() < limit {
        let most = i64::try_from(limit).unwrap_or(i64::MAX);
        for row in db.query(sql::OFFLINE_INSTANCES, &params![tenant.0, most]).await? {
            let id: String = row.try_get(0)?;
            if !named.iter().any(|other| **other == *id) {
                ids.push(id);
            }
        }
    }
    let (mut shown, mut room) = (Vec::new(), PAGE_BYTES);
    for chunk in ids.chunks(CHUNK) {
        let chunk: Vec<&str> = chunk.iter().map(String::as_str).collect();
        for row in db.query(sql::INSTANCES_NAMED, &params![tenant.0, chunk]).await? {
            let row = rows::instance(&row)?;
            let size = row.metadata.as_ref().map_or(0, String::len)
                + row.roles.iter().map(|role| role.len()).sum::<usize>();
            if shown.len() >= limit || (size > room && !shown.is_empty()) {
                return Ok(shown);
            }
            room = room.saturating_sub(size);
            shown.push(row);
        }
    }
    Ok(shown)
}

pub(in crate::postgres) async fn config(
    db: &Snapshot,
    tenant: TenantId,
    key: &str,
) -> Result<Option<String>, Failed> {
    let row = db.one(sql::CONFIG, &params![tenant.0, key]).await?;
    Ok(row.map(|row| row.try_get(0)).transpose()?)
}

pub(in crate::postgres) async fn pauses(
    db: &Snapshot,
    tenant: TenantId,
    now: Millis,
) -> Result<Vec<PauseRow>, Failed> {
    let rows = db.query(sql::PAUSES, &params![tenant.0, now.0]).await?;
    rows.iter().map(rows::pause).collect()
}

pub(in crate::postgres) async fn keys(
    db: &Snapshot,
    tenant: Option<TenantId>,
) -> Result<Vec<KeyRow>, Failed> {
    let tenant = tenant.map(|tenant| tenant.0);
    let rows = db.query(sql::KEYS, &params![tenant]).await?;
    rows.iter().map(rows::key).collect()
}

pub(in crate::postgres) async fn session(
    db: &Snapshot,
    tenant: TenantId,
    id: &str,
) -> Result<Option<SessionRow>, Failed> {
    let row = db.one(sql::SESSION, &params![tenant.0, id]).await?;
    row.as_ref().map(rows::session).transpose()
}

pub(in crate::postgres) async fn sessions(
    db: &Snapshot,
    tenant: TenantId,
    upto: Millis,
    limit: i64,
) -> Result<Vec<SessionRow>, Failed> {
    let rows = db.query(sql::SESSIONS, &params![tenant.0, upto.0, limit]).await?;
    rows.iter().map(rows::session).collect()
}
