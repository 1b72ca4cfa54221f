//! Whether the server lives, whether it may take traffic, and what it counts. Answered even when
//! nothing else is.

use std::time::Duration;

use claudebench_core::TenantId;
use hyper::{Response, StatusCode};
use serde_json::json;

use super::App;
use super::answer::{self, Body};

/// How long a scrape waits for the depths of the queue.
const PATIENCE: Duration = Duration::from_millis(500);

/// The answer to one of these paths.
pub(super) async fn answer(app: &App, path: &str) -> Option<Response<Body>> {
    Some(match path {
        "/healthz" => answer::json(StatusCode::OK, r#"{"status":"alive"}"#),
        "/readyz" => ready(app).await,
        "/metrics" => metrics(app).await,
        _ => return None,
    })
}

async fn ready(app: &App) -> Response<Body> {
    let problem = if *app.shared.stopping.borrow() {
        Some("the server is stopping".to_owned())
    } else {
        match app.shared.store.health().await {
            Ok(health) => health.problem,
            Err(error) => Some(error.to_string()),
        }
    };
    match problem {
        None => answer::json(StatusCode::OK, r#"{"status":"ready"}"#),
        Some(problem) => {
            let body = json!({ "status": "not ready", "problem": problem });
            answer::json(StatusCode::SERVICE_UNAVAILABLE, body.to_string())
        }
    }
}

async fn metrics(app: &App) -> Response<Body> {
    let metrics = &app.metrics;
    // Under overload the depths are those of the last time: the rest is told all the same.
    let stats = app.shared.store.stats(TenantId::DEFAULT, None);
    if let Ok(Ok(stats)) = tokio::time::timeout(PATIENCE, stats).await {
        let in_progress = stats.of(claudebench_core::Status::InProgress);
        let depths = [stats.ready, in_progress, stats.scheduled, stats.blocked];
        for (gauge, depth) in metrics.queue.iter().zip(depths) {
            gauge.set(depth);
        }
    }
    let number = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    let (commits, writes) = app.shared.committer.totals();
    for (gauge, total) in metrics.commits.iter().zip([commits, writes]) {
        gauge.set(number(total));
    }
    metrics.instances.set(number(app.shared.presence.count() as u64));
    match metrics.text() {
        Ok(text) => answer::with_type(StatusCode::OK, "text/plain; version=0.0.4", text),
        Err(error) => {
            let body = json!({ "status": "failed", "problem": error.to_string() });
            answer::json(StatusCode::INTERNAL_SERVER_ERROR, body.to_string())
        }
    }
}
