//! What the writer keeps in memory: copies of what is in the database, rebuilt from it at start
//! and after a transaction that failed.

mod lanes;
mod leases;

use std::collections::HashMap;
use std::sync::Arc;

use claudebench_core::lane::PauseScope;
use claudebench_core::{Millis, TenantId};
use rusqlite::Connection;

pub(super) use lanes::{LaneId, Lanes};
pub(super) use leases::{Held, Leases, NOBODY, Untouched};

use super::options::SqliteOptions;
use super::write::statements as sql;
use crate::batch::Ticket;

/// Everything that the writer remembers between batches.
pub(super) struct Memory {
    pub(super) lanes: Lanes,
    pub(super) leases: Leases,
    pub(super) pauses: HashMap<TenantId, Vec<Paused>>,
    /// The last id given to a task.
    pub(super) last_task: i64,
    /// The place of the newest event.
    pub(super) head: i64,
    /// The place of the oldest event.
    pub(super) oldest: i64,
    /// No scheduled task is due before this.
    pub(super) next_scheduled: i64,
    /// When rows past their retention are looked for again.
    pub(super) next_cleaning: i64,
    /// Names of events and workers, so that each is allocated once.
    pub(super) kinds: HashMap<&'static str, Arc<str>>,
    /// The parked claims that the transaction under way has taken.
    pub(super) taken: Vec<Ticket>,
}

/// A pause in force.
#[derive(Clone, Debug)]
pub(super) struct Paused {
    pub(super) scope: PauseScope,
    pub(super) until: Option<Millis>,
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
        let mut memory = Self {
            lanes: Lanes::load(db, options.max_lanes)?,
            leases: Leases::load(db, now, options.lease_ms)?,
            pauses: HashMap::new(),
            last_task: number(sql::LAST_TASK)?.unwrap_or(0),
            head: number(sql::LAST_EVENT)?.unwrap_or(0),
            oldest: number(sql::FIRST_EVENT)?.unwrap_or(0),
            next_scheduled: number(sql::NEXT_SCHEDULED)?.unwrap_or(i64::MAX),
            next_cleaning: now.0,
            kinds: HashMap::new(),
            taken: Vec::new(),
        };
        let mut pauses = db.prepare(sql::ALL_PAUSES)?;
        let mut rows = pauses.query([])?;
        while let Some(row) = rows.next()? {
            let scope: String = row.get(1)?;
            let Ok(scope) = serde_json::from_str(&scope) else { continue };
            let until: Option<i64> = row.get(2)?;
            memory
                .pauses
                .entry(TenantId(row.get(0)?))
                .or_default()
                .push(Paused { scope, until: until.map(Millis) });
        }
        Ok(memory)
    }

    /// The scopes that are paused now.
    pub(super) fn paused(&self, tenant: TenantId, now: Millis) -> Vec<PauseScope> {
        self.pauses
            .get(&tenant)
            .into_iter()
            .flatten()
            .filter(|pause| pause.until.is_none_or(|until| until > now))
            .map(|pause| pause.scope.clone())
            .collect()
    }

    /// When there is something to do without being asked.
    pub(super) fn next_due(&self) -> i64 {
        let pause = self
            .pauses
            .values()
            .flatten()
            .filter_map(|pause| pause.until)
            .map(|until| until.0)
            .min()
            .unwrap_or(i64::MAX);
        self.leases.next_due().min(self.next_scheduled).min(pause).min(self.next_cleaning)
    }

    /// The shared name of a kind of event.
    pub(super) fn kind(&mut self, name: &'static str) -> Arc<str> {
        self.kinds.entry(name).or_insert_with(|| name.into()).clone()
    }
}
