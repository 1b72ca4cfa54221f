//! Lists of tasks that a question finds: what waits for what, who holds what, what is due.

use claudebench_core::{Millis, TaskId, TenantId};

use super::{Loading, apart, numbers, take_leases, take_tasks};
use crate::postgres::asks::{Asks, values};
use crate::postgres::rows::{self, Columns};
use crate::postgres::sheet::{Due, LeaseRow, Sheet};
use crate::postgres::sql::load as sql;

/// The most of a kind that one step of a sweep deals with.
const STEP: i64 = 500;
/// How long to wait for what another server has in hand.
const IN_HAND_MS: i64 = 50;

pub(super) fn graph(asks: &mut Asks<'static, Loading<'_>>, sheet: &mut Sheet) {
    let graph = &mut sheet.graph;
    let wanted = Vec::from_iter(std::mem::take(&mut graph.wants_dependents));
    if !wanted.is_empty() {
        let ids = numbers(&wanted);
        asks.ask(sql::TAKE_DEPENDENTS, values![ids.clone()], take_tasks);
        asks.ask(sql::DEPENDENTS, values![ids], move |into, rows| {
            wanted.iter().for_each(|on| {
                into.sheet.graph.dependents.entry(*on).or_default();
            });
            for row in rows {
                let (on, task) = (TaskId(row.try_get(0)?), TaskId(row.try_get(1)?));
                if !into.sheet.tasks.is_known(&task) {
                    into.sheet.tasks.want(task);
                }
                into.sheet.graph.dependents.entry(on).or_default().push(task);
            }
            Ok(())
        });
    }
    let wanted = Vec::from_iter(std::mem::take(&mut graph.wants_numbers));
    if !wanted.is_empty() {
        asks.ask(sql::COUNT_DEPENDENTS, values![numbers(&wanted)], |into, rows| {
            for row in rows {
                into.sheet.graph.numbers.insert(TaskId(row.try_get(0)?), row.try_get(1)?);
            }
            Ok(())
        });
    }
    let wanted = Vec::from_iter(std::mem::take(&mut graph.wants_dependencies));
    if !wanted.is_empty() {
        asks.ask(sql::DEPENDENCIES, values![numbers(&wanted)], move |into, rows| {
            let graph = &mut into.sheet.graph;
            wanted.iter().for_each(|task| {
                graph.dependencies.entry(*task).or_default();
            });
            for row in rows {
                let (task, on) = (TaskId(row.try_get(0)?), TaskId(row.try_get(1)?));
                graph.dependencies.entry(task).or_default().push(on);
            }
            Ok(())
        });
    }
}

pub(super) fn lists(asks: &mut Asks<'static, Loading<'_>>, sheet: &mut Sheet) {
    let lists = &mut sheet.lists;
    let wanted = lists.leases_of.wanted();
    if !wanted.is_empty() {
        let (tenants, workers) = apart(wanted.iter().map(|(of, name)| (of.0, &**name)));
        asks.ask(sql::LEASES_OF, values![tenants.clone(), workers.clone()], take_leases);
        asks.ask(sql::LEASES_OF_THERE, values![tenants, workers], move |into, rows| {
            into.sheet.lists.leases_of.asked(&wanted);
            for row in rows {
                let mut from = Columns::of(&row);
                let name = (TenantId(from.number()?), from.shared()?);
                let task = TaskId(from.number()?);
                if !into.sheet.leases.is_known(&task) {
                    into.found.busy.insert(task);
                }
                into.sheet.lists.leases_of.found.entry(name).or_default().push(task);
            }
            Ok(())
        });
    }
    let wanted = lists.parked_on.wanted();
    if !wanted.is_empty() {
        let (tenants, workers) = apart(wanted.iter().map(|(of, name)| (of.0, &**name)));
        asks.ask(sql::PARKED_ON, values![tenants, workers], move |into, rows| {
            into.sheet.lists.parked_on.asked(&wanted);
            for row in rows {
                let mut from = Columns::of(&row);
                let name = (TenantId(from.number()?), from.shared()?);
                let task = TaskId(from.number()?);
                into.sheet.tasks.want(task);
                into.sheet.lists.parked_on.found.entry(name).or_default().push(task);
            }
            Ok(())
        });
    }
    for key in lists.dead.wanted() {
        let (tenant, project, tag, reason, limit) = key.clone();
        let values = values![tenant.0, project, tag, reason, limit];
        asks.ask(sql::DEAD, values, move |into, rows| {
            into.sheet.lists.dead.asked(std::slice::from_ref(&key));
            for row in rows {
                let task = TaskId(row.try_get(0)?);
                into.sheet.tasks.want(task);
                into.sheet.lists.dead.found.entry(key.clone()).or_default().push(task);
            }
            Ok(())
        });
    }
}

/// What time has brought about, and when it does so again.
pub(super) fn due(asks: &mut Asks<'static, Loading<'_>>, into: &mut Loading<'_>, now: Millis) {
    if !std::mem::take(&mut into.sheet.lists.wants_due) {
        return;
    }
    let mark = into.picture.due.mark();
    asks.ask(sql::DUE_TASKS, values![now.0], |into, rows| {
        let due = into.sheet.lists.due.get_or_insert_default();
        for row in rows {
            let task = rows::writers_task(&mut Columns::of(&row))?;
            due.tasks.push(task.row.id);
            into.sheet.leases.asked([task.row.id]);
            into.sheet.tasks.found(task.row.id, task);
        }
        Ok(())
    });
    asks.ask(sql::DUE_LEASES, values![now.0], |into, rows| {
        let due = into.sheet.lists.due.get_or_insert_default();
        for row in rows {
            let mut from = Columns::of(&row);
            let lease: LeaseRow = rows::lease(&mut from)?;
            let task = rows::writers_task(&mut from)?;
            due.leases.push(task.row.id);
            into.sheet.leases.found(task.row.id, lease);
            into.sheet.tasks.found(task.row.id, task);
        }
        Ok(())
    });
    asks.ask(sql::NEXT_DUE, values![now.0], move |into, rows| {
        let Some(row) = rows.first() else { return Ok(()) };
        let (next, there): (Option<i64>, i64) = (row.try_get(0)?, row.try_get(1)?);
        let Due { tasks, leases } = into.sheet.lists.due.clone().unwrap_or_default();
        let got = i64::try_from(tasks.len() + leases.len()).unwrap_or(i64::MAX);
        let next = next.unwrap_or(i64::MAX);
        let next = match there > got {
            true if got >= STEP => now.0,
            true => next.min(now.plus(IN_HAND_MS).0),
            false => next,
        };
        into.found.due = Some((next, mark));
        Ok(())
    });
}
