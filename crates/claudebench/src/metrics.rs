//! What is counted: each method's calls with handles made at the start, so that counting a call
//! looks nothing up.

mod coordination;

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use claudebench_core::event::Event;
use claudebench_core::{Millis, TenantId};
use claudebench_services::{Metered, Meters, methods};
use claudebench_store::{ReplicaHealth, RoleQueue};
use prometheus::core::Collector;
use prometheus::{
    Gauge, GaugeVec, Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge,
    IntGaugeVec, Opts, Registry, TextEncoder,
};

pub use coordination::Coordination;

/// The counters of one method.
struct MethodMeter {
    /// Its place among a tenant's.
    place: usize,
    succeeded: IntCounter,
    failed: IntCounter,
    seconds: Histogram,
}

/// What was counted for one tenant.
struct TenantMeter {
    events: AtomicU64,
    mcp_calls: AtomicU64,
    methods: Vec<Calls>,
}

#[derive(Default)]
struct Calls {
    succeeded: AtomicU64,
    failed: AtomicU64,
    nanos: AtomicU64,
    last_called: AtomicI64,
}

/// The most tenants that are counted apart, the first that come; each takes some kilobytes.
const TENANTS: usize = 1_000;

/// The parts of the server's paths that are timed apart. Not every path has a name of its own: a
/// client could make as many as it likes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs, reason = "each is named after its paths")]
pub enum Part {
    Rpc,
    Api,
    Events,
    Socket,
    Watch,
    Action,
}

impl Part {
    const ALL: [(Self, &'static str); 6] = [
        (Self::Rpc, "/rpc"),
        (Self::Api, "/api"),
        (Self::Events, "/events"),
        (Self::Socket, "/ws"),
        (Self::Watch, "watch"),
        (Self::Action, "/{domain}/{action}"),
    ];

    /// The part that a path belongs to.
    #[must_use]
    pub fn of(path: &str) -> Self {
        match path {
            "/rpc" | "/rpc/batch" => Self::Rpc,
            "/events" => Self::Events,
            "/ws" => Self::Socket,
            "/healthz" | "/readyz" | "/metrics" => Self::Watch,
            path if path.starts_with("/api/") => Self::Api,
            _ => Self::Action,
        }
    }
}

/// How long answers took, by the part of the paths.
pub struct PartSeconds([Histogram; 6]);

impl PartSeconds {
    fn of(seconds: &HistogramVec) -> Self {
        Self(Part::ALL.map(|(_, name)| seconds.with_label_values(&[name])))
    }

    /// Counts an answer.
    pub fn observe(&self, part: Part, seconds: f64) {
        if let Some(histogram) = self.0.get(part as usize) {
            histogram.observe(seconds);
        }
    }
}

/// All counters.
pub struct Metrics {
    registry: Registry,
    methods: HashMap<&'static str, MethodMeter>,
    tenants: RwLock<HashMap<TenantId, Arc<TenantMeter>>>,
    /// HTTP requests, all of them.
    pub http_requests: IntCounter,
    /// How long they took, until the answer or the stream began.
    pub http_seconds: PartSeconds,
    /// Requests under way.
    pub in_flight: IntGauge,
    /// Open connections.
    pub connections: IntGauge,
    /// Open WebSockets.
    pub sockets: IntGauge,
    /// WebSockets that were let go, as nothing was read from them.
    pub sockets_unread: IntCounter,
    events: IntCounter,
    /// How long it took to hand on the events of a commit.
    pub event_seconds: Histogram,
    /// Events that subscribers were given, each as often as it was.
    pub events_sent: IntCounter,
    /// Tasks of all tenants by what they wait for.
    pub queue: [IntGauge; 4],
    role_queues: IntGaugeVec,
    /// Instances that are there.
    pub instances: IntGauge,
    /// How well they are: the part of them that was heard of of late.
    pub health: Gauge,
    /// Transactions and writes so far.
    pub commits: [IntGauge; 2],
    /// What the store says of its database, by name.
    pub database: IntGaugeVec,
    replicas: ReplicaGauges,
    /// What servers share.
    pub coordination: Coordination,
}

/// How each replica is.
struct ReplicaGauges {
    seconds: GaugeVec,
    bytes: IntGaugeVec,
    serves: IntGaugeVec,
    reads: IntGaugeVec,
}

impl ReplicaGauges {
    fn new(registry: &Registry) -> Result<Self, prometheus::Error> {
        let gauge = |name: &str, help: &str| {
            let gauge = IntGaugeVec::new(Opts::new(name, help), &["replica"])?;
            registry.register(Box::new(gauge.clone()))?;
            Ok::<_, prometheus::Error>(gauge)
        };
        let behind = Opts::new("replica_lag_seconds", "For how long a replica lacks what it lacks");
        let seconds = GaugeVec::new(behind, &["replica"])?;
        registry.register(Box::new(seconds.clone()))?;
        Ok(Self {
            seconds,
            bytes: gauge("replica_lag_bytes", "How much of the primary's log a replica lacks")?,
            serves: gauge("replica_serves", "Whether reads go to a replica")?,
            reads: gauge("replica_reads", "Reads that a replica has answered since the start")?,
        })
    }
}

fn health_gauge(registry: &Registry) -> Result<Gauge, prometheus::Error> {
    let gauge = Gauge::new(
        "instance_health_score",
        "The part of all instances that was heard of within half of the time after which one \
         is given up; 1 without any",
    )?;
    registry.register(Box::new(gauge.clone()))?;
    Ok(gauge)
}

/// What a store says of its database, by name.
fn role_queue_gauges(registry: &Registry) -> Result<IntGaugeVec, prometheus::Error> {
    let queued =
        "Tasks that can be claimed now, by role, the longest queues; those for anybody have none";
    let gauges = IntGaugeVec::new(Opts::new("role_queue_depth", queued), &["role"])?;
    registry.register(Box::new(gauges.clone()))?;
    Ok(gauges)
}

fn database_gauges(registry: &Registry) -> Result<IntGaugeVec, prometheus::Error> {
    let figures = Opts::new(
        "store_database",
        "What may slow a database down before anything breaks: dead rows of its hot tables, its \
         oldest transaction, what is still to be added up or indexed; and what promotions have \
         lost",
    );
    let gauges = IntGaugeVec::new(figures, &["figure"])?;
    registry.register(Box::new(gauges.clone()))?;
    Ok(gauges)
}

const SECONDS: [f64; 14] =
    [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0, 60.0];

fn in_seconds(name: &str, help: &str) -> HistogramOpts {
    HistogramOpts::new(name, help).buckets(SECONDS.to_vec())
}

/// The counters of each method.
fn method_meters(
    calls: &IntCounterVec,
    seconds: &HistogramVec,
) -> HashMap<&'static str, MethodMeter> {
    let meter = |place, name| MethodMeter {
        place,
        succeeded: calls.with_label_values(&[name, "success"]),
        failed: calls.with_label_values(&[name, "error"]),
        seconds: seconds.with_label_values(&[name]),
    };
    (0..).zip(methods()).map(|(place, entry)| (entry.name, meter(place, entry.name))).collect()
}

impl Metrics {
    /// Makes all counters. Of several processes of one server each counts its own, with its number.
    ///
    /// # Errors
    /// Two of the same name.
    pub fn new(worker: Option<usize>) -> Result<Self, prometheus::Error> {
        let label = worker.map(|worker| HashMap::from([("worker".into(), worker.to_string())]));
        let registry = Registry::new_custom(Some("claudebench".into()), label)?;
        let calls = IntCounterVec::new(
            Opts::new("jsonrpc_requests_total", "Calls of methods, over any transport"),
            &["method", "status"],
        )?;
        let took = in_seconds("jsonrpc_request_duration_seconds", "How long calls took");
        let seconds = HistogramVec::new(took, &["method"])?;
        let methods = method_meters(&calls, &seconds);
        let paths = HistogramVec::new(
            in_seconds("http_request_duration_seconds", "How long answers took to begin"),
            &["route"],
        )?;
        let http_seconds = PartSeconds::of(&paths);
        let handing_on = "How long it took to hand the events of a commit on to subscribers";
        let event_seconds =
            Histogram::with_opts(in_seconds("event_processing_duration_seconds", handing_on))?;
        let health = health_gauge(&registry)?;
        let add = |collector: Box<dyn Collector>| registry.register(collector);
        add(Box::new(calls))?;
        add(Box::new(seconds))?;
        add(Box::new(paths))?;
        add(Box::new(event_seconds.clone()))?;
        add(Box::new(prometheus::process_collector::ProcessCollector::for_self()))?;
        let database = database_gauges(&registry)?;
        let gauge = |name: &str, help: &str| {
            let gauge = IntGauge::new(name, help)?;
            registry.register(Box::new(gauge.clone()))?;
            Ok::<_, prometheus::Error>(gauge)
        };
        let counter = |name: &str, help: &str| {
            let counter = IntCounter::new(name, help)?;
            registry.register(Box::new(counter.clone()))?;
            Ok::<_, prometheus::Error>(counter)
        };
        Ok(Self {
            methods,
            tenants: RwLock::default(),
            http_requests: counter("http_requests_total", "HTTP requests")?,
            in_flight: gauge("http_requests_in_flight", "HTTP requests under way")?,
            connections: gauge("http_connections", "Open connections")?,
            http_seconds,
            sockets: gauge("websockets", "Open WebSockets")?,
            sockets_unread: counter(
                "websockets_unread_total",
                "WebSockets that were let go, as nothing was read from them",
            )?,
            events: counter("events_processed_total", "Events committed")?,
            event_seconds,
            events_sent: counter("events_sent_total", "Events given to subscribers")?,
            queue: [
                gauge("task_queue_depth", "Tasks that can be claimed now")?,
                gauge("tasks_in_progress", "Tasks that a worker holds")?,
                gauge("tasks_scheduled", "Tasks whose time has not come")?,
                gauge("tasks_blocked", "Tasks that wait for others")?,
            ],
            role_queues: role_queue_gauges(&registry)?,
            instances: gauge("instances_active", "Instances that are there")?,
            health,
            database,
            commits: [
                gauge("store_commits", "Transactions committed since the start")?,
                gauge("store_writes", "Writes committed since the start")?,
            ],
            replicas: ReplicaGauges::new(&registry)?,
            coordination: Coordination::new(&registry)?,
            registry,
        })
    }

    /// Shows how much each role has to do; a role without tasks is shown no more.
    pub fn show_role_queues(&self, queues: &[RoleQueue]) {
        self.role_queues.reset();
        for queue in queues {
            self.role_queues
                .with_label_values(&[queue.role.as_deref().unwrap_or("")])
                .set(queue.ready);
        }
    }

    /// Shows how replicas are.
    pub fn show_replicas(&self, all: &[ReplicaHealth]) {
        for replica in all {
            let name = [&*replica.name];
            let gauges = &self.replicas;
            if let (Some(ms), Some(bytes)) = (replica.lag_ms, replica.lag_bytes) {
                gauges.seconds.with_label_values(&name).set(ms as f64 / 1_000.0);
                gauges.bytes.with_label_values(&name).set(bytes);
            }
            gauges.serves.with_label_values(&name).set(replica.serves.into());
            self.coordination.show_replica(&replica.name, replica.serves);
            let reads = i64::try_from(replica.reads).unwrap_or(i64::MAX);
            gauges.reads.with_label_values(&name).set(reads);
        }
    }

    /// Counts a call.
    pub fn call(&self, tenant: TenantId, method: &str, ok: bool, took: Duration, at: Millis) {
        let Some(meter) = self.methods.get(method) else { return };
        if ok {
            meter.succeeded.inc()
        } else {
            meter.failed.inc()
        }
        meter.seconds.observe(took.as_secs_f64());
        let Some(tenant) = self.tenant(tenant) else { return };
        let Some(calls) = tenant.methods.get(meter.place) else { return };
        let count = if ok { &calls.succeeded } else { &calls.failed };
        count.fetch_add(1, Ordering::Relaxed);
        let nanos = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
        calls.nanos.fetch_add(nanos, Ordering::Relaxed);
        calls.last_called.store(at.0, Ordering::Relaxed);
    }

    /// Counts a call that came over MCP, beside counting it as a call.
    pub fn mcp_call(&self, tenant: TenantId) {
        if let Some(tenant) = self.tenant(tenant) {
            tenant.mcp_calls.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Counts events that were committed.
    pub fn committed(&self, events: &[Arc<Event>]) {
        self.events.inc_by(events.len() as u64);
        for same in events.chunk_by(|a, b| a.tenant == b.tenant) {
            if let Some(tenant) = same.first().and_then(|event| self.tenant(event.tenant)) {
                tenant.events.fetch_add(same.len() as u64, Ordering::Relaxed);
            }
        }
    }

    /// What is counted for a tenant, from now on if it is a new one.
    fn tenant(&self, id: TenantId) -> Option<Arc<TenantMeter>> {
        if let Some(known) = self.known(id) {
            return Some(known);
        }
        let mut tenants = self.tenants.write().unwrap_or_else(PoisonError::into_inner);
        if tenants.len() >= TENANTS && !tenants.contains_key(&id) {
            return None;
        }
        let fresh = || {
            let methods = self.methods.iter().map(|_| Calls::default()).collect();
            Arc::new(TenantMeter {
                events: AtomicU64::new(0),
                mcp_calls: AtomicU64::new(0),
                methods,
            })
        };
        Some(tenants.entry(id).or_insert_with(fresh).clone())
    }

    fn known(&self, id: TenantId) -> Option<Arc<TenantMeter>> {
        self.tenants.read().unwrap_or_else(PoisonError::into_inner).get(&id).cloned()
    }

    /// The text that Prometheus reads.
    ///
    /// # Errors
    /// A metric that cannot be written.
    pub fn text(&self) -> Result<String, prometheus::Error> {
        TextEncoder::new().encode_to_string(&self.registry.gather())
    }
}

impl Meters for Metrics {
    fn methods(&self, tenant: TenantId) -> Vec<Metered> {
        let Some(tenant) = self.known(tenant) else { return Vec::new() };
        let metered = |(name, meter): (&&'static str, &MethodMeter)| {
            let calls = tenant.methods.get(meter.place)?;
            let at = calls.last_called.load(Ordering::Relaxed);
            (at != 0).then(|| Metered {
                method: name,
                succeeded: calls.succeeded.load(Ordering::Relaxed),
                failed: calls.failed.load(Ordering::Relaxed),
                seconds: Duration::from_nanos(calls.nanos.load(Ordering::Relaxed)).as_secs_f64(),
                last_called: Some(Millis(at)),
            })
        };
        self.methods.iter().filter_map(metered).collect()
    }

    fn events(&self, tenant: TenantId) -> u64 {
        self.known(tenant).map_or(0, |tenant| tenant.events.load(Ordering::Relaxed))
    }

    fn mcp_calls(&self, tenant: TenantId) -> u64 {
        self.known(tenant).map_or(0, |tenant| tenant.mcp_calls.load(Ordering::Relaxed))
    }

    fn memory_bytes(&self) -> u64 {
        // The second number of the file is the resident memory, in pages.
        let pages = std::fs::read_to_string("/proc/self/statm")
            .ok()
            .and_then(|text| text.split_whitespace().nth(1)?.parse::<u64>().ok());
        pages.unwrap_or(0) * 4_096
    }
}
