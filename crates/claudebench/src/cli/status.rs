//! `claudebench status`.

use claudebench_core::lane::PauseScope;
use claudebench_core::{Code, Millis};
use claudebench_services::Method;
use claudebench_services::queue::{ListPauses, PausesListed};
use claudebench_services::system::{
    Health, HealthFound, HealthStatus, Metrics, MetricsFound, ReplicaFound,
};
use claudebench_services::task::{Counts, Stats};
use serde_json::json;

use super::failure::{Exit, Failure, Outcome};
use super::output::{Cell, Style, Table, bytes, count, in_future, span};
use super::session::Session;
use super::values::{Params, name};

/// Show how the server is, and what it has to do
///
/// The exit code is 0 while the server can do its work, and 1 when it cannot.
#[derive(Debug, clap::Args)]
pub(super) struct Status {
    /// Only the tasks of this project
    #[arg(long, value_name = "NAME", value_parser = name)]
    project: Option<String>,
}

/// What was found; what the key may not see is left out.
struct Found {
    url: String,
    health: HealthFound,
    tasks: Option<Counts>,
    metrics: Option<MetricsFound>,
    pauses: Option<PausesListed>,
}

impl Status {
    /// Does it.
    pub(super) async fn run(self, session: &mut Session<'_>) -> Outcome {
        let project = Params::new().maybe("project", self.project);
        let found = Found {
            url: session.client.address().to_string(),
            health: session.get::<Health>(Params::new()).await?,
            tasks: seen::<Stats>(session, project).await?,
            metrics: seen::<Metrics>(session, Params::new().with("detailed", true)).await?,
            pauses: seen::<ListPauses>(session, Params::new()).await?,
        };
        if session.out.for_programs() {
            session.out.json(&json!({
                "url": found.url,
                "health": found.health,
                "tasks": found.tasks,
                "metrics": found.metrics,
                "pauses": found.pauses.as_ref().map(|listed| &listed.pauses),
            }))?;
        } else {
            session.out.table(&found.table(session.out.now()))?;
        }
        match found.health.status {
            HealthStatus::Unhealthy => Err(Failure::Said(Exit::Failed)),
            HealthStatus::Healthy | HealthStatus::Degraded => Ok(()),
        }
    }
}

/// What a method answers, if the key may call it.
async fn seen<M: Method>(session: &Session<'_>, params: Params) -> Outcome<Option<M::Output>> {
    match session.get::<M>(params).await {
        Err(Failure::Client(error)) if error.code() == Some(Code::Forbidden) => Ok(None),
        other => other.map(Some),
    }
}

impl Found {
    fn table(&self, now: Millis) -> Table {
        let mut table = Table::of_fields();
        table.field("server", format!("{}, version {}", self.url, self.health.version));
        let (style, word) = match self.health.status {
            HealthStatus::Healthy => (Style::Green, "healthy"),
            HealthStatus::Degraded => (Style::Yellow, "degraded"),
            HealthStatus::Unhealthy => (Style::Red, "unhealthy"),
        };
        table.field("health", Cell::styled(style, word));
        if let Some(problem) = &self.health.problem {
            table.field("problem", Cell::styled(Style::Red, problem));
        }
        for replica in &self.health.replicas {
            table.field("replica", replica_in_words(replica));
        }
        if let Some(tasks) = &self.tasks {
            for (name, text) in tasks_in_words(tasks) {
                table.field(name, text);
            }
        }
        if let Some(metrics) = &self.metrics {
            for (name, text) in metrics_in_words(metrics, now) {
                table.field(name, text);
            }
        }
        for pause in self.pauses.iter().flat_map(|listed| &listed.pauses) {
            let scope = match &pause.scope {
                PauseScope::All => "all claims".to_owned(),
                PauseScope::Project(name) => format!("project {name}"),
                PauseScope::Role(name) => format!("role {name}"),
                PauseScope::Tag(name) => format!("tag {name}"),
                PauseScope::Worker(name) => format!("worker {name}"),
            };
            let until = pause.until.map(|at| format!(", ends {}", in_future(at, now)));
            let why = pause.reason.as_ref().map(|why| format!(": {why}"));
            let text = format!("{scope}{}{}", until.unwrap_or_default(), why.unwrap_or_default());
            table.field("paused", Cell::styled(Style::Yellow, text));
        }
        table
    }
}

fn replica_in_words(replica: &ReplicaFound) -> Cell {
    let ReplicaFound { name, serves, problem, lag_ms, lag_bytes, .. } = replica;
    let behind = match (lag_ms, lag_bytes) {
        (Some(0), Some(0)) => "up to date".to_owned(),
        (Some(ms), Some(size)) => {
            let size = bytes(u64::try_from(*size).unwrap_or(0));
            format!("{} ms and {size} behind", count(*ms))
        }
        _ => "not reached yet".to_owned(),
    };
    let why = problem.as_ref().map(|problem| format!(": {problem}")).unwrap_or_default();
    if *serves {
        Cell::styled(Style::Green, format!("{name}, {behind}"))
    } else {
        Cell::styled(Style::Yellow, format!("{name}, not read from, {behind}{why}"))
    }
}

fn tasks_in_words(tasks: &Counts) -> Vec<(&'static str, String)> {
    let mut lines = vec![
        ("tasks", count(tasks.total)),
        (
            "pending",
            format!(
                "{}: {} ready, {} scheduled, {} blocked",
                count(tasks.pending),
                count(tasks.ready),
                count(tasks.scheduled),
                count(tasks.blocked)
            ),
        ),
        ("in progress", count(tasks.in_progress)),
        ("completed", count(tasks.completed)),
        ("failed", format!("{}, dead letters {}", count(tasks.failed), count(tasks.dead))),
        ("cancelled", count(tasks.cancelled)),
    ];
    if let Some(age) = tasks.oldest_ready_age_ms {
        lines.push(("longest wait", span(age)));
    }
    lines
}

fn metrics_in_words(metrics: &MetricsFound, now: Millis) -> Vec<(&'static str, String)> {
    let mut lines = Vec::new();
    if let Some(details) = &metrics.details {
        let since = Millis(details.current.metrics_start_time);
        lines.push(("up", span(now.since(since))));
        lines.push(("workers", count(i64::try_from(details.scaling.instance_count).unwrap_or(0))));
    }
    lines.push(("events", count(metrics.events_processed)));
    lines.push(("memory", format!("{:.0} MB", metrics.memory_usage.0)));
    lines.push(("a call takes", format!("{:.2} ms on average", metrics.average_latency.0)));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_going_on_fits_on_a_screen() {
        let found = Found {
            url: "http://127.0.0.1:3000".into(),
            health: serde_json::from_value(json!({
                "status": "healthy", "version": "0.1.0",
                "services": {"redis": true, "postgres": true, "mcp": false},
                "replicas": [
                    {"name": "db2:5432", "serves": true, "lagging": false, "lagMs": 0,
                     "lagBytes": 0},
                    {"name": "db3:5432", "serves": false, "lagging": true, "lagMs": 1500,
                     "lagBytes": 2_097_152, "problem": "connection refused"},
                ],
            }))
            .unwrap(),
            tasks: serde_json::from_value(json!({
                "total": 1234, "pending": 16, "inProgress": 4, "completed": 1200, "failed": 2,
                "cancelled": 12, "ready": 12, "scheduled": 3, "blocked": 1, "dead": 1,
                "oldestReadyAgeMs": 61_000,
            }))
            .ok(),
            metrics: serde_json::from_value(json!({
                "eventsProcessed": 5000, "tasksCompleted": 1200, "averageLatency": 1.234,
                "memoryUsage": 38.2,
            }))
            .ok(),
            pauses: serde_json::from_value(json!({"pauses": [
                {"scope": {"project": "site"}, "reason": "release", "pausedBy": "ada",
                 "pausedAt": "1970-01-01T00:00:00Z", "until": "1970-01-01T00:01:00Z"},
            ]}))
            .ok(),
        };
        assert_eq!(
            found.table(Millis(0)).render(None, false),
            "server        http://127.0.0.1:3000, version 0.1.0\n\
             health        healthy\n\
             replica       db2:5432, up to date\n\
             replica       db3:5432, not read from, 1,500 ms and 2.0 MB behind: connection refused\n\
             tasks         1,234\n\
             pending       16: 12 ready, 3 scheduled, 1 blocked\n\
             in progress   4\n\
             completed     1,200\n\
             failed        2, dead letters 1\n\
             cancelled     12\n\
             longest wait  1m 1s\n\
             events        5,000\n\
             memory        38 MB\n\
             a call takes  1.23 ms on average\n\
             paused        project site, ends in 1m: release\n"
        );
    }
}
