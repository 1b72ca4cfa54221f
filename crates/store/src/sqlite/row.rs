//! Rows of the database as the types of the store.

use std::sync::Arc;

use claudebench_core::lane::Lane;
use claudebench_core::{Millis, Status, TaskId, TenantId};
use rusqlite::Row;
use rusqlite::types::Type;
use serde::de::DeserializeOwned;

use crate::row::{
    Attachment, AttachmentBody, AttachmentKind, InstanceRow, Lease, PauseRow, TaskRow,
};
use crate::session::SessionRow;
use crate::task::{Held, Phase, Task};

/// A value that cannot be what it is read as: the database is damaged.
fn damaged(column: usize, what: &'static str) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Integer, what.into())
}

fn status(row: &Row<'_>, column: usize) -> rusqlite::Result<Status> {
    Status::from_number(row.get(column)?).ok_or_else(|| damaged(column, "no status"))
}

/// A JSON list of names; absent when empty.
pub(super) fn names(row: &Row<'_>, column: usize) -> rusqlite::Result<Vec<Arc<str>>> {
    match row.get_ref(column)?.as_str_or_null()? {
        None => Ok(Vec::new()),
        Some(text) => json(column, text),
    }
}

fn json<T: DeserializeOwned>(column: usize, text: &str) -> rusqlite::Result<T> {
    serde_json::from_str(text)
        .map_err(|e| rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(e)))
}

/// `tenant, assigned_to, project, roles, tags` from a column on.
pub(super) fn lane(row: &Row<'_>, from: usize) -> rusqlite::Result<Lane> {
    Ok(Lane {
        tenant: TenantId(row.get(from)?),
        assignee: row.get(from + 1)?,
        project: row.get(from + 2)?,
        roles: names(row, from + 3)?,
        tags: names(row, from + 4)?,
    })
}

/// How many bytes the database says that something has.
pub(super) fn size(row: &Row<'_>, column: usize) -> rusqlite::Result<usize> {
    Ok(usize::try_from(row.get::<_, u32>(column)?).unwrap_or(usize::MAX))
}

fn time(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Millis>> {
    Ok(row.get::<_, Option<i64>>(column)?.map(Millis))
}

/// A row of the view `task_rows`.
pub(super) fn task_row(row: &Row<'_>) -> rusqlite::Result<TaskRow> {
    let status = status(row, 3)?;
    Ok(TaskRow {
        id: TaskId(row.get(0)?),
        text: row.get(2)?,
        status,
        priority: row.get(4)?,
        metadata: row.get(5)?,
        assigned_to: row.get(6)?,
        assigned_at: time(row, 7)?,
        completed_by: row.get(8)?,
        error: row.get(9)?,
        reason: row.get(10)?,
        created_at: Millis(row.get(11)?),
        updated_at: Millis(row.get(12)?),
        started_at: time(row, 13)?,
        completed_at: time(row, 14)?,
        run_at: time(row, 15)?,
        version: row.get(16)?,
        fence: row.get(17)?,
        attempt: row.get(18)?,
        losses: row.get(19)?,
        max_attempts: row.get(20)?,
        lease_ms: row.get(21)?,
        deadline_ms: row.get(22)?,
        backoff: row.get(23)?,
        open_dependencies: row.get(24)?,
        parent: row.get::<_, Option<i64>>(25)?.map(TaskId),
        project: row.get(26)?,
        roles: names(row, 27)?,
        tags: names(row, 28)?,
        unique_key: row.get(29)?,
        progress: row.get(30)?,
        note: row.get(31)?,
        checkpoint: row.get(32)?,
        cancel_requested_at: None,
        dead: status == Status::Failed,
        attachment_count: row.get(33)?,
        created_by: row.get(34)?,
        traceparent: row.get(35)?,
    })
}

/// The same with what only the writer needs.
pub(super) fn task(row: &Row<'_>) -> rusqlite::Result<Task> {
    Ok(Task {
        row: task_row(row)?,
        tenant: TenantId(row.get(1)?),
        phase: Phase::from_number(row.get(36)?).ok_or_else(|| damaged(36, "no phase"))?,
        lane: row.get(37)?,
        rank: row.get(38)?,
        last_event: row.get(39)?,
        has_dependents: row.get(40)?,
        settled: row.get(41)?,
        held: row.get::<_, Option<i64>>(42)?.map(|ms| row.get(43).map(|e| (ms, e))).transpose()?,
    })
}

/// `fence, attempt, worker, expires_at, deadline_at, progress, note, checkpoint, cancel_asked_at`
/// from a column on, laid over the task they belong to.
pub(super) fn lease_over(
    row: &Row<'_>,
    from: usize,
    task: &mut TaskRow,
) -> rusqlite::Result<Option<Lease>> {
    let Some(fence) = row.get(from)? else { return Ok(None) };
    if let Some(progress) = row.get(from + 5)? {
        task.progress = Some(progress);
    }
    if let Some(note) = row.get(from + 6)? {
        task.note = Some(note);
    }
    if let Some(checkpoint) = row.get(from + 7)? {
        task.checkpoint = Some(checkpoint);
    }
    task.cancel_requested_at = time(row, from + 8)?;
    Ok(Some(Lease {
        fence,
        attempt: row.get(from + 1)?,
        worker: row.get(from + 2)?,
        expires_at: Millis(row.get(from + 3)?),
        deadline_at: time(row, from + 4)?,
    }))
}

/// `task, tenant, worker, fence, attempt, lease_ms, explicit, expires_at, deadline_at, cancel_at,
/// has_row`.
pub(super) fn held(row: &Row<'_>) -> rusqlite::Result<Held> {
    Ok(Held {
        task: TaskId(row.get(0)?),
        tenant: TenantId(row.get(1)?),
        worker: row.get(2)?,
        fence: row.get(3)?,
        attempt: row.get(4)?,
        lease_ms: row.get(5)?,
        explicit: row.get(6)?,
        expires_at: Millis(row.get(7)?),
        deadline_at: time(row, 8)?,
        cancel_at: time(row, 9)?,
        has_row: row.get(10)?,
        untouched: None,
    })
}

/// `id, task, key, kind, created_by, created_at, updated_at, mime_type, size, url, value, content`.
pub(super) fn attachment(row: &Row<'_>) -> rusqlite::Result<Attachment> {
    let kind = usize::try_from(row.get::<_, i64>(3)?).unwrap_or(usize::MAX);
    Ok(Attachment {
        id: row.get(0)?,
        task: TaskId(row.get(1)?),
        body: AttachmentBody {
            key: row.get(2)?,
            kind: *AttachmentKind::ALL.get(kind).ok_or_else(|| damaged(3, "no kind"))?,
            value: row.get(10)?,
            content: row.get(11)?,
            url: row.get(9)?,
            mime_type: row.get(7)?,
            size: row.get(8)?,
        },
        created_by: row.get(4)?,
        created_at: Millis(row.get(5)?),
        updated_at: Millis(row.get(6)?),
    })
}

/// `tenant, id, roles, metadata, online, registered_at, seen_at`.
pub(super) fn instance(row: &Row<'_>) -> rusqlite::Result<InstanceRow> {
    Ok(InstanceRow {
        tenant: TenantId(row.get(0)?),
        id: row.get(1)?,
        roles: names(row, 2)?,
        metadata: row.get(3)?,
        online: row.get(4)?,
        registered_at: Millis(row.get(5)?),
        seen_at: Millis(row.get(6)?),
    })
}

/// `scope, reason, until, paused_at, paused_by`.
pub(super) fn pause(row: &Row<'_>) -> rusqlite::Result<Option<PauseRow>> {
    // A later version may know more scopes than this one, which then holds nothing back there.
    let Ok(scope) = serde_json::from_str(row.get_ref(0)?.as_str()?) else { return Ok(None) };
    Ok(Some(PauseRow {
        scope,
        reason: row.get(1)?,
        until: time(row, 2)?,
        paused_at: Millis(row.get(3)?),
        paused_by: row.get(4)?,
    }))
}

/// A session of an agent.
pub(super) fn session(row: &Row<'_>) -> rusqlite::Result<SessionRow> {
    let state = serde_json::from_str(row.get_ref(7)?.as_str()?)
        .map_err(|e| rusqlite::Error::FromSqlConversionFailure(7, Type::Text, Box::new(e)))?;
    Ok(SessionRow {
        tenant: TenantId(row.get(0)?),
        id: row.get(1)?,
        instance: row.get(2)?,
        started_at: Millis(row.get(3)?),
        seen_at: Millis(row.get(4)?),
        ended_at: row.get::<_, Option<i64>>(5)?.map(Millis),
        events: row.get(6)?,
        state,
    })
}
