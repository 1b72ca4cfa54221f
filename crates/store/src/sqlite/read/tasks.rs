//! Tasks by id, counts and attachments.

use claudebench_core::{Millis, TaskId, TenantId};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::statements as sql;
use crate::page::{self, Projects};
use crate::read::{AttachmentQuery, Edge, EdgeEnd, EdgeQuery, ProjectPage};
use crate::row::{Attachment, AttachmentKind, RoleQueue, Stats, TaskWithExtras};
use crate::sqlite::readers::ReadError;
use crate::sqlite::row;

/// Columns of the view `task_rows`; what follows them is the lease.
const TASK_COLUMNS: usize = 44;

/// A task and its lease, from a row of `task_rows` with the lease behind it.
pub(super) fn with_lease(found: &Row<'_>) -> rusqlite::Result<TaskWithExtras> {
    let mut task = TaskWithExtras::from(row::task_row(found)?);
    task.lease = row::lease_over(found, TASK_COLUMNS, &mut task.task)?;
    Ok(task)
}

/// A task with its lease and the keys of its attachments.
pub(super) fn shown(
    db: &Connection,
    tenant: TenantId,
    id: TaskId,
) -> rusqlite::Result<Option<TaskWithExtras>> {
    let found = db.prepare_cached(sql::TASK)?.query_row([id.0, tenant.0], with_lease).optional()?;
    let Some(mut task) = found else { return Ok(None) };
    if task.task.attachment_count > 0 {
        task.attachment_keys = db
            .prepare_cached(sql::ATTACHMENT_KEYS)?
            .query_map([id.0], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
    }
    Ok(Some(task))
}

/// Adds the result, as far as there is room for it.
pub(super) fn add_result(
    db: &Connection,
    task: &mut TaskWithExtras,
    room: &mut usize,
) -> rusqlite::Result<()> {
    if task.task.attachment_count == 0 {
        return Ok(());
    }
    let id = task.task.id.0;
    let sizes: Option<(usize, usize)> = db
        .prepare_cached(sql::RESULT_BYTES)?
        .query_row([id], |row| Ok((row::size(row, 0)?, row::size(row, 1)?)))
        .optional()?;
    let Some((value, content)) = sizes else { return Ok(()) };
    // A value is shown as the result and in its attachment.
    let size = 2 * value + content;
    let statement = if size > *room {
        task.result_left_out = Some(value);
        sql::RESULT_LEFT_OUT
    } else {
        *room -= size;
        sql::RESULT
    };
    task.result = db.prepare_cached(statement)?.query_row([id], row::attachment).optional()?;
    Ok(())
}

pub(super) fn one(
    db: &Connection,
    tenant: TenantId,
    id: TaskId,
) -> rusqlite::Result<Option<TaskWithExtras>> {
    let Some(mut task) = shown(db, tenant, id)? else { return Ok(None) };
    add_result(db, &mut task, &mut { usize::MAX })?;
    task.depends_on = db
        .prepare_cached(sql::DEPENDS_ON)?
        .query_map([id.0], |row| row.get(0).map(TaskId))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(Some(task))
}

/// One state of the database for several statements.
pub(in crate::sqlite) fn snapshot<T>(
    db: &Connection,
    read: impl FnOnce(&Connection) -> Result<T, ReadError>,
) -> Result<T, ReadError> {
    let tx = db.unchecked_transaction()?;
    let answer = read(&tx)?;
    tx.finish()?;
    Ok(answer)
}

pub(in crate::sqlite) fn by_id(
    db: &Connection,
    tenant: TenantId,
    ids: &[TaskId],
) -> Result<Vec<TaskWithExtras>, ReadError> {
    snapshot(db, |db| {
        let mut tasks = Vec::with_capacity(ids.len());
        for id in ids {
            tasks.extend(one(db, tenant, *id)?);
        }
        Ok(tasks)
    })
}

/// What tasks depend on, as far as there is room, and whether there is more.
pub(in crate::sqlite) fn edges(
    db: &Connection,
    query: &EdgeQuery,
) -> Result<(Vec<Edge>, bool), ReadError> {
    let EdgeQuery { tenant, ref ids, end, limit } = *query;
    snapshot(db, |db| {
        let mut edges = Vec::new();
        let mut statement = db.prepare_cached(match end {
            EdgeEnd::Dependent => sql::DEPENDENCIES,
            EdgeEnd::Dependency => sql::DEPENDENTS,
        })?;
        for id in ids {
            // One more than there is room for says that there are more.
            let room = page::count((limit + 1).saturating_sub(edges.len()));
            let found = statement.query_map(params![id.0, tenant.0, room], |row| {
                let (other, done) = (TaskId(row.get(0)?), row.get(1)?);
                Ok(match end {
                    EdgeEnd::Dependent => Edge { task: *id, on: other, done },
                    EdgeEnd::Dependency => Edge { task: other, on: *id, done },
                })
            })?;
            for edge in found {
                edges.push(edge?);
            }
            if edges.len() > limit {
                edges.truncate(limit);
                return Ok((edges, true));
            }
        }
        Ok((edges, false))
    })
}

pub(in crate::sqlite) fn stats(
    db: &Connection,
    tenant: TenantId,
    project: Option<&str>,
) -> Result<Stats, ReadError> {
    snapshot(db, |db| {
        let mut stats = stats_of(db, tenant, project)?;
        stats.oldest_ready = db
            .prepare_cached(sql::OLDEST_READY)?
            .query_row(params![tenant.0, project.unwrap_or("")], |row| row.get(0).map(Millis))
            .optional()?;
        Ok(stats)
    })
}

/// The counts that are kept.
pub(in crate::sqlite) fn stats_of(
    db: &Connection,
    tenant: TenantId,
    project: Option<&str>,
) -> rusqlite::Result<Stats> {
    counts(db, sql::STATS, params![tenant.0, project.unwrap_or("")])
}

/// The counts of all tenants.
pub(in crate::sqlite) fn totals(db: &Connection) -> Result<Stats, ReadError> {
    Ok(counts(db, sql::TOTALS, [])?)
}

/// The projects that have tasks.
pub(in crate::sqlite) fn projects(
    db: &Connection,
    tenant: TenantId,
    after: Option<&str>,
    limit: usize,
) -> Result<ProjectPage, ReadError> {
    let mut projects = Projects::of(limit);
    let mut statement = db.prepare_cached(sql::PROJECTS)?;
    // No project is called nothing: that is the whole tenant.
    let of = params![tenant.0, after.unwrap_or(""), page::LOOKED_AT + 1];
    let mut rows = statement.query(of)?;
    while let Some(row) = rows.next()? {
        if !projects.add(row.get(0)?, counts_in(row, 1)?) {
            break;
        }
    }
    Ok(projects.page())
}

/// The ready tasks of each role.
pub(in crate::sqlite) fn role_queues(db: &Connection) -> Result<Vec<RoleQueue>, ReadError> {
    let mut statement = db.prepare_cached(sql::ROLE_QUEUES)?;
    let lanes = statement
        .query_map([RoleQueue::COUNTED], |found| Ok((row::names(found, 0)?, found.get(1)?)))?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(RoleQueue::of(lanes))
}

/// Counts as a statement gives them; all zero where there are none.
fn counts(db: &Connection, text: &str, of: impl rusqlite::Params) -> rusqlite::Result<Stats> {
    let found = db.prepare_cached(text)?.query_row(of, |row| counts_in(row, 0)).optional()?;
    Ok(found.unwrap_or_default())
}

/// Counts that stand in a row from this place on.
fn counts_in(row: &Row<'_>, from: usize) -> rusqlite::Result<Stats> {
    let mut counts = [0_i64; 7];
    for (place, count) in counts.iter_mut().enumerate() {
        *count = row.get(from + place)?;
    }
    Ok(Stats::from_counts(counts))
}

pub(in crate::sqlite) fn attachments(
    db: &Connection,
    query: &AttachmentQuery,
) -> Result<(Vec<Attachment>, i64), ReadError> {
    match query {
        AttachmentQuery::OfTask { tenant, task, kind, limit, offset } => snapshot(db, |db| {
            let kind = kind
                .and_then(|kind| (0_i64..).zip(AttachmentKind::ALL).find(|(_, k)| *k == kind))
                .map(|(number, _)| number);
            let total = db
                .prepare_cached(sql::COUNT_ATTACHMENTS)?
                .query_row(params![task.0, tenant.0, kind], |row| row.get(0))?;
            let page = db
                .prepare_cached(sql::ATTACHMENTS_OF)?
                .query_map(params![task.0, tenant.0, kind, limit, offset], row::attachment)?
                .collect::<rusqlite::Result<_>>()?;
            Ok((page, total))
        }),
        AttachmentQuery::Named { tenant, names } => snapshot(db, |db| {
            let mut found: Vec<Attachment> = Vec::with_capacity(names.len());
            let mut statement = db.prepare_cached(sql::ATTACHMENT_NAMED)?;
            for (task, key) in names {
                let values = params![task.0, key, tenant.0];
                found.extend(statement.query_row(values, row::attachment).optional()?);
            }
            let total = i64::try_from(found.len()).unwrap_or(i64::MAX);
            Ok((found, total))
        }),
    }
}
