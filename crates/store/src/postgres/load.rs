//! Rows are loaded, all that is missing at once.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use claudebench_core::{Millis, Status, TaskId, TenantId};
use tokio_postgres::Row;

use super::asks::{Asks, Link, Stopped, values};
use super::errors::Failed;
use super::foresee::Demand;
use super::options::PostgresOptions;
use super::picture::{self, News, NextDue, Picture, changed};
use super::rows::{self, Columns};
use super::sheet::{Attached, Kept, Sheet};
use super::sql::{ground, load as sql};
use crate::memory::{LaneId, Lanes, Pauses};
use crate::task::Task;

mod lists;
mod metrics;
mod ready;
mod shared;

/// How many news come at once.
const NEWS: usize = 1_000;

/// How long a transaction may take, as settings of the database.
#[derive(Clone, Debug)]
pub(super) struct Bounds {
    pub(super) lock: String,
    pub(super) statement: String,
    pub(super) idle: String,
    /// Whether a statement is planned once, as a setting of the database.
    pub(super) plans: &'static str,
}

/// What a load is about, and what it finds.
pub(super) struct Loading<'a> {
    pub(super) sheet: &'a mut Sheet,
    pub(super) picture: &'a mut Picture,
    pub(super) found: &'a mut Found,
}

/// What was seen besides rows, over all loads of a transaction.
#[derive(Default)]
pub(super) struct Found {
    /// Below which rank nobody sees a task of a lane.
    pub(super) floors: HashMap<LaneId, i64>,
    /// And which task of that rank is the first.
    pub(super) fronts: HashMap<LaneId, TaskId>,
    /// Lanes of which no more is to be seen than was asked for.
    whole: HashSet<LaneId>,
    /// When something is due next.
    pub(super) due: Option<(i64, u64)>,
    /// Tasks and leases that others are at work with.
    pub(super) busy: BTreeSet<TaskId>,
    /// The number of the transaction, once it has one.
    pub(super) transaction: Option<Transaction>,
    /// The news, for who wants them.
    pub(super) news: Vec<News>,
    keeps_news: bool,
    /// Pauses have changed, or are about to.
    pauses: bool,
    /// Lanes have gone.
    lanes: bool,
    /// There may be more news.
    more: bool,
}

impl Found {
    /// The last look counts: each sees what the ones before it saw, and more.
    fn observe(&mut self, lane: LaneId, floor: i64, front: Option<TaskId>) {
        self.floors.insert(lane, floor);
        match front {
            Some(task) => self.fronts.insert(lane, task),
            None => self.fronts.remove(&lane),
        };
    }
}

/// By what a transaction is known afterwards.
pub(super) struct Transaction {
    pub(super) id: String,
    /// The process that does it.
    pub(super) backend: i64,
}

/// How a load begins.
pub(super) enum First<'a> {
    /// With the transaction: what is locked is waited for.
    /// `alone` keeps all others out.
    /// `replan` makes the plans of all statements anew.
    Begin { bounds: &'a Bounds, replan: bool, alone: bool, writes: bool },
    /// Later on: what is locked is left, and noted.
    Later,
}

/// Loads what the sheet wants, and what the claims are going to take.
pub(super) async fn load(
    client: &Link,
    into: &mut Loading<'_>,
    first: First<'_>,
    demands: &[Demand],
    now: Millis,
) -> Result<(), Stopped> {
    let mut asks: Asks<'static, Loading<'_>> = Asks::new();
    let waits = matches!(first, First::Begin { .. });
    let transaction = begin(&mut asks, first);
    flush(&mut asks, into.sheet);
    names(&mut asks, into.sheet);
    tasks(&mut asks, into.sheet, waits);
    keys(&mut asks, into.sheet);
    lists::graph(&mut asks, into.sheet);
    lists::lists(&mut asks, into.sheet);
    lists::due(&mut asks, into, now);
    shared::shared(&mut asks, into.sheet);
    metrics::metrics(&mut asks, into.sheet);
    ready::looks(&mut asks, into);
    if waits || std::mem::take(&mut into.found.more) || into.sheet.wants_pauses {
        news(&mut asks, into.picture.heard);
    }
    if into.sheet.wants_pauses || into.found.pauses {
        pauses(&mut asks);
        into.sheet.knows_pauses |= std::mem::take(&mut into.sheet.wants_pauses);
        into.found.pauses = false;
    }
    if std::mem::take(&mut into.found.lanes) {
        asks.ask(sql::ALL_LANES, values![], |into, rows| {
            into.picture.forget_lanes();
            read_lanes(into.picture, rows)
        });
    }
    ready::ready(&mut asks, into, demands);
    let numbers = std::mem::take(&mut into.sheet.wants_numbers);
    if numbers > 0 {
        let count = i32::try_from(numbers).unwrap_or(i32::MAX);
        asks.ask(sql::NUMBERS, values![i64::from(count)], |into, rows| {
            for row in rows {
                into.sheet.numbers.push(row.try_get(0)?);
            }
            Ok(())
        });
    }
    if let Some(writes) = transaction {
        asks.ask(sql::TRANSACTION, values![writes], |into, rows| {
            let Some(row) = rows.first() else { return Ok(()) };
            let backend = row.try_get(1)?;
            let id: Option<String> = row.try_get(0)?;
            into.found.transaction = id.map(|id| Transaction { id, backend });
            Ok(())
        });
    }
    asks.run(client, into).await
}

/// Loads nothing but what was told since, and what has to be known for that.
pub(super) async fn news_alone(client: &Link, into: &mut Loading<'_>) -> Result<(), Stopped> {
    into.found.keeps_news = true;
    into.found.more = true;
    while is_wanting(into) {
        load(client, into, First::Later, &[], Millis(0)).await?;
    }
    Ok(())
}

/// Whether more has to be loaded before it makes sense to begin.
pub(super) fn is_wanting(into: &Loading<'_>) -> bool {
    into.found.pauses
        || into.found.lanes
        || into.found.more
        || into.sheet.tasks.is_wanting()
        || !into.picture.unknown.is_empty()
}

fn begin(asks: &mut Asks<'static, Loading<'_>>, first: First<'_>) -> Option<bool> {
    let First::Begin { bounds, replan, alone, writes } = first else { return None };
    asks.tell(sql::BEGIN, values![]);
    if replan {
        asks.tell(sql::DISCARD_PLANS, values![]);
    }
    let text = if alone { sql::BOUNDS_ALONE } else { sql::BOUNDS };
    let Bounds { lock, statement, idle, plans } = bounds.clone();
    asks.tell(text, values![lock, statement, idle, plans]);
    Some(writes)
}

/// Deletes all of a tenant's tasks, when the batch has come so far.
fn flush(asks: &mut Asks<'static, Loading<'_>>, sheet: &mut Sheet) {
    let Some(tenant) = sheet.wants_flush.take() else { return };
    asks.ask(sql::FLUSH_TASKS, values![tenant.0], |into, rows| {
        into.sheet.flushed = rows.first().map(|row| row.try_get(0)).transpose()?;
        Ok(())
    });
    asks.tell(sql::FLUSH_SCHEDULED, values![]);
    asks.tell(sql::FLUSH_WORDS, values![]);
    for text in [
        sql::FLUSH_LEASES,
        sql::FLUSH_LABELS,
        sql::FLUSH_DEPENDENCIES,
        sql::FLUSH_ATTACHMENTS,
        sql::FLUSH_UNIQUE,
        sql::FLUSH_COUNTS,
        sql::FLUSH_COUNT_CHANGES,
        sql::FLUSH_IDEMPOTENCY,
    ] {
        asks.tell(text, values![tenant.0]);
    }
}

fn names(asks: &mut Asks<'static, Loading<'_>>, sheet: &mut Sheet) {
    let mut locks = std::mem::take(&mut sheet.locks);
    if sheet.wants_pauses {
        locks.insert("pauses".into());
    }
    let new: Vec<String> = locks.difference(&sheet.locked).cloned().collect();
    if !new.is_empty() {
        sheet.locked.extend(new.iter().cloned());
        asks.tell(sql::LOCK_NAMES, values![new]);
    }
}

fn numbers(ids: &[TaskId]) -> Vec<i64> {
    ids.iter().map(|id| id.0).collect()
}

/// A task has a lease when it is in progress.
fn found_task(sheet: &mut Sheet, task: Task) {
    let id = task.row.id;
    if task.row.status != Status::InProgress {
        sheet.leases.asked([id]);
    }
    sheet.tasks.found(id, task);
}

fn take_tasks(into: &mut Loading<'_>, rows: Vec<Row>) -> Result<(), Failed> {
    for row in rows {
        let task = rows::writers_task(&mut Columns::of(&row))?;
        found_task(into.sheet, task);
    }
    Ok(())
}

fn take_leases(into: &mut Loading<'_>, rows: Vec<Row>) -> Result<(), Failed> {
    for row in rows {
        let lease = rows::lease(&mut Columns::of(&row))?;
        into.sheet.leases.found(lease.held.task, lease);
    }
    Ok(())
}

fn tasks(asks: &mut Asks<'static, Loading<'_>>, sheet: &mut Sheet, waits: bool) {
    let wanted = sheet.tasks.wanted();
    wanted.iter().for_each(|id| sheet.leases.want(*id));
    let ids = numbers(&wanted);
    if !wanted.is_empty() {
        if waits {
            asks.ask(sql::LOCK_TASKS, values![ids], move |into, rows| {
                take_tasks(into, rows)?;
                into.sheet.tasks.asked(wanted);
                Ok(())
            });
        } else {
            asks.ask(sql::TAKE_TASKS, values![ids.clone()], take_tasks);
            asks.ask(sql::TASKS_THERE, values![ids], move |into, rows| {
                for row in rows {
                    let id = TaskId(row.try_get(0)?);
                    if !into.sheet.tasks.is_known(&id) {
                        into.found.busy.insert(id);
                    }
                }
                into.sheet.tasks.asked(wanted);
                Ok(())
            });
        }
    }
    let wanted = sheet.leases.wanted();
    if wanted.is_empty() {
        return;
    }
    let ids = numbers(&wanted);
    if waits {
        asks.ask(sql::LOCK_LEASES, values![ids], move |into, rows| {
            take_leases(into, rows)?;
            into.sheet.leases.asked(wanted);
            Ok(())
        });
        return;
    }
    asks.ask(sql::TAKE_LEASES, values![ids.clone()], take_leases);
    asks.ask(sql::LEASES_THERE, values![ids], move |into, rows| {
        for row in rows {
            let id = TaskId(row.try_get(0)?);
            if !into.sheet.leases.is_known(&id) {
                into.found.busy.insert(id);
            }
        }
        into.sheet.leases.asked(wanted);
        Ok(())
    });
}

/// Pairs of a number and a text as two arrays.
fn apart<A: Into<i64>, B: Into<String>>(
    pairs: impl IntoIterator<Item = (A, B)>,
) -> (Vec<i64>, Vec<String>) {
    pairs.into_iter().map(|(of, name)| (of.into(), name.into())).unzip()
}

fn texts(wanted: &[(TenantId, String)]) -> (Vec<i64>, Vec<String>) {
    apart(wanted.iter().map(|(tenant, text)| (tenant.0, text.clone())))
}

fn keys(asks: &mut Asks<'static, Loading<'_>>, sheet: &mut Sheet) {
    let wanted = sheet.unique.wanted();
    if !wanted.is_empty() {
        let (tenants, keys) = texts(&wanted);
        asks.ask(sql::UNIQUE, values![tenants, keys], move |into, rows| {
            for row in rows {
                let mut from = Columns::of(&row);
                let key = (TenantId(from.number()?), from.next()?);
                let task = TaskId(from.number()?);
                into.sheet.tasks.want(task);
                into.sheet.unique.found(key, task);
            }
            into.sheet.unique.asked(wanted);
            Ok(())
        });
    }
    let wanted = sheet.shared.kept.wanted();
    if !wanted.is_empty() {
        let (tenants, keys) = texts(&wanted);
        asks.ask(sql::KEPT, values![tenants, keys], move |into, rows| {
            for row in rows {
                let mut from = Columns::of(&row);
                let key = (TenantId(from.number()?), from.next()?);
                let (fingerprint, outcome) = (from.digest()?, from.next()?);
                let kept = Kept { fingerprint, outcome, expires_at: from.time()? };
                into.sheet.shared.kept.found(key, kept);
            }
            into.sheet.shared.kept.asked(wanted);
            Ok(())
        });
    }
    let wanted = sheet.shared.attachments.wanted();
    if !wanted.is_empty() {
        let (tasks, keys) = apart(wanted.iter().map(|(task, key)| (task.0, key.clone())));
        asks.ask(sql::ATTACHMENTS, values![tasks, keys], move |into, rows| {
            for row in rows {
                let mut from = Columns::of(&row);
                let key = (TaskId(from.number()?), from.next()?);
                let (id, created_at) = (from.number()?, from.time()?);
                into.sheet.shared.attachments.found(key, Attached { id, created_at, new: None });
            }
            into.sheet.shared.attachments.asked(wanted);
            Ok(())
        });
    }
}

fn news(asks: &mut Asks<'static, Loading<'_>>, heard: i64) {
    asks.ask(sql::NEWS, values![heard], |into, rows| {
        into.found.more = rows.len() >= NEWS;
        for row in rows {
            let news = News::of(&row)?;
            let changed = into.picture.hear(&news);
            if into.found.keeps_news {
                into.found.news.push(news);
            }
            into.found.pauses |= changed & changed::PAUSES != 0 && !into.sheet.knows_pauses;
            into.found.lanes |= changed & changed::LANES != 0;
        }
        Ok(())
    });
}

fn pauses(asks: &mut Asks<'static, Loading<'_>>) {
    asks.ask(sql::ALL_PAUSES, values![], |into, rows| {
        into.picture.pauses = read_pauses(&rows)?;
        Ok(())
    });
}

/// `id, tenant, assignee, project, roles, tags`, the first rank, whether others wait there.
fn read_lanes(picture: &mut Picture, rows: Vec<Row>) -> Result<(), Failed> {
    for row in rows {
        let mut from = Columns::of(&row);
        let (id, lane) = picture::lane(&mut from)?;
        let (floor, waits) = (from.optional()?, from.next()?);
        picture.found(id, lane, floor.unwrap_or(i64::MAX), waits);
    }
    Ok(())
}

/// `tenant, scope, until`.
pub(super) fn read_pauses(rows: &[Row]) -> Result<Pauses, Failed> {
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        let mut from = Columns::of(row);
        let tenant = TenantId(from.number()?);
        let Ok(scope) = serde_json::from_str(from.next()?) else { continue };
        found.push((tenant, scope, from.optional()?.map(Millis)));
    }
    Ok(Pauses::of(found))
}

/// All that a writer knows, as one state of the database shows it.
pub(super) async fn whole(
    client: &Link,
    options: &PostgresOptions,
    due: &Arc<NextDue>,
    now: Millis,
) -> Result<Picture, Stopped> {
    let lanes = Lanes::new(options.max_lanes, options.own_lanes);
    let mut read = (Picture::new(lanes, due.clone(), now), due.mark());
    let mut asks: Asks<'_, (Picture, u64)> = Asks::new();
    asks.tell(ground::BEGIN_READ, values![]);
    asks.ask(sql::NEWS_END, values![], |(picture, _), rows| {
        if let Some(row) = rows.first() {
            picture.heard = row.try_get(0)?;
        }
        Ok(())
    });
    asks.ask(sql::ALL_LANES, values![], |(picture, _), rows| read_lanes(picture, rows));
    asks.ask(sql::ALL_PAUSES, values![], |(picture, _), rows| {
        picture.pauses = read_pauses(&rows)?;
        Ok(())
    });
    asks.ask(sql::FIRST_DUE, values![], |(picture, mark), rows| {
        if let Some(row) = rows.first() {
            let first: Option<i64> = row.try_get(0)?;
            picture.due.raise(first.unwrap_or(i64::MAX), *mark);
        }
        Ok(())
    });
    asks.tell(sql::COMMIT, values![]);
    asks.run(client, &mut read).await?;
    Ok(read.0)
}
