//! What a batch changes in the numbers of tasks: added up, and written once before the commit.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use claudebench_core::{TaskId, TenantId};
use rusqlite::{Connection, params};

use super::statements as sql;
use crate::write::CountedTask;

/// Numbers of tasks by kind, as the columns of the table `counts` stand.
type Kinds = [i64; 7];
/// Ids that follow each other, by what they begin with: so many bits less.
const BLOCK_BITS: u32 = 6;

/// What changes in the numbers of each tenant.
#[derive(Default)]
pub(super) struct Numbers {
    tenants: BTreeMap<TenantId, OfTenant>,
    /// How often one changed.
    changes: u64,
    /// How many rows were written for them.
    written: u64,
}

#[derive(Default)]
struct OfTenant {
    all: BTreeMap<i64, Kinds>,
    projects: HashMap<Arc<str>, BTreeMap<i64, Kinds>>,
    assignees: HashMap<Box<str>, BTreeMap<i64, i64>>,
}

impl Numbers {
    pub(super) fn add(&mut self, of: &CountedTask<'_>, kind: usize, by: i64) {
        self.changes += 1;
        let block = block(of.task);
        let tenant = self.tenants.entry(of.tenant).or_default();
        tenant.all.entry(block).or_default()[kind] += by;
        if let Some(project) = of.project {
            let blocks = tenant.projects.entry(project.clone()).or_default();
            blocks.entry(block).or_default()[kind] += by;
        }
        let Some(assignee) = of.assignee else { return };
        match tenant.assignees.get_mut(assignee) {
            Some(blocks) => *blocks.entry(block).or_default() += by,
            None => {
                tenant.assignees.insert(assignee.into(), BTreeMap::from([(block, by)]));
            }
        }
    }

    /// How often a number changed.
    pub(super) fn changes(&self) -> u64 {
        self.changes
    }

    /// How many rows were written for them, by whatever write: they are no trace of its own.
    pub(super) fn written(&self) -> u64 {
        self.written
    }

    /// Writes them: before the commit, and before tasks are looked for by their kind or assignee.
    pub(super) fn write(&mut self, db: &Connection) -> rusqlite::Result<()> {
        let before = db.total_changes();
        for (tenant, numbers) in &std::mem::take(&mut self.tenants) {
            // Names of projects have at least one character; the empty one is the whole tenant.
            write_kinds(db, *tenant, "", &numbers.all)?;
            for (project, blocks) in &numbers.projects {
                write_kinds(db, *tenant, project, blocks)?;
            }
            for (assignee, blocks) in &numbers.assignees {
                write_assigned(db, *tenant, assignee, blocks)?;
            }
        }
        self.written += db.total_changes() - before;
        Ok(())
    }
}

/// The block that a task's id lies in.
fn block(task: TaskId) -> i64 {
    task.0 >> BLOCK_BITS
}

fn write_kinds(
    db: &Connection,
    tenant: TenantId,
    project: &str,
    blocks: &BTreeMap<i64, Kinds>,
) -> rusqlite::Result<()> {
    let mut add = db.prepare_cached(sql::ADD_KIND)?;
    let mut drop = db.prepare_cached(sql::DROP_KIND)?;
    let mut sums = Kinds::default();
    for (kind, sum) in (0_i64..).zip(&mut sums) {
        for (block, kinds) in blocks {
            let by = kinds[usize::try_from(kind).unwrap_or(0)];
            *sum += by;
            if by != 0 {
                add.execute(params![tenant.0, project, kind, block, by])?;
            }
            if by < 0 {
                drop.execute(params![tenant.0, project, kind, block])?;
            }
        }
    }
    if sums != Kinds::default() {
        let [a, b, c, d, e, f, g] = sums;
        let values = params![tenant.0, project, a, b, c, d, e, f, g];
        db.prepare_cached(sql::ADD_COUNTS)?.execute(values)?;
    }
    Ok(())
}

fn write_assigned(
    db: &Connection,
    tenant: TenantId,
    instance: &str,
    blocks: &BTreeMap<i64, i64>,
) -> rusqlite::Result<()> {
    let mut add = db.prepare_cached(sql::ADD_ASSIGNED)?;
    let mut drop = db.prepare_cached(sql::DROP_ASSIGNED)?;
    for (block, by) in blocks {
        if *by != 0 {
            add.execute(params![tenant.0, instance, block, by])?;
        }
        if *by < 0 {
            drop.execute(params![tenant.0, instance, block])?;
        }
    }
    Ok(())
}

#[cfg(test)]
pub(super) mod tests {
    use rusqlite::Connection;

    /// Each block has as many tasks of a kind, and of an instance, as its numbers say.
    pub(in crate::sqlite::rows) fn numbers_are_true(db: &Connection) {
        let kind = "CASE status WHEN 0 THEN phase - 1 ELSE status + 2 END";
        let pairs = [
            (
                "SELECT tenant, project, kind, block, tasks FROM kinds",
                format!(
                    "SELECT tenant, '', {kind}, id >> 6, count(*) FROM tasks GROUP BY 1, 2, 3, 4
                     UNION ALL SELECT tenant, project, {kind}, id >> 6, count(*) FROM tasks
                     WHERE project IS NOT NULL GROUP BY 1, 2, 3, 4"
                ),
            ),
            (
                "SELECT tenant, instance, block, tasks FROM assigned",
                "SELECT tenant, assigned_to, id >> 6, count(*) FROM tasks
                 WHERE assigned_to IS NOT NULL GROUP BY 1, 2, 3"
                    .to_owned(),
            ),
        ];
        for (kept, counted) in pairs {
            for (one, other) in [(kept, &*counted), (&*counted, kept)] {
                let differ = format!(
                    "SELECT count(*) FROM (SELECT * FROM ({one}) EXCEPT SELECT * FROM ({other}))"
                );
                let differ: i64 = db.query_row(&differ, [], |row| row.get(0)).unwrap();
                assert_eq!(differ, 0, "{one} has what {other} has not");
            }
        }
    }
}
