//! What the writer keeps in memory: copies of what is in the database, rebuilt from it at start
//! and after a transaction that failed.

use std::collections::HashMap;
use std::sync::Arc;

use claudebench_core::{Millis, TenantId};
use rusqlite::{Connection, OptionalExtension};

use super::options::SqliteOptions;
use super::row;
use super::rows::statements as sql;
use crate::memory::{LaneId, Lanes, Leases, Pauses};

/// Everything that the writer remembers between batches.
pub(super) struct Memory {
    pub(super) lanes: Lanes,
    pub(super) leases: Leases,
    pub(super) pauses: Pauses,
    /// The last id given to a task.
    pub(super) last_task: i64,
    /// The place of the newest event.
    pub(super) head: i64,
    /// Events were dropped up to this place.
    pub(super) dropped: i64,
    /// How many places from there to the newest event have none.
    pub(super) gaps: i64,
    /// No scheduled task is due before this.
    pub(super) next_scheduled: i64,
    /// When rows past their retention are looked for again.
    pub(super) next_cleaning: i64,
    /// Names of events and workers, so that each is allocated once.
    pub(super) kinds: HashMap<&'static str, Arc<str>>,
}

impl Memory {
    /// Reads what is needed from the database. `now` bounds the leases: after a jump of the clock
    /// backwards none may seem to last longer than it was asked for.
    pub(super) fn load(
        db: &Connection,
        options: &SqliteOptions,
        now: Millis,
    ) -> rusqlite::Result<Self> {
        let number = |sql: &str| db.query_row(sql, [], |row| row.get::<_, Option<i64>>(0));
        let (dropped, gaps) = db.query_row(sql::LOG, [], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(Self {
            lanes: lanes(db, options)?,
            leases: leases(db, now, options.lease_ms)?,
            pauses: pauses(db)?,
            last_task: number(sql::LAST_TASK)?.unwrap_or(0),
            head: number(sql::LAST_EVENT)?.unwrap_or(0),
            dropped,
            gaps,
            next_scheduled: number(sql::NEXT_SCHEDULED)?.unwrap_or(i64::MAX),
            next_cleaning: now.0,
            kinds: HashMap::new(),
        })
    }

    /// When there is something to do without being asked.
    pub(super) fn next_due(&self) -> i64 {
        let pause = self.pauses.next_end().map_or(i64::MAX, |end| end.0);
        self.leases.next_due().min(self.next_scheduled).min(pause).min(self.next_cleaning)
    }

    /// The shared name of a kind of event.
    pub(super) fn kind(&mut self, name: &'static str) -> Arc<str> {
        self.kinds.entry(name).or_insert_with(|| name.into()).clone()
    }
}

/// A lane is what one of its tasks says it is.
pub(super) fn lanes(db: &Connection, options: &SqliteOptions) -> rusqlite::Result<Lanes> {
    let mut lanes = Lanes::new(options.max_lanes, options.own_lanes);
    let mut next = db.prepare(sql::NEXT_LANE)?;
    while let Some((id, floor, lane)) = next
        .query_row([lanes.last()], |found| {
            Ok((found.get::<_, LaneId>(0)?, found.get(1)?, row::lane(found, 2)?))
        })
        .optional()?
    {
        lanes.found(id, lane, floor);
    }
    let mut next = db.prepare(sql::NEXT_WAITING_LANE)?;
    let mut upto: LaneId = 0;
    while let Some((id, lane)) =
        next.query_row([upto], |found| Ok((found.get(0)?, row::lane(found, 1)?))).optional()?
    {
        upto = id;
        lanes.found_waiting(id, lane);
    }
    Ok(lanes)
}

fn leases(db: &Connection, now: Millis, default_ms: i64) -> rusqlite::Result<Leases> {
    let mut leases = Leases::default();
    let mut statement = db.prepare(sql::ALL_LEASES)?;
    let mut rows = statement.query([default_ms])?;
    while let Some(found) = rows.next()? {
        let mut held = row::held(found)?;
        held.expires_at = held.expires_at.min(now.plus(held.lease_ms));
        leases.put(held);
    }
    Ok(leases)
}

fn pauses(db: &Connection) -> rusqlite::Result<Pauses> {
    let mut found = Vec::new();
    let mut statement = db.prepare(sql::ALL_PAUSES)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let scope: String = row.get(1)?;
        let Ok(scope) = serde_json::from_str(&scope) else { continue };
        let until = row.get::<_, Option<i64>>(2)?.map(Millis);
        found.push((TenantId(row.get(0)?), scope, until));
    }
    Ok(Pauses::of(found))
}
