//! Who calls: the person at this machine, or whoever presents an API key.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use claudebench_core::event::Event;
use claudebench_core::{Code, Error, Principal};
use claudebench_services::context::store_error;
use claudebench_services::key::Presented;
use claudebench_store::{KeyRow, Store, StoreError};
use hyper::header::{AUTHORIZATION, HeaderMap};
use serde::Deserialize;

/// Checks credentials against the keys, which are kept in memory.
pub struct Auth {
    required: bool,
    local: Arc<Principal>,
    keys: RwLock<HashMap<String, Arc<KeyRow>>>,
    /// Changes with every change of the keys, so that one read late does not undo a newer one.
    generation: AtomicU64,
    /// The generation that was read last.
    known: AtomicU64,
    store: Arc<dyn Store>,
}

impl Auth {
    /// Reads the keys. Where they are not required, a caller without one is the person at this
    /// machine.
    ///
    /// # Errors
    /// A store that cannot be read.
    pub async fn load(required: bool, store: Arc<dyn Store>) -> Result<Self, StoreError> {
        let auth = Self {
            required,
            local: Arc::new(Principal::local()),
            keys: RwLock::default(),
            generation: AtomicU64::new(0),
            known: AtomicU64::new(0),
            store,
        };
        auth.put(auth.store.keys(None).await?);
        Ok(auth)
    }

    /// How many keys there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).len()
    }

    fn put(&self, rows: Vec<KeyRow>) {
        let keys = rows.into_iter().map(|row| (row.id.clone(), Arc::new(row))).collect();
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = keys;
    }

    /// Takes note of committed events: a key that was revoked is refused from now on, and one that
    /// was made is looked for when somebody presents it.
    pub fn notice(&self, events: &[Arc<Event>]) {
        for event in events {
            match &*event.kind {
                "key.created" => {
                    self.generation.fetch_add(1, Ordering::AcqRel);
                }
                "key.revoked" => self.revoke(event),
                _ => {}
            }
        }
    }

    fn revoke(&self, event: &Event) {
        #[derive(Deserialize)]
        struct Revoked {
            id: String,
        }
        if let Ok(revoked) = serde_json::from_str::<Revoked>(event.payload.get()) {
            self.generation.fetch_add(1, Ordering::AcqRel);
            self.keys.write().unwrap_or_else(PoisonError::into_inner).remove(&revoked.id);
        }
    }

    /// Reads the keys anew if some changed, until none changes meanwhile.
    async fn refresh(&self) -> Result<(), StoreError> {
        loop {
            let before = self.generation.load(Ordering::Acquire);
            if self.known.load(Ordering::Acquire) == before {
                return Ok(());
            }
            let rows = self.store.keys(None).await?;
            if self.generation.load(Ordering::Acquire) == before {
                self.put(rows);
                self.known.store(before, Ordering::Release);
            }
        }
    }

    fn key(&self, id: &str) -> Option<Arc<KeyRow>> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }

    /// Who calls, by the headers of a request.
    ///
    /// # Errors
    /// No credentials where they are required, or wrong ones anywhere.
    pub async fn principal(&self, headers: &HeaderMap) -> Result<Arc<Principal>, Error> {
        let Some(text) = credentials(headers) else {
            if self.required {
                let message = "API key required: send `Authorization: Bearer cb_...`; \
                               `claudebench key create` makes one";
                return Err(Error::new(Code::Unauthorized, message));
            }
            return Ok(self.local.clone());
        };
        let wrong =
            || Error::new(Code::Unauthorized, "this API key is unknown, revoked or expired");
        let presented = Presented::read(text).ok_or_else(wrong)?;
        let row = match self.key(&presented.id) {
            Some(row) => row,
            None => {
                self.refresh().await.map_err(store_error)?;
                self.key(&presented.id).ok_or_else(wrong)?
            }
        };
        presented.opens(&row, self.store.clock().now()).map(Arc::new).ok_or_else(wrong)
    }
}

/// The key that a request carries, in one of the two headers.
fn credentials(headers: &HeaderMap) -> Option<&str> {
    if let Some(value) = headers.get(AUTHORIZATION) {
        // Something unreadable counts as a wrong key, not as none.
        let text = value.to_str().unwrap_or("unreadable");
        // The name of a scheme may be written in any case.
        let key = match text.trim().split_once(' ') {
            Some((scheme, key)) if scheme.eq_ignore_ascii_case("bearer") => key,
            _ => text,
        };
        return Some(key.trim());
    }
    headers.get("x-api-key").map(|value| value.to_str().unwrap_or("unreadable").trim())
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyper::header::HeaderValue;

    #[test]
    fn the_scheme_is_read_in_any_case() {
        for text in ["Bearer cb_a_b", "bearer cb_a_b", "BEARER  cb_a_b ", "cb_a_b"] {
            let mut headers = HeaderMap::new();
            headers.insert(AUTHORIZATION, HeaderValue::from_static(text));
            assert_eq!(credentials(&headers), Some("cb_a_b"), "{text}");
        }
    }
}
