//! Lanes, and the ready tasks in them.

use std::collections::HashMap;

use claudebench_core::TaskId;

use super::{Loading, found_task};
use crate::memory::LaneId;
use crate::postgres::asks::{Asks, values};
use crate::postgres::foresee::Demand;
use crate::postgres::picture::{self, Picture};
use crate::postgres::rows::{self, Columns};
use crate::postgres::sql::load as sql;

/// So many more are looked at than are wanted, as other servers may have some in hand.
const MARGIN: usize = 256;

pub(super) fn looks(asks: &mut Asks<'static, Loading<'_>>, into: &mut Loading<'_>) {
    let lanes = Vec::from_iter(std::mem::take(&mut into.sheet.wants_looks));
    if !lanes.is_empty() {
        asks.ask(sql::LOOK, values![lanes], |into, rows| {
            for row in rows {
                let mut from = Columns::of(&row);
                let (lane, rank) = (from.number()?, from.optional()?);
                let look = (rank.unwrap_or(i64::MAX), from.next()?);
                into.found.observe(lane, look.0, None);
                into.sheet.looks.insert(lane, look);
            }
            Ok(())
        });
    }
    let unknown: Vec<LaneId> = into.picture.unknown.keys().copied().collect();
    if !unknown.is_empty() {
        asks.ask(sql::LANES, values![unknown], |into, rows| {
            for row in rows {
                let (id, lane) = picture::lane(&mut Columns::of(&row))?;
                into.picture.found(id, lane, i64::MAX, false);
            }
            // What is not there was deleted since.
            into.picture.unknown.clear();
            Ok(())
        });
    }
}

/// Ready tasks: for claims that are foreseen, and of lanes that turned out to be needed.
pub(super) fn ready(
    asks: &mut Asks<'static, Loading<'_>>,
    into: &mut Loading<'_>,
    demands: &[Demand],
) {
    for demand in demands {
        ask_ready(asks, into.picture, demand);
    }
    for (lane, (tasks, look_at)) in std::mem::take(&mut into.sheet.ready.wants) {
        ask_ready(asks, into.picture, &Demand { lanes: vec![lane], tasks, look_at, others: 0 });
    }
}

fn ask_ready(asks: &mut Asks<'static, Loading<'_>>, picture: &Picture, demand: &Demand) {
    let lanes = demand.lanes.clone();
    let (floors, fronts): (Vec<i64>, Vec<i64>) =
        lanes.iter().map(|lane| picture.front(*lane)).unzip();
    let most = i64::try_from(demand.tasks).unwrap_or(i64::MAX);
    let theirs_too = demand.tasks + demand.others;
    let look_at = demand.look_at.max(match lanes.len() {
        few if few <= 16 => theirs_too + MARGIN,
        many => (2 * theirs_too / many).max(8),
    });
    let chunk = i64::try_from(look_at).unwrap_or(i64::MAX);
    let all = values![lanes.clone(), floors.clone(), fronts.clone(), chunk];
    asks.ask(sql::FLOORS, all, move |into, rows| {
        for row in rows {
            let mut from = Columns::of(&row);
            let (lane, rank) = (from.number()?, from.optional()?);
            let front: Option<i64> = from.optional()?;
            let seen = from.number()?;
            into.found.observe(lane, rank.unwrap_or(i64::MAX), front.map(TaskId));
            if seen < chunk {
                into.found.whole.insert(lane);
            } else {
                into.found.whole.remove(&lane);
            }
        }
        Ok(())
    });
    let all = values![lanes.clone(), floors.clone(), fronts.clone(), chunk, most];
    asks.ask(sql::TAKE_READY, all, move |into, rows| {
        let full = i64::try_from(rows.len()).unwrap_or(i64::MAX) >= most;
        let mut places: HashMap<LaneId, Vec<(i64, TaskId)>> = HashMap::new();
        let mut cut = None;
        for row in rows {
            let mut from = Columns::of(&row);
            let (lane, rank) = (from.number()?, from.number()?);
            let task = rows::writers_task(&mut from)?;
            places.entry(lane).or_default().push((rank, task.row.id));
            cut = Some((rank, task.row.id));
            found_task(into.sheet, task);
        }
        for (lane, from) in lanes.into_iter().zip(floors.into_iter().zip(fronts)) {
            // News that came with this load may tell of tasks before where it looked.
            let told = into.picture.front(lane);
            if told < from {
                into.found.observe(lane, told.0, None);
                continue;
            }
            let found = places.remove(&lane).unwrap_or_default();
            let last = found.last().copied().unwrap_or((i64::MIN, TaskId(i64::MIN)));
            let upto = match (full, into.found.whole.contains(&lane)) {
                (false, true) => None,
                (true, true) => cut,
                // More of it may lie before the cut.
                (_, false) => Some(last),
            };
            into.sheet.ready.found(lane, found, look_at, upto);
        }
        Ok(())
    });
}
