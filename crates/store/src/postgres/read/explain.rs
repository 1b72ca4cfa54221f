//! Why a task waits.

use claudebench_core::{Millis, Status, TaskId, TenantId};

use super::{admin, tasks};
use crate::postgres::errors::Failed;
use crate::postgres::params::params;
use crate::postgres::pool::Snapshot;
use crate::postgres::rows::Columns;
use crate::postgres::sql::read as sql;
use crate::read::{BlockedBy, Explained};

pub(in crate::postgres) async fn explain(
    db: &Snapshot,
    tenant: TenantId,
    id: TaskId,
    now: Millis,
) -> Result<Option<Explained>, Failed> {
    let Some(found) = tasks::one(db, tenant, id).await? else { return Ok(None) };
    let mut blocked_by = Vec::new();
    for row in db.query(sql::BLOCKED_BY, &params![id.0]).await? {
        let mut from = Columns::of(&row);
        let (id, status) = (TaskId(from.number()?), from.status()?);
        blocked_by.push(BlockedBy { id, status, text: from.next()? });
    }
    let ahead = match found.rank {
        Some(rank) => {
            let row = db.one(sql::AHEAD, &params![tenant.0, rank, id.0]).await?;
            row.map(|row| row.try_get(0)).transpose()?
        }
        None => None,
    };
    let pending = found.task.task.status == Status::Pending;
    Ok(Some(Explained {
        lane: pending.then(|| found.lane(tenant)),
        task: found.task,
        blocked_by,
        pauses: admin::pauses(db, tenant, now).await?,
        ahead,
        now,
    }))
}
