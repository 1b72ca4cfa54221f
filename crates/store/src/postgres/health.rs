//! How the store is.

use std::time::Duration;

use claudebench_core::Cursor;
use tokio::time::timeout;

use super::{PostgresStore, connect, read};
use crate::row::StoreHealth;
use crate::store::StoreError;

/// How long the database may take to say more, when it is known what is wrong.
const HEALTH: Duration = Duration::from_millis(400);

impl PostgresStore {
    /// How the store is, as far as it can be asked.
    pub(super) async fn health(&self) -> Result<StoreHealth, StoreError> {
        let problem = self.shared.problem();
        let (head, oldest) = (Cursor(0), Cursor(0));
        let (bytes, wal_bytes, lanes, leases) = (0, 0, 0, 0);
        let writable = problem.is_none();
        let unasked =
            StoreHealth { writable, problem, bytes, wal_bytes, head, oldest, lanes, leases };
        let asking = self.asked_health(unasked.clone());
        // What is known already waits for no answer; one that is late is no problem by itself.
        let asked = if unasked.writable {
            asking.await
        } else {
            timeout(HEALTH, asking).await.unwrap_or_else(|_| Err(connect::silent(HEALTH)))
        };
        match asked {
            Err(error @ StoreError::Unavailable { .. }) if !*self.shared.closed.borrow() => {
                let problem = unasked.problem.or_else(|| Some(error.to_string()));
                Ok(StoreHealth { writable: false, problem, ..unasked })
            }
            asked => asked,
        }
    }

    async fn asked_health(&self, unasked: StoreHealth) -> Result<StoreHealth, StoreError> {
        let snapshot = self.quick.snapshot().await?;
        let found = read::stats::health(&snapshot, unasked).await;
        snapshot.end(found)
    }
}
