//! What is counted: each method's calls with handles made at the start, so that counting a call
//! looks nothing up.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use claudebench_core::Millis;
use claudebench_services::{Metered, Meters, methods};
use prometheus::core::Collector;
use prometheus::{
    Gauge, Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, Opts,
    Registry, TextEncoder,
};

/// The counters of one method.
pub struct MethodMeter {
    succeeded: IntCounter,
    failed: IntCounter,
    seconds: Histogram,
    last_called: AtomicI64,
}

impl MethodMeter {
    /// Counts a call.
    pub fn count(&self, ok: bool, seconds: f64, at: Millis) {
        if ok {
            self.succeeded.inc()
        } else {
            self.failed.inc()
        }
        self.seconds.observe(seconds);
        self.last_called.store(at.0, Ordering::Relaxed);
    }
}

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
    methods: HashMap<&'static str, Arc<MethodMeter>>,
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
    /// Events committed.
    pub events: IntCounter,
    /// How long it took to hand on the events of a commit.
    pub event_seconds: Histogram,
    /// Events that subscribers were given, each as often as it was.
    pub events_sent: IntCounter,
    /// Tasks by what they wait for.
    pub queue: [IntGauge; 4],
    /// Instances that are there.
    pub instances: IntGauge,
    /// How well they are: the part of them that was heard of of late.
    pub health: Gauge,
    /// Transactions and writes so far.
    pub commits: [IntGauge; 2],
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
) -> HashMap<&'static str, Arc<MethodMeter>> {
    let meter = |name| MethodMeter {
        succeeded: calls.with_label_values(&[name, "success"]),
        failed: calls.with_label_values(&[name, "error"]),
        seconds: seconds.with_label_values(&[name]),
        last_called: AtomicI64::new(0),
    };
    methods().map(|entry| (entry.name, Arc::new(meter(entry.name)))).collect()
}

impl Metrics {
    /// Makes all counters.
    ///
    /// # Errors
    /// Two of the same name.
    pub fn new() -> Result<Self, prometheus::Error> {
        let registry = Registry::new_custom(Some("claudebench".into()), None)?;
        let calls = IntCounterVec::new(
            Opts::new("jsonrpc_requests_total", "Calls of methods, over any transport"),
            &["method", "status"],
        )?;
        let seconds = HistogramVec::new(
            in_seconds("jsonrpc_request_duration_seconds", "How long calls took"),
            &["method"],
        )?;
        let methods = method_meters(&calls, &seconds);
        let paths = HistogramVec::new(
            in_seconds("http_request_duration_seconds", "How long answers took to begin"),
            &["route"],
        )?;
        let http_seconds = PartSeconds::of(&paths);
        let handing_on = "How long it took to hand the events of a commit on to subscribers";
        let event_seconds =
            Histogram::with_opts(in_seconds("event_processing_duration_seconds", handing_on))?;
        let health = Gauge::new(
            "instance_health_score",
            "The part of all instances that was heard of within half of the time after which one \
             is given up; 1 without any",
        )?;
        let add = |collector: Box<dyn Collector>| registry.register(collector);
        add(Box::new(calls))?;
        add(Box::new(seconds))?;
        add(Box::new(paths))?;
        add(Box::new(event_seconds.clone()))?;
        add(Box::new(health.clone()))?;
        add(Box::new(prometheus::process_collector::ProcessCollector::for_self()))?;
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
            instances: gauge("instances_active", "Instances that are there")?,
            health,
            commits: [
                gauge("store_commits", "Transactions committed since the start")?,
                gauge("store_writes", "Writes committed since the start")?,
            ],
            registry,
        })
    }

    /// The counters of a method.
    #[must_use]
    pub fn method(&self, name: &str) -> Option<&Arc<MethodMeter>> {
        self.methods.get(name)
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
    fn methods(&self) -> Vec<Metered> {
        self.methods
            .iter()
            .map(|(name, meter)| Metered {
                method: name,
                succeeded: meter.succeeded.get(),
                failed: meter.failed.get(),
                seconds: meter.seconds.get_sample_sum(),
                last_called: match meter.last_called.load(Ordering::Relaxed) {
                    0 => None,
                    at => Some(Millis(at)),
                },
            })
            .filter(|metered| metered.last_called.is_some())
            .collect()
    }

    fn memory_bytes(&self) -> u64 {
        // The second number of the file is the resident memory, in pages.
        let pages = std::fs::read_to_string("/proc/self/statm")
            .ok()
            .and_then(|text| text.split_whitespace().nth(1)?.parse::<u64>().ok());
        pages.unwrap_or(0) * 4_096
    }
}
