//! What all who take part share: the server, the pace, what was done, and whether it is over.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use claudebench_core::time::SystemClock;
use claudebench_core::{Clock, Code};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::sync::{mpsc, watch};

use super::Demo;
use crate::bench::bed::BenchError;
use crate::client::{Address, Client, ClientError};

/// The tag of every task of the demonstration: nobody else's are touched.
pub(super) const TAG: &str = "demo";
/// How long a claim waits for work, in milliseconds.
pub(super) const WAIT_MS: u64 = 20_000;
/// How long a call may take.
const PATIENCE: Duration = Duration::from_secs(40);
/// How often a call is tried while the server has no room, or is away for a moment.
const TRIES: usize = 20;
const AGAIN: Duration = Duration::from_millis(500);

/// What all share.
pub(super) struct Stage {
    client: Client,
    pub(super) demo: Demo,
    pub(super) counts: Counts,
    tell: mpsc::Sender<String>,
    stopping: watch::Receiver<bool>,
    clock: SystemClock,
}

impl Stage {
    /// And what ends it.
    pub(super) fn new(
        demo: Demo,
        client: Client,
        tell: mpsc::Sender<String>,
    ) -> (Arc<Self>, watch::Sender<bool>) {
        let (stop, stopping) = watch::channel(false);
        let counts = Counts::default();
        let clock = SystemClock::default();
        (Arc::new(Self { client, demo, counts, tell, stopping, clock }), stop)
    }

    pub(super) fn address(&self) -> &Address {
        self.client.address()
    }

    /// Says something. Whoever does not listen misses it.
    pub(super) fn tell(&self, what: impl Into<String>) {
        let _ = self.tell.try_send(what.into());
    }

    /// Now, in milliseconds since 1970.
    pub(super) fn now(&self) -> i64 {
        self.clock.now().0
    }

    pub(super) fn is_over(&self) -> bool {
        *self.stopping.borrow()
    }

    /// So long in the time of the demonstration.
    pub(super) fn time(&self, seconds: f64) -> Duration {
        Duration::from_secs_f64(seconds / self.demo.speed)
    }

    /// The same in milliseconds.
    pub(super) fn millis(&self, seconds: f64) -> u64 {
        u64::try_from(self.time(seconds).as_millis()).unwrap_or(u64::MAX).max(1)
    }

    /// Waits for so long; says whether it goes on.
    pub(super) async fn rest(&self, seconds: f64) -> bool {
        let end = tokio::time::Instant::now() + self.time(seconds);
        tokio::select! {
            () = self.stopped() => false,
            () = tokio::time::sleep_until(end) => true,
        }
    }

    async fn stopped(&self) {
        // Whoever held the other end is gone: that is a stop, too.
        let _ = self.stopping.clone().wait_for(|stopping| *stopping).await;
    }

    /// Calls a method. Nothing if the server says no: things change under the hands of a fleet.
    pub(super) async fn call<T: DeserializeOwned>(
        &self,
        method: &str,
        params: &Value,
    ) -> Result<Option<T>, BenchError> {
        let mut tries = 0;
        loop {
            tries += 1;
            let error = match self.client.call_within(method, params, PATIENCE).await {
                Ok(answer) => return Ok(Some(answer)),
                Err(error) => error,
            };
            match &error {
                error if error.passes() && tries < TRIES => {
                    tokio::time::sleep_until(tokio::time::Instant::now() + AGAIN).await;
                }
                ClientError::Refused(said) if !error.passes() && !is_ours(said.code) => {
                    return Ok(None);
                }
                _ => return Err(BenchError::Asked(format!("{method}: {error}"))),
            }
        }
    }

    /// The same while it goes on: nothing if it is over before the answer.
    pub(super) async fn call_while_on<T: DeserializeOwned>(
        &self,
        method: &str,
        params: &Value,
    ) -> Result<Option<T>, BenchError> {
        tokio::select! {
            biased;
            () = self.stopped() => Ok(None),
            answer = self.call(method, params) => answer,
        }
    }

    /// Calls a method for what it does.
    pub(super) async fn do_call(&self, method: &str, params: &Value) -> Result<bool, BenchError> {
        Ok(self.call::<Value>(method, params).await?.is_some())
    }
}

/// Whether a refusal is the fault of the call, or of who makes it.
fn is_ours(code: Code) -> bool {
    use Code::{Forbidden, InvalidParams, MethodNotFound, TooLarge, Unauthorized};
    matches!(code, InvalidParams | Unauthorized | Forbidden | MethodNotFound | TooLarge)
}

/// What was done.
#[derive(Debug, Default)]
pub(super) struct Counts {
    pub(super) created: AtomicU64,
    pub(super) completed: AtomicU64,
    pub(super) failed: AtomicU64,
    pub(super) dead: AtomicU64,
    pub(super) cancelled: AtomicU64,
    pub(super) blocked: AtomicU64,
    pub(super) commits: AtomicU64,
    pub(super) pauses: AtomicU64,
}

/// One more.
pub(super) fn count(of: &AtomicU64) {
    of.fetch_add(1, Ordering::Relaxed);
}

impl Counts {
    pub(super) fn sums(&self) -> Sums {
        let of = |count: &AtomicU64| count.load(Ordering::Relaxed);
        Sums {
            created: of(&self.created),
            completed: of(&self.completed),
            failed_attempts: of(&self.failed),
            dead_letters: of(&self.dead),
            cancelled: of(&self.cancelled),
            blocked_tool_calls: of(&self.blocked),
            commits: of(&self.commits),
            pauses: of(&self.pauses),
        }
    }
}

/// What was done so far.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Sums {
    created: u64,
    completed: u64,
    failed_attempts: u64,
    dead_letters: u64,
    cancelled: u64,
    blocked_tool_calls: u64,
    commits: u64,
    pauses: u64,
}

impl fmt::Display for Sums {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} tasks made, {} completed, {} attempts failed, {} dead letters, {} cancelled, {} tool calls \
             not let through, {} commits, {} pauses",
            self.created,
            self.completed,
            self.failed_attempts,
            self.dead_letters,
            self.cancelled,
            self.blocked_tool_calls,
            self.commits,
            self.pauses
        )
    }
}
