//! How much each role has to do: counted anew only now and then, however often it is asked for.

use std::sync::Arc;

use claudebench_core::Millis;
use claudebench_store::{RoleQueue, Store, StoreError};
use tokio::sync::Mutex;

/// For so long a count is good.
const KEPT_MS: i64 = 2_000;

/// The queues of roles, as they were counted last.
#[derive(Debug, Default)]
pub struct RoleQueues {
    last: Mutex<Option<(Millis, Arc<[RoleQueue]>)>>,
}

impl RoleQueues {
    /// The queues, the longest first, from a count of the last seconds. Of those who ask at once, one counts.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn look(
        &self,
        store: &dyn Store,
        now: Millis,
    ) -> Result<Arc<[RoleQueue]>, StoreError> {
        let mut last = self.last.lock().await;
        if let Some((at, queues)) = &*last
            && (0..KEPT_MS).contains(&now.since(*at))
        {
            return Ok(queues.clone());
        }
        let queues: Arc<[RoleQueue]> = store.role_queues().await?.into();
        *last = Some((now, queues.clone()));
        Ok(queues)
    }
}
