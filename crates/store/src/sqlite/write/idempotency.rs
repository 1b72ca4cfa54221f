//! Idempotency keys: the answer of a write is kept with its key, in the transaction of the write.

use rusqlite::{OptionalExtension, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::statements as sql;
use super::tx::{Done, Stop, Tx, fault};
use crate::batch::Meta;
use crate::refusal::Refusal;

impl Tx<'_, '_> {
    /// Does a write, unless its key says that it was done before.
    pub(super) fn once<T: Serialize + DeserializeOwned>(
        &mut self,
        meta: &Meta,
        worth_keeping: impl FnOnce(&T) -> bool,
        write: impl FnOnce(&mut Self) -> Done<T>,
    ) -> Done<T> {
        self.once_while(meta, |_| Ok(true), worth_keeping, write)
    }

    /// Does a write, unless its key says that it was done before and it still holds.
    pub(super) fn once_while<T: Serialize + DeserializeOwned>(
        &mut self,
        meta: &Meta,
        holds: impl FnOnce(&Self) -> Done<bool>,
        worth_keeping: impl FnOnce(&T) -> bool,
        write: impl FnOnce(&mut Self) -> Done<T>,
    ) -> Done<T> {
        let Some(key) = &meta.key else { return self.whole(write) };
        let found: Option<([u8; 32], String)> = self
            .db
            .prepare_cached(sql::IDEMPOTENT)?
            .query_row(params![meta.tenant.0, key.key, self.now.0], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .optional()?;
        if let Some((fingerprint, outcome)) = found {
            if fingerprint != key.fingerprint {
                return Err(Refusal::IdempotencyConflict { key: key.key.clone() }.into());
            }
            if holds(self)? {
                return serde_json::from_str(&outcome).map_err(|e| unreadable(&e));
            }
        }
        let answer = self.whole(write)?;
        if worth_keeping(&answer) {
            let outcome = serde_json::to_string(&answer).map_err(fault)?;
            let end = self.now.plus(self.options.idempotency_ms);
            self.db.prepare_cached(sql::REMEMBER_KEY)?.execute(params![
                meta.tenant.0,
                key.key,
                key.fingerprint,
                outcome,
                end.0
            ])?;
            self.memory.next_cleaning = self.memory.next_cleaning.min(end.0);
        }
        Ok(answer)
    }
}

fn unreadable(error: &serde_json::Error) -> Stop {
    Stop::Refused(Refusal::Fault(format!("the answer kept for the key cannot be used: {error}")))
}
