//! Keeps the lease of one task, and says when the work on it has to stop.

use std::time::Duration;

use claudebench_core::{Code, TaskId};
use claudebench_services::Method;
use claudebench_services::task;
use serde_json::json;
use tokio::sync::{broadcast, watch};
use tokio::time::{Instant, sleep_until};

use super::fleet::Phase;
use super::link::{Link, ms};
use crate::client::ClientError;

/// The longest time between two signs of life, so that nobody waits for long who calls a task off.
const LONGEST: Duration = Duration::from_secs(10);
/// The pause after a sign that was not taken, of leases that leave room for it.
const AGAIN: Duration = Duration::from_secs(1);

/// Why the work has to stop.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Halt {
    /// It was called off.
    Cancelled(String),
    /// Somebody else may have the task by now.
    Lost(String),
    /// The deadline of the attempt, by the server, or the limit of this worker.
    TooLong(String),
    /// The worker stops, and waits no longer.
    Stopping,
}

impl std::fmt::Display for Halt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Cancelled(why) if why.is_empty() => f.write_str("it was called off"),
            Self::Cancelled(why) => write!(f, "it was called off: {why}"),
            Self::Lost(why) => write!(f, "the lease is lost: {why}"),
            Self::TooLong(why) => f.write_str(why),
            Self::Stopping => f.write_str("the worker stops"),
        }
    }
}

/// The lease of one task.
pub(super) struct Lease<'a> {
    link: &'a Link,
    task: TaskId,
    fence: i64,
    /// Until then nobody else has it.
    ends: Instant,
    /// When the attempt must be over, and what is told then.
    limit: Option<(Instant, String)>,
    phase: watch::Receiver<Phase>,
    cancels: broadcast::Receiver<TaskId>,
}

impl<'a> Lease<'a> {
    pub(super) fn new(
        link: &'a Link,
        task: &task::Task,
        time_limit: Option<Duration>,
        (phase, cancels): (watch::Receiver<Phase>, broadcast::Receiver<TaskId>),
    ) -> Option<Self> {
        let lease = task.lease.as_ref()?;
        let now = Instant::now();
        // How late it was there when the lease began: its own end tells.
        let began = lease.expires_at.plus(-i64::try_from(ms(link.wanted.lease)).unwrap_or(0));
        let deadline = lease.deadline_at.map(|at| {
            let left = u64::try_from(at.since(began)).unwrap_or(0);
            // What has ended by then can still be told.
            let left = Duration::from_millis(left);
            let early = (left / 10).min(Duration::from_secs(2));
            let what = format!("the deadline of the attempt, {left:?}, is over");
            (now + left.saturating_sub(early), what)
        });
        let own = time_limit
            .map(|limit| (now + limit, format!("it took longer than the time limit of {limit:?}")));
        let limit = deadline.into_iter().chain(own).min_by_key(|(at, _)| *at);
        let ends = now + link.wanted.lease;
        Some(Self { link, task: task.id, fence: lease.fence, ends, limit, phase, cancels })
    }

    /// Gives signs of life until the work has to stop; says why it has.
    pub(super) async fn keep(&mut self) -> Halt {
        let every = (self.link.wanted.lease / 3).min(LONGEST);
        let mut next = Instant::now() + every;
        loop {
            let limit = self.limit.as_ref().map(|(at, _)| *at);
            let sent_and_answer = async {
                tokio::select! {
                    () = sleep_until(next) => {}
                    () = called_off(&mut self.cancels, self.task) => {}
                }
                sign(self.link, self.task, self.fence).await
            };
            let sign = tokio::select! {
                biased;
                () = at_least(&mut self.phase, Phase::Killing) => return Halt::Stopping,
                () = reached(limit) => {
                    let told = self.limit.take().map(|(_, told)| told);
                    return Halt::TooLong(told.unwrap_or_default());
                }
                () = sleep_until(self.ends) => {
                    let what = "the server has not answered for as long as it lasts";
                    return Halt::Lost(what.into());
                }
                sign = sent_and_answer => sign,
            };
            match sign {
                Ok(Sign::Taken(sent)) => {
                    self.ends = sent + self.link.wanted.lease;
                    next = Instant::now() + every;
                }
                Ok(Sign::Stop(halt)) => return halt,
                Err(error) => {
                    tracing::warn!(task = %self.task, %error, "a sign of life was not taken");
                    next = Instant::now() + AGAIN.min(every / 2);
                }
            }
        }
    }

    /// Makes sure that the lease still holds, where its claim took some time. Says why not.
    pub(super) async fn renew(&mut self) -> Option<Halt> {
        match sign(self.link, self.task, self.fence).await {
            Ok(Sign::Taken(sent)) => {
                self.ends = sent + self.link.wanted.lease;
                None
            }
            Ok(Sign::Stop(halt)) => Some(halt),
            Err(error) => Some(Halt::Lost(error.to_string())),
        }
    }
}

/// What became of a sign of life.
enum Sign {
    /// The lease lasts as long again as from then on.
    Taken(Instant),
    Stop(Halt),
}

/// One sign of life.
async fn sign(link: &Link, task: TaskId, fence: i64) -> Result<Sign, ClientError> {
    let params = json!({
        "id": task, "fence": fence, "workerId": link.worker, "leaseMs": ms(link.wanted.lease),
    });
    let sent = Instant::now();
    // A server that does not answer is asked again while the lease lasts.
    let timeout = link.timeout.min(link.wanted.lease / 3).min(LONGEST);
    match link.once::<task::Beaten>(task::Heartbeat::NAME, &params, timeout).await {
        Ok(done) if done.cancelled => {
            Ok(Sign::Stop(Halt::Cancelled(done.cancel_reason.unwrap_or_default())))
        }
        Ok(_) => Ok(Sign::Taken(sent)),
        Err(error) => match error.code() {
            Some(Code::StaleFence | Code::NotFound | Code::Conflict) => {
                Ok(Sign::Stop(Halt::Lost(error.to_string())))
            }
            _ => Err(error),
        },
    }
}

/// Waits until the worker is that far with its end.
pub(super) async fn at_least(phase: &mut watch::Receiver<Phase>, wanted: Phase) {
    if phase.wait_for(|phase| *phase >= wanted).await.is_err() {
        std::future::pending().await
    }
}

/// Waits until then; for ever without one.
pub(super) async fn reached(at: Option<Instant>) {
    match at {
        Some(at) => sleep_until(at).await,
        None => std::future::pending().await,
    }
}

/// Waits until the server tells that this task is called off.
async fn called_off(cancels: &mut broadcast::Receiver<TaskId>, task: TaskId) {
    loop {
        match cancels.recv().await {
            Ok(other) if other != task => {}
            // It may have been among those that were missed.
            Ok(_) | Err(broadcast::error::RecvError::Lagged(_)) => return,
            Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
        }
    }
}
