//! What a pass has changed is written, by arrays, and committed.

use std::collections::HashMap;

use claudebench_core::Millis;
use tokio_postgres::Row;

use super::asks::{Asks, values};
use super::columns::columns;
use super::errors::{Failed, damaged};
use super::picture::{NextDue, changed};
use super::sheet::{LeaseRow, Sheet};
use super::sql::{ground, load, save as sql};
use crate::memory::LaneId;
use crate::position::Position;

mod metrics;
mod shared;
mod tasks;

/// What is known when it is written.
#[derive(Default)]
pub(super) struct Saved {
    /// The place in the log that the transaction's events follow.
    pub(super) base: i64,
    /// Where the log ended before; unknown when the answer was lost.
    pub(super) before: Option<i64>,
    /// Where the database stood afterwards.
    pub(super) position: Option<Position>,
}

/// One more statement: where the database stands after what was before.
pub(super) fn ask_position(asks: &mut Asks<'_, Saved>) {
    asks.ask(ground::POSITION, values![], |saved, rows| {
        saved.position = rows.first().map(position).transpose()?;
        Ok(())
    });
}

/// What a database says of where it stands.
pub(super) fn position(row: &Row) -> Result<Position, Failed> {
    let (timeline, lsn): (i64, i64) = (row.try_get(0)?, row.try_get(1)?);
    let timeline = u32::try_from(timeline).map_err(|_| damaged("it has no timeline"))?;
    Ok(Position { timeline, lsn: lsn.cast_unsigned() })
}

/// What a commit tells the writers of all servers.
pub(super) struct Telling<'a> {
    /// Which server.
    pub(super) server: i64,
    /// By which number it knows the commit again.
    pub(super) batch: i64,
    /// The numbers of the lanes that had none.
    pub(super) numbers: &'a HashMap<LaneId, LaneId>,
    pub(super) reopened: bool,
    pub(super) due: &'a NextDue,
    pub(super) now: Millis,
}

impl Telling<'_> {
    fn lane(&self, id: LaneId) -> LaneId {
        self.numbers.get(&id).copied().unwrap_or(id)
    }
}

columns! {
    /// Events without their places.
    Events of event: &'a super::sheet::Noted;
    tenant: i64 = event.tenant.0;
    at: i64 = event.at.0;
    task: Option<i64> = event.task.map(|id| id.0);
    version: Option<i64> = event.version;
    attempt: Option<i64> = event.attempt;
    kind: &'a str = &event.kind;
    project: Option<&'a str> = event.project.as_deref();
    actor: &'a str = &event.actor;
    traceparent: Option<&'a str> = event.traceparent.as_deref();
    session: Option<&'a str> = event.session.as_deref();
    payload: &'a str = event.payload.get();
}

columns! {
    /// Numbers of tasks that changed.
    CountChanges of of: (i64, &'a str, super::sheet::Counts);
    tenant: i64 = of.0;
    project: &'a str = of.1;
    ready: i64 = of.2[0];
    scheduled: i64 = of.2[1];
    blocked: i64 = of.2[2];
    in_progress: i64 = of.2[3];
    completed: i64 = of.2[4];
    failed: i64 = of.2[5];
    cancelled: i64 = of.2[6];
}

/// The statements that write what the pass has changed, in one flush with the end.
/// Answers also what the commit tells.
pub(super) fn save<'a>(sheet: &'a Sheet, telling: &Telling<'_>) -> (Asks<'a, Saved>, Told) {
    let mut asks = Asks::new();
    shared::save(&mut asks, sheet);
    metrics::save(&mut asks, sheet);
    let told = tasks::save(&mut asks, sheet, telling);
    place(&mut asks, sheet, telling, &told);
    asks.tell(load::COMMIT, values![]);
    ask_position(&mut asks);
    (asks, told)
}

/// Lanes that gained tasks: the lowest rank, and how many; and when something is due.
#[derive(Default)]
pub(super) struct Told {
    pub(super) lanes: HashMap<LaneId, (i64, i64)>,
    pub(super) due: Option<i64>,
}

impl Told {
    fn gains(&mut self, lane: LaneId, rank: i64) {
        let (lowest, count) = self.lanes.entry(lane).or_insert((rank, 0));
        *lowest = rank.min(*lowest);
        *count += 1;
    }

    fn due_at(&mut self, at: i64) {
        self.due = Some(self.due.map_or(at, |due| due.min(at)));
    }
}

fn place<'a>(asks: &mut Asks<'a, Saved>, sheet: &'a Sheet, telling: &Telling<'_>, told: &Told) {
    let mut events = Events::default();
    sheet.events.iter().for_each(|event| events.push(event));
    let mut counts = CountChanges::default();
    for ((tenant, project), by) in &sheet.counts {
        if by.iter().any(|n| *n != 0) {
            counts.push((tenant.0, project, *by));
        }
    }
    let pauses = sheet.shared.pauses.is_changed();
    // What others know already need not be told.
    let due = told.due.filter(|due| *due < telling.due.next());
    let (mut lanes, mut lowest, mut gained) = (Vec::new(), Vec::new(), Vec::new());
    for (lane, (rank, count)) in &told.lanes {
        lanes.push(*lane);
        lowest.push(*rank);
        gained.push(*count);
    }
    let mut all = values![places(sheet), telling.now.0];
    all.extend(events.values());
    all.extend(counts.values());
    all.extend(values![
        telling.server,
        telling.batch,
        lanes,
        lowest,
        gained,
        telling.reopened,
        due,
        if pauses { changed::PAUSES } else { 0 },
    ]);
    asks.ask(sql::PLACE, all, |saved, rows| {
        if let Some(row) = rows.first() {
            saved.base = row.try_get(0)?;
            saved.before = row.try_get(1)?;
        }
        Ok(())
    });
}

/// How many places in the log a transaction takes: its events', or one for what it tells.
pub(super) fn places(sheet: &Sheet) -> i64 {
    i64::try_from(sheet.events.len().max(1)).unwrap_or(i64::MAX)
}

/// When a sweep has to look at a lease.
fn check_at(row: &LeaseRow) -> i64 {
    row.check_at.min(row.held.due())
}
