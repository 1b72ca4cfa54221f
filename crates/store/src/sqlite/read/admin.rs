//! Instances, sessions, configuration, pauses and keys.

use std::collections::HashMap;
use std::sync::Arc;

use claudebench_core::{Millis, TenantId};
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, params};

use super::statements as sql;
use super::tasks::snapshot;
use crate::page::{self, Room, instance_bytes};
use crate::read::{ConfigPage, InstanceHolding, InstancePage, InstanceQuery};
use crate::row::{InstanceRow, KeyRow, PauseRow};
use crate::session::SessionRow;
use crate::sqlite::readers::ReadError;
use crate::sqlite::row;

/// So many tasks that are held are looked at to count those of each instance.
const HELD_LOOKED_AT: i64 = 100_000;

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
        let (mut rows, mut room) = (Vec::new(), Room::of(limit));
        for id in ids {
            let Some(row) = one.query_row(params![tenant.0, id], row::instance).optional()? else {
                continue;
            };
            if !room.takes(instance_bytes(&row)) {
                break;
            }
            rows.push(row);
        }
        Ok(rows)
    })
}

/// A page by id, with what each holds.
pub(in crate::sqlite) fn instance_page(
    db: &Connection,
    query: &InstanceQuery,
) -> Result<InstancePage, ReadError> {
    snapshot(db, |db| {
        let (held, stopped) = held(db, query.tenant)?;
        let (mut page, mut room) = (InstancePage::default(), Room::of(query.limit));
        let mut one = db.prepare_cached(sql::INSTANCE)?;
        for id in instance_ids(db, query)? {
            let of = params![query.tenant.0, id];
            let Some(row) = one.query_row(of, row::instance).optional()? else { continue };
            if !room.takes(instance_bytes(&row)) {
                page.next = page.instances.last().map(|last| last.row.id.to_string());
                break;
            }
            let found = held.get(&row.id).copied().unwrap_or(0);
            page.instances.push(InstanceHolding::of(row, found, stopped));
        }
        Ok(page)
    })
}

/// The instances that may be on a page, in order, and one more where there is one.
fn instance_ids(db: &Connection, query: &InstanceQuery) -> rusqlite::Result<Vec<Arc<str>>> {
    let Some(most) = query.to_look_for() else { return Ok(query.by_name()) };
    let mut statement = db.prepare_cached(sql::INSTANCE_IDS)?;
    let of = params![query.tenant.0, query.after.as_deref().unwrap_or(""), most];
    let found = statement.query_map(of, |row| row.get(0))?;
    let mut ids = found.collect::<rusqlite::Result<_>>()?;
    query.without_others(&mut ids);
    Ok(ids)
}

/// How many tasks each instance holds, and whether some were not looked at. There is no index for one
/// instance; but what is in progress stands together.
fn held(db: &Connection, tenant: TenantId) -> rusqlite::Result<(HashMap<Arc<str>, i64>, bool)> {
    let (mut held, mut looked_at) = (HashMap::new(), 0);
    let mut statement = db.prepare_cached(sql::HOLDERS)?;
    let mut rows = statement.query([tenant.0, HELD_LOOKED_AT])?;
    while let Some(row) = rows.next()? {
        looked_at += 1;
        if let Some(holder) = row.get::<_, Option<Arc<str>>>(0)? {
            *held.entry(holder).or_default() += 1;
        }
    }
    Ok((held, looked_at == HELD_LOOKED_AT))
}

pub(in crate::sqlite) fn config(
    db: &Connection,
    tenant: TenantId,
    key: &str,
) -> Result<Option<String>, ReadError> {
    let mut statement = db.prepare_cached(sql::CONFIG)?;
    Ok(statement.query_row(params![tenant.0, key], |row| row.get(0)).optional()?)
}

/// A page by key.
pub(in crate::sqlite) fn config_page(
    db: &Connection,
    tenant: TenantId,
    after: Option<&str>,
    limit: usize,
) -> Result<ConfigPage, ReadError> {
    let (mut page, mut room) = (ConfigPage::default(), Room::of(limit));
    let mut statement = db.prepare_cached(sql::CONFIG_PAGE)?;
    let mut rows =
        statement.query(params![tenant.0, after.unwrap_or(""), page::count(limit + 1)])?;
    while let Some(row) = rows.next()? {
        let (key, value): (String, String) = (row.get(0)?, row.get(1)?);
        if !room.takes(key.len() + value.len()) {
            page.next = page.values.last().map(|(key, _)| key.clone());
            break;
        }
        page.values.push((key, value));
    }
    Ok(page)
}

pub(in crate::sqlite) fn pauses(
    db: &Connection,
    tenant: TenantId,
    now: Millis,
) -> Result<Vec<PauseRow>, ReadError> {
    let mut statement = db.prepare_cached(sql::PAUSES)?;
    let rows = statement.query_map([tenant.0, now.0], row::pause)?;
    Ok(rows.filter_map(Result::transpose).collect::<rusqlite::Result<_>>()?)
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

/// Those of these that were ended.
pub(in crate::sqlite) fn ended_logins(
    db: &Connection,
    tenant: TenantId,
    logins: &[Arc<str>],
) -> Result<Vec<Arc<str>>, ReadError> {
    let mut statement = db.prepare_cached(sql::ENDED_LOGINS)?;
    let mut ended = Vec::new();
    for login in logins {
        ended.extend(statement.query_row(params![tenant.0, login], |row| row.get(0)).optional()?);
    }
    Ok(ended)
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
