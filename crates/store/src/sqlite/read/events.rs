//! Pages of the event log.

use std::collections::VecDeque;
use std::sync::Arc;

use claudebench_core::event::{Event, Text};
use claudebench_core::{Cursor, Millis, TaskId, TenantId};
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::value::RawValue;

use super::statements as sql;
use super::tasks::snapshot;
use crate::page::{LOOKED_AT, asks_for, beyond, count, fitting};
use crate::read::{EventPage, EventQuery, PAGE_BYTES};
use crate::sqlite::readers::ReadError;
use crate::sqlite::row::size;
use crate::store::StoreError;

/// How many events of one task are followed back.
const FOLLOWED: usize = 100_000;

pub(in crate::sqlite) fn page(db: &Connection, query: &EventQuery) -> Result<EventPage, ReadError> {
    snapshot(db, |db| {
        let (dropped, newest): (i64, i64) = db
            .prepare_cached(sql::EVENT_BOUNDS)?
            .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        if !query.newest_first
            && let Some(Cursor(cursor)) = query.after
            && cursor < dropped
        {
            return Err(StoreError::CursorExpired { cursor, oldest: dropped }.into());
        }
        if !query.newest_first && query.after.is_some_and(|after| after.0 > newest) {
            return Err(beyond(query.after, newest).into());
        }
        match (query.task, query.tenant) {
            (Some(task), Some(tenant)) if query.session.is_none() => {
                of_task(db, query, tenant, task, newest)
            }
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
    let of_session = query.session.as_ref().zip(query.tenant);
    let mut statement = db.prepare_cached(match (&of_session, back) {
        (None, _) => statement,
        (Some(_), false) => sql::SESSION_EVENTS_AFTER,
        (Some(_), true) => sql::SESSION_EVENTS_BEFORE,
    })?;
    let mut rows = match of_session {
        None => statement.query(params![start, LOOKED_AT])?,
        Some((id, tenant)) => statement.query(params![tenant.0, id, start, LOOKED_AT])?,
    };
    let mut page = EventPage { next: Cursor(start), at_end: true, ..EventPage::default() };
    let (mut seen, mut size) = (0, 0);
    while let Some(row) = rows.next()? {
        seen += 1;
        page.next = Cursor(row.get(0)?);
        if wanted(query, row, LOG)? {
            let event = event(row)?;
            size += event.payload.get().len();
            page.events.push(Arc::new(event));
            if count(page.events.len()) >= query.limit || size >= PAGE_BYTES {
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
    let mut links = db.prepare_cached(sql::EVENT_LINK)?;
    let limit = usize::try_from(query.limit).unwrap_or(usize::MAX);
    // The first of the page and one more; of a long chain read from its end, the last so many.
    let mut chosen = VecDeque::new();
    let mut next = last;
    for _ in 0..FOLLOWED {
        let Some(seq) = next else { break };
        if !query.newest_first && query.after.is_some_and(|after| seq <= after.0) {
            break;
        }
        let found = links
            .query_row([seq], |row| {
                let prev: Option<i64> = row.get(4)?;
                Ok((wanted(query, row, LINK)?, prev, size(row, 5)?))
            })
            .optional()?;
        // What is past its retention is gone.
        let Some((wanted, prev, bytes)) = found else { break };
        let in_reach = !query.newest_first || query.after.is_none_or(|after| seq < after.0);
        if wanted && in_reach {
            chosen.push_back((seq, bytes));
        }
        if chosen.len() > limit {
            if query.newest_first {
                break;
            }
            if chosen.len() > limit + 1 {
                chosen.pop_front();
            }
        }
        next = prev;
    }
    let mut chosen = Vec::from(chosen);
    if !query.newest_first {
        chosen.reverse();
    }
    let fitting = fitting(&chosen).min(limit);
    let mut statement = db.prepare_cached(sql::EVENT)?;
    let events = chosen[..fitting]
        .iter()
        .map(|(seq, _)| statement.query_row([*seq], |row| event(row).map(Arc::new)))
        .collect::<rusqlite::Result<Vec<_>>>()?;
    let at_end = fitting == chosen.len();
    let end = Cursor(if query.newest_first { 0 } else { newest });
    let next = match events.last() {
        Some(event) if !at_end => event.cursor,
        _ => end,
    };
    Ok(EventPage { events, next, at_end })
}

/// The columns of tenant, type, task and project.
type Columns = [usize; 4];
/// In a row of the log.
const LOG: Columns = [1, 2, 4, 8];
/// In a link of a task's chain.
const LINK: Columns = [0, 1, 2, 3];

/// Whether the filters hold; looks at no more of the row than they need.
fn wanted(query: &EventQuery, row: &Row<'_>, columns: Columns) -> rusqlite::Result<bool> {
    let [tenant, kind, task, project] = columns;
    if query.tenant.is_some_and(|of| row.get(tenant) != Ok(of.0)) {
        return Ok(false);
    }
    let kind = row.get_ref(kind)?.as_str()?;
    if !asks_for(query, kind) {
        return Ok(false);
    }
    if query.task.is_some_and(|of| row.get(task) != Ok(Some(of.0))) {
        return Ok(false);
    }
    match &query.project {
        None => Ok(true),
        Some(of) => Ok(row.get::<_, Option<String>>(project)?.as_ref() == Some(of)),
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
        session: row.get(12)?,
        payload,
        text: Text::default(),
    })
}
