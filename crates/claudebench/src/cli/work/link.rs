//! What a worker asks of its server, again and again while that is away.

use std::sync::Arc;
use std::time::Duration;

use claudebench_core::{Code, Error};
use claudebench_services::Method;
use claudebench_services::task;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::client::{Client, ClientError};

const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// After so many tries, a minute or so, it is told again.
const TOLD: u32 = 15;

/// What a worker wants to work on.
#[derive(Clone, Debug, Default)]
pub(super) struct Wanted {
    pub(super) roles: Vec<String>,
    pub(super) project: Option<String>,
    pub(super) tags: Vec<String>,
    pub(super) lease: Duration,
}

/// A worker's way to its server.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) client: Arc<Client>,
    /// The name that it is registered by.
    pub(super) worker: String,
    pub(super) timeout: Duration,
    /// What nobody else's idempotency keys begin with.
    pub(super) run: String,
    pub(super) wanted: Wanted,
}

/// A claim, which may have to be repeated.
#[derive(Clone, Debug)]
pub(super) struct Claim {
    pub(super) key: String,
    pub(super) most: usize,
    pub(super) wait: Duration,
}

/// What was claimed.
pub(super) struct Claimed {
    pub(super) tasks: Vec<Arc<task::Task>>,
    /// The answer came at the first try: the leases have just begun.
    pub(super) fresh: bool,
}

impl Link {
    /// Calls a method once.
    pub(super) async fn once<T: DeserializeOwned>(
        &self,
        method: &str,
        params: &impl Serialize,
        timeout: Duration,
    ) -> Result<T, ClientError> {
        self.client.call_within(method, params, timeout).await
    }

    /// Calls a method until it is answered: with a refusal, if need be.
    pub(super) async fn insist<T: DeserializeOwned>(
        &self,
        method: &str,
        params: &impl Serialize,
    ) -> Result<T, ClientError> {
        let mut pauses = Pauses::new();
        loop {
            match self.once(method, params, self.timeout).await {
                Err(error) if may_pass(&error) => pauses.rest(method, &error).await,
                answered => return answered,
            }
        }
    }

    /// Registers the worker.
    pub(super) async fn register(&self, about: &Value) -> Result<(), ClientError> {
        let params = json!({
            "id": self.worker, "roles": self.wanted.roles, "metadata": about,
        });
        let _: Value = self.insist("system.register", &params).await?;
        Ok(())
    }

    /// Ends the registration: all that the worker still holds goes back.
    pub(super) async fn unregister(&self, at_ms: i64) -> Result<(), ClientError> {
        let params = json!({
            "instanceId": self.worker, "sessionId": self.worker, "timestamp": at_ms,
        });
        let _: Value = self.once("system.unregister", &params, self.timeout).await?;
        Ok(())
    }

    /// Claims tasks, and registers again where that is needed. The same claim can be repeated: its
    /// key has the server answer as before.
    pub(super) async fn claim(&self, claim: &Claim, about: &Value) -> Result<Claimed, ClientError> {
        let mut params = json!({
            "workerId": self.worker,
            "maxTasks": claim.most,
            "waitMs": ms(claim.wait),
            "leaseMs": ms(self.wanted.lease),
            "idempotencyKey": claim.key,
        });
        if let Some(project) = &self.wanted.project {
            params["project"] = project.as_str().into();
        }
        if !self.wanted.tags.is_empty() {
            params["tags"] = self.wanted.tags.clone().into();
        }
        let timeout = self.timeout.saturating_add(claim.wait);
        let mut pauses = Pauses::new();
        let mut fresh = true;
        loop {
            let answer: Result<task::Claimed, _> =
                self.once(task::Claim::NAME, &params, timeout).await;
            match answer {
                Ok(claimed) => return Ok(Claimed { tasks: claimed.tasks, fresh }),
                Err(error) if is_unregistered(&error) => {
                    tracing::info!(
                        worker = self.worker,
                        "the server does not know this worker any more"
                    );
                    self.register(about).await?;
                }
                Err(error) if may_pass(&error) => {
                    fresh = false;
                    pauses.rest(task::Claim::NAME, &error).await;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// A key that says what a call is about.
    pub(super) fn key(&self, about: impl std::fmt::Display) -> String {
        format!("{}-{about}", self.run)
    }
}

/// Milliseconds, as params have them.
pub(super) fn ms(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// Whether the same call may go through later. What answers in a server's stead, such as a proxy that
/// has lost it, is as good as nobody.
pub(super) fn may_pass(error: &ClientError) -> bool {
    error.passes() || matches!(error, ClientError::Foreign { .. })
}

fn is_unregistered(error: &ClientError) -> bool {
    let ClientError::Refused(Error { code: Code::NotFound, details, .. }) = error else {
        return false;
    };
    details.get("workerId").is_some()
}

/// The pauses between tries, which become longer.
pub(super) struct Pauses {
    next: Duration,
    tries: u32,
    since: Instant,
}

impl Pauses {
    pub(super) fn new() -> Self {
        Self { next: FIRST_PAUSE, tries: 0, since: Instant::now() }
    }

    /// Waits before the next try.
    pub(super) async fn rest(&mut self, method: &str, error: &ClientError) {
        let pause = self.pause(asked_for(error));
        let (away_s, again_ms) = (self.since.elapsed().as_secs(), ms(pause));
        if self.tries == 1 {
            tracing::warn!(method, %error, again_ms, "the server does not take a call; it is tried again");
        } else if self.tries.is_multiple_of(TOLD) {
            tracing::warn!(method, %error, away_s, "the server still does not take a call");
        } else {
            tracing::debug!(method, %error, away_s, again_ms, "still not");
        }
        rest(pause).await;
    }

    fn pause(&mut self, asked_for: Option<Duration>) -> Duration {
        self.tries += 1;
        let pause = self.next.max(asked_for.unwrap_or_default()).min(LONGEST_PAUSE);
        self.next = (self.next * 2).min(LONGEST_PAUSE);
        // A fleet does not come back all at once.
        pause.mul_f64(0.5 + 0.5 * chance())
    }
}

/// How long the server wants to be left alone.
fn asked_for(error: &ClientError) -> Option<Duration> {
    let ClientError::Refused(error) = error else { return None };
    error.details.get("retryAfterMs").and_then(Value::as_u64).map(Duration::from_millis)
}

/// Waits for so long.
#[allow(clippy::disallowed_methods, reason = "there is nothing else to wait on")]
pub(super) async fn rest(pause: Duration) {
    tokio::time::sleep(pause).await;
}

/// 0 to 1.
fn chance() -> f64 {
    getrandom::u32().map_or(0.5, |number| f64::from(number) / f64::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_become_longer_and_end_somewhere() {
        let mut pauses = Pauses::new();
        let first = pauses.pause(None);
        assert!(first <= FIRST_PAUSE && first >= FIRST_PAUSE / 2, "{first:?}");
        for _ in 0..20 {
            pauses.pause(None);
        }
        let last = pauses.pause(None);
        assert!(last <= LONGEST_PAUSE && last >= LONGEST_PAUSE / 2, "{last:?}");
        let asked = Pauses::new().pause(Some(Duration::from_secs(2)));
        assert!(asked >= Duration::from_secs(1), "{asked:?}");
    }
}
