//! Rows of the database as the types of the store.

use std::sync::Arc;

use claudebench_core::lane::Lane;
use claudebench_core::{Millis, Status, TaskId, TenantId};
use tokio_postgres::Row;
use tokio_postgres::types::{FromSql, Type};

use super::errors::{Failed, damaged};
use super::sheet::LeaseRow;
use crate::row::{
    Attachment, AttachmentBody, AttachmentKind, HeardRow, InstanceRow, KeyRow, Lease, PauseRow,
    TaskRow, TaskWithExtras,
};
use crate::session::SessionRow;
use crate::task::{Held, Phase, Task};

/// The columns of a row, one after the other.
pub(super) struct Columns<'r> {
    row: &'r Row,
    at: usize,
}

/// A number of any width.
struct Number(i64);

impl<'a> FromSql<'a> for Number {
    fn from_sql(
        ty: &Type,
        raw: &'a [u8],
    ) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        match *ty {
            Type::INT2 => i16::from_sql(ty, raw).map(|n| Self(n.into())),
            Type::INT4 => i32::from_sql(ty, raw).map(|n| Self(n.into())),
            _ => i64::from_sql(ty, raw).map(Self),
        }
    }

    fn accepts(ty: &Type) -> bool {
        matches!(*ty, Type::INT2 | Type::INT4 | Type::INT8)
    }
}

impl<'r> Columns<'r> {
    pub(super) fn of(row: &'r Row) -> Self {
        Self { row, at: 0 }
    }

    pub(super) fn next<T: FromSql<'r>>(&mut self) -> Result<T, Failed> {
        self.at += 1;
        Ok(self.row.try_get(self.at - 1)?)
    }

    pub(super) fn number(&mut self) -> Result<i64, Failed> {
        self.next().map(|Number(number)| number)
    }

    pub(super) fn optional(&mut self) -> Result<Option<i64>, Failed> {
        Ok(self.next::<Option<Number>>()?.map(|Number(number)| number))
    }

    pub(super) fn time(&mut self) -> Result<Millis, Failed> {
        self.number().map(Millis)
    }

    fn time_at(&mut self) -> Result<Option<Millis>, Failed> {
        Ok(self.optional()?.map(Millis))
    }

    pub(super) fn size(&mut self) -> Result<usize, Failed> {
        Ok(usize::try_from(self.number()?).unwrap_or(usize::MAX))
    }

    /// A text that several hold.
    pub(super) fn shared(&mut self) -> Result<Arc<str>, Failed> {
        self.next::<&str>().map(Arc::from)
    }

    pub(super) fn shared_at(&mut self) -> Result<Option<Arc<str>>, Failed> {
        Ok(self.next::<Option<&str>>()?.map(Arc::from))
    }

    /// A list of names; absent when empty.
    pub(super) fn names(&mut self) -> Result<Vec<Arc<str>>, Failed> {
        let names: Option<Vec<&str>> = self.next()?;
        Ok(names.unwrap_or_default().into_iter().map(Arc::from).collect())
    }

    /// A SHA-256.
    pub(super) fn digest(&mut self) -> Result<[u8; 32], Failed> {
        let bytes: &[u8] = self.next()?;
        bytes.try_into().map_err(|_| damaged("a digest has not 32 bytes").into())
    }

    pub(super) fn status(&mut self) -> Result<Status, Failed> {
        let number = self.number()?;
        Status::from_number(number).ok_or_else(|| damaged("a task has no status").into())
    }
}

/// A task as it is read: with its lease, and where it stands among those that are ready.
#[derive(Clone)]
pub(super) struct Found {
    pub(super) task: TaskWithExtras,
    /// Of a ready task: its rank.
    pub(super) rank: Option<i64>,
}

impl Found {
    /// The lane a pending task waits in.
    pub(super) fn lane(&self, tenant: TenantId) -> Lane {
        let row = &self.task.task;
        Lane {
            tenant,
            assignee: row.assigned_to.as_deref().map(Arc::from),
            project: row.project.clone(),
            roles: row.roles.clone(),
            tags: row.tags.clone(),
        }
    }
}

/// A row of the statement `tasks`.
pub(super) fn task(row: &Row) -> Result<Found, Failed> {
    let mut from = Columns::of(row);
    let mut row = task_row(&mut from)?;
    let rank = from.optional()?;
    let lease = lease_over(&mut from, &mut row)?;
    let mut task = TaskWithExtras::from(row);
    task.lease = lease;
    Ok(Found { task, rank })
}

fn task_row(from: &mut Columns<'_>) -> Result<TaskRow, Failed> {
    let (id, text) = (TaskId(from.number()?), from.next()?);
    let status = from.status()?;
    Ok(TaskRow {
        id,
        text,
        status,
        priority: from.number()?,
        metadata: from.next()?,
        assigned_to: from.next()?,
        assigned_at: from.time_at()?,
        completed_by: from.next()?,
        error: from.next()?,
        reason: from.next()?,
        created_at: from.time()?,
        updated_at: from.time()?,
        started_at: from.time_at()?,
        completed_at: from.time_at()?,
        run_at: from.time_at()?,
        version: from.number()?,
        fence: from.number()?,
        attempt: from.number()?,
        losses: from.number()?,
        max_attempts: from.number()?,
        lease_ms: from.optional()?,
        deadline_ms: from.optional()?,
        backoff: from.next()?,
        open_dependencies: from.number()?,
        parent: from.optional()?.map(TaskId),
        project: from.shared_at()?,
        roles: from.names()?,
        tags: from.names()?,
        unique_key: from.next()?,
        progress: from.next()?,
        note: from.next()?,
        checkpoint: from.next()?,
        cancel_requested_at: None,
        dead: status == Status::Failed,
        attachment_count: from.number()?,
        created_by: from.next()?,
        traceparent: from.next()?,
    })
}

/// A row of the view `task_rows`.
pub(super) fn writers_task(from: &mut Columns<'_>) -> Result<Task, Failed> {
    let row = task_row(from)?;
    let tenant = TenantId(from.number()?);
    let phase = Phase::from_number(from.number()?);
    let phase = phase.ok_or_else(|| damaged("a task has no phase"))?;
    let (lane, rank) = (from.optional()?, from.number()?);
    let (has_dependents, settled) = (from.next()?, from.number()?);
    let (held_ms, explicit): (_, bool) = (from.optional()?, from.next()?);
    let held = held_ms.map(|ms| (ms, explicit));
    let last_event = 0;
    Ok(Task { row, tenant, phase, lane, rank, last_event, has_dependents, settled, held })
}

/// A row of the view `lease_rows`.
pub(super) fn lease(from: &mut Columns<'_>) -> Result<LeaseRow, Failed> {
    let held = Held {
        task: TaskId(from.number()?),
        tenant: TenantId(from.number()?),
        worker: from.shared()?,
        fence: from.number()?,
        attempt: from.number()?,
        lease_ms: from.number()?,
        explicit: from.next()?,
        expires_at: from.time()?,
        deadline_at: from.time_at()?,
        cancel_at: from.time_at()?,
        has_row: true,
        untouched: None,
    };
    Ok(LeaseRow {
        held,
        progress: from.next()?,
        note: from.next()?,
        checkpoint: from.next()?,
        cancel_asked_at: from.time_at()?,
        cancel_note: from.next()?,
        cancel_dependents: from.number()?,
        check_at: from.number()?,
    })
}

/// The lease, laid over the task it belongs to.
fn lease_over(from: &mut Columns<'_>, task: &mut TaskRow) -> Result<Option<Lease>, Failed> {
    let Some(fence) = from.optional()? else { return Ok(None) };
    let lease = Lease {
        fence,
        attempt: from.number()?,
        worker: from.shared()?,
        expires_at: from.time()?,
        deadline_at: from.time_at()?,
    };
    let progress: Option<f64> = from.next()?;
    let (note, checkpoint): (Option<String>, Option<String>) = (from.next()?, from.next()?);
    task.progress = progress.or(task.progress);
    task.note = note.or(task.note.take());
    task.checkpoint = checkpoint.or(task.checkpoint.take());
    task.cancel_requested_at = from.time_at()?;
    Ok(Some(lease))
}

/// `id, task, key, kind, created_by, created_at, updated_at, mime_type, size, url, value, content`.
pub(super) fn attachment(row: &Row) -> Result<Attachment, Failed> {
    let mut from = Columns::of(row);
    let (id, task, key) = (from.number()?, TaskId(from.number()?), from.next()?);
    let kind = AttachmentKind::ALL.get(from.size()?);
    let kind = *kind.ok_or_else(|| damaged("an attachment has no kind"))?;
    let (created_by, created_at, updated_at) = (from.next()?, from.time()?, from.time()?);
    let (mime_type, size, url) = (from.next()?, from.optional()?, from.next()?);
    let (value, content) = (from.next()?, from.next()?);
    let body = AttachmentBody { key, kind, value, content, url, mime_type, size };
    Ok(Attachment { id, task, body, created_by, created_at, updated_at })
}

/// `tenant, id, roles, metadata, online, registered_at, seen_at`.
pub(super) fn instance(row: &Row) -> Result<InstanceRow, Failed> {
    let mut from = Columns::of(row);
    Ok(InstanceRow {
        tenant: TenantId(from.number()?),
        id: from.shared()?,
        roles: from.names()?,
        metadata: from.next()?,
        online: from.next()?,
        registered_at: from.time()?,
        seen_at: from.time()?,
    })
}

/// `tenant, id, roles, seen_at`.
pub(super) fn heard(row: &Row) -> Result<HeardRow, Failed> {
    let mut from = Columns::of(row);
    Ok(HeardRow {
        tenant: TenantId(from.number()?),
        id: from.shared()?,
        roles: from.names()?,
        seen_at: from.time()?,
    })
}

/// `scope, reason, until, paused_at, paused_by`.
pub(super) fn pause(row: &Row) -> Result<Option<PauseRow>, Failed> {
    let mut from = Columns::of(row);
    // A later version may know more scopes than this one, which then holds nothing back there.
    let Ok(scope) = serde_json::from_str(from.next()?) else { return Ok(None) };
    Ok(Some(PauseRow {
        scope,
        reason: from.next()?,
        until: from.time_at()?,
        paused_at: from.time()?,
        paused_by: from.next()?,
    }))
}

/// `id, tenant, name of the tenant, name, hash, scopes, created_at, expires_at`.
pub(super) fn key(row: &Row) -> Result<KeyRow, Failed> {
    let mut from = Columns::of(row);
    Ok(KeyRow {
        id: from.next()?,
        tenant: TenantId(from.number()?),
        tenant_name: from.next()?,
        name: from.next()?,
        hash: from.digest()?,
        scopes: from.next()?,
        created_at: from.time()?,
        expires_at: from.time_at()?,
    })
}

/// A session of an agent.
pub(super) fn session(row: &Row) -> Result<SessionRow, Failed> {
    let mut from = Columns::of(row);
    let (tenant, id, instance) = (TenantId(from.number()?), from.shared()?, from.shared()?);
    let (started_at, seen_at) = (from.time()?, from.time()?);
    let ended_at = from.optional()?.map(Millis);
    let (events, state): (i64, &str) = (from.number()?, from.next()?);
    let state =
        serde_json::from_str(state).map_err(|_| damaged("what a session needs is no JSON"))?;
    Ok(SessionRow { tenant, id, instance, started_at, seen_at, ended_at, events, state })
}
