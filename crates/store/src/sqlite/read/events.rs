//! Pages of the event log.

use std::sync::Arc;

use claudebench_core::event::{Event, answers, scope};
use claudebench_core::{Cursor, Millis, TaskId, TenantId};
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::value::RawValue;

use super::statements as sql;
use super::tasks::snapshot;
use crate::read::{EventPage, EventQuery};
use crate::sqlite::readers::ReadError;
use crate::store::StoreError;

/// How many events one page looks at, whatever the filters leave of them.
const LOOKED_AT: i64 = 10_000;
/// How many events of one task are followed back.
const FOLLOWED: usize = 100_000;

pub(in crate::sqlite) fn page(db: &Connection, query: &EventQuery) -> Result<EventPage, ReadError> {
    snapshot(db, |db| {
        let (oldest, newest): (i64, i64) = db
            .prepare_cached(sql::EVENT_BOUNDS)?
            .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        if !query.newest_first
            && let Some(Cursor(cursor)) = query.after
            && cursor + 1 < oldest
        {
            return Err(StoreError::CursorExpired { cursor, oldest: oldest - 1 }.into());
        }
        match (query.task, query.tenant) {
            (Some(task), Some(tenant)) => of_task(db, query, tenant, task, newest),
            _ => of_log(db, query, newest),
        }
    })
}

fn of_log(db: &Connection, query: &EventQuery, newest: i64) -> Result<EventPage, ReadError> {
    let back = query.newest_first;
    let (statement, start) = match (back, query.after) {
        (false, after) => (sql::EVENTS_AFTER, after.map_or(0, |cursor| cursor.0)),
        (true, after) => (sql::EVENTS_BEFORE, after.map_or(i64::MAX, |cursor| cursor.0)),
    };
    let mut statement = db.prepare_cached(statement)?;
    let mut rows = statement.query(params![start, LOOKED_AT])?;
    let mut page = EventPage { next: Cursor(start), at_end: true, ..EventPage::default() };
    let mut seen = 0;
    while let Some(row) = rows.next()? {
        seen += 1;
        page.next = Cursor(row.get(0)?);
        if wanted(query, row)? {
            page.events.push(Arc::new(event(row)?));
            if count(page.events.len()) >= query.limit {
                page.at_end = !back && page.next.0 >= newest;
                return Ok(page);
            }
        }
    }
    page.at_end = seen < LOOKED_AT;
    if page.at_end && !back {
        page.next = Cursor(newest.max(start));
    }
    Ok(page)
}

/// A task's events are a chain, from its newest back.
fn of_task(
    db: &Connection,
    query: &EventQuery,
    tenant: TenantId,
    task: TaskId,
    newest: i64,
) -> Result<EventPage, ReadError> {
    let last: Option<i64> = db
        .prepare_cached(sql::LAST_EVENT_OF)?
        .query_row([task.0, tenant.0], |row| row.get(0))
        .optional()?;
    let mut statement = db.prepare_cached(sql::EVENT)?;
    let mut chain: Vec<Arc<Event>> = Vec::new();
    let mut next = last;
    while let Some(seq) = next.filter(|_| chain.len() < FOLLOWED) {
        if !query.newest_first && query.after.is_some_and(|after| seq <= after.0) {
            break;
        }
        let found = statement
            .query_row([seq], |row| {
                Ok((event(row)?, wanted(query, row)?, row.get::<_, Option<i64>>(11)?))
            })
            .optional()?;
        // What is past its retention is gone.
        let Some((event, wanted, prev)) = found else { break };
        let in_reach = !query.newest_first || query.after.is_none_or(|after| seq < after.0);
        if wanted && in_reach {
            chain.push(Arc::new(event));
        }
        next = prev;
    }
    if !query.newest_first {
        chain.reverse();
    }
    let limit = usize::try_from(query.limit).unwrap_or(usize::MAX);
    let at_end = chain.len() <= limit;
    chain.truncate(limit);
    let end = Cursor(if query.newest_first { 0 } else { newest });
    let next = match chain.last() {
        Some(event) if !at_end => event.cursor,
        _ => end,
    };
    Ok(EventPage { events: chain, next, at_end })
}

fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// Whether the filters hold; looks at no more of the row than they need.
fn wanted(query: &EventQuery, row: &Row<'_>) -> rusqlite::Result<bool> {
    if query.tenant.is_some_and(|tenant| row.get(1) != Ok(tenant.0)) {
        return Ok(false);
    }
    let kind = row.get_ref(2)?.as_str()?;
    let asked = query.kinds.is_empty() || query.kinds.iter().any(|p| answers(kind, p));
    if !asked || !query.scopes.allow(scope(kind)) {
        return Ok(false);
    }
    if query.task.is_some_and(|task| row.get(4) != Ok(Some(task.0))) {
        return Ok(false);
    }
    match &query.project {
        None => Ok(true),
        Some(project) => Ok(row.get::<_, Option<String>>(8)?.as_ref() == Some(project)),
    }
}

fn event(row: &Row<'_>) -> rusqlite::Result<Event> {
    let payload: String = row.get(10)?;
    let payload = RawValue::from_string(payload)
        .map_err(|e| rusqlite::Error::FromSqlConversionFailure(10, Type::Text, Box::new(e)))?;
    Ok(Event {
        cursor: Cursor(row.get(0)?),
        tenant: TenantId(row.get(1)?),
        kind: row.get(2)?,
        at: Millis(row.get(3)?),
        task: row.get::<_, Option<i64>>(4)?.map(TaskId),
        version: row.get(5)?,
        attempt: row.get(6)?,
        actor: row.get(7)?,
        project: row.get(8)?,
        traceparent: row.get(9)?,
        payload,
    })
}
