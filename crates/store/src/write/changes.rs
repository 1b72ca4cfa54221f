//! A batch is applied: column by column, item by item.

use crate::batch::{Batch, Item, Outcomes};
use crate::change::{Change, Changed, Flush, Flushed};
use crate::refusal::Refusal;

use super::rows::Rows;
use super::tx::{Done, Tx, system};
use super::waiting::Waiting;
use crate::batch::Meta;

impl<R: Rows> Tx<'_, R> {
    /// Applies a batch: first what frees tasks, then what makes them, last what takes them. What
    /// time has brought about comes before all.
    pub(crate) fn apply(&mut self, batch: &Batch, waiting: &mut Waiting<'_>) -> Done<Outcomes, R> {
        waiting.begin();
        let by = system(claudebench_core::TenantId::DEFAULT, &self.rows.name("system"));
        let due = self.promote();
        self.passed.due = self.answer(due)?.and_then(Result::ok).unwrap_or(0);
        let expired = self.expire(&by);
        self.passed.expired = self.answer(expired)?.and_then(Result::ok).unwrap_or(0);
        let mut outcomes = Outcomes::default();
        for Item { meta, body } in &batch.reports {
            let done = self.once(
                meta,
                |answers: &Vec<Result<_, Refusal>>| answers.iter().any(Result::is_ok),
                |tx| tx.reports(meta, body.items.clone()),
            );
            outcomes.reports.push(self.answer(done)?);
        }
        for Item { meta, body } in &batch.creates {
            let done = self.once(meta, |_| true, |tx| tx.create(meta, body.clone()));
            outcomes.creates.push(self.answer(done)?);
        }
        for Item { meta, body } in &batch.beats {
            let lapsed = self.lapse_if_due(body.task);
            self.answer(lapsed)?;
            let done = self.once(meta, |_| true, |tx| tx.beat(meta, body.clone()));
            outcomes.beats.push(self.answer(done)?);
        }
        for Item { meta, body } in &batch.changes {
            let holds = |tx: &mut Self| match body {
                Change::Register(register) => tx.rows.is_registered(meta.tenant, register),
                _ => Ok(true),
            };
            let done = self.once_while(meta, holds, |_| true, |tx| tx.change(meta, body.clone()));
            outcomes.changes.push(self.answer(done)?);
        }
        // They came before the claims of this batch.
        if !waiting.is_empty() {
            outcomes.handed = self.hand_over(waiting)?;
        }
        for Item { meta, body } in &batch.claims {
            let worth_keeping = |claimed: &crate::batch::Claimed| !claimed.tasks.is_empty();
            let done = self.once(meta, worth_keeping, |tx| tx.claim(meta, body));
            outcomes.claims.push(self.answer(done)?);
        }
        outcomes.ready = self.gained();
        outcomes.reopened = self.reopened;
        self.complete_so_far(outcomes)
    }

    fn change(&mut self, meta: &Meta, change: Change) -> Done<Changed, R> {
        Ok(match change {
            Change::Update(update) => {
                let id = update.id.ok_or_else(|| Refusal::Invalid { what: "no id".into() })?;
                Changed::Update(self.update(meta, id, update)?)
            }
            Change::Assign(assign) => Changed::Assign(self.assign(meta, &assign)?),
            Change::Unassign(unassign) => Changed::Unassign(self.unassign(meta, unassign.task)?),
            Change::DeleteTask(delete) => Changed::DeleteTask(self.delete(meta, delete.task)?),
            Change::Cancel(cancel) => Changed::Cancel(self.cancel(meta, cancel)?),
            Change::Retry(retry) => Changed::Retry(self.retry(meta, &retry)?),
            Change::PutAttachment(put) => Changed::PutAttachment(self.put_attachment(meta, put)?),
            Change::DeleteAttachment(delete) => {
                Changed::DeleteAttachment(self.delete_attachment(meta, &delete)?)
            }
            Change::Pause(pause) => Changed::Pause(self.pause(meta, &pause)?),
            Change::Resume(resume) => Changed::Resume(self.resume(meta, &resume)?),
            Change::Register(register) => Changed::Register(self.register(meta, &register)?),
            Change::Unregister(unregister) => {
                Changed::Unregister(self.unregister(meta, &unregister)?)
            }
            Change::FailInstances(fail) => {
                Changed::FailInstances(self.fail_instances(meta, &fail)?)
            }
            Change::Touch(touch) => Changed::Touch(self.touch(&touch)?),
            Change::NoteSession(note) => Changed::NoteSession(self.note_session(meta, note)?),
            Change::SetConfig(set) => Changed::SetConfig(self.set_config(meta, set)?),
            Change::AddKey(add) => Changed::AddKey(self.add_key(meta, add)?),
            Change::RevokeKey(revoke) => Changed::RevokeKey(self.revoke_key(meta, &revoke)?),
            Change::EndLogin(end) => Changed::EndLogin(self.end_login(meta, &end)?),
            Change::Vote(vote) => Changed::Vote(self.vote(meta, &vote)?),
            Change::TellReplica(tell) => Changed::TellReplica(self.tell_replica(meta, &tell)?),
            Change::ProcessBatch(batch) => Changed::ProcessBatch(self.process_batch(meta, &batch)?),
            Change::Flush(Flush { tasks: false }) => {
                Changed::Flush(Flushed { tasks: 0, at: Some(self.now) })
            }
            Change::Flush(Flush { tasks: true }) => Changed::Flush(self.flush(meta)?),
            Change::Fold(fold) => Changed::Fold(self.fold(&fold)?),
            Change::Refold(refold) => Changed::Refold(self.refold(&refold)?),
            Change::Sweep(_) => Changed::Sweep(self.sweep(meta)?),
        })
    }
}
