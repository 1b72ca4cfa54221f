//! Tasks by id, and attachments.

use std::collections::HashMap;

use claudebench_core::{TaskId, TenantId};

use crate::page;
use crate::postgres::errors::Failed;
use crate::postgres::params::params;
use crate::postgres::pool::Snapshot;
use crate::postgres::rows::{self, Columns, Found};
use crate::postgres::sql::read as sql;
use crate::read::{AttachmentQuery, Edge, EdgeEnd, EdgeQuery};
use crate::row::{Attachment, AttachmentKind, TaskWithExtras};

pub(in crate::postgres) async fn by_id(
    db: &Snapshot,
    tenant: TenantId,
    ids: &[TaskId],
) -> Result<Vec<TaskWithExtras>, Failed> {
    let mut tasks: Vec<_> = found(db, tenant, ids).await?.into_iter().map(|f| f.task).collect();
    add_results(db, &mut tasks, &mut { usize::MAX }).await?;
    add_dependencies(db, &mut tasks).await?;
    Ok(tasks)
}

/// A task as it is explained.
pub(super) async fn one(
    db: &Snapshot,
    tenant: TenantId,
    id: TaskId,
) -> Result<Option<Found>, Failed> {
    let Some(mut found) = found(db, tenant, &[id]).await?.pop() else { return Ok(None) };
    let task = std::slice::from_mut(&mut found.task);
    add_results(db, task, &mut { usize::MAX }).await?;
    add_dependencies(db, task).await?;
    Ok(Some(found))
}

/// Tasks with their leases and the keys of their attachments, in the order asked for.
pub(super) async fn found(
    db: &Snapshot,
    tenant: TenantId,
    ids: &[TaskId],
) -> Result<Vec<Found>, Failed> {
    let numbers: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let mut by_id = HashMap::with_capacity(ids.len());
    for row in db.query(sql::TASKS, &params![numbers, tenant.0]).await? {
        let found = rows::task(&row)?;
        by_id.insert(found.task.task.id, found);
    }
    let with: Vec<i64> = by_id
        .values()
        .filter(|found| found.task.task.attachment_count > 0)
        .map(|found| found.task.task.id.0)
        .collect();
    if !with.is_empty() {
        for row in db.query(sql::ATTACHMENT_KEYS, &params![with]).await? {
            if let Some(found) = by_id.get_mut(&TaskId(row.try_get(0)?)) {
                found.task.attachment_keys.push(row.try_get(1)?);
            }
        }
    }
    // An id that was asked for twice is answered twice.
    let mut left: HashMap<TaskId, usize> = HashMap::new();
    for id in ids {
        *left.entry(*id).or_default() += 1;
    }
    let mut found = Vec::with_capacity(ids.len());
    for id in ids {
        let last = left.get_mut(id).is_some_and(|left| {
            *left -= 1;
            *left == 0
        });
        found.extend(if last { by_id.remove(id) } else { by_id.get(id).cloned() });
    }
    Ok(found)
}

/// Adds the results, as far as there is room for them.
pub(super) async fn add_results(
    db: &Snapshot,
    tasks: &mut [TaskWithExtras],
    room: &mut usize,
) -> Result<(), Failed> {
    let with = tasks.iter().filter(|task| task.task.attachment_count > 0);
    let with: Vec<i64> = with.map(|task| task.task.id.0).collect();
    if with.is_empty() {
        return Ok(());
    }
    let mut sizes = HashMap::new();
    for row in db.query(sql::RESULT_SIZES, &params![with]).await? {
        let mut from = Columns::of(&row);
        sizes.insert(TaskId(from.number()?), (from.size()?, from.size()?));
    }
    let mut fits: Vec<i64> = Vec::new();
    for task in tasks.iter_mut() {
        let Some((value, content)) = sizes.get(&task.task.id) else { continue };
        // A value is shown as the result and in its attachment.
        let size = 2 * value + content;
        if size > *room {
            task.result_left_out = Some(*value);
        } else {
            *room -= size;
            fits.push(task.task.id.0);
        }
    }
    let mut results = HashMap::new();
    for row in db.query(sql::RESULTS, &params![with, fits]).await? {
        let result = rows::attachment(&row)?;
        results.insert(result.task, result);
    }
    for task in tasks {
        task.result = results.get(&task.task.id).cloned();
    }
    Ok(())
}

async fn add_dependencies(db: &Snapshot, tasks: &mut [TaskWithExtras]) -> Result<(), Failed> {
    let ids: Vec<i64> = tasks.iter().map(|task| task.task.id.0).collect();
    let mut targets: HashMap<TaskId, Vec<TaskId>> = HashMap::new();
    for row in db.query(sql::DEPENDS_ON, &params![ids]).await? {
        let on = TaskId(row.try_get(1)?);
        targets.entry(TaskId(row.try_get(0)?)).or_default().push(on);
    }
    for task in tasks {
        task.depends_on = targets.get(&task.task.id).cloned().unwrap_or_default();
    }
    Ok(())
}

/// What tasks depend on, as far as there is room, and whether there is more.
pub(in crate::postgres) async fn edges(
    db: &Snapshot,
    query: &EdgeQuery,
) -> Result<(Vec<Edge>, bool), Failed> {
    let EdgeQuery { tenant, ref ids, end, limit } = *query;
    let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let most = page::count(limit + 1);
    let statement = match end {
        EdgeEnd::Dependent => sql::DEPENDENCIES,
        EdgeEnd::Dependency => sql::DEPENDENTS,
    };
    let mut edges = Vec::new();
    for row in db.query(statement, &params![ids, tenant.0, most]).await? {
        let mut from = Columns::of(&row);
        let (task, on) = (TaskId(from.number()?), TaskId(from.number()?));
        edges.push(Edge { task, on, done: from.next()? });
    }
    let more = edges.len() > limit;
    edges.truncate(limit);
    Ok((edges, more))
}

pub(in crate::postgres) async fn attachments(
    db: &Snapshot,
    query: &AttachmentQuery,
) -> Result<(Vec<Attachment>, i64), Failed> {
    match query {
        AttachmentQuery::OfTask { tenant, task, kind, limit, offset } => {
            let kind = kind
                .and_then(|kind| (0_i64..).zip(AttachmentKind::ALL).find(|(_, k)| *k == kind))
                .map(|(number, _)| number);
            let of = params![task.0, tenant.0, kind];
            let total = db.one(sql::COUNT_ATTACHMENTS, &of).await?;
            let total = total.map_or(Ok(0), |row| row.try_get(0))?;
            let of = params![task.0, tenant.0, kind, *limit, *offset];
            let page = db.query(sql::ATTACHMENTS_OF, &of).await?;
            Ok((page.iter().map(rows::attachment).collect::<Result<_, _>>()?, total))
        }
        AttachmentQuery::Named { tenant, names } => {
            let (tasks, keys): (Vec<i64>, Vec<&str>) =
                names.iter().map(|(task, key)| (task.0, key.as_str())).unzip();
            let found = db.query(sql::ATTACHMENTS_NAMED, &params![tasks, keys, tenant.0]).await?;
            let found: Vec<_> = found.iter().map(rows::attachment).collect::<Result<_, _>>()?;
            let total = i64::try_from(found.len()).unwrap_or(i64::MAX);
            Ok((found, total))
        }
    }
}
