//! Idempotency keys: the answer of a write is kept with its key, in the transaction of the write.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::rows::Rows;
use super::tx::{Done, Tx, fault};
use crate::batch::Meta;
use crate::refusal::Refusal;

impl<R: Rows> Tx<'_, R> {
    /// Does a write, unless its key says that it was done before.
    pub(super) fn once<T: Serialize + DeserializeOwned>(
        &mut self,
        meta: &Meta,
        worth_keeping: impl FnOnce(&T) -> bool,
        write: impl FnOnce(&mut Self) -> Done<T, R>,
    ) -> Done<T, R> {
        self.once_while(meta, |_| Ok(true), worth_keeping, write)
    }

    /// Does a write, unless its key says that it was done before and it still holds.
    pub(super) fn once_while<T: Serialize + DeserializeOwned>(
        &mut self,
        meta: &Meta,
        holds: impl FnOnce(&mut Self) -> Done<bool, R>,
        worth_keeping: impl FnOnce(&T) -> bool,
        write: impl FnOnce(&mut Self) -> Done<T, R>,
    ) -> Done<T, R> {
        let Some(key) = &meta.key else { return self.whole(write) };
        if let Some((fingerprint, outcome)) = self.rows.kept(meta.tenant, &key.key, self.now)? {
            if fingerprint != key.fingerprint {
                return Err(Refusal::IdempotencyConflict { key: key.key.clone() }.into());
            }
            if holds(self)? {
                return serde_json::from_str(&outcome).map_err(|e| unreadable(&e).into());
            }
        }
        let answer = self.whole(write)?;
        if worth_keeping(&answer) {
            let outcome = serde_json::to_string(&answer).map_err(fault::<R>)?;
            let until = self.now.plus(self.rules.idempotency_ms);
            self.rows.keep(meta.tenant, key, &outcome, until)?;
        }
        Ok(answer)
    }
}

fn unreadable(error: &serde_json::Error) -> Refusal {
    Refusal::Fault(format!("the answer kept for the key cannot be used: {error}"))
}
