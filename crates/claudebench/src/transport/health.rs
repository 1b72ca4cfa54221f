//! Whether the server lives, whether it may take traffic, and what it counts. Answered even when
//! nothing else is.

use std::future::Future;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use claudebench_coordination::Since;
use claudebench_core::{Code, Error, Scope, Status, TenantId};
use claudebench_services::Context;
use hyper::header::{HeaderMap, HeaderValue, RETRY_AFTER};
use hyper::{Method, Response, StatusCode};
use serde_json::json;
use tokio::time::timeout;

use super::App;
use super::answer::{self, Body};
use super::forwarded::Client;

/// How long the store may take to say how it is. What it said last counts else.
const PATIENCE: Duration = Duration::from_millis(500);

/// What was wrong with the store when it said so last.
#[derive(Default)]
pub struct Seen(Mutex<Option<String>>);

impl Seen {
    /// What is wrong by what the store says now, if it says it in time.
    async fn problem<E: ToString>(
        &self,
        said: impl Future<Output = Result<Option<String>, E>>,
    ) -> Option<String> {
        let said = timeout(PATIENCE, said).await;
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Ok(said) = said {
            *last = said.unwrap_or_else(|error| Some(error.to_string()));
        }
        last.clone()
    }
}

/// The answer to one of the paths that are open to everybody.
pub(super) async fn answer(app: &App, path: &str) -> Option<Response<Body>> {
    match path {
        "/healthz" => Some(alive()),
        "/readyz" => Some(ready(app).await),
        _ => None,
    }
}

/// The answer of a process that lives.
pub(super) fn alive() -> Response<Body> {
    answer::json(StatusCode::OK, r#"{"status":"alive"}"#)
}

/// The answer of a server that takes no work, with the reason.
pub(super) fn not_ready(problem: &str) -> Response<Body> {
    let body = json!({ "status": "not ready", "problem": problem });
    let mut response = answer::json(StatusCode::SERVICE_UNAVAILABLE, body.to_string());
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(1));
    response
}

async fn ready(app: &App) -> Response<Body> {
    let problem = if app.refuses() {
        Some("the server is stopping".to_owned())
    } else {
        let health = async { app.shared.store.health().await.map(|health| health.problem) };
        app.seen.problem(health).await
    };
    match problem {
        Some(problem) => not_ready(&problem),
        None => answer::json(StatusCode::OK, r#"{"status":"ready"}"#),
    }
}

/// `GET /metrics`: of the whole server, so only for those who look after it.
pub(super) async fn metrics(app: &App, client: &Client, headers: &HeaderMap) -> Response<Body> {
    if let Err(error) = may_see_all(app, client, headers).await {
        return answer::error(&error);
    }
    let metrics = &app.metrics;
    if let Ok(Ok(stats)) = timeout(PATIENCE, app.shared.store.totals()).await {
        let in_progress = stats.of(Status::InProgress);
        let depths = [stats.ready, in_progress, stats.scheduled, stats.blocked];
        for (gauge, depth) in metrics.queue.iter().zip(depths) {
            gauge.set(depth);
        }
    }
    let now = app.shared.clock.now();
    let queues = app.shared.role_queues.look(&*app.shared.store, now);
    if let Ok(Ok(queues)) = timeout(PATIENCE, queues).await {
        metrics.show_role_queues(&queues);
    }
    if let Ok(Ok(figures)) = timeout(PATIENCE, app.shared.store.figures()).await {
        for (name, value) in figures {
            metrics.database.with_label_values(&[name]).set(value);
        }
    }
    let number = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    let (commits, writes) = app.shared.committer.totals();
    for (gauge, total) in metrics.commits.iter().zip([commits, writes]) {
        gauge.set(number(total));
    }
    if let Some(replicas) = app.shared.store.replicas() {
        metrics.show_replicas(&replicas.borrow());
    }
    if let Some(redis) = &app.shared.redis {
        metrics.coordination.show_redis(redis);
    }
    if let Some(cache) = &app.shared.cache {
        metrics.coordination.show_cache(&cache.status());
    }
    metrics.coordination.show_rates(&app.rates.status());
    if let Some(relay) = &app.relay {
        metrics.coordination.show_relay(&relay.status());
    }
    let signals = &app.shared.signals;
    metrics.coordination.show_signals(&signals.look(now).await, signals.servers().0);
    let instances = &app.config.instances;
    let half = Since {
        sessions: now.plus(-instances.session_silence_ms / 2),
        others: now.plus(-instances.silence_ms / 2),
    };
    let presence = &app.shared.presence;
    let (there, well) = presence.heard_since(half);
    metrics.instances.set(number(there as u64));
    metrics.health.set(if there == 0 { 1.0 } else { well as f64 / there as f64 });
    match metrics.text() {
        Ok(text) => answer::with_type(StatusCode::OK, "text/plain; version=0.0.4", text),
        Err(error) => {
            let body = json!({ "status": "failed", "problem": error.to_string() });
            answer::json(StatusCode::INTERNAL_SERVER_ERROR, body.to_string())
        }
    }
}

/// Refuses whoever may not read the state of the system, or looks after one tenant alone.
async fn may_see_all(app: &App, client: &Client, headers: &HeaderMap) -> Result<(), Error> {
    let principal = app.auth.known(client, &Method::GET, headers).await?.principal;
    let cx = Context::new(app.shared.clone(), principal);
    cx.allow("/metrics", Scope::SystemRead)?;
    if cx.tenant() == TenantId::DEFAULT {
        return Ok(());
    }
    let message = "/metrics counts what all tenants do: it takes a key of the tenant `default`; \
                   system.metrics counts for yours";
    Err(Error::new(Code::Forbidden, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_store_that_does_not_answer_is_as_it_was() {
        let seen = Seen::default();
        let silent = || std::future::pending::<Result<Option<String>, String>>();
        let said = |what: Option<&str>| {
            let what = what.map(str::to_owned);
            async move { Ok::<_, String>(what) }
        };
        assert_eq!(seen.problem(said(Some("full"))).await.as_deref(), Some("full"));
        assert_eq!(seen.problem(silent()).await.as_deref(), Some("full"));
        assert_eq!(seen.problem(said(None)).await, None);
    }
}
