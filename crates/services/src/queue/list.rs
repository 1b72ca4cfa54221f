//! `queue.list`.

use claudebench_core::lane::PauseScope;
use claudebench_core::{Error, Millis, Scope};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::{Context, store_error};
use crate::method::{Access, Method};

/// Lists the pauses in force.
///
/// ```json
/// {}
/// ```
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "QueueList")]
pub struct ListPauses {}

/// The pauses in force.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "QueuePauses")]
pub struct PausesListed {
    /// The pauses.
    pub pauses: Vec<PausedPart>,
}

/// A pause in force.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "QueuePausedPart")]
pub struct PausedPart {
    /// What is held back.
    pub scope: PauseScope,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When it ends by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Millis>,
    /// Since when.
    pub paused_at: Millis,
    /// By whom.
    pub paused_by: String,
}

impl Method for ListPauses {
    const NAME: &'static str = "queue.list";
    const ACCESS: Access = Access::ReadLatest(Scope::TasksRead);
    type Output = PausesListed;

    async fn call(self, cx: &Context) -> Result<PausesListed, Error> {
        let pauses = cx.shared.store.pauses(cx.tenant()).await.map_err(store_error)?;
        let pauses = pauses.into_iter().map(|pause| PausedPart {
            scope: pause.scope,
            reason: pause.reason,
            until: pause.until,
            paused_at: pause.paused_at,
            paused_by: pause.paused_by,
        });
        Ok(PausesListed { pauses: pauses.collect() })
    }
}
