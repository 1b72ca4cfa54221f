//! `system.heartbeat`.

use claudebench_core::bounded::Name;
use claudebench_core::{Error, Scope};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::method::{Access, Method};

/// Says that an instance lives; its leases are extended with it. When the answer is not alive, it
/// must register again.
///
/// ```json
/// {"instanceId": "w-1"}
/// ```
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "SystemHeartbeat")]
pub struct InstanceHeartbeat {
    /// The instance.
    pub instance_id: Name,
}

/// Whether the instance is registered.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "SystemHeartbeatDone")]
pub struct InstanceAlive {
    /// Whether it is.
    pub alive: bool,
}

impl Method for InstanceHeartbeat {
    const NAME: &'static str = "system.heartbeat";
    const ACCESS: Access = Access::Sign(Scope::TasksWork);
    type Output = InstanceAlive;

    async fn call(self, cx: &Context) -> Result<InstanceAlive, Error> {
        let instance = self.instance_id.into_string().into();
        Ok(InstanceAlive { alive: cx.knows(&instance).await? && cx.alive(&instance) })
    }
}
