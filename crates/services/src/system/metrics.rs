//! `system.metrics`.

use std::collections::BTreeMap;

use claudebench_coordination::cache::CacheStatus;
use claudebench_core::{Error, Millis, Scope, Status};
use claudebench_store::Stats;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::{Context, Metered, store_error};
use crate::json::Decimal;
use crate::method::{Access, Method};

/// Counts what was done for the caller's tenant: calls and events since the server started, tasks
/// and instances as they are now.
///
/// ```json
/// {"detailed": true}
/// ```
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
#[schemars(rename = "SystemMetrics")]
pub struct Metrics {
    /// Everything, not only the summary.
    pub detailed: Option<bool>,
}

/// What was done.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "SystemMetricsFound")]
pub struct MetricsFound {
    /// Events written since the server started.
    pub events_processed: i64,
    /// Tasks that are completed.
    pub tasks_completed: i64,
    /// How long a call takes on average, in milliseconds.
    pub average_latency: Decimal,
    /// Memory of the whole server, in megabytes.
    pub memory_usage: Decimal,
    /// The details.
    #[serde(flatten)]
    pub details: Option<Details>,
}

/// The details.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "SystemMetricsDetails")]
#[allow(missing_docs, reason = "each is named after what it counts")]
pub struct Details {
    pub circuit_breaker: CircuitBreaker,
    pub queue: Queue,
    pub cache: Cache,
    pub counters: Counters,
    pub global: Global,
    pub scaling: Scaling,
    pub current: Current,
    pub mcp_calls: u64,
    pub system_health_check: HealthCheck,
    /// Each method that was called.
    pub handlers: BTreeMap<String, Handler>,
}

/// Calls by how they ended; nothing here trips.
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "SystemMetricsCircuitBreaker")]
#[allow(missing_docs, reason = "each is named after what it counts")]
pub struct CircuitBreaker {
    pub total_successes: u64,
    pub total_failures: u64,
    pub total_trips: u64,
    /// In percent.
    pub success_rate: Decimal,
}

/// What waits.
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "SystemMetricsQueue")]
pub struct Queue {
    /// Tasks that can be claimed now.
    pub depth: i64,
    /// All pending tasks.
    pub pending: i64,
    /// Completions in a second.
    pub throughput: Decimal,
}

/// Reads of tasks that are kept because they are asked for often, over all tenants.
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "SystemMetricsCache")]
#[allow(missing_docs, reason = "each is named after what it counts")]
pub struct Cache {
    pub hits: u64,
    pub misses: u64,
    pub sets: u64,
    /// In percent; left out before the first read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hit_rate: Option<Decimal>,
}

impl From<CacheStatus> for Cache {
    fn from(status: CacheStatus) -> Self {
        let CacheStatus { memory, redis, persistent, store, joined, filled, .. } = status;
        let (hits, misses) = (memory + redis + persistent + joined, store);
        let hit_rate = (hits + misses > 0).then(|| Decimal(100.0 * ratio(hits, hits + misses).0));
        Self { hits, misses, sets: filled, hit_rate }
    }
}

/// Counters by name: always empty.
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "SystemMetricsCounters")]
#[allow(missing_docs, reason = "each is named after what it counts")]
pub struct Counters {
    pub circuit: BTreeMap<String, u64>,
    pub ratelimit: BTreeMap<String, u64>,
    pub timeout: BTreeMap<String, u64>,
}

/// All in all.
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "SystemMetricsGlobal")]
#[allow(missing_docs, reason = "each is named after what it counts")]
pub struct Global {
    pub task_success: i64,
    pub task_failure: i64,
    pub system_success: u64,
    pub total_events: i64,
    pub total_tasks: i64,
    pub avg_latency: Decimal,
    pub throughput: Decimal,
}

/// How the work is spread.
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "SystemMetricsScaling")]
pub struct Scaling {
    /// Instances that are there.
    pub instance_count: usize,
    /// Tasks in progress for each of them.
    pub load_balance: Decimal,
    /// Tasks in progress.
    pub total_load: i64,
}

/// As it is now.
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "SystemMetricsCurrent")]
#[allow(missing_docs, reason = "each is named after what it counts")]
pub struct Current {
    pub events_total: i64,
    pub queue_depth: i64,
    pub instances_active: usize,
    pub tasks_pending: i64,
    pub tasks_in_progress: i64,
    pub tasks_completed: i64,
    /// When the server started, in milliseconds since 1970.
    pub metrics_start_time: i64,
}

/// When the instances were last looked at.
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "SystemMetricsHealthCheck")]
pub struct HealthCheck {
    /// In milliseconds since 1970.
    pub last_check: i64,
}

/// The calls of one method.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "SystemMetricsHandler")]
#[allow(missing_docs, reason = "each is named after what it counts")]
pub struct Handler {
    pub total_calls: u64,
    pub success_count: u64,
    pub error_count: u64,
    /// In milliseconds.
    pub avg_response_time: Decimal,
    /// Always `CLOSED`.
    pub circuit_state: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_called: Option<Millis>,
}

impl Method for Metrics {
    const NAME: &'static str = "system.metrics";
    const ACCESS: Access = Access::Read(Scope::SystemRead);
    type Output = MetricsFound;

    async fn call(self, cx: &Context) -> Result<MetricsFound, Error> {
        let stats =
            cx.shared.store.stats(cx.tenant(), None, cx.freshness).await.map_err(store_error)?;
        let methods = cx.shared.meters.methods(cx.tenant());
        let events = i64::try_from(cx.shared.meters.events(cx.tenant())).unwrap_or(i64::MAX);
        let details = self.detailed.unwrap_or(false).then(|| details(cx, &stats, &methods, events));
        #[allow(clippy::cast_precision_loss, reason = "for people to read")]
        let megabytes = cx.shared.meters.memory_bytes() as f64 / f64::from(1 << 20);
        Ok(MetricsFound {
            events_processed: events,
            tasks_completed: stats.of(Status::Completed),
            average_latency: average_ms(&methods),
            memory_usage: Decimal(megabytes),
            details,
        })
    }
}

fn details(cx: &Context, stats: &Stats, methods: &[Metered], events: i64) -> Details {
    let sum = |of: fn(&Metered) -> u64| methods.iter().map(of).sum::<u64>();
    let (succeeded, failed) = (sum(|method| method.succeeded), sum(|method| method.failed));
    let of = |prefix: &str| {
        methods
            .iter()
            .filter(|method| method.method.starts_with(prefix))
            .map(|method| method.succeeded)
            .sum::<u64>()
    };
    let instances = cx.shared.presence.count_of(cx.tenant());
    let started_at = cx.shared.info.started_at;
    let seconds = ratio(cx.now().since(started_at).max(1).unsigned_abs(), 1_000).0;
    #[allow(clippy::cast_precision_loss, reason = "for people to read")]
    let throughput = Decimal(of("task.complete") as f64 / seconds);
    let in_progress = stats.of(Status::InProgress);
    let total_calls = succeeded + failed;
    Details {
        circuit_breaker: CircuitBreaker {
            total_successes: succeeded,
            total_failures: failed,
            total_trips: 0,
            success_rate: if total_calls == 0 {
                Decimal(100.0)
            } else {
                Decimal(100.0 * ratio(succeeded, total_calls).0)
            },
        },
        queue: Queue { depth: stats.ready, pending: stats.of(Status::Pending), throughput },
        cache: cx.shared.cache.as_ref().map(|cache| cache.status().into()).unwrap_or_default(),
        counters: Counters::default(),
        global: Global {
            task_success: stats.of(Status::Completed),
            task_failure: stats.of(Status::Failed),
            system_success: of("system."),
            total_events: events,
            total_tasks: stats.total(),
            avg_latency: average_ms(methods),
            throughput,
        },
        scaling: Scaling {
            instance_count: instances,
            load_balance: ratio(in_progress.unsigned_abs(), instances.max(1) as u64),
            total_load: in_progress,
        },
        current: Current {
            events_total: events,
            queue_depth: stats.ready,
            instances_active: instances,
            tasks_pending: stats.of(Status::Pending),
            tasks_in_progress: in_progress,
            tasks_completed: stats.of(Status::Completed),
            metrics_start_time: started_at.0,
        },
        mcp_calls: cx.shared.meters.mcp_calls(cx.tenant()),
        system_health_check: HealthCheck { last_check: cx.now().0 },
        handlers: methods
            .iter()
            .map(|method| (method.method.to_owned(), handler(method)))
            .collect(),
    }
}

fn handler(method: &Metered) -> Handler {
    Handler {
        total_calls: method.succeeded + method.failed,
        success_count: method.succeeded,
        error_count: method.failed,
        avg_response_time: average_ms(std::slice::from_ref(method)),
        circuit_state: "CLOSED".into(),
        last_called: method.last_called,
    }
}

fn average_ms(methods: &[Metered]) -> Decimal {
    let calls: u64 = methods.iter().map(|method| method.succeeded + method.failed).sum();
    let seconds: f64 = methods.iter().map(|method| method.seconds).sum();
    #[allow(clippy::cast_precision_loss, reason = "for people to read")]
    Decimal(seconds * 1_000.0 / calls.max(1) as f64)
}

#[allow(clippy::cast_precision_loss, reason = "for people to read")]
fn ratio(part: u64, whole: u64) -> Decimal {
    Decimal(part as f64 / whole as f64)
}
