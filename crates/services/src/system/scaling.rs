//! `system.scaling`.

use claudebench_coordination::windows::{Counted, MINUTES};
use claudebench_core::scaling::{Load, Way, advise};
use claudebench_core::{Code, Error, Scope, Status, TenantId};
use claudebench_store::RoleQueue;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::{Context, store_error};
use crate::json::Decimal;
use crate::method::{Access, Method};

/// Says how much there is to do for all servers together, and how many servers there should be, with the reasons:
/// the input of an autoscaler. It takes the tenant `default`, as it counts what all tenants do.
///
/// ```json
/// {}
/// ```
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
#[schemars(rename = "SystemScaling")]
pub struct Scaling {}

/// What there is to do, and what is advised.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "SystemScalingFound")]
pub struct ScalingFound {
    /// Servers that are there.
    pub servers: u32,
    /// For how long there have been as many, in milliseconds, as far as this server has seen.
    pub unchanged_ms: i64,
    /// Tasks that can be claimed now.
    pub queued: i64,
    /// The same for each role, the longest queue first: at most 100 roles, of the first 1,000 lanes (tasks
    /// with the same project, roles and tags), and of each lane at most 1,000 tasks. A task of several
    /// roles counts for each; counted every two seconds at most.
    pub queues: Vec<RoleQueueFound>,
    /// Tasks that somebody works on.
    pub running: i64,
    /// Running tasks for each server.
    pub running_per_server: Decimal,
    /// How long the oldest ready task of the tenant `default` has waited, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oldest_ready_age_ms: Option<i64>,
    /// Open connections.
    pub connections: u64,
    /// What went on in the last minutes, over all servers.
    pub windows: Vec<WindowFound>,
    /// What is advised.
    pub advice: AdviceFound,
}

/// How much a role has to do.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "SystemScalingQueue")]
pub struct RoleQueueFound {
    /// The role; none for the tasks that anybody may claim.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// Tasks that can be claimed now.
    pub queued: i64,
}

impl From<&RoleQueue> for RoleQueueFound {
    fn from(queue: &RoleQueue) -> Self {
        Self { role: queue.role.as_deref().map(Into::into), queued: queue.ready }
    }
}

/// What went on in the last minutes.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "SystemScalingWindow")]
pub struct WindowFound {
    /// How many minutes.
    pub minutes: i64,
    /// Calls.
    pub calls: u64,
    /// Those that failed.
    pub errors: u64,
    /// The part of them that failed, 0 to 1.
    pub error_rate: Decimal,
    /// How long a call took on average, in milliseconds.
    pub average_ms: Decimal,
    /// The time that 95 of 100 calls did not exceed, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p95_ms: Option<i64>,
}

/// How many servers there should be.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "SystemScalingAdvice")]
pub struct AdviceFound {
    /// `up`, `down` or `stay`.
    #[schemars(with = "String")]
    pub action: Way,
    /// How many servers there should be.
    pub servers: u32,
    /// Why.
    pub reasons: Vec<String>,
}

impl From<(i64, &Counted)> for WindowFound {
    fn from((minutes, counted): (i64, &Counted)) -> Self {
        Self {
            minutes,
            calls: counted.calls,
            errors: counted.errors,
            error_rate: Decimal(counted.error_rate()),
            average_ms: Decimal(counted.average_ms()),
            p95_ms: counted.took.percentile(95),
        }
    }
}

impl Method for Scaling {
    const NAME: &'static str = "system.scaling";
    const ACCESS: Access = Access::Read(Scope::SystemRead);
    type Output = ScalingFound;

    async fn call(self, cx: &Context) -> Result<ScalingFound, Error> {
        if cx.tenant() != TenantId::DEFAULT {
            let message =
                "system.scaling counts what all tenants do: it takes a key of the tenant `default`";
            return Err(Error::new(Code::Forbidden, message));
        }
        let (shared, now) = (&cx.shared, cx.now());
        let totals = shared.store.totals().await.map_err(store_error)?;
        let own = shared.store.stats(cx.tenant(), None, cx.freshness).await.map_err(store_error)?;
        let queues = shared.role_queues.look(&*shared.store, now).await.map_err(store_error)?;
        let seen = shared.signals.look(now).await;
        let (servers, changed_at) = shared.signals.servers();
        let running = totals.of(Status::InProgress);
        let [last, of_five, _] = &seen.windows;
        let load = Load {
            servers,
            queued: totals.ready,
            running,
            average_ms: [last.average_ms(), of_five.average_ms()],
            errors: of_five.error_rate(),
            unchanged_ms: now.since(changed_at).max(0),
        };
        let advice = advise(&load, &shared.scaling);
        Ok(ScalingFound {
            servers,
            unchanged_ms: load.unchanged_ms,
            queued: load.queued,
            queues: queues.iter().map(RoleQueueFound::from).collect(),
            running,
            #[allow(clippy::cast_precision_loss, reason = "for people to read")]
            running_per_server: Decimal(running as f64 / f64::from(servers.max(1))),
            oldest_ready_age_ms: own.oldest_ready.map(|at| now.since(at).max(0)),
            connections: seen.connections,
            windows: MINUTES.into_iter().zip(&seen.windows).map(WindowFound::from).collect(),
            advice: AdviceFound {
                action: advice.way,
                servers: advice.servers,
                reasons: advice.reasons,
            },
        })
    }
}
