//! What is besides tasks: attachments, kept answers, instances, pauses, configuration, keys,
//! ended logins, votes and batches.

use std::sync::Arc;

use claudebench_core::lane::PauseScope;
use claudebench_core::{Millis, TaskId, TenantId};
use rusqlite::{OptionalExtension, Row, params};

use super::{SqliteRows, statements as sql};
use crate::batch::IdempotencyKey;
use crate::change::{Pause, ProcessBatch, Register, Vote};
use crate::memory::Pauses;
use crate::row::{AttachmentKind, InstanceRow, KeyRow, names_text};
use crate::sqlite::row::instance;
use crate::write::{Done, NewAttachment, SharedRows};

impl SharedRows for SqliteRows<'_, '_> {
    fn attachment(&mut self, task: TaskId, key: &str) -> Done<Option<(i64, Millis)>, Self> {
        let mut statement = self.db.prepare_cached(sql::ATTACHMENT_BY_KEY)?;
        let found =
            statement.query_row(params![task.0, key], |row| Ok((row.get(0)?, Millis(row.get(1)?))));
        Ok(found.optional()?)
    }

    fn put_attachment(&mut self, new: &NewAttachment<'_>) -> Done<(), Self> {
        let body = new.body;
        let kind = (0_i64..).zip(AttachmentKind::ALL).find(|(_, kind)| *kind == body.kind);
        self.db.prepare_cached(sql::PUT_ATTACHMENT)?.execute(params![
            new.id,
            new.tenant.0,
            new.task.0,
            body.key,
            kind.map(|(number, _)| number),
            new.by,
            new.created_at.0,
            new.at.0,
            body.mime_type,
            body.size,
            body.url,
            body.value,
            body.content,
        ])?;
        Ok(())
    }

    fn delete_attachment(&mut self, _: TaskId, _: &str, id: i64) -> Done<(), Self> {
        self.db.prepare_cached(sql::DELETE_ATTACHMENT)?.execute([id])?;
        Ok(())
    }

    fn kept(
        &mut self,
        tenant: TenantId,
        key: &str,
        now: Millis,
    ) -> Done<Option<([u8; 32], String)>, Self> {
        let mut statement = self.db.prepare_cached(sql::IDEMPOTENT)?;
        Ok(statement.query_row(params![tenant.0, key, now.0], pair).optional()?)
    }

    fn keep(
        &mut self,
        tenant: TenantId,
        key: &IdempotencyKey,
        answer: &str,
        until: Millis,
    ) -> Done<(), Self> {
        let values = params![tenant.0, key.key, key.fingerprint, answer, until.0];
        self.db.prepare_cached(sql::REMEMBER_KEY)?.execute(values)?;
        self.memory.next_cleaning = self.memory.next_cleaning.min(until.0);
        Ok(())
    }

    fn online(&mut self, tenant: TenantId, instance: &str) -> Done<Option<bool>, Self> {
        let mut statement = self.db.prepare_cached(sql::INSTANCE_ONLINE)?;
        Ok(statement.query_row(params![tenant.0, instance], |row| row.get(0)).optional()?)
    }

    fn count_instances(&mut self, tenant: TenantId) -> Done<i64, Self> {
        let mut statement = self.db.prepare_cached(sql::COUNT_INSTANCES)?;
        Ok(statement.query_row([tenant.0], |row| row.get(0))?)
    }

    fn register(
        &mut self,
        tenant: TenantId,
        register: &Register,
        now: Millis,
    ) -> Done<InstanceRow, Self> {
        let roles = names_text(&register.roles).unwrap_or_else(|| "[]".into());
        let values = params![tenant.0, register.id, roles, register.metadata, now.0];
        Ok(self.db.prepare_cached(sql::REGISTER)?.query_row(values, instance)?)
    }

    fn is_registered(&mut self, tenant: TenantId, register: &Register) -> Done<bool, Self> {
        let roles = names_text(&register.roles).unwrap_or_else(|| "[]".into());
        let values = params![tenant.0, register.id, roles, register.metadata];
        Ok(self.db.prepare_cached(sql::INSTANCE_AS_REGISTERED)?.exists(values)?)
    }

    fn take_offline(
        &mut self,
        tenant: TenantId,
        instance: &str,
        seen: Millis,
        now: Millis,
    ) -> Done<bool, Self> {
        let values = params![tenant.0, instance, seen.0, now.0];
        Ok(self.db.prepare_cached(sql::TAKE_OFFLINE)?.execute(values)? > 0)
    }

    fn stamp(&mut self, tenant: TenantId, instance: &str, seen: Millis) -> Done<(), Self> {
        let values = params![tenant.0, instance, seen.0];
        self.db.prepare_cached(sql::STAMP_INSTANCE)?.execute(values)?;
        Ok(())
    }

    fn pauses(&mut self) -> &Pauses {
        &self.memory.pauses
    }

    fn put_pause(
        &mut self,
        tenant: TenantId,
        pause: &Pause,
        until: Option<Millis>,
        by: &str,
        now: Millis,
    ) -> Done<(), Self> {
        self.db.prepare_cached(sql::PAUSE)?.execute(params![
            tenant.0,
            text_of(&pause.scope)?,
            pause.reason,
            until.map(|until| until.0),
            now.0,
            by,
        ])?;
        self.memory.pauses.put(tenant, pause.scope.clone(), until);
        Ok(())
    }

    fn end_pause(&mut self, tenant: TenantId, scope: &PauseScope) -> Done<bool, Self> {
        let values = params![tenant.0, text_of(scope)?];
        let ended = self.db.prepare_cached(sql::RESUME)?.execute(values)? > 0;
        self.memory.pauses.remove(tenant, scope);
        Ok(ended)
    }

    fn count_config(&mut self, tenant: TenantId, besides: &str) -> Done<i64, Self> {
        let mut statement = self.db.prepare_cached(sql::COUNT_CONFIG)?;
        Ok(statement.query_row(params![tenant.0, besides], |row| row.get(0))?)
    }

    fn set_config(
        &mut self,
        tenant: TenantId,
        key: &str,
        value: &str,
        now: Millis,
    ) -> Done<(), Self> {
        let values = params![tenant.0, key, value, now.0];
        self.db.prepare_cached(sql::SET_CONFIG)?.execute(values)?;
        Ok(())
    }

    fn count_keys(&mut self) -> Done<i64, Self> {
        Ok(self.db.prepare_cached(sql::COUNT_KEYS)?.query_row([], |row| row.get(0))?)
    }

    fn tenant(&mut self, name: &str) -> Done<TenantId, Self> {
        self.db.prepare_cached(sql::ADD_TENANT)?.execute([name])?;
        let mut statement = self.db.prepare_cached(sql::TENANT)?;
        Ok(statement.query_row([name], |row| row.get(0).map(TenantId))?)
    }

    fn add_key(&mut self, key: &KeyRow) -> Done<(), Self> {
        self.db.prepare_cached(sql::ADD_KEY)?.execute(params![
            key.id,
            key.tenant.0,
            key.name,
            key.hash,
            text_of(&key.scopes)?,
            key.created_at.0,
            key.expires_at.map(|at| at.0),
        ])?;
        Ok(())
    }

    fn revoke_key(&mut self, id: &str, only: Option<TenantId>) -> Done<bool, Self> {
        let values = params![id, only.map(|tenant| tenant.0)];
        Ok(self.db.prepare_cached(sql::REVOKE_KEY)?.execute(values)? > 0)
    }

    fn end_login(&mut self, tenant: TenantId, login: &Arc<str>, now: Millis) -> Done<(), Self> {
        self.db.prepare_cached(sql::END_LOGIN)?.execute(params![tenant.0, login, now.0])?;
        Ok(())
    }

    fn decision(&mut self, tenant: TenantId, decision: &str) -> Done<Option<(String, i64)>, Self> {
        let mut statement = self.db.prepare_cached(sql::DECISION)?;
        Ok(statement.query_row(params![tenant.0, decision], pair).optional()?)
    }

    fn put_vote(&mut self, tenant: TenantId, vote: &Vote, now: Millis) -> Done<(), Self> {
        let values = params![tenant.0, vote.decision, vote.instance, vote.value, now.0];
        self.db.prepare_cached(sql::VOTE)?.execute(values)?;
        Ok(())
    }

    fn tally(&mut self, tenant: TenantId, decision: &str) -> Done<(String, i64), Self> {
        let mut statement = self.db.prepare_cached(sql::TALLY)?;
        Ok(statement.query_row(params![tenant.0, decision], pair)?)
    }

    fn decide(
        &mut self,
        tenant: TenantId,
        decision: &str,
        value: &str,
        votes: i64,
        now: Millis,
    ) -> Done<(), Self> {
        let values = params![tenant.0, decision, value, votes, now.0];
        self.db.prepare_cached(sql::DECIDE)?.execute(values)?;
        Ok(())
    }

    fn batch(&mut self, tenant: TenantId, id: &str) -> Done<Option<(String, i64)>, Self> {
        let mut statement = self.db.prepare_cached(sql::BATCH)?;
        Ok(statement.query_row(params![tenant.0, id], pair).optional()?)
    }

    fn take_batch(
        &mut self,
        tenant: TenantId,
        batch: &ProcessBatch,
        now: Millis,
    ) -> Done<(), Self> {
        let values = params![tenant.0, batch.batch, batch.instance, batch.items, now.0];
        self.db.prepare_cached(sql::TAKE_BATCH)?.execute(values)?;
        Ok(())
    }
}

fn pair<A: rusqlite::types::FromSql, B: rusqlite::types::FromSql>(
    row: &Row<'_>,
) -> rusqlite::Result<(A, B)> {
    Ok((row.get(0)?, row.get(1)?))
}

fn text_of(value: &impl serde::Serialize) -> rusqlite::Result<String> {
    serde_json::to_string(value)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))
}
