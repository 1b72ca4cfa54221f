//! `system.batch.process`.

use claudebench_core::bounded::{List, Name};
use claudebench_core::{Error, Scope};
use claudebench_store as store;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::json::Json;
use crate::method::{Access, Method};

/// Takes a batch, so that only one of the instances that hold it processes it. The others learn
/// who did.
///
/// ```json
/// {"batchId": "nightly", "instanceId": "w-1", "items": [1, 2, 3]}
/// ```
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "SystemBatchProcess")]
pub struct ProcessBatch {
    /// The batch.
    pub batch_id: Name,
    /// Who asks.
    pub instance_id: Name,
    /// Its items.
    pub items: List<Json, 10_000>,
}

/// Who has the batch.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "SystemBatchDone")]
pub struct BatchDone {
    /// Whether it is the one that asks.
    pub processed: bool,
    /// The one that has it.
    pub processor_id: String,
    /// How many items it has.
    pub items_processed: i64,
}

impl Method for ProcessBatch {
    const NAME: &'static str = "system.batch.process";
    const ACCESS: Access = Access::Write(Scope::TasksWork);
    type Output = BatchDone;

    async fn call(self, cx: &Context) -> Result<BatchDone, Error> {
        let instance = self.instance_id.into_string();
        cx.alive(&instance);
        let change = store::ProcessBatch {
            batch: self.batch_id.into_string(),
            instance: instance.clone(),
            items: i64::try_from(self.items.len()).unwrap_or(i64::MAX),
        };
        let done = cx.commit(change).await?;
        Ok(BatchDone {
            processed: done.processor == instance,
            processor_id: done.processor,
            items_processed: done.items,
        })
    }
}
