//! Instances, sessions, configuration, pauses and keys.

use std::sync::Arc;

use claudebench_core::{Millis, TenantId};
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, params};

use super::statements as sql;
use super::tasks::snapshot;
use crate::read::PAGE_BYTES;
use crate::row::{InstanceRow, KeyRow, PauseRow};
use crate::session::SessionRow;
use crate::sqlite::readers::ReadError;
use crate::sqlite::row;

pub(in crate::sqlite) fn instances(
    db: &Connection,
    tenant: Option<TenantId>,
) -> Result<Vec<InstanceRow>, ReadError> {
    let mut statement = db.prepare_cached(sql::INSTANCES)?;
    let rows = statement.query_map([tenant.map(|tenant| tenant.0)], row::instance)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Those that are named, then those that have gone, as far as there is room.
pub(in crate::sqlite) fn instances_shown(
    db: &Connection,
    tenant: TenantId,
    named: &[Arc<str>],
    limit: usize,
) -> Result<Vec<InstanceRow>, ReadError> {
    snapshot(db, |db| {
        let mut one = db.prepare_cached(sql::INSTANCE)?;
        let mut gone = db.prepare_cached(sql::OFFLINE_INSTANCES)?;
        let mut ids: Vec<Arc<str>> = named.iter().take(limit).cloned().collect();
        if ids.len() < limit {
            let most = i64::try_from(limit).unwrap_or(i64::MAX);
            let found = gone.query_map(params![tenant.0, most], |row| row.get(0))?;
            for id in found {
                let id: Arc<str> = id?;
                if !named.contains(&id) {
                    ids.push(id);
                }
            }
        }
        let (mut rows, mut room) = (Vec::new(), PAGE_BYTES);
        for id in ids {
            let Some(row) = one.query_row(params![tenant.0, id], row::instance).optional()? else {
                continue;
            };
            let size = row.metadata.as_ref().map_or(0, String::len)
                + row.roles.iter().map(|role| role.len()).sum::<usize>();
            if rows.len() >= limit || (size > room && !rows.is_empty()) {
                break;
            }
            room = room.saturating_sub(size);
            rows.push(row);
        }
        Ok(rows)
    })
}

pub(in crate::sqlite) fn config(
    db: &Connection,
    tenant: TenantId,
    key: &str,
) -> Result<Option<String>, ReadError> {
    let mut statement = db.prepare_cached(sql::CONFIG)?;
    Ok(statement.query_row(params![tenant.0, key], |row| row.get(0)).optional()?)
}

pub(in crate::sqlite) fn pauses(
    db: &Connection,
    tenant: TenantId,
    now: Millis,
) -> Result<Vec<PauseRow>, ReadError> {
    let mut statement = db.prepare_cached(sql::PAUSES)?;
    let rows = statement.query_map([tenant.0, now.0], row::pause)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

pub(in crate::sqlite) fn keys(
    db: &Connection,
    tenant: Option<TenantId>,
) -> Result<Vec<KeyRow>, ReadError> {
    let mut statement = db.prepare_cached(sql::KEYS)?;
    let rows = statement.query_map([tenant.map(|tenant| tenant.0)], |row| {
        let scopes = serde_json::from_str(row.get_ref(5)?.as_str()?)
            .map_err(|e| rusqlite::Error::FromSqlConversionFailure(5, Type::Text, Box::new(e)))?;
        Ok(KeyRow {
            id: row.get(0)?,
            tenant: TenantId(row.get(1)?),
            tenant_name: row.get(2)?,
            name: row.get(3)?,
            hash: row.get(4)?,
            scopes,
            created_at: Millis(row.get(6)?),
            expires_at: row.get::<_, Option<i64>>(7)?.map(Millis),
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

pub(in crate::sqlite) fn session(
    db: &Connection,
    tenant: TenantId,
    id: &str,
) -> Result<Option<SessionRow>, ReadError> {
    let mut statement = db.prepare_cached(sql::SESSION)?;
    Ok(statement.query_row(params![tenant.0, id], row::session).optional()?)
}

pub(in crate::sqlite) fn sessions(
    db: &Connection,
    tenant: TenantId,
    upto: Millis,
    limit: i64,
) -> Result<Vec<SessionRow>, ReadError> {
    let mut statement = db.prepare_cached(sql::SESSIONS)?;
    let rows = statement.query_map([tenant.0, upto.0, limit], row::session)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
