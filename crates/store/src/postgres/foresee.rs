//! What a batch will need, as far as it says so itself. Only a guess: what turns out to be missing
//! is loaded then.

use std::collections::HashSet;
use std::sync::Arc;

use claudebench_core::lane::Wanted;
use claudebench_core::{Millis, TenantId};

use super::picture::Picture;
use super::sheet::{Numbered, Sheet, dead_key};
use crate::batch::{Batch, Dependency, Ending, Item, Meta, NewTask};
use crate::change::{Change, RetrySelection};
use crate::memory::LaneId;
use crate::metrics::Fold;
use crate::session::{Mark, NoteSession};

/// How many lanes are looked at before it is known that they are needed.
const LANES: usize = 64;

/// Lanes that are asked together, and how many tasks are wanted of them.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Demand {
    pub(super) lanes: Vec<LaneId>,
    pub(super) tasks: usize,
    /// So many are looked at in each lane at least; the rest may be others'.
    pub(super) look_at: usize,
    /// How many the other writers of this server may have in hand.
    pub(super) others: usize,
}

/// Notes what the batch will need.
pub(super) fn foresee(batch: &Batch, sheet: &mut Sheet, picture: &mut Picture, now: Millis) {
    let mut see = Seeing { sheet };
    for Item { meta, body } in &batch.reports {
        see.key(meta);
        for report in &body.items {
            see.sheet.tasks.want(report.task);
            see.sheet.wants_numbers += usize::from(matches!(
                report.ending,
                Ending::Completed { result: Some(_) }
                    | Ending::CompletedFailed { result: Some(_), .. }
            ));
        }
    }
    for Item { meta, body } in &batch.creates {
        see.key(meta);
        see.sheet.wants_numbers += body.tasks.len();
        body.tasks.iter().for_each(|task| see.new_task(meta.tenant, task));
    }
    for Item { meta, body } in &batch.beats {
        see.key(meta);
        see.sheet.leases.want(body.task);
    }
    for Item { meta, body } in &batch.changes {
        see.key(meta);
        see.change(meta.tenant, body);
    }
    for Item { meta, body } in &batch.claims {
        see.key(meta);
        if let Some(task) = body.task {
            see.sheet.tasks.want(task);
        }
    }
    if picture.due.next() <= now.0 {
        see.sheet.lists.wants_due = true;
    }
}

struct Seeing<'a> {
    sheet: &'a mut Sheet,
}

impl Seeing<'_> {
    fn key(&mut self, meta: &Meta) {
        if let Some(key) = &meta.key {
            self.sheet.shared.kept.want((meta.tenant, key.key.clone()));
        }
    }

    fn new_task(&mut self, tenant: TenantId, task: &NewTask) {
        if let Some(parent) = task.parent {
            self.sheet.tasks.want(parent);
        }
        for dependency in &task.depends_on {
            if let Dependency::Task(on) = dependency {
                self.sheet.tasks.want(*on);
                self.sheet.graph.wants_numbers.insert(*on);
            }
        }
        if let Some(unique) = &task.unique {
            self.sheet.unique.want((tenant, unique.key.clone()));
        }
    }

    fn change(&mut self, tenant: TenantId, change: &Change) {
        let shared = &mut self.sheet.shared;
        match change {
            Change::Update(update) => {
                update.id.into_iter().for_each(|id| self.sheet.tasks.want(id))
            }
            Change::Assign(assign) => {
                self.sheet.tasks.want(assign.task);
                shared.instances.want((tenant, assign.instance.clone()));
            }
            Change::Unassign(unassign) => self.sheet.tasks.want(unassign.task),
            Change::DeleteTask(delete) => {
                self.sheet.tasks.want(delete.task);
                self.sheet.graph.wants_dependents.insert(delete.task);
            }
            Change::Cancel(cancel) => {
                self.sheet.tasks.want(cancel.task);
                if cancel.dependents.is_some() {
                    self.sheet.graph.wants_dependents.insert(cancel.task);
                }
            }
            Change::Retry(retry) => self.retry(tenant, &retry.which),
            Change::PutAttachment(put) => {
                self.sheet.tasks.want(put.task);
                shared.attachments.want((put.task, put.body.key.clone()));
                self.sheet.wants_numbers += 1;
            }
            Change::DeleteAttachment(delete) => {
                self.sheet.tasks.want(delete.task);
                shared.attachments.want((delete.task, delete.key.clone()));
            }
            Change::Pause(_) | Change::Resume(_) => self.sheet.wants_pauses = true,
            Change::Register(register) => {
                shared.instances.want((tenant, register.id.clone()));
                shared.wants_numbers.insert(Numbered::Instances(tenant));
            }
            Change::Unregister(unregister) => self.gone(tenant, &unregister.id),
            Change::FailInstances(fail) => {
                fail.instances.iter().for_each(|(tenant, id, _)| self.gone(*tenant, id));
            }
            Change::Touch(touch) => {
                for (tenant, id, _) in &touch.instances {
                    shared.instances.want((*tenant, id.clone()));
                    self.sheet.lists.leases_of.want((*tenant, id.clone()));
                }
            }
            Change::NoteSession(note) => self.session(tenant, note),
            Change::SetConfig(set) => {
                shared.config.want((tenant, set.key.clone()));
                shared.wants_numbers.insert(Numbered::Config(tenant));
            }
            Change::AddKey(_) => {
                shared.wants_numbers.insert(Numbered::Keys);
            }
            Change::RevokeKey(revoke) => shared.keys.want(revoke.id.clone()),
            Change::Vote(vote) => {
                shared.decisions.want((tenant, vote.decision.clone()));
                shared.votes.want((tenant, vote.decision.clone()));
                // All votes on one thing are seen by whoever gives the next.
                self.sheet.locks.insert(format!("vote:{}:{}", tenant.0, vote.decision));
            }
            Change::ProcessBatch(batch) => shared.batches.want((tenant, batch.batch.clone())),
            Change::Fold(fold) => self.fold(fold),
            Change::Refold(_) => self.sheet.metrics.counted.want(()),
            Change::Sweep(_) | Change::Flush(_) | Change::TellReplica(_) | Change::EndLogin(_) => {}
        }
    }

    fn session(&mut self, tenant: TenantId, note: &NoteSession) {
        if let Some(session) = &note.session {
            self.sheet.shared.sessions.want((tenant, session.clone()));
            // A new one is no row yet that could be locked.
            self.sheet.locks.insert(format!("session:{}:{session}", tenant.0));
        }
        if let Some(register) = &note.instance {
            self.sheet.shared.instances.want((tenant, register.id.clone()));
            if note.marks.iter().any(|mark| matches!(mark, Mark::Ended { .. })) {
                self.gone(tenant, &register.id);
            }
        }
    }

    fn retry(&mut self, tenant: TenantId, which: &RetrySelection) {
        match which {
            RetrySelection::Task { id, .. } => self.sheet.tasks.want(*id),
            RetrySelection::Dead { ids: Some(ids), .. } => {
                ids.iter().for_each(|id| self.sheet.tasks.want(*id));
            }
            which => {
                dead_key(tenant, which).into_iter().for_each(|key| self.sheet.lists.dead.want(key));
            }
        }
    }

    fn fold(&mut self, fold: &Fold) {
        let metrics = &mut self.sheet.metrics;
        metrics.counted.want(());
        fold.metrics().for_each(|key| metrics.metrics.want(key));
        fold.workers().for_each(|key| metrics.workers.want(key));
    }

    fn gone(&mut self, tenant: TenantId, instance: &Arc<str>) {
        let name = (tenant, instance.clone());
        self.sheet.shared.instances.want(name.clone());
        self.sheet.lists.leases_of.want(name.clone());
        self.sheet.lists.parked_on.want(name);
    }
}

/// What the claims of a batch will take, and from where. Claims that may take from the same lanes
/// are served together.
pub(super) fn demands(batch: &Batch, picture: &mut Picture, now: Millis) -> Vec<Demand> {
    let mut demands: Vec<(HashSet<LaneId>, Demand)> = Vec::new();
    let mut last: Option<(&Wanted, Vec<LaneId>)> = None;
    for Item { body, .. } in batch.claims.iter().filter(|claim| claim.body.task.is_none()) {
        let wanted = &body.wanted;
        let same = last.as_ref().is_some_and(|(before, _)| *before == wanted);
        if !same {
            let pauses = picture.pauses.in_force(wanted.tenant, now);
            let open = picture.lanes.open_to(wanted, &pauses);
            let lanes = open.into_iter().take(LANES).map(|(_, lane)| lane).collect();
            last = Some((wanted, lanes));
        }
        let lanes = last.as_ref().map_or(&[][..], |(_, lanes)| lanes);
        if lanes.is_empty() {
            continue;
        }
        let mut together = Demand { tasks: body.max, ..Demand::default() };
        let mut all: HashSet<LaneId> = lanes.iter().copied().collect();
        demands.retain_mut(|(others, demand)| {
            let apart = others.is_disjoint(&all);
            if !apart {
                all.extend(others.drain());
                together.tasks += demand.tasks;
            }
            apart
        });
        demands.push((all, together));
    }
    let whole = demands.into_iter().map(|(lanes, demand)| {
        let mut lanes: Vec<LaneId> = lanes.into_iter().collect();
        lanes.sort_unstable();
        Demand { lanes, ..demand }
    });
    whole.collect()
}
