//! `system.register`.

use std::sync::Arc;

use claudebench_coordination::Present;
use claudebench_core::bounded::{List, Name};
use claudebench_core::{Error, Scope, Text};
use claudebench_store as store;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::json::Fields;
use crate::method::{Access, Method};

/// Registers an instance, so that it may claim tasks. It stays as long as it is heard of at least
/// every 30 seconds; every call that names it counts.
///
/// ```json
/// {"id": "w-1", "roles": ["backend"], "metadata": {"workingDirectory": "/srv/site"}}
/// ```
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "SystemRegister")]
pub struct Register {
    /// Its id.
    pub id: Name,
    /// The roles it works in.
    pub roles: List<Text<0, 200>, 100>,
    /// What it says of itself.
    #[serde(default)]
    pub metadata: Option<Fields>,
}

/// The instance is registered.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "SystemRegistered")]
pub struct Registered {
    /// Always true.
    pub registered: bool,
}

impl Method for Register {
    const NAME: &'static str = "system.register";
    const ACCESS: Access = Access::Write(Scope::TasksWork);
    type Output = Registered;

    async fn call(self, cx: &Context) -> Result<Registered, Error> {
        let max = cx.shared.limits.metadata_bytes;
        let metadata = self.metadata.map(|fields| fields.bounded("metadata", max)).transpose()?;
        let mut roles: Vec<Arc<str>> = self
            .roles
            .iter()
            .filter(|role| !role.is_empty())
            .map(|role| Arc::from(&**role))
            .collect();
        roles.sort_unstable();
        roles.dedup();
        let id: Arc<str> = self.id.into_string().into();
        let (tenant, presence) = (cx.tenant(), &cx.shared.presence);
        let became_leader = presence.count_of(tenant) == 0;
        cx.commit(store::Register {
            id: id.clone(),
            roles: roles.clone(),
            metadata,
            became_leader,
        })
        .await?;
        presence.enter(Present { tenant, id: id.clone(), roles: roles.into(), seen_at: cx.now() });
        // Its claims that wait go on in its new roles.
        cx.shared.ready.look_again(tenant, &id);
        Ok(Registered { registered: true })
    }
}
