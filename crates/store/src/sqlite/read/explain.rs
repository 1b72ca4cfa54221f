//! Why a task waits.

use claudebench_core::{Millis, Status, TaskId, TenantId};
use rusqlite::{Connection, params};

use super::statements as sql;
use super::{admin, tasks};
use crate::read::{BlockedBy, Explained};
use crate::sqlite::readers::ReadError;
use crate::sqlite::row;
use crate::task::{Phase, Task};

/// How far the tasks ahead are counted.
const COUNTED: i64 = 1_000;

pub(in crate::sqlite) fn explain(
    db: &Connection,
    tenant: TenantId,
    id: TaskId,
    now: Millis,
) -> Result<Option<Explained>, ReadError> {
    tasks::snapshot(db, |db| {
        let Some(task) = tasks::one(db, tenant, id)? else { return Ok(None) };
        let waiting = db.prepare_cached(sql::TASK)?.query_row([id.0, tenant.0], row::task)?;
        let blocked_by = db
            .prepare_cached(sql::BLOCKED_BY)?
            .query_map([id.0], |found| {
                let status = Status::from_number(found.get(1)?).unwrap_or(Status::Pending);
                Ok(BlockedBy { id: TaskId(found.get(0)?), status, text: found.get(2)? })
            })?
            .collect::<rusqlite::Result<_>>()?;
        let pending = waiting.row.status == Status::Pending;
        let ahead = match waiting.phase {
            Phase::Ready => Some(ahead(db, tenant, &waiting)?),
            _ => None,
        };
        Ok(Some(Explained {
            task,
            blocked_by,
            lane: pending.then(|| waiting.lane()),
            pauses: admin::pauses(db, tenant, now)?,
            ahead,
            now,
        }))
    })
}

fn ahead(db: &Connection, tenant: TenantId, task: &Task) -> rusqlite::Result<i64> {
    let lanes: Vec<i64> = db
        .prepare_cached(sql::READY_LANES)?
        .query_map([tenant.0], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    let mut statement = db.prepare_cached(sql::AHEAD_IN_LANE)?;
    let mut count = 0;
    for lane in lanes {
        let left = COUNTED - count;
        let values = params![lane, task.rank, task.row.id.0, left];
        count += statement.query_row(values, |row| row.get::<_, i64>(0))?;
        if count >= COUNTED {
            break;
        }
    }
    Ok(count)
}
