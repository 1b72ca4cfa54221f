//! Leases.

use std::collections::BTreeSet;
use std::sync::Arc;

use claudebench_core::{Millis, TaskId, TenantId};

use super::{Missing, SheetRows, has_come};
use crate::batch::Beat;
use crate::change::Dependents;
use crate::task::{Held, Notes};
use crate::write::{CallOff, Done, LeaseRows};

/// A lease as its row has it.
#[derive(Clone, Debug)]
pub(in crate::postgres) struct LeaseRow {
    pub(in crate::postgres) held: Held,
    pub(in crate::postgres) progress: Option<f64>,
    pub(in crate::postgres) note: Option<String>,
    pub(in crate::postgres) checkpoint: Option<String>,
    pub(in crate::postgres) cancel_asked_at: Option<Millis>,
    pub(in crate::postgres) cancel_note: Option<String>,
    /// The choice for the dependents, by its number.
    pub(in crate::postgres) cancel_dependents: i64,
    /// Not after what is due: then a sweep looks.
    pub(in crate::postgres) check_at: i64,
}

impl LeaseRow {
    fn of(held: Held) -> Self {
        Self {
            check_at: held.due(),
            held: Held { has_row: true, untouched: None, ..held },
            progress: None,
            note: None,
            checkpoint: None,
            cancel_asked_at: None,
            cancel_note: None,
            cancel_dependents: Dependents::Keep as i64,
        }
    }
}

impl SheetRows<'_> {
    fn lease_row(&mut self, task: TaskId) -> Result<Option<LeaseRow>, Missing> {
        // Nobody holds a task that was made just now, but for what this pass has written.
        if self.sheet.fresh.contains(&task) && !self.sheet.leases.is_written(&task) {
            return Ok(None);
        }
        self.sheet.leases.get(&task).map(|row| row.cloned())
    }

    fn change_lease(&mut self, task: TaskId, change: impl FnOnce(&mut LeaseRow)) -> Done<(), Self> {
        if let Some(mut row) = self.lease_row(task)? {
            change(&mut row);
            row.check_at = row.check_at.min(row.held.due());
            self.sheet.leases.put(task, Some(row));
        }
        Ok(())
    }
}

impl LeaseRows for SheetRows<'_> {
    fn lease(&mut self, task: TaskId) -> Done<Option<&Held>, Self> {
        if self.sheet.fresh.contains(&task) && !self.sheet.leases.is_written(&task) {
            return Ok(None);
        }
        Ok(self.sheet.leases.get(&task)?.map(|row| &row.held))
    }

    fn hold(&mut self, held: Held) -> Done<(), Self> {
        self.sheet.leases.put(held.task, Some(LeaseRow::of(held)));
        Ok(())
    }

    fn extend(&mut self, held: Held, beat: Option<&Beat>) -> Done<(), Self> {
        self.change_lease(held.task, |row| {
            if let Some(beat) = beat {
                row.progress = beat.progress.or(row.progress);
                row.note = beat.note.clone().or(row.note.take());
                row.checkpoint = beat.checkpoint.clone().or(row.checkpoint.take());
            }
            row.held = Held { has_row: true, untouched: None, ..held };
        })
    }

    fn let_go(&mut self, task: TaskId) -> Done<Option<(Held, Notes)>, Self> {
        let Some(row) = self.lease_row(task)? else { return Ok(None) };
        self.sheet.leases.put(task, None);
        let LeaseRow { held, progress, note, checkpoint, .. } = row;
        Ok(Some((held, Notes { progress, note, checkpoint })))
    }

    fn call_off(&mut self, task: TaskId, call: &CallOff<'_>) -> Done<(), Self> {
        self.change_lease(task, |row| {
            row.held.cancel_at = Some(call.at);
            row.cancel_asked_at = Some(call.asked_at);
            row.cancel_note = call.reason.map(str::to_owned);
            row.cancel_dependents = call.dependents as i64;
        })
    }

    fn call_off_anew(
        &mut self,
        task: TaskId,
        reason: Option<&str>,
        dependents: Option<Dependents>,
    ) -> Done<(), Self> {
        self.change_lease(task, |row| {
            row.cancel_note = reason.map(str::to_owned).or(row.cancel_note.take());
            if let Some(choice) = dependents {
                row.cancel_dependents = choice as i64;
            }
        })
    }

    fn called_off(&mut self, task: TaskId) -> Done<(Option<String>, Option<Dependents>), Self> {
        let Some(row) = self.lease_row(task)? else { return Ok((None, None)) };
        let choices = [Dependents::Keep, Dependents::Cancel, Dependents::Release];
        let choice = choices.into_iter().find(|known| *known as i64 == row.cancel_dependents);
        Ok((row.cancel_note, choice))
    }

    fn leases_of(&mut self, tenant: TenantId, worker: &Arc<str>) -> Done<Vec<TaskId>, Self> {
        let is_its = |held: &Held| held.tenant == tenant && held.worker == *worker;
        let found = self.sheet.lists.leases_of.get(&(tenant, worker.clone()))?;
        let leases = &self.sheet.leases;
        let mut tasks: BTreeSet<TaskId> = found.into_iter().collect();
        tasks.retain(|task| leases.known(task).is_some_and(|row| is_its(&row.held)));
        let new = leases.written_rows().filter(|row| is_its(&row.held));
        tasks.extend(new.map(|row| row.held.task));
        Ok(tasks.into_iter().collect())
    }

    fn leases_due(&mut self, now: Millis, max: usize) -> Done<Vec<TaskId>, Self> {
        let Some(found) = self.due(now)? else { return Ok(Vec::new()) };
        let mut due: BTreeSet<(i64, TaskId)> = BTreeSet::new();
        for task in found.leases {
            // Another server may have ended it.
            let Some(row) = self.sheet.leases.known(&task) else { continue };
            if has_come(Millis(row.held.due()), now) {
                due.insert((row.held.due(), task));
            } else {
                self.sheet.looked.insert(task);
            }
        }
        let new = self.sheet.leases.written_rows().map(|row| (row.held.due(), row.held.task));
        due.extend(new.filter(|(at, _)| has_come(Millis(*at), now)));
        Ok(due.into_iter().take(max).map(|(_, task)| task).collect())
    }
}
