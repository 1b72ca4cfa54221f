//! Pauses, shared configuration, keys, logins, votes, batches, and the deletion of everything.

use claudebench_core::event::{
    BatchCompleted, ConfigChanged, KeyCreated, KeyRevoked, LoginEnded, QueuePaused, QueueResumed,
    QuorumDecided, ReplicaLagging, ReplicaRecovered, SystemFlushed,
};
use claudebench_core::lane::PauseScope;
use claudebench_core::{Millis, TenantId};
use serde_json::value::RawValue;

use super::rows::Rows;
use super::tx::{Done, Stop, Tx};
use crate::batch::Meta;
use crate::change::{
    AddKey, BatchDone, EndLogin, Flushed, Pause, Paused, ProcessBatch, Resume, RevokeKey,
    SetConfig, Tally, TellReplica, Until, Vote,
};
use crate::refusal::Refusal;
use crate::row::KeyRow;

/// The most pauses of a tenant, values of its configuration, and keys.
const MAX_PAUSES: usize = 1_000;
const MAX_CONFIG: i64 = 10_000;
const MAX_KEYS: i64 = 10_000;

fn limit<E>(what: &str, max: impl std::fmt::Display) -> Stop<E> {
    Stop::Refused(Refusal::Limit { what: format!("There are {max} {what} already.") })
}

impl<R: Rows> Tx<'_, R> {
    pub(super) fn pause(&mut self, meta: &Meta, pause: &Pause) -> Done<Paused, R> {
        let until = self.to_come("until", pause.until)?;
        if self.rows.pauses().besides(meta.tenant, &pause.scope) >= MAX_PAUSES {
            return Err(limit("pauses", MAX_PAUSES));
        }
        self.rows.put_pause(meta.tenant, pause, until, &meta.actor, self.now)?;
        let fact = QueuePaused {
            scope: &pause.scope,
            reason: pause.reason.as_deref(),
            until,
            life: std::marker::PhantomData,
        };
        self.event(meta, &fact)?;
        Ok(Paused { at: self.now, until })
    }

    /// When something ends, which must be a time to come.
    fn to_come(&self, field: &str, end: Option<Until>) -> Done<Option<Millis>, R> {
        let end = end.map(|end| end.seen_from(self.now));
        if end.is_some_and(|end| end <= self.now) {
            return Err(Refusal::NotToCome { field: field.to_owned() }.into());
        }
        Ok(end)
    }

    pub(super) fn resume(&mut self, meta: &Meta, resume: &Resume) -> Done<Millis, R> {
        if !self.rows.end_pause(meta.tenant, &resume.scope)? {
            return Err(Refusal::NotPaused(resume.scope.clone()).into());
        }
        self.reopen(meta, &resume.scope)?;
        Ok(self.now)
    }

    /// Claims go on: by word, or because the pause has ended.
    pub(super) fn reopen(&mut self, meta: &Meta, scope: &PauseScope) -> Done<(), R> {
        self.reopened = true;
        self.event(meta, &QueueResumed { scope, life: std::marker::PhantomData })
    }

    pub(super) fn set_config(&mut self, meta: &Meta, set: SetConfig) -> Done<(), R> {
        if self.rows.count_config(meta.tenant, &set.key)? >= MAX_CONFIG {
            return Err(limit("values of the configuration", MAX_CONFIG));
        }
        let value = RawValue::from_string(set.value)
            .map_err(|e| Stop::Refused(Refusal::Invalid { what: format!("no JSON: {e}") }))?;
        self.rows.set_config(meta.tenant, &set.key, value.get(), self.now)?;
        let fact = ConfigChanged { key: &set.key, value: &value, life: std::marker::PhantomData };
        self.event(meta, &fact)
    }

    pub(super) fn add_key(&mut self, meta: &Meta, add: AddKey) -> Done<KeyRow, R> {
        let expires_at = self.to_come("expiresAt", add.expires_at)?;
        if self.rows.count_keys()? >= MAX_KEYS {
            return Err(limit("API keys", MAX_KEYS));
        }
        let key = KeyRow {
            id: add.id,
            tenant: self.rows.tenant(&add.tenant_name)?,
            tenant_name: add.tenant_name,
            name: add.name,
            hash: add.hash,
            scopes: add.scopes,
            created_at: self.now,
            expires_at,
        };
        self.rows.add_key(&key)?;
        let fact = KeyCreated {
            id: &key.id,
            name: &key.name,
            scopes: &key.scopes,
            life: std::marker::PhantomData,
        };
        self.event(meta, &fact)?;
        Ok(key)
    }

    pub(super) fn revoke_key(&mut self, meta: &Meta, revoke: &RevokeKey) -> Done<(), R> {
        let only = (meta.tenant != TenantId::DEFAULT).then_some(meta.tenant);
        if !self.rows.revoke_key(&revoke.id, only)? {
            let (what, name) = ("API key".to_owned(), revoke.id.clone());
            return Err(Refusal::NotFound { what, name }.into());
        }
        self.event(meta, &KeyRevoked { id: &revoke.id, life: std::marker::PhantomData })
    }

    pub(super) fn end_login(&mut self, meta: &Meta, end: &EndLogin) -> Done<(), R> {
        self.rows.end_login(meta.tenant, &end.login, self.now)?;
        let fact = LoginEnded { id: &end.login, key: &end.key, life: std::marker::PhantomData };
        self.event(meta, &fact)
    }

    pub(super) fn vote(&mut self, meta: &Meta, vote: &Vote) -> Done<Tally, R> {
        if let Some((value, votes)) = self.rows.decision(meta.tenant, &vote.decision)? {
            return Ok(Tally { decided: Some(value), votes });
        }
        self.rows.put_vote(meta.tenant, vote, self.now)?;
        let (value, votes) = self.rows.tally(meta.tenant, &vote.decision)?;
        let quorum = vote.total / 2 + 1;
        if votes < quorum {
            return Ok(Tally { decided: None, votes });
        }
        self.rows.decide(meta.tenant, &vote.decision, &value, votes, self.now)?;
        let fact = QuorumDecided {
            decision: &vote.decision,
            value: &value,
            vote_count: votes,
            quorum,
            life: std::marker::PhantomData,
        };
        self.event(meta, &fact)?;
        Ok(Tally { decided: Some(value), votes })
    }

    pub(super) fn tell_replica(&mut self, meta: &Meta, tell: &TellReplica) -> Done<(), R> {
        let (replica, lag_ms, life) = (&*tell.name, tell.lag_ms, std::marker::PhantomData);
        if !tell.lagging {
            return self.event(meta, &ReplicaRecovered { replica, lag_ms, life });
        }
        let (lag_bytes, problem) = (tell.lag_bytes, tell.problem.as_deref());
        self.event(meta, &ReplicaLagging { replica, lag_ms, lag_bytes, problem, life })
    }

    pub(super) fn process_batch(
        &mut self,
        meta: &Meta,
        batch: &ProcessBatch,
    ) -> Done<BatchDone, R> {
        if let Some((processor, items)) = self.rows.batch(meta.tenant, &batch.batch)? {
            return Ok(BatchDone { processor, items, taken: false });
        }
        self.rows.take_batch(meta.tenant, batch, self.now)?;
        let fact = BatchCompleted {
            batch_id: &batch.batch,
            processor_id: &batch.instance,
            items_processed: batch.items,
            life: std::marker::PhantomData,
        };
        self.event(meta, &fact)?;
        let processor = batch.instance.clone();
        Ok(BatchDone { processor, items: batch.items, taken: true })
    }

    /// Deletes all tasks of a tenant. The event log keeps what happened before.
    pub(super) fn flush(&mut self, meta: &Meta) -> Done<Flushed, R> {
        let tasks_deleted = self.rows.flush(meta.tenant)?;
        let fact =
            SystemFlushed { tasks_deleted, timestamp: self.now, life: std::marker::PhantomData };
        self.event(meta, &fact)?;
        Ok(Flushed { tasks: tasks_deleted, at: Some(self.now) })
    }
}
