//! Leases: all of them are in memory; those that have changed since their claim have a row, too.

use std::sync::Arc;

use claudebench_core::{Millis, TaskId, TenantId};
use rusqlite::params;

use super::{SqliteRows, statements as sql};
use crate::batch::Beat;
use crate::change::Dependents;
use crate::task::{Held, Notes};
use crate::write::{CallOff, Done, LeaseRows};

impl LeaseRows for SqliteRows<'_, '_> {
    fn lease(&mut self, task: TaskId) -> Done<Option<&Held>, Self> {
        Ok(self.memory.leases.of(task))
    }

    fn hold(&mut self, held: Held) -> Done<(), Self> {
        self.memory.leases.put(held);
        Ok(())
    }

    fn extend(&mut self, held: Held, beat: Option<&Beat>) -> Done<(), Self> {
        self.db.prepare_cached(sql::BEAT_LEASE)?.execute(params![
            held.task.0,
            held.tenant.0,
            held.lease_ms,
            held.explicit,
            held.expires_at.0,
            beat.and_then(|beat| beat.progress),
            beat.and_then(|beat| beat.note.as_deref()),
            beat.and_then(|beat| beat.checkpoint.as_deref()),
        ])?;
        self.memory.leases.put(Held { has_row: true, ..held });
        Ok(())
    }

    fn let_go(&mut self, task: TaskId) -> Done<Option<(Held, Notes)>, Self> {
        let Some(held) = self.memory.leases.remove(task) else { return Ok(None) };
        if !held.has_row {
            return Ok(Some((held, Notes::default())));
        }
        let notes = self.db.prepare_cached(sql::LEASE_NOTES)?.query_row([task.0], |row| {
            Ok(Notes { progress: row.get(0)?, note: row.get(1)?, checkpoint: row.get(2)? })
        })?;
        self.db.prepare_cached(sql::DELETE_LEASE)?.execute([task.0])?;
        Ok(Some((held, notes)))
    }

    fn call_off(&mut self, task: TaskId, call: &CallOff<'_>) -> Done<(), Self> {
        self.db.prepare_cached(sql::CANCEL_LEASE)?.execute(params![
            task.0,
            call.at.0,
            call.reason,
            call.asked_at.0,
            call.dependents as i64,
        ])?;
        Ok(())
    }

    fn call_off_anew(
        &mut self,
        task: TaskId,
        reason: Option<&str>,
        dependents: Option<Dependents>,
    ) -> Done<(), Self> {
        let values = params![task.0, reason, dependents.map(|choice| choice as i64)];
        self.db.prepare_cached(sql::CHANGE_CANCEL)?.execute(values)?;
        Ok(())
    }

    fn called_off(&mut self, task: TaskId) -> Done<(Option<String>, Option<Dependents>), Self> {
        let mut statement = self.db.prepare_cached(sql::LEASE_CANCEL)?;
        let (reason, choice): (Option<String>, i64) =
            statement.query_row([task.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let choices = [Dependents::Keep, Dependents::Cancel, Dependents::Release];
        Ok((reason, choices.into_iter().find(|known| *known as i64 == choice)))
    }

    fn leases_of(&mut self, tenant: TenantId, worker: &Arc<str>) -> Done<Vec<TaskId>, Self> {
        Ok(self.memory.leases.of_worker(tenant, worker))
    }

    fn leases_due(&mut self, now: Millis, max: usize) -> Done<Vec<TaskId>, Self> {
        Ok(self.memory.leases.due(now, max))
    }
}
