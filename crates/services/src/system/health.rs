//! `system.health`.

use claudebench_coordination::redis::{Link, Links};
use claudebench_core::{Error, Scope, Status};
use claudebench_store::{Freshness, ReplicaHealth, TaskQuery};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::method::{Access, Method};

/// Says how the server is: `unhealthy` when it cannot store anything, `degraded` when a replica lags or is
/// away, when Redis cannot be reached, or when most of the registered instances fell silent with work in hand, which is about to be
/// taken from them.
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
    /// The replicas of the database, as this server sees them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub replicas: Vec<ReplicaFound>,
    /// The clusters of Redis over which data are spread, if there are several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clusters: Vec<ClusterFound>,
}

/// How a cluster of Redis is.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct ClusterFound {
    /// Its name.
    pub name: String,
    /// Whether it can be reached.
    pub reached: bool,
}

impl From<&Link> for ClusterFound {
    fn from(link: &Link) -> Self {
        Self { name: link.name().to_owned(), reached: link.is_up_now() }
    }
}

/// How a replica is.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReplicaFound {
    /// Its host and port.
    pub name: String,
    /// Whether reads go there.
    pub serves: bool,
    /// Whether it is behind, or away, for longer than it may.
    pub lagging: bool,
    /// How far it is behind, in milliseconds; absent before it was reached for the first time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lag_ms: Option<i64>,
    /// The same in bytes of the primary's log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lag_bytes: Option<i64>,
    /// What is wrong with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

impl From<&ReplicaHealth> for ReplicaFound {
    fn from(health: &ReplicaHealth) -> Self {
        Self {
            name: health.name.to_string(),
            serves: health.serves,
            lagging: health.lagging,
            lag_ms: health.lag_ms,
            lag_bytes: health.lag_bytes,
            problem: health.problem.clone(),
        }
    }
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
    /// Coordination: presence and live events, in memory or in Redis; of several, all of them.
    pub redis: bool,
    /// The durable store: SQLite or PostgreSQL.
    pub postgres: bool,
    /// Whether MCP is served.
    pub mcp: bool,
}

/// The most silent instances that are looked at one by one.
const LOOKED_AT: usize = 100;

/// Whether most instances are silent for longer than they may, and hold tasks. Who has nothing in
/// hand owes nobody a sign of life.
async fn most_are_lost(cx: &Context) -> bool {
    let limit = cx.now().plus(-cx.shared.limits.instance_silence_ms);
    let instances = cx.shared.presence.of_tenant(cx.tenant());
    let silent: Vec<_> = instances.iter().filter(|one| one.seen_at <= limit).collect();
    if silent.len() * 2 <= instances.len() {
        return false;
    }
    let looked_at = silent.len().min(LOOKED_AT);
    let mut idle = 0;
    for instance in &silent[..looked_at] {
        let held = TaskQuery {
            tenant: Some(cx.tenant()),
            status: Some(Status::InProgress),
            assigned_to: Some(instance.id.to_string()),
            limit: 1,
            ..TaskQuery::default()
        };
        let held = cx.shared.store.list(held, Freshness::Any).await;
        idle += usize::from(held.is_ok_and(|page| page.tasks.is_empty()));
    }
    (silent.len() - idle) * 2 > instances.len()
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
        let replicas = cx.shared.store.replicas();
        let replicas: Vec<ReplicaFound> = replicas
            .map(|all| all.borrow().iter().map(ReplicaFound::from).collect())
            .unwrap_or_default();
        let links = cx.shared.redis.as_ref();
        // Each is looked at once: what is said of all fits what is said of each.
        let mut clusters: Vec<ClusterFound> =
            links.into_iter().flat_map(Links::each).map(ClusterFound::from).collect();
        let redis = clusters.iter().all(|cluster| cluster.reached);
        if !links.is_some_and(Links::are_several) {
            clusters.clear();
        }
        let status = if !writable {
            HealthStatus::Unhealthy
        } else if !redis
            || replicas.iter().any(|replica| replica.lagging)
            || most_are_lost(cx).await
        {
            HealthStatus::Degraded
        } else {
            HealthStatus::Healthy
        };
        Ok(HealthFound {
            status,
            services: Needs { redis, postgres: writable, mcp: true },
            problem,
            version: cx.shared.info.version.to_owned(),
            replicas,
            clusters,
        })
    }
}
