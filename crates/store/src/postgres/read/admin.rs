//! Instances, sessions, configuration, pauses, keys and servers.

use std::sync::Arc;

use claudebench_core::{Millis, TenantId};

use crate::page::{self, Room, instance_bytes};
use crate::postgres::errors::Failed;
use crate::postgres::params::params;
use crate::postgres::pool::Snapshot;
use crate::postgres::rows::{self, Columns};
use crate::postgres::sql::read as sql;
use crate::read::{ConfigPage, InstanceHolding, InstancePage, InstanceQuery};
use crate::row::{HeardRow, InstanceRow, KeyRow, PauseRow, ServerRow};
use crate::session::SessionRow;

/// So many instances or values are fetched at a time, as each may be large.
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
    let (mut shown, mut room) = (Vec::new(), Room::of(limit));
    for chunk in ids.chunks(CHUNK) {
        let chunk: Vec<&str> = chunk.iter().map(String::as_str).collect();
        for row in db.query(sql::INSTANCES_NAMED, &params![tenant.0, chunk]).await? {
            let row = rows::instance(&row)?;
            if !room.takes(instance_bytes(&row)) {
                return Ok(shown);
            }
            shown.push(row);
        }
    }
    Ok(shown)
}

/// A page by id, with what each holds.
pub(in crate::postgres) async fn instance_page(
    db: &Snapshot,
    query: &InstanceQuery,
) -> Result<InstancePage, Failed> {
    let tenant = query.tenant.0;
    let (mut page, mut room) = (InstancePage::default(), Room::of(query.limit));
    for chunk in instance_ids(db, query).await?.chunks(CHUNK) {
        let chunk: Vec<&str> = chunk.iter().map(|id| &**id).collect();
        let of = params![tenant, chunk, InstanceHolding::COUNTED + 1];
        for found in db.query(sql::INSTANCES_HOLDING, &of).await? {
            let row = rows::instance(&found)?;
            if !room.takes(instance_bytes(&row)) {
                page.next = page.instances.last().map(|last| last.row.id.to_string());
                return Ok(page);
            }
            page.instances.push(InstanceHolding::of(row, found.try_get(7)?, false));
        }
    }
    Ok(page)
}

/// The instances that may be on a page, in order, and one more where there is one.
async fn instance_ids(db: &Snapshot, query: &InstanceQuery) -> Result<Vec<Arc<str>>, Failed> {
    let Some(most) = query.to_look_for() else { return Ok(query.by_name()) };
    let after = query.after.as_deref().unwrap_or("");
    let mut ids = Vec::new();
    for row in db.query(sql::INSTANCE_IDS, &params![query.tenant.0, after, most]).await? {
        ids.push(Arc::from(row.try_get::<_, &str>(0)?));
    }
    query.without_others(&mut ids);
    Ok(ids)
}

pub(in crate::postgres) async fn config(
    db: &Snapshot,
    tenant: TenantId,
    key: &str,
) -> Result<Option<String>, Failed> {
    let row = db.one(sql::CONFIG, &params![tenant.0, key]).await?;
    Ok(row.map(|row| row.try_get(0)).transpose()?)
}

/// A page by key.
pub(in crate::postgres) async fn config_page(
    db: &Snapshot,
    tenant: TenantId,
    after: Option<&str>,
    limit: usize,
) -> Result<ConfigPage, Failed> {
    let (mut page, mut room) = (ConfigPage::default(), Room::of(limit));
    let mut after = after.unwrap_or("").to_owned();
    loop {
        let rows =
            db.query(sql::CONFIG_PAGE, &params![tenant.0, after, page::count(CHUNK)]).await?;
        for row in &rows {
            let (key, value): (String, String) = (row.try_get(0)?, row.try_get(1)?);
            if !room.takes(key.len() + value.len()) {
                page.next = Some(after);
                return Ok(page);
            }
            after.clone_from(&key);
            page.values.push((key, value));
        }
        if rows.len() < CHUNK {
            return Ok(page);
        }
    }
}

pub(in crate::postgres) async fn pauses(
    db: &Snapshot,
    tenant: TenantId,
    now: Millis,
) -> Result<Vec<PauseRow>, Failed> {
    let rows = db.query(sql::PAUSES, &params![tenant.0, now.0]).await?;
    rows.iter().filter_map(|row| rows::pause(row).transpose()).collect()
}

pub(in crate::postgres) async fn keys(
    db: &Snapshot,
    tenant: Option<TenantId>,
) -> Result<Vec<KeyRow>, Failed> {
    let tenant = tenant.map(|tenant| tenant.0);
    let rows = db.query(sql::KEYS, &params![tenant]).await?;
    rows.iter().map(rows::key).collect()
}

/// Those of these that were ended.
pub(in crate::postgres) async fn ended_logins(
    db: &Snapshot,
    tenant: TenantId,
    logins: &[Arc<str>],
) -> Result<Vec<Arc<str>>, Failed> {
    let logins: Vec<&str> = logins.iter().map(|login| &**login).collect();
    let rows = db.query(sql::ENDED_LOGINS, &params![tenant.0, logins]).await?;
    rows.iter().map(|row| Ok(Arc::from(row.try_get::<_, &str>(0)?))).collect()
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

/// The servers that were heard of, the own one first. It need not have been written yet.
pub(in crate::postgres) async fn servers(
    db: &Snapshot,
    own: i64,
    now: Millis,
) -> Result<Vec<ServerRow>, Failed> {
    let since = now.0 - ServerRow::SILENCE_MS;
    let mut own = (own, ServerRow::own(hex(own), now));
    let mut others = Vec::new();
    for row in db.query(sql::SERVERS, &params![since, ServerRow::MOST - 1]).await? {
        let mut from = Columns::of(&row);
        let (id, name): (i64, &str) = (from.number()?, from.next()?);
        let (version, seen_at) = (from.next::<&str>()?.to_owned(), from.time()?);
        let address = Some(address(name));
        if id == own.0 {
            own.1.address = address;
        } else {
            others.push(ServerRow { id: hex(id), address, version, seen_at, own: false });
        }
    }
    others.sort_by(|a, b| a.id.cmp(&b.id));
    others.insert(0, own.1);
    Ok(others)
}

fn hex(id: i64) -> String {
    format!("{:016x}", id.cast_unsigned())
}

/// `127.0.0.1/32:5000` is a host and its port.
fn address(name: &str) -> String {
    match name.split_once('/').and_then(|(host, rest)| Some((host, rest.split_once(':')?.1))) {
        Some((host, port)) if host.contains(':') => format!("[{host}]:{port}"),
        Some((host, port)) => format!("{host}:{port}"),
        None => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn an_address_is_shown_without_its_mask() {
        for (name, shown) in [
            ("10.0.0.7/32:5000", "10.0.0.7:5000"),
            ("fd00::7/128:5000", "[fd00::7]:5000"),
            ("elsewhere", "elsewhere"),
        ] {
            assert_eq!(address(name), shown);
        }
    }
}
