//! `system.flush`.

use claudebench_core::{Error, Millis, Scope};
use claudebench_store as store;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::method::{Access, Method};

/// Deletes all tasks of the tenant, with their attachments. The event log stays. There is no way
/// back but a backup.
///
/// ```json
/// {"confirm": "FLUSH_ALL_DATA", "includePostgres": false}
/// ```
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "SystemFlush")]
pub struct FlushAll {
    /// Says that it is meant.
    pub confirm: Confirm,
    /// The durable store, too: `false` deletes no task. `true` if absent.
    #[serde(default)]
    pub include_postgres: Option<bool>,
}

/// The literal that says that it is meant.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "SystemFlushConfirm")]
pub enum Confirm {
    /// Yes.
    #[serde(rename = "FLUSH_ALL_DATA")]
    FlushAllData,
}

/// What was deleted.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "SystemFlushed")]
pub struct FlushedAll {
    /// What was coordinated and may be lost.
    pub redis: FlushedKeys,
    /// What was durable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postgres: Option<FlushedTasks>,
    /// When.
    pub timestamp: Millis,
}

/// What was coordinated and may be lost: nothing that a flush concerns.
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "SystemFlushedKeys")]
#[allow(missing_docs, reason = "always empty")]
pub struct FlushedKeys {
    pub keys_deleted: i64,
    pub patterns: Vec<String>,
}

/// What was durable.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "SystemFlushedTasks")]
pub struct FlushedTasks {
    /// How many tasks.
    pub tasks_deleted: i64,
}

impl Method for FlushAll {
    const NAME: &'static str = "system.flush";
    const ACCESS: Access = Access::Write(Scope::Admin);
    type Output = FlushedAll;

    async fn call(self, cx: &Context) -> Result<FlushedAll, Error> {
        let tasks = self.include_postgres != Some(false);
        // Committed in any case: an idempotency key must stand for this call, whatever it deletes.
        let done = cx.commit(store::Flush { tasks }).await?;
        let timestamp = done.at.unwrap_or_else(|| cx.now());
        let postgres = tasks.then_some(FlushedTasks { tasks_deleted: done.tasks });
        Ok(FlushedAll { redis: FlushedKeys::default(), postgres, timestamp })
    }
}
