//! Pauses, shared configuration, keys, votes, batches, and the deletion of everything.

use claudebench_core::event::{
    BatchCompleted, ConfigChanged, KeyCreated, KeyRevoked, QueuePaused, QueueResumed,
    QuorumDecided, SystemFlushed,
};
use claudebench_core::lane::PauseScope;
use claudebench_core::{Millis, TenantId};
use rusqlite::{OptionalExtension, params};
use serde_json::value::RawValue;

use super::statements as sql;
use super::tx::{Done, Stop, Tx, fault};
use crate::batch::Meta;
use crate::change::{
    AddKey, BatchDone, Pause, ProcessBatch, Resume, RevokeKey, SetConfig, Tally, Vote,
};
use crate::refusal::Refusal;
use crate::row::KeyRow;
use crate::sqlite::memory::Paused;

/// The most pauses of a tenant, values of its configuration, and keys.
const MAX_PAUSES: usize = 1_000;
const MAX_CONFIG: i64 = 10_000;
const MAX_KEYS: i64 = 10_000;

fn text_of(value: &impl serde::Serialize) -> Done<String> {
    serde_json::to_string(value).map_err(fault)
}

/// JSON without the space between its parts: one line, whoever wrote it.
fn on_one_line(json: &str) -> String {
    let (mut in_text, mut escaped) = (false, false);
    json.chars()
        .filter(|c| {
            let keep = in_text || !c.is_ascii_whitespace();
            match c {
                _ if escaped => escaped = false,
                '\\' => escaped = in_text,
                '"' => in_text = !in_text,
                _ => {}
            }
            keep
        })
        .collect()
}

fn limit(what: &str, max: impl std::fmt::Display) -> Stop {
    Stop::Refused(Refusal::Limit { what: format!("There are {max} {what} already.") })
}

impl Tx<'_, '_> {
    pub(super) fn pause(&mut self, meta: &Meta, pause: &Pause) -> Done<Millis> {
        let pauses = self.memory.pauses.entry(meta.tenant).or_default();
        let others = pauses.iter().filter(|other| other.scope != pause.scope).count();
        if others >= MAX_PAUSES {
            return Err(limit("pauses", MAX_PAUSES));
        }
        pauses.retain(|other| other.scope != pause.scope);
        pauses.push(Paused { scope: pause.scope.clone(), until: pause.until });
        self.db.prepare_cached(sql::PAUSE)?.execute(params![
            meta.tenant.0,
            text_of(&pause.scope)?,
            pause.reason,
            pause.until.map(|until| until.0),
            self.now.0,
            meta.actor,
        ])?;
        let fact = QueuePaused {
            scope: &pause.scope,
            reason: pause.reason.as_deref(),
            until: pause.until,
            life: std::marker::PhantomData,
        };
        self.event(meta, &fact)?;
        Ok(self.now)
    }

    pub(super) fn resume(&mut self, meta: &Meta, resume: &Resume) -> Done<Millis> {
        let values = params![meta.tenant.0, text_of(&resume.scope)?];
        if self.db.prepare_cached(sql::RESUME)?.execute(values)? == 0 {
            return Err(Refusal::NotPaused(resume.scope.clone()).into());
        }
        self.reopen(meta, &resume.scope)?;
        Ok(self.now)
    }

    /// Claims go on: by word, or because the pause has ended.
    pub(super) fn reopen(&mut self, meta: &Meta, scope: &PauseScope) -> Done<()> {
        if let Some(pauses) = self.memory.pauses.get_mut(&meta.tenant) {
            pauses.retain(|pause| pause.scope != *scope);
        }
        self.reopened = true;
        self.event(meta, &QueueResumed { scope, life: std::marker::PhantomData })
    }

    pub(super) fn set_config(&mut self, meta: &Meta, set: SetConfig) -> Done<()> {
        let count: i64 = self
            .db
            .prepare_cached(sql::COUNT_CONFIG)?
            .query_row(params![meta.tenant.0, set.key], |row| row.get(0))?;
        if count >= MAX_CONFIG {
            return Err(limit("values of the configuration", MAX_CONFIG));
        }
        // Its event is a line of some transports.
        let value = RawValue::from_string(on_one_line(&set.value))
            .map_err(|e| Stop::Refused(Refusal::Invalid { what: format!("no JSON: {e}") }))?;
        let values = params![meta.tenant.0, set.key, value.get(), self.now.0];
        self.db.prepare_cached(sql::SET_CONFIG)?.execute(values)?;
        let fact = ConfigChanged { key: &set.key, value: &value, life: std::marker::PhantomData };
        self.event(meta, &fact)
    }

    pub(super) fn add_key(&mut self, meta: &Meta, add: AddKey) -> Done<KeyRow> {
        let count: i64 =
            self.db.prepare_cached(sql::COUNT_KEYS)?.query_row([], |row| row.get(0))?;
        if count >= MAX_KEYS {
            return Err(limit("API keys", MAX_KEYS));
        }
        self.db.prepare_cached(sql::ADD_TENANT)?.execute([&add.tenant_name])?;
        let tenant: i64 =
            self.db.prepare_cached(sql::TENANT)?.query_row([&add.tenant_name], |row| row.get(0))?;
        self.db.prepare_cached(sql::ADD_KEY)?.execute(params![
            add.id,
            tenant,
            add.name,
            add.hash,
            text_of(&add.scopes)?,
            self.now.0,
            add.expires_at.map(|at| at.0),
        ])?;
        let fact = KeyCreated {
            id: &add.id,
            name: &add.name,
            scopes: &add.scopes,
            life: std::marker::PhantomData,
        };
        self.event(meta, &fact)?;
        Ok(KeyRow {
            id: add.id,
            tenant: TenantId(tenant),
            tenant_name: add.tenant_name,
            name: add.name,
            hash: add.hash,
            scopes: add.scopes,
            created_at: self.now,
            expires_at: add.expires_at,
        })
    }

    pub(super) fn revoke_key(&mut self, meta: &Meta, revoke: &RevokeKey) -> Done<()> {
        let only = (meta.tenant != TenantId::DEFAULT).then_some(meta.tenant.0);
        let gone = self.db.prepare_cached(sql::REVOKE_KEY)?.execute(params![revoke.id, only])?;
        if gone == 0 {
            let (what, name) = ("API key".to_owned(), revoke.id.clone());
            return Err(Refusal::NotFound { what, name }.into());
        }
        self.event(meta, &KeyRevoked { id: &revoke.id, life: std::marker::PhantomData })
    }

    pub(super) fn vote(&mut self, meta: &Meta, vote: &Vote) -> Done<Tally> {
        let tenant = meta.tenant.0;
        let decided: Option<(String, i64)> = self
            .db
            .prepare_cached(sql::DECISION)?
            .query_row(params![tenant, vote.decision], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        if let Some((value, votes)) = decided {
            return Ok(Tally { decided: Some(value), votes });
        }
        let values = params![tenant, vote.decision, vote.instance, vote.value, self.now.0];
        self.db.prepare_cached(sql::VOTE)?.execute(values)?;
        let (value, votes): (String, i64) = self
            .db
            .prepare_cached(sql::TALLY)?
            .query_row(params![tenant, vote.decision], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let quorum = vote.total / 2 + 1;
        if votes < quorum {
            return Ok(Tally { decided: None, votes });
        }
        let values = params![tenant, vote.decision, value, votes, self.now.0];
        self.db.prepare_cached(sql::DECIDE)?.execute(values)?;
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

    pub(super) fn process_batch(&mut self, meta: &Meta, batch: &ProcessBatch) -> Done<BatchDone> {
        let found: Option<(String, i64)> = self
            .db
            .prepare_cached(sql::BATCH)?
            .query_row(params![meta.tenant.0, batch.batch], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        if let Some((processor, items)) = found {
            return Ok(BatchDone { processor, items, taken: false });
        }
        let values = params![meta.tenant.0, batch.batch, batch.instance, batch.items, self.now.0];
        self.db.prepare_cached(sql::TAKE_BATCH)?.execute(values)?;
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
    pub(super) fn flush(&mut self, meta: &Meta) -> Done<i64> {
        let tenant = meta.tenant;
        for task in self.memory.leases.of_tenant(tenant) {
            self.memory.leases.remove(task);
        }
        self.db.prepare_cached(sql::FLUSH_WORDS)?.execute([tenant.0])?;
        self.db.prepare_cached(sql::FLUSH_REMEMBER)?.execute([tenant.0])?;
        for statement in [
            sql::FLUSH_LEASES,
            sql::FLUSH_LABELS,
            sql::FLUSH_DEPENDENCIES,
            sql::FLUSH_ATTACHMENTS,
            sql::FLUSH_COUNTS,
            sql::FLUSH_IDEMPOTENCY,
        ] {
            self.db.prepare_cached(statement)?.execute([tenant.0])?;
        }
        let count = self.db.prepare_cached(sql::FLUSH_TASKS)?.execute([tenant.0])?;
        self.forget_counts(tenant);
        let tasks_deleted = i64::try_from(count).unwrap_or(i64::MAX);
        let fact =
            SystemFlushed { tasks_deleted, timestamp: self.now, life: std::marker::PhantomData };
        self.event(meta, &fact)?;
        Ok(tasks_deleted)
    }
}

#[cfg(test)]
mod tests {
    use super::on_one_line;

    #[test]
    fn only_the_space_between_the_parts_goes() {
        let spread = "{ \"a \\\" b\" :\r\n\t[ 1.50 , \"\\\\\" , \" \" ] }\n";
        assert_eq!(on_one_line(spread), "{\"a \\\" b\":[1.50,\"\\\\\",\" \"]}");
    }
}
