//! What time alone brings about, a bounded amount at a time.

use std::sync::Arc;

use claudebench_core::{Millis, TaskId};
use rusqlite::params;

use super::ends::End;
use super::statements as sql;
use super::tx::{Done, Tx, system};
use crate::batch::Meta;
use crate::change::Swept;
use crate::sqlite::row;

/// How many of a kind one step takes.
const STEP: i64 = 500;
/// How often rows past their retention are looked for, in milliseconds.
const CLEANING_MS: i64 = 60_000;
/// How long offline instances, votes and batches are remembered, in milliseconds.
const REMEMBERED_MS: i64 = 24 * 3_600_000;

impl Tx<'_, '_> {
    pub(super) fn sweep(&mut self, by: &Meta) -> Done<Swept> {
        let mut swept = std::mem::take(&mut self.passed);
        swept.due += self.promote()?;
        swept.expired += self.expire(by)?;
        self.end_pauses(by)?;
        if self.memory.next_cleaning <= self.now.0 {
            swept.dropped = self.clean()?;
        }
        swept.more = self.memory.next_due() <= self.now.0;
        Ok(swept)
    }

    /// Scheduled tasks whose time has come are ready. No event: being due is no change of state.
    pub(super) fn promote(&mut self) -> Done<i64> {
        if self.memory.next_scheduled > self.now.0 {
            return Ok(0);
        }
        let mut statement = self.db.prepare_cached(sql::DUE)?;
        let due: Vec<row::Task> = statement
            .query_map(params![self.now.0, STEP], row::task)?
            .collect::<rusqlite::Result<_>>()?;
        drop(statement);
        let count = due.len();
        for mut task in due {
            self.dequeue(&mut task);
            task.row.run_at = None;
            self.enqueue(&mut task);
            self.save(&task)?;
        }
        self.memory.next_scheduled = self
            .db
            .prepare_cached(sql::NEXT_SCHEDULED)?
            .query_row([], |row| row.get::<_, Option<i64>>(0))?
            .unwrap_or(i64::MAX);
        Ok(i64::try_from(count).unwrap_or(i64::MAX))
    }

    /// Leases that ended, attempts past their deadline, and workers that did not stop in time.
    pub(super) fn expire(&mut self, by: &Meta) -> Done<i64> {
        let due: Vec<TaskId> = self.memory.leases.due(self.now, 500);
        let count = due.len();
        for id in due {
            self.lapse(&by.actor, id)?;
        }
        Ok(i64::try_from(count).unwrap_or(i64::MAX))
    }

    /// Something about the lease of a task is due.
    fn lapse(&mut self, actor: &Arc<str>, id: TaskId) -> Done<()> {
        let Some(held) = self.memory.leases.of(id).cloned() else { return Ok(()) };
        let meta = system(held.tenant, actor);
        let task = self.task(held.tenant, id)?;
        let passed = |end: Option<Millis>| end.is_some_and(|end| end <= self.now);
        if held.cancel_at.is_some() {
            self.call_off_held(&meta, task, None)?;
        } else if passed(held.deadline_at) {
            self.end(&meta, task, held.holder(), None, End::TimedOut)?;
        } else {
            let end = End::Lost { reason: "lease_expired" };
            self.end(&meta, task, held.holder(), None, end)?;
        }
        Ok(())
    }

    /// No sign of life comes in time for a lease that is over: more may have ended than a
    /// transaction deals with of itself.
    pub(super) fn lapse_if_due(&mut self, id: TaskId) -> Done<()> {
        if self.memory.leases.of(id).is_some_and(|held| held.due() <= self.now.0) {
            let system = self.memory.kind("system");
            self.lapse(&system, id)?;
        }
        Ok(())
    }

    fn end_pauses(&mut self, by: &Meta) -> Done<()> {
        let now = self.now;
        let ended: Vec<_> = self
            .memory
            .pauses
            .iter()
            .flat_map(|(tenant, pauses)| {
                pauses
                    .iter()
                    .filter(|pause| pause.until.is_some_and(|until| until <= now))
                    .map(|pause| (*tenant, pause.scope.clone()))
            })
            .collect();
        for (tenant, scope) in ended {
            let text = serde_json::to_string(&scope).unwrap_or_default();
            self.db.prepare_cached(sql::RESUME)?.execute(params![tenant.0, text])?;
            self.reopen(&system(tenant, &by.actor), &scope)?;
        }
        Ok(())
    }

    /// Drops rows past their retention; again soon when there was as much as one step takes.
    fn clean(&mut self) -> Done<i64> {
        let old = self.now.0 - REMEMBERED_MS;
        let (mut most, mut dropped) = (0, 0);
        for (statement, end) in [
            (sql::DROP_IDEMPOTENCY, self.now.0),
            (sql::DROP_INSTANCES, old),
            (sql::DROP_VOTES, old),
            (sql::DROP_DECISIONS, old),
            (sql::DROP_BATCHES, old),
        ] {
            let count = self.db.prepare_cached(statement)?.execute([end, STEP])?;
            most = most.max(count);
            dropped += count;
        }
        let events = self.drop_events()?;
        let full = most.max(events) >= 500;
        self.memory.next_cleaning = if full { self.now.0 } else { self.now.0 + CLEANING_MS };
        Ok(i64::try_from(dropped + events).unwrap_or(i64::MAX))
    }

    /// The newest event always stays: the next one's place follows from it.
    fn drop_events(&mut self) -> Done<usize> {
        let step_end = self.memory.oldest + 2 * STEP;
        let too_many = self.memory.head - self.options.events_max;
        let too_old: Option<i64> = self
            .db
            .prepare_cached(sql::NEWEST_BEFORE)?
            .query_row([step_end, self.now.0 - self.options.events_age_ms], |row| row.get(0))?;
        let upto = too_many.max(too_old.unwrap_or(0)).min(step_end).min(self.memory.head - 1);
        if upto < self.memory.oldest {
            return Ok(0);
        }
        let count = self.db.prepare_cached(sql::DROP_EVENTS)?.execute([upto])?;
        self.db.prepare_cached(sql::DROP_DELETED)?.execute([upto])?;
        self.memory.oldest = upto + 1;
        Ok(count)
    }
}
