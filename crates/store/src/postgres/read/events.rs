//! Pages of the event log.

use std::sync::Arc;

use claudebench_core::event::{Event, Text};
use claudebench_core::{Cursor, TaskId, TenantId};
use serde_json::value::RawValue;
use tokio_postgres::Row;

use crate::page::{LOOKED_AT, asks_for, beyond, count};
use crate::postgres::errors::{Failed, damaged};
use crate::postgres::params::params;
use crate::postgres::pool::Snapshot;
use crate::postgres::rows::Columns;
use crate::postgres::sql::read as sql;
use crate::read::{EventPage, EventQuery, PAGE_BYTES};
use crate::store::StoreError;

/// So many events are fetched at a time, as each may be large.
const CHUNK: i64 = 500;

pub(in crate::postgres) async fn page(
    db: &Snapshot,
    query: &EventQuery,
) -> Result<EventPage, Failed> {
    let bounds = db.one(sql::EVENT_BOUNDS, &[]).await?;
    let bounds = bounds.ok_or_else(|| damaged("the log has no beginning"))?;
    let (dropped, newest): (i64, i64) = (bounds.try_get(0)?, bounds.try_get(1)?);
    if let Some(Cursor(cursor)) = query.after.filter(|_| !query.newest_first) {
        if cursor < dropped {
            return Err(StoreError::CursorExpired { cursor, oldest: dropped }.into());
        }
        if cursor > newest {
            return Err(beyond(query.after, newest).into());
        }
    }
    match (query.task, query.tenant) {
        (Some(task), Some(tenant)) if query.session.is_none() => {
            of_task(db, query, tenant, task, newest).await
        }
        _ => of_log(db, query, newest).await,
    }
}

async fn of_log(db: &Snapshot, query: &EventQuery, newest: i64) -> Result<EventPage, Failed> {
    let back = query.newest_first;
    let (statement, start) = match (back, query.after) {
        (false, after) => (sql::EVENTS_AFTER, after.map_or(0, |cursor| cursor.0)),
        (true, after) => (sql::EVENTS_BEFORE, after.map_or(i64::MAX, |cursor| cursor.0)),
    };
    let mut page = EventPage { next: Cursor(start), at_end: true, ..EventPage::default() };
    let (mut seen, mut size) = (0, 0);
    let of_session = query.session.as_ref().zip(query.tenant);
    while seen < LOOKED_AT {
        let place = page.next.0;
        let rows = match of_session {
            None => db.query(statement, &params![place, CHUNK]).await?,
            Some((id, tenant)) => {
                let statement =
                    if back { sql::SESSION_EVENTS_BEFORE } else { sql::SESSION_EVENTS_AFTER };
                db.query(statement, &params![tenant.0, &**id, place, CHUNK]).await?
            }
        };
        for row in &rows {
            page.next = Cursor(row.try_get(0)?);
            if let Some(event) = wanted(query, row)? {
                size += event.payload.get().len();
                page.events.push(Arc::new(event));
                if count(page.events.len()) >= query.limit || size >= PAGE_BYTES {
                    page.at_end = !back && page.next.0 >= newest;
                    return Ok(page);
                }
            }
        }
        seen += count(rows.len());
        if count(rows.len()) < CHUNK {
            if !back {
                page.next = Cursor(newest.max(start));
            }
            return Ok(page);
        }
    }
    page.at_end = false;
    Ok(page)
}

/// A task's events, in the order of their versions.
pub(in crate::postgres) async fn of_task(
    db: &Snapshot,
    query: &EventQuery,
    tenant: TenantId,
    task: TaskId,
    newest: i64,
) -> Result<EventPage, Failed> {
    let (statement, beyond, mut version) = match query.newest_first {
        false => (sql::EVENTS_OF, query.after.map_or(0, |cursor| cursor.0), 0),
        true => {
            let before = query.after.map_or(i64::MAX, |cursor| cursor.0);
            (sql::EVENTS_OF_BACKWARDS, before, i64::MAX)
        }
    };
    let end = Cursor(if query.newest_first { 0 } else { newest });
    let mut page = EventPage { next: end, at_end: true, ..EventPage::default() };
    let mut size = 0;
    loop {
        let of = params![task.0, tenant.0, beyond, version, CHUNK];
        let rows = db.query(statement, &of).await?;
        for row in &rows {
            version = row.try_get(5)?;
            let Some(event) = wanted(query, row)? else { continue };
            // One more shows that there is a page after this one.
            if count(page.events.len()) >= query.limit || size >= PAGE_BYTES {
                page.at_end = false;
                page.next = page.events.last().map_or(end, |last: &Arc<Event>| last.cursor);
                return Ok(page);
            }
            size += event.payload.get().len();
            page.events.push(Arc::new(event));
        }
        if count(rows.len()) < CHUNK {
            return Ok(page);
        }
    }
}

/// The event, when the filters hold.
pub(in crate::postgres) fn wanted(query: &EventQuery, row: &Row) -> Result<Option<Event>, Failed> {
    let mut from = Columns::of(row);
    let (cursor, tenant) = (Cursor(from.number()?), TenantId(from.number()?));
    let kind: &str = from.next()?;
    if query.tenant.is_some_and(|of| of != tenant) || !asks_for(query, kind) {
        return Ok(None);
    }
    let event = rest(cursor, tenant, kind, &mut from)?;
    let of_task = query.task.is_none() || query.task == event.task;
    let of_project =
        query.project.is_none() || query.project.as_deref() == event.project.as_deref();
    Ok((of_task && of_project).then_some(event))
}

/// An event of the log.
pub(in crate::postgres) fn event(row: &Row) -> Result<Event, Failed> {
    let mut from = Columns::of(row);
    let (cursor, tenant) = (Cursor(from.number()?), TenantId(from.number()?));
    let kind: &str = from.next()?;
    rest(cursor, tenant, kind, &mut from)
}

fn rest(
    cursor: Cursor,
    tenant: TenantId,
    kind: &str,
    from: &mut Columns<'_>,
) -> Result<Event, Failed> {
    let (at, task) = (from.time()?, from.optional()?.map(TaskId));
    let (version, attempt, actor) = (from.optional()?, from.optional()?, from.shared()?);
    let (project, traceparent) = (from.shared_at()?, from.shared_at()?);
    let payload = RawValue::from_string(from.next()?)
        .map_err(|_| damaged("an event's payload is no JSON"))?;
    let session = from.shared_at()?;
    let kind = kind.into();
    Ok(Event {
        cursor,
        tenant,
        kind,
        at,
        task,
        version,
        attempt,
        project,
        actor,
        traceparent,
        session,
        payload,
        text: Text::default(),
    })
}
