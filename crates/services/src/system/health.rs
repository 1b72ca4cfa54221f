//! `system.health`.

use claudebench_core::{Error, Scope};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::method::{Access, Method};

/// Says how the server is: `unhealthy` when it cannot store anything, `degraded` when most of the
/// registered instances are about to be given up.
///
/// ```json
/// {}
/// ```
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "SystemHealth")]
pub struct Health {}

/// How the server is.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "SystemHealthFound")]
pub struct HealthFound {
    /// In a word.
    pub status: HealthStatus,
    /// What it needs, and whether that works.
    pub services: Needs,
    /// What is wrong, and what to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// The server's version.
    pub version: String,
}

/// How the server is, in a word.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum HealthStatus {
    /// All is well.
    Healthy,
    /// It works, but not all does.
    Degraded,
    /// It cannot do its work.
    Unhealthy,
}

/// What the server needs, under the names that clients know.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "SystemNeeds")]
pub struct Needs {
    /// Coordination: presence and live events, in memory or in Redis.
    pub redis: bool,
    /// The durable store: SQLite or PostgreSQL.
    pub postgres: bool,
    /// Whether MCP is served.
    pub mcp: bool,
}

impl Method for Health {
    const NAME: &'static str = "system.health";
    const ACCESS: Access = Access::Read(Scope::SystemRead);
    type Output = HealthFound;

    async fn call(self, cx: &Context) -> Result<HealthFound, Error> {
        let (writable, problem) = match cx.shared.store.health().await {
            Ok(health) => (health.writable, health.problem),
            Err(error) => (false, Some(error.to_string())),
        };
        let limit = cx.now().plus(-cx.shared.limits.instance_silence_ms * 2 / 3);
        let instances = cx.shared.presence.of_tenant(cx.tenant());
        let silent = instances.iter().filter(|instance| instance.seen_at <= limit).count();
        let status = match (writable, silent * 2 > instances.len()) {
            (false, _) => HealthStatus::Unhealthy,
            (true, true) => HealthStatus::Degraded,
            (true, false) => HealthStatus::Healthy,
        };
        Ok(HealthFound {
            status,
            services: Needs { redis: true, postgres: writable, mcp: false },
            problem,
            version: cx.shared.info.version.to_owned(),
        })
    }
}
