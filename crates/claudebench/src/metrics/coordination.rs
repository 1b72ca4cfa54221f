//! What is shown of what servers share: Redis, rates, events between servers, the last minutes.

use claudebench_coordination::breaker::BreakerState;
use claudebench_coordination::cache::CacheStatus;
use claudebench_coordination::limits::LimiterStatus;
use claudebench_coordination::redis::{LinkStatus, Links};
use claudebench_coordination::relay::RelayStatus;
use claudebench_coordination::windows::{MINUTES, Seen};
use prometheus::{GaugeVec, IntGauge, IntGaugeVec, Opts, Registry};

/// How a breaker that stands so is shown.
const CLOSED: i64 = 0;
const OPEN: i64 = 2;

/// What is shown of links to Redis.
const FIGURES: [&str; 4] = ["calls", "failed", "opened", "connected"];

/// How what servers share is.
pub struct Coordination {
    breakers: IntGaugeVec,
    redis: IntGaugeVec,
    clusters: IntGaugeVec,
    rates: IntGaugeVec,
    relay: IntGaugeVec,
    cache: IntGaugeVec,
    servers: IntGauge,
    fleet_connections: IntGauge,
    windows: GaugeVec,
}

impl Coordination {
    pub(super) fn new(registry: &Registry) -> Result<Self, prometheus::Error> {
        let gauge = |name: &str, help: &str, label: &str| {
            let gauge = IntGaugeVec::new(Opts::new(name, help), &[label])?;
            registry.register(Box::new(gauge.clone()))?;
            Ok::<_, prometheus::Error>(gauge)
        };
        let clusters = IntGaugeVec::new(
            Opts::new("redis_cluster", "The same, of each of several clusters"),
            &["cluster", "figure"],
        )?;
        registry.register(Box::new(clusters.clone()))?;
        let number = |name: &str, help: &str| {
            let gauge = IntGauge::new(name, help)?;
            registry.register(Box::new(gauge.clone()))?;
            Ok::<_, prometheus::Error>(gauge)
        };
        let windows = GaugeVec::new(
            Opts::new(
                "window",
                "What went on in the last minutes, over all servers that share a Redis",
            ),
            &["minutes", "figure"],
        )?;
        registry.register(Box::new(windows.clone()))?;
        Ok(Self {
            servers: number("servers", "Servers that share a Redis, this one included")?,
            fleet_connections: number("fleet_connections", "Open connections of all of them")?,
            windows,
            clusters,
            breakers: gauge(
                "circuit_breaker_state",
                "How a circuit breaker stands: 0 closed, 1 half open, 2 open",
                "name",
            )?,
            redis: gauge(
                "redis",
                "Calls of Redis since the start, and what became of them",
                "figure",
            )?,
            cache: gauge(
                "cache",
                "Reads of tasks by who answered (memory, redis, persistent, store, or another read under \
                 way: joined) and entries filled, since the start; entries and their bytes now",
                "figure",
            )?,
            relay: gauge(
                "relay",
                "Commits on their way between servers since the start: sent, left to the store, \
                 heard of others",
                "figure",
            )?,
            rates: gauge("rate_limits", "Calls by what the rates said, since the start", "figure")?,
        })
    }

    /// Shows how the links to Redis are: together, the breaker as it stands where it is worst, and each of several.
    pub fn show_redis(&self, links: &Links) {
        let (mut all, mut worst) = ([0; 4], 0);
        for link in links.each() {
            let LinkStatus { state, calls, failed, opened, connected } = link.status();
            let state = match state {
                BreakerState::Closed => CLOSED,
                BreakerState::HalfOpen => 1,
                BreakerState::Open => OPEN,
            };
            let figures = [calls, failed, opened, connected];
            all.iter_mut().zip(figures).for_each(|(sum, figure)| *sum += figure);
            worst = worst.max(state);
            if links.are_several() {
                let name = link.name();
                self.breakers.with_label_values(&[&*format!("redis:{name}")]).set(state);
                for (figure, value) in FIGURES.iter().zip(figures) {
                    let value = i64::try_from(value).unwrap_or(i64::MAX);
                    self.clusters.with_label_values(&[name, figure]).set(value);
                }
            }
        }
        self.breakers.with_label_values(&["redis"]).set(worst);
        for (figure, value) in FIGURES.into_iter().zip(all) {
            show(&self.redis, &[(figure, value)]);
        }
    }

    /// Shows how the breaker of a replica stands: reads go there, or it is looked at beside them until they may.
    pub fn show_replica(&self, name: &str, serves: bool) {
        let state = if serves { CLOSED } else { OPEN };
        self.breakers.with_label_values(&[&*format!("replica:{name}")]).set(state);
    }

    /// Shows what went on of late over all servers.
    pub fn show_signals(&self, seen: &Seen, servers: u32) {
        let gauges = self;
        gauges.servers.set(servers.into());
        gauges.fleet_connections.set(i64::try_from(seen.connections).unwrap_or(i64::MAX));
        for (minutes, counted) in MINUTES.into_iter().zip(&seen.windows) {
            #[allow(clippy::cast_precision_loss, reason = "for a chart")]
            let figures = [
                ("calls", counted.calls as f64),
                ("error_rate", counted.error_rate()),
                ("average_ms", counted.average_ms()),
                ("p95_ms", counted.took.percentile(95).unwrap_or(0) as f64),
            ];
            for (figure, value) in figures {
                gauges.windows.with_label_values(&[&*minutes.to_string(), figure]).set(value);
            }
        }
    }

    /// Shows what went between servers.
    pub fn show_relay(&self, relay: &RelayStatus) {
        let RelayStatus { sent, left, heard } = *relay;
        show(&self.relay, &[("sent", sent), ("left", left), ("heard", heard)]);
    }

    /// Shows what was read from where.
    pub fn show_cache(&self, cache: &CacheStatus) {
        let CacheStatus { memory, redis, persistent, store, joined, filled, entries, bytes } =
            *cache;
        let figures = [
            ("memory", memory),
            ("redis", redis),
            ("persistent", persistent),
            ("store", store),
            ("joined", joined),
            ("filled", filled),
            ("entries", entries),
            ("bytes", bytes),
        ];
        show(&self.cache, &figures);
    }

    /// Shows what the rates of callers have done.
    pub fn show_rates(&self, rates: &LimiterStatus) {
        let figures = [
            ("allowed", rates.allowed),
            ("refused", rates.refused),
            ("fetched", rates.fetched),
            ("failed", rates.failed),
            ("servers", rates.servers.into()),
        ];
        show(&self.rates, &figures);
    }
}

fn show(gauges: &IntGaugeVec, figures: &[(&str, u64)]) {
    for (name, value) in figures {
        gauges.with_label_values(&[name]).set(i64::try_from(*value).unwrap_or(i64::MAX));
    }
}
