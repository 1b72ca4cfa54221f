//! `system.unregister`.

use claudebench_core::bounded::Name;
use claudebench_core::{Code, Error, Scope};
use claudebench_store as store;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::method::{Access, Method};

/// Ends a registration. What the instance holds, or has parked on it, goes back at once.
///
/// ```json
/// {"instanceId": "w-1", "sessionId": "s-1", "timestamp": 1763913600007}
/// ```
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "SystemUnregister")]
pub struct Unregister {
    /// The instance.
    pub instance_id: Name,
    /// Its session.
    pub session_id: Name,
    /// When it ended, in milliseconds since 1970.
    pub timestamp: f64,
}

/// The registration has ended.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "SystemUnregistered")]
pub struct Unregistered {
    /// Always true; also when there was no such instance.
    pub unregistered: bool,
    /// How many tasks went back.
    pub tasks_reassigned: i64,
}

impl Method for Unregister {
    const NAME: &'static str = "system.unregister";
    const ACCESS: Access = Access::Write(Scope::TasksWork);
    type Output = Unregistered;

    async fn call(self, cx: &Context) -> Result<Unregistered, Error> {
        let id = self.instance_id.into_string();
        let change =
            store::Unregister { id: id.as_str().into(), session: self.session_id.into_string() };
        let tasks_reassigned = match cx.commit(change).await {
            Ok(count) => count,
            Err(error) if error.code == Code::NotFound => 0,
            Err(error) => return Err(error),
        };
        cx.shared.presence.leave(cx.tenant(), &id);
        cx.shared.ready.look_again(cx.tenant(), &id.as_str().into());
        Ok(Unregistered { unregistered: true, tasks_reassigned })
    }
}
